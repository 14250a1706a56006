"""What is told and done while too many wrong codes block somebody's second factors: nothing is asked for or sent."""

from __future__ import annotations

from django.http import HttpRequest

from brainstem.apps.users import second_factor
from brainstem.apps.users.models import User
from brainstem.core.access.caller import address_of
from brainstem.core.errors import Throttled
from brainstem.web.accounts import browsers
from brainstem.web.waiting import try_again


class Blocked(Throttled):
    """Too many wrong codes were given; the pages that ask for one say so themselves."""


def told(error: Throttled) -> str:
    """How long nothing is taken, and that it is of no use to turn to another kind of code."""
    return f"{second_factor.TOO_MANY} {try_again(error.seconds)} This holds for all kinds of codes, and for passkeys."


def refuse(request: HttpRequest, user: User) -> None:
    """Raise Blocked while this person's second factors are not looked at from where a request came."""
    try:
        second_factor.refuse_blocked(user, address_of(request.META), browsers.id_of(request, user))
    except Throttled as error:
        raise Blocked(told(error), seconds=error.seconds) from error


def why(request: HttpRequest, user: User) -> str:
    """What to say in place of a form; nothing when codes are taken."""
    try:
        refuse(request, user)
    except Blocked as error:
        return error.message
    return ""
