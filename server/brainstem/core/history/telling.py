"""Recorded changes as entries of a history: who, when, through what, and which values differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from ..access.viewer import Viewer
from ..model.registry import specs, user_spec
from ..models import Change, Event
from .differences import told_of
from .permission import Past
from .summaries import path_of
from .wire import wire_moment

# Beginnings of the User-Agent of Python clients: our own, and the library that the released ones send through.
PYTHON = ("brainstem_", "python-requests/", "python-httpx/")
WAYS = ("page", "api", "matlab", "python", "bulk", "import", "command", "catalogue")
_ACTIONS = {"undelete": "restore"}
_NAMED = ("id", "first_name", "last_name", "email")


@dataclass(frozen=True)
class Told:
    """A change with what the viewer sees of it."""

    change: Change
    differences: dict[str, object]


def with_people(changes: QuerySet[Change]) -> QuerySet[Change]:
    """The changes with their events, and with the names of those who made them, in one query."""
    people = user_spec().model._default_manager.filter(pk=OuterRef("event__actor_id"))
    named = JSONObject(**{name: name for name in _NAMED})
    person = Subquery(people.values(named=named)[:1], output_field=JSONField())
    return changes.select_related("event").annotate(person=person)


def visible_ones(changes: Sequence[Change], *, viewer: Viewer, field: str = "") -> list[Told]:
    """The changes of which the viewer may see something; two queries for each model that is referred to."""
    told = told_of(changes, Past(viewer), field=field)
    return [Told(change, found) for change, found in zip(changes, told, strict=True) if found is not None]


def entries(several: Sequence[Told], *, viewer: Viewer) -> list[dict[str, object]]:
    """The entries of a history, for changes :func:`with_people`; one query if somebody has no name, or none."""
    names = _names((person for one in several if (person := one.change.person)), viewer)  # type: ignore[attr-defined]
    return [_entry(one, names) for one in several]


def _entry(told: Told, names: dict[int | None, str]) -> dict[str, object]:
    change, event = told.change, told.change.event
    return {
        "id": str(change.pk),
        "event": str(event.pk),
        "action": action_of(change),
        "date_time": wire_moment(event.at),
        "user": event.actor_id if event.actor_id in names else None,
        "user_name": names.get(event.actor_id, ""),
        "via": via_of(event),
        "model": path_of(change.model),
        "record": record_of(change),
        "changes": told.differences,
        "client": event.client,
        "token": event.token_name,
    }


def action_of(change: Change) -> str:
    """What was done: create, change, delete, restore, or the name of the action."""
    return _ACTIONS.get(change.action, change.action)


def record_of(change: Change) -> int | str:
    """The id of the changed record, as in a detail."""
    spec, key = specs().get(change.model), change.record_id
    return int(key) if spec is not None and spec.columns["id"].wire_type == "integer" else str(key)


def via_of(event: Event) -> str:
    """Through what somebody wrote; one of :data:`WAYS`."""
    if event.means:
        return event.means
    if event.via != "token":
        return {"browser": "page", "catalogue": "catalogue"}.get(event.via, "command")
    if "matlab" in event.client.lower():
        return "matlab"
    return "python" if event.client.lower().startswith(PYTHON) else "api"


def _names(found: Iterable[Mapping[str, object]], viewer: Viewer) -> dict[int | None, str]:
    """Person -> name, of accounts that exist; the address only where there is no name and the viewer may know it."""
    people = {one.pk: one for one in (user_spec().model(**person) for person in found)}
    nameless = [pk for pk, one in people.items() if not one.get_full_name()]
    known = viewer.seen(user_spec(), nameless, hop=False) if nameless else set()
    return {pk: one.get_full_name() or (one.email if pk in known else "") for pk, one in people.items()}


__all__ = ["WAYS", "Told", "action_of", "entries", "record_of", "via_of", "visible_ones", "with_people"]
