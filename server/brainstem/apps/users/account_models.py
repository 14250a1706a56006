"""Tables for pending account changes: new email addresses and invitations to register.

Their links carry a signed number; no secret is stored.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from brainstem.core.model.trees import Role

LONGEST_MESSAGE = 2000  # as of invitations of people with an account

__all__ = ["LONGEST_MESSAGE", "AccountInvitation", "EmailChange", "StrangerInvitation"]


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


class StrangerInvitation(models.Model):
    """An invitation of an address without an account to a record that holds roles, until the address registers.

    No foreign key to the record, which may be of several models.
    """

    comes_back = False

    id = models.BigAutoField(primary_key=True)
    email = models.EmailField(max_length=254)
    model = models.CharField(max_length=64, help_text="Label of the record's model: stem.Project.")
    record_id = models.CharField(max_length=36)
    level = models.PositiveSmallIntegerField(choices=[(role.value, role.name.lower()) for role in Role])
    message = models.TextField(max_length=LONGEST_MESSAGE, blank=True, default="")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    is_approved = models.BooleanField(default=False, help_text="Whether the address may register.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email", "model", "record_id"], name="one_stranger_invitation"),
        ]
        indexes = [models.Index(fields=["model", "record_id"], name="stranger_by_record")]

    def __str__(self) -> str:
        return self.email
