"""The changes of an entry of a history -> lines with labels, in the words of the record's page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from brainstem.core.history.differences import EMPTY
from brainstem.core.model.registry import Spec, user_spec
from brainstem.core.text.markup import is_markup
from brainstem.web.reading import plain

from .. import details, fields, words, zone
from ..cells import NONE, Cell, Chip, chips_cell, json_cell, pairs_cell, text_cell
from ..gathering import Gathering
from .differences import Piece, pieces

LONG = 60  # characters from which a text is shown with its differences rather than twice
TEXTS = frozenset({"text", "richtext"})
ROLES = ("users", "groups")
BY_KEY = (*fields.DETAILS, "extra_fields", *ROLES)
Change = Mapping[str, object]


@dataclass(frozen=True)
class Line:
    """One value: before and after, what was removed and added of a list, or the pieces of a text."""

    label: str
    before: Cell = NONE
    after: Cell = NONE
    pieces: tuple[Piece, ...] = ()
    note: str = ""
    is_list: bool = False


@dataclass(frozen=True)
class Told:
    """The changes of one record in one write."""

    spec: Spec
    changes: Mapping[str, Change]
    type: str = ""

    def type_of(self, selector: str) -> str:
        """The type by which details are read: that of the change itself, else the present one."""
        told = self.changes.get(selector, {})
        return str(told.get("to") or told.get("from") or (self.type if selector == "type" else ""))


def ask(told: Told, gathering: Gathering) -> None:
    """Say which names the lines need."""
    for name, change in told.changes.items():
        for value in (change.get("from"), change.get("to")):
            fields.ask_for(told.spec, name, value, gathering)


def lines_of(told: Told, gathering: Gathering) -> list[Line]:
    """All changes, in the order of a record."""
    return [line for name, change in told.changes.items() for line in _lines(told, name, change, gathering)]


def _lines(told: Told, name: str, change: Change, gathering: Gathering) -> Iterator[Line]:
    before, after = change.get("from"), change.get("to")
    label = words.field_name(told.spec, name)
    if name == "entries":
        yield from _entries(told, before, after, gathering)
    elif name in BY_KEY and isinstance(before, dict) and isinstance(after, dict):
        yield from _by_key(told, name, before, after)
    elif isinstance(before, list) and isinstance(after, list) and not _rows(before) and not _rows(after):
        yield _list(told, name, change, before, after, gathering)
    elif _is_text(told.spec, name) and isinstance(before, str) and isinstance(after, str):
        yield _text(told.spec, name, before, after)
    else:
        yield Line(label, value_of(told, name, before, gathering), value_of(told, name, after, gathering))


def value_of(told: Told, name: str, value: object, gathering: Gathering) -> Cell:
    """What is shown of one value."""
    spec, column = told.spec, told.spec.columns.get(name)
    if value in EMPTY:
        return NONE
    if name in fields.DETAILS:
        selector = fields.DETAILS[name]
        return details.details_cell(words.group_of(spec, name), told.type_of(selector), value)
    if name == "entries":
        return _entries_cell(told, value, gathering)
    if name in ROLES and isinstance(value, dict):
        return pairs_cell([(str(holder), text_cell(words.sentence(str(level)))) for holder, level in value.items()])
    if column is not None and column.wire_type in ("image", "file"):
        return text_cell(str(value))
    target = fields.target_of(spec, name)
    if target is not None:
        return fields.related_cell(target, value if isinstance(value, list) else [value], gathering, gone=True)
    return fields.value_cell(spec, name, value, gathering)


# -- values with keys --------------------------------------------------------------------------------------------------


def _by_key(told: Told, name: str, before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[Line]:
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if was != now:
            yield Line(_key_label(told, name, key), _key_cell(name, was), _key_cell(name, now))


def _key_label(told: Told, name: str, key: str) -> str:
    if name in fields.DETAILS:
        type_name = told.type_of(fields.DETAILS[name])
        schema = words.schema_of(group, type_name) if (group := words.group_of(told.spec, name)) and type_name else {}
        return str(schema.get(key, {}).get("title") or words.detail_name(told.spec, name, key))
    return f"Role of {key}" if name in ROLES else words.label_of(key)


def _key_cell(name: str, value: object) -> Cell:
    return text_cell(words.sentence(str(value))) if name in ROLES and value else json_cell(value)


# -- lists -------------------------------------------------------------------------------------------------------------


def _rows(value: Sequence[object]) -> bool:
    return any(isinstance(one, dict) for one in value)


def _list(
    told: Told, name: str, change: Change, before: list[object], after: list[object], gathering: Gathering
) -> Line:
    label = words.field_name(told.spec, name)
    removed = before if change.get("partial") else [one for one in before if one not in after]
    added = after if change.get("partial") else [one for one in after if one not in before]
    if not removed and not added:
        was, now = (value_of(told, name, one, gathering) for one in (before, after))
        return Line(label, was, now, note="In another order")
    return Line(
        label, _list_cell(told, name, removed, gathering), _list_cell(told, name, added, gathering), is_list=True
    )


def _list_cell(told: Told, name: str, value: list[object], gathering: Gathering) -> Cell:
    if fields.target_of(told.spec, name) is not None:
        return value_of(told, name, value, gathering)
    return chips_cell([Chip(json_cell(one).as_text) for one in value], most=fields.MOST_CHIPS)


# -- texts -------------------------------------------------------------------------------------------------------------


def _is_text(spec: Spec, name: str) -> bool:
    column = spec.columns.get(name)
    return column is not None and column.wire_type in TEXTS and not words.choices_of(spec, name)


def _text(spec: Spec, name: str, before: str, after: str) -> Line:
    label = words.field_name(spec, name)
    was, now = (plain(text) if is_markup(text) else text for text in (before, after))
    if was == now:
        return Line(label, note="Only how the text is marked up")
    if not was or not now or max(len(was), len(now)) <= LONG:
        return Line(label, text_cell(was), text_cell(now))
    return Line(label, pieces=pieces(was, now))


# -- entries of logs ---------------------------------------------------------------------------------------------------


def _entries(told: Told, before: object, after: object, gathering: Gathering) -> Iterator[Line]:
    """Entries that went, came, or changed; one is known by its time."""
    was, now = _by_time(before), _by_time(after)
    both = [time for time in was if time in now and time]
    for time in both:
        keys = {key for key in {*was[time], *now[time]} if was[time].get(key) != now[time].get(key)}
        old, new = (_entry(told, one[time], keys, gathering) for one in (was, now))
        for label in dict.fromkeys([*old, *new]):
            if old.get(label) != new.get(label):
                yield Line(f"{label}, entry of {zone.moment(time)}", old.get(label, NONE), new.get(label, NONE))
    gone = [one for time, one in was.items() if time not in both]
    came = [one for time, one in now.items() if time not in both]
    if gone or came:
        yield Line("Entries", _entries_cell(told, gone, gathering), _entries_cell(told, came, gathering), is_list=True)


def _by_time(value: object) -> dict[str, Mapping[str, object]]:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    return {next((str(row[key]) for key in details.MOMENTS if row.get(key)), ""): row for row in rows}


def _entry(told: Told, entry: Mapping[str, object], keys: set[str], gathering: Gathering) -> dict[str, Cell]:
    """Label -> value, for some keys of an entry."""
    table = _entries_cell(told, [{key: value for key, value in entry.items() if key in keys}], gathering)
    return dict(zip(table.head, table.rows[0], strict=True)) if table.rows else {}


def _entries_cell(told: Told, value: object, gathering: Gathering) -> Cell:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    people = {str(one): gathering.caption(user_spec(), one) for row in rows if (one := row.get("performed_by"))}
    return details.entries_cell(words.type_group(told.spec), told.type_of("type"), rows, people)


__all__ = ["Line", "Told", "ask", "lines_of", "value_of"]
