"""Trying a second factor: how often, and what is written down.

Who gets here knows the password. Wrong codes are counted by person and network, so that somebody elsewhere who guesses
does not lock the owner out; and by person over all networks, which does not hold where the owner came from before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from brainstem.core.caller import Caller, network_of

from . import events, throttle
from .throttle import Limit
from .token_models import Token

FROM_NETWORK = Limit("second factor from a network", tries=10, seconds=900)
AT_ALL = Limit("second factor", tries=50, seconds=3600)
_TOO_MANY = "Too many wrong codes."


def attempt(user: Any, check: Callable[[], bool], *, caller: Caller, about: str) -> bool:
    """Whether ``check`` says yes; no is counted and written down.

    Raises
    ------
    Throttled
        If there were too many tries; ``check`` is not asked then.
    """
    near, all_over = f"{network_of(caller['address'])} {user.pk}", str(user.pk)
    # Counted before it is checked, and taken back if it was right: many at once get no more tries.
    throttle.refuse(throttle.count(FROM_NETWORK, near), _TOO_MANY)
    wait = throttle.count(AT_ALL, all_over)
    if wait and not came_from(user, caller["address"]):
        throttle.refuse(wait, _TOO_MANY)
    if check():
        throttle.take_back(FROM_NETWORK, near)
        throttle.take_back(AT_ALL, all_over)
        return True
    events.record(user, events.Kind.SECOND_FACTOR_FAILED, about=about, **caller)
    return False


def came_from(user: Any, address: str) -> bool:
    """Whether somebody signed in or used a token from this address before; two queries."""
    used = Token.objects.filter(Q(created_address=address) | Q(last_used_address=address), user_id=user.pk)
    return events.of(user).filter(kind=events.Kind.SIGNED_IN, address=address).exists() or used.exists()
