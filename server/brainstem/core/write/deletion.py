"""Deleting a record with all that hangs below it, so that it can be put back."""

from __future__ import annotations

import json
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
from ..history.changes import as_json, keep_deletion, note_deleted, values_text
from ..history.summaries import seen_and_hidden
from ..model.declare import Record
from ..model.ids import uuid7
from ..model.registry import Spec, spec_of, specs
from ..models import Deletion, Tag
from ..sharing import grants
from ..sql.ahead import Prepared, prepare
from ..sql.collecting import Key, Row, columns_of, read
from ..sql.setwise import JsonText, among
from .deletion_plan import GRANTS, Plan, declared, plan_deletion, unowned_text

Links = Mapping[tuple[str, Any, str], list[Any]]


@dataclass(frozen=True)
class Kept:
    """What is written down of a deletion, as JSON.

    Attributes
    ----------
    rows : JsonText
        All that goes, in an order in which it can be put back.
    detached : JsonText
        References that are cleared.
    lines : dict
        Model and id of each record that goes -> what history tells of it.
    """

    rows: JsonText
    detached: JsonText
    lines: Mapping[Key, JsonText]


class Outdated(Exception):
    """What was found out ahead of a deletion is not so any more; nothing was written."""


_ahead: ContextVar[tuple[Key, Prepared[tuple[Plan, Kept]]] | None] = ContextVar("deletion ahead", default=None)


@contextmanager
def found_out_ahead(spec: Spec, record: Record) -> Iterator[None]:
    """Find out before the transaction begins what a deletion takes, and what is to be written down of it.

    Within the transaction it is then only asked whether all is as it was; otherwise the deletion is ``Outdated``.
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
    """What was found out ahead about this record."""
    about, prepared = _ahead.get() or (None, None)
    if prepared is None or about != (spec.label, record.pk):
        return None
    if not prepared.still_holds():
        raise Outdated
    return prepared.made


def delete_with_history(spec: Spec, record: Record, *, viewer: Viewer) -> None:
    """Delete a record; one line of history for every record that goes with it, and the rows to undo it.

    Raises
    ------
    Conflict
        Something that stays refers to it; the message names what.
    Outdated
        It was found out ahead what goes, and is not so any more.
    """
    plan, kept = _found_out(spec, record) or (plan_deletion(spec, record, hold=True), None)
    event = uuid7()
    if plan.users:
        seen, _ = seen_and_hidden(plan.user_keys, viewer=viewer)
        raise Conflict(_refusal(spec, seen), code=Code.IN_USE)
    if plan.takes_roles:
        roles.lock_roles()
        if plan.leaves_unowned():
            raise Invalid.whole(unowned_text(spec))
    kept = kept or _kept(plan)
    keep_deletion(
        Deletion(event=event, model=spec.label, record_id=str(record.pk), rows=kept.rows, detached=kept.detached)
    )
    note_deleted(kept.lines, viewer=viewer, event=event)
    counters.hold(_counted(plan))
    plan.found.delete()
    roles.forget(plan.objects)
    roles.flatten(plan.elsewhere)
    for child, ids in plan.sharing():
        audience.refresh_all(child, ids)


def refuse_what_is_needed(spec: Spec, record: Record, *, viewer: Viewer) -> None:
    """Refuse to take a record away from those who see what needs it; what the actor does not see has no say.

    Raises
    ------
    Conflict
        As a deletion that takes the record itself.
    """
    plan = plan_deletion(spec, record)
    seen, _ = seen_and_hidden(plan.user_keys, viewer=viewer)
    if seen:
        raise Conflict(_refusal(spec, seen), code=Code.IN_USE)


def _kept(plan: Plan) -> Kept:
    """What to write down of all that goes, and of what is cleared."""
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
    )


def _before(row: Row, values: bytes, links: Links) -> bytes:
    """What :func:`.history.snapshot` tells of a record, as JSON; its links are among the rows that go with it."""
    told = {link.name: links.get((*row.key, link.name), []) for link in row.model._meta.many_to_many}
    if _has_people(row):
        told |= grants.state(spec_of(row.model), row)
    if "password" in columns_of(row.model):
        state = json.loads(values) | told
        del state["password"]
        return as_json(state)
    return b"%b,%b" % (values[:-1], as_json(told)[1:]) if told else values


def _links_among(rows: Sequence[Row]) -> Links:
    """What the records among some rows link to, in order, from the rows of link tables among them; tags as words."""
    tables: dict[Any, Any] = {}
    for model in {row.model for row in rows if declared(row)}:
        for link in model._meta.many_to_many:
            tables[link.remote_field.through] = link
    found: dict[tuple[str, Any, str], list[Any]] = defaultdict(list)
    for row in rows:
        if row.model in tables:
            own = tables[row.model]
            near, far = row[f"{own.m2m_field_name()}_id"], row[f"{own.m2m_reverse_field_name()}_id"]
            found[own.model._meta.label, near, own.name].append(far)
    tags = {pk for (_, _, name), ids in found.items() if name == "tags" for pk in ids}
    words = dict(Tag.objects.filter(pk__in=among(Tag, tags)).values_list("pk", "name")) if tags else {}
    return {
        key: sorted(words[pk] for pk in ids) if key[2] == "tags" else [*map(str, sorted(ids))]
        for key, ids in found.items()
    }


def _counted(plan: Plan) -> Iterator[tuple[str, int]]:
    """(model, audience) of the rows that carry an audience."""
    rows = (row for row in plan.rows if declared(row) and spec_of(row.model).in_project_tree)
    return ((row.label, row["audience_id"]) for row in rows)


def _has_people(row: Row) -> bool:
    return spec_of(row.model).tree.holds_roles


def _in_order(rows: Sequence[Row]) -> list[int]:
    """Places of rows so that what is referred to comes before what refers to it."""
    places = {row.key: at for at, row in enumerate(rows)}
    waits = [[one for one in map(places.get, _refers_to(row)) if one not in (None, at)] for at, row in enumerate(rows)]
    ordered: list[int] = []
    done: set[object] = set()
    remaining = list(range(len(rows)))
    while remaining:
        # A circle (a subject and its breeding) is left to deferred checks.
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
    """What keeps the record, counted as far as the actor sees it."""
    listed = [f"{len(ids)} {specs()[label].singular_name}" for label, ids in seen.items()]
    # Where something that is seen explains the refusal, it is not told that there is more.
    users = ", ".join(listed or ["records that you cannot see"])
    return f"This {spec.singular_name} cannot be deleted while it is used by: {users}."


__all__ = ["Outdated", "delete_with_history", "found_out_ahead", "refuse_what_is_needed"]
