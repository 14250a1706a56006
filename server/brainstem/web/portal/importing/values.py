"""Values of a plan as people read them: names for ids, units beside numbers, times in the zone of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from brainstem.core.imports.columns import Column
from brainstem.core.imports.steps import Ref, Step, Table
from brainstem.core.model.registry import Spec, specs

from ..cells import Cell, column_cell, json_cell
from ..gathering import Gathering

Json = Any
MISSING = object()
UNSEEN = "a record that you may not see"
# What is stored as it was typed; of anything else, what is stored is told where it reads differently.
_AS_TYPED = frozenset({"string", "text", "richtext", "url", "email", "json"})


def ask(table: Table, steps: Iterable[Step], gathering: Gathering) -> None:
    """Ask for the names of all records that these rows change by their ids, or that their values refer to."""
    for step in steps:
        if step.record_id is not None and str(step.record_id) in step.line.cells:
            gathering.name(table.spec, [str(step.record_id)])
        pairs = [*step.values.items(), *((key, one) for key, pair in step.changes.items() for one in pair)]
        for key, value in pairs:
            if key in table.spec.relations:
                target = specs()[table.spec.relations[key].target]
                gathering.name(target, [one for one in _each(value) if _is_id(target, one)])


def stored(step: Step, column: Column) -> Json:
    """The value of a column as it would be stored by a row that makes a record; ``MISSING`` if there is none."""
    return _below(step.values.get(column.target.key, MISSING), column)


def changed(step: Step, column: Column) -> tuple[Json, Json] | None:
    """The value of a column before and after, if the row changes it."""
    pair = step.changes.get(column.target.key)
    if pair is None:
        return None
    before, after = (_below(one, column) for one in pair)
    return None if before == after else (before, after)


def text_of(spec: Spec, column: Column, value: Json, gathering: Gathering) -> str:
    """A value as a page shows it; empty if there is none."""
    if value is MISSING or value is None:
        return ""
    return _cell(spec, column, value, gathering).as_text


def tells(spec: Spec, column: Column, typed: str, shown: str, value: Json) -> bool:
    """Whether what is stored has to be told beside what was typed."""
    key = column.target.key
    if not shown or typed.casefold() in (shown.casefold(), str(value).casefold()) or key == "tags":
        return False
    if not column.target.path and key in spec.columns and key not in spec.relations:
        is_choice = bool(spec.columns[key].field.choices)
        return is_choice or spec.columns[key].wire_type not in _AS_TYPED
    return _folded(shown) != _folded(typed)


def _folded(text: str) -> str:
    return "".join(text.replace(",", ";").split()).casefold()


def _cell(spec: Spec, column: Column, value: Json, gathering: Gathering) -> Cell:
    key = column.target.key
    if key in spec.relations:
        target = specs()[spec.relations[key].target]
        return Cell("text", "; ".join(_named(target, one, gathering) for one in _each(value)))
    if column.target.path or key not in spec.columns:
        return json_cell(value)
    return column_cell(spec, spec.columns[key], value)


def _named(target: Spec, value: Json, gathering: Gathering) -> str:
    if isinstance(value, Ref):
        return ""
    return gathering.caption(target, value) or (UNSEEN if _is_id(target, value) else str(value))


def _is_id(target: Spec, value: Json) -> bool:
    return isinstance(value, int | str) and target.is_id(str(value))


def _each(value: Json) -> Iterator[Json]:
    yield from value if isinstance(value, list) else [] if value is None or value is MISSING else [value]


def _below(value: Json, column: Column) -> Json:
    for name in column.target.path:
        value = value.get(name, MISSING) if isinstance(value, dict) else MISSING
    return value


__all__ = ["MISSING", "UNSEEN", "ask", "changed", "stored", "tells", "text_of"]
