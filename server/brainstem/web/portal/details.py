"""Details and entries of logs -> cells, in the words and with the units of their type schemas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import words
from .cells import NONE, Cell, json_cell, moment_cell, pairs_cell, table_cell

MOMENTS = ("date_time", "start_date_time", "end_date_time")
MOST_ENTRIES = 200


def details_cell(group: str, type_name: str, value: object) -> Cell:
    """The details of a record: pairs, or a table where they are rows; in the order of the schema."""
    schema = words.schema_of(group, type_name) if group else {}
    if isinstance(value, list):
        rows = [one for one in value if isinstance(one, dict)]
        return table_cell(
            [in_order(schema, row) for row in rows], lambda key: title_of(schema, key), lambda _, one: json_cell(one)
        )
    if not isinstance(value, dict):
        return json_cell(value)
    return pairs_cell([(title_of(schema, key), json_cell(one)) for key, one in in_order(schema, value).items()])


def in_order(schema: Mapping[str, object], value: Mapping[str, object]) -> dict[str, object]:
    """The values in the order of the schema, then those that it does not know."""
    known = [key for key in schema if key in value]
    return {key: value[key] for key in (*known, *(key for key in value if key not in schema))}


def title_of(schema: Mapping[str, Mapping[str, object]], key: str) -> str:
    """What the schema calls a value."""
    return str(schema.get(key, {}).get("title") or words.label_of(key))


def value_in(details: object, path: Sequence[str]) -> Cell:
    """The value at a path of keys; of the first row where details are rows."""
    at = details[0] if isinstance(details, list) and details else details
    for key in path:
        at = at.get(key) if isinstance(at, dict) else None
    return json_cell(at)


def entries_cell(
    group: str, type_name: str, entries: Sequence[Mapping[str, object]], people: Mapping[str, str]
) -> Cell:
    """The entries of a log as a table, newest first."""
    schema = words.schema_of(group, type_name) if group else {}
    rows = [_entry(schema, one, people) for one in reversed(entries[-MOST_ENTRIES:])]
    return table_cell(rows, str, lambda _, one: one if isinstance(one, Cell) else NONE)


def _entry(
    schema: Mapping[str, Mapping[str, object]], entry: Mapping[str, object], people: Mapping[str, str]
) -> dict[str, object]:
    found: dict[str, object] = {}
    for key in MOMENTS:
        if key in entry:
            text = str(entry[key] or "")
            found[words.label_of(key)] = moment_cell(text) if text else NONE
    details = entry.get("details")
    if isinstance(details, dict):
        found |= {title_of(schema, key): json_cell(one) for key, one in in_order(schema, details).items()}
    found[words.label_of("notes")] = json_cell(entry.get("notes"))
    found[words.label_of("performed_by")] = json_cell(people.get(str(entry.get("performed_by")), ""))
    return found


__all__ = ["MOST_ENTRIES", "details_cell", "entries_cell", "in_order", "title_of", "value_in"]
