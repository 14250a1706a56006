"""Holds the steps of an import against the server: what it would store, change and refuse."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..bulk import SIZE, Target
from ..rehearsal import Rehearsal, offered, rehearse
from .connection import Server
from .difference import CHANGED, CREATED, Step
from .flat import inside
from .headers import Column
from .sheet import Problem

_PATH = re.compile(r"([\w.\[\]]+): ")  # with which a message about details begins


def can_rehearse(server: Server, target: Target) -> bool:
    """Whether the server makes dry runs of this model."""
    return bool(server.transport.run(offered(target)))


def rehearse_steps(server: Server, target: Target, steps: Sequence[Step], columns: Sequence[Column]) -> None:
    """Ask the server about every step that would write, and note in it what would be stored or what is wrong."""
    asked = [step for step in steps if step.kind in {CREATED, CHANGED}]
    rows = [(at, step.id, step.data) for at, step in enumerate(asked)]
    found: Rehearsal = server.transport.run(rehearse(target, rows))
    for at, step in enumerate(asked):
        if at in found.wrong:
            step.problems = problems_of(step.line, found.wrong[at], columns)
        elif step.id:
            _take_changes(step, found.changes.get(at, {}), columns)
        else:
            step.stored = found.stored.get(at, {})
    if len(rows) > SIZE:
        _refuse_repeated(asked, columns)


def problems_of(line: int, messages: dict[str, list[str]], columns: Sequence[Column]) -> list[Problem]:
    """What the server says about a row, by column of the table."""
    return [Problem(line, _header(name, text, columns), text) for name, found in messages.items() for text in found]


def _header(name: str, message: str, columns: Sequence[Column]) -> str:
    """The column that a message is about: a single value inside a field may have its own column."""
    if name in {"non_field_errors", "detail"}:
        return ""
    head = _PATH.match(message)
    place = f"{name}.{head[1]}" if head else name
    mine = [column for column in columns if column.field.name == name.partition(".")[0]]
    for column in mine:
        own = ".".join((column.field.name, *column.path))
        if place == own or place.startswith(f"{own}."):
            return column.header
    return mine[0].header if len(mine) == 1 else name


def _take_changes(step: Step, changes: dict[str, dict[str, Any]], columns: Sequence[Column]) -> None:
    """Keep of a step what the server says that it would change; nothing left means that the record is the same."""
    step.data = {name: value for name, value in step.data.items() if name in changes}
    step.changes = []
    for column in columns:
        if column.field.name in changes:
            old, new = (inside(changes[column.field.name][key], column.path) for key in ("from", "to"))
            if old != new:
                step.changes.append((column, old, new))


def _refuse_repeated(steps: Sequence[Step], columns: Sequence[Column]) -> None:
    """Two rows that are looked at in different requests may still ask for one name."""
    for column in columns:
        first: dict[Any, int] = {}
        for step in steps if column.field.unique and column.field.name != "id" else ():
            value = step.data.get(column.field.name)
            if value in (None, "") or step.problems:
                continue
            if first.setdefault(value, step.line) != step.line:
                step.problems = [Problem(step.line, column.header, f"Same value as in line {first[value]}.")]
