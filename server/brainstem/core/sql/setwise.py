"""Many rows of a plain table in one statement, whatever their number: tags, and links between records.

Knows no rules of models: callers have checked what is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models.expressions import RawSQL

from ..model.registry import Relation

Row = dict[str, Any]
AT_ONCE = 500  # Rows per statement if each row is part of its text.


def among(model: Any, ids: Iterable[Any]) -> RawSQL:
    """The right side of ``pk__in`` (or ``parent__in``): ids of a model as a single parameter, however many there are.

    SQLite binds at most 32,766 values, and both databases plan separately for each number of them.
    """
    key, database = model._meta.pk, connections[DEFAULT_DB_ALIAS]
    values = [key.get_db_prep_value(one, database) for one in ids]
    if connection.vendor == "sqlite":
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(values)])
    return RawSQL(f"SELECT unnest(%s::{key.rel_db_type(connection)}[])", [values])  # noqa: S611 - a type's name


def insert_columns(table: str, columns: Sequence[tuple[Any, Sequence[Any]]], *, ignore: bool = False) -> None:
    """Insert rows given as (field, values) per column; one statement with one parameter per column.

    ``ignore`` skips existing rows.
    """
    names = ",".join(connection.ops.quote_name(field.column) for field, _ in columns)
    values = [_prepared(field, given) for field, given in columns]
    if connection.vendor == "sqlite":
        # Each row is a JSON array: SQLite accepts a limited number of parameters, but text of any length.
        taken = ",".join(f"json_extract(value,'$[{at}]')" for at in range(len(columns)))
        rows = f"SELECT {taken} FROM json_each(%s) WHERE true"
        parameters: list[Any] = [json.dumps(list(zip(*values, strict=True)))]
    else:
        arrays = ",".join(f"%s::{field.rel_db_type(connection)}[]" for field, _ in columns)
        rows, parameters = f"SELECT * FROM unnest({arrays})", values
    skipping = " ON CONFLICT DO NOTHING" if ignore else ""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {connection.ops.quote_name(table)} ({names}) {rows}{skipping}", parameters)


def _prepared(field: Any, given: Sequence[Any]) -> list[Any]:
    """Values in the driver's form; a single conversion if all are the same object."""
    database = connections[DEFAULT_DB_ALIAS]
    if all(one is given[0] for one in given):
        return [field.get_db_prep_save(one, database) for one in given[:1]] * len(given)
    return [field.get_db_prep_save(one, database) for one in given]


# -- links ------------------------------------------------------------------------------------------------------------


def link_rows(record: Any, relation: Relation, ids: Iterable[Any]) -> Iterator[Row]:
    """Rows of a link table from a record to others, in order if the relation is ordered."""
    near, far = _ends(relation)
    kept = {one.name for one in through_of(relation)._meta.fields}
    extra = {"audience_id": record.audience_id} if "audience" in kept else {}
    for position, one in enumerate(ids):
        order = {relation.order: position} if relation.order else {}
        yield {f"{near}_id": record.pk, f"{far}_id": one} | extra | order


def insert_links(through: Any, rows: Sequence[Row]) -> None:
    """Insert rows of a link table: one statement for tables created by Django, else one per some hundred rows."""
    if not rows:
        return
    if not through._meta.auto_created:
        through._default_manager.bulk_create((through(**row) for row in rows), batch_size=AT_ONCE)
        return
    fields = [field for field in through._meta.concrete_fields if field.attname in rows[0]]
    insert_columns(through._meta.db_table, [(field, [row[field.attname] for row in rows]) for field in fields])


def replace_links(record: Any, relation: Relation, ids: Sequence[Any]) -> None:
    """Make a relation lead to exactly these, in order if it is ordered; remaining rows keep their ids."""
    through, (near, far) = through_of(relation), _ends(relation)
    mine = through._default_manager.filter(**{f"{near}_id": record.pk})
    shown = (f"{far}_id", *([relation.order] if relation.order else ()))
    held = {one: (pk, *place) for pk, one, *place in mine.values_list("pk", *shown)}
    places = {one: place for place, one in enumerate(ids)}
    gone = [pk for one, (pk, *_) in held.items() if one not in places]
    if gone:
        through._default_manager.filter(pk__in=gone).delete()
    insert_links(through, [row for row in link_rows(record, relation, ids) if row[f"{far}_id"] not in held])
    moved = {pk: places[one] for one, (pk, *now) in held.items() if now and one in places and now != [places[one]]}
    if moved:
        rows = [through(pk=pk, **{relation.order: place}) for pk, place in moved.items()]
        through._default_manager.bulk_update(rows, [relation.order], batch_size=AT_ONCE)


def through_of(relation: Relation) -> Any:
    """The model of a relation's link table."""
    return relation.field.remote_field.through


def _ends(relation: Relation) -> tuple[str, str]:
    """Names of the two foreign keys of a link table, from the point of view of the relation's owner."""
    near, far = relation.field.m2m_field_name(), relation.field.m2m_reverse_field_name()
    return (near, far) if relation.owned else (far, near)


__all__ = ["among", "insert_columns", "insert_links", "link_rows", "replace_links", "through_of"]
