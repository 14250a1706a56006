"""Actions of accounts: ``POST users/user/{id}/deactivate/`` and ``activate/``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse

from brainstem.apps.users import accounts

from .responses import Refused

if TYPE_CHECKING:
    from .actions import Answer
    from .views import Call

_SWITCHES = {"deactivate": accounts.deactivate, "activate": accounts.activate}


def switch(call: Call, action: str, answer: Answer) -> HttpResponse:
    """Close an account or open it again; the answer is the person."""
    if call.method != "POST":
        raise Refused(405, f"{call.request.method} is not offered here; use POST.", allow="POST, OPTIONS")
    _SWITCHES[action](call.record_id, actor=call.actor, portal=call.portal)
    return answer()


ACCOUNTS = dict.fromkeys(_SWITCHES, switch)
