"""Tables of what is under way with accounts: changes of an e-mail address, and invitations to register.

Their links carry a signed number and no secret is kept.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

__all__ = ["AccountInvitation", "EmailChange"]


class EmailChange(models.Model):
    """A wish to have another e-mail address; granted when both the old and the new one have agreed."""

    # What is under way is not brought back with an account.
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
    """Somebody without an account may register with this address."""

    comes_back = False

    id = models.BigAutoField(primary_key=True)
    email = models.EmailField(max_length=254, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.email
