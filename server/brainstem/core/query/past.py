"""Rows of a model as they stood at a moment, as SQL: from the current rows and the changes since.

The earliest change after the moment that has a value before it tells the value then; without one it is the current
value. Rows that have been deleted since are put together from the changes alone.

A row offers its columns as they were. What decides who sees it today is offered as it is today, or was when the row was
deleted: ``audience_id``, and every column under its name with :data:`NOW` in front. The moment is bound to the slot
:data:`MOMENT`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..access.scope import NOW
from ..model.fields import keeps_entries
from ..model.registry import Spec
from ..sql.dialect import DIALECTS
from ..sql.fragment import Sql, join, quoted
from ..sql.past import PAST_DIALECTS, PastDialect

MOMENT = ("as_of",)
AUDIENCE = "audience_id"
# A key of states under its name with this in front: its value as JSON if it has changed since, else NULL. So are lists
# with an order, and who held which role.
WAS = "was_"
# A list without an order: an object of the elements that have come or gone since, with whether they were there, else
# NULL.
_IN = "in_"


def columns_read(alias: str, texts: Iterable[str]) -> set[str]:
    """The columns of a row that some SQL reads."""
    return {name for text in texts for name in re.findall(rf'\b{alias}\."?(\w+)', text)}


def list_column(name: str, *, ordered: bool) -> str:
    """The column of a row that tells what has changed since in one of its lists."""
    return f"{WAS if ordered else _IN}{name}"


@dataclass
class Past:
    """Writes the sources of one statement about the past.

    Attributes
    ----------
    tables : dict
        Named subqueries that they share, in the order of their definition.
    """

    vendor: str
    tables: dict[str, Sql] = field(default_factory=dict)

    @property
    def dialect(self) -> PastDialect:
        """The functions of the database."""
        return PAST_DIALECTS[self.vendor]

    def since(self, spec: Spec, key: str = "", alias: str = "c") -> str:
        """The changes of a model's records after the moment, or those of one record, as FROM ... WHERE ..."""
        moment = DIALECTS[self.vendor].cast("datetime")
        found = f"FROM core_change {alias} WHERE {alias}.model='{spec.label}' AND {alias}.at>{moment}"
        return f"{found} AND {alias}.record_id={key}" if key else found

    def timed(self, text: str) -> Sql:
        """SQL whose only placeholders are for the moment."""
        return Sql(text, (MOMENT,) * text.replace("%%", "").count("%s"))

    def named(self, name: str, body: Sql) -> str:
        """Name a subquery that runs once for the whole statement; the name."""
        if name not in self.tables:
            self.tables[name] = f"{name} AS MATERIALIZED (" + body + ")"
        return name

    def id_type(self, spec: Spec) -> str:
        """The type of a model's ids."""
        return spec.columns["id"].wire_type

    # -- rows of given ids ------------------------------------------------------------------------------------------

    def rows(self, spec: Spec, driver: Sql, names: Collection[str], extras: Collection[str] = ()) -> Sql:
        """The rows of a model with some columns, as far as they existed, as a SELECT.

        Parameters
        ----------
        driver : Sql
            A SELECT of ids, as ``id``, and of the columns ``extras``, which are passed on.
        """
        asked = _Columns(spec, names, extras)
        key = self.dialect.key("d.id", self.id_type(spec))
        found = self.dialect.looked_up(asked.known, self.since(spec, key), gone=asked.of_today)
        found |= {_IN + name: self.dialect.mentioned(name, self.since(spec, key)) for name in asked.lists}
        inner = Sql(",".join(["d.id AS id", *(f"d.{name} AS {name}" for name in asked.extras), "x.id AS here"]))
        inner = inner + "".join(f",x.{quoted(column)} AS {quoted('x_' + column)}" for column in asked.held)
        inner = inner + self.timed("".join(f",{text} AS {name}" for name, text in found.items()))
        body = (
            "(SELECT "
            + inner
            + " FROM ("
            + driver
            + f") d LEFT JOIN {spec.table} x ON x.id=d.id{self.dialect.fence}) s"
        )
        columns = ",".join(["s.id AS id", *(f"s.{name} AS {name}" for name in asked.extras)])
        shown = join(",", [Sql(columns), *(self._column(asked, name) for name in asked.names)])
        life = self.dialect.life(alone="f" in found)
        # It was deleted first, or it is there and neither appeared nor went since.
        return "SELECT " + shown + " FROM " + body + f" WHERE ({life}=-1 OR ({life} IS NULL AND s.here IS NOT NULL))"

    def _column(self, asked: _Columns, name: str) -> Sql:
        past = self.dialect
        if name.startswith(_IN):
            return Sql(f"s.{name} AS {name}")
        if name.startswith(WAS):
            return Sql(f"{past.known_part(name.removeprefix(WAS))} AS {name}")
        if name == AUDIENCE:
            state = past.value(past.last_state(), asked.field(AUDIENCE))
            return Sql(f"COALESCE(s.x_{AUDIENCE},{state}) AS {AUDIENCE}")
        column = name.removeprefix(NOW)
        one, held = asked.field(column), f"s.{quoted('x_' + column)}"
        if name.startswith(NOW):
            state = past.value(past.last_state(), one)
            return Sql(f"CASE WHEN s.here IS NULL THEN {state} ELSE {held} END AS {quoted(name)}")
        was = past.known(one)
        if keeps_entries(one):
            key = past.key("s.id", self.id_type(asked.spec))
            was = past.entries(held, one.attname, self.since(asked.spec, key))
        return self.timed(f"CASE WHEN {past.is_known(one.attname)} THEN {was} ELSE {held} END AS {quoted(name)}")

    # -- all rows ---------------------------------------------------------------------------------------------------

    def all_rows(self, spec: Spec, names: Collection[str]) -> Sql:
        """All rows of a model, as far as they existed, as a SELECT; quick for those that have not changed since."""
        changed = self.changed(spec)
        asked = _Columns(spec, names)
        columns = ",".join(["x.id AS id", *(_as_it_is(name) for name in asked.names)])
        same = f"SELECT {columns} FROM {spec.table} x WHERE NOT EXISTS (SELECT 1 FROM {changed} h WHERE h.id=x.id)"
        return f"{same} UNION ALL " + self.rows(spec, Sql(f"SELECT h.id AS id FROM {changed} h"), names)

    def changed(self, spec: Spec) -> str:
        """Name of the ids of all records of a model that have changed since."""
        key = self.dialect.id_of("c.record_id", self.id_type(spec))
        body = self.timed(f"SELECT DISTINCT {key} AS id {self.since(spec)}")
        return self.named(f"changed_{spec.app}_{spec.segment}", body)

    # -- rows that have come or gone since ----------------------------------------------------------------------------

    def appeared(self, spec: Spec, row: str) -> Sql:
        """Whether a current row did not exist."""
        key = self.dialect.key(f"{row}.id", self.id_type(spec))
        return self.timed(f"EXISTS (SELECT 1 {self.since(spec, key)} AND c.life=1 AND {self._not_gone_before(spec)})")

    def all_appeared(self, spec: Spec) -> str:
        """Name of the ids of all records that have appeared since, and did not exist."""
        key = self.dialect.id_of("c.record_id", self.id_type(spec))
        found = f"SELECT {key} AS id {self._since_life(spec, 1)} AND {self._not_gone_before(spec)}"
        return self.named(f"appeared_{spec.app}_{spec.segment}", self.timed(found))

    def all_gone(self, spec: Spec) -> Sql:
        """The ids of records that existed and have been deleted since, as a SELECT."""
        key = self.dialect.id_of("w.record_id", self.id_type(spec))
        there = f"EXISTS (SELECT 1 FROM {spec.table} x WHERE x.id={key})"
        earlier = f"EXISTS (SELECT 1 {self.since(spec, 'w.record_id')} AND c.life=1 AND c.at<w.at)"
        return self.timed(f"SELECT {key} AS id FROM {self._went(spec)} w WHERE NOT {there} AND NOT {earlier}")

    def _not_gone_before(self, spec: Spec) -> str:
        """Whether the record of change ``c``, with which it appeared, has not gone before since the moment."""
        return f"NOT EXISTS (SELECT 1 FROM {self._went(spec)} w WHERE w.record_id=c.record_id AND w.at<c.at)"

    def _since_life(self, spec: Spec, life: int) -> str:
        """The changes since the moment with which records appeared (1) or went (-1), as FROM ... WHERE ..."""
        # Both conditions: the first is that of an index, as it is written there.
        return f"{self.since(spec)} AND NOT (c.life=0) AND c.life={life}"

    def _went(self, spec: Spec) -> str:
        """Name of the records that have gone since, with the first time: few."""
        found = f"SELECT c.record_id,min(c.at) AS at {self._since_life(spec, -1)} GROUP BY c.record_id"
        return self.named(f"went_{spec.app}_{spec.segment}", self.timed(found))


