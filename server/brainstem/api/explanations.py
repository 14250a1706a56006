"""Explanations of single records: who sees them, and what deleting or publishing them would do. Only GET."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from brainstem.core.model.registry import Spec
from brainstem.core.sharing.explain import explain
from brainstem.core.sharing.publishing import preview_publishing
from brainstem.core.write.deletion_preview import preview_deletion

from .call import Call, Handler, Operation
from .responses import json_response, offer_only
from .shapes import ref


def _telling(tell: Callable[..., object], about: str, schema: str) -> Handler:
    """A handler that responds with the result of ``tell``, under the name of the action."""

    def answer(call: Call, action: str) -> HttpResponse:
        offer_only(call.method, "GET", "HEAD")
        return json_response(200, {action: tell(call.spec, call.record_id, viewer=call.viewer)})

    return Handler(answer, (Operation("get", about, lambda _: ref(schema)),))


# name -> (handler, the models that it explains: they need not declare it)
EXPLANATIONS: dict[str, tuple[Handler, Callable[[Spec], bool]]] = {
    "access": (_telling(explain, "Who sees the record, and through which roles.", "Access"), lambda _: True),
    "delete_preview": (
        _telling(preview_deletion, "What DELETE would do now.", "DeletePreview"),
        lambda spec: "delete" in spec.resource.verbs,
    ),
    "publish_preview": (
        _telling(preview_publishing, "What publishing the project would show to everyone.", "PublishPreview"),
        lambda spec: spec.tree.is_project,
    ),
}


def explanations_of(spec: Spec) -> list[str]:
    """The explanations available for a model."""
    return [name for name, (_, offered) in EXPLANATIONS.items() if offered(spec)]


def explanation_of(spec: Spec, name: str) -> Handler | None:
    """The handler of an explanation; None if the model does not have it."""
    return EXPLANATIONS[name][0] if name in explanations_of(spec) else None
