"""Plans and their tables as texts, to be kept and read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from ..model.registry import Spec
from ..tables.sheets import Line, Place, Problem, Sheet
from .columns import match
from .json_values import Json
from .steps import Asked, Plan, Ref, Step, Table, Trouble

_REF = "$row"


def sheets_text(sheets: Sequence[Sheet]) -> str:
    """Sheets as a text."""
    return orjson.dumps([_sheet(one) for one in sheets]).decode()


def sheets_of(text: str) -> list[Sheet]:
    """The sheets in such a text."""
    return [
        Sheet(
            one["name"],
            tuple(one["heads"]),
            [Line(number, tuple(cells)) for number, cells in one["lines"]],
            [Problem(Place(one["name"], row, column), message) for row, column, message in one["problems"]],
            one["head_row"],
        )
        for one in orjson.loads(text)
    ]


def _sheet(sheet: Sheet) -> dict[str, Json]:
    return {
        "name": sheet.name,
        "heads": sheet.heads,
        "head_row": sheet.head_row,
        "lines": [(line.number, line.cells) for line in sheet.lines],
        "problems": [(one.place.row, one.place.column, one.message) for one in sheet.problems],
    }


def plan_text(plan: Plan) -> str:
    """What the rows of a plan do, as a text; their cells are those of the sheets."""
    return orjson.dumps([[table.number, [_step(one) for one in table.steps]] for table in plan.tables]).decode()


def plan_of(text: str, sheets: Sequence[Sheet], models: Mapping[int, Spec], asked: Asked) -> Plan:
    """The plan in such a text, for the sheets from which it was made."""
    tables = []
    for number, steps in orjson.loads(text):
        sheet = sheets[number]
        table = Table(number, sheet, models[number], match(models[number], sheet.heads, asked.columns.get(sheet.name)))
        for one in sheet.problems:
            if one.place.row == sheet.head_row:
                table.matched.problems.setdefault(one.place.column, one.message)
        table.steps = [_read(table.spec, number, at, sheet.lines[at], one) for at, one in enumerate(steps)]
        tables.append(table)
    return Plan(tables)


def _step(step: Step) -> list[Json]:
    payload = {key: _plain(value) for key, value in step.payload.items()}
    changes = {key: [_plain(old), _plain(new)] for key, (old, new) in step.changes.items()}
    troubles = [[one.message, one.column, one.text, one.options] for one in step.troubles]
    # A new record's values are mostly those of its payload, which are not kept twice.
    values = {key: value for key, value in step.values.items() if payload.get(key, ...) != value}
    log = None if step.log is None else step.log.place
    return [step.label, step.record_id, payload, changes, values, troubles, step.was, step.entry, log]


def _read(spec: Spec, number: int, at: int, line: Line, kept: Sequence[Json]) -> Step:
    label, record_id, payload, changes, values, troubles, was, *more = kept
    # Only relations refer to rows: in JSON, an object with this key is what somebody typed.
    payload = {key: _back(value) if key in spec.relations else value for key, value in payload.items()}
    step = Step((number, at), line, label, record_id, payload, was=was)
    step.changes = {key: (old, new) for key, (old, new) in changes.items()}
    step.values = {} if record_id is not None else {**payload, **values}
    if more:
        step.entry, step.log = more[0], None if more[1] is None else Ref((more[1][0], more[1][1]))
    step.troubles = [Trouble(message, column, text, tuple(options)) for message, column, text, options in troubles]
    return step


def _plain(value: Json) -> Json:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return {_REF: value.place} if isinstance(value, Ref) else value


def _back(value: Json) -> Json:
    if isinstance(value, list):
        return [_back(one) for one in value]
    return Ref((value[_REF][0], value[_REF][1])) if isinstance(value, dict) and value.keys() == {_REF} else value


__all__ = ["plan_of", "plan_text", "sheets_of", "sheets_text"]
