"""What differs between PostgreSQL and SQLite in reading recorded changes, as one table of functions each.

The states of records are JSON in ``core_change``; these functions give values of that JSON as columns hold them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

from ..model.fields import INTEGER_KEY, SpanField
from .dialect import DIALECTS


class PastDialect(ABC):
    """The functions that both databases share."""

    vendor = ""
    # Ends a subquery that must not be merged into the one around it: its subqueries would run once for every use.
    fence = ""
    # No value of a key of states.
    nothing = "NULL"
    # Whether asking if anything has changed at all is quick, beside planning the statement.
    asks_first = False

    def key(self, column: str, id_type: str) -> str:
        """An id as the changes of a record name it."""
        return DIALECTS[self.vendor].record_key(column, id_type)

    @abstractmethod
    def id_of(self, key: str, id_type: str) -> str:
        """The id that :meth:`key` gave."""

    def few(self, key: str) -> str:  # noqa: ARG002 - of one database
        """A condition that all rows meet, and that tells the planner that they are few: it cannot know of a page."""
        return "TRUE"

    @abstractmethod
    def lowest(self, key: str, of: str) -> str:
        """The ``lowest`` of the keys of some changes (FROM ... WHERE ...), and their ``number``, as a SELECT."""

    def grouped(self, column: str) -> str:
        """A column to group by, of changes that conditions alone decide how to find."""
        return column

    @abstractmethod
    def id_in_text(self, text: str, id_type: str) -> str:
        """An id from its text in a list of links."""

    @abstractmethod
    def text_of_id(self, column: str) -> str:
        """The text of an id in a list of links."""

    @abstractmethod
    def each(self, column: str) -> str:
        """Joins the elements of a list as JSON, as rows ``e`` with the columns ``value`` (a text) and ``key``."""

    def elements(self, state: str, name: str) -> str:
        """Joins the elements of a list in a state; see :meth:`each`."""
        return self.each(self.part(state, name))

    @abstractmethod
    def members(self, column: str) -> str:
        """The keys and values of an object whose values are texts, as rows ``e`` with columns ``key`` and ``value``."""

    @abstractmethod
    def has(self, state: str, name: str) -> str:
        """Whether a state has a key."""

    @abstractmethod
    def part(self, state: str, name: str) -> str:
        """A list or an object in a state, as JSON of the database."""

    @abstractmethod
    def value(self, state: str, field: Any) -> str:
        """The value of a field in a state, as its column would hold it."""

    @abstractmethod
    def may_have(self, state: str, names: Sequence[str]) -> str:
        """Whether a state has one of some keys; quick, and sometimes true of one that has none."""

    @abstractmethod
    def refers(self, state: str) -> str:
        """Whether a state may name other records, as the index ``change_of_reference`` has it."""

    @abstractmethod
    def looked_up(self, names: Sequence[str], of: str, *, gone: bool, sure: bool) -> dict[str, str]:
        """What is looked up once for a row ``s`` in changes ``c`` of its record (FROM ... WHERE ...): column -> SQL.

        :meth:`is_known`, :meth:`known`, :meth:`known_part`, :meth:`life` and :meth:`last_state` read it.

        Parameters
        ----------
        names
            Keys of states whose earliest known values are needed.
        gone : bool
            Whether the state in which the record was deleted is needed.
        sure : bool
            Whether all of them existed, so that :meth:`life` is only needed of those that are gone.
        """

    @abstractmethod
    def is_known(self, name: str) -> str:
        """Whether there is an earliest value of a key."""

    @abstractmethod
    def known(self, field: Any) -> str:
        """The earliest value of a field."""

    @abstractmethod
    def known_part(self, name: str) -> str:
        """The earliest value of a key that is a list or an object, as JSON; NULL if there is none."""

    @abstractmethod
    def life(self, *, alone: bool = False) -> str:
        """Whether the record appeared (1) or went (-1) first, else NULL. ``alone`` if nothing else was looked up."""

    @abstractmethod
    def last_state(self) -> str:
        """The state in which the record was last deleted."""

    @abstractmethod
    def mentioned(self, name: str, of: str) -> str:
        """An object of the elements of a list that changes ``c`` mention: whether it was there before.

        ``of`` is FROM ... WHERE ... of the changes. The first mention decides; NULL if there is none.
        """

    @abstractmethod
    def each_mentioned(self, column: str) -> str:
        """Joins the elements of :meth:`mentioned` that were there, as rows ``j`` with a column ``key``."""

    @abstractmethod
    def unmentioned(self, column: str, text: str) -> str:
        """Whether an element is none of :meth:`mentioned`."""

    @abstractmethod
    def entries(self, held: str, name: str, of: str) -> str:
        """The entries of a log before changes ``c``, given as FROM ... WHERE ..., from those that it holds now."""

    @abstractmethod
    def first_of_each(self, what: str, of: str, name: str) -> str:
        """For each record of some changes ``c`` (FROM ... WHERE ...) the first that has a key in its previous state.

        ``what`` is what is selected of it; its columns are those of ``c``.
        """


class PastPostgreSQL(PastDialect):
    """PostgreSQL: states are ``jsonb``."""

    vendor = "postgresql"
    fence = " OFFSET 0"
    nothing = "NULL::jsonb"

    def id_of(self, key: str, id_type: str) -> str:
        return key if id_type == "uuid" else f"right({key}::text,12)::bigint"

    def lowest(self, key: str, of: str) -> str:
        # Before version 18 there is no min(uuid). Fenced, since an index in the order of keys has all changes.
        first = f"SELECT k FROM (SELECT {key} AS k {of}{self.fence}) z ORDER BY k LIMIT 1"
        return f"SELECT ({first}) AS lowest,(SELECT count(*) {of}) AS number"

    def id_in_text(self, text: str, id_type: str) -> str:
        return f"{text}::{'uuid' if id_type == 'uuid' else 'bigint'}"

    def text_of_id(self, column: str) -> str:
        return f"{column}::text"

    def each(self, column: str) -> str:
        listed = f"CASE jsonb_typeof({column}) WHEN 'array' THEN {column} ELSE '[]' END"
        return f"CROSS JOIN LATERAL jsonb_array_elements_text({listed}) WITH ORDINALITY AS e(value,key)"

    def members(self, column: str) -> str:
        return f"jsonb_each_text({column}) AS e(key,value)"

    def has(self, state: str, name: str) -> str:
        return f"{state} ? '{name}'"

    def part(self, state: str, name: str) -> str:
        return f"({state}->'{name}')"

    def value(self, state: str, field: Any) -> str:
        name = field.attname
        if isinstance(field, models.JSONField):
            return f"NULLIF({state}->'{name}','null'::jsonb)"
        if isinstance(field, SpanField):
            return self._span(f"({state}->>'{name}')")
        kind = str(field.db_type(connections[DEFAULT_DB_ALIAS]))
        return f"({state}->>'{name}')" + ("" if kind.startswith(("varchar", "text")) else f"::{kind}")

    def _span(self, text: str) -> str:
        seconds = f"EXTRACT(EPOCH FROM ltrim({text},'-')::interval)"
        sign = f"(CASE WHEN {text} LIKE '-%%' THEN -1 ELSE 1 END)"
        return f"(CASE WHEN {text} ~ '^-?[0-9]+$' THEN {text}::bigint ELSE {sign}*round({seconds}*1000000)::bigint END)"

    def may_have(self, state: str, names: Sequence[str]) -> str:
        listed = ",".join(f"'{name}'" for name in names)
        return f"{state} ?| ARRAY[{listed}]"

    def refers(self, state: str) -> str:
        return f"STRPOS(({state})::text,'_id\":')>0"

    def looked_up(self, names: Sequence[str], of: str, *, gone: bool, sure: bool) -> dict[str, str]:
        if not names and not gone:
            return {"f": _life(of, sure=sure)}
        # One subquery for all of it: planning takes longer than running them. The last one of a key is kept.
        listed = ",".join(f"'{name}'" for name in names)
        parts = [f"SELECT key,value,-c.id AS place FROM jsonb_each(c.before) WHERE key IN ({listed})"] if names else []
        parts += ["SELECT '+',to_jsonb(c.life),-c.id WHERE c.life<>0"]
        parts += ["SELECT '-',c.before,c.id WHERE c.life=-1"] if gone else []
        source, _, where = of.partition(" WHERE ")
        each = f"CROSS JOIN LATERAL ({' UNION ALL '.join(parts)}) e(key,value,place)"
        found = f"(SELECT jsonb_object_agg(e.key,e.value ORDER BY e.place) {source} {each} WHERE {where})"
        # Nothing else is asked of a row that is there.
        return {"m": f"CASE WHEN x.id IS NULL THEN {found} END" if sure and not names else found}

    def is_known(self, name: str) -> str:
        return f"s.m ? '{name}'"

    def known(self, field: Any) -> str:
        return self.value("s.m", field)

    def known_part(self, name: str) -> str:
        return f"(s.m->'{name}')"

    def life(self, *, alone: bool = False) -> str:
        return "s.f" if alone else "(s.m->>'+')::int"

    def last_state(self) -> str:
        return "(s.m->'-')"

    def mentioned(self, name: str, of: str) -> str:
        source, _, where = of.partition(" WHERE ")
        sides = " UNION ALL ".join(
            f"SELECT value,2*c.id+{late} FROM jsonb_array_elements_text(CASE jsonb_typeof({state}->'{name}')"
            f" WHEN 'array' THEN {state}->'{name}' ELSE '[]' END)"
            for late, state in enumerate(("c.before", "c.after"))
        )
        each = f"SELECT e.v,min(e.f)&1=0 AS f {source} CROSS JOIN LATERAL ({sides}) e(v,f) WHERE {where} GROUP BY e.v"
        return f"(SELECT jsonb_object_agg(w.v,w.f) FROM ({each}) w)"

    def each_mentioned(self, column: str) -> str:
        return f"JOIN LATERAL jsonb_each({column}) AS j(key,value) ON j.value='true'"

    def unmentioned(self, column: str, text: str) -> str:
        return f"NOT COALESCE({column} ? {text},false)"

    def entries(self, held: str, name: str, of: str) -> str:
        source, _, where = of.partition(" WHERE ")

        def mentioned(state: str, late: str) -> str:
            listed = f"CASE jsonb_typeof({state}->'{name}') WHEN 'array' THEN {state}->'{name}' ELSE '[]' END"
            return (
                f"SELECT e.value AS v,2*c.id{late} AS f {source} CROSS JOIN LATERAL jsonb_array_elements({listed})"
                f" AS e(value) WHERE {where}"
            )

        both = f"{mentioned('c.before', '')} UNION ALL {mentioned('c.after', '+1')}"
        first = f"SELECT v,min(f) AS f FROM ({both}) w GROUP BY v"
        time = "rtrim(COALESCE(h.v->>'start_date_time',h.v->>'date_time'),'Z') COLLATE \"C\""
        return (
            f"(WITH k AS ({first}) SELECT COALESCE(jsonb_agg(h.v ORDER BY {time}),'[]')"
            " FROM (SELECT k.v FROM k WHERE (k.f&1)=0"
            f" UNION ALL SELECT y.v FROM jsonb_array_elements({held}) AS y(v)"
            " WHERE NOT EXISTS (SELECT 1 FROM k WHERE k.v=y.v)) h)"
        )

    def first_of_each(self, what: str, of: str, name: str) -> str:
        return f"SELECT DISTINCT ON (c.record_id) {what} {of} AND c.before ? '{name}' ORDER BY c.record_id,c.id"


class PastSQLite(PastDialect):
    """SQLite: states are texts; :mod:`.sqlite` has functions for what its own do not preserve."""

    vendor = "sqlite"
    # A limit alone does not keep the subquery apart; a limit and a condition around it do.
    fence = " LIMIT -1"
    asks_first = True

    def id_of(self, key: str, id_type: str) -> str:
        return key if id_type == "uuid" else f"CAST(substr({key},{len(INTEGER_KEY) + 1}) AS INTEGER)"

    def few(self, key: str) -> str:
        return f"likelihood({key} IS NOT NULL,0.0001)"

    def lowest(self, key: str, of: str) -> str:
        return f"SELECT min({self.grouped(key)}) AS lowest,count(*) AS number {of}"

    def grouped(self, column: str) -> str:
        # The plus keeps SQLite from reading all changes of a model in the order of an index, to save a sort.
        return f"+{column}"

    def id_in_text(self, text: str, id_type: str) -> str:
        return text if id_type == "uuid" else f"CAST({text} AS INTEGER)"

    def text_of_id(self, column: str) -> str:
        return f"CAST({column} AS TEXT)"

    def each(self, column: str) -> str:
        # What is no list is NULL or text that is no JSON.
        return f"JOIN json_each(CASE substr({column},1,1) WHEN '[' THEN {column} ELSE '[]' END) e"

    def members(self, column: str) -> str:
        return f"json_each({column}) e"

    def has(self, state: str, name: str) -> str:
        return f"json_type({state},'$.{name}') IS NOT NULL"

    def part(self, state: str, name: str) -> str:
        return f"json_extract({state},'$.{name}')"

    def value(self, state: str, field: Any) -> str:
        name = field.attname
        found = f"json_extract({state},'$.{name}')"
        if isinstance(field, models.JSONField):
            return f"kept_json({state},'{name}')"
        if isinstance(field, SpanField):
            return f"kept_span({found})"
        if isinstance(field, models.DateTimeField):
            return f"replace(replace(replace({found},'T',' '),'+00:00',''),'Z','')"
        return found

    def may_have(self, state: str, names: Sequence[str]) -> str:
        # Reading JSON takes ten times as long.
        return "(" + " OR ".join(f"instr({state},'\"{name}\":')" for name in names) + ")"

    def refers(self, state: str) -> str:
        return f"INSTR(CAST({state} AS text),'_id\":')>0"

    def looked_up(self, names: Sequence[str], of: str, *, gone: bool, sure: bool) -> dict[str, str]:
        found = {"f": _life(of, sure=sure)}
        if names:
            # The ids of the changes instead of the values: SQLite would round numbers when it writes them into JSON.
            listed = ",".join(f"'{name}'" for name in names)
            source, _, where = of.partition(" WHERE ")
            each = (
                f"SELECT e.key AS k,min(c.id) AS i {source} JOIN json_each(c.before) e"
                f" WHERE {where} AND e.key IN ({listed}) GROUP BY e.key"
            )
            # Most have not changed, and grouping nothing takes longer than looking.
            found["m"] = f"CASE WHEN EXISTS (SELECT 1 {of}) THEN (SELECT json_group_object(k,i) FROM ({each})) END"
        if gone:
            last = f"SELECT c.before {of} AND c.life=-1 ORDER BY c.id DESC LIMIT 1"
            found["e"] = f"CASE WHEN x.id IS NULL THEN ({last}) END"
        return found

    def is_known(self, name: str) -> str:
        return f"json_extract(s.m,'$.{name}') IS NOT NULL"

    def known(self, field: Any) -> str:
        return self._at(field.attname, self.value("c.before", field))

    def known_part(self, name: str) -> str:
        return self._at(name, self.part("c.before", name))

    def _at(self, name: str, value: str) -> str:
        return f"(SELECT {value} FROM core_change c WHERE c.id=json_extract(s.m,'$.{name}'))"

    def life(self, *, alone: bool = False) -> str:  # noqa: ARG002 - it always is
        return "s.f"

    def last_state(self) -> str:
        return "s.e"

    def mentioned(self, name: str, of: str) -> str:
        source, _, where = of.partition(" WHERE ")
        side = "CASE n.value WHEN 0 THEN c.before ELSE c.after END"
        listed = f"CASE json_type({side},'$.{name}') WHEN 'array' THEN json_extract({side},'$.{name}') ELSE '[]' END"
        each = (
            f"SELECT e.value AS v,1-(min(2*c.id+n.value)&1) AS f {source}"
            f" JOIN json_each('[0,1]') n JOIN json_each({listed}) e WHERE {where} GROUP BY e.value"
        )
        told = f"NULLIF((SELECT json_group_object(v,f) FROM ({each})),'{{}}')"
        either = f"({self.may_have('c.before', [name])} OR {self.may_have('c.after', [name])})"
        return f"CASE WHEN EXISTS (SELECT 1 {of} AND {either}) THEN {told} END"

    def each_mentioned(self, column: str) -> str:
        return f"JOIN json_each({column}) j ON j.value=1"

    def unmentioned(self, column: str, text: str) -> str:
        return f"({column} IS NULL OR {text} NOT IN (SELECT key FROM json_each({column})))"

    def entries(self, held: str, name: str, of: str) -> str:
        source, _, where = of.partition(" WHERE ")
        one = f"json_array(json_extract(c.before,'$.{name}'),json_extract(c.after,'$.{name}'))"
        told = f"SELECT json_group_array(json(t)) FROM (SELECT {one} AS t {source} WHERE {where} ORDER BY c.id)"
        return f"kept_entries({held},({told}))"

    def first_of_each(self, what: str, of: str, name: str) -> str:
        # The other columns are those of the row with the smallest id.
        has = f"{self.may_have('c.before', [name])} AND {self.has('c.before', name)}"
        return f"SELECT {what},min(c.id) AS first {of} AND {has} GROUP BY {self.grouped('c.record_id')}"


def first_life(of: str) -> str:
    """Whether a record appeared (1) or went (-1) first in changes ``c`` of it (FROM ... WHERE ...); NULL if neither."""
    return f"(SELECT c.life {of} AND c.life<>0 ORDER BY c.id LIMIT 1)"


def _life(of: str, *, sure: bool) -> str:
    """What first happened to the record of a row ``x``; ``sure`` if that is only needed of those that are gone."""
    return f"CASE WHEN x.id IS NULL THEN {first_life(of)} END" if sure else first_life(of)


PAST_DIALECTS: dict[str, PastPostgreSQL | PastSQLite] = {"postgresql": PastPostgreSQL(), "sqlite": PastSQLite()}

__all__ = ["PAST_DIALECTS", "PastDialect", "first_life"]
