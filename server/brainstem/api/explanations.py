"""What is explained of single records: who sees them, and what deleting or publishing them would do. Only GET."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpResponse

from brainstem.core.access.explain import explain
from brainstem.core.registry import Spec

from .responses import Refused, json_response

if TYPE_CHECKING:
    from .actions import Answer, Handler
    from .views import Call


def access(call: Call, action: str, _answer: Answer) -> HttpResponse:
    """Who sees the record, and through which roles."""
    _only_get(call)
    return json_response(200, {action: explain(call.spec, call.record_id, actor=call.actor, portal=call.portal)})


def _only_get(call: Call) -> None:
    if call.method != "GET":
        raise Refused(405, f"{call.method} is not offered here; use GET.", allow="GET, HEAD, OPTIONS")


# name -> (what answers it, the models that explain it: nobody has to declare it)
EXPLANATIONS: dict[str, tuple[Handler, Callable[[Spec], bool]]] = {
    "access": (access, lambda _: True),
}


def explanations_of(spec: Spec) -> list[str]:
    """What a model explains of its records."""
    return [name for name, (_, offered) in EXPLANATIONS.items() if offered(spec)]


def explanation_of(spec: Spec, name: str) -> Handler | None:
    """What answers it; None where the model explains no such thing."""
    return EXPLANATIONS[name][0] if name in explanations_of(spec) else None
