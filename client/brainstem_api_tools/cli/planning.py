"""``import`` by a plan of the server: it is shown, and committed unless something is wrong with it."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..contract import models
from ..errors import ConnectionFailed
from .describe import Field, Fields, fields_of
from .difference import CHANGED, CREATED, WRONG
from .lookup import Names, is_id
from .plans import Plan, planned
from .steps import NOTHING, PROPOSED, show_counts, show_step, show_wrong, written_line
from .terminal import notice

if TYPE_CHECKING:
    from .connection import Server

MOST_SHOWN = 100  # rows of those that are created, and of those that are changed
LINES_SHOWN = 5  # of one error
Row = dict[str, Any]


def import_by_plan(server: Server, content: bytes, arguments: argparse.Namespace) -> int | None:
    """The exit code; None if the server plans no imports, and nothing was done."""
    plan = planned(server, content, arguments)
    if plan is None:
        return None
    keep = not arguments.dry_run
    try:
        keep, code = _settle(plan, arguments)
    except KeyboardInterrupt:
        if keep:
            notice(arguments, f"\nThe server keeps this import, and goes on with what it has begun: {plan.page}")
        raise
    finally:
        if arguments.dry_run or not keep:
            plan.delete()
    return code


def _settle(plan: Plan, arguments: argparse.Namespace) -> tuple[bool, int]:
    """Show a plan and commit it if it is wanted and right; whether the server is to keep it, and the exit code."""
    plan.wait()
    if plan.refusal:
        return _refused(plan, plan.refusal, arguments)
    if not arguments.quiet:
        _show_rows(plan)
    counts = _show_plan(plan)
    wrong = bool(counts[WRONG])
    if arguments.dry_run:
        notice(arguments, f"{NOTHING} (--dry-run)")
        return False, int(wrong)
    if wrong:
        notice(arguments, f"{NOTHING} Correct it in the browser, or in the table: {plan.page}")
        return True, 1
    if not counts[CREATED] + counts[CHANGED]:
        print(NOTHING)
        return False, 0
    return _commit(plan, counts, arguments)


def _commit(plan: Plan, counts: Counter[str], arguments: argparse.Namespace) -> tuple[bool, int]:
    try:
        answer = plan.commit()
        plan.wait()
    except ConnectionFailed as error:
        error.advice = f"It is not known whether it was written: see {plan.page}"
        raise
    if plan.facts["state"] != "committed":
        return _refused(plan, plan.refusal or answer.body, arguments)
    event = plan.facts["event"]
    print(written_line({kind: counts[kind] for kind in (CREATED, CHANGED)}, [event] if event else []))
    if any(f"{name}approval" in models() for name in _models(plan)):
        notice(arguments, PROPOSED)
    return True, 0


def _refused(plan: Plan, refusal: Row, arguments: argparse.Namespace) -> tuple[bool, int]:
    """Say why nothing was written, and for which rows the plan no longer holds."""
    for row in refusal.get("moved") or []:
        show_wrong(f"{_where(row['sheet'], [row['row']], 1)}: {row['message']}")
    show_wrong(str(refusal.get("detail") or "The server did not do it."))
    notice(arguments, f"{NOTHING} (--dry-run)" if arguments.dry_run else f"{NOTHING} See {plan.page}")
    return True, 1


# --- what is shown ---


def _show_plan(plan: Plan) -> Counter[str]:
    """Print what is wrong and how many rows do what; the numbers, in which a wrong line of heads is one more."""
    for sheet, head, message in plan.problems:
        show_wrong(f'{_where(sheet, [1], 1)}, column "{head}": {message}')
    for group in plan.facts["groups"]:
        show_wrong(_sentence(group))
    if more := plan.facts["more_groups"]:
        show_wrong(f"{more} more kinds of errors: see {plan.page}")
    counts = Counter(plan.counts)
    counts[WRONG] += len({sheet for sheet, _, _ in plan.problems})
    show_counts(counts, f"{', '.join(_models(plan))} on {plan.server.core.url}")
    return counts


def _models(plan: Plan) -> list[str]:
    return list(dict.fromkeys(str(sheet["model"]).rpartition("/")[2] for sheet in plan.facts["sheets"]))


def _sentence(group: Row) -> str:
    """An error, the rows that have it, and what was perhaps meant."""
    message, text = str(group["message"]), str(group["text"])
    if text and text not in message:
        message = f"{text!r}: {message}"
    if meant := [str(one["to"]) for one in group["fixes"] if str(one["to"]) not in message]:
        message = f"{message} Did you mean {' or '.join(map(repr, meant))}?"
    column = f', column "{group["head"]}"' if group["head"] else ""
    return f"{_where(group['sheet'], group['rows'], group['count'])}{column}: {message}"


def _where(sheet: str, lines: Sequence[int], count: int) -> str:
    """``line 4``, or the first lines and the number of all, with the sheet if it has a name."""
    shown = ", ".join(map(str, lines[:LINES_SHOWN])) + (", ..." if count > LINES_SHOWN else "")
    found = f"line {shown}" if count == 1 else f"lines {shown} ({count} rows)"
    return f"{sheet}, {found}" if sheet else found


def _show_rows(plan: Plan) -> None:
    """Print the first rows that would be written, in the order of the file."""
    counts = plan.counts
    rows = [row for kind in (CREATED, CHANGED) if counts[kind] for row in plan.rows(kind, MOST_SHOWN)]
    order = [sheet["name"] for sheet in plan.facts["sheets"]]
    rows.sort(key=lambda row: (order.index(row["sheet"]), row["row"]))
    named = _Named(plan.server, rows)
    for row in rows:
        values = [(name, named(row, name, value)) for name, value in row["values"].items()]
        changes = [
            (name, named(row, name, one["from"]), named(row, name, one["to"])) for name, one in row["changes"].items()
        ]
        show_step(row["action"], _where(row["sheet"], [row["row"]], 1), row["label"], values, changes)
    if (more := counts[CREATED] + counts[CHANGED] - len(rows)) > 0:
        print(f"         and {more} more rows like these")


class _Named:
    """Values of rows with the names of related records instead of their ids."""

    def __init__(self, server: Server, rows: Sequence[Row]) -> None:
        self.names = Names(server)
        self.fields: dict[str, Fields] = {}
        wanted: dict[str, list[str]] = {}
        for row in rows:
            model = str(row["model"]).rpartition("/")[2]
            if row["model"] not in self.fields:
                self.fields[row["model"]] = fields_of(server, model)
            for name, value in _values(row):
                if field := self._related(row, name):
                    # Of a record that another row makes, there is the name.
                    found = (str(one) for one in _listed(value) if is_id(field, one))
                    wanted.setdefault(field.related, []).extend(found)
        for model, ids in wanted.items():
            self.names.name(model, ids)

    def __call__(self, row: Row, name: str, value: object) -> object:
        if not self._related(row, name) or value is None:
            return value
        found = [self.names.labels.get(str(one), one) for one in _listed(value)]
        return found if isinstance(value, list) else found[0]

    def _related(self, row: Row, name: str) -> Field | None:
        field = self.fields[row["model"]].get(name)
        return field if field and field.related and field.related != "user" else None


def _values(row: Row) -> Iterator[tuple[str, object]]:
    yield from row["values"].items()
    for name, one in row["changes"].items():
        yield name, one["from"]
        yield name, one["to"]


def _listed(value: object) -> list[Any]:
    """The ids in a value: of a row that another row of the table makes, there is none yet."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, (str, int))]
