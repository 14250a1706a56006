"""Many records of one model changed at once: like :mod:`.saving`, but with one statement for all rather than for each.

Every row is read and checked by the same functions as a single change, in order, as if each were saved before the next
is checked; what they ask of the database is asked beforehand for all rows. Rows that this cannot do without looking at
each other are left to the caller, to be changed one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..access.viewer import Viewer
from ..errors import BrainstemError, Invalid, Missing
from ..history.linking import links_of_tables
from ..history.recording import Line, State, difference, note_all, order_of, snapshot
from ..model.declare import Record
from ..model.ids import RecordId
from ..model.registry import Relation, Spec, specs
from ..remarks import about_row
from ..sql.setwise import among, insert_links, link_rows, through_of, update_columns
from . import rules
from .batch import Tell, goes_together
from .checks import check_drafts
from .held import Links, look_up_links
from .payload import Given, ids_in
from .rights import may_change
from .rules import Draft
from .saving import guarded, read_change, refuse_read_only, says_the_same, with_values
from .tags import tag_ids, tags_of

Row = tuple[object, Mapping[str, object]]  # id of a record, and what is to be changed in it


@dataclass(frozen=True)
class Pending:
    """A change that was read and checked, but not saved, and the state of the record before it."""

    draft: Draft
    given: Given
    before: State


@dataclass(frozen=True)
class DraftedChanges:
    """Changes that were read and checked, by their numbers; records that stay as they are; and what is wrong."""

    changes: Mapping[int, Pending]
    same: Mapping[int, object]
    wrong: Mapping[int, BrainstemError]
    viewer: Viewer


def change_together(spec: Spec, rows: Mapping[int, Row], *, viewer: Viewer) -> dict[int, object | BrainstemError]:
    """Change records within the caller's transaction; returns for each, by its number, the record or what is wrong.

    Rows that are not in the result have to be changed one by one. The number of statements does not depend on the
    number of the others.
    """
    return save_changes(spec, draft_changes(spec, rows, viewer=viewer))


def draft_changes(
    spec: Spec,
    rows: Mapping[int, Row],
    *,
    viewer: Viewer,
    tell: Tell = lambda rows: None,  # noqa: ARG005
) -> DraftedChanges:
    """Read and check changes, without writing anything; rows to be changed one by one are left out.

    To be saved in the same transaction, unless the caller makes sure that nothing has been written in between.
    """
    viewer = viewer.remembering()
    rows = _that_go_together(spec, rows)
    if not rows:
        return DraftedChanges({}, {}, {}, viewer)
    records = _locked(spec, [pk for pk, _ in rows.values()], viewer)
    held = look_up_links(spec, [*records], viewer.memory)
    _look_up(spec, rows, records, held, viewer)
    wrong: dict[int, BrainstemError] = {}
    pending: dict[int, Pending] = {}
    same: dict[int, object] = {}
    for index, (pk, payload) in rows.items():
        tell(1)
        try:
            with about_row(("update", index)):
                found = _read(spec, records.get(pk), pk, payload, held.get(pk, {}), viewer)
        except BrainstemError as error:
            wrong[index] = error
            continue
        if isinstance(found, Pending):
            pending[index] = found
        else:
            same[index] = found
    check_drafts(spec, [one.draft for one in pending.values()])
    for index, one in list(pending.items()):
        if one.draft.errors:
            wrong[index] = Invalid(dict(one.draft.errors))
            del pending[index]
        elif says_the_same(spec, one.draft, one.given):
            same[index] = one.draft.record
            del pending[index]
    return DraftedChanges(pending, same, wrong, viewer)


def _read(
    spec: Spec, record: Record | None, pk: object, payload: Mapping[str, object], links: Links, viewer: Viewer
) -> Pending | Record:
    """The change of one record, or the record itself if nothing differs."""
    if record is None:
        raise Missing(f"No {spec.singular_name} has the id {pk}.")
    refuse_read_only(viewer.actor)
    given = read_change(spec, record, payload, viewer=viewer)
    may_change(spec, record, given, viewer)
    if not given.differs:
        given.raise_errors()
        return record
    before = snapshot(record, kept={name: _told(spec, name, ids) for name, ids in links.items()})
    return Pending(with_values(spec, record, given, viewer=viewer), given, before)


def _told(spec: Spec, name: str, ids: Iterable[Any]) -> list[str]:
    """Links as history keeps them."""
    if name == "tags" and spec.has_tags:
        return sorted(ids)
    return [str(one) for one in (ids if order_of(spec.model._meta.get_field(name)) else sorted(ids))]


# -- which rows -------------------------------------------------------------------------------------------------------


def _that_go_together(spec: Spec, rows: Mapping[int, Row]) -> dict[int, Row]:
    """The rows that do not depend on each other: no record twice, and no keys by which records are compared."""
    if not goes_together(spec) or rules.takes_other_forms(spec.model) or spec.model in links_of_tables():
        return {}
    ids: dict[str, list[object]] = {}
    for pk, payload in rows.values():
        for name in payload:
            ids.setdefault(name, []).append(pk)
    apart = _keys_apart(spec) | rules.are_entangled(spec.model, ids)
    times = Counter(pk for pk, _ in rows.values())
    return {
        index: (pk, payload)
        for index, (pk, payload) in rows.items()
        if times[pk] == 1 and apart.isdisjoint(payload.keys())
    }


@cache
def _keys_apart(spec: Spec) -> frozenset[str]:
    """Keys whose changes involve more than the row: its place, files, ordered links and those of other records."""
    names = {spec.tree.place} | {name for name, _ in rules.exclusive_links(spec.model)}
    names |= {name for name, one in spec.columns.items() if one.wire_type in ("image", "file")}
    return frozenset(names | {name for name, one in spec.relations.items() if one.many and not _is_plain(one)})


def _is_plain(relation: Relation) -> bool:
    """Whether links are only pairs, in no order, and belong to the record itself."""
    return relation.owned and not relation.order and bool(through_of(relation)._meta.auto_created)


# -- what is asked beforehand -----------------------------------------------------------------------------------------


def _locked(spec: Spec, ids: Collection[object], viewer: Viewer) -> dict[object, Record]:
    """The records that the viewer sees, locked in one order."""
    seen = viewer.seen(spec, ids, hop=False)
    rows = spec.model._default_manager.filter(pk__in=among(spec.model, seen)).order_by("pk")
    return {one.pk: one for one in rows.select_for_update(of=("self",))} if seen else {}


def _look_up(
    spec: Spec, rows: Mapping[int, Row], records: Mapping[object, Record], held: Mapping[object, Links], viewer: Viewer
) -> None:
    """Ask at once what may be changed, and what of that to which it refers is visible."""
    viewer.editable(spec, [*records])
    for name, relation in spec.relations.items():
        given = [(pk, payload[name]) for pk, payload in rows.values() if name in payload]
        if not given or not spec.writable(name):
            continue
        ids = {one for _, value in given for one in ids_in(relation, value)}
        if not relation.many:
            attname = relation.field.attname
            ids |= {getattr(records[pk], attname) for pk, value in given if value in (None, "") and pk in records}
        else:
            ids |= {one for pk, _ in given for one in held.get(pk, {}).get(name, ())}
        viewer.seen(specs()[relation.target], ids - {None})


# -- saving -----------------------------------------------------------------------------------------------------------


def lines_of(spec: Spec, drafted: DraftedChanges) -> dict[int, Line]:
    """What history will have of each change, before it is saved."""
    times = [field.attname for field in spec.model._meta.concrete_fields if getattr(field, "auto_now", False)]
    now, found = timezone.now(), dict[int, Line]()
    for index, one in drafted.changes.items():
        for name in times:
            setattr(one.draft.record, name, now)
        if (line := difference(_line(spec, one))) is not None:
            found[index] = line
    return found


def save_changes(
    spec: Spec, drafted: DraftedChanges, lines: Mapping[int, Line] | None = None
) -> dict[int, object | BrainstemError]:
    """Save changes within the caller's transaction; returns for each the record or what is wrong.

    ``lines`` is what :func:`lines_of` has made of the same changes beforehand.
    """
    refused = _update(spec, {index: one.draft for index, one in drafted.changes.items()})
    saved = [one for index, one in drafted.changes.items() if index not in refused]
    _replace_links(spec, saved)
    for one in saved:
        rules.run_follows(one.draft)
    if lines is None:
        note_all((_line(spec, one) for one in saved), viewer=drafted.viewer)
    else:
        note_all((line for index, line in lines.items() if index not in refused), viewer=drafted.viewer)
    records = {index: one.draft.record for index, one in drafted.changes.items()}
    return {**drafted.wrong, **drafted.same, **records, **refused}


def _update(spec: Spec, drafts: Mapping[int, Draft]) -> dict[int, BrainstemError]:
    """Save the columns of all; if the database refuses one, save them one by one to find out which."""
    records, refused = [one.record for one in drafts.values()], dict[int, BrainstemError]()
    if not records:
        return refused
    now = timezone.now()
    fields = []
    for field in spec.model._meta.concrete_fields:
        if getattr(field, "auto_now", False):
            for record in records:
                setattr(record, field.attname, now)
            fields.append(field)
        elif any(getattr(one.record, field.attname) != one.old[field.attname] for one in drafts.values()):
            fields.append(field)
    try:
        with transaction.atomic():
            key = (spec.model._meta.pk, [record.pk for record in records])
            columns = [(field, [getattr(record, field.attname) for record in records]) for field in fields]
            update_columns(spec.table, key, columns)
    except IntegrityError:
        for index, one in drafts.items():
            try:
                guarded(spec, one.record.save)
            except Invalid as error:
                refused[index] = error
    return refused


def _replace_links(spec: Spec, saved: Sequence[Pending]) -> None:
    linked: dict[str, list[tuple[Record, Sequence[RecordId]]]] = {}
    for one in saved:
        for name, ids in one.given.links.items():
            linked.setdefault(name, []).append((one.draft.record, ids))
    for name, some in linked.items():
        _replace(spec, spec.relations[name], some)
    if tagged := [(one.draft.record, one.given.tags) for one in saved if one.given.tags is not None]:
        known = tag_ids(word for _, words in tagged for word in words)
        _replace(spec, tags_of(spec), [(record, [known[word] for word in words]) for record, words in tagged])


def _replace(spec: Spec, relation: Relation, linked: Sequence[tuple[Record, Sequence[RecordId]]]) -> None:
    """Make a relation of several records lead to exactly these; remaining rows keep their ids."""
    through = through_of(relation)
    near, far = f"{relation.field.m2m_field_name()}_id", f"{relation.field.m2m_reverse_field_name()}_id"
    rows = through._default_manager.filter(**{f"{near}__in": among(spec.model, [record.pk for record, _ in linked])})
    held = {(one, other): pk for pk, one, other in rows.values_list("pk", near, far)}
    wanted = {(record.pk, one) for record, ids in linked for one in ids}
    if gone := [pk for pair, pk in held.items() if pair not in wanted]:
        through._default_manager.filter(pk__in=among(through, gone)).delete()
    new = [row for record, ids in linked for row in link_rows(record, relation, ids)]
    insert_links(through, [row for row in new if (row[near], row[far]) not in held])


def _line(spec: Spec, one: Pending) -> Line:
    links = {link.name for link in spec.model._meta.many_to_many}
    kept = {name: one.before[name] for name in links} | {
        name: _told(spec, name, ids) for name, ids in one.given.links.items()
    }
    if one.given.tags is not None:
        kept["tags"] = _told(spec, "tags", one.given.tags)
    record = one.draft.record
    return Line("change", (spec.label, record.pk), one.before, snapshot(record, kept=kept))


__all__ = ["DraftedChanges", "Row", "change_together", "draft_changes", "lines_of", "save_changes"]
