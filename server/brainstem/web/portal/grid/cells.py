"""The cells of the table editor: each a text that an import reads as the value that it shows.

What no text of one line can hold, such as formatted text or files, is shown but locked, so that nothing of it is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from brainstem.core.model.registry import Spec
from brainstem.core.text.markup import is_markup
from brainstem.core.types.quantities import is_quantity

from .. import fields, words, zone
from ..cells import json_cell, number_text
from ..column import Column, Values
from ..columns import Detail, Tags, column_of
from ..faces import face_of
from ..gathering import Gathering
from ..where import Where

TEXT, NUMBER, DAY, MOMENT, CHOICE, SWITCH, ONE, MANY, TAGS, AMOUNT, LOCKED = (
    "text", "number", "day", "moment", "choice", "switch", "one", "many", "tags", "amount", "locked",
)  # fmt: skip
_BY_TYPE = {
    "boolean": SWITCH, "date": DAY, "datetime": MOMENT, "integer": NUMBER, "positive_integer": NUMBER,
    "number": NUMBER, "image": LOCKED, "file": LOCKED, "json": LOCKED, "country": LOCKED,
}  # fmt: skip
FORMATTED = "Formatted text is changed in the form of the record."
HIDDEN = "It holds something that you may not see, and is changed in the form of the record."
SET_ONCE = "It is chosen when a record is added, and stays as it is."
LINES = "A text of several lines is changed in the form of the record."


@dataclass(frozen=True)
class GridColumn:
    """A column: ``key`` is what an import calls it.

    ``options`` are what a choice offers, and ``codes`` the same as the API calls it. ``only_new`` means that it is said
    when a record is added, and stays as it is then.
    """

    key: str
    title: str
    kind: str
    column: Column
    options: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    only_new: bool = False


@dataclass(frozen=True)
class GridCell:
    """A text; with ``why``, one that cannot be changed here."""

    text: str
    why: str = ""


def columns_of(where: Where, shown: Sequence[Column], type_name: str) -> list[GridColumn]:
    """The name, if a record has one of its own, and the columns of the list."""
    spec = where.spec
    own = [name for name in face_of(spec).title if name in spec.columns and spec.writable(name)]
    named = [found for name in own if (found := column_of(spec, name, where.viewer.view)) is not None]
    every = {column.key: column for column in (*named, *shown)}
    return [_column(spec, column, type_name) for column in every.values()]


def _column(spec: Spec, column: Column, type_name: str) -> GridColumn:
    kind = _kind(spec, column, type_name)
    first = column.key.partition(".")[0]
    if not spec.writable(first):
        kind = LOCKED
    choices = words.choices_of(spec, column.key) if kind == CHOICE else {}
    codes = tuple(value for value in choices if value)
    options = tuple(choices[value] for value in codes)
    return GridColumn(column.key, column.label, kind, column, options, codes, first in spec.resource.create_only)


def _kind(spec: Spec, column: Column, type_name: str) -> str:
    key = column.key
    if isinstance(column, Tags):
        return TAGS
    if isinstance(column, Detail):
        return _kind_of_detail(spec, column, type_name)
    if key in spec.relations:
        return MANY if spec.relations[key].many else ONE
    if key not in spec.columns:
        return LOCKED  # worked out, or counted
    if words.choices_of(spec, key):
        return CHOICE
    return _BY_TYPE.get(spec.columns[key].wire_type, TEXT)


def _kind_of_detail(spec: Spec, column: Detail, type_name: str) -> str:
    if column.path[0] != "details" or len(column.path) != 2:
        return LOCKED
    part = words.schema_of(words.group_of(spec, "details"), type_name).get(column.path[1], {})
    options = [part, *(part.get("anyOf") or ())]  # type: ignore[misc]
    if any(is_quantity(one) for one in options):
        return AMOUNT
    kinds = {str(one.get("type")) for one in options}
    if kinds & {"object", "array"}:
        return LOCKED
    return NUMBER if kinds & {"number", "integer"} else SWITCH if "boolean" in kinds else TEXT


def ask(columns: Sequence[GridColumn], records: Sequence[Values], spec: Spec, gathering: Gathering) -> None:
    """Say which names the cells need: those of all related records, not only of those that a list shows."""
    for one in columns:
        target = fields.target_of(spec, one.key)
        if target is not None and one.kind in (ONE, MANY):
            gathering.name(target, [each for record in records for each in _ids(record.get(one.key))])
        else:
            one.column.ask(records, gathering)


def cell_of(column: GridColumn, record: Values, spec: Spec, gathering: Gathering) -> GridCell:
    """The cell of a record."""
    found = _cell_of(column, record, spec, gathering)
    return replace(found, why=SET_ONCE) if column.only_new and not found.why else found


def _cell_of(column: GridColumn, record: Values, spec: Spec, gathering: Gathering) -> GridCell:
    if column.kind == LOCKED:
        return GridCell(column.column.cell(record, gathering).as_text, why=" ")
    if column.kind in (ONE, MANY):
        return _related(column, record, spec, gathering)
    value = _value(column, record)
    if value is None or value in ("", [], {}):
        return GridCell("")
    if column.kind == TAGS and isinstance(value, list):
        return GridCell("; ".join(map(str, value)))
    if column.kind == AMOUNT:
        return _amount(value)
    return _text(str(value)) if column.kind == TEXT else GridCell(_in_words(column, value, spec))


def _in_words(column: GridColumn, value: object, spec: Spec) -> str:
    if column.kind == MOMENT:
        return zone.moment(str(value))
    if column.kind == CHOICE:
        return words.choices_of(spec, column.key).get(str(value), str(value))
    if column.kind == SWITCH:
        return words.YES if value else words.NO
    return number_text(value) if isinstance(value, int | float) else str(value)


def _value(column: GridColumn, record: Values) -> object:
    value: object = record
    for key in column.key.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _related(column: GridColumn, record: Values, spec: Spec, gathering: Gathering) -> GridCell:
    target = fields.target_of(spec, column.key)
    assert target is not None
    ids = _ids(record.get(column.key))
    names = [gathering.caption(target, one) for one in ids]
    return GridCell("; ".join(name for name in names if name), "" if all(names) else HIDDEN)


def _ids(value: object) -> list[object]:
    return value if isinstance(value, list) else [value] if value is not None else []


def _amount(value: object) -> GridCell:
    if isinstance(value, dict) and isinstance(value.get("value"), int | float):
        return GridCell(f"{number_text(value['value'])} {value.get('unit') or ''}".strip())
    return GridCell(number_text(value)) if isinstance(value, int | float) else GridCell(json_cell(value).as_text, " ")


def _text(text: str) -> GridCell:
    if is_markup(text):
        return GridCell(json_cell(text).as_text, FORMATTED)
    return GridCell(text, LINES if "\n" in text or text != text.strip() else "")


__all__ = ["AMOUNT", "LOCKED", "GridCell", "GridColumn", "ask", "cell_of", "columns_of"]
