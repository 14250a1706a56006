"""What differs between PostgreSQL and SQLite, as one table of functions each.

Both build JSON as text, piece by piece: every ``*_json`` function gives an SQL expression of a text that is valid JSON
and never NULL.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from abc import ABC, abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ..model.fields import INTEGER_KEY

# Marker in PostgreSQL's error when a text exceeds its budget.
OVER_BUDGET = "over budget"
LONGER_THAN_ANY = 2**31 - 1  # bytes; what SQLite is built to make at most is less
JOINED = "group_concat(e,',')"
# How much is looked at to find out whether something has changed: soon it is cheaper to read it again.
MOST_RECORDED, MOST_OF_EVENT = 200, 50
MOST_PRINTED = 90  # values that one call of SQLite's printf takes, with some to spare


def literal(text: str) -> str:
    """An SQL literal for a statement with parameters."""
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def balanced(parts: Sequence[str]) -> str:
    """The texts, concatenated pairwise, which avoids both deep nesting and repeated copying."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({balanced(parts[:middle])}||{balanced(parts[middle:])})"


class Dialect(ABC):
    """The functions that both databases share."""

    vendor = ""

    def object_json(self, pairs: Sequence[tuple[str, str]]) -> str:
        """A JSON object of (key, expression of JSON text)."""
        parts: list[str] = []
        for position, (key, value) in enumerate(pairs):
            parts += [literal(("{" if position == 0 else ",") + json.dumps(key) + ":"), value]
        return balanced([*parts, "'}'"]) if pairs else "'{}'"

    def constant_json(self, value: object) -> str:
        """A fixed value."""
        return literal(json.dumps(value))

    def or_null(self, column: str, expression: str, nullable: bool) -> str:
        """The expression, or null if the column is NULL."""
        return f"COALESCE({expression},'null')" if nullable else expression

    @abstractmethod
    def array_json(self, element: str, source: str, order: str) -> str:
        """A JSON array of the element (JSON text) over ``source`` (FROM ... WHERE ...), ordered."""

    @abstractmethod
    def included_json(self, source: str) -> str:
        """A JSON array of the records of ``source``, which has ``doc`` (JSON text), ``place`` and ``id``.

        Ends the statement if the records together exceed the budget, a value for the placeholder that the expression
        may contain.
        """

    def around_page(self, keys: Sequence[str]) -> tuple[str, str]:
        """Prefix and suffix that hold a statement of ``n``, ``doc`` and ``keys`` to a budget.

        See :meth:`included_json`.
        """
        return "", ""

    @abstractmethod
    def map_json(self, key: str, value: str, source: str, order: str) -> str:
        """A JSON object of key (text column) and value (JSON text) over the rows of ``source``."""

    @abstractmethod
    def rows_without(self, column: str, key: str) -> str:
        """A JSON list of objects, each without one key."""

    @abstractmethod
    def roles_json(self, column: str, user: str) -> str:
        """The roles of one person in a JSON list of ``{"user": id, "role": text}``."""

    def json_of(self, wire_type: str, column: str) -> str:
        """JSON text of a column that is not NULL."""
        method = getattr(self, f"{wire_type}_json", self.string_json)
        return str(method(column))

    @abstractmethod
    def string_json(self, column: str) -> str:
        """A text."""

    @abstractmethod
    def record_key(self, column: str, wire_type: str) -> str:
        """An identifier as history stores it, whatever its type: see :class:`brainstem.core.model.fields.KeyField`."""

    @abstractmethod
    def moment(self) -> str:
        """What the statement sees of the database, as text that :meth:`changed_since` understands."""

    @abstractmethod
    def changed_since(self, moment: str, models: Sequence[str]) -> tuple[str, list[Any]]:
        """A statement with its values: whether anything was recorded about these models since a moment.

        So it says as well if more was recorded since than it looks at.
        """

    def integer_json(self, column: str) -> str:
        """A whole number."""
        return f"CAST({column} AS TEXT)"

    positive_integer_json = integer_json


