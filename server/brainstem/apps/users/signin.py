"""Signing in with e-mail and password, for programs.

Wrong credentials do the same work as right ones: one hash of the same hasher and the same number of SQL statements, so
that neither time nor load tells whether an account exists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from brainstem.core.addresses import plain_address
from brainstem.core.errors import NotSignedIn

from . import events, throttle
from .token_models import Token

T = TypeVar("T")

WRONG = "No active account has this e-mail and password."
TWO_FACTOR = (
    "This account uses two-factor authentication, which a password alone cannot satisfy. "
    "Use the device flow: POST /api/auth/device/ and approve the request in a browser."
)


def sign_in(email: str, password: str, *, address: str, agent: str = "", issue: Callable[[Any], T]) -> T:
    """What ``issue`` makes for the person with these credentials.

    Parameters
    ----------
    issue
        Makes the tokens and writes that down, in two SQL statements; called only when the person may sign in with a
        password alone.

    Raises
    ------
    NotSignedIn
        If the credentials are wrong, the account is not active, or it asks for a second factor.
    Throttled
        If there were too many tries.
    """
    email = plain_address(email)
    wait = throttle.count_try(email, address=address)
    user = _find(email, address)
    if user is None or not user.came_from_here:
        throttle.refuse(wait)
    right = _is_right(user, password)
    with transaction.atomic():
        if right and not user.two_factor_enabled:
            return issue(user)
        throttle.count_failure(email, address=address, failures=0 if right else 1)
        about = "With a password alone, though two-factor is on" if right else "By a program"
        failed = events.Kind.SIGN_IN_FAILED
        events.record_if_there(user.pk if user else 0, failed, address=address, agent=agent, about=about)
    raise NotSignedIn(TWO_FACTOR if right else WRONG)


def _find(email: str, address: str) -> Any:
    """The person with an e-mail, and whether they came from this address before; one query."""
    came = Token.objects.filter(Q(created_address=address) | Q(last_used_address=address), user=OuterRef("pk"))
    return get_user_model()._default_manager.at_address(email).annotate(came_from_here=Exists(came)).first()


def _is_right(user: Any, password: str) -> bool:
    # An unusable hash makes check_password() do the work of the usual hasher and answer no.
    right = check_password(password, user.password if user else UNUSABLE_PASSWORD_PREFIX)
    return right and user is not None and bool(user.is_active)
