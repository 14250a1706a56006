"""The tables of what people keep about lists: for themselves, and as views that a project or a group shares."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

__all__ = ["ANNOUNCED", "COLUMNS", "DEFAULT", "INBOX_DONE", "PINS", "RECENT", "KeptList", "SavedView"]

ANNOUNCED = "announced"  # announcements that were closed
COLUMNS = "columns"  # of the lists of a model
DEFAULT = "default"  # the view that the list of a model opens with
PINS = "pins"  # views and records in the side bar, of all models
INBOX_DONE = "inbox_done"  # reminders in the inbox that were folded away, of all models
RECENT = "recent"  # the records opened last, of all models


class KeptList(models.Model):
    """What one person keeps about lists, for all models or for one.

    ``kind`` says what ``content`` holds.
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


class SavedView(models.Model):
    """A list under a name: its filter, columns, order, density and rows per page.

    It belongs to one person, or to a project or group, whose members see it.
    """

    # Not restored with an account, project or group that is undeleted.
    comes_back = False

    id = models.BigAutoField(primary_key=True)
    slug = models.CharField(max_length=60, unique=True, help_text="Names the view in addresses; stays when renamed.")
    model = models.CharField(max_length=100, help_text="Label of the model: stem.Subject.")
    name = models.CharField(max_length=80)
    query = models.TextField(help_text="The query string of the list.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    project = models.ForeignKey(settings.BRAINSTEM_PROJECT_MODEL, models.CASCADE, null=True, related_name="+")
    group = models.ForeignKey(settings.BRAINSTEM_GROUP_MODEL, models.CASCADE, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "model", "name"], name="own_view_once"),
            models.UniqueConstraint(fields=["project", "model", "name"], name="project_view_once"),
            models.UniqueConstraint(fields=["group", "model", "name"], name="group_view_once"),
            models.CheckConstraint(
                condition=Q(owner__isnull=False, project__isnull=True, group__isnull=True)
                | Q(owner__isnull=True, project__isnull=False, group__isnull=True)
                | Q(owner__isnull=True, project__isnull=True, group__isnull=False),
                name="view_of_one_holder",
            ),
        ]

    def __str__(self) -> str:
        return self.name
