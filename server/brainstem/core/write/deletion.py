"""Deleting a record with everything below it, so that it can be undeleted."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
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
from ..history.recording import Line, as_json, keep_deletion, link_lines, note_all, note_deleted, order_of, plain, values_text
from ..history.summaries import seen_and_hidden
from ..model.declare import Record
from ..model.registry import Spec, memberships, spec_of, specs
from ..model.trees import Role
from ..models import Deletion, Tag
from ..sharing import grants
from ..sql.ahead import Prepared, prepare
from ..sql.collecting import Key, Row, columns_of, read
from ..sql.setwise import JsonText, among
from .deletion_plan import GRANTS, Plan, declared, plan_deletion, unowned_text

Links = Mapping[tuple[str, Any, str], list[Any]]


@dataclass(frozen=True)
class Kept:
    """What is stored about a deletion, as JSON.

    Attributes
    ----------
    rows : JsonText
        Everything that is deleted, in an order in which it can be restored.
    detached : JsonText
        References that are cleared.
    lines : dict
        Model and id of each deleted record -> its previous state.
    left : list of Line
        What is recorded about records that stay, but lose a reference or links.
    """

    rows: JsonText
    detached: JsonText
    lines: Mapping[Key, JsonText]
    left: Sequence[Line]


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
    if plan.users:
        seen, _ = seen_and_hidden(plan.user_keys, viewer=viewer)
        raise Conflict(_refusal(spec, seen), code=Code.IN_USE)
    if plan.takes_roles:
        roles.lock_roles()
        if plan.leaves_unowned():
            raise Invalid.whole(unowned_text(spec))
    kept = kept or _kept(plan)
    with one_event() as writing:
        _record(spec, record, plan, kept, writing.joined_by(viewer).event, viewer)
        with _roles_noted(plan, viewer):
            counters.hold(_counted(plan))
            plan.found.delete()
            roles.forget(plan.objects)
            roles.flatten(plan.elsewhere)
        for child, ids in plan.sharing():
            audience.refresh_all(child, ids)


def _record(spec: Spec, record: Record, plan: Plan, kept: Kept, event: uuid.UUID, viewer: Viewer) -> None:
    keep_deletion(
        Deletion(
            event=event,
            model=spec.label,
            record_id=str(record.pk),
            rows=kept.rows,
            detached=kept.detached,
            owners=_owners(spec, record),
        )
    )
    note_deleted(kept.lines, viewer=viewer)
    note_all(kept.left, viewer=viewer)


def _owners(spec: Spec, record: Record) -> list[int]:
    if spec.tree.keeps_members:
        owners = memberships().filter(group_id=record.pk, level=int(Role.OWNER))
        return sorted(owners.values_list("user_id", flat=True))
    return roles.owners_of(record.pk) if spec.tree.is_root else []


@contextmanager
def _roles_noted(plan: Plan, viewer: Viewer) -> Iterator[None]:
    """Record who loses a role on projects, attributes and groups that stay."""
    left: list[tuple[Spec, Any]] = []
    for spec in specs().values() if plan.elsewhere or plan.groups_left else ():
        wanted = plan.groups_left if spec.tree.keeps_members else plan.elsewhere if spec.tree.is_root else ()
        if wanted:
            left += [(spec, one) for one in spec.model._default_manager.filter(pk__in=wanted).order_by("pk")]
    before = [grants.state(spec, one) for spec, one in left]
    yield
    lines = [
        Line("change", (spec.label, one.pk), was, grants.state(spec, one))
        for (spec, one), was in zip(left, before, strict=True)
    ]
    note_all(lines, viewer=viewer)


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
    lost = [row for model in GRANTS for row in read(model.objects.filter(**held))]
    texts = {row.key: values_text(row) for row in (*plan.rows, *lost)}
    ordered = [*(plan.rows[at] for at in _in_order(plan.rows)), *lost]
    raw = (b'{"model":"%b","values":%b}' % (row.label.encode(), texts[row.key]) for row in ordered)
    cleared = [
        {"model": row.label, "pk": row.pk, "column": field.attname, "value": row[field.attname]}
        for field, row in plan.cleared()
    ]
    links = _links_among(plan.rows)
    return Kept(
        rows=JsonText(b"[%b]" % b",".join(raw), "utf-8"),
        detached=JsonText(as_json(cleared), "utf-8"),
        lines={row.key: JsonText(_before(row, texts[row.key], links), "utf-8") for row in plan.rows if declared(row)},
        left=[*_left(plan)],
    )


def _left(plan: Plan) -> Iterator[Line]:
    """What to record about records that stay: cleared references, and links to what is deleted."""
    for field, row in plan.cleared():
        if declared(row):
            yield Line("change", row.key, {field.attname: plain(row[field.attname])}, {field.attname: None})
    yield from link_lines(((row.model, row) for row in plan.rows), plan.gone, gone=True)


def _before(row: Row, values: bytes, links: Links) -> bytes:
    """A record as :func:`.recording.snapshot` describes it, as JSON; its links are among the deleted rows."""
    told = {link.name: links.get((*row.key, link.name), []) for link in row.model._meta.many_to_many}
    if _has_people(row):
        told |= grants.state(spec_of(row.model), row)
    if "password" in columns_of(row.model):
        state = json.loads(values) | told
        del state["password"]
        return as_json(state)
    return b"%b,%b" % (values[:-1], as_json(told)[1:]) if told else values


def _links_among(rows: Sequence[Row]) -> Links:
    """What the records among some rows link to, in order, from the rows of link tables; tags as words."""
    tables: dict[Any, Any] = {}
    for model in {row.model for row in rows if declared(row)}:
        for link in model._meta.many_to_many:
            tables[link.remote_field.through] = link
    found: dict[tuple[str, Any, str], list[Any]] = defaultdict(list)
    for row in rows:
        if row.model in tables:
            own = tables[row.model]
            near, far = row[f"{own.m2m_field_name()}_id"], row[f"{own.m2m_reverse_field_name()}_id"]
            place = row[order_of(own)] if order_of(own) else 0
            found[own.model._meta.label, near, own.name].append((place, far))
    tags = {pk for (_, _, name), links in found.items() if name == "tags" for _, pk in links}
    words = dict(Tag.objects.filter(pk__in=among(Tag, tags)).values_list("pk", "name")) if tags else {}
    return {
        key: sorted(words[pk] for _, pk in links) if key[2] == "tags" else [str(pk) for _, pk in sorted(links)]
        for key, links in found.items()
    }


def _counted(plan: Plan) -> Iterator[tuple[str, int]]:
    """(model, audience) of the rows that have an audience."""
    rows = (row for row in plan.rows if declared(row) and spec_of(row.model).in_project_tree)
    return ((row.label, row["audience_id"]) for row in rows)


def _has_people(row: Row) -> bool:
    return spec_of(row.model).tree.holds_roles


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


__all__ = ["Outdated", "delete_with_history", "found_out_ahead", "refuse_what_is_needed"]
