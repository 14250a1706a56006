"""Tables of what people are told on pages: announcements to everybody, and news that stay until they are put away."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

LONGEST_ANNOUNCEMENT, LONGEST_LINK = 300, 500

__all__ = ["LONGEST_ANNOUNCEMENT", "LONGEST_LINK", "Announcement", "News"]


class Announcement(models.Model):
    """A sentence of the administrators on top of every page of the portals, between two moments."""

    comes_back = False

    id = models.BigAutoField(primary_key=True)
    text = models.CharField(max_length=LONGEST_ANNOUNCEMENT)
    link = models.CharField(max_length=LONGEST_LINK, blank=True, default="", help_text="Where to read more.")
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.text


class News(models.Model):
    """What happened, for one person, whom nothing else in their inbox tells of it."""

    # Not restored when an account is undeleted.
    comes_back = False

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    topic = models.CharField(max_length=20)
    text = models.CharField(max_length=300)
    address = models.CharField(max_length=300, blank=True, default="", help_text="Path of the page about it.")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.text
