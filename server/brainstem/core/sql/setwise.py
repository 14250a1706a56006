"""Many rows of a plain table in one statement, whatever their number: tags, and links between records.

Knows no rules of models: callers have checked what is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model
from django.db.models.expressions import RawSQL

from ..model.ids import RecordId
from ..model.registry import Relation

Row = dict[str, Any]
Column = tuple[Any, Sequence[Any]]
AT_ONCE = 500  # Rows per statement if each row is part of its text.


def among(model: type[Model] | Model, ids: Iterable[object]) -> RawSQL:
    """The right side of ``pk__in`` (or ``parent__in``): ids of a model as a single parameter, however many there are.

    SQLite binds at most 32,766 values, and both databases plan separately for each number of them.
    """
    return among_values(model._meta.pk, ids)


def among_values(field: Any, values: Iterable[object]) -> RawSQL:
    """The same for values of another column."""
    prepared = [field.get_db_prep_value(one, connections[DEFAULT_DB_ALIAS]) for one in values]
    if connection.vendor == "sqlite":
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(prepared)])
    return RawSQL(f"SELECT unnest(%s::{field.rel_db_type(connection)}[])", [prepared])  # noqa: S611 - a type's name


class JsonText(str):
    """The JSON of a value, for a column that keeps JSON; all values of a column are given so, or none."""

    __slots__ = ()


@dataclass(frozen=True)
class Insertion:
    """A statement that inserts rows, made before it is run; ``shared`` are the values that all rows have."""

    text: str
    shared: Sequence[tuple[Any, object]]
    parameters: Sequence[Any]

    def run(self, changed: Mapping[Any, object] = MappingProxyType({})) -> None:
        """Insert the rows; ``changed`` has other values for columns that all rows share, by field."""
        shared = [_prepared(field, changed.get(field, one)) for field, one in self.shared]
        with connection.cursor() as cursor:
            cursor.execute(self.text, [*shared, *self.parameters])


def insert_columns(table: str, columns: Sequence[Column], *, ignore: bool = False) -> None:
    """Insert rows given as (field, values) per column; one statement with one parameter per column.

    Where all values of a column are one and the same object, it is sent once. ``ignore`` skips existing rows.
    """
    insertion(table, columns, ignore=ignore).run()


def insertion(table: str, columns: Sequence[Column], *, ignore: bool = False) -> Insertion:
    """As :func:`insert_columns`, to be run later."""
    own = [(field, given) for field, given in columns if not _is_one(given)]
    if not own and len(columns[0][1]) > 1:
        own = [columns[-1]]  # Any of them says how many rows there are.
    places = {field: f"own.c{at}" for at, (field, _) in enumerate(own)}
    shared = [(field, given[0]) for field, given in columns if field not in places]
    taken = [places.get(field) or _typed(field) for field, _ in columns]
    source, parameters = _rows_of(own) if own else ("(SELECT 1) AS own", [])
    names = ",".join(connection.ops.quote_name(field.column) for field, _ in columns)
    rows = f"SELECT {','.join(taken)} FROM {source} WHERE true{' ON CONFLICT DO NOTHING' if ignore else ''}"
    return Insertion(f"INSERT INTO {connection.ops.quote_name(table)} ({names}) {rows}", shared, parameters)


def update_columns(table: str, key: Column, columns: Sequence[Column]) -> None:
    """Give each row that a key names its own values; one statement with one parameter per column."""
    own = [key, *((field, given) for field, given in columns if not _is_one(given))]
    places = {field: f"own.c{at}" for at, (field, _) in enumerate(own)}
    shared = [(field, given[0]) for field, given in columns if field not in places]
    quoted = connection.ops.quote_name
    sets = ",".join(f"{quoted(field.column)}={places.get(field) or _typed(field)}" for field, _ in columns)
    source, parameters = _rows_of(own)
    where = f"{quoted(table)}.{quoted(key[0].column)}={places[key[0]]}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quoted(table)} SET {sets} FROM {source} WHERE {where}",
            [*(_prepared(field, one) for field, one in shared), *parameters],
        )


def _is_one(given: Sequence[object]) -> bool:
    return all(one is given[0] for one in given)


def _rows_of(columns: Sequence[Column]) -> tuple[str, list[Any]]:
    """What rows with these columns are selected from, named ``own.c0`` and on, and its parameters."""
    return (_json_rows if connection.vendor == "sqlite" else _unnested)(columns)


def _json_rows(columns: Sequence[Column]) -> tuple[str, list[object]]:
    """Rows as arrays of JSON: SQLite takes a limited number of parameters, but a text of any length."""
    values = ([_prepared(field, one) for one in given] for field, given in columns)
    taken = ",".join(f"json_extract(value,'$[{at}]') AS c{at}" for at in range(len(columns)))
    text = orjson.dumps([*zip(*values, strict=True)]).decode()
    return f"(SELECT {taken} FROM json_each(%s)) AS own", [text]


def _unnested(columns: Sequence[Column]) -> tuple[str, list[object]]:
    """Rows made of one array for each column, which of JSON is an array of JSON: quoting it is much faster."""
    parts: list[str] = []
    parameters: list[object] = []
    for field, given in columns:
        if isinstance(given[0], JsonText):
            parts.append("jsonb_array_elements(%s::jsonb)")
            parameters.append(f"[{','.join(given)}]")
        else:
            parts.append(f"unnest({_typed(field)}[])")
            parameters.append([_prepared(field, one) for one in given])
    names = ",".join(f"c{at}" for at in range(len(columns)))
    return f"ROWS FROM ({','.join(parts)}) AS own ({names})", parameters


def _typed(field: Any) -> str:
    """The place of a parameter in a statement; PostgreSQL has to be told of which type it is."""
    return f"%s::{field.rel_db_type(connection)}" if connection.vendor == "postgresql" else "%s"


def _prepared(field: Any, value: object) -> Any:
    """A value in the driver's takes it."""
    if isinstance(value, JsonText):
        return str(value)
    return field.get_db_prep_save(value, connections[DEFAULT_DB_ALIAS])


