"""Tables of the second factors that allauth does not have: codes by e-mail, and backup codes. No table knows a code.

Authenticator apps and passkeys are rows of ``allauth.mfa.models.Authenticator``.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

__all__ = ["BackupCode", "EmailCodes"]


class EmailCodes(models.Model):
    """Codes by e-mail as somebody's second factor, and the last one that was sent."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    # Null until the person has typed in a first code: that mails arrive is proven, not believed.
    enabled_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    # What the last code was sent for: it is good for nothing else.
    purpose = models.CharField(max_length=10, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"Codes by e-mail of {self.user_id}"


class BackupCode(models.Model):
    """A code for the day on which somebody has lost everything else; good for one sign-in."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="backup_code_once")]

    def __str__(self) -> str:
        return f"Backup code of {self.user_id}"
