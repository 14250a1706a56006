"""Dry runs: what a write would do, found out by doing it and rolling it back.

Every check, permission, rule and limit of the write applies, because the write itself runs. The result is read as the
writer would read it, then the transaction is rolled back: no rows, history, tags, notices, tasks or emails remain.
On PostgreSQL the sequences of integer ids (people, groups) advance all the same, as with any failed write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

import orjson
from django.db import connection, transaction
from django.db.models import Model

from ..access.viewer import Viewer
from ..model.registry import Spec, spec_of
from ..model.values import markup_ahead
from ..query import run
from ..query.syntax import Query
from ..sql.retry import again_after_deadlock
from ..types.units import convert
from .writing import Rows, write_rows

T = TypeVar("T")
Record = dict[str, Any]
Difference = dict[str, dict[str, object]]


@dataclass(frozen=True)
class Rehearsal:
    """What writing rows would do.

    Attributes
    ----------
    created, updated : list of dict
        The records (proposals, if the actor may only propose) as they would be read afterwards, in the order of the
        rows. New records have None as their id.
    deleted : list
        Ids of what would be deleted.
    changes : list of dict
        For each of ``updated``: key -> ``{"from": ..., "to": ...}``. Empty if the row changes nothing, or only
        writes a quantity in another unit.
    """

    created: list[Record] = field(default_factory=list)
    updated: list[Record] = field(default_factory=list)
    deleted: list[Any] = field(default_factory=list)
    changes: list[Difference] = field(default_factory=list)


def rehearse_rows(spec: Spec, rows: Rows, *, viewer: Viewer, query: Query | None = None, base: str = "") -> Rehearsal:
    """What :func:`.bulk.write_rows` would do; ``query`` says what the records include.

    Raises
    ------
    RowsRefused
        With the errors of each row, exactly as when they are written.
    Invalid
        With errors of the request as a whole.
    """
    reader = _Reader(spec, query or Query(), viewer, base)
    with markup_ahead(spec, [*rows.create, *rows.update]):
        return undone(lambda: _rehearsed(reader, rows))


@again_after_deadlock
def undone(do: Callable[[], T]) -> T:
    """The result of a write, with everything it did rolled back."""
    with transaction.atomic():
        found = do()
        if connection.vendor == "postgresql":
            # Deferred constraints are checked on commit, which never happens here.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    return found


@dataclass(frozen=True)
class _Reader:
    """Reads records as the actor would."""

    spec: Spec
    query: Query
    viewer: Viewer
    base: str

    def read(self, spec: Spec, ids: Sequence[Any], query: Query) -> dict[Any, Record]:
        found = run.fetch_records(spec, list(dict.fromkeys(ids)), query, viewer=self.viewer, base=self.base)
        return {one: orjson.loads(text) for one, text in found.items()}

    def answered(self, records: Sequence[Model], query: Query) -> list[Record]:
        """Written records as they are now; only the id if the writer gave up the permission to see one."""
        if not records:
            return []
        found = self.read(spec_of(records[0]), [one.pk for one in records], query)
        return [found.get(one.pk, {"id": one.pk if isinstance(one.pk, int) else str(one.pk)}) for one in records]


def _rehearsed(reader: _Reader, rows: Rows) -> Rehearsal:
    before = [_named(reader.spec, row) for row in rows.update]
    was = reader.read(reader.spec, [one for one in before if one is not None], Query())
    written = write_rows(reader.spec, rows, viewer=reader.viewer, base_url=reader.base)
    created = [_without_id(one) for one in reader.answered(written.created, reader.query)]
    updated, plain = reader.answered(written.updated, reader.query), reader.query == Query()
    now = updated if plain else reader.answered(written.updated, Query())
    old = [was.get(one, {}) for one in before]
    changes = [difference(reader.spec, *one) for one in zip(old, now, rows.update, strict=True)]
    if written.updated and spec_of(written.updated[0]) is not reader.spec:
        updated = [_without_id(one) for one in updated]
    return Rehearsal(created, updated, written.deleted, changes)


def _named(spec: Spec, row: object) -> object:
    """The id in a row, if valid; the write itself reports errors."""
    value = row.get("id") if isinstance(row, dict) else None
    if isinstance(value, str | int) and not isinstance(value, bool):
        with suppress(ValueError):
            return spec.parse_id(value, below=2**31)
    return None


def _without_id(record: Record) -> Record:
    """A new record without its id, since the real write assigns another one."""
    return record | {"id": None} | ({"links": {}} if "links" in record else {})


# -- what changes -----------------------------------------------------------------------------------------------------


def difference(spec: Spec, before: Record, after: Record, row: Record) -> Difference:
    """Key -> current and future value, for writable keys."""
    if after.keys() <= {"id"}:  # No longer visible: only the requested values are known.
        after = {name: row[name] for name in before.keys() & row.keys()}
    names = [name for name in before if name in after and spec.writable(name)]
    found = {
        name: {"from": before[name], "to": after[name]}
        for name in names
        if not alike(before[name], after[name], unordered=_is_set(spec, name))
    }
    # People may have to accept a role first: until then the record does not show it.
    asked = [name for name in names if name in spec.computed and row.get(name) is not None and name not in found]
    return found | {
        name: {"from": before[name], "to": row[name]} for name in asked if not alike(before[name], row[name])
    }


def _is_set(spec: Spec, name: str) -> bool:
    relation = spec.relations.get(name)
    return name == "tags" if relation is None else bool(relation.many and not relation.order)


def alike(old: object, new: object, *, unordered: bool = False) -> bool:
    """Whether two JSON values are equivalent; quantities are compared across units."""
    if unordered and isinstance(old, list) and isinstance(new, list):
        return sorted(map(str, old)) == sorted(map(str, new))
    if isinstance(old, dict) and isinstance(new, dict):
        if _is_quantity(old) and _is_quantity(new):
            return bool(_size(old) == _size(new))
        return old.keys() == new.keys() and all(alike(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(alike, old, new))
    return isinstance(old, bool) == isinstance(new, bool) and bool(old == new)


def _is_quantity(value: Record) -> bool:
    number = value.get("value")
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    return value.keys() == {"value", "unit"} and is_number and isinstance(value["unit"], str)


def _size(quantity: Record) -> object:
    """A quantity in the base unit of its dimension."""
    return convert(Decimal(str(quantity["value"])), quantity["unit"]) or (quantity["unit"], quantity["value"])


__all__ = ["Rehearsal", "alike", "difference", "rehearse_rows", "undone"]