class PostgreSQL(Dialect):
    """PostgreSQL 13 and later."""

    vendor = "postgresql"

    def array_json(self, element: str, source: str, order: str) -> str:
        return f"COALESCE((SELECT '['||string_agg({element},',' ORDER BY {order})||']' {source}),'[]')"

    def included_json(self, source: str) -> str:
        # OFFSET 0 keeps the planner from building each record twice, once to measure it and once to return it.
        within = f"SELECT place,id,{self._within_budget()} AS doc FROM (SELECT doc,place,id {source} OFFSET 0) i"
        return f"COALESCE((SELECT '['||string_agg(doc,',' ORDER BY place,id)||']' FROM ({within}) j),'[]')"

    def grouped_json(self, source: str) -> str:
        """As :meth:`included_json`, for all of what has the same ``parent``: rows of ``parent`` and ``doc``."""
        measured = self._within_budget("PARTITION BY parent ")
        within = f"SELECT parent,place,id,{measured} AS doc FROM (SELECT parent,place,id,doc FROM {source} OFFSET 0) i"
        return f"SELECT parent,'['||string_agg(doc,',' ORDER BY place,id)||']' AS doc FROM ({within}) j GROUP BY parent"

    def around_page(self, keys: Sequence[str]) -> tuple[str, str]:
        return f"SELECT {','.join(['n', self._within_budget(), *keys])} FROM (", " OFFSET 0) t"

    def record_key(self, column: str, wire_type: str) -> str:
        return column if wire_type == "uuid" else f"('{INTEGER_KEY}'||lpad({column}::text,12,'0'))::uuid"

    def moment(self) -> str:
        return "pg_current_snapshot()::text"

    def changed_since(self, moment: str, models: Sequence[str]) -> tuple[str, list[Any]]:
        # Of transactions, not of numbers of changes: a number that is lower may be committed later.
        visible = "pg_visible_in_snapshot(n.transaction::text::xid8,%s::pg_snapshot)"
        # Values in subqueries, so that the planner expects the same of all and plans the prepared statement only once.
        newest = (
            "SELECT id,transaction,row_number() OVER (ORDER BY transaction DESC) AS place FROM core_event"
            f" WHERE transaction>=(SELECT %s::bigint) ORDER BY transaction DESC LIMIT {MOST_RECORDED}"
        )
        some = f"SELECT model FROM core_change WHERE event_id=n.id LIMIT {MOST_OF_EVENT}"
        among = "model=ANY((SELECT %s::text[])::text[])"
        concerned = f"SELECT count(*)={MOST_OF_EVENT} OR bool_or({among}) FROM ({some}) c"
        unseen = f"n.place={MOST_RECORDED} OR NOT {visible} AND ({concerned})"
        statement = f"SELECT EXISTS (SELECT 1 FROM ({newest}) n WHERE {unseen})"
        return statement, [int(moment.partition(":")[0]), moment, [*models]]

    def _within_budget(self, rows: str = "") -> str:
        """The text ``doc``; raises an error as soon as the running total exceeds the value of the placeholder."""
        running = f"sum(octet_length(doc)) OVER ({rows}ROWS UNBOUNDED PRECEDING)"
        return (
            f"CASE WHEN {running}>%s::bigint THEN CAST('{OVER_BUDGET} '||octet_length(doc) AS int)::text ELSE doc END"
        )

    def map_json(self, key: str, value: str, source: str, order: str) -> str:
        pair = f"{self.string_json(key)}||':'||{value}"
        return f"COALESCE((SELECT '{{'||string_agg({pair},',' ORDER BY {order})||'}}' {source}),'{{}}')"

    def rows_without(self, column: str, key: str) -> str:
        return self.array_json(f"(e.entry - {literal(key)})::text", f"FROM {self._entries(column)}", "e.place")

    def _entries(self, column: str) -> str:
        listed = f"jsonb_array_elements(CASE jsonb_typeof({column}) WHEN 'array' THEN {column} ELSE '[]' END)"
        return f"{listed} WITH ORDINALITY AS e(entry,place)"

    def roles_json(self, column: str, user: str) -> str:
        source = f"FROM {self._entries(column)} WHERE e.entry->>'user' = {user}::text"
        return self.array_json("(e.entry->'role')::text", source, "e.place")

    def string_json(self, column: str) -> str:
        return f"to_json({column}::text)::text"

    def uuid_json(self, column: str) -> str:
        return f"('\"'||{column}::text||'\"')"

    def boolean_json(self, column: str) -> str:
        return f"({column}::text)"

    def number_json(self, column: str) -> str:
        return f"(to_json({column})::text)"

    def json_json(self, column: str) -> str:
        return f"({column}::text)"

    def date_json(self, column: str) -> str:
        return f"('\"'||to_char({column},'YYYY-MM-DD')||'\"')"

    def datetime_json(self, column: str) -> str:
        text = f"to_char({column} AT TIME ZONE 'UTC','YYYY-MM-DD\"T\"HH24:MI:SS.US')"
        return f"('\"'||replace({text},'.000000','')||'Z\"')"

    def duration_json(self, column: str) -> str:
        seconds = f"(abs({column})/1000000)"
        sign = f"(CASE WHEN {column}<0 THEN '-' ELSE '' END)"
        hours = f"(CASE WHEN {seconds}/3600<10 THEN '0' ELSE '' END)||({seconds}/3600)::text"
        rest = f"lpad(({seconds}%%3600/60)::text,2,'0')||':'||lpad(({seconds}%%60)::text,2,'0')"
        micro = f"(CASE WHEN {column}%%1000000=0 THEN '' ELSE '.'||lpad((abs({column})%%1000000)::text,6,'0') END)"
        return f"('\"'||{sign}||{hours}||':'||{rest}||{micro}||'\"')"

    # -- conditions -------------------------------------------------------------------------------------------

    def folded(self, column: str) -> str:
        """Text for case-insensitive comparison, in every script."""
        return f'lower({column} COLLATE "und-x-icu")'

    def ordered_text(self, column: str) -> str:
        """Text that compares by code point."""
        return f'{column} COLLATE "C"'

    def member(self, column: str, wire_type: str) -> str:
        """Whether a column is one of the values of a list parameter."""
        arrays = {
            "uuid": "uuid[]",
            "integer": "bigint[]",
            "positive_integer": "bigint[]",
            "number": "float8[]",
            "duration": "bigint[]",
            "boolean": "boolean[]",
            "date": "date[]",
            "datetime": "timestamptz[]",
        }
        return f"{column} = ANY(%s::{arrays.get(wire_type, 'text[]')})"

    def members(self, values: list[Any]) -> Any:
        """The parameter of :meth:`member`."""
        return values

    def in_utc(self, column: str) -> str:
        """A time as the clocks of UTC show it."""
        return f"({column} AT TIME ZONE 'UTC')"

    def path(self, column: str, keys: Sequence[str]) -> str:
        """The JSON value below a path of keys (list positions are numbers)."""
        # Array literals only support a backslash before one character, not JSON escapes.
        escaped = (key.replace("\\", "\\\\").replace('"', '\\"') for key in keys)
        listed = ",".join(f'"{key}"' for key in escaped)
        return f"({column} #> {literal('{' + listed + '}')})"

    def rows_of(self, column: str) -> str:
        """The elements of a JSON list, as rows ``e`` with a column ``value``; an object is its only row."""
        listed = f"WHEN 'array' THEN {column} WHEN 'object' THEN jsonb_build_array({column})"
        return f"jsonb_array_elements(CASE jsonb_typeof({column}) {listed} ELSE '[]' END) AS e(value)"

    def json_number(self, value: str) -> str:
        """A JSON value as a number, NULL if it is not one."""
        return f"(CASE WHEN jsonb_typeof({value})='number' THEN ({value} #>> '{{}}')::numeric END)"

    def json_text(self, value: str) -> str:
        """A JSON value as text, NULL if it is not a string."""
        return f"(CASE WHEN jsonb_typeof({value})='string' THEN {value} #>> '{{}}' END)"

    def json_boolean(self, value: str) -> str:
        """A JSON value as "true" or "false", NULL if it is neither."""
        return f"(CASE WHEN jsonb_typeof({value})='boolean' THEN {value} #>> '{{}}' END)"

    def json_absent(self, value: str) -> str:
        """Whether a JSON value is missing or null."""
        return f"({value} IS NULL OR jsonb_typeof({value})='null')"

    def bind(self, wire_type: str, value: object) -> Any:
        """A parsed value as a parameter."""
        return value

    def cast(self, wire_type: str) -> str:
        """A placeholder with an unambiguous type."""
        casts = {"uuid": "uuid", "integer": "bigint", "positive_integer": "bigint", "number": "float8",
                 "duration": "bigint", "boolean": "boolean", "date": "date", "datetime": "timestamptz",
                 "numeric": "numeric", "quantity": "numeric"}  # fmt: skip
        return f"%s::{casts.get(wire_type, 'text')}"


