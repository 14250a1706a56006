"""What is refused before anything is asked of a record: rows that one does not see, tokens that only read."""

from __future__ import annotations

from typing import Any

from ..errors import Forbidden, Missing
from ..model.registry import Spec
from .actor import Actor
from .rows import visible_ids


def locked(spec: Spec, record_id: Any, *, actor: Actor, portal: str) -> Any:
    """The record for writing, when the actor sees it in the portal."""
    if not visible_ids(spec, [record_id], actor=actor, portal=portal, hop=False):
        raise Missing(f"No {spec.singular_name} has the id {record_id}.")
    record = spec.model._default_manager.select_for_update(of=("self",)).filter(pk=record_id).first()
    if record is None:
        raise Missing(f"No {spec.singular_name} has the id {record_id}.")
    return record


def refuse_read_only(actor: Actor) -> None:
    """Refuse a token that only reads."""
    if actor.read_only:
        raise Forbidden("This token may only read.", code=Code.READ_ONLY_TOKEN)


def refuse_bound(actor: Actor, doing: str) -> None:
    """Refuse a token that is bound to one project: it is for the data in there, not for who has it."""
    if actor.project_id is not None:
        text = f"{doing} takes more than a token that is bound to one project: it may only write data in it."
        raise Forbidden(text, code=Code.PROJECT_TOKEN)
