"""The operators of filters, one row each: what it applies to, how its value is read, and its SQL. Pure.

A new operator is one new row. Queries, ``OPTIONS``, OpenAPI, the documentation, the Web API tool and the client follow
from it.

The SQL of a row is a template with these names, for a value in a column or inside JSON:

``{column}``, ``{ordered}``, ``{folded}``, ``{utc}``
    The value: as it is, as it sorts, ignoring case, and as a time in UTC.
``{0}``, ``{1}``
    The values of the filter, with their types.
``{member}``
    A condition: the value is in the list given.
``{absent}``
    A condition: there is no value, whatever that means for a column, file, list, relation or value inside JSON.
``{table}``, ``{own}``, ``{parent}``, ``{scope}``
    For records that form a tree: their table, and the columns that ``Resource.tree_of`` names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType

from ..errors import QueryError
from ..text.shown import shown

TEXT = frozenset({"string", "text", "richtext", "url", "email", "country"})
NUMBERS = frozenset({"integer", "positive_integer", "number"})
TIMES = frozenset({"date", "datetime"})
# A value of any type inside JSON, and the names of a record's tags, are compared like texts.
MATCHED = TEXT | {"json_path", "tags"}
COMPARED = MATCHED | NUMBERS | TIMES | {"duration", "quantity", "json_time"}
EQUATED = COMPARED | {"boolean", "uuid", "relation", "tree", "json_person"}
LISTED = EQUATED - {"quantity"}
# These can only be tested for being there.
ANYTHING = EQUATED | {"json", "image", "file"}
TREES = frozenset({"tree"})
# Kinds of whole fields; the others are kinds of values inside JSON.
WIRE_KINDS = ANYTHING - {"quantity", "json_path", "json_time", "json_person"}

# What a value inside JSON can be, in the order in which the types are tried.
ALL_TYPES = ("text", "number", "truth")
SORTED_TYPES = ("number", "text")
TEXTS_ONLY = ("text",)


def one(text: str, name: str) -> list[str]:
    """The text itself as the only value."""
    return [text]


def several(text: str, name: str) -> list[str]:
    """Values separated by commas; none if the text is empty."""
    return [part.strip() for part in text.split(",")] if text else []


def two(text: str, name: str) -> list[str]:
    """Two values separated by a comma."""
    parts = several(text, name)
    if len(parts) != 2:
        raise QueryError.at(name, f"Expected two values separated by a comma, got {shown(text)}.")
    return parts


@dataclass(frozen=True)
class Operator:
    """A way to compare.

    Parameters
    ----------
    name, label : str
        As written in a filter, and as read between a field and a value in a sentence.
    kinds : frozenset of str
        Kinds of values that it applies to; see :class:`.names.Leaf`.
    sql, sqlite : str
        The condition, and that of SQLite if it differs.
    measured : str
        The condition on quantities if it differs: converting between units changes the last digits.
    reads : callable
        Splits the text of a filter into values.
    value : str
        Type of the values, if not that of what they are compared with.
    inside : tuple of str
        The types of values inside JSON that it can compare.
    whole : bool
        Compares whole texts, so their markup is first normalised as it is when stored.
    opposite : str
        The operator that it negates, if that one may be satisfied by any of several values.
    """

    name: str
    label: str
    kinds: frozenset[str]
    sql: str
    sqlite: str = ""
    measured: str = ""
    reads: Callable[[str, str], list[str]] = one
    value: str = ""
    inside: tuple[str, ...] = ()
    whole: bool = False
    opposite: str = ""

    def condition(self, vendor: str, kind: str = "") -> str:
        """The template for a database."""
        if kind == "quantity" and self.measured:
            return self.measured
        return self.sqlite if vendor == "sqlite" and self.sqlite else self.sql

    @cached_property
    def width(self) -> int:
        """The number of values in its condition."""
        return max([0, *(int(digit) for digit in re.findall(r"{(\d)}", self.sql))]) + 1

    @cached_property
    def folds(self) -> bool:
        """Whether it ignores case."""
        return "{folded}" in self.sql

    @cached_property
    def lists(self) -> bool:
        """Whether its values are passed as one list parameter."""
        return "{member}" in self.sql

    @cached_property
    def asks_absence(self) -> bool:
        """Whether it tests if there is a value."""
        return "{absent}" in self.sql

    @cached_property
    def positive(self) -> bool:
        """Whether it is positive, so that it can be tested on each of several values."""
        return not self.opposite and not self.asks_absence

    @cached_property
    def of_record(self) -> bool:
        """Whether it concerns a related record rather than its id."""
        return "relation" not in self.kinds


_TREE = (
    "{column} IN (WITH RECURSIVE w(id,code,scope) AS (SELECT t.id,t.{own},t.{scope} FROM {table} t WHERE t.{own} = {0}"
    " OR CAST(t.id AS TEXT) = {0} UNION SELECT t.id,t.{own},t.{scope} FROM {table} t JOIN w ON t.{parent} = w.code"
    " AND t.{scope} = w.scope) SELECT w.id FROM w)"
)
_EQUAL = "(abs({column}-{0}) <= abs({0})*0.000000001)"

# In the order in which they are offered.
_ROWS = (
    Operator("eq", "is", EQUATED, "{column} = {0}", measured=_EQUAL, inside=ALL_TYPES, whole=True),
    Operator("ne", "is not", EQUATED, "({column} IS DISTINCT FROM {0})", "({column} IS NOT {0})", inside=ALL_TYPES,
             whole=True, opposite="eq"),
    Operator("in", "is one of", LISTED, "{member}", reads=several, inside=ALL_TYPES, whole=True),
    Operator("isnull", "is empty", ANYTHING, "(({absent}) = {0})", value="boolean"),
    Operator("gt", "is more than", COMPARED, "{ordered} > {0}", inside=SORTED_TYPES),
    Operator("gte", "is at least", COMPARED, "{ordered} >= {0}", inside=SORTED_TYPES),
    Operator("lt", "is less than", COMPARED, "{ordered} < {0}", inside=SORTED_TYPES),
    Operator("lte", "is at most", COMPARED, "{ordered} <= {0}", inside=SORTED_TYPES),
    Operator("range", "is between", COMPARED, "({ordered} >= {0} AND {ordered} <= {1})", reads=two,
             inside=SORTED_TYPES),
    Operator("contains", "contains", MATCHED, "strpos({column},{0}) > 0", "instr({column},{0}) > 0",
             inside=TEXTS_ONLY),
    Operator("icontains", "contains (any case)", MATCHED, "strpos({folded},{0}) > 0", "instr({folded},{0}) > 0",
             inside=TEXTS_ONLY),
    Operator("startswith", "starts with", MATCHED, "substr({column},1,length({0})) = {0}", inside=TEXTS_ONLY),
    Operator("istartswith", "starts with (any case)", MATCHED, "substr({folded},1,length({0})) = {0}",
             inside=TEXTS_ONLY),
    # On SQLite, substr(x, -0) is the whole text: start after the end instead.
    Operator("endswith", "ends with", MATCHED, "right({column},length({0})) = {0}",
             "substr({column},length({column})-length({0})+1) = {0}", inside=TEXTS_ONLY),
    Operator("iendswith", "ends with (any case)", MATCHED, "right({folded},length({0})) = {0}",
             "substr({folded},length({folded})-length({0})+1) = {0}", inside=TEXTS_ONLY),
    Operator("iexact", "is (any case)", MATCHED, "{folded} = {0}", inside=TEXTS_ONLY, whole=True),
    Operator("year", "is in year", TIMES, "EXTRACT(YEAR FROM {utc})::int = {0}",
             "CAST(substr({column},1,4) AS INTEGER) = {0}", value="integer"),
    Operator("month", "is in month", TIMES, "EXTRACT(MONTH FROM {utc})::int = {0}",
             "CAST(substr({column},6,2) AS INTEGER) = {0}", value="integer"),
    Operator("day", "is on day", TIMES, "EXTRACT(DAY FROM {utc})::int = {0}",
             "CAST(substr({column},9,2) AS INTEGER) = {0}", value="integer"),
    Operator("within", "is within", TREES, _TREE, value="code"),
)  # fmt: skip

OPERATORS: Mapping[str, Operator] = MappingProxyType({row.name: row for row in _ROWS})
USUAL = "eq"
LISTING = frozenset(row.name for row in _ROWS if row.lists)


@cache
def operators_of(kind: str) -> frozenset[str]:
    """Operators that apply to a kind of value."""
    return frozenset(name for name, row in OPERATORS.items() if kind in row.kinds)


__all__ = [
    "LISTING",
    "NUMBERS",
    "OPERATORS",
    "TEXT",
    "TIMES",
    "USUAL",
    "WIRE_KINDS",
    "Operator",
    "one",
    "operators_of",
    "several",
    "two",
]
