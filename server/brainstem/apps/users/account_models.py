"""Tables for pending account changes: new email addresses and invitations to register.

Their links carry a signed number; no secret is stored.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

__all__ = ["AccountInvitation", "EmailChange"]


class EmailChange(models.Model):
    """A requested change of email address; takes effect once both the old and the new address have confirmed it."""

    # Pending changes are not restored when an account is undeleted.
    comes_back = False

    id = models.BigAutoField(primary_key=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    old = models.EmailField(max_length=254)
    new = models.EmailField(max_length=254)
    asked_at = models.DateTimeField(default=timezone.now)
    old_agreed = models.BooleanField(default=False)
    new_agreed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.old} to {self.new}"


class AccountInvitation(models.Model):
    """An invitation for someone without an account to register with this address."""

    comes_back = False

    id = models.BigAutoField(primary_key=True)
    email = models.EmailField(max_length=254, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.email
