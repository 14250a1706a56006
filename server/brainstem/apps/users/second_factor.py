"""Attempts at a second factor: how many are allowed, and what is logged.

Whoever gets here knows the password. Wrong codes are counted per user and network, so that someone guessing elsewhere
does not lock the owner out; and per user over all networks, a limit that does not apply where the owner came from
before. In a browser in which the owner signed in before, only attempts in that browser count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from brainstem.apps.users.models import User
from brainstem.core.access.caller import Caller, network_of

from . import events, throttle
from .throttle import Limit
from .token_models import Token

FROM_NETWORK = Limit("second factor from a network", tries=10, seconds=900)
AT_ALL = Limit("second factor", tries=50, seconds=3600)
IN_BROWSER = Limit("second factor in a known browser", tries=10, seconds=900)
TOO_MANY = "Too many wrong codes."
TOLD_AFTER, TOLD_EVERY = 3, 3600  # wrong codes in a window of AT_ALL; seconds between two mails


def attempt(user: User, check: Callable[[], bool], *, caller: Caller, about: str, browser: str = "") -> bool:
    """Whether ``check`` succeeds; failures are counted and logged.

    Parameters
    ----------
    browser
        Identifies a browser in which this user signed in before.

    Raises
    ------
    Throttled
        If there were too many attempts; ``check`` is not called then.
    """
    near, all_over = _near(user, caller["address"], browser), str(user.pk)
    # Counted before it is checked, and taken back if it was right: parallel attempts get no further.
    throttle.refuse(throttle.count(near.limit, near.value), TOO_MANY)
    wait = throttle.count(AT_ALL, all_over)
    if wait and not browser and not came_from(user, caller["address"]):
        throttle.refuse(wait, TOO_MANY)
    if check():
        throttle.take_back(near.limit, near.value)
        throttle.take_back(AT_ALL, all_over)
        return True
    events.record(user, events.Kind.SECOND_FACTOR_FAILED, about=about, **caller)
    return False


def refuse_blocked(user: User, address: str, browser: str = "") -> None:
    """Raise Throttled if attempts from this address or browser are currently blocked; counts nothing."""
    near = _near(user, address, browser)
    throttle.refuse(throttle.waits(near.limit, near.value), TOO_MANY)
    wait = throttle.waits(AT_ALL, str(user.pk))
    if wait and not browser and not came_from(user, address):
        throttle.refuse(wait, TOO_MANY)


def is_to_be_told(user: User) -> bool:
    """Whether to notify the owner of wrong codes now: after a few, once an hour. Counts as done if True."""
    if throttle.tries(AT_ALL, str(user.pk)) < TOLD_AFTER:
        return False
    return throttle.once("second factor told", str(user.pk), seconds=TOLD_EVERY)


def came_from(user: User, address: str) -> bool:
    """Whether this user signed in or used a token from this address before; two queries."""
    used = Token.objects.filter(Q(created_address=address) | Q(last_used_address=address), user_id=user.pk)
    return events.of(user).filter(kind=events.Kind.SIGNED_IN, address=address).exists() or used.exists()


@dataclass(frozen=True)
class _Near:
    """Where attempts from one place are counted."""

    limit: Limit
    value: str


def _near(user: User, address: str, browser: str) -> _Near:
    where, limit = (browser, IN_BROWSER) if browser else (network_of(address), FROM_NETWORK)
    return _Near(limit, f"{where} {user.pk}")
