"""What a page shows beside its records: names of others that they refer to, counts, rights; in one statement.

Each part is a small query of (key, up to three texts); they are joined by UNION ALL, so that a page takes as many
statements whatever it shows. Scopes are those of every other read.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

from ..access.scope import View, editable, visible
from ..access.viewer import Viewer
from ..model.registry import Relation, Spec, shares_scope, specs
from ..model.trees import OPEN_STATES, Role
from ..sql import database
from ..sql.dialect import DIALECTS
from ..sql.fragment import FALSE, TRUE, Slot, Sql, all_of, join, quoted
from .comparisons import Writer
from .plan import plan
from .sources import hop
from .sql import row_conditions, today_count
from .syntax import Filter, Query
from .values import parameters
from .worked_values import last_of, length_of, moment_of

if TYPE_CHECKING:
    from ..sql.dialect import PostgreSQL, SQLite

Texts = tuple[str | None, str | None, str | None]
Found = Mapping[str, Texts]
WIDTH = 3


class Part(ABC):
    """One question; its answer is a mapping of keys to three texts."""

    @abstractmethod
    def statement(self, writer: Writer, number: int) -> Sql:
        """Rows of (key, three texts); the slot ("ids", number) is bound to what ``bound`` gives."""

    def bound(self, dialect: PostgreSQL | SQLite) -> object:
        """The value of the slot ("ids", number), or the values of ("value", number, ...)."""
        return None

    def asks(self, view: View) -> bool:
        """Whether there is anything to ask."""
        return True

    def better(self, known: Texts, other: Texts) -> Texts:
        """Which of two answers for the same key counts."""
        return other


@dataclass(frozen=True)
class Among(Part):
    """A part about rows with certain ids of a model."""

    spec: Spec
    ids: tuple[object, ...]

    @property
    def id_type(self) -> str:
        """Type of the ids."""
        return self.spec.columns["id"].wire_type

    def bound(self, dialect: PostgreSQL | SQLite) -> object:
        clean = self.spec.model._meta.pk.to_python
        return dialect.members([dialect.bind(self.id_type, clean(one)) for one in self.ids])

    def asks(self, view: View) -> bool:
        return bool(self.ids)

    def member(self, writer: Writer, column: str, number: int) -> Sql:
        """The condition that a column is one of the ids."""
        return Sql(writer.dialect.member(column, self.id_type), (("ids", number),))


@dataclass(frozen=True)
class Names(Among):
    """What records are called: up to three columns of each, or columns of what they refer to (``session.name``).

    Records that the viewer may not even be referred to are left out; without ``hop``, those that they may not open.
    """

    columns: tuple[str, ...] = ("name",)
    hop: bool = True

    def statement(self, writer: Writer, number: int) -> Sql:
        shown = [_value(writer, self.spec, "a", path) for path in self.columns[:WIDTH]]
        where = all_of([self.member(writer, "a.id", number), visible(self.spec, "a", writer.view, hop=self.hop)])
        return _select("a.id", shown) + f" FROM {self.spec.table} a WHERE " + where


@dataclass(frozen=True)
class Counts(Among):
    """How many records a relation leads to from each of these."""

    relation: Relation = field(kw_only=True)

    def statement(self, writer: Writer, number: int) -> Sql:
        target = specs()[self.relation.target]
        scope = TRUE if shares_scope(self.relation) else visible(target, "f", writer.view, hop=True)
        if self.relation.kind == "link":
            holder = f"l.{quoted(self.relation.near)}"
            source = f" FROM {self.relation.through} l JOIN {target.table} f ON f.id = l.{quoted(self.relation.far)}"
        else:
            holder, source = f"f.{quoted(self.relation.far)}", f" FROM {target.table} f"
        where = all_of([self.member(writer, holder, number), scope])
        return _select(holder, [_text("count(*)")]) + f"{source} WHERE " + where + f" GROUP BY {holder}"


@dataclass(frozen=True)
class Newest(Among):
    """The newest entry of the logs of a type, for each record that the logs are about; entries are kept in order."""

    relation: Relation = field(kw_only=True)
    type: str = field(kw_only=True)
    column: str = "entries"

    def better(self, known: Texts, other: Texts) -> Texts:
        return max(known, other, key=lambda texts: texts[1] or "")

    def statement(self, writer: Writer, number: int) -> Sql:
        target = specs()[self.relation.target]
        holder, entries = f"f.{quoted(self.relation.far)}", f"f.{quoted(self.column)}"
        scope = TRUE if shares_scope(self.relation) else visible(target, "f", writer.view, hop=True)
        where = all_of([self.member(writer, holder, number), Sql("f.type = '" + self.type + "'"), scope])
        shown = [_last(writer, entries), Sql(moment_of(writer, last_of(writer, entries)))]
        return _select(holder, shown) + f" FROM {target.table} f WHERE " + where


@dataclass(frozen=True)
class Entries(Among):
    """How many elements a list of each record has, and the last of them."""

    column: str = "entries"

    def statement(self, writer: Writer, number: int) -> Sql:
        column = f"a.{quoted(self.spec.columns[self.column].column)}"
        where = all_of([self.member(writer, "a.id", number), visible(self.spec, "a", writer.view, hop=True)])
        shown = [_text(length_of(writer, column)), _last(writer, column)]
        return _select("a.id", shown) + f" FROM {self.spec.table} a WHERE " + where


@dataclass(frozen=True)
class Total(Part):
    """How many records of a model are listed for the viewer."""

    spec: Spec

    def statement(self, writer: Writer, number: int) -> Sql:
        counted = today_count(writer, plan(Query(), self.spec))
        return "SELECT 'n' AS k,CAST(t.n AS TEXT) AS a,NULL AS b,NULL AS c FROM (" + counted + ") t"


@dataclass(frozen=True)
class Matches(Part):
    """How many listed records meet a condition that names one value, such as the sessions of a subject."""

    spec: Spec
    path: tuple[str, ...]
    value: str

    @property
    def _query(self) -> Query:
        return Query(filters=(Filter(self.path, False, self.value),))

    def statement(self, writer: Writer, number: int) -> Sql:
        counted = _numbered(today_count(writer, plan(self._query, self.spec)), number)
        return "SELECT 'n' AS k,CAST(t.n AS TEXT) AS a,NULL AS b,NULL AS c FROM (" + counted + ") t"

    def bound(self, dialect: PostgreSQL | SQLite) -> object:
        return _values(self._query, self.spec, dialect)


@dataclass(frozen=True)
class Holds(Matches):
    """Whether any listed record meets a condition; "1" or "0", without looking at more records than that takes."""

    def statement(self, writer: Writer, number: int) -> Sql:
        writer.rows["q"] = self.spec
        where = all_of(row_conditions(writer, plan(self._query, self.spec), "q", within=None))
        found = _numbered(f"EXISTS (SELECT 1 FROM {self.spec.table} q WHERE " + where + ")", number)
        return "SELECT 'n' AS k,CASE WHEN " + found + " THEN '1' ELSE '0' END AS a,NULL AS b,NULL AS c"


def total_of(spec: Spec, within: Filter | None) -> Part:
    """How many records of a model are listed for the viewer; with a condition, of those that meet it."""
    return Total(spec) if within is None else Matches(spec, within.path, within.value)


def _numbered(found: Sql, number: int) -> Sql:
    """A statement whose values are those of a part."""
    slots = tuple(("value", number, *place[1:]) if place[0] == "value" else place for place in found.slots)
    return Sql(found.text, slots)


def _values(query: Query, spec: Spec, dialect: PostgreSQL | SQLite) -> object:
    """The values of the one condition of a query."""
    for one, group in zip(query.filters, plan(query, spec).conditions, strict=True):
        return parameters(group[0].leaf, group[0].operator, one.value, ".".join(one.path), dialect)
    return None


@dataclass(frozen=True)
class Groups(Part):
    """How many records a model has for each value of a column."""

    spec: Spec
    column: str
    within: Filter | None = None

    @property
    def _query(self) -> Query:
        return Query(filters=(self.within,) if self.within is not None else ())

    def statement(self, writer: Writer, number: int) -> Sql:
        column = f"a.{quoted(self.spec.columns[self.column].column)}"
        writer.rows["a"] = self.spec
        where = all_of(row_conditions(writer, plan(self._query, self.spec), "a", within=None, sweep=True))
        found = _select(column, [_text("count(*)")]) + f" FROM {self.spec.table} a WHERE " + where
        return _numbered(found + f" GROUP BY {column}", number)

    def bound(self, dialect: PostgreSQL | SQLite) -> object:
        return _values(self._query, self.spec, dialect)


@dataclass(frozen=True)
class Rights(Among):
    """Which of these records the viewer may "change"; with ``level``, on which they hold that role."""

    level: Role | None = None

    def asks(self, view: View) -> bool:
        return bool(self.ids) and editable(self.spec, "a", view, level=self.level) != FALSE

    def statement(self, writer: Writer, number: int) -> Sql:
        allowed = editable(self.spec, "a", writer.view, level=self.level)
        return (
            _select("a.id", [])
            + f" FROM {self.spec.table} a WHERE "
            + all_of([self.member(writer, "a.id", number), allowed])
        )


@dataclass(frozen=True)
class OpenProposals(Among):
    """The open proposals of a model to change these entries of its catalogue: id of the proposal -> its state."""

    def asks(self, view: View) -> bool:
        return bool(self.ids) and visible(self.spec, "a", view) != FALSE

    def statement(self, writer: Writer, number: int) -> Sql:
        states = ",".join(f"'{state}'" for state in OPEN_STATES)
        scope = [Sql(f"a.status IN ({states})"), visible(self.spec, "a", writer.view)]
        where = all_of([self.member(writer, "a.instance_id", number), *scope])
        return _select("a.id", [_text("a.status")]) + f" FROM {self.spec.table} a WHERE " + where


@dataclass(frozen=True)
class Listed(Among):
    """Which of these records are listed for the viewer."""

    def asks(self, view: View) -> bool:
        return bool(self.ids) and visible(self.spec, "a", view) != FALSE

    def statement(self, writer: Writer, number: int) -> Sql:
        where = all_of([self.member(writer, "a.id", number), visible(self.spec, "a", writer.view)])
        return _select("a.id", []) + f" FROM {self.spec.table} a WHERE " + where


def beside(parts: Sequence[Part], *, viewer: Viewer) -> list[Found]:
    """The answers to these questions, in their order; one SQL statement, or none if there is nothing to ask."""
    found: list[dict[str, Texts]] = [{} for _ in parts]
    asked = [(number, part) for number, part in enumerate(parts) if part.asks(viewer.view)]
    if not asked:
        return list(found)
    dialect = DIALECTS[connection.vendor]
    pieces = [
        f"SELECT {number} AS part,q.k,q.a,q.b,q.c FROM ("
        + part.statement(Writer(connection.vendor, viewer.view), number)
        + ") q"
        for number, part in asked
    ]
    statement = join(" UNION ALL ", pieces)
    lists = {number: part.bound(dialect) for number, part in asked}
    bound = viewer.slots(dialect)

    def value_of(place: Slot) -> object:
        if place[0] == "value":
            listed: Any = lists[place[1]]
            return listed[place[3]]
        return lists[place[1]] if place[0] == "ids" else bound[place[0]]

    values = [value_of(place) for place in statement.slots]
    for number, key, *texts in database.rows(statement.text, values):
        first, second, third = texts
        told = (first, second, third)
        known = found[number].get(str(key))
        found[number][str(key)] = parts[number].better(known, told) if known is not None else told
    return list(found)


def _select(key: str, shown: Iterable[Sql]) -> Sql:
    filled = [*shown, *[Sql("NULL")] * WIDTH][:WIDTH]
    named = [value + f" AS {name}" for value, name in zip(filled, "abc", strict=True)]
    return join(",", [Sql(f"SELECT CAST({key} AS TEXT) AS k"), *named])


def _last(writer: Writer, column: str) -> Sql:
    last = last_of(writer, column)
    return _text(last) if writer.vendor == "postgresql" else Sql(last)


def _text(expression: str) -> Sql:
    return Sql(f"CAST({expression} AS TEXT)")


def text_of(expression: Sql) -> Sql:
    """An expression as text."""
    return "CAST(" + expression + " AS TEXT)"


def _value(writer: Writer, spec: Spec, alias: str, path: str) -> Sql:
    """A column of a row, or of the one record that a relation leads to, if the viewer may see that."""
    name, _, rest = path.partition(".")
    if not rest:
        return _text(f"{alias}.{quoted(spec.columns[name].column)}")
    relation = spec.relations[name]
    target = specs()[relation.target]
    far = writer.alias(target)
    source, joined = hop(relation, alias, far)
    where = all_of([joined, writer.hop_scope(relation, far)])
    return "(SELECT " + _value(writer, target, far, rest) + f" FROM {source} WHERE " + where + ")"


__all__ = [
    "Counts",
    "Entries",
    "Found",
    "Groups",
    "Holds",
    "Listed",
    "Matches",
    "Names",
    "Newest",
    "OpenProposals",
    "Part",
    "Rights",
    "Total",
    "beside",
    "text_of",
    "total_of",
]
