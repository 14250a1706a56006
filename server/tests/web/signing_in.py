"""Signing in as the form would have done it, for tests that are about something else."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.conf import settings
from django.test import Client

from tests.people import PASSWORD

from .visitor import Visitor


def client_of(user: Any, *, minutes_ago: int = 0, **options: Any) -> Client:
    """Django's test client, signed in with a password so long ago."""
    client = Client(**options)
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - minutes_ago * 60}]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return client


def enter(visitor: Visitor, user: Any, *, minutes_ago: int = 0) -> None:
    """Let a browser be signed in since then."""
    cookie = client_of(user, minutes_ago=minutes_ago).cookies[settings.SESSION_COOKIE_NAME].value
    visitor.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": visitor.site}])


def type_password(visitor: Visitor, user: Any) -> None:
    """Sign in on the page to which somebody was led."""
    assert visitor.path.startswith("/account/login/")
    visitor.fill(login=user.email, password=PASSWORD)
    visitor.page.locator("main form:has([name=password]) button").first.click()


def prove_again(visitor: Visitor) -> None:
    """Type the password once more where a page asks for it."""
    assert visitor.path.startswith("/account/reauthenticate/")
    visitor.fill(password=PASSWORD)
    visitor.page.locator("main form:has([name=password]) button").first.click()
