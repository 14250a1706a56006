"""What is explained of single records: who sees them, and what deleting or publishing them would do. Only GET."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpResponse

from brainstem.core.model.registry import Spec
from brainstem.core.sharing.explain import explain
from brainstem.core.sharing.publishing import preview_publishing
from brainstem.core.write.deletion_preview import preview_deletion

from .responses import json_response, offer_only

if TYPE_CHECKING:
    from .actions import Handler
    from .views import Call


def access(call: Call, action: str) -> HttpResponse:
    """Who sees the record, and through which roles."""
    offer_only(call.method, "GET", "HEAD")
    return json_response(200, {action: explain(call.spec, call.record_id, viewer=call.viewer)})


def delete_preview(call: Call, action: str) -> HttpResponse:
    """What DELETE would do now."""
    offer_only(call.method, "GET", "HEAD")
    told = preview_deletion(call.spec, call.record_id, viewer=call.viewer)
    return json_response(200, {action: told})


def publish_preview(call: Call, action: str) -> HttpResponse:
    """What publishing the project would show to everyone."""
    offer_only(call.method, "GET", "HEAD")
    told = preview_publishing(call.spec, call.record_id, viewer=call.viewer)
    return json_response(200, {action: told})


# name -> (what answers it, the models that explain it: nobody has to declare it)
EXPLANATIONS: dict[str, tuple[Handler, Callable[[Spec], bool]]] = {
    "access": (access, lambda _: True),
    "delete_preview": (delete_preview, lambda spec: "delete" in spec.resource.verbs),
    "publish_preview": (publish_preview, lambda spec: spec.tree.is_project),
}


def explanations_of(spec: Spec) -> list[str]:
    """What a model explains of its records."""
    return [name for name, (_, offered) in EXPLANATIONS.items() if offered(spec)]


def explanation_of(spec: Spec, name: str) -> Handler | None:
    """What answers it; None where the model explains no such thing."""
    return EXPLANATIONS[name][0] if name in explanations_of(spec) else None
