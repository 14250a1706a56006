"""While too many wrong codes block a person's second factors, nothing is requested or sent."""

from __future__ import annotations

from django.http import HttpRequest

from brainstem.apps.users import second_factor
from brainstem.apps.users.models import User
from brainstem.core.access.caller import address_of
from brainstem.core.errors import Throttled
from brainstem.web.accounts import browsers
from brainstem.web.waiting import try_again


class Blocked(Throttled):
    """Too many wrong codes were entered; pages that ask for one say so themselves."""


def told(error: Throttled) -> str:
    """How long codes are refused, and that other kinds of codes are refused too."""
    return f"{second_factor.TOO_MANY} {try_again(error.seconds)} This holds for all kinds of codes, and for passkeys."


def refuse(request: HttpRequest, user: User) -> None:
    """Raise Blocked while second factors of this person are refused from the address of the request."""
    try:
        second_factor.refuse_blocked(user, address_of(request.META), browsers.id_of(request, user))
    except Throttled as error:
        raise Blocked(told(error), seconds=error.seconds) from error


def why(request: HttpRequest, user: User) -> str:
    """The text to show instead of a form; empty if codes are accepted."""
    try:
        refuse(request, user)
    except Blocked as error:
        return error.message
    return ""
