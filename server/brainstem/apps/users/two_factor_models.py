"""Tables for the second factors that allauth lacks: email codes and backup codes. No table holds a code.

Authenticator apps and passkeys are rows of ``allauth.mfa.models.Authenticator``.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

__all__ = ["BackupCode", "EmailCodes"]


class EmailCodes(models.Model):
    """Email codes as a user's second factor, and the last code sent."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    # Null until the user has entered a first code, which proves that emails arrive.
    enabled_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    # What the last code was sent for; it is valid for nothing else.
    purpose = models.CharField(max_length=10, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"Email codes of {self.user_id}"


class BackupCode(models.Model):
    """A code for when everything else is lost; valid for one sign-in."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="backup_code_once")]

    def __str__(self) -> str:
        return f"Backup code of {self.user_id}"
