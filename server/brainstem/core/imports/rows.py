"""The rows of one table -> steps: cells become values, names become ids, and each is held against its record."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ..access.viewer import Viewer
from ..model.registry import Spec, specs
from ..tables.sheets import Line
from ..text.lines import composed
from ..text.shown import shown
from .cells import WrongCell, detail_of, parts_of, value_of, value_of_kind
from .columns import Column
from .comparing import has_already
from .entries import entries_of
from .finding import Key, Record, existing, found_by, records
from .json_values import Json
from .names import Names, id_in, naming_field
from .roles import add_roles, raised
from .steps import Asked, Ref, Step, Table, Trouble

Made = dict[tuple[str, str], list[Step]]  # (label of the model, name) -> rows that make or are about such a record


class Reader:
    """Reads tables one after the other; what a row makes can be named by the rows of later tables."""

    def __init__(self, asked: Asked, *, viewer: Viewer) -> None:
        self.asked, self.viewer = asked, viewer
        self.names = Names(viewer)
        self._made: Made = {}
        self._logs: dict[tuple[str, ...], Step] = {}  # the rows that make logs
        self._entries: dict[tuple[str, ...], Step] = {}  # the rows that add entries, by log and time

    def read(self, table: Table) -> None:
        """Fill in the steps of a table."""
        wrong = _unreadable(table)
        self._learn(table)
        given: list[dict[str, Json]] = []
        for number, line in enumerate(table.sheet.lines):
            step = Step((table.number, number), line, troubles=wrong.get(line.number, []))
            values = self._values(table, step)
            step.entry = self._entry(table, step)
            step.label = str(values.get(naming_field(table.spec)) or line.cells[0])
            table.steps.append(step)
            given.append(values)
        held = self._find(table, given)
        for step, values in zip(table.steps, given, strict=True):
            self._details(table, step, values, held.get(str(step.record_id), {}))
            self._compare(table, step, values, held.get(str(step.record_id)))
            if self._goes_to_log(table, step, values, held.get(str(step.record_id))):
                continue
            if name := values.get(naming_field(table.spec)):
                self._made.setdefault((table.spec.label, composed(str(name))), []).append(step)

    # -- values -------------------------------------------------------------------------------------------------------

    def _learn(self, table: Table) -> None:
        """Ask what all names of related records stand for."""
        for column in table.matched.columns:
            if (target := _target(table.spec, column)) is not None:
                texts = dict.fromkeys(line.cells[column.at] for line in table.sheet.lines if line.cells[column.at])
                several = table.spec.relations[column.target.key].many
                parts = (part for text in texts for part in ([text, *_parts(text)] if several else [text]))
                self.names.learn(target, column.target.lookup, (one for one in parts if id_in(target, one) is None))

    def _values(self, table: Table, step: Step) -> dict[str, Json]:
        """Key -> value of a row, without details; what is wrong is noted in the step."""
        spec, found = table.spec, dict[str, Json]()
        related: dict[str, list[Column]] = defaultdict(list)
        for column in table.matched.columns:
            text = step.line.cells[column.at]
            if not text or column.target.path:
                continue
            try:
                if column.target.key == "id":
                    found["id"] = _id(spec, text)
                elif column.target.key in spec.computed:
                    add_roles(spec, found, column, text)
                elif column.target.key in spec.relations:
                    related[column.target.key].append(column)
                else:
                    found[column.target.key] = value_of(spec, column, text, self.asked.manner)
            except WrongCell as error:
                _note(step, column, error)
        for key, columns in related.items():
            try:
                found[key] = self._related(spec, key, columns, step.line)
            except WrongCell as error:
                _note(step, columns[0], error)
        return found

    def _related(self, spec: Spec, key: str, columns: Sequence[Column], line: Line) -> Json:
        relation, first = spec.relations[key], columns[0]
        target = specs()[relation.target]
        if not relation.many:
            return self._one(target, [(one.target.lookup, line.cells[one.at]) for one in columns])
        text, lookup = line.cells[first.at], first.target.lookup
        whole = id_in(target, text) is not None or self.names.ids(target, lookup, text) or self._in_tables(target, text)
        return [self._one(target, [(lookup, part)]) for part in ([text] if whole else _parts(text))]

    def _one(self, target: Spec, named: Sequence[tuple[str, str]]) -> Json:
        """The id of the one record that has all these names, or the row that makes it."""
        texts = [text for _, text in named]
        if (record_id := id_in(target, texts[0])) is not None:
            return record_id
        sets = [self.names.ids(target, lookup, text) for lookup, text in named]
        found = [one for one in sets[0] if all(one in others for others in sets[1:])]
        if len(found) == 1:
            return found[0]
        what = target.singular_name
        if found:
            some = ", ".join(map(str, found[:3]))
            raise WrongCell(f"{len(found)} records are a {what} named {shown(texts[0])}. Use the id: {some}.")
        rows = self._in_tables(target, texts[0]) if len(named) == 1 else []
        if len(rows) == 1:
            return Ref(rows[0].place) if rows[0].record_id is None else rows[0].record_id
        if rows:
            raise WrongCell(f"{len(rows)} rows of this file are a {what} named {shown(texts[0])}.")
        options = self.names.similar(target, named[0][0], texts[0])
        raise WrongCell(_no_such(what, texts, options), options=options)

    def _in_tables(self, target: Spec, text: str) -> list[Step]:
        return self._made.get((target.label, composed(text)), [])

    def _details(self, table: Table, step: Step, values: dict[str, Json], held: Record) -> None:
        """Put the cells of details into one value for each key, which keeps what the record has besides."""
        units = {column.target.path: column for column in table.matched.columns if column.target.is_unit}
        for column in table.matched.columns:
            key, path, text = column.target.key, column.target.path, step.line.cells[column.at]
            if not path or column.target.is_unit or not text or not table.spec.writable(key):
                continue
            unit = units.get(path)
            selector = getattr(table.spec.columns[key].field, "selector", "type")
            type_name = str(values.get(selector) or held.get(selector) or "")
            try:
                new = detail_of(
                    table.spec, column, text, type_name=type_name, unit=step.line.cells[unit.at] if unit else ""
                )
            except WrongCell as error:
                _note(step, column, error)
                continue
            if key not in values:
                values[key] = copy.deepcopy(held.get(key)) if isinstance(held.get(key), dict) else {}
            _put(values[key], path, new)

    # -- entries of logs ----------------------------------------------------------------------------------------------

    def _entry(self, table: Table, step: Step) -> dict[str, Json]:
        """The cells of a row that are parts of an entry, if its model is a log."""
        entries, found = entries_of(table.spec), dict[str, Json]()
        if entries is None:
            return found
        for column in table.matched.columns:
            text = step.line.cells[column.at]
            if column.target.key != entries.key or not text:
                continue
            name = column.target.path[0]
            try:
                found[name] = value_of_kind(
                    entries.parts[name], text, self.asked.manner, of_template=column.of_template
                )
            except WrongCell as error:
                _note(step, column, error)
        return found

    def _goes_to_log(self, table: Table, step: Step, values: Mapping[str, Json], held: Record | None) -> bool:
        """Whether the row is an entry; it goes to the log that there is, or to that which an earlier row makes."""
        entries = entries_of(table.spec)
        if entries is None or not step.entry:
            return False
        step.entry = entries.complete({**(held or {}), **values}, step.entry)
        log = (table.spec.label, *(str(values.get(name)) for name in entries.found_by))
        if held is not None:
            step.payload, step.changes = {}, {}
            log = (str(step.record_id),)
            if entries.has(held, step.entry):
                step.entry = {}
                return True
        elif (maker := self._logs.setdefault(log, step)) is not step:
            step.payload, step.log = {}, Ref(maker.place)
        time = step.entry.get("start_date_time") or step.entry.get("date_time")
        first = self._entries.setdefault((*log, str(time)), step)
        if time and first is not step:
            step.troubles.append(Trouble(f"This is the same entry as in row {first.line.number}."))
        return True

    # -- records ------------------------------------------------------------------------------------------------------

    def _find(self, table: Table, given: Sequence[dict[str, Json]]) -> dict[str, Record]:
        """Set the record of each step; returns those as they are."""
        names, wanted = found_by(table.spec, table.matched.keys), dict[int, Key]()
        for at, values in enumerate(given):
            key = tuple(values.get(name) for name in names)
            if "id" not in values and names and all(isinstance(one, str | int) for one in key):
                wanted[at] = (*key[:-1], composed(str(key[-1])))
        found = existing(table.spec, names, wanted.values(), viewer=self.viewer) if wanted else {}
        by_key = {at: found.get(key, []) for at, key in wanted.items()}
        for at, step in enumerate(table.steps):
            ids = by_key.get(at, [])
            step.record_id = given[at].pop("id", ids[0] if len(ids) == 1 else None)
            if len(ids) > 1:
                step.troubles.append(Trouble(_several(table.spec, ids), _position(table, names[-1])))
        _refuse_twins(table, wanted)
        ids = [step.record_id for step in table.steps if step.record_id is not None]
        held = records(table.spec, ids, viewer=self.viewer)
        for step in table.steps:
            if step.record_id is None:
                continue
            if str(step.record_id) in held:
                step.was = held[str(step.record_id)][1]
            else:
                text = f"No {table.spec.singular_name} with the id {step.record_id} exists, or you may not see it."
                step.troubles.append(Trouble(text, _position(table, "id")))
        return {record_id: record for record_id, (record, _) in held.items()}

    def _compare(self, table: Table, step: Step, values: Mapping[str, Json], held: Record | None) -> None:
        if held is None:
            step.payload = {**table.matched.defaults(table.spec), **values}
            return
        cleared = self._cleared(table, step, values, held) if self.asked.clears else {}
        for key, new in {**values, **cleared}.items():
            if key in table.spec.computed:
                if more := raised(held.get(key), new):
                    step.payload[key], step.changes[key] = more, (held.get(key), more)
                continue
            selector = getattr(table.spec.columns[key].field, "selector", "type") if key in table.spec.columns else ""
            type_name = str(values.get(selector) or held.get(selector) or "")
            if not has_already(table.spec, key, held.get(key), new, type_name=type_name):
                step.payload[key] = new
                step.changes[key] = (held.get(key), new)

    @staticmethod
    def _cleared(table: Table, step: Step, values: Mapping[str, Json], held: Record) -> dict[str, Json]:
        """What empty cells empty."""
        found: dict[str, Json] = {}
        for column in table.matched.columns:
            key = column.target.key
            empty = not column.target.path and key not in values and not step.line.cells[column.at]
            if empty and key != "id" and held.get(key) not in (None, "", []):
                many = key == "tags" or (key in table.spec.relations and table.spec.relations[key].many)
                found[key] = [] if many else None
        return found


def _unreadable(table: Table) -> dict[int, list[Trouble]]:
    """Number of a row -> the cells that could not be read; problems of the heads go to their columns."""
    found: dict[int, list[Trouble]] = defaultdict(list)
    for one in table.sheet.problems:
        if one.place.row == table.sheet.head_row:
            table.matched.problems.setdefault(one.place.column, one.message)
        else:
            found[one.place.row].append(Trouble(one.message, one.place.column))
    return found


def _target(spec: Spec, column: Column) -> Spec | None:
    key = column.target.key
    return specs()[spec.relations[key].target] if key in spec.relations else None


def _parts(text: str) -> list[str]:
    return parts_of(text, commas=True)


def _id(spec: Spec, text: str) -> Json:
    found = id_in(spec, text)
    if found is None:
        raise WrongCell(f"{shown(text)} is not an id of a {spec.singular_name}.")
    return found


def _note(step: Step, column: Column, error: WrongCell) -> None:
    step.troubles.append(Trouble(str(error), column.at, step.line.cells[column.at], error.options))


def _position(table: Table, key: str) -> int | None:
    return next((one.at for one in table.matched.columns if one.target.key == key and not one.target.path), None)


def _several(spec: Spec, ids: Iterable[Json]) -> str:
    some = list(ids)
    return f"{len(some)} records are a {spec.singular_name} of this name. Use the id: {', '.join(map(str, some[:3]))}."


def _no_such(what: str, texts: Sequence[str], options: Sequence[str]) -> str:
    hint = f" Did you mean {' or '.join(shown(one) for one in options)}?" if options else ""
    return f"No {what} named {', '.join(shown(one) for one in texts)} exists, or you may not see it.{hint}"


def _refuse_twins(table: Table, keys: Mapping[int, Key]) -> None:
    """Two rows about one record: nobody can tell which is meant."""
    names = found_by(table.spec, table.matched.keys)
    first: dict[Json, Step] = {}
    for at, step in enumerate(table.steps):
        if step.entry:  # A log has many.
            continue
        same = ("id", str(step.record_id)) if step.record_id is not None else ("key", keys.get(at))
        if same[1] is None:
            continue
        other = first.setdefault(same, step)
        if other is not step:
            text = f"This is the same {table.spec.singular_name} as in row {other.line.number}."
            step.troubles.append(Trouble(text, _position(table, names[-1] if same[0] == "key" else "id")))


def _put(value: dict[str, Json], path: Sequence[str], new: Json) -> None:
    """Set the value at a path inside details."""
    for name in path[:-1]:
        below = value.get(name)
        value[name] = below if isinstance(below, dict) else {}
        value = value[name]
    value[path[-1]] = new


__all__ = ["Reader"]
