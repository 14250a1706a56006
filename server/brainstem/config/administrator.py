"""The first administrator of a server, and whether there are accounts at all."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection

from brainstem.apps.users.models import User
from brainstem.core.text.addresses import plain_address

LONGEST = 1024  # as on the page that signs people in


def accounts_exist() -> bool:
    """Whether anybody has an account; False also if there are no tables yet."""
    model = get_user_model()
    return model._meta.db_table in connection.introspection.table_names() and model._default_manager.exists()


def exists() -> bool:
    """Whether an administrator can sign in."""
    return get_user_model()._default_manager.filter(is_superuser=True, is_active=True).exists()


def checked_email(text: str) -> str:
    """The address in normalized form.

    Raises
    ------
    ValidationError
        If it is no email address, or has an account.
    """
    email: str = get_user_model()._meta.get_field("email").clean(plain_address(text), None)
    if User.objects.at_address(email).exists():
        raise ValidationError(f"{email} has an account, which is not an administrator's. Give another address.")
    return email


def check_password(password: str, email: str) -> None:
    """Refuse a password that people could not choose on the pages, either.

    Raises
    ------
    ValidationError
        With all reasons.
    """
    if len(password) > LONGEST:
        raise ValidationError(f"This password is longer than {LONGEST} characters.")
    validate_password(password, get_user_model()(email=email))


def create(email: str, password: str) -> str:
    """Add an administrator, whose address counts as confirmed; returns the address in normalized form.

    Raises
    ------
    ValidationError
        If the address or the password cannot be used.
    """
    email = checked_email(email)
    check_password(password, email)
    User.objects.create_superuser(email=email, password=password)
    return email
