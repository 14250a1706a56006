"""Deleting a record with everything below it, so that it can be undeleted."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models

from ..access import audience, counters, roles
from ..access.viewer import Viewer
from ..errors import Code, Conflict, Invalid
from ..history.events import one_event
from ..history.linking import link_lines
from ..history.lost_roles import roles_noted
from ..history.recording import Line, as_json, keep_deletions, note_all, note_deleted, plain, values_text
from ..history.summaries import seen_and_hidden
from ..model.declare import Record
from ..model.registry import Spec, memberships, spec_of, specs
from ..model.trees import Role
from ..models import Deletion
from ..sql.ahead import Prepared, prepare
from ..sql.collecting import Key, Row, read
from ..sql.setwise import JsonText
from ..steps import staged
from .deletion_plan import Plan, declared, plan_deletion, unowned_text
from .deletion_roots import GRANTS
from .row_states import states_of


@dataclass(frozen=True)
class Kept:
    """What is stored about a deletion, as JSON.

    Attributes
    ----------
    rows : dict
        Model and id of each record that is deleted by itself -> everything deleted with it, in an order in which it can
        be restored.
    detached : dict
        The same -> references that are cleared.
    lines : dict
        Model and id of each deleted record -> its previous state.
    left : list of Line
        What is recorded about records that stay, but lose a reference or links.
    owners : dict
        As ``rows`` -> ids of the people who own the record, if roles are held on it.
    """

    rows: Mapping[Key, JsonText]
    detached: Mapping[Key, JsonText]
    lines: Mapping[Key, JsonText]
    left: Sequence[Line]
    owners: Mapping[Key, JsonText]


class Outdated(Exception):
    """The plan of a deletion is out of date; nothing was written."""


_ahead: ContextVar[tuple[Key, Prepared[tuple[Plan, Kept]]] | None] = ContextVar("deletion ahead", default=None)


@contextmanager
def found_out_ahead(spec: Spec, record: Record) -> Iterator[None]:
    """Determine before the transaction begins what a deletion affects, and what to store about it.

    The transaction then only has to check that nothing has changed; otherwise the deletion is ``Outdated``.
    """

    def make() -> tuple[Plan, Kept]:
        plan = plan_deletion(spec, record)
        return plan, _kept(plan)

    token = _ahead.set(((spec.label, record.pk), prepare(make)))
    try:
        yield
    finally:
        _ahead.reset(token)


def _found_out(spec: Spec, record: Record) -> tuple[Plan, Kept] | None:
    """The plan made ahead for this record."""
    about, prepared = _ahead.get() or (None, None)
    if prepared is None or about != (spec.label, record.pk):
        return None
    if not prepared.still_holds():
        raise Outdated
    return prepared.made


@staged("delete")
def delete_with_history(spec: Spec, record: Record, *, viewer: Viewer) -> None:
    """Delete a record, with a history entry for every record that is deleted with it, and the rows to undo it.

    Raises
    ------
    Conflict
        If something that stays refers to it; the message names what.
    Outdated
        If the plan made ahead is out of date.
    """
    plan, kept = _found_out(spec, record) or (plan_deletion(spec, record, hold=True), None)
    _refuse_used(plan, viewer)
    _refuse_unowned(plan)
    _carry_out(plan, kept or _kept(plan), viewer)


def delete_together(plan: Plan, *, viewer: Viewer) -> None:
    """Carry out a deletion of several records, found with the rows held; each of them can be restored by itself.

    Raises
    ------
    Conflict
        If something that stays refers to one of them; the message names what.
    """
    _refuse_used(plan, viewer)
    _refuse_unowned(plan)
    _carry_out(plan, _kept(plan), viewer)


def _refuse_used(plan: Plan, viewer: Viewer) -> None:
    if plan.users:
        seen, _ = seen_and_hidden(plan.user_keys, viewer=viewer)
        raise Conflict(_refusal(plan.spec, seen), code=Code.IN_USE)


def _refuse_unowned(plan: Plan) -> None:
    if plan.takes_roles:
        roles.lock_roles()
        if plan.leaves_unowned():
            raise Invalid.whole(unowned_text(plan.spec))


def _carry_out(plan: Plan, kept: Kept, viewer: Viewer) -> None:
    with one_event() as writing:
        _record(plan, kept, writing.joined_by(viewer).event, viewer)
        with roles_noted(objects=plan.elsewhere, groups=plan.groups_left, viewer=viewer):
            counters.hold(_counted(plan))
            plan.found.delete()
            roles.forget(plan.objects)
            roles.flatten(plan.elsewhere)
        for child, ids in plan.sharing():
            audience.refresh_all(child, ids)


def _record(plan: Plan, kept: Kept, event: uuid.UUID, viewer: Viewer) -> None:
    note_deleted(kept.lines, viewer=viewer)
    note_all(kept.left, viewer=viewer)
    keep_deletions(
        Deletion(
            event=event,
            model=label,
            record_id=str(pk),
            rows=kept.rows[label, pk],
            detached=kept.detached[label, pk],
            owners=kept.owners[label, pk],
        )
        for label, pk in plan.roots.keys
    )


def _owners(spec: Spec, record_id: Any) -> list[int]:
    if spec.tree.keeps_members:
        owners = memberships().filter(group_id=record_id, level=int(Role.OWNER))
        return sorted(owners.values_list("user_id", flat=True))
    return roles.owners_of(record_id) if spec.tree.is_root else []


def refuse_what_is_needed(spec: Spec, record: Record, *, viewer: Viewer) -> None:
    """Refuse to remove a record from projects if visible records there need it; hidden ones do not prevent it.

    Raises
    ------
    Conflict
        As when the record itself is deleted.
    """
    plan = plan_deletion(spec, record)
    seen, _ = seen_and_hidden(plan.user_keys, viewer=viewer)
    if seen:
        raise Conflict(_refusal(spec, seen), code=Code.IN_USE)


def _kept(plan: Plan) -> Kept:
    """What to store about everything that is deleted or cleared."""
    held = {"object_id__in": plan.objects}
    lost = [row for model in GRANTS for row in read(model.objects.filter(**held)) if row.key not in plan.gone]
    texts = {row.key: values_text(row) for row in (*plan.rows, *lost)}
    rows: dict[Key, list[bytes]] = {root: [] for root in plan.roots.keys}
    for row in (*(plan.rows[at] for at in _in_order(plan.rows)), *lost):
        rows[plan.roots.of(row)].append(b'{"model":"%b","values":%b}' % (row.label.encode(), texts[row.key]))
    cleared: dict[Key, list[object]] = {root: [] for root in plan.roots.keys}
    for field, row in plan.cleared():
        told = {"model": row.label, "pk": row.pk, "column": field.attname, "value": row[field.attname]}
        cleared[plan.roots.of_key((field.related_model._meta.label, row[field.attname]))].append(told)
    return Kept(
        rows={root: JsonText(b"[%b]" % b",".join(some), "utf-8") for root, some in rows.items()},
        detached={root: JsonText(as_json(some), "utf-8") for root, some in cleared.items()},
        lines=dict(states_of(plan.rows, texts)),
        left=[*_left(plan)],
        owners={key: JsonText(as_json(_owners(specs()[key[0]], key[1])), "utf-8") for key in plan.roots.keys},
    )


def _left(plan: Plan) -> Iterator[Line]:
    """What to record about records that stay: cleared references, and links to what is deleted."""
    for field, row in plan.cleared():
        if declared(row):
            yield Line("change", row.key, {field.attname: plain(row[field.attname])}, {field.attname: None})
    rows: list[tuple[Any, Any]] = [(row.model, row) for row in plan.rows]
    yield from link_lines(rows, plan.gone, gone=True)


def _counted(plan: Plan) -> Iterator[tuple[str, int]]:
    """(model, audience) of the rows that have an audience."""
    rows = (row for row in plan.rows if declared(row) and spec_of(row.model).in_project_tree)
    return ((row.label, row["audience_id"]) for row in rows)


def _in_order(rows: Sequence[Row]) -> list[int]:
    """The order of rows in which what is referred to comes before what refers to it."""
    places = {row.key: at for at, row in enumerate(rows)}
    waits = [[one for one in map(places.get, _refers_to(row)) if one not in (None, at)] for at, row in enumerate(rows)]
    ordered: list[int] = []
    done: set[object] = set()
    remaining = list(range(len(rows)))
    while remaining:
        # Cycles (a subject and its breeding) are left to deferred constraints.
        ready = [at for at in remaining if done.issuperset(waits[at])] or remaining
        ordered += ready
        done.update(ready)
        remaining = [at for at in remaining if at not in done]
    return ordered


def _refers_to(row: Row) -> Iterator[Key]:
    for name, label in _foreign_keys(row.model):
        yield label, row[name]


@cache
def _foreign_keys(model: type[models.Model]) -> tuple[tuple[str, str], ...]:
    fields: list[Any] = [
        one for one in model._meta.concrete_fields if one.is_relation and one.related_model is not None
    ]
    return tuple((one.attname, one.related_model._meta.label) for one in fields)


def _refusal(spec: Spec, seen: dict[str, list[object]]) -> str:
    """What prevents the deletion, counting only what the actor sees."""
    listed = [f"{len(ids)} {specs()[label].singular_name}" for label, ids in seen.items()]
    # If something visible explains the refusal, hidden records are not mentioned.
    users = ", ".join(listed or ["records that you cannot see"])
    return f"This {spec.singular_name} cannot be deleted while it is used by: {users}."


__all__ = [
    "Outdated",
    "delete_together",
    "delete_with_history",
    "found_out_ahead",
    "refuse_what_is_needed",
]
