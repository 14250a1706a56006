"""Tables of the ways in: tokens, and the tries at signing in.

What a token reads like is in :mod:`.token_text`, how it is checked in :mod:`.tokens`; no table knows a secret.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from brainstem.core.model.fields import IdField

__all__ = ["SignInBucket", "Token"]


class Token(models.Model):
    """A key that lets a program act for one person until it expires or is revoked.

    Personal tokens live for a year after their last use. An access token lives an hour and comes with a refresh token,
    which gives the next pair once; all that descend from one sign-in are a family.
    """

    # A person who is brought back signs in again: keys that were thrown away stay so.
    comes_back = False

    class Kind(models.TextChoices):
        """What the token is for."""

        PERSONAL = "personal", "Personal access token"
        ACCESS = "access", "Access token"
        REFRESH = "refresh", "Refresh token"

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=100, blank=True)
    key_id = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    family = IdField(null=True, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_address = models.CharField(max_length=45, blank=True)
    expires_at = models.DateTimeField()
    # Null for tokens whose end does not move.
    sliding_days = models.PositiveSmallIntegerField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_used_address = models.CharField(max_length=45, blank=True)
    # When a refresh token was traded for the next one.
    used_at = models.DateTimeField(null=True)
    read_only = models.BooleanField(default=False)
    # No foreign key: this app stands left of the one that keeps projects.
    project_id = IdField(null=True)
    revoked_at = models.DateTimeField(null=True)
    # The form by which it was made: a page that is sent twice makes one token.
    form_key = models.CharField(max_length=32, null=True, unique=True)

    class Meta:
        indexes = [models.Index(fields=["user", "kind"], name="token_of_user")]

    def __str__(self) -> str:
        return self.name or self.prefix

    @property
    def prefix(self) -> str:
        """The part of the token that may be shown, to tell one from another."""
        return f"bst_{self.key_id}"


class SignInBucket(models.Model):
    """How often something was tried in one window of time; ``key`` is a keyed hash of what and which window."""

    key = models.CharField(max_length=64, primary_key=True)
    # Seconds since 1970, so that the windows are the same on every database.
    ends = models.BigIntegerField(db_index=True)
    tries = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.tries} until {self.ends}"