# -- links ------------------------------------------------------------------------------------------------------------


def link_rows(record: Any, relation: Relation, ids: Iterable[RecordId]) -> Iterator[Row]:
    """Rows of a link table from a record to others, in order if the relation is ordered."""
    near, far = _ends(relation)
    kept = {one.name for one in through_of(relation)._meta.fields}
    extra = {"audience_id": record.audience_id} if "audience" in kept else {}
    for position, one in enumerate(ids):
        order = {relation.order: position} if relation.order else {}
        yield {f"{near}_id": record.pk, f"{far}_id": one} | extra | order


def insert_links(through: Any, rows: Sequence[Row]) -> list[Any]:
    """Insert rows of a link table: one statement for tables created by Django, else one per some hundred rows.

    Returns the rows of tables that Django did not create.
    """
    if not rows:
        return []
    if not through._meta.auto_created:
        made: list[Any] = through._default_manager.bulk_create((through(**row) for row in rows), batch_size=AT_ONCE)
        return made
    fields = [field for field in through._meta.concrete_fields if field.attname in rows[0]]
    insert_columns(through._meta.db_table, [(field, [row[field.attname] for row in rows]) for field in fields])
    return []


def linked_from(record: Model, relation: Relation) -> list[Any]:
    """The ids that a relation leads to; one query."""
    near, far = _ends(relation)
    rows = through_of(relation)._default_manager.filter(**{f"{near}_id": record.pk})
    return list(rows.order_by().values_list(f"{far}_id", flat=True))


def replace_links(record: Model, relation: Relation, ids: Sequence[RecordId]) -> tuple[list[Any], list[Any]]:
    """Make a relation lead to exactly these, in order if it is ordered; remaining rows keep their ids.

    Returns the ids that it no longer leads to, and the new ones.
    """
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
    return [one for one in held if one not in places], [one for one in places if one not in held]


def through_of(relation: Relation) -> Any:
    """The model of a relation's link table."""
    return relation.field.remote_field.through


def _ends(relation: Relation) -> tuple[str, str]:
    """Names of the two foreign keys of a link table, from the point of view of the relation's owner."""
    near, far = relation.field.m2m_field_name(), relation.field.m2m_reverse_field_name()
    return (near, far) if relation.owned else (far, near)


__all__ = [
    "Insertion",
    "JsonText",
    "among",
    "among_values",
    "insert_columns",
    "insert_links",
    "insertion",
    "link_rows",
    "linked_from",
    "replace_links",
    "through_of",
    "update_columns",
]
