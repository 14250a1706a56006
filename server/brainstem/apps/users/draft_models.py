"""The table of drafts: unfinished input that people left behind."""

from __future__ import annotations

from django.conf import settings
from django.db import models

__all__ = ["Draft"]


class Draft(models.Model):
    """Unfinished input of one person, such as a half-filled form, kept for some weeks; any JSON value."""

    # Not restored when an account is undeleted.
    comes_back = False

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    # The text as it was sent. A JSON column of PostgreSQL would refuse NUL characters, and forget the order of keys.
    content = models.TextField()
    size = models.PositiveIntegerField(help_text="Bytes of the content.")
    digest = models.CharField(max_length=64, help_text="Digest of the content, by which callers tell versions apart.")
    updated_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="draft_key_once")]

    def __str__(self) -> str:
        return self.key

    @property
    def version(self) -> str:
        """What tells this content from another one; the ETag is this, quoted."""
        return self.digest[:32]
