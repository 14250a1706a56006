"""The table of programs waiting for approval in someone's browser."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

__all__ = ["DeviceRequest"]


class DeviceRequest(models.Model):
    """A program waiting for someone to approve it; deleted some time after it expires.

    Its three secrets (the one the program polls with, the one in its page's URL, the one people type) are stored only
    as keyed hashes.
    """

    # Pending requests are not restored when an account is undeleted.
    comes_back = False

    class Outcome(models.TextChoices):
        """What the user decided."""

        OPEN = "", "Not decided"
        APPROVED = "approved", "Approved"
        DENIED = "denied", "Denied"

    id = models.BigAutoField(primary_key=True)
    device_digest = models.CharField(max_length=64, unique=True)
    session_digest = models.CharField(max_length=64, unique=True)
    code_digest = models.CharField(max_length=64, unique=True)
    client_name = models.CharField(max_length=100, blank=True)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.OPEN, blank=True)
    decided_at = models.DateTimeField(null=True)
    collected_at = models.DateTimeField(null=True)
    # Who decided, and what kind of token it will be; set on approval.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    token_name = models.CharField(max_length=100, blank=True)
    read_only = models.BooleanField(default=False)
    # The user's session seal at approval: a new password or a closed account withdraws the approval.
    seal = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.client_name or "A program"
