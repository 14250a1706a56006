"""What a table would do to the records of a server: create, change, nothing, or an error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timezone, tzinfo
from typing import Any

from .cells import WrongCell, as_key, loose, same, value_of
from .connection import Server
from .describe import Fields
from .flat import cell, inside, put
from .headers import Column, parts_in
from .lookup import Names, having, is_id
from .sheet import Problem, Row, Sheet

CREATED, CHANGED, SAME, WRONG = "created", "changed", "same", "wrong"
LEFT_ALONE = object()
Record = dict[str, Any]


@dataclass
class Step:
    """What one row does.

    Attributes
    ----------
    data : dict
        What is sent: all fields of a new record, the changed ones of another.
    changes : list of (str, Any, Any)
        Column, value now, value then.
    columns : list of Column
        Of the cells that ask for a value.
    stored : dict
        Of a new record what the server would store, where it was asked.
    shown : list of (Column, Any)
        Of a new record the values as people read them.
    """

    line: int
    label: str
    id: str = ""
    data: Record = field(default_factory=dict)
    changes: list[tuple[Column, Any, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    stored: Record = field(default_factory=dict)
    shown: list[tuple[Column, Any]] = field(default_factory=list)

    @property
    def values(self) -> list[tuple[Column, Any]]:
        """For a new record, the columns with what would be stored, or with what was given if that is not known."""
        kept = self.stored or self.data
        return [(column, inside(kept.get(column.field.name), column.path)) for column in self.columns]

    @property
    def kind(self) -> str:
        """One word for what it does."""
        if self.problems:
            return WRONG
        return (CHANGED if self.data else SAME) if self.id else CREATED


@dataclass
class Comparison:
    """Compares the rows of a table with the records of a model.

    Parameters
    ----------
    key : list of str
        Fields by which a row without an id finds its record; without any, such a row is a new record.
    clear : bool
        Whether an empty cell empties its field, rather than leaving it alone.
    zone : tzinfo
        Of times that name none.
    """

    server: Server
    model: str
    fields: Fields
    columns: list[Column]
    key: list[str]
    clear: bool = False
    zone: tzinfo = timezone.utc
    names: Names = field(init=False)

    def __post_init__(self) -> None:
        self.names = Names(self.server)

    def steps(self, sheet: Sheet) -> list[Step]:
        """A step for each row."""
        self._learn_names(sheet)
        read = [_Read(self, row, sheet.typed) for row in sheet.rows]
        by_id = self._by_id(read)
        by_key = self._by_key(read)
        _mark_repeated(read)
        return [one.step(by_id, by_key) for one in read]

    def _learn_names(self, sheet: Sheet) -> None:
        for column in self.columns:
            if column.field.related:
                texts = (text for row in sheet.rows for text in parts_in(column, row.cells.get(column.header)))
                self.names.learn(
                    column.field.related, column.lookup, (str(one) for one in texts if not is_id(column.field, one))
                )

    def _by_id(self, read: list[_Read]) -> dict[str, Record]:
        found = having(self.server, self.model, "id", (one.id for one in read if one.id))
        return {str(record["id"]): record for record in found}

    def _by_key(self, read: list[_Read]) -> dict[tuple[str, ...], list[Record]]:
        """Records by the values of their key."""
        found: dict[tuple[str, ...], list[Record]] = {}
        if not self.key:
            return found
        values = [one.values[self.key[0]] for one in read if one.key]
        scalar = [value for many in values for value in (many if isinstance(many, list) else [many])]
        way = f"{self.key[0]}.id" if self.fields[self.key[0]].related else self.key[0]
        # A record of which a list has several of the values comes once for each part of the question.
        records = {record["id"]: record for record in having(self.server, self.model, way, scalar)}
        for record in records.values():
            found.setdefault(self.key_of(record), []).append(record)
        return found

    def key_of(self, values: Record) -> tuple[str, ...]:
        """The values by which a record is found, in one form."""
        return tuple(as_key(self.fields[name].kind, values.get(name)) for name in self.key)


class _Read:
    """A parsed row: values by field, and problems with its cells."""

    def __init__(self, comparison: Comparison, row: Row, typed: bool) -> None:
        self.comparison, self.row, self.typed = comparison, row, typed
        self.problems: list[Problem] = []
        self.values: Record = {}
        for column in comparison.columns:
            if column.field.name in {"id", *comparison.key} and not column.path:
                self._read(column)
        self.id = str(self.values.pop("id", "") or "")
        complete = all(self.values.get(name) not in (None, "", []) for name in comparison.key)
        self.key = comparison.key_of(self.values) if comparison.key and complete and not self.id else ()

    def _read(self, column: Column) -> None:
        given = self.row.cells.get(column.header)
        if given not in (None, ""):
            try:
                self.values[column.field.name] = self.value(column, given)
            except WrongCell as error:
                self.problem(column.header, str(error))

    def value(self, column: Column, given: object) -> Any:
        """The value of a cell."""
        if column.field.related:
            ids = [self.comparison.names.id_of(column.field, column.lookup, one) for one in parts_in(column, given)]
            if column.field.is_list:
                return ids
            if len(ids) != 1:
                raise WrongCell("Only one value is allowed here.")
            return ids[0]
        if column.field.kind == "tags":
            return parts_in(column, given)
        if column.path:
            return loose(given) if isinstance(given, str) and not self.typed else given
        if isinstance(given, str) and not (self.typed and column.field.kind == "json"):
            return value_of(column.field, given, self.comparison.zone)
        return given

    def problem(self, column: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.row.line, column, message))

    def step(self, by_id: dict[str, Record], by_key: dict[tuple[str, ...], list[Record]]) -> Step:
        """What the row does."""
        record = self._record(by_id, by_key)
        label = next((str(self.row.cells[name]) for name in self._naming() if self.row.cells.get(name)), "")
        step = Step(self.row.line, label or cell((record or {}).get("name")), str((record or {}).get("id") or ""))
        for column in self.comparison.columns:
            if column.field.name != "id":
                self._add(column, record, step)
        if record is None and not self.id:
            self._ask_for_required(step)
        step.problems = list(dict.fromkeys(self.problems))
        return step

    def _naming(self) -> Iterable[str]:
        return [
            one.header for one in self.comparison.columns if one.field.name in {"name", "title", *self.comparison.key}
        ]

    def _record(self, by_id: dict[str, Record], by_key: dict[tuple[str, ...], list[Record]]) -> Record | None:
        if self.id:
            if self.id not in by_id:
                self.problem(
                    "id", f"There is no {self.comparison.model} with the id '{self.id}' that you have access to."
                )
            return by_id.get(self.id)
        found = by_key.get(self.key, []) if self.key else []
        if len(found) > 1:
            ids = ", ".join(str(one["id"]) for one in found[:3])
            self.problem(self.comparison.key[0], f"{len(found)} records match this row. Use the id ({ids}).")
        return found[0] if found else None

    def _add(self, column: Column, record: Record | None, step: Step) -> None:
        """Add what one cell does to a step."""
        name, given = column.field.name, self.row.cells.get(column.header)
        old = inside((record or {}).get(name), column.path)
        if record is not None and given not in (None, "") and cell(old) == self.row.as_written(column.header):
            return  # as it would be written into a table
        try:
            new = self._new(column, given, old)
        except WrongCell as error:
            self.problem(column.header, str(error))
            return
        if new is LEFT_ALONE or (record is not None and same(column.field, old, new)):
            return
        if record is not None:
            step.changes.append((column, old, new))
        step.columns.append(column)
        step.data[name] = put((step.data.get(name, (record or {}).get(name))), column.path, new)

    def _new(self, column: Column, given: object, old: object) -> Any:
        """The value that a cell asks for."""
        if given is not None and given != "":
            return self.value(column, given)
        emptied = self.comparison.clear or column.header in self._nulls()
        if not emptied or old in (None, "", []):
            return LEFT_ALONE
        return [] if column.field.is_list else None if column.field.nullable or column.path else ""

    def _nulls(self) -> Iterable[str]:
        """Headers of cells that say null, which only JSON can say."""
        return [header for header, value in self.row.cells.items() if value is None] if self.typed else []

    def _ask_for_required(self, step: Step) -> None:
        wrong = {problem.column for problem in self.problems}
        headers = {column.field.name: column.header for column in self.comparison.columns}
        for name, about in self.comparison.fields.items():
            if (
                about.required
                and not about.read_only
                and name not in step.data
                and headers.get(name, name) not in wrong
            ):
                self.problem(headers.get(name, name), "A value is required for a new record.")


def _mark_repeated(read: list[_Read]) -> None:
    """Two rows for one record: nobody can tell which is meant."""
    for kind in ("id", "key"):
        first: dict[Any, int] = {}
        counts = Counter(getattr(one, kind) for one in read if getattr(one, kind))
        for one in read:
            value = getattr(one, kind)
            if value and counts[value] > 1:
                if value in first:
                    one.problem(
                        kind if kind == "id" else one.comparison.key[0], f"Same value as in line {first[value]}."
                    )
                first.setdefault(value, one.row.line)