def _printed(form: str, values: Sequence[str]) -> str:
    """The values in the places of a form, as SQLite prints them.

    Each ``||`` would keep its result until the row is done: a record with a long list in it took many times its size.
    Of a text that is longer than the connection may make, printf gives NULL; a blob that is as well is an error.
    """
    return f"ifnull(printf({literal(form)},{','.join(values)}),zeroblob({LONGER_THAN_ANY}))"


# The beginning of every list. Without elements what is joined is NULL, which printf leaves out.
_LISTED = f"(SELECT {_printed('[%s]', (JOINED,))} FROM ("


class SQLite(Dialect):
    """SQLite 3.35 and later."""

    vendor = "sqlite"

    def record_key(self, column: str, wire_type: str) -> str:
        return column if wire_type == "uuid" else f"printf('{INTEGER_KEY}%%012d',{column})"

    def moment(self) -> str:
        return "(SELECT COALESCE(max(id),0) FROM core_change)"

    def changed_since(self, moment: str, models: Sequence[str]) -> tuple[str, list[Any]]:
        some = f"SELECT model FROM core_change WHERE id>%s ORDER BY id LIMIT {MOST_RECORDED}"
        among = "model IN (SELECT value FROM json_each(%s))"
        statement = f"SELECT count(*)={MOST_RECORDED} OR ifnull(max({among}),0) FROM ({some})"
        return statement, [json.dumps([*models]), int(moment)]

    def array_json(self, element: str, source: str, order: str) -> str:
        return f"{_LISTED}SELECT {element} AS e {source} ORDER BY {order}))"

    def object_json(self, pairs: Sequence[tuple[str, str]]) -> str:
        members, values = [], []
        for key, value in pairs:
            # The elements of a list are printed into the object itself, which saves one copy of all of them.
            listed = value.startswith(_LISTED)
            members.append(f"{json.dumps(key).replace('%', '%%')}:{'[%s]' if listed else '%s'}")
            values.append(f"(SELECT {JOINED} FROM ({value.removeprefix(_LISTED)}" if listed else value)
        printed = []
        for start in range(0, len(pairs), MOST_PRINTED):
            end = start + MOST_PRINTED
            form = ("," if start else "{") + ",".join(members[start:end]) + ("" if end < len(pairs) else "}")
            printed.append(_printed(form, values[start:end]))
        return balanced(printed) if pairs else "'{}'"

    def included_json(self, source: str) -> str:
        # The connection itself refuses to build text longer than the budget.
        return self.array_json("doc", source, "place,id")

    def map_json(self, key: str, value: str, source: str, order: str) -> str:
        inner = f"SELECT json_quote({key})||':'||{value} AS e {source} ORDER BY {order}"
        return f"(SELECT {_printed('{%s}', (JOINED,))} FROM ({inner}))"

    def rows_without(self, column: str, key: str) -> str:
        return self.array_json(f"json_remove(e.value,{literal('$.' + key)})", f"FROM json_each({column}) e", "e.key")

    def roles_json(self, column: str, user: str) -> str:
        source = f"FROM json_each({column}) e WHERE json_extract(e.value,'$.user') = {user}"
        return self.array_json("json_quote(json_extract(e.value,'$.role'))", source, "e.key")

    def string_json(self, column: str) -> str:
        return f"json_quote({column})"

    def uuid_json(self, column: str) -> str:
        return f"('\"'||{column}||'\"')"

    def boolean_json(self, column: str) -> str:
        return f"(CASE WHEN {column} THEN 'true' ELSE 'false' END)"

    def number_json(self, column: str) -> str:
        return f"json_quote({column})"

    def json_json(self, column: str) -> str:
        return column

    def date_json(self, column: str) -> str:
        return f"('\"'||{column}||'\"')"

    def datetime_json(self, column: str) -> str:
        return f"('\"'||replace({column},' ','T')||'Z\"')"

    def duration_json(self, column: str) -> str:
        seconds = f"abs({column})/1000000"
        text = (
            f"printf('%%s%%02d:%%02d:%%02d',CASE WHEN {column}<0 THEN '-' ELSE '' END,"
            f"{seconds}/3600,{seconds}%%3600/60,{seconds}%%60)"
        )
        micro = f"(CASE WHEN {column}%%1000000=0 THEN '' ELSE printf('.%%06d',abs({column})%%1000000) END)"
        # printf turns NULL into 0.
        return f"(CASE WHEN {column} IS NOT NULL THEN '\"'||{text}||{micro}||'\"' END)"

    # -- conditions -------------------------------------------------------------------------------------------

    def folded(self, column: str) -> str:
        if "(" in column:
            return f"fold_case({column})"
        # SQLite's own lower() is right for ASCII, and five times as fast as calling Python for every row.
        ascii_only = f"length({column})=length(CAST({column} AS BLOB))"
        return f"(CASE WHEN {ascii_only} THEN lower({column}) ELSE fold_case({column}) END)"

    def ordered_text(self, column: str) -> str:
        return f"{column} COLLATE BINARY"

    def member(self, column: str, wire_type: str) -> str:
        return f"{column} IN (SELECT value FROM json_each(%s))"

    def members(self, values: list[Any]) -> Any:
        return json.dumps(values)

    def in_utc(self, column: str) -> str:
        return column

    def path(self, column: str, keys: Sequence[str]) -> str:
        # Escaped like stored JSON: SQLite before 3.45 compares keys in their escaped form.
        steps = "".join(f"[{key}]" if key.isascii() and key.isdigit() else "." + json.dumps(key) for key in keys)
        return f"{column},{literal('$' + steps)}"

    def rows_of(self, column: str) -> str:
        listed = f"WHEN 'array' THEN {column} WHEN 'object' THEN '['||{column}||']'"
        return f"json_each(CASE json_type({column}) {listed} ELSE '[]' END) e"

    def json_number(self, value: str) -> str:
        return f"(CASE WHEN json_type({value}) IN ('integer','real') THEN json_extract({value}) END)"

    def json_text(self, value: str) -> str:
        return f"(CASE WHEN json_type({value})='text' THEN json_extract({value}) END)"

    def json_boolean(self, value: str) -> str:
        return f"(CASE WHEN json_type({value}) IN ('true','false') THEN json_type({value}) END)"

    def json_absent(self, value: str) -> str:
        return f"(json_type({value}) IS NULL OR json_type({value})='null')"

    def bind(self, wire_type: str, value: object) -> Any:
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, uuid.UUID | dt.date) and not isinstance(value, dt.datetime):
            return str(value)
        if isinstance(value, dt.datetime):
            return str(value.astimezone(dt.UTC).replace(tzinfo=None))
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral_value() and abs(value) < 2**62 else float(value)
        return value

    def cast(self, wire_type: str) -> str:
        return "%s"


DIALECTS: dict[str, PostgreSQL | SQLite] = {"postgresql": PostgreSQL(), "sqlite": SQLite()}
