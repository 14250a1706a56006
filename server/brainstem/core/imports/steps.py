"""The parts of a plan: what each row does, what is wrong with its cells, and the tables it was made from. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..model.registry import Spec
from ..tables.sheets import Line, Sheet
from .cells import Manner
from .columns import Column, Matched
from .json_values import Json

CREATED, CHANGED, SAME, WRONG = "created", "changed", "same", "wrong"
ACTIONS = (CREATED, CHANGED, SAME, WRONG)
Place = tuple[int, int]  # number of the sheet, and of the row in it


@dataclass(frozen=True)
class Ref:
    """In a payload, the record that another row of the tables makes."""

    place: Place


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a cell (``column`` is its position) or with a row as a whole (None)."""

    message: str
    column: int | None = None
    text: str = ""
    options: tuple[str, ...] = ()


@dataclass
class Step:
    """What a row does.

    Attributes
    ----------
    record_id
        Of the record that it changes or leaves; None for a new one.
    payload : dict
        What is written.
    changes : dict
        Key -> (before, after), of a changed record.
    values : dict
        Key -> value as it would be stored, of a new record.
    was : str
        Digest of the existing record as the viewer saw it when the plan was made.
    entry : dict
        What is added to the record, if it is a log.
    log : Ref
        The row that makes the log to which the entry is added, if that is another one.
    """

    place: Place
    line: Line
    label: str = ""
    record_id: Json = None
    payload: dict[str, Json] = field(default_factory=dict)
    changes: dict[str, tuple[Json, Json]] = field(default_factory=dict)
    values: dict[str, Json] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    was: str = ""
    entry: dict[str, Json] = field(default_factory=dict)
    log: Ref | None = None

    @property
    def action(self) -> str:
        """One word for what it does."""
        if self.troubles:
            return WRONG
        if self.record_id is None:
            return CREATED
        return CHANGED if self.payload or self.entry else SAME

    @property
    def refs(self) -> list[Place]:
        """The rows whose records it refers to."""
        values = [one for value in self.payload.values() for one in (value if isinstance(value, list) else [value])]
        return [one.place for one in [*values, self.log] if isinstance(one, Ref)]


@dataclass
class Table:
    """A sheet with the model of its rows, and its columns."""

    number: int
    sheet: Sheet
    spec: Spec
    matched: Matched
    steps: list[Step] = field(default_factory=list)

    def column(self, at: int) -> Column | None:
        """The column at a position, if it is read."""
        return next((one for one in self.matched.columns if one.at == at), None)


@dataclass(frozen=True)
class Asked:
    """How tables are to be imported.

    Attributes
    ----------
    columns : dict
        Name of a sheet -> head -> target, empty for a column to leave out.
    clears : bool
        Whether an empty cell empties its field, rather than leaving it alone.
    """

    manner: Manner = field(default_factory=Manner)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    clears: bool = False


@dataclass
class Plan:
    """What importing tables would do, row by row."""

    tables: list[Table]

    @property
    def steps(self) -> list[Step]:
        """The steps of all tables, in the order of the sheets."""
        return [step for table in self.tables for step in table.steps]

    @property
    def counts(self) -> dict[str, int]:
        """Action -> number of rows."""
        found = dict.fromkeys(ACTIONS, 0)
        for step in self.steps:
            found[step.action] += 1
        return found

    @property
    def ready(self) -> bool:
        """Whether it can be committed: nothing is wrong, and something is to be done."""
        counts = self.counts
        unread = any(table.matched.problems for table in self.tables)
        return not unread and not counts[WRONG] and bool(counts[CREATED] or counts[CHANGED])


def filled(payload: Mapping[str, Json], made: Mapping[Place, str | int]) -> dict[str, Json]:
    """A payload with the ids of the records that other rows make; empty where such a row was refused."""
    return {key: _id_of(value, made) for key, value in payload.items()}


def _id_of(value: Json, made: Mapping[Place, str | int]) -> Json:
    if isinstance(value, list):
        return [_id_of(one, made) for one in value]
    return made.get(value.place, "") if isinstance(value, Ref) else value


def in_order(tables: Sequence[Table]) -> list[Table]:
    """Tables in an order in which what a row refers to comes before it; circles stay in the order of the sheets."""
    left, found = list(tables), list[Table]()
    while left:
        free = [one for one in left if not _names_any(one, [other for other in left if other is not one])]
        found.append(free[0] if free else left[0])
        left.remove(found[-1])
    return found


def _names_any(table: Table, others: Sequence[Table]) -> bool:
    labels = {one.spec.label for one in others} - {table.spec.label}
    related = {table.spec.relations[key].target for key in table.matched.keys if key in table.spec.relations}
    return bool(labels & related)


__all__ = [
    "ACTIONS", "CHANGED", "CREATED", "SAME", "WRONG", "Asked", "Place", "Plan", "Ref", "Step", "Table", "Trouble",
    "filled", "in_order",
]  # fmt: skip
