"""What is told and done while too many wrong codes block somebody's second factors: nothing is asked for or sent."""

from __future__ import annotations

from typing import Any

from brainstem.apps.users import second_factor
from brainstem.core.errors import Throttled
from brainstem.web.waiting import try_again


class Blocked(Throttled):
    """Too many wrong codes were given; the pages that ask for one say so themselves."""


def told(error: Throttled) -> str:
    """How long nothing is taken, and that it is of no use to turn to another kind of code."""
    return f"{second_factor.TOO_MANY} {try_again(error.seconds)} This holds for all kinds of codes, and for passkeys."


def refuse(user: Any, address: str) -> None:
    """Raise Blocked while this person's second factors are not looked at from an address."""
    try:
        second_factor.refuse_blocked(user, address)
    except Throttled as error:
        raise Blocked(told(error), seconds=error.seconds) from error


def why(user: Any, address: str) -> str:
    """What to say in place of a form; nothing when codes are taken."""
    try:
        refuse(user, address)
    except Blocked as error:
        return error.message
    return ""
