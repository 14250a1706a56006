"""Deleting a record with all that hangs below it, so that it can be put back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import models

from ..access import audience, counters, roles
from ..access.actor import Actor
from ..errors import Code, Conflict, Invalid
from ..history.changes import note_deleted, plain, raw_rows
from ..history.summaries import seen_and_hidden
from ..model.ids import uuid7
from ..model.registry import Spec, spec_of, specs
from ..model.trees import Groups, Root
from ..models import Deletion, Tag
from ..sharing import grants
from ..sql.collecting import Key, Row, read
from ..sql.setwise import among
from .deletion_plan import GRANTS, Plan, declared, plan_deletion, unowned_text

Links = Mapping[tuple[str, Any, str], list[Any]]


def delete_with_history(spec: Spec, record: Any, *, actor: Actor, portal: str) -> None:
    """Delete a record; one line of history for every record that goes with it, and the rows to undo it.

    Raises
    ------
    Conflict
        Something that stays refers to it; the message names what.
    """
    plan, event = plan_deletion(spec, record, hold=True), uuid7()
    if plan.users:
        seen, _ = seen_and_hidden(plan.user_keys, actor=actor, portal=portal)
        raise Conflict(_refusal(spec, seen), code=Code.IN_USE)
    if plan.takes_roles:
        roles.lock_roles()
        if plan.leaves_unowned():
            raise Invalid.whole(unowned_text(spec))
    _keep(plan, event, actor, portal)
    counters.hold(_counted(plan))
    plan.found.delete()
    roles.forget(plan.objects)
    roles.flatten(plan.elsewhere)
    for child, ids in plan.sharing():
        audience.refresh_all(child, ids)


def refuse_what_is_needed(spec: Spec, record: Any, *, actor: Actor, portal: str) -> None:
    """Refuse to take a record away from those who see what needs it; what the actor does not see has no say.

    Raises
    ------
    Conflict
        As a deletion that takes the record itself.
    """
    plan = plan_deletion(spec, record)
    seen, _ = seen_and_hidden(plan.user_keys, actor=actor, portal=portal)
    if seen:
        raise Conflict(_refusal(spec, seen), code=Code.IN_USE)


def _keep(plan: Plan, event: Any, actor: Actor, portal: str) -> None:
    """Write down all that goes, and what is cleared: a line of history a record, and the rows to put them back."""
    held = {"object_id__in": plan.objects}
    lost = [row for model in GRANTS for row in read(model.objects.filter(**held))]
    rows, raw = plan.rows, raw_rows(plan.rows)
    Deletion.objects.create(
        event=event,
        model=plan.spec.label,
        record_id=str(plan.record.pk),
        rows=[*(raw[at] for at in _in_order(rows)), *raw_rows(lost)],
        detached=[
            {"model": row.label, "pk": plain(row.pk), "column": field.attname, "value": plain(row[field.attname])}
            for field, row in plan.cleared()
        ],
    )  # fmt: skip
    links = _links_among(rows)
    before = {
        row.key: _before(row, kept["values"], links) for row, kept in zip(rows, raw, strict=True) if declared(row)
    }
    note_deleted(before, actor=actor, portal=portal, event=event)


def _before(row: Row, values: Mapping[str, Any], links: Links) -> dict[str, Any]:
    """What :func:`.history.snapshot` tells of a record; its links are among the rows that go with it."""
    told = {link.name: links.get((*row.key, link.name), []) for link in row.model._meta.many_to_many}
    state = {**values, **told}
    state.pop("password", None)
    return state | (plain(grants.state(spec_of(row.model), row)) if _has_people(row) else {})


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
        key: sorted(words[pk] for pk in ids) if key[2] == "tags" else [str(pk) for pk in sorted(ids)]
        for key, ids in found.items()
    }


def _counted(plan: Plan) -> list[tuple[str, int]]:
    """(model, audience) of the rows that carry an audience."""
    rows = [row for row in plan.rows if declared(row) and spec_of(row.model).in_project_tree]
    return [(row.label, row["audience_id"]) for row in rows]


def _has_people(row: Row) -> bool:
    return isinstance(spec_of(row.model).tree, Root | Groups)


def _in_order(rows: Sequence[Row]) -> list[int]:
    """Places of rows so that what is referred to comes before what refers to it."""
    places = {row.key: at for at, row in enumerate(rows)}
    waits = [[one for one in map(places.get, _refers_to(row)) if one not in (None, at)] for at, row in enumerate(rows)]
    ordered: list[int] = []
    done: set[Any] = set()
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


def _refusal(spec: Spec, seen: dict[str, list[Any]]) -> str:
    """What keeps the record, counted as far as the actor sees it."""
    listed = [f"{len(ids)} {specs()[label].singular_name}" for label, ids in seen.items()]
    # Where something that is seen explains the refusal, it is not told that there is more.
    users = ", ".join(listed or ["records that you cannot see"])
    return f"This {spec.singular_name} cannot be deleted while it is used by: {users}."


__all__ = ["delete_with_history", "refuse_what_is_needed"]
