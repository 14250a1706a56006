"""The table of what people keep about lists: the columns of a list, as one person wants them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

__all__ = ["COLUMNS", "KeptList"]

COLUMNS = "columns"


class KeptList(models.Model):
    """How one person wants to see the list of a model.

    ``kind`` says what ``content`` holds. The columns have no name; what has one is told from others of its kind by it.
    """

    # Not restored when an account is undeleted.
    comes_back = False

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    model = models.CharField(max_length=100, help_text="Label of the model: stem.Subject.")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=100, blank=True, default="")
    content = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "model", "kind", "name"], name="kept_list_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.model}"
