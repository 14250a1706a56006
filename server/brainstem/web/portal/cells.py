"""Values of JSON -> what a cell of a table or a line of a record shows. Knows no requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from brainstem.core.model.countries import COUNTRIES
from brainstem.core.model.registry import Column, Spec
from brainstem.core.text.html_names import RICH_TEXT_ATTRIBUTES, RICH_TEXT_TAGS
from brainstem.core.text.markup import is_markup, sanitise
from brainstem.web import formats
from brainstem.web.reading import plain

from . import words, zone
from .faces import face_of

EXCERPT = 140
CHIPS = 5
NUMBERS = frozenset({"integer", "positive_integer", "number"})


@dataclass(frozen=True)
class Chip:
    """A related record by its name, or a word; ``url`` leads to it."""

    text: str
    url: str = ""
    icon: str = ""
    italic: bool = False


@dataclass(frozen=True)
class Cell:
    """What is shown of one value.

    ``kind`` is "none", "text", "number", "date", "moment", "status", "yes", "chips", "link", "count", "rich", "code",
    "path", "image", "file", "table" or "pairs". ``exact`` is a moment as it is on the wire, and a date or number where
    the person reads it in another format.
    """

    kind: str
    text: str = ""
    unit: str = ""
    url: str = ""
    exact: str = ""
    icon: str = ""
    tone: str = ""
    chips: tuple[Chip, ...] = ()
    more: int = 0
    italic: bool = False
    head: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    pairs: tuple[tuple[str, Cell], ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether there is no value."""
        return self.kind == "none"

    @property
    def as_text(self) -> str:
        """The value as plain text, for files."""
        if self.kind == "chips":
            return "; ".join(chip.text for chip in self.chips)
        if self.kind in ("pairs", "table"):
            lines = [f"{name}: {cell.as_text}" for name, cell in self.pairs]
            lines += [", ".join(cell.as_text for cell in row if not cell.is_empty) for row in self.rows]
            return "; ".join(lines)
        return f"{self.text} {self.unit}".strip()


NONE = Cell("none")


def text_cell(text: str) -> Cell:
    """A text, or nothing."""
    return Cell("text", text) if text else NONE


def moment_cell(text: str) -> Cell:
    """A moment in the zone of the page."""
    return Cell("moment", zone.moment(text), exact=text)


def noted_cell(text: str) -> Cell:
    """A moment that the server noted itself, to the minute."""
    return Cell("moment", zone.minute(text), exact=text)


def number_cell(value: float, unit: str = "") -> Cell:
    """A number in the format of the person, with its unit."""
    exact = number_text(value)
    return Cell("number", text := formats.number(exact), unit, exact=exact if text != exact else "")


def count_cell(number: int, url: str = "") -> Cell:
    """How many there are of something; ``url`` leads to them."""
    return Cell("count", formats.number(str(number)), url=url)


def date_cell(text: str) -> Cell:
    """A date on the wire in the format of the person."""
    return Cell("date", shown := formats.day_in(text), exact=text if shown != text else "")


