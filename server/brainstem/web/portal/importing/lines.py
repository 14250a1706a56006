"""The rows of a plan as lines of a table: what each cell says, how it is stored, what it changes and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from brainstem.core.access.viewer import Viewer
from brainstem.core.imports.columns import Column
from brainstem.core.imports.steps import CHANGED, CREATED, SAME, WRONG, Plan, Step, Table, Trouble
from brainstem.core.model.registry import Spec
from brainstem.web.templatetags.portal import icon

from ..drawn import NOTHING
from ..gathering import Gathering
from ..where import path_of
from . import values

LONGEST = 60  # characters that a control of one line takes
MOST_OPTIONS = 3
# What a plan suggests comes from what its owner sees, so others do not read it.
_OWN_WORDS = re.compile(r" (?:Did you mean|Use the id)\b.*", re.DOTALL)
MARKS: Mapping[str, tuple[str, str, str]] = {
    CREATED: ("add", "ok", "Created"),
    CHANGED: ("edit", "attention", "Changed"),
    SAME: ("check", "", "Same"),
    WRONG: ("limit", "limit", "Wrong"),
}


@dataclass(frozen=True)
class Head:
    """A column of the table."""

    head: str
    label: str
    problem: str


@dataclass(frozen=True)
class Line:
    """A row: where it stands, what it does, and its cells as HTML."""

    id: str
    number: int
    action: str
    icon: str
    tone: str
    word: str
    label: str
    url: str
    cells: SafeString
    troubles: tuple[str, ...]
    is_open: bool


@dataclass(frozen=True)
class Part:
    """The rows of a sheet that a page shows."""

    title: str
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]


def key_of(table: Table, step: Step) -> str:
    """How a form names a row: number of the sheet, number of the row in the file."""
    return f"{table.number}-{step.line.number}"


def part_of(
    found: Sequence[tuple[Table, Step]], labels: Mapping[int, Mapping[str, str]], viewer: Viewer, *,
    corrects: bool, is_mine: bool, edit: str = "", sent: Mapping[str, str] | None = None,
) -> list[Part]:  # fmt: skip
    """Rows as tables, one for each sheet.

    ``edit`` is the row of which every cell is a control; ``sent`` is what was typed into controls and not taken.
    """
    gathering = Gathering(viewer)
    for table, steps in _by_table(found):
        values.ask(table, steps, gathering)
    gathering.run()
    return [
        _part(
            table,
            steps,
            labels.get(table.number, {}),
            _Drawing(table, gathering, corrects, is_mine, edit, sent or {}),
            viewer,
        )
        for table, steps in _by_table(found)
    ]


def _by_table(found: Iterable[tuple[Table, Step]]) -> list[tuple[Table, list[Step]]]:
    tables: dict[int, tuple[Table, list[Step]]] = {}
    for table, step in found:
        tables.setdefault(table.number, (table, []))[1].append(step)
    return list(tables.values())


def columns_of(table: Table) -> list[int]:
    """Positions of the columns that are shown: all that have a name, without those that are left out."""
    return [at for at, head in enumerate(table.sheet.heads) if head and at not in table.matched.left_out]


@dataclass(frozen=True)
class _Drawing:
    table: Table
    gathering: Gathering
    corrects: bool
    is_mine: bool
    edit: str
    sent: Mapping[str, str]


def _part(table: Table, steps: Sequence[Step], labels: Mapping[str, str], how: _Drawing, viewer: Viewer) -> Part:
    ids = [step.record_id for step in steps if step.record_id is not None]
    seen = {str(one) for one in viewer.seen(table.spec, [_pk(table.spec, one) for one in ids])} if ids else set()
    heads = tuple(
        Head(table.sheet.heads[at], _label(table, at, labels), table.matched.problems.get(at, ""))
        for at in columns_of(table)
    )
    lines = tuple(_line(how, step, sees=str(step.record_id) in seen) for step in steps)
    return Part(table.sheet.name, heads, lines)


def _pk(spec: Spec, record_id: object) -> object:
    try:
        return spec.parse_id(record_id, below=2**31)
    except ValueError:
        return None


def _label(table: Table, at: int, labels: Mapping[str, str]) -> str:
    """The field that a column fills, where it is called otherwise."""
    column = table.column(at)
    label = labels.get(str(column.target), str(column.target)) if column else ""
    return "" if _letters(label) == _letters(table.sheet.heads[at]) else label


def _letters(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())


def _line(how: _Drawing, step: Step, *, sees: bool) -> Line:
    mark, tone, word = MARKS[step.action]
    key = key_of(how.table, step)
    url = f"{path_of('private', how.table.spec)}{step.record_id}/" if sees else ""
    cells = "".join(_cells(how, step, is_open=how.corrects and how.edit == key, sees=sees))
    at_cells = {*columns_of(how.table)}
    rest = tuple(
        told(one.message, is_mine=how.is_mine)
        for one in step.troubles
        if one.column is None or one.column not in at_cells
    )
    return Line(
        key, step.line.number, step.action, mark, tone, word, step.label, url,
        mark_safe(cells), rest, how.corrects and how.edit == key,  # noqa: S308 - escaped below
    )  # fmt: skip


def told(message: str, *, is_mine: bool) -> str:
    """An error in words: to others than the owner of the plan without what only the owner may see."""
    return message if is_mine else _OWN_WORDS.sub("", message)


# -- cells -------------------------------------------------------------------------------------------------------------


def _cells(how: _Drawing, step: Step, *, is_open: bool, sees: bool) -> Iterator[str]:
    wrong: dict[int, list[Trouble]] = {}
    for one in step.troubles:
        if one.column is not None:
            wrong.setdefault(one.column, []).append(one)
    for at in columns_of(how.table):
        head, text = how.table.sheet.heads[at], step.line.cells[at]
        troubles = wrong.get(at, [])
        state = "c-wrong" if troubles else ""
        if how.corrects and (troubles or is_open):
            inner = _control(how, step, at, troubles)
        elif troubles:
            inner = f"{escape(text) or NOTHING}{_messages(troubles)}"
        else:
            inner, state = _value(how, step, how.table.column(at), text, sees=sees)
        classes = f' class="{state}"' if state else ""
        yield f'<td{classes} data-head="{escape(head)}">{inner}</td>'


def _value(how: _Drawing, step: Step, column: Column | None, text: str, *, sees: bool) -> tuple[str, str]:
    """What a cell says that can be read, and the class of its state."""
    plain = f'<span class="cut">{escape(text)}</span>' if text else NOTHING
    if column is None:
        return plain, ""
    spec, gathering = how.table.spec, how.gathering
    if sees and column.target.key == "id" and text == str(step.record_id):
        return f'<span class="cut" title="{escape(text)}">{escape(gathering.caption(spec, text) or text)}</span>', ""
    if step.action == CHANGED and (pair := values.changed(step, column)) is not None:
        before, after = (values.text_of(spec, column, one, gathering) for one in pair)
        return _change(before if sees else None, after or text), "c-changed"
    if step.action == CREATED:
        value = values.stored(step, column)
        shown = values.text_of(spec, column, value, gathering)
        if values.tells(spec, column, text, shown, value):
            return f"{plain}{_stored(shown)}", ""
    return plain, ""


def _change(before: str | None, after: str) -> str:
    old = "what it was" if before is None else before or "nothing"
    quiet = ' class="faint"' if not before else ""
    new = escape(after) if after else "nothing"
    return (
        f'<del{quiet}><span class="visually-hidden">before: </span>{escape(old)}</del> '
        f'{icon("arrow-right", "icon-sm")}<ins><span class="visually-hidden">after: </span>{new}</ins>'
    )


def _stored(shown: str) -> str:
    return (
        f'<small class="c-stored">{icon("arrow-right", "icon-sm")}'
        f'<span class="visually-hidden">stored as </span>{escape(shown)}</small>'
    )


def _messages(troubles: Sequence[Trouble], ident: str = "") -> str:
    """The first thing that is wrong with a cell; all of it stands above the rows."""
    said = list(dict.fromkeys(_OWN_WORDS.sub("", one.message) for one in troubles))
    more = f" And {len(said) - 1} more, see above." if len(said) > 1 else ""
    name = f' id="{ident}"' if ident else ""
    return f'<span class="error"{name}>{icon("limit")}<span>{escape(said[0])}{more}</span></span>'


def _control(how: _Drawing, step: Step, at: int, troubles: Sequence[Trouble]) -> str:
    head, text = how.table.sheet.heads[at], step.line.cells[at]
    name = f"c-{key_of(how.table, step)}-{at}"
    text = how.sent.get(name, text)
    label = f"{head}, row {step.line.number}"
    marks = f' aria-invalid="true" aria-describedby="{name}-error"' if troubles else ""
    options = list(dict.fromkeys(option for one in troubles for option in one.options))[:MOST_OPTIONS]
    listed = f' list="{name}-options"' if options else ""
    common = f'id="{name}" name="{name}" aria-label="{escape(label)}"{marks} autocomplete="off" spellcheck="false"'
    if len(text) > LONGEST or "\n" in text:
        control = f'<textarea class="textarea" rows="2" {common}>\n{escape(text)}</textarea>'
    else:
        control = f'<input class="input" value="{escape(text)}" {common}{listed}>'
    offered = "".join(f'<option value="{escape(one)}"></option>' for one in options)
    choices = f'<datalist id="{name}-options">{offered}</datalist>' if options else ""
    return control + choices + (_messages(troubles, f"{name}-error") if troubles else "")


# -- which rows --------------------------------------------------------------------------------------------------------


def rows_of(plan: Plan, action: str) -> list[tuple[Table, Step]]:
    """The rows that do a thing (empty for all), in the order of the sheets."""
    return [(table, step) for table in plan.tables for step in table.steps if action in ("", step.action)]


__all__ = ["MARKS", "Head", "Line", "Part", "columns_of", "key_of", "part_of", "rows_of", "told"]
