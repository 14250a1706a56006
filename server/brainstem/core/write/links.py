"""Writing the links between records, with what changes thereby in the history of others.

A link that is set from the other side changes the record that declares it. Some links are records themselves, such as
the data storages of a session: those change with the list, and the list with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection
from django.db.models import Model

from ..access.viewer import Viewer
from ..history.linking import Lists, Pair, lines_of_owners, links_of_tables, lists_of
from ..history.recording import About, Line, State, note_all, order_of, snapshot
from ..model.declare import Record
from ..model.ids import RecordId
from ..model.registry import Relation, specs
from ..sql.setwise import insert_links, link_rows, linked_from, replace_links, through_of
from . import rules


def set_links(record: Record, relation: Relation, ids: Sequence[RecordId], *, viewer: Viewer) -> None:
    """Make a relation lead to exactly these, and record what that changes in other records."""
    if not relation.owned:
        _hold_others(record, relation, ids)
    lists, rows = _lists_before(record, relation), _rows(record, relation)
    gone, added = replace_links(record, relation, ids)
    note_all(_rows_changed(rows, _rows(record, relation)), viewer=viewer)
    if not relation.owned:
        pairs = {"gone": [(one, record.pk) for one in gone], "added": [(one, record.pk) for one in added]}
        note_all(lines_of_owners(relation.field, **pairs, was=lists), viewer=viewer)


def _hold_others(record: Record, relation: Relation, ids: Iterable[RecordId]) -> None:
    """Lock the records that gain or lose a link to this one: it is theirs, and others may be changing them."""
    if not connection.features.has_select_for_update:  # SQLite has only one writer anyway.
        return
    held: set[object] = set()
    while (moving := set(ids) ^ set(linked_from(record, relation))) - held:
        held |= moving
        rules.hold(specs()[relation.target].model, moving)


def add_links(relation: Relation, linked: Sequence[tuple[Record, Sequence[RecordId]]], *, viewer: Viewer) -> None:
    """Link new records, each to some others; the number of statements does not depend on how many there are."""
    rows = [row for record, ids in linked for row in link_rows(record, relation, ids)]
    made = insert_links(through_of(relation), rows)
    note_all((Line("create", _about(row), None, snapshot(row)) for row in made if _is_record(row)), viewer=viewer)
    if not relation.owned:
        pairs: list[Pair] = [(one, record.pk) for record, ids in linked for one in ids]
        note_all(lines_of_owners(relation.field, added=pairs, was={}), viewer=viewer)


def _lists_before(record: Record, relation: Relation) -> Lists:
    """The ordered lists of other records that the record is in, if its relation is the other side of these."""
    link = relation.field
    if relation.owned or not order_of(link):
        return {}
    near, far = f"{link.m2m_field_name()}_id", f"{link.m2m_reverse_field_name()}_id"
    owners = through_of(relation)._default_manager.filter(**{far: record.pk}).values_list(near, flat=True)
    return lists_of(link, owners)


def _rows(record: Record, relation: Relation) -> dict[About, State]:
    """The states of a relation's links, if they are records themselves."""
    through = through_of(relation)
    if not _is_record(through):
        return {}
    name = relation.field.m2m_field_name() if relation.owned else relation.field.m2m_reverse_field_name()
    return {_about(row): snapshot(row) for row in through._default_manager.filter(**{f"{name}_id": record.pk})}


def _rows_changed(before: dict[About, State], after: dict[About, State]) -> Iterator[Line]:
    for about in dict.fromkeys([*before, *after]):
        was, now = before.get(about), after.get(about)
        yield Line("create" if was is None else "delete" if now is None else "change", about, was, now)


def _is_record(row: object) -> bool:
    return hasattr(row, "resource")


def _about(row: Model) -> About:
    return row._meta.label, row.pk


@contextmanager
def owners_noted(records: Iterable[Record], *, was: State | None = None, viewer: Viewer) -> Iterator[None]:
    """Record how the lists change whose links are these records, which are saved in the block.

    ``was`` holds the previous values of a record that is changed.
    """
    records = [*records]
    link = links_of_tables().get(type(records[0])) if records else None
    if link is None:
        yield
        return
    near = f"{link.m2m_field_name()}_id"
    owners = {getattr(record, near) for record in records} | ({was[near]} if was else set())
    before = lists_of(link, owners)
    yield
    after = lists_of(link, owners)
    label = link.model._meta.label
    lines = (Line("change", (label, one), {link.name: before[one]}, {link.name: after[one]}) for one in before)
    note_all(lines, viewer=viewer)


__all__ = ["add_links", "owners_noted", "set_links"]
