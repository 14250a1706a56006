"""Statements -> rows: the only part of reading that touches the database."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import OperationalError, connection

from ..access.scope import View
from ..access.viewer import Viewer
from ..errors import QueryError
from ..model.ids import RecordId
from ..model.registry import Relation, Spec, specs
from ..sql import database, deadlines
from ..sql.dialect import DIALECTS, PostgreSQL, SQLite
from ..sql.fragment import Slot
from ..steps import staged, step
from ..text.lines import composed
from ..text.numbers import LONGEST_COMPUTED, decimal_of
from .budget import rows_within_budget
from .kept import Kept
from .names import Condition, settled_types
from .past import MOMENT
from .past_statements import (
    past_list_statement,
    past_page_size_statement,
    past_record_size_statement,
    past_record_statement,
)
from .plan import Plan, plan
from .projection import PAGE, RECORD
from .sizes import page_size_statement, record_size_statement
from .sql import Statement, key_type, list_statement, record_statement
from .syntax import Filter, Query, Sort
from .values import PARSERS, parameters

Shape = tuple[Any, ...]
NO_BUDGET: dict[str, object] = {RECORD: None, PAGE: None}


@dataclass(frozen=True)
class Page:
    """Records of one page as JSON texts, the exact count of all records, and where the next page begins."""

    records: list[str]
    count: int
    next_cursor: str | None = None
    models: frozenset[str] | None = None


@dataclass(frozen=True)
class Shown:
    """One record as JSON text, its version, and when that was read: see :mod:`.moments`.

    ``models`` are those whose changes may change the text; None if other things may, too.
    """

    text: str
    version: str
    moment: str = ""
    models: frozenset[str] | None = None


@dataclass(frozen=True)
class Compiled:
    """A plan with its SQL.

    ``usual`` says that it is requested repeatedly.
    """

    plan: Plan
    statement: Statement
    usual: bool = False

    @property
    def size(self) -> int:
        """Its approximate size in bytes, including its cache key."""
        return 4_000 + 2 * len(self.statement.text) + 200 * len(self.statement.slots)


MEGABYTE = 1024 * 1024
# Statements for lists with a few includes take 30 kB. Nobody needs those above 100 kB every day.
_lists: Kept[Compiled] = Kept(lambda one: one.size, most=16 * MEGABYTE, largest=MEGABYTE // 4)
_records: Kept[Compiled] = Kept(lambda one: one.size, most=8 * MEGABYTE, largest=MEGABYTE // 4)
LONGEST_STATEMENT = MEGABYTE


def fetch_page(
    spec: Spec,
    query: Query,
    *,
    viewer: Viewer,
    base: str,
    within: Relation | None = None,
    parent_id: object = None,
    offered: bool = False,
) -> Page:
    """One page of the records that the actor sees in the portal; one SQL statement.

    Parameters
    ----------
    within, parent_id : optional
        Restrict to the records that this relation leads to from that record.
    offered : bool
        Return what may be referred to rather than what is listed: public personal attributes too.
    """
    compiled, values = bound_list(
        spec, query, viewer=viewer, base=base, within=within, parent_id=parent_id, offered=offered
    )

    def least_size() -> int:
        counted = _compiled_list_size(_shape(spec, query), _view(viewer, query), connection.vendor, within, offered)
        return _number(
            counted, _page_values(counted, query, viewer=viewer, base=base, within=within, parent_id=parent_id)
        )

    one_plan = compiled.usual and compiled.statement.one_plan
    ask = database.rows_of_one_plan if one_plan else database.rows
    rows = _rows(ask, compiled, values, query=query, least_size=least_size)
    records = [row[1] for row in rows if row[1] is not None]
    deadlines.charge(len(records), includes=len(query.includes))
    last = rows[-1][2:] if query.cursor is not None and len(records) == query.limit else None
    following = _encode_cursor(compiled.plan, last) if last else None
    return Page(records, int(rows[0][0]), following, compiled.statement.models)


def bound_list(
    spec: Spec,
    query: Query,
    *,
    viewer: Viewer,
    base: str,
    within: Relation | None = None,
    parent_id: object = None,
    offered: bool = False,
) -> tuple[Compiled, list[object]]:
    """The statement of a page with the values to bind, except for budgets; see :func:`fetch_page`."""
    compiled = _compiled_list(_shape(spec, query), _view(viewer, query), connection.vendor, within, offered)
    return compiled, _page_values(compiled, query, viewer=viewer, base=base, within=within, parent_id=parent_id)


def _page_values(
    compiled: Compiled, query: Query, *, viewer: Viewer, base: str, within: Relation | None, parent_id: object
) -> list[object]:
    dialect = DIALECTS[connection.vendor]
    cursor = _cursor_values(compiled.plan, query, dialect) if query.cursor is not None else {}
    bound = {"limit": query.limit, "offset": query.offset, "base": base} | _slots(viewer, query, dialect)
    if within is not None:
        id_type = specs()[within.source].columns["id"].wire_type
        bound["id"] = dialect.bind(id_type, parent_id)
    return _bind(compiled, query, dialect, bound, cursor)


def fetch_record(spec: Spec, record_id: RecordId, query: Query, *, viewer: Viewer, base: str) -> Shown | None:
    """One record, or None if this actor cannot see it; one SQL statement."""
    shape, view = _shape(spec, query), _view(viewer, query)
    compiled, usual = _compiled_record(shape, view, connection.vendor)
    dialect = DIALECTS[connection.vendor]
    id_type = spec.columns["id"].wire_type
    bound = {"id": dialect.bind(id_type, record_id), "base": base} | _slots(viewer, query, dialect)
    values = _bind(compiled, query, dialect, bound, {})

    def least_size() -> int:
        counted = _compiled_record_size(shape, view, connection.vendor)
        return _number(counted, _bind(counted, query, dialect, bound, {}))

    # The database keeps prepared statements per connection, so only frequent ones are prepared.
    prepared = partial(database.rows_of_prepared, bounded=not query.includes)
    rows = _rows(prepared if usual else database.rows, compiled, values, query=query, least_size=least_size)
    deadlines.charge(len(rows), includes=len(query.includes))
    return Shown(rows[0][1], rows[0][0], str(rows[0][2]), compiled.statement.models) if rows else None


def _view(viewer: Viewer, query: Query) -> View:
    """How the viewer looks at records: as they are, or as they stood.

    Raises
    ------
    QueryError
        If a time was asked for where it is not offered.
    """
    if query.moment is not None:
        return replace(viewer.view, as_of=True)
    if query.as_of is not None:
        raise QueryError.at("as_of", "Here records are only shown as they are now. Leave as_of out.")
    return viewer.view


def _slots(viewer: Viewer, query: Query, dialect: PostgreSQL | SQLite) -> dict[str, object]:
    """Values for the slots that many statements share."""
    moment = {} if query.moment is None else {MOMENT[0]: dialect.bind("datetime", query.moment)}
    return NO_BUDGET | viewer.slots(dialect) | moment


def refuse_unknown_names(spec: Spec, query: Query, *, viewer: Viewer) -> None:
    """Check the query for a record, before the write whose response it shapes.

    Raises
    ------
    QueryError
        As reading the record would.
    """
    _compiled_record(_shape(spec, query), _view(viewer, query), connection.vendor)


def _rows(
    ask: Callable[..., list[database.Row]],
    compiled: Compiled,
    values: list[object],
    *,
    query: Query,
    least_size: Callable[[], int],
) -> list[database.Row]:
    """The rows of a statement, within the budget of a response."""
    multiplies = compiled.plan.node.multiplies()
    with blamed(query):
        return rows_within_budget(ask, compiled.statement, values, least_size=least_size, count_first=multiplies)


def _number(compiled: Compiled, values: list[object]) -> int:
    found = database.rows(compiled.statement.text, values)
    return int(found[0][0]) if found else 0


def fetch_records(spec: Spec, ids: Sequence[RecordId], query: Query, *, viewer: Viewer, base: str) -> dict[object, str]:
    """Id -> JSON text of those of the records that the actor sees; one SQL statement."""
    if not ids:
        return {}
    among = Filter(("id", "in"), False, ",".join(map(str, ids)))
    asked = replace(query, filters=(among,), sorts=(), search=(), limit=len(ids), offset=0, cursor="", writable=False)
    compiled, values = bound_list(spec, asked, viewer=viewer, base=base)

    def least_size() -> int:
        counted = _compiled_list_size(_shape(spec, asked), _view(viewer, asked), connection.vendor, None, False)
        return _number(counted, _page_values(counted, asked, viewer=viewer, base=base, within=None, parent_id=None))

    rows = _rows(database.rows, compiled, values, query=query, least_size=least_size)
    deadlines.charge(len(rows), includes=len(query.includes))
    clean = spec.model._meta.pk.to_python
    return {clean(row[-1]): row[1] for row in rows if row[1] is not None}


def _shape(spec: Spec, query: Query) -> Shape:
    """The parts of a query that decide its SQL: names in order, and the types that give details their meaning."""
    settled = settled_types(query)
    return (
        spec.label,
        tuple((one.path, one.negated, settled.get(one.path, "")) for one in query.filters),
        query.sorts,
        query.includes,
        query.excludes,
        len(query.search),
        query.writable,
        query.level,
        query.named,
        bool(query.called),
        query.titles if query.typed else (),
        query.cursor is not None,
        query.versions,
    )


def _query_of(shape: Shape) -> tuple[Spec, Query]:
    label, filters, sorts, includes, excludes, terms, writable, level, named, called, titles, cursor, versions = shape
    sorted_by: tuple[Sort, ...] = sorts
    query = Query(
        filters=tuple(Filter(path, negated, value) for path, negated, value in filters),
        sorts=sorted_by,
        includes=includes,
        excludes=excludes,
        search=("",) * terms,
        writable=writable,
        level=level,
        named=named,
        called=("",) if called else (),
        titles=titles,
        typed="x" if titles else "",
        cursor="" if cursor else None,
        versions=versions,
    )
    return specs()[label], query


@staged("plan")
def _resolved(shape: Shape, view: View) -> Plan:
    spec, query = _query_of(shape)
    return plan(query, spec, view.way_in.hides)


def _compiled_list(shape: Shape, view: View, vendor: str, within: Relation | None, offered: bool) -> Compiled:
    key = (shape, view, vendor, within, offered)
    if (kept := _lists.get(key)) is not None:
        return kept
    resolved = _resolved(shape, view)
    with step("scope"):
        if view.as_of:
            statement = past_list_statement(resolved, view, vendor, within=within)
        else:
            statement = list_statement(resolved, view, vendor, within=within, offered=offered)
    made = _checked(Compiled(resolved, statement))
    usual = replace(made, usual=True)
    return usual if _lists.offer(key, usual) else made


def _compiled_record(shape: Shape, view: View, vendor: str) -> tuple[Compiled, bool]:
    """The statement, and whether it is used repeatedly."""
    key = (shape, view, vendor)
    if (kept := _records.get(key)) is not None:
        return kept, True
    resolved = _resolved(shape, view)
    write = past_record_statement if view.as_of else record_statement
    with step("scope"):
        made = _checked(Compiled(resolved, write(resolved, view, vendor)))
    return made, _records.offer(key, made)


def _checked(made: Compiled) -> Compiled:
    """Refuse statements that are too long to send to a database."""
    length = len(made.statement.text)
    if length > LONGEST_STATEMENT:
        raise QueryError.whole(
            f"This makes a statement of {length:,} characters; at most {LONGEST_STATEMENT:,} are sent to the"
            " database. Use fewer filters and sorts, and include fewer relations."
        )
    return made


def compiled_bytes() -> int:
    """Approximate size in bytes of the statements that this process keeps."""
    return _lists.info().size + _records.info().size


def forget_compiled() -> None:
    """Compile every statement again, because declarations have changed, as in tests."""
    _lists.clear()
    _records.clear()


@contextmanager
def blamed(query: Query) -> Iterator[None]:
    """Name the part of a query that makes it too complex, if the database refuses it for that reason."""
    try:
        yield
    except OperationalError as error:
        if not database.too_complex(error):
            raise
        raise QueryError.at(
            _longest(query),
            f"This is too complex for the database ({error}). Follow fewer relations here, or use fewer filters,"
            " sorts and includes.",
        ) from error


def _longest(query: Query) -> str:
    """The parameter that follows the most relations."""
    paths = [(len(one.path), one.negated, one.written) for one in query.filters]
    paths += [(len(one.path), False, "sort[]") for one in query.sorts]
    paths += [(len(path), False, "include[]") for path in query.includes]
    return max(paths)[2] if paths else "search"


def _compiled_list_size(shape: Shape, view: View, vendor: str, within: Relation | None, offered: bool) -> Compiled:
    resolved = _resolved(shape, view)
    if view.as_of:
        return Compiled(resolved, past_page_size_statement(resolved, view, vendor, within=within))
    return Compiled(resolved, page_size_statement(resolved, view, vendor, within=within, offered=offered))


def _compiled_record_size(shape: Shape, view: View, vendor: str) -> Compiled:
    resolved = _resolved(shape, view)
    write = past_record_size_statement if view.as_of else record_size_statement
    return Compiled(resolved, write(resolved, view, vendor))


def _bind(
    compiled: Compiled,
    query: Query,
    dialect: PostgreSQL | SQLite,
    bound: dict[str, object],
    cursor: dict[object, object],
) -> list[object]:
    values = [
        _values(group[0], one, dialect) for group, one in zip(compiled.plan.conditions, query.filters, strict=False)
    ]
    terms = [composed(term).lower() for term in query.search]

    def value_of(place: Slot) -> object:
        kind = place[0]
        if kind == "value":
            return values[place[1]][place[2]]
        if kind == "search":
            return terms[place[1]]
        if kind == "called":
            return dialect.members([composed(text).lower() for text in query.called])
        if kind == "typed":
            return composed(query.typed).lower()
        if kind == "cursor":
            return cursor[place[1]]
        return bound[kind]

    return [value_of(place) for place in compiled.statement.slots]


def _values(condition: Condition, one: Filter, dialect: PostgreSQL | SQLite) -> tuple[object, ...]:
    return parameters(condition.leaf, condition.operator, one.value, one.written, dialect)


# -- cursors ----------------------------------------------------------------------------------------------------------


def _fingerprint(resolved: Plan) -> str:
    names = repr(
        [(key.leaf.keys, key.leaf.worked or key.leaf.column, key.steps, key.descending) for key in resolved.keys]
    )
    return hashlib.sha256((resolved.spec.label + names).encode()).hexdigest()[:8]


def _encode_cursor(resolved: Plan, values: tuple[object, ...]) -> str:
    content = json.dumps([_fingerprint(resolved), *map(_plain, values)], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, dt.date | uuid.UUID | Decimal):
        return str(value)
    return value


def _cursor_values(resolved: Plan, query: Query, dialect: PostgreSQL | SQLite) -> dict[object, object]:
    """The sort values after which the page begins; an empty cursor stands for the start."""
    id_type = resolved.spec.columns["id"].wire_type
    if not query.cursor:
        return {"start": dialect.bind("boolean", True), "id": None} | dict.fromkeys(range(len(resolved.keys)))
    wrong = QueryError.at("cursor", "This cursor does not belong to this query; start again with an empty cursor.")
    try:
        padded = query.cursor + "=" * (-len(query.cursor) % 4)
        fingerprint, *values, last_id = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if fingerprint != _fingerprint(resolved) or len(values) != len(resolved.keys):
            raise wrong
        found = {number: _cursor_value(key_type(key), value, dialect)
                 for number, (key, value) in enumerate(zip(resolved.keys, values, strict=True))}  # fmt: skip
        return found | {"start": dialect.bind("boolean", False), "id": _cursor_value(id_type, last_id, dialect)}
    except (ValueError, TypeError, KeyError, RecursionError) as error:  # with those of base64, JSON and Unicode
        raise wrong from error


def _cursor_value(kind: str, value: object, dialect: PostgreSQL | SQLite) -> object:
    if value is None:
        return None
    if kind == "numeric":
        return dialect.bind("numeric", decimal_of(str(value), longest=LONGEST_COMPUTED))
    parse: Any = PARSERS.get(kind)
    if parse:
        return dialect.bind(kind, parse(str(value), "cursor"))
    text = str(value)
    if "\x00" in text:
        raise ValueError("a NUL character")
    text.encode()  # refuses half of a surrogate pair
    return text


__all__ = [
    "Page",
    "Shown",
    "blamed",
    "bound_list",
    "compiled_bytes",
    "fetch_page",
    "fetch_record",
    "fetch_records",
    "forget_compiled",
    "refuse_unknown_names",
]
