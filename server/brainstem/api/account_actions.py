"""Actions of accounts: ``POST users/user/{id}/deactivate/`` and ``activate/``."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse

from brainstem.apps.users import accounts

from .call import Call, Handler, Operation
from .responses import offer_only
from .writing import shown_after, written

_SWITCHES = {"deactivate": accounts.deactivate, "activate": accounts.activate}


def _switch(call: Call, action: str) -> HttpResponse:
    """Deactivate or activate an account; responds with the person."""
    offer_only(call.request.method, "POST")
    do = partial(_SWITCHES[action], call.record_id, viewer=call.viewer)
    return written(call, shown_after(call, do))


ACCOUNTS = dict.fromkeys(_SWITCHES, Handler(_switch, (Operation("post"),)))
