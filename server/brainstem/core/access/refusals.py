"""Refusals that come before any check of a record: rows the caller cannot see, read-only tokens."""

from __future__ import annotations

from typing import Any

from ..errors import Code, Forbidden, Missing
from ..model.ids import RecordId
from ..model.registry import Spec
from .actor import Actor
from .viewer import Viewer


def record_seen(spec: Spec, record_id: RecordId, *, viewer: Viewer) -> Any:
    """The record for reading, if it is listed for the actor in the portal; one query."""
    record = viewer.rows(spec).filter(pk=record_id).first()
    if record is None:
        raise Missing(f"No {spec.singular_name} has the id {record_id}.")
    return record


def seen(spec: Spec, record_id: Any, *, viewer: Viewer) -> Any:
    """The stored record, if the actor sees it in the portal."""
    return _seen(spec, spec.model._default_manager.all(), record_id, viewer)


def _seen(spec: Spec, rows: Any, record_id: RecordId, viewer: Viewer) -> Any:
    if not viewer.seen(spec, [record_id], hop=False):
        raise Missing(f"No {spec.singular_name} has the id {record_id}.")
    record = rows.filter(pk=record_id).first()
    if record is None:
        raise Missing(f"No {spec.singular_name} has the id {record_id}.")
    return record


def locked(spec: Spec, record_id: Any, *, viewer: Viewer) -> Any:
    """The record for writing, if the actor sees it in the portal."""
    return _seen(spec, spec.model._default_manager.select_for_update(of=("self",)), record_id, viewer)


def refuse_read_only(actor: Actor) -> None:
    """Refuse a read-only token."""
    if actor.read_only:
        raise Forbidden("This token may only read.", code=Code.READ_ONLY_TOKEN)


def refuse_bound(actor: Actor, doing: str) -> None:
    """Refuse a token bound to one project: it may write data in the project, but not change who has access to it."""
    if actor.project_id is not None:
        text = f"{doing} takes more than a token that is bound to one project: it may only write data in it."
        raise Forbidden(text, code=Code.PROJECT_TOKEN)
