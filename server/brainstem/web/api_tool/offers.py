"""What the caller may do at a URL, so that the page offers exactly that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from brainstem.api.actions import actions_of
from brainstem.api.addresses import BULK
from brainstem.api.explanations import explanations_of
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Forbidden
from brainstem.core.model.registry import Spec
from brainstem.core.write.proposals import approvals_of
from brainstem.core.write.rights import may_add, may_delete, may_edit

from .place import Place


@dataclass(frozen=True)
class Offers:
    """Methods that write, actions, explanations, and lists below the record."""

    methods: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    explanations: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


def offers_at(place: Place, viewer: Viewer) -> Offers:
    """What the caller is offered at a list, a record or an action of a record."""
    spec = place.spec
    if spec is None:
        return Offers()
    writes = place.portal != "public" and not viewer.actor.is_anonymous
    if place.is_list:
        return Offers(methods=("POST",) if writes and _may_add(spec, viewer) else ())
    if place.record == BULK and not place.below:
        return Offers(methods=("POST",) if writes else ())
    record_id = _seen(spec, place, viewer)
    if record_id is None:
        return Offers()
    handlers = actions_of(spec) if writes else {}
    # All actions accept POST, except for read-only ones.
    actions = tuple(name for name, handler in handlers.items() if not handler.reads)
    if place.below:
        return Offers(methods=("POST",) if place.below in actions else ())
    explained = (*explanations_of(spec), *(name for name, handler in handlers.items() if handler.reads))
    return Offers(
        methods=_methods(spec, record_id, viewer) if writes else (),
        actions=actions,
        explanations=explained if writes else (),
        related=tuple(name for name in spec.keys if name in spec.relations and spec.relations[name].many),
    )


def _seen(spec: Spec, place: Place, viewer: Viewer) -> Any:
    """The id of the record in the URL, if the caller sees it."""
    try:
        record_id = viewer.actor.user_id if place.record == "me" else spec.parse_id(place.record, below=2**31)
    except ValueError:
        return None
    seen = viewer.seen(spec, [record_id], hop=False)
    return record_id if seen else None


def _methods(spec: Spec, record_id: object, viewer: Viewer) -> tuple[str, ...]:
    record, verbs, found = spec.model(pk=record_id), spec.resource.verbs, []
    proposes = approvals_of(spec) is not None
    if "change" in verbs and (proposes or _allowed(may_edit, spec, record, viewer=viewer)):
        found += ["PATCH", "PUT"]
    if "delete" in verbs and _allowed(may_delete, spec, record, viewer=viewer):
        found.append("DELETE")
    return tuple(found)


def _may_add(spec: Spec, viewer: Viewer) -> bool:
    if "add" not in spec.resource.verbs:
        return False
    return approvals_of(spec) is not None or _allowed(may_add, spec, viewer)


def _allowed(rule: Callable[..., None], *arguments: object, **named: object) -> bool:
    try:
        rule(*arguments, **named)
    except Forbidden:
        return False
    return True