def number_text(value: float) -> str:
    """A number without the zeros that nobody typed."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def chips_cell(chips: list[Chip], *, most: int = CHIPS) -> Cell:
    """Chips; at most some of them, and how many more there are."""
    return Cell("chips", chips=tuple(chips[:most]), more=max(0, len(chips) - most)) if chips else NONE


def column_cell(spec: Spec, column: Column, value: object, *, whole: bool = False) -> Cell:
    """The value of a column; ``whole`` texts keep their markup."""
    if value is None or value in ("", [], {}):
        return NONE
    choices = words.choices_of(spec, column.name)
    if choices:
        return _choice(spec, column.name, str(value), choices)
    if column.wire_type == "richtext":
        return rich_cell(str(value)) if whole else text_cell(_cut(plain(str(value))))
    if column.name in ("created_at", "updated_at"):
        return noted_cell(str(value))
    if column.name == "orcid_id":
        return orcid_cell(str(value))
    writer = _WRITERS.get(column.wire_type)
    if writer is not None:
        return writer(value)
    text = str(value)
    return text_cell(text if whole else _cut(text))


def rich_cell(text: str) -> Cell:
    """A text with its markup, cleaned once more: what is stored was cleaned by the rules of its time.

    Pictures are left out: loaded from elsewhere, they would tell another server who reads the page, so the content
    policy forbids them.
    """
    if not is_markup(text):
        return Cell("lines", text)
    import nh3  # noqa: PLC0415 - few pages hold markup

    shown = nh3.clean(sanitise(text), tags=RICH_TEXT_TAGS - {"img"}, attributes=RICH_TEXT_ATTRIBUTES)
    return Cell("rich", shown)


def _cut(text: str) -> str:
    return text if len(text) <= EXCERPT else f"{text[: EXCERPT - 1].rstrip()}…"


def _choice(spec: Spec, name: str, value: str, choices: Mapping[str, str]) -> Cell:
    label = choices.get(value, value)
    mark = face_of(spec).tones.get(value) if name == "status" else None
    if mark is not None:
        return Cell("status", label, icon=mark[0], tone=mark[1])
    return Cell("text", label)


def _boolean(value: object) -> Cell:
    return Cell("yes", words.YES if value else words.NO, icon="check" if value else "")


def _link(value: object) -> Cell:
    text = str(value)
    safe = urlsplit(text).scheme in ("http", "https", "ftp")
    return (
        Cell("link", text.removeprefix("https://").removeprefix("http://").rstrip("/"), url=text)
        if safe
        else text_cell(text)
    )


def _number(value: object) -> Cell:
    return number_cell(value) if isinstance(value, int | float) else text_cell(str(value))


def orcid_cell(text: str) -> Cell:
    """An ORCID iD, which people write as a number or as an address."""
    number = text.rstrip("/").rpartition("/")[2]
    return Cell("link", number, url=f"https://orcid.org/{number}")


def _duration(value: object) -> Cell:
    return Cell("code", str(value))


def json_cell(value: object) -> Cell:
    """Any JSON: objects as pairs, lists of objects as tables, the rest as text."""
    if value is None or value in ("", [], {}):
        return NONE
    if isinstance(value, bool):
        return _boolean(value)
    if isinstance(value, int | float):
        return number_cell(value)
    if isinstance(value, str):
        return _link(value) if value.startswith(("http://", "https://", "ftp://")) else text_cell(value)
    if isinstance(value, dict):
        return _object(value)
    return _list(value) if isinstance(value, list) else text_cell(json.dumps(value))


def _object(value: Mapping[str, object]) -> Cell:
    number = value.get("value")
    if value.keys() <= {"value", "unit"} and isinstance(number, int | float) and not isinstance(number, bool):
        return number_cell(number, str(value.get("unit") or ""))
    return pairs_cell([(words.label_of(str(key)), json_cell(one)) for key, one in value.items()])


def pairs_cell(pairs: list[tuple[str, Cell]]) -> Cell:
    """Names with their values; those without one are left out."""
    found = tuple((name, cell) for name, cell in pairs if not cell.is_empty)
    return Cell("pairs", pairs=found) if found else NONE


def _list(value: list[object]) -> Cell:
    rows = [one for one in value if isinstance(one, dict)]
    if len(rows) < len(value):
        return chips_cell([Chip(json_cell(one).as_text) for one in value], most=100)
    return table_cell(rows, words.label_of, lambda _, one: json_cell(one))


def table_cell(rows: list[dict[str, object]], label: Callable[[str], str], cell: Callable[[str, object], Cell]) -> Cell:
    """Rows of values under the names of their keys, in the order in which these first appear."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    shown = [tuple(cell(key, row.get(key)) for key in keys) for row in rows]
    kept = [at for at in range(len(keys)) if any(not row[at].is_empty for row in shown)]
    if not kept:
        return NONE
    return Cell(
        "table",
        head=tuple(label(str(keys[at])) for at in kept),
        rows=tuple(tuple(row[at] for at in kept) for row in shown),
    )


_WRITERS: Mapping[str, Callable[[object], Cell]] = {
    "boolean": _boolean,
    "integer": _number,
    "positive_integer": _number,
    "number": _number,
    "date": lambda value: date_cell(str(value)),
    "datetime": lambda value: moment_cell(str(value)),
    "url": _link,
    "email": lambda value: Cell("link", str(value), url=f"mailto:{value}"),
    "uuid": lambda value: Cell("code", str(value)),
    "duration": _duration,
    "country": lambda value: text_cell(COUNTRIES.get(str(value), str(value))),
    "json": json_cell,
    "image": lambda value: Cell("image", url=str(value)),
    "file": lambda value: Cell("file", str(value).rstrip("/").rpartition("/")[2], url=str(value)),
}

__all__ = [
    "CHIPS", "NONE", "NUMBERS", "Cell", "Chip", "chips_cell", "column_cell", "count_cell", "date_cell", "json_cell",
    "moment_cell", "noted_cell", "number_cell", "number_text", "orcid_cell", "pairs_cell", "rich_cell", "table_cell",
    "text_cell",
]  # fmt: skip
