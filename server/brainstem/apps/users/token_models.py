"""Tables for tokens and for counting sign-in attempts.

The format of a token is in :mod:`.token_text`, its verification in :mod:`.tokens`; no table holds a secret.
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
    which can be exchanged once for the next pair; all tokens descending from one sign-in form a family.
    """

    # Restored users sign in again: deleted tokens are not restored.
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
    # Null for tokens with a fixed expiry.
    sliding_days = models.PositiveSmallIntegerField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_used_address = models.CharField(max_length=45, blank=True)
    # When a refresh token was exchanged for the next pair.
    used_at = models.DateTimeField(null=True)
    read_only = models.BooleanField(default=False)
    # Not a foreign key: this app must not depend on the one that holds projects.
    project_id = IdField(null=True)
    revoked_at = models.DateTimeField(null=True)
    # The form it was created by, so that a form submitted twice creates one token.
    form_key = models.CharField(max_length=32, null=True, unique=True)

    class Meta:
        indexes = [models.Index(fields=["user", "kind"], name="token_of_user")]

    def __str__(self) -> str:
        return self.name or self.prefix

    @property
    def prefix(self) -> str:
        """The part of the token that may be displayed to identify it."""
        return f"bst_{self.key_id}"


class SignInBucket(models.Model):
    """The number of attempts in one time window; ``key`` is a keyed hash of the limit, the value and the window."""

    key = models.CharField(max_length=64, primary_key=True)
    # Seconds since 1970, so that the windows are the same on every database.
    ends = models.BigIntegerField(db_index=True)
    tries = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.tries} until {self.ends}"
