"""Which rows of a plan are read and checked before the transaction that saves them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..write.batch import goes_together
from ..write.rights import NOT_DATA
from .json_values import Json
from .steps import CHANGED, CREATED, Place, Step, Table


class Chosen:
    """Chooses rows, asked of one table after the other in the order in which they are written.

    Left for the transaction are rows that are written one by one, rows that name those, and rows that might be judged
    differently once those are written: of a model of which new rows are left, of a record that an earlier sheet
    changes, and everything after changes that are left, unless these only describe a root such as a project.
    """

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tables
        self._new: set[Place] = set()
        self._changed: set[tuple[str, Json]] = set()
        self._models_left: set[str] = set()
        self._over = False

    def new(self, table: Table) -> list[Step]:
        """The rows of a table that add records."""
        spec, wanted = table.spec, _new(table)
        found = [step for step in wanted if not step.entry and self._may_name(step)]
        if self._over or spec.label in self._models_left or not goes_together(spec):
            found = []
        if len(found) < len(wanted):
            self._models_left.add(spec.label)
        self._new |= {step.place for step in found}
        return found

    def changed(self, table: Table) -> list[Step]:
        """The rows of a table that change records; :meth:`leave` is to be told which of them cannot be staged."""
        spec, wanted = table.spec, _changed(table)
        mine = {step.place: (spec.label, step.record_id) for step in wanted}
        found = [step for step in wanted if not step.entry and self._may_name(step)]
        found = [step for step in found if mine[step.place] not in self._changed]
        if self._over or not goes_together(spec):
            found = []
        self._changed |= {*mine.values()}
        chosen = {step.place for step in found}
        self.leave(table, [step for step in wanted if step.place not in chosen])
        return found

    def leave(self, table: Table, steps: Iterable[Step]) -> None:
        """Note changes that are written in the transaction."""
        together = goes_together(table.spec)
        self._over = self._over or any(together or step.payload.keys() & NOT_DATA for step in steps)

    def others_follow(self, table: Table, *, in_table: bool) -> bool:
        """Whether rows may be staged after those of a table; with ``in_table``, after its new ones."""
        later = self._tables[self._tables.index(table) + 1 :]
        return not self._over and (
            (in_table and bool(_changed(table))) or any(_new(one) or _changed(one) for one in later)
        )

    def _may_name(self, step: Step) -> bool:
        return all(place in self._new for place in step.refs)


def _new(table: Table) -> list[Step]:
    return [step for step in table.steps if step.action == CREATED]


def _changed(table: Table) -> list[Step]:
    return [step for step in table.steps if step.action == CHANGED and step.payload]


__all__ = ["Chosen"]
