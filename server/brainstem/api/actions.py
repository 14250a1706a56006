"""Extra actions of single records: ``PATCH .../{id}/add_entry/`` and its kin."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpResponse

from brainstem.apps.modules.entries import write_entry

from .body import read_body
from .responses import Refused

if TYPE_CHECKING:
    from .views import Call

Answer = Callable[[], HttpResponse]


def log_entry(call: Call, action: str, answer: Answer) -> HttpResponse:
    """Add, change or remove one entry of a log; the answer is the log."""
    if call.method not in ("PATCH", "POST"):
        raise Refused(405, f"{call.method} is not offered here; use PATCH.", allow="PATCH, POST, OPTIONS")
    body, _ = read_body(call.request, call.spec, call.record_id)
    write_entry(call.spec, call.record_id, action, body, actor=call.actor, portal=call.portal)
    return answer()


ACTIONS: dict[str, Callable[[Call, str, Answer], HttpResponse]] = {
    "add_entry": log_entry,
    "change_entry": log_entry,
    "remove_entry": log_entry,
}
