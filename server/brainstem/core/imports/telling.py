"""What is told of a plan: its sheets and columns, its errors in groups with a fix for each, and its rows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..model.registry import Spec
from ..tables.sheets import Place as Cell
from ..tables.sheets import letters
from .columns import targets_of
from .json_values import Json
from .steps import Plan, Ref, Step, Table, Trouble

MOST_GROUPS = 200
MOST_ROWS_OF_GROUP = 50
Facts = dict[str, Json]


def summary_of(plan: Plan) -> Facts:
    """Everything but the rows."""
    groups = groups_of(plan)
    return {
        "counts": plan.counts,
        "ready": plan.ready,
        "sheets": [_sheet(table) for table in plan.tables],
        "groups": groups[:MOST_GROUPS],
        "more_groups": max(0, len(groups) - MOST_GROUPS),
    }


def _sheet(table: Table) -> Facts:
    labels = targets_of(table.spec)
    columns: list[Facts] = []
    for at, head in enumerate(table.sheet.heads):
        fact: Facts = {"column": letters(at), "head": head}
        found = table.column(at)
        if found is not None:
            target = str(found.target)
            fact |= {"field": target, "label": labels.get(target, target), "unit": found.unit}
        if at in table.matched.left_out:
            fact["left_out"] = table.matched.left_out[at]
        if at in table.matched.problems:
            fact["problem"] = table.matched.problems[at]
        if head or "problem" in fact:
            columns.append(fact)
    return {
        "name": table.sheet.name,
        "model": model_name(table.spec),
        "rows": len(table.sheet.lines),
        "columns": columns,
    }


def model_name(spec: Spec) -> str:
    """A model as URLs name it: ``stem/subject``."""
    return f"{spec.app}/{spec.segment}"


def groups_of(plan: Plan) -> list[Facts]:
    """The errors of all rows, those that are alike together, the most frequent first.

    A group has the rows concerned, and for each value that was perhaps meant, the change that corrects all of them.
    """
    found: dict[tuple[Json, ...], tuple[Table, Trouble, list[int]]] = {}
    for table in plan.tables:
        for step in table.steps:
            for trouble in step.troubles:
                key = (table.number, trouble.column, trouble.text, trouble.message)
                found.setdefault(key, (table, trouble, []))[2].append(step.line.number)
    ordered = sorted(found.values(), key=lambda one: -len(one[2]))
    return [_group(table, trouble, rows) for table, trouble, rows in ordered]


def _group(table: Table, trouble: Trouble, rows: Sequence[int]) -> Facts:
    head = table.sheet.heads[trouble.column] if _has_head(table, trouble) and trouble.column is not None else ""
    fixes = [
        {"sheet": table.sheet.name, "head": head, "from": trouble.text, "to": option} for option in trouble.options
    ]
    return {
        "sheet": table.sheet.name,
        "head": head,
        "text": trouble.text,
        "message": trouble.message,
        "count": len(rows),
        "rows": list(rows[:MOST_ROWS_OF_GROUP]),
        "fixes": fixes if head else [],
    }


def _has_head(table: Table, trouble: Trouble) -> bool:
    return trouble.column is not None and trouble.column < len(table.sheet.heads)


def rows_of(plan: Plan, *, action: str, start: int, most: int) -> tuple[list[Facts], int]:
    """Some of the rows that do a thing (empty for all), and the number of them."""
    found = [(table, step) for table in plan.tables for step in table.steps if action in ("", step.action)]
    return [_row(table, step) for table, step in found[start : start + most]], len(found)


def _row(table: Table, step: Step) -> Facts:
    fact: Facts = {
        "sheet": table.sheet.name,
        "row": step.line.number,
        "action": step.action,
        "model": model_name(table.spec),
        "id": step.record_id,
        "label": step.label,
        "cells": {head: text for head, text in zip(table.sheet.heads, step.line.cells, strict=True) if head and text},
        "values": {key: _shown(value) for key, value in step.values.items()} if step.action == "created" else {},
        "changes": {key: {"from": old, "to": _shown(new)} for key, (old, new) in step.changes.items()},
    }
    return fact | {"problems": list(_problems(table, step))}


def _problems(table: Table, step: Step) -> Iterable[Facts]:
    for one in step.troubles:
        cell = "" if one.column is None else Cell(table.sheet.name, step.line.number, one.column).cell
        head = table.sheet.heads[one.column] if _has_head(table, one) and one.column is not None else ""
        yield {"cell": cell, "head": head, "message": one.message, "options": list(one.options)}


def _shown(value: Json) -> Json:
    """A value as JSON; of a record that another row makes, where that row stands."""
    if isinstance(value, list):
        return [_shown(one) for one in value]
    return None if isinstance(value, Ref) else value


__all__ = ["groups_of", "model_name", "rows_of", "summary_of"]
