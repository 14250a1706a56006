"""Controls with their texts, as templates show them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils.html import strip_tags

from brainstem.core.model.registry import specs
from brainstem.core.text import times
from brainstem.core.text.markup import is_markup
from brainstem.web import formats

from ..cells import rich_cell
from .description import Entries, Form
from .files import Stored, stored_file
from .leaves import Choice, Day, Leaf, Number, Option, Scalar, Text
from .lists import Choices, Tags, Texts
from .measures import UNIT, Moment, Quantity
from .nodes import ABSENT, WAS, Group, Node, Rows
from .pickers import Picker, Pickers
from .relations import REMOVE, File, Many, One
from .sent import Sent

NOTHING = "\u2013"  # what stands for no choice
AS_RADIO = 4  # choices of up to so many are shown at once
WIDEST = 7  # columns of a table; rows with more are shown as blocks


@dataclass(frozen=True)
class Item:
    """An option of a select, or a box."""

    text: str
    label: str
    chosen: bool = False
    note: str = ""


@dataclass
class Row:
    """A row of a table; ``was`` tells which stored one it is, ``blank`` that it waits for a new one."""

    name: str
    number: int
    was: str
    fields: list[Field]
    blank: bool = False
    kept: str = ""


@dataclass
class Field:
    """One control, or a group or table of them."""

    kind: str
    name: str
    label: str
    help: str = ""
    required: bool = False
    texts: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    unit: Field | None = None
    fields: list[Field] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    columns: list[Field] = field(default_factory=list)
    picker: Picker | None = None
    errors: list[str] = field(default_factory=list)
    hint: str = ""
    mode: str = ""
    zone: str = ""
    lines: int = 1
    rich: bool = False
    view: str = ""  # a text with markup as it will look, harmless
    suggestions: tuple[str, ...] = ()
    kept: str = ""
    file: Stored | None = None
    again: str = ""  # the name of an upload that has to be chosen again
    accept: str = ""
    suggest_url: str = ""
    redraws: bool = False
    ordered: bool = False
    add_url: str = ""
    options_url: str = ""  # where scripts ask for records to choose from
    asks_with: str = ""  # names of the controls that narrow these
    choose: str = ""  # what they are asked for by, if not by the name of the control

    @property
    def id(self) -> str:
        """Id of the control in the page."""
        return f"f-{self.name.replace('.', '-')}"

    @property
    def path(self) -> str:
        """What scripts ask by: its name without the numbers of rows."""
        return self.choose or ".".join(part for part in self.name.split(".") if not part.isdecimal())

    @property
    def text(self) -> str:
        """The text of a single control."""
        return self.texts[-1] if self.texts else ""

    @property
    def described_by(self) -> str:
        """Ids of the help and the errors."""
        found = [f"{self.id}-h"] if self.help or self.zone else []
        return " ".join([*found, *([f"{self.id}-e"] if self.errors else [])])

    @property
    def in_groups(self) -> list[tuple[str, list[Item]]]:
        """The options under their headings."""
        return [(note, list(items)) for note, items in groupby(self.items, lambda item: item.note)]

    @property
    def said(self) -> str:
        """What the control holds, in words; empty if that is nothing."""
        if self.rows:
            rows = (", ".join(filter(None, (one.said for one in row.fields))) for row in self.rows)
            return "; ".join(filter(None, rows))
        if self.fields:
            return ", ".join(f"{one.label}: {one.said}" if one.label else one.said for one in self.fields if one.said)
        if self.items:
            return ", ".join(item.label for item in self.items if item.chosen and item.text)
        if self.kind == "switch":
            return "Yes" if self.text else "No"
        words = strip_tags(self.text) if self.view else ", ".join(text for text in self.texts if text)
        words = _as_read(self.kind, words)
        unit = f" {self.unit.text}" if self.unit is not None and words else ""
        return self.kept or words + unit

    def walk(self) -> Iterator[Field]:
        """The control and all below it."""
        yield self
        for one in (*self.fields, *(below for row in self.rows for below in row.fields)):
            yield from one.walk()


@dataclass
class Drawing:
    """Draws the controls of one form.

    ``values`` is the stored record, for what has no control; ``pickers`` knows the records to choose from.
    """

    form: Form
    sent: Sent
    values: Mapping[str, object]
    pickers: Pickers
    redraws: tuple[str, ...] = ()
    portal: str = "private"
    uploads: Mapping[str, str] = field(default_factory=dict)  # names of files that came with the form

    def sections(self) -> list[tuple[Any, list[Field]]]:
        """Each section with its controls."""
        return [
            (section, [self.draw(node, self.sent.at(node.key), node.key, self.values.get(node.key)) for node in nodes])
            for section in self.form.sections
            if (nodes := section.nodes)
        ]

    def draw(self, node: Node, sent: Sent, name: str, value: object) -> Field:
        """One control; for a value that it cannot show only the value."""
        made = Field(node.kind, name, node.label, node.help, node.required)
        if isinstance(node, Group):
            if not sent.is_there and value not in (None, ABSENT) and not isinstance(value, dict):
                return _kept(made, value)
            below = value if isinstance(value, dict) else {}
            made.fields = [
                self.draw(part, sent.at(part.key), f"{name}.{part.key}", below.get(part.key)) for part in node.parts
            ]
        elif isinstance(node, Rows):
            if not sent.is_there and node.opened(value) is None:
                return _kept(made, value)
            self._table(made, node, sent, value)
        elif isinstance(node, File):
            made.accept, made.again = node.accept, self.uploads.get(name, "")
            made.file = stored_file(self.form.spec, self.values.get("id"), name, value)
            made.texts = [sent.at(REMOVE).text]
        elif isinstance(node, Leaf):
            if sent.texts is None and value not in (None, ABSENT) and node.draw(value).texts is None:
                return _kept(made, value)
            self._leaf(made, node, sent)
        return made

    def _leaf(self, made: Field, node: Leaf, sent: Sent) -> None:
        made.texts = list(sent.texts or [""])
        made.hint, made.suggestions = node.hint, node.suggestions
        if isinstance(node, Text | Scalar):
            _text(made, node)
        elif isinstance(node, Quantity):
            made.unit = _unit(node, sent, made)
        elif isinstance(node, Choice):
            made.items = self._choice(made, node)
        elif isinstance(node, Choices):
            made.items = _boxes(node.options, made.texts)
        elif isinstance(node, Tags):
            spec = self.form.spec
            made.suggest_url = f"/{self.portal}/{spec.app}/{spec.segment}/tags/"
        elif isinstance(node, Texts):
            made.texts = [*(text for text in made.texts if text), ""]
        elif isinstance(node, Many | One):
            self._records(made, node)
        elif isinstance(node, Moment | Day):
            made.zone = node.zone if isinstance(node, Moment) else ""
            made.mode = _native(made.text, isinstance(node, Day))
        elif isinstance(node, Number):
            made.mode = "numeric" if node.whole else "decimal"

    def _choice(self, made: Field, node: Choice) -> list[Item]:
        options: tuple[Option, ...] = node.options
        made.redraws = made.name in self.redraws
        if fitting := self.pickers.codes(made.name):
            options = tuple(one for one in options if one.text in fitting or one.text == made.text)
        if made.text and all(one.text != made.text for one in options):
            options = (*options, Option(made.text, made.text))
        in_row = any(part.isdecimal() for part in made.name.split("."))
        if len(options) <= AS_RADIO and not made.redraws and (node.required or not in_row):
            made.kind = "radios"
        items = [Item(one.text, one.label, one.text == made.text, one.note) for one in options]
        # A pressed radio button cannot be released: without one for nothing, a choice could not be taken back.
        can_be_empty = made.kind == "radios" and not node.required
        return [*items, Item("", NOTHING, not made.text)] if can_be_empty else items

    def _records(self, made: Field, node: Many | One) -> None:
        chosen = [text.strip() for text in made.texts if text.strip()]
        at_top = made.name == node.key
        made.picker = self.pickers.of(node, chosen) if at_top else self.pickers.plain(node.target, chosen)
        made.ordered = isinstance(node, Many) and node.ordered
        target, spec = specs()[node.target], self.form.spec
        made.options_url = f"/{self.portal}/{spec.app}/{spec.segment}/options/"
        made.asks_with = " ".join(made.picker.contexts if at_top else self.redraws)
        if at_top and "add" in target.resource.verbs:
            made.add_url = f"/{self.portal}/{target.app}/{target.segment}/add/"
        taken = {option.text for option in made.picker.chosen}
        made.items = [Item(one.text, one.label, chosen=True) for one in made.picker.chosen]
        made.items += [Item(one.text, one.label) for one in made.picker.offered if one.text not in taken]

    def _table(self, made: Field, node: Rows, sent: Sent, value: object) -> None:
        made.texts = list(sent.texts or [""])
        stored = {node.mark(number, row): row for number, row in enumerate(node.opened(value) or [])}
        rows = [*sent.rows(), *([] if _ends_blank(node, sent) else [Sent()])]
        for number, row in enumerate(rows):
            was = row.at(WAS).text
            made.rows.append(self._row(node, row, f"{made.name}.{number}", stored.get(was), was))
            made.rows[-1].number = number
        made.columns = self._row(node, Sent(), f"{made.name}.n", None, "").fields
        flat = all(one.kind not in ("rows", "entries", "group") for one in made.columns)
        made.kind = "table" if flat and len(made.columns) <= WIDEST else "blocks"
        made.mode = "log" if isinstance(node, Entries) else ""

    def _row(self, node: Rows, row: Sent, name: str, stored: object, was: str) -> Row:
        blank = not row.is_there
        drawn = node.row.draw(ABSENT) if blank else row
        whole = self.draw(node.row, drawn, name, stored)
        return Row(name, 0, was, _flat(whole.fields), blank=blank, kept=whole.kept)


def _as_read(kind: str, text: str) -> str:
    """A text of a control in the format of the person who looks."""
    if kind == "moment" and text:
        return formats.moment_in(text)
    if kind == "day":
        return formats.day_in(text)
    return formats.number(text) if kind in ("number", "quantity") else text


def _flat(fields: list[Field]) -> list[Field]:
    """The controls of a row, with those of groups in it."""
    found: list[Field] = []
    for one in fields:
        found += _flat(one.fields) if one.kind == "group" else [one]
    return found


def _kept(made: Field, value: object) -> Field:
    made.kind, made.kept = "kept", json.dumps(value, ensure_ascii=False)
    return made


def _text(made: Field, node: Text | Scalar) -> None:
    # A control of one line would lose the line breaks.
    breaks = "\n" in made.text or "\r" in made.text
    made.lines, made.mode, made.rich = max(node.lines, 3 if breaks else 1), node.mode, node.rich
    if node.rich and is_markup(made.text):
        made.view = _looks(made.text)


def _looks(text: str) -> str:
    try:
        return rich_cell(text).text
    except ValueError:  # Longer than any text that is kept: its tags are shown.
        return ""


def _unit(node: Quantity, sent: Sent, made: Field) -> Field:
    one = sent.at(UNIT)
    chosen = node.default if one.texts is None else one.text
    units = list(dict.fromkeys([*node.units, chosen])) if chosen else ["", *node.units]
    if node.bare and "" not in units:
        units = ["", *units]
    items = [Item(unit, unit or "no unit", unit == chosen) for unit in units]
    return Field("unit", f"{made.name}.{UNIT}", f"Unit of {made.label}", texts=[chosen], items=items)


def _boxes(options: tuple[Option, ...], texts: list[str]) -> list[Item]:
    chosen = [text for text in texts if text]
    known = {option.text for option in options}
    items = [Item(option.text, option.label, option.text in chosen) for option in options]
    return items + [Item(text, text, chosen=True) for text in dict.fromkeys(chosen) if text not in known]


def _native(text: str, is_day: bool) -> str:
    """The browser's own control, unless it could not hold what was typed or stored."""
    if is_day:
        return "date" if not text or times.day_of(text) is not None else "text"
    found = times.moment_of(text) if text else None
    plain = not text or (found is not None and "T" in text and not text.rstrip().endswith("Z"))
    return "datetime-local" if plain and "+" not in text and text.count("-") <= 2 else "text"


def _ends_blank(node: Rows, sent: Sent) -> bool:
    rows = sent.rows()
    return bool(rows) and len(node.filled(Sent(sent.texts, {"0": rows[-1]}))) == 0
