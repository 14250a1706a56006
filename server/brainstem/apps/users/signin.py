"""Signing in with email and password: for programs, and what the pages share with them.

Wrong credentials cost the same as right ones, one hash of the same hasher and the same number of SQL statements, so
that neither time nor load reveals whether an account exists.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from brainstem.apps.users.models import User
from brainstem.core.errors import Code, NotSignedIn
from brainstem.core.text.addresses import plain_address

from . import events, known_browsers, throttle, two_factor
from .event_models import SecurityEvent
from .token_models import Token

T = TypeVar("T")
FAILURES_APART = dt.timedelta(minutes=1)

WRONG = "No active account matches this email and password."
TWO_FACTOR = (
    "This account uses two-factor authentication, which a password alone cannot satisfy. "
    "Use the device flow: POST /api/auth/device/ and approve the request in a browser."
)
UNCONFIRMED = (
    "The email address of this account has not been confirmed yet. Follow the link in the email sent to it; "
    "signing in with a browser sends a new one."
)

MUST_HAVE_ONE = (
    "Accounts of this email domain must use two-factor authentication. Set it up at {url}/account/two_factor/, "
    "then use the device flow: POST /api/auth/device/ and approve the request in a browser."
)


def needs_more(user: User) -> str:
    """Why a password alone is not enough to sign in; empty if it is."""
    if user.two_factor_enabled:
        return TWO_FACTOR
    return MUST_HAVE_ONE.format(url=settings.BRAINSTEM_URL) if two_factor.is_missing(user) else ""


def sign_in(email: str, password: str, *, address: str, agent: str = "", issue: Callable[[object], T]) -> T:
    """Check credentials and return what ``issue`` makes for their user.

    Parameters
    ----------
    agent
        User agent of the program, for the security log.
    issue
        Creates the tokens and logs that, in two SQL statements; called only if the user may sign in with a
        password alone.

    Raises
    ------
    NotSignedIn
        If the credentials are wrong, the account is inactive or unconfirmed, or it needs a second factor.
    Throttled
        If there were too many attempts.
    """
    email = plain_address(email)
    user = admit(email, address=address)
    right = _is_right(user, password)
    more = needs_more(user) if right else ""
    with transaction.atomic():
        if right and user.confirmed and not more:
            return issue(user)
        about = "With a password alone, though two-factor is asked for" if more else "By a program"
        count_failure(email, user, address=address, agent=agent, about=about, failures=0 if right else 1)
    if not right:
        raise NotSignedIn(WRONG, code=Code.WRONG_CREDENTIALS)
    if not user.confirmed:
        raise NotSignedIn(UNCONFIRMED, code=Code.UNCONFIRMED_EMAIL)
    raise NotSignedIn(more, code=Code.TWO_FACTOR_REQUIRED)


def admit(email: str, *, address: str, cookie: str = "") -> Any:
    """The user with this email, or None, provided that another attempt from the address is allowed; three statements.

    Parameters
    ----------
    cookie
        The known-browser cookie; in a known browser only its own attempts count.

    Raises
    ------
    Throttled
        If there were too many attempts.
    """
    waits = throttle.count_try(email, address=address)
    if not cookie:
        throttle.refuse(waits.here)
    user = _find(email, address)
    if browser := known_browsers.id_of(cookie, user):
        throttle.refuse(throttle.waits(throttle.BY_BROWSER, browser))
        return user
    throttle.refuse(waits.here)
    if user is None or not user.came_from_here:
        throttle.refuse(waits.elsewhere)
    return user


def count_failure(
    email: str, user: User, *, address: str, agent: str, about: str = "", failures: int = 1, cookie: str = ""
) -> None:
    """Count wrong credentials and log them for the owner of the email, if any; two statements in one transaction.

    A flood takes few lines in the log: one a minute for each address.
    """
    with transaction.atomic(savepoint=False):
        throttle.count_failure(email, address=address, failures=failures)
        if browser := known_browsers.id_of(cookie, user):
            throttle.count(throttle.BY_BROWSER, browser)
        failed, who = events.Kind.SIGN_IN_FAILED, user.pk if user else 0
        events.record_if_there(who, failed, address=address, agent=agent, about=about, apart=FAILURES_APART)


def _find(email: str, address: str) -> Any:
    """The user with an email, whether it is confirmed, and whether they used this address before; one query."""
    me = OuterRef("pk")
    with_token = Token.objects.filter(Q(created_address=address) | Q(last_used_address=address), user=me)
    with_browser = SecurityEvent.objects.filter(user=me, kind=SecurityEvent.Kind.SIGNED_IN, address=address)
    confirmed = EmailAddress.objects.filter(user=me, verified=True)
    people = get_user_model()._default_manager.at_address(email)
    return people.annotate(
        came_from_here=Exists(with_token) | Exists(with_browser), confirmed=Exists(confirmed)
    ).first()


def _is_right(user: User, password: str) -> bool:
    # An unusable hash makes check_password() do the work of the default hasher and answer no.
    right = check_password(password, user.password if user else UNUSABLE_PASSWORD_PREFIX)
    return right and user is not None and bool(user.is_active)
