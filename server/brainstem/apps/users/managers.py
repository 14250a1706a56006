"""How accounts are created and looked up."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import BaseUserManager
from django.db import transaction
from django.db.models.functions import Lower

from brainstem.core.text.addresses import plain_address


class UserManager(BaseUserManager[Any]):
    """Accounts by email address, ignoring case."""

    use_in_migrations = False

    def create_user(self, email: str, password: str | None = None, **values: object) -> Any:
        """A new account; without a password, signing in by password is impossible."""
        if not email:
            raise ValueError("An account needs an email address.")
        user = self.model(email=plain_address(email), **values)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            # Whoever creates an account for someone vouches for the address; people who register confirm it by email.
            EmailAddress.objects.using(self._db).create(user=user, email=user.email, verified=True, primary=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **values: object) -> Any:
        """A new administrator."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **values})

    def get_by_natural_key(self, username: str | None) -> Any:
        """The account with an email address, ignoring case."""
        return self.at_address(username or "").get()

    def at_address(self, address: str) -> Any:
        """Accounts with an email address, ignoring case: one or none."""
        # The unique index is on Lower(); iexact would match a dotless i with an i on PostgreSQL.
        return self.alias(lowered=Lower("email")).filter(lowered=plain_address(address))
