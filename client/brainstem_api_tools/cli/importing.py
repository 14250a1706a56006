"""``import``: a table into the records of a model."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..contract import models
from .describe import Fields, fields_of
from .difference import CHANGED, CREATED, WRONG, Comparison, Step
from .headers import Column, columns_of
from .lookup import Names
from .sheet import XLSX, Problem, Sheet, kind_of, read_content, read_sheet
from .steps import NOTHING, PROPOSED, show_counts, show_step, show_wrong, written_line
from .terminal import notice

if TYPE_CHECKING:
    from datetime import tzinfo

    from .connection import Server

UNCHECKED = "This server does not support dry runs: what else it would refuse shows only when the rows are written."
UNSURE = "It is not known whether the rows sent last were written. Import again with --dry-run to see what is left."


def import_table(arguments: argparse.Namespace) -> int:
    """Show what a table would do, and do it unless something is wrong with it.

    The server plans the table as a whole, if it can and is not asked for something that only this command does.
    Otherwise rows are compared here and sent in parts.
    """
    from .connection import server_of
    from .planning import import_by_plan
    from .plans import by_rows_because, is_too_large

    kind = kind_of(arguments.file, arguments.format)
    reason = by_rows_because(arguments, kind)
    _refuse_senseless(arguments, reason)
    content = read_content(arguments.file)
    if not reason and is_too_large(content, kind):
        reason = "more than 10 MB or 10,000 rows"
        notice(arguments, f"A table of {reason} is not written as a whole, but in parts.")
    _refuse_senseless(arguments, reason)
    with server_of(arguments) as server:
        code = None if reason else import_by_plan(server, content, arguments)
        if code is not None:
            return code
        _refuse_senseless(arguments, reason or "a server that plans no imports here")
        return _import_rows(server, read_sheet(arguments.file, form=kind, content=content), arguments)


def _refuse_senseless(arguments: argparse.Namespace, reason: str) -> None:
    """Refuse what only a server's plan can do, where there is a reason for which it does not make one.

    Raises
    ------
    ValidationError
        If the model is not named, or days come first in dates.
    """
    from ..errors import ValidationError

    is_workbook = kind_of(arguments.file, arguments.format) == XLSX
    if not arguments.model and (reason or not is_workbook):
        text = "Say what the rows are with --model, such as --model session."
        why = f" (With {reason}, sheets cannot be called after their models.)" if is_workbook else ""
        raise ValidationError(f"{text}{why}", advice=NOTHING)
    if arguments.dates == "day" and reason:
        raise ValidationError(f"--dates day does not go with {reason}: write dates as 2026-04-03.", advice=NOTHING)


def _import_rows(server: Server, sheet: Sheet, arguments: argparse.Namespace) -> int:
    """Compare rows here and send those that differ; the exit code."""
    steps, problems, columns = compared(server, sheet, arguments, _zone(arguments.timezone))
    _rehearse(server, steps, columns, arguments)
    wrong = bool(problems or any(step.problems for step in steps))
    _report(steps, problems, server, arguments)
    if problems or arguments.dry_run or (wrong and not arguments.partial):
        notice(arguments, f"{NOTHING} (--dry-run)" if arguments.dry_run else NOTHING)
        return int(wrong)
    right = [one for one in steps if one.kind in {CREATED, CHANGED}]
    return max(int(wrong), _write(server, right, columns, arguments))


def _rehearse(server: Server, steps: list[Step], columns: Sequence[Column], arguments: argparse.Namespace) -> None:
    """Let the server look at all that it would be sent, so that nothing is called right which it then refuses."""
    from ..bulk import Target
    from .rehearsing import can_rehearse, rehearse_steps

    if not any(step.kind in {CREATED, CHANGED} for step in steps):
        return
    target = Target.of(server.core, arguments.model, arguments.portal)
    if can_rehearse(server, target):
        rehearse_steps(server, target, steps, columns)
    else:
        notice(arguments, UNCHECKED)
    _label(Names(server), steps)


def compared(
    server: Server, sheet: Sheet, arguments: argparse.Namespace, zone: tzinfo
) -> tuple[list[Step], list[Problem], list[Column]]:
    """A step for each row, the problems of the table as a whole, and its columns."""
    model = target_model(arguments)
    fields = fields_of(server, model)
    columns, skipped, problems = columns_of(sheet.headers, fields, model, ignored=arguments.ignore)
    if skipped:
        notice(arguments, f"These columns are set by the server and were skipped: {', '.join(skipped)}.")
    given = {column.field.name for column in columns}
    key = arguments.key or usual_key(fields, given)
    if not key and "id" not in given:
        notice(
            arguments,
            "Every row will be a new record. To update existing ones, name the fields that identify them with --key.",
        )
    problems = [*sheet.problems, *problems, *_bad_key(key, given, fields)]
    usable = [name for name in key if name in given]
    if usable != key:
        return [], problems, columns
    comparison = Comparison(server, model, fields, columns, key, clear=arguments.clear_empty, zone=zone)
    return comparison.steps(sheet), problems, columns


def usual_key(fields: Fields, given: set[str]) -> list[str]:
    """How people tell records apart: by name, within what it is a name in where names are used repeatedly."""
    if "name" not in given:
        return []
    homes = [] if fields["name"].unique else [one.name for one in fields.values() if one.kind == "fk" and one.required]
    return [*(name for name in homes[:1] if name in given), "name"]


def _bad_key(key: Sequence[str], given: set[str], fields: Fields) -> list[Problem]:
    missing = [Problem(1, name, "The key is not a column of the table.") for name in key if name not in given]
    free = [name for name in key if name in given and fields[name].kind == "json"]
    return [*missing, *(Problem(1, name, "Records cannot be found by this field.") for name in free)]


def _label(names: Names, steps: list[Step]) -> None:
    """Learn the names of related records that are shown."""
    wanted: dict[str, list[str]] = {}
    for step in steps:
        shown = [(column, [old, new]) for column, old, new in step.changes]
        shown += [(column, [value]) for column, value in step.values] if step.kind == CREATED else []
        for column, values in shown:
            if column.field.related and column.field.related != "user":
                found = (str(one) for value in values for one in _listed(value))
                wanted.setdefault(column.field.related, []).extend(found)
    for model, ids in wanted.items():
        names.name(model, ids)
    for step in steps:
        step.changes = [
            (column, _named(names, column, old), _named(names, column, new)) for column, old, new in step.changes
        ]
        step.shown = [(column, _named(names, column, value)) for column, value in step.values]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _named(names: Names, column: Column, value: object) -> Any:
    if not column.field.related or value is None:
        return value
    if isinstance(value, list):
        return [names.labels.get(str(one), one) for one in value]
    return names.labels.get(str(value), value)


def _zone(name: str | None) -> tzinfo:
    from datetime import timezone

    if not name:
        return timezone.utc
    if name == "local":
        from .moments import LocalZone

        return LocalZone()
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"There is no time zone '{name}'. Use one such as Europe/Copenhagen, or local.") from error


# --- what is shown ---


def _report(steps: Sequence[Step], problems: Sequence[Problem], server: Server, arguments: argparse.Namespace) -> None:
    for step in steps:
        if step.kind in {CREATED, CHANGED} and not arguments.quiet:
            _show(step)
    wrong = sorted([*problems, *(one for step in steps for one in step.problems)], key=lambda one: one.line)
    for problem in wrong:
        show_wrong(str(problem))
    counts = Counter(step.kind for step in steps)
    counts[WRONG] += len({one.line for one in problems})
    show_counts(counts, f"{arguments.model} on {server.core.url}")


def _show(step: Step) -> None:
    values = [(column.header, value) for column, value in step.shown] if step.kind == CREATED else []
    changes = [(column.header, old, new) for column, old, new in step.changes]
    show_step(step.kind, f"line {step.line}", step.label, values, changes)


# --- writing ---


def _write(server: Server, steps: Sequence[Step], columns: Sequence[Column], arguments: argparse.Namespace) -> int:
    """Write in parts, each as a whole or not at all; the exit code."""
    from ..bulk import SIZE
    from ..errors import BrainstemError

    done, code, events = Counter[str](), 0, list[str]()
    for start in range(0, len(steps), SIZE):
        try:
            refused = _write_part(server, steps[start : start + SIZE], columns, arguments, done, events)
        except BrainstemError as error:
            notice(arguments, written_line(done, events))
            if error.status is None:
                notice(arguments, UNSURE)
            raise
        code = max(code, int(refused))
        if refused and not arguments.partial:
            break
        if sys.stderr.isatty():
            notice(arguments, f"{min(start + SIZE, len(steps))} of {len(steps)} rows")
    print(written_line(done, events))
    if sum(done.values()) and f"{target_model(arguments)}approval" in models():
        notice(arguments, PROPOSED)
    return code


def target_model(arguments: argparse.Namespace) -> str:
    """The model that is written to, under its one name."""
    return str(arguments.model).replace("_", "")


def _write_part(
    server: Server,
    steps: Sequence[Step],
    columns: Sequence[Column],
    arguments: argparse.Namespace,
    done: Counter[str],
    events: list[str],
) -> bool:
    """Write some rows; whether any was refused. With ``--partial`` the others of them are written all the same.

    What was done, and the events with which it can be undone, are added to ``done`` and ``events``.
    """
    from ..bulk import BulkError, Target, Written, write

    target = Target.of(server.core, arguments.model, arguments.portal, means="import")
    left = list(enumerate(steps))
    refused = False
    while left:
        written = Written()
        try:
            rows = [(at, step.id, step.data) for at, step in left]
            server.transport.run(write(target, rows, written, strict=True))
            left = []
        except BulkError as error:
            refused = True
            for at, messages in sorted(error.rows.items()):
                _show_refusal(steps[at], messages, columns)
            # Row by row, those before the refused one are written; in one request, none is.
            first = min(error.rows) if written.created or written.updated else -1
            left = [(at, step) for at, step in left if at not in error.rows and at > first] if arguments.partial else []
        finally:
            done[CREATED] += len(written.created)
            done[CHANGED] += len(written.updated)
            events += written.events
    return refused


def _show_refusal(step: Step, messages: dict[str, list[str]], columns: Sequence[Column]) -> None:
    from .rehearsing import problems_of

    for problem in problems_of(step.line, messages, columns):
        show_wrong(str(problem))
