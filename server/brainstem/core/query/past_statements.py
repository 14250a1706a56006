"""Plan + view -> one SQL statement about records as they stood at a moment, bound to the slot ``as_of``.

A page is found by the columns that decide it; only its rows are then put together. A plain list, in the order of ids,
does not even need those: it has today's rows, without those that have appeared since and with those that have gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.conf import settings

from ..access.scope import View, visible
from ..model.registry import Relation, specs
from ..sql.fragment import FALSE, TRUE, Sql, all_of, join, slot
from .comparisons import Writer
from .past import Past, columns_read
from .past_projection import PastProjection, Reach
from .plan import Plan
from .projection import PAGE, budgeted
from .sizes import least_size
from .sources import from_all, known_of, rows_reached
from .sql import (
    Statement,
    after_cursor,
    asks_for_address,
    from_audiences,
    key_expression,
    lists_everything,
    order_of,
    row_conditions,
    today_count,
    with_nodes,
)


def past_list_statement(plan: Plan, view: View, vendor: str, *, within: Relation | None = None) -> Statement:
    """As :func:`.sql.list_statement`."""
    writer = Writer(vendor, view)
    page = _Page(writer, plan, within)
    by_address = asks_for_address(plan)
    projection = PastProjection(writer, held="" if within else "b", by_address=by_address, held_in={"b": "page"})
    writer.rows["b"] = plan.spec
    doc = projection.readable(plan.node, "b") if by_address else projection.record(plan.node, "b")
    keys = [f"k{number}" for number in range(len(plan.keys))]
    names = [*keys, "id"] if plan.cursor else []
    rows = page.rows(projection.columns("b", [doc.text]), keys)
    before, behind = writer.dialect.around_page(names)
    head = "SELECT c.n,CASE WHEN b.id IS NULL THEN NULL ELSE " + doc + " END AS doc" + "".join(f",b.{n}" for n in names)
    body = head + " FROM (" + page.count() + ") c LEFT JOIN page b ON 1=1"
    if joined := projection.joins.get("b"):
        # They may have changed the order.
        body = join(" ", [body, *joined, Sql(f"ORDER BY {order_of(plan.keys, 'b')}")])
    nodes = [*page.past.tables.values(), "page AS MATERIALIZED (" + rows + ")", *projection.nodes]
    statement = with_nodes(nodes) + budgeted(before, PAGE) + body + behind
    # A plan for all values would neither begin at the cursor nor expect the few rows that are included.
    one_plan = page.is_plain and not plan.cursor and not plan.node.children
    return Statement(statement.text, statement.slots, len(plan.keys), one_plan=one_plan)


def past_record_statement(plan: Plan, view: View, vendor: str) -> Statement:
    """As :func:`.sql.record_statement`."""
    writer = Writer(vendor, view)
    projection = PastProjection(writer, held="a", held_in={"a": "record"})
    writer.rows["a"] = plan.spec
    doc = projection.record(plan.node, "a")
    selected = join(",", [projection.version(plan.spec, "a"), doc, Sql(writer.dialect.moment())])
    found = _with_record(projection, plan, [doc.text]) + "SELECT " + selected + " FROM " + projection.from_rows("a")
    return Statement(found.text, found.slots)


def past_page_size_statement(plan: Plan, view: View, vendor: str, *, within: Relation | None = None) -> Statement:
    """As :func:`.sizes.page_size_statement`."""
    writer = Writer(vendor, view)
    page, reach = _Page(writer, plan, within), Reach(writer, held_in={"b": "page"})
    writer.rows["b"] = plan.spec
    reach.record(plan.node, "b")
    rows = page.rows(reach.columns("b", ()), [f"k{number}" for number in range(len(plan.keys))])
    nodes = [*page.past.tables.values(), "page AS MATERIALIZED (" + rows + ")", *reach.nodes]
    found = with_nodes(nodes) + f"SELECT {_least(reach)}"
    return Statement(found.text, found.slots)


def past_record_size_statement(plan: Plan, view: View, vendor: str) -> Statement:
    """As :func:`.sizes.record_size_statement`."""
    writer = Writer(vendor, view)
    reach = Reach(writer, held_in={"a": "record"})
    writer.rows["a"] = plan.spec
    reach.record(plan.node, "a")
    found = _with_record(reach, plan, ()) + f"SELECT {_least(reach)} FROM record a"
    return Statement(found.text, found.slots)


def _with_record(projection: PastProjection, plan: Plan, texts: Iterable[str]) -> Sql:
    """The ``WITH`` clause that finds a record, if it is visible, and what is included in it."""
    past, scope = projection.past, visible(plan.spec, "a", projection.writer.view)
    names = projection.columns("a", [scope.text, *texts])
    id_type = past.id_type(plan.spec)
    one = "SELECT " + Sql(projection.writer.dialect.cast(id_type), (("id",),)) + " AS id"
    rows = "SELECT a.* FROM (" + past.rows(plan.spec, one, names) + ") a WHERE " + scope
    return with_nodes([*past.tables.values(), "record AS MATERIALIZED (" + rows + ")", *projection.nodes])


def _least(reach: Reach) -> str:
    """Minimum bytes of what is included through lists."""
    parts = ["0"]
    for alias, (node, in_lists) in reach.reached.items():
        if in_lists:
            least = least_size(node.spec, node.hidden, reach.writer.view.way_in)
            most = int(settings.BRAINSTEM_MAX_ANSWER_BYTES) // least + 1
            parts.append(f"(SELECT count(*) FROM (SELECT 1 FROM {reach.held_in[alias]} LIMIT {most}) z)*{least}")
    return "+".join(parts)


@dataclass
class _Page:
    """Which rows a page has, and how many the list has."""

    writer: Writer
    plan: Plan
    within: Relation | None

    @property
    def past(self) -> Past:
        """The source of rows."""
        assert self.writer.past is not None
        return self.writer.past

    @property
    def everything(self) -> bool:
        """Whether it lists everything that is seen."""
        return lists_everything(self.plan) and not self.within

    @property
    def is_plain(self) -> bool:
        """Whether it lists everything that is seen, in the order of ids."""
        return self.everything and not self.plan.keys

    def rows(self, names: set[str], keys: list[str]) -> Sql:
        """The rows of the page with some columns, in order."""
        spec = self.plan.spec
        chosen = self._below() if self.within else self._plain() if self.is_plain else self._ids()
        ordered = f" ORDER BY {order_of(self.plan.keys, '')}"
        return self.past.rows_looked_at(spec, chosen, names, keys) + ordered

    def _below(self) -> Sql:
        values, after = self._values()
        return "SELECT " + values + " " + self._from("a", after, [values.text]) + self._ordered() + self._window()

    def _ids(self) -> Sql:
        """Those that are as they were, as far as they may be on the page, and all others."""
        values, after = self._values()
        where = all_of([*row_conditions(self.writer, self.plan, "a", within=None), *after])
        spec, names = self.plan.spec, columns_read("a", [where.text, values.text])
        head, behind = "SELECT " + values + " FROM (", ") a WHERE " + where
        same = head + self.past.same_rows(spec, names) + behind + self._ordered() + self._most()
        other = head + self.past.other_rows(spec, names) + behind
        # Named, because SQLite parses only so much that is nested. It takes the types of columns from the last part;
        # those of changed values are not declared.
        both = (
            f"SELECT * FROM {self.past.named('others', other)} UNION ALL SELECT * FROM {self.past.named('same', same)}"
        )
        return f"SELECT * FROM ({both}) a" + self._ordered() + self._window()

    def _values(self) -> tuple[Sql, list[Sql]]:
        """The id and the sort values of a row ``a``, and the condition that it is after the cursor."""
        writer, plan = self.writer, self.plan
        writer.rows["a"] = plan.spec
        keys = [key_expression(writer, "a", key) for key in plan.keys]
        after = [after_cursor(writer, keys, plan.keys)] if plan.cursor else []
        return join(",", [Sql("a.id AS id"), *(key + f" AS k{number}" for number, key in enumerate(keys))]), after

    def _ordered(self) -> str:
        return f" ORDER BY {order_of(self.plan.keys)}"

    def _most(self) -> Sql:
        """As many rows as can be on the page, or before it."""
        return " LIMIT " + slot("limit") if self.plan.cursor else " LIMIT " + slot("limit") + "+" + slot("offset")

    def _from(self, alias: str, more: list[Sql], reading: Iterable[str] = ()) -> Sql:
        conditions = [*row_conditions(self.writer, self.plan, alias, within=self.within), *more]
        if self.within is None:
            return from_all(self.writer, self.plan.spec, alias, conditions, reading=reading)
        where = all_of(conditions)
        id_type = self.past.id_type(specs()[self.within.source])
        one = "SELECT " + Sql(self.writer.dialect.cast(id_type), (("id",),)) + " AS id"
        near = "(" + one + ")"
        if known := known_of(self.within, "r"):
            start = self.past.rows(specs()[self.within.source], one, columns_read("r", [known]))
            near = f"(SELECT r.id AS id{known} FROM (" + start + ") r)"
        rows = rows_reached(self.past, self.within, near, columns_read(alias, [where.text, *reading]))
        return "FROM (" + rows + f") {alias} WHERE " + where

    def _window(self) -> Sql:
        limit = " LIMIT " + slot("limit")
        return limit if self.plan.cursor else limit + " OFFSET " + slot("offset")

    def _plain(self) -> Sql:
        """In the order of ids: those that are seen today without those that have appeared, and those that have gone."""
        spec, today = self.plan.spec, visible(self.plan.spec, "a", _now(self.writer.view))
        self.writer.rows["a"] = spec
        after = [after_cursor(self.writer, [], ())] if self.plan.cursor else []
        still = f"SELECT a.id FROM {spec.table} a WHERE " + all_of(
            [today, "NOT " + self.past.appeared(spec, "a"), *after]
        )
        still = "SELECT y.id FROM (" + still + " ORDER BY a.id" + self._most() + ") y"
        gone = f"SELECT a.id FROM {self._gone()} a WHERE " + all_of(after)
        return "SELECT a.id AS id FROM (" + still + " UNION ALL " + gone + ") a ORDER BY a.id" + self._window()

    def _gone(self) -> str:
        """Name of the ids of what was seen then, and has gone."""
        spec = self.plan.spec
        scope = visible(spec, "g", self.writer.view)
        rows = self.past.gone_rows(spec, columns_read("g", [scope.text]))
        return self.past.named("gone", "SELECT g.id FROM (" + rows + ") g WHERE " + scope)

    def count(self) -> Sql:
        """How many rows the list has, as ``n``."""
        if not self.everything:
            self.writer.rows["q"] = self.plan.spec
            return "SELECT count(*) AS n " + self._from("q", [])
        spec, today = self.plan.spec, replace(self.writer, view=_now(self.writer.view))
        scope = visible(spec, "q", today.view)
        if spec.in_project_tree and scope not in (TRUE, FALSE):
            # By audience, which is seen or not as a whole.
            rows = f"FROM {spec.table} x WHERE x.audience_id=q.audience_id AND"
            each = "q.n-(" + self.past.number_appeared(spec, rows, "x", TRUE) + ")"
            still = "SELECT COALESCE(SUM(" + each + "),0) " + from_audiences(today, spec)
        else:
            appeared = self.past.number_appeared(spec, f"FROM {spec.table} q WHERE", "q", scope)
            still = "SELECT t.n-(" + appeared + ") FROM (" + today_count(today, self.plan) + ") t"
        return "SELECT CAST((" + still + f")+(SELECT count(*) FROM {self._gone()}) AS BIGINT) AS n"


def _now(view: View) -> View:
    return replace(view, as_of=False)


__all__ = [
    "past_list_statement",
    "past_page_size_statement",
    "past_record_size_statement",
    "past_record_statement",
]
