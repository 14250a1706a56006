"""The table of programs that ask to be let in through somebody's browser."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

__all__ = ["DeviceRequest"]


class DeviceRequest(models.Model):
    """A program that waits for somebody to approve it; gone a while after its time is over.

    Of the three secrets (what the program polls with, what its page is opened with, what people type) only keyed hashes
    are kept.
    """

    # Nobody waits any more when a deleted account comes back.
    comes_back = False

    class Outcome(models.TextChoices):
        """What its person decided."""

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
    # Who decided, and what the token will be like; set when it is approved.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    token_name = models.CharField(max_length=100, blank=True)
    read_only = models.BooleanField(default=False)
    # What the person's sessions were sealed with: a new password or a closed account takes the approval back.
    seal = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.client_name or "A program"
