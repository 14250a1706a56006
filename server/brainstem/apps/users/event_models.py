"""The table of security events of accounts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

__all__ = ["SecurityEvent"]


class SecurityEvent(models.Model):
    """Something people should know about their account: a sign-in, a failed one, a token created or revoked."""

    # Not restored when an account is undeleted.
    comes_back = False

    class Kind(models.TextChoices):
        """What happened."""

        SIGNED_IN = "signed_in", "Signed in"
        SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
        SECOND_FACTOR_FAILED = "second_factor_failed", "Second factor failed"
        SIGNED_OUT = "signed_out", "Signed out"
        REGISTERED = "registered", "Registered"
        PASSWORD_CHANGED = "password_changed", "Password changed"
        PASSWORD_RESET = "password_reset", "Password reset by email"
        EMAIL_CHANGED = "email_changed", "Email address changed"
        TOKEN_MADE = "token_made", "Token made"
        TOKEN_REVOKED = "token_revoked", "Token revoked"
        DEVICE_APPROVED = "device_approved", "Program approved"
        DEVICE_DENIED = "device_denied", "Program denied"
        METHOD_ADDED = "method_added", "Two-factor method added"
        METHOD_REMOVED = "method_removed", "Two-factor method removed"
        BACKUP_CODES_MADE = "backup_codes_made", "Backup codes made"
        BACKUP_CODE_USED = "backup_code_used", "Backup code used"
        SESSION_ENDED = "session_ended", "Session ended"
        CONNECTION_ADDED = "connection_added", "Sign-in with another account connected"
        CONNECTION_REMOVED = "connection_removed", "Sign-in with another account removed"
        DATA_EXPORTED = "data_exported", "Own data exported"
        CLOSED = "closed", "Account closed"
        OPENED = "opened", "Account opened again"
        ADDRESS_CONFIRMED = "address_confirmed", "Email address confirmed by an administrator"
        PERSON_INVITED = "person_invited", "Person invited to register"
        ANNOUNCED = "announced", "Announcement made, changed or removed"

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    # What it was about, such as the name of a token; never a secret.
    about = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="security_event_of_user")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.about}" if self.about else self.get_kind_display()
