"""Records as they stood at a moment -> SQL: like :mod:`.projection`, level by level instead of row by row.

The rows of each included relation are found at once for all rows that they are reached from, and named. SQLite could
not look up the rows of one record among all rows of a model, as it does among those of a table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ..access.scope import visible
from ..model.registry import Relation, Spec, group_spec, membership_table, shares_scope, specs, user_spec
from ..model.trees import Role
from ..sql.dialect import SQLite
from ..sql.fragment import TRUE, Sql, join, quoted
from ..sql.past import PAST_DIALECTS
from .nodes import Node
from .past import Past, columns_read
from .past_links import TAGS, differs, leads_to_what_existed, linking
from .projection import MEMBERS, RECORD, SHARED, Flags, Projection, budgeted
from .sources import from_hop, known_of, near_row, rows_reached, tags_held

_LEVEL = " ".join(f"WHEN '{role.name.lower()}' THEN {int(role)}" for role in Role)


@dataclass
class PastProjection(Projection):
    """Writes the JSON expressions of one plan about the past.

    Attributes
    ----------
    held_in : dict
        Alias of rows -> name of the subquery that they come from.
    read : dict
        Alias of rows -> SQL elsewhere that reads columns of them.
    joins : dict
        Alias of rows -> what is to be joined to them, after ``FROM``.
    reached : dict
        Alias of rows -> what is shown of them, and whether lists led to them.
    """

    held_in: dict[str, str] = field(default_factory=dict)
    read: dict[str, list[str]] = field(default_factory=dict)
    joins: dict[str, list[Sql]] = field(default_factory=dict)
    reached: dict[str, tuple[Node, bool]] = field(default_factory=dict)

    @property
    def past(self) -> Past:
        """The source of rows."""
        assert self.writer.past is not None
        return self.writer.past

    def from_rows(self, alias: str) -> Sql:
        """The rows under an alias, with all that was joined to them."""
        return join(" ", [Sql(f"{self.held_in[alias]} {alias}"), *self.joins.get(alias, ())])

    def columns(self, alias: str, texts: Iterable[str]) -> set[str]:
        """The columns of rows that some SQL reads, or that what is reached from them starts from."""
        joined = (one.text for one in self.joins.get(alias, ()))
        return columns_read(alias, [*texts, *self.read.get(alias, ()), *joined])

    def version(self, spec: Spec, alias: str) -> Sql:
        """The version that the row ``alias`` had."""
        key = self.writer.dialect.record_key(f"{alias}.id", spec.columns["id"].wire_type)
        moment = self.writer.dialect.cast("datetime")
        changes = f"FROM core_change h WHERE h.model = '{spec.label}' AND h.record_id = {key} AND h.at <= {moment}"
        return self.past.timed(f"CAST(COALESCE((SELECT max(h.id) {changes}),0) AS TEXT)")

    # -- lists ----------------------------------------------------------------------------------------------------

    def _ids(self, relation: Relation, alias: str) -> Sql:
        if not relation.owned and shares_scope(relation) and leads_to_what_existed(relation):
            return self._ids_linking(relation, alias)
        target = specs()[relation.target]
        far, held = self.writer.alias(target), self.writer.alias(target)
        order = f"{far}.place,{far}.id" if relation.kind == "link" else self._order(relation, far)
        source = from_hop(self.writer, relation, alias, far, [self._scope(relation, far)], reading=[order])
        then = Sql(self.writer.dialect.array_json(self._id_json(target, f"{far}.id"), source.text, order), source.slots)
        # Most lists are what they were, and are written as quickly as those of today.
        today = replace(self.writer.view, as_of=False)
        scope = TRUE if shares_scope(relation) else visible(target, held, today, hop=True)
        return self._if(differs(self.past, relation, alias), then, self._ids_held(relation, alias, held, scope))

    def _ids_linking(self, relation: Relation, alias: str) -> Sql:
        """Of what links to a row now, and did then, nothing else needs to be known: it may be thousands."""
        target = specs()[relation.target]
        far, seen = self.writer.alias(target), self.writer.alias(target)
        scope = self._scope(relation, seen)
        then, still = linking(self.past, relation, near_row(relation, alias))
        rows = self.past.rows(target, then, columns_read(seen, [scope.text]), sure=True)
        both = f"SELECT {seen}.id FROM (" + rows + f") {seen} WHERE " + scope + " UNION ALL SELECT h.id FROM ("
        source = "FROM (" + both + still + f") h) {far} WHERE 1=1"
        text = self.writer.dialect.array_json(self._id_json(target, f"{far}.id"), source.text, f"{far}.id")
        return Sql(text, source.slots)

    def _tags(self, spec: Spec, alias: str) -> Sql:
        now = self._tag_names(tags_held(spec, alias))
        return self._if(f"{alias}.{TAGS} IS NOT NULL", super()._tags(spec, alias), now)

    def _if(self, condition: str, then: Sql, otherwise: Sql) -> Sql:
        return "(CASE WHEN " + self.past.timed(condition) + " THEN " + then + " ELSE " + otherwise + " END)"

    # -- included records -----------------------------------------------------------------------------------------

    def _included_one(self, child: Node, column: Sql, relation: Relation, alias: str) -> Sql:
        name = self._reached(child, relation, column, alias)
        if isinstance(self.writer.dialect, SQLite):
            return f"COALESCE((SELECT {name}.doc FROM {name} WHERE {name}.id = " + column + "),'null')"
        self._join(alias, f"LEFT JOIN {name} ON {name}.id = " + column)
        return Sql(f"COALESCE({name}.doc,'null')")

    def _included_many(self, child: Node, relation: Relation, alias: str) -> Sql:
        name = self._reached(child, relation, Sql(f"{alias}.id"), alias)
        dialect = self.writer.dialect
        if isinstance(dialect, SQLite):
            return budgeted(dialect.included_json(f"FROM {name} WHERE {name}.parent = {alias}.id"), RECORD)
        # PostgreSQL has no index on a named subquery, but joins it at once.
        lists = budgeted(dialect.grouped_json(name), RECORD)
        self._join(alias, "LEFT JOIN (" + lists + f") g{name} ON g{name}.parent = {alias}.id")
        return Sql(f"COALESCE(g{name}.doc,'[]')")

    def _join(self, alias: str, clause: Sql) -> None:
        self.joins.setdefault(alias, []).append(clause)

    def _reached(self, child: Node, relation: Relation, start: Sql, alias: str) -> str:
        """Name of ``doc``, ``id``, ``parent`` and ``place`` of the rows that a relation leads to from ``alias``."""
        far = self.writer.alias(child.spec)
        name = f"n{far}"
        self.held_in[far] = f"r{far}"
        self.reached[far] = (child, relation.many or self.reached.get(alias, (child, False))[1])
        known = known_of(relation, alias)
        self.read.setdefault(alias, []).append(start.text + known)
        place = len(self.nodes)
        doc, scope = self.readable(child, far), self._scope(relation, far)
        linked = f"{far}.id AS id" + (self._linked(relation, far) if relation.many else "")
        few = self.past.dialect.few(f"{alias}.id")
        near = "(SELECT DISTINCT " + start + f" AS id{known} FROM {self.held_in[alias]} {alias} WHERE {few})"
        columns = self.columns(far, [doc.text, scope.text, linked])
        rows = f"SELECT {far}.* FROM (" + rows_reached(self.past, relation, near, columns) + f") {far}"
        rows = rows + " WHERE " + scope if scope != TRUE else rows
        # Before what is reached from them in turn.
        self.nodes.insert(place, f"{self.held_in[far]} AS MATERIALIZED (" + rows + ")")
        self.nodes.append(f"{name} AS (SELECT {linked}," + doc + " AS doc FROM " + self.from_rows(far) + ")")
        return name

    def _linked(self, relation: Relation, far: str) -> str:
        ordered = relation.kind == "reverse" and relation.order
        return f",{far}.parent AS parent,{far}.{quoted(relation.order) if ordered else 'place'} AS place"

    # -- roles ------------------------------------------------------------------------------------------------------

    def _computed_users(self, node: Node, key: str, alias: str) -> Sql:  # noqa: ARG002 - as every computed key
        if node.spec.tree.keeps_members:
            return self._roles(node, alias, "users", f"{membership_table()} g", "g.group_id", MEMBERS)
        return self._roles(node, alias, "users", "core_usergrant g", "g.object_id", SHARED)

    def _computed_groups(self, node: Node, key: str, alias: str) -> Sql:  # noqa: ARG002 - as every computed key
        return self._roles(node, alias, "groups", "core_groupgrant g", "g.object_id", SHARED)

    def _roles(self, node: Node, alias: str, key: str, table: str, holder: str, flags: Flags) -> Sql:
        """Who held which role: as history has it if that has changed since, else as it is."""
        people = key == "users"
        spec, name, own = (user_spec(), "email", "g.user_id") if people else (group_spec(), "name", "g.group_id")
        driver = Sql(f"SELECT {own} AS id,g.level AS level FROM {table} WHERE {holder} = {alias}.id")
        rows = "FROM (" + self.past.rows(spec, driver, {name}, ("level",)) + ") u WHERE 1=1"
        now = self._role_map(f"u.{name}", "u.level", flags, self._to_holders(node, alias, rows))
        members = Sql(f"FROM {PAST_DIALECTS[self.writer.vendor].members(f'{alias}.was_{key}')} WHERE 1=1")
        level = f"(CASE e.value {_LEVEL} END)"
        then = self._role_map("e.key", level, flags, self._to_holders(node, alias, members))
        return f"(CASE WHEN {alias}.was_{key} IS NULL THEN " + now + " ELSE " + then + " END)"

    def _computed_authenticated_groups(self, node: Node, key: str, alias: str) -> Sql:
        now = super()._computed_authenticated_groups(node, key, alias)
        members = PAST_DIALECTS[self.writer.vendor].members(f"{alias}.was_groups")
        source = Sql(f"FROM {members} JOIN {group_spec().table} g ON g.name = e.key WHERE 1=1")
        source = self._to_holders(node, alias, source)
        then = Sql(self.writer.dialect.array_json("CAST(g.id AS TEXT)", source.text, "g.id"), source.slots)
        return f"(CASE WHEN {alias}.was_groups IS NULL THEN " + now + " ELSE " + then + " END)"


class Reach(PastProjection):
    """Finds the rows that would be included, without building their records."""

    def record(self, node: Node, alias: str) -> Sql:
        for key in node.children:
            self._value(node, key, alias)
        return Sql("''")

    def readable(self, node: Node, alias: str) -> Sql:
        return self.record(node, alias)


__all__ = ["PastProjection", "Reach"]
