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
from ..sql.fragment import Sql, join, quoted
from .past_lives import MOMENT, Lives

AUDIENCE = "audience_id"
HAPPENED = "happened"
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
class Past(Lives):
    """Writes the sources of one statement about the past.

    Attributes
    ----------
    changed : dict
        Label of a model and keys of states -> name of the records in which these have changed since.
    """

    changed: dict[tuple[str, ...], str] = field(default_factory=dict)

    # -- rows of given ids ------------------------------------------------------------------------------------------

    def rows_looked_at(self, spec: Spec, driver: Sql, names: Collection[str], extras: Collection[str]) -> Sql:
        """As :meth:`rows`, for rows that existed; asks once for each whether anything has happened to it since."""
        key = self.dialect.key("d.id", self.id_type(spec))
        columns = ",".join(["d.id AS id", *(f"d.{name} AS {name}" for name in extras)])
        happened = self.timed(f"EXISTS (SELECT 1 {self.since(spec, key)})")
        asked = f"SELECT {columns}," + happened + f" AS {HAPPENED} FROM (" + driver + f") d{self.dialect.fence}"
        return self.rows(spec, asked, names, extras, sure=True, happened=f"d.{HAPPENED}")

    def rows(
        self,
        spec: Spec,
        driver: Sql | str,
        names: Collection[str],
        extras: Collection[str] = (),
        *,
        sure: bool = False,
        happened: str = "",
    ) -> Sql:
        """The rows of a model with some columns, as far as they existed, as a SELECT.

        Parameters
        ----------
        driver : Sql
            A SELECT of ids, as ``id``, and of the columns ``extras``, which are passed on.
        sure : bool
            Whether all of them existed, because something referred to them; that is not looked up then.
        happened : str
            What tells of a row of the driver whether anything has happened to it since.
        """
        asked = _Columns(spec, names, extras)
        key = self.dialect.key("d.id", self.id_type(spec))
        found = self.dialect.looked_up(asked.known, self.since(spec, key), gone=asked.of_today, sure=sure)
        found |= {_IN + name: self.dialect.mentioned(name, self.since(spec, key)) for name in asked.lists}
        if happened:
            found = {name: f"CASE WHEN {happened} THEN {text} END" for name, text in found.items()}
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
        there = "s.here IS NOT NULL" if sure else f"({life} IS NULL AND s.here IS NOT NULL)"
        return "SELECT " + shown + " FROM " + body + f" WHERE ({there} OR {life}=-1)"

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

    def gone_rows(self, spec: Spec, names: Collection[str]) -> Sql:
        """The rows of :meth:`.Lives.gone` with some columns as they were in the end, as a SELECT."""
        asked = _Columns(spec, names)
        assert not asked.known
        columns = [f"{self._last(asked, name)} AS {quoted(name)}" for name in asked.names]
        shown = ",".join(["s.id", *columns])
        last = "SELECT g.id,c.before AS e FROM (" + self.gone(spec) + ") g JOIN core_change c ON c.id=g.last"
        return f"SELECT {shown} FROM (" + last + ") s"

    def _last(self, asked: _Columns, name: str) -> str:
        return self.dialect.value("s.e", asked.field(name.removeprefix(NOW)))

    # -- all rows ---------------------------------------------------------------------------------------------------

    def all_rows(self, spec: Spec, names: Collection[str]) -> Sql:
        """All rows of a model with some columns, as far as they existed, as a SELECT."""
        return self.other_rows(spec, names) + " UNION ALL " + self.same_rows(spec, names)

    def same_rows(self, spec: Spec, names: Collection[str]) -> Sql:
        """The rows of a model that existed, and in which none of some columns has changed since, as a SELECT."""
        asked = _Columns(spec, names)
        columns = ",".join(["x.id AS id", *(self._as_it_is(name) for name in asked.names)])
        same = f"NOT EXISTS (SELECT 1 FROM {self._changed(spec, asked)} h WHERE h.id=x.id)"
        old = f"NOT EXISTS (SELECT 1 FROM {self.born(spec)} b WHERE b.id=x.id)"
        return Sql(f"SELECT {columns} FROM {spec.table} x WHERE {same} AND {old}")

    def _as_it_is(self, name: str) -> str:
        if name.startswith((WAS, _IN)):
            return f"{self.dialect.nothing} AS {name}"
        return f"x.{quoted(name.removeprefix(NOW))} AS {quoted(name)}"

    def other_rows(self, spec: Spec, names: Collection[str]) -> Sql:
        """The rows of a model that existed, without those of :meth:`same_rows`, as a SELECT."""
        changed = self._changed(spec, _Columns(spec, names))
        return self.rows(spec, Sql(f"SELECT h.id AS id FROM {changed} h"), names)

    def _changed(self, spec: Spec, asked: _Columns) -> str:
        """Name of the ids of records that have gone since, or may have changed in what is asked of them."""
        kept = (spec.label, *sorted({*asked.known, *asked.lists}))
        if kept not in self.changed:
            self.changed[kept] = f"changed{len(self.changed)}"
            body = self.gone(spec)
            if kept[1:]:
                key = self.dialect.id_of("c.record_id", self.id_type(spec))
                either = f"(c.life=-1 OR {self.dialect.may_have('c.before', kept[1:])})"
                body = self.timed(f"SELECT DISTINCT {key} AS id {self.since(spec)} AND {either}")
            self.named(self.changed[kept], body)
        return self.changed[kept]


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


__all__ = ["AUDIENCE", "MOMENT", "WAS", "Past", "columns_read", "list_column"]