@dataclass
class _Columns:
    """What is asked of the rows of a model.

    ``names`` are columns of the result, ``held`` those of the table that they take, ``known`` the keys of states.
    """

    spec: Spec
    wanted: Collection[str]
    extras: Collection[str] = ()

    def __post_init__(self) -> None:
        self._fields = {one.column: one for one in self.spec.model._meta.concrete_fields}
        own = {name for name in self.wanted if name.removeprefix(NOW) in self._fields or name.startswith((WAS, _IN))}
        self.names = sorted(own - {"id", *self.extras})
        columns = [name for name in self.names if not name.startswith((WAS, _IN))]
        then = [name for name in columns if not name.startswith(NOW) and name != AUDIENCE]
        self.of_today = len(then) < len(columns)
        self.held = sorted({name.removeprefix(NOW) for name in columns})
        self.lists = [name.removeprefix(_IN) for name in self.names if name.startswith(_IN)]
        self.known = [self._fields[name].attname for name in then]
        self.known += [name.removeprefix(WAS) for name in self.names if name.startswith(WAS)]

    def field(self, column: str) -> Any:
        """The field of a column."""
        return self._fields[column]


def _as_it_is(name: str) -> str:
    return f"NULL AS {name}" if name.startswith((WAS, _IN)) else f"x.{quoted(name.removeprefix(NOW))} AS {quoted(name)}"


__all__ = ["AUDIENCE", "MOMENT", "WAS", "Past", "columns_read", "list_column"]
