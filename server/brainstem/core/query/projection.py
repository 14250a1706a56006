"""Nodes of a plan -> SQL expressions that build each record's JSON, one ``WITH`` node for every included relation.

SQLite's parser runs out of stack on nested subqueries, so an included relation is not nested in its parent's
expression but gets a name next to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..access.scope import group_held, readable, role_held, visible
from ..model.declare import Computed
from ..model.fields import keeps_entries
from ..model.registry import (
    Relation,
    Spec,
    discloses,
    group_spec,
    membership_table,
    specs,
    through_relation,
    user_spec,
)
from ..model.trees import Role
from ..sql.fragment import TRUE, Sql, all_of, any_of, quoted, slot
from .comparisons import Writer
from .nodes import Node
from .sources import from_row, from_tags, hop

# Key of a record's version, where versions are requested.
VERSION = "version"
# The placeholders for budgets in a statement: for each list in a record, and for all records of a page.
RECORD, PAGE = "budget", "page_budget"
Flags = tuple[tuple[str, int], ...]
SHARED: Flags = (("can_change", 2), ("is_manager", 3), ("is_owner", 4))
MEMBERS: Flags = SHARED[1:]
# What is shown of the creator of a record if the caller does not know them.
_NAME = ("id", "first_name", "last_name")
# Kinds of computed keys that identify people, and what replaces them where that is not shown.
_ABOUT_PEOPLE = {"users": "{}", "groups": "{}", "authenticated_groups": "[]", "own_groups": "[]"}


def budgeted(text: str, place: str) -> Sql:
    """An expression of a dialect in which every placeholder is a budget."""
    places = text.replace("%%", "").count("%s")  # "%%s" is not a placeholder: it stands for "%s" in the statement
    return Sql(text, ((place,),) * places)


@dataclass
class Projection:
    """Writes the JSON expressions of one plan and collects the named subqueries that they need.

    Attributes
    ----------
    held : str
        Alias of rows that are listed because the caller holds a role on them, if roles decide what is listed.
    by_address : bool
        The people in the response were requested by their email address.
    """

    writer: Writer
    held: str = ""
    by_address: bool = False
    nodes: list[Sql] = field(default_factory=list)

    def record(self, node: Node, alias: str) -> Sql:
        """The JSON object of the row ``alias``."""
        pairs = [(key, self._value(node, key, alias)) for key in node.keys]
        if node.versioned:
            pairs.append((VERSION, "('\"'||" + self.version(node.spec, alias) + "||'\"')"))
        return self._with_slots(pairs)

    def version(self, spec: Spec, alias: str) -> Sql:
        """The version of the row ``alias``, as text: the number of its last change."""
        key = self.writer.dialect.record_key(f"{alias}.id", spec.columns["id"].wire_type)
        last = f"SELECT max(h.id) FROM core_change h WHERE h.model = '{spec.label}' AND h.record_id = {key}"
        return Sql(f"CAST(COALESCE(({last}),0) AS TEXT)")

    def readable(self, node: Node, alias: str) -> Sql:
        """The JSON object of a row that is referred to; only a name for people whom the caller does not know."""
        known, whole = readable(node.spec, alias, self.writer.view), self.record(node, alias)
        if known == TRUE:
            return whole
        return "CASE WHEN " + known + " THEN " + whole + " ELSE " + self._name(node, alias) + " END"

    def _name(self, node: Node, alias: str) -> Sql:
        shown = {*_NAME, "email"} if self.by_address and node.relation is None else set(_NAME)
        pairs = [(key, self._value(node, key, alias) if key in shown else _withheld(node, key)) for key in node.keys]
        return self._with_slots([*pairs, *([(VERSION, Sql("'null'"))] if node.versioned else [])])

    def _with_slots(self, pairs: list[tuple[str, Sql]]) -> Sql:
        text = self.writer.dialect.object_json([(key, value.text) for key, value in pairs])
        return Sql(text, tuple(place for _, value in pairs for place in value.slots))

    def _value(self, node: Node, key: str, alias: str) -> Sql:
        spec, dialect = node.spec, self.writer.dialect
        if key == "tags" and spec.has_tags:
            return self._tags(spec, alias)
        if key in spec.relations:
            return self._relation(node, key, spec.relations[key], alias)
        if key in spec.computed:
            return self._computed(node, key, spec.computed[key], alias)
        column = spec.columns[key]
        name = f"{alias}.{quoted(column.column)}"
        if not self.writer.view.shows(spec, key):
            return Sql("'null'")
        if column.wire_type in ("image", "file"):
            return self._file(spec, key, alias)
        if not self.writer.view.shows(spec, "performed_by") and keeps_entries(column.field):
            return Sql(dialect.rows_without(name, "performed_by"))
        return Sql(dialect.or_null(name, dialect.json_of(column.wire_type, name), column.nullable))

    # -- relations ---------------------------------------------------------------------------------------------

    def _relation(self, node: Node, key: str, relation: Relation, alias: str) -> Sql:
        if not self.writer.view.shows(node.spec, key):
            return Sql("'null'")
        child = node.children.get(key)
        if relation.many:
            return self._included_many(child, relation, alias) if child else self._ids(relation, alias)
        column = f"{alias}.{quoted(relation.near)}"
        return self._included_one(child, Sql(column), relation, alias) if child else self._id(relation, column, alias)

    def _id_json(self, target: Spec, column: str) -> str:
        return self.writer.dialect.json_of(target.columns["id"].wire_type, column)

    def _scope(self, relation: Relation, alias: str) -> Sql:
        if self.writer.trusts(relation):
            return TRUE
        return visible(specs()[relation.target], alias, self.writer.view, hop=True)

    def _id(self, relation: Relation, column: str, alias: str) -> Sql:
        target = specs()[relation.target]
        shown = self._id_json(target, column)
        far = self.writer.alias(target)
        scope = TRUE if discloses(relation) else self._scope(relation, far)
        if scope == TRUE:
            return Sql(self.writer.dialect.or_null(column, shown, relation.nullable))
        source = from_row(self.writer, target, Sql(column), far, [scope])
        return f"COALESCE((SELECT {self._id_json(target, far + '.id')} " + source + "),'null')"

    def _ids(self, relation: Relation, alias: str) -> Sql:
        target = specs()[relation.target]
        far = self.writer.alias(target)
        return self._ids_held(relation, alias, far, self._scope(relation, far))

    def _ids_held(self, relation: Relation, alias: str, far: str, scope: Sql) -> Sql:
        """The ids of the rows ``far`` that a relation leads to now, and that are in a scope."""
        target = specs()[relation.target]
        link = f"l{far}"
        column = f"{link}.{quoted(relation.far)}"
        if relation.kind == "link" and _asks_only_id(scope, far):
            # The link table has the id, which saves a join.
            scope = Sql(scope.text.replace(f"{far}.id", column), scope.slots)
            near = Sql(f"{link}.{quoted(relation.near)} = {alias}.id")
            source = f"FROM {relation.through} {link} WHERE " + all_of([near, scope])
            order = f"{link}.{quoted(relation.order)},{column}" if relation.order else column
        else:
            table, joined = hop(relation, alias, far)
            column, order = f"{far}.id", self._order(relation, far)
            source = f"FROM {table} WHERE " + all_of([joined, scope])
        return Sql(self.writer.dialect.array_json(self._id_json(target, column), source.text, order), source.slots)

    def _order(self, relation: Relation, far: str) -> str:
        if not relation.order:
            return f"{far}.id"
        holder = f"l{far}" if relation.kind == "link" else far
        return f"{holder}.{quoted(relation.order)},{far}.id"

    def _included_one(self, child: Node, column: Sql, relation: Relation, alias: str) -> Sql:
        name = self._node(child, relation, parent="")
        return f"COALESCE((SELECT {name}.doc FROM {name} WHERE {name}.id = " + column + "),'null')"

    def _included_many(self, child: Node, relation: Relation, alias: str) -> Sql:
        parent = f"p.{quoted(relation.near if relation.kind == 'link' else relation.far)}"
        name = self._node(child, relation, parent=parent)
        source = f"FROM {name} WHERE {name}.parent = {alias}.id"
        return budgeted(self.writer.dialect.included_json(source), RECORD)

    def _node(self, child: Node, relation: Relation, *, parent: str) -> str:
        """Name a subquery that gives ``doc`` (JSON) and ``id`` of every visible row of the relation's target."""
        target = child.spec
        far = self.writer.alias(target)
        doc = self.readable(child, far)
        scope = self._scope(relation, far)
        name = f"n{len(self.nodes) + 1}"
        source, columns = f"{target.table} {far}", f"{far}.id AS id"
        if relation.kind == "link":
            source += f" JOIN {relation.through} p ON p.{quoted(relation.far)} = {far}.id"
            columns += f",{parent} AS parent,{'p.' + quoted(relation.order) if relation.order else '0'} AS place"
        elif relation.kind == "reverse":
            place = f"{far}.{quoted(relation.order)}" if relation.order else "0"
            columns += f",{far}.{quoted(relation.far)} AS parent,{place} AS place"
        body = f"{name} AS NOT MATERIALIZED (SELECT {columns}," + doc + f" AS doc FROM {source}"
        self.nodes.append(body + (" WHERE " + scope if scope != TRUE else "") + ")")
        return name

    # -- keys that are not columns --------------------------------------------------------------------------------

    def _tags(self, spec: Spec, alias: str) -> Sql:
        return self._tag_names(from_tags(self.writer, spec, alias))

    def _tag_names(self, source: Sql) -> Sql:
        dialect = self.writer.dialect
        text = dialect.array_json(dialect.string_json("t.name"), source.text, dialect.ordered_text("t.name"))
        return Sql(text, source.slots)

    def _file(self, spec: Spec, key: str, alias: str) -> Sql:
        column = f"{alias}.{quoted(spec.columns[key].column)}"
        portal = self.writer.view.portal
        path = f"/api/{portal}/{spec.app}/{spec.segment}/"
        text = Sql(f"CASE WHEN {column} IS NULL OR {column}='' THEN 'null' ELSE ('\"'||") + (
            Sql(self._text_place(), (("base",),)) + f"||'{path}'||{self._plain_id(spec, alias)}||'/{key}/\"') END"
        )
        return "(" + text + ")"

    def _text_place(self) -> str:
        return self.writer.dialect.cast("string")

    def _plain_id(self, spec: Spec, alias: str) -> str:
        return f"CAST({alias}.id AS TEXT)"

    def _computed(self, node: Node, key: str, computed: Computed, alias: str) -> Sql:
        if computed.kind in _ABOUT_PEOPLE and not self.writer.view.way_in.shows_people:
            return Sql(f"'{_ABOUT_PEOPLE[computed.kind]}'")
        writer = getattr(self, f"_computed_{computed.kind}")
        result: Sql = writer(node, key, alias)
        return result

    def _computed_links(self, node: Node, key: str, alias: str) -> Sql:
        links = {name: f"{name}/" for name in node.spec.resource.links}
        return Sql(self.writer.dialect.constant_json(links))

    def _computed_rrid_url(self, node: Node, key: str, alias: str) -> Sql:
        column = f"{alias}.rrid"
        link = self.writer.dialect.string_json(f"('https://scicrunch.org/resolver/'||{column})")
        return Sql(f"(CASE WHEN {column} IS NULL THEN 'null' WHEN {column}='' THEN '\"\"' ELSE {link} END)")

    def _computed_through(self, node: Node, key: str, alias: str) -> Sql:
        *before, last = through_relation(node.spec, key)
        relation, target = before[0], specs()[before[0].target]
        far = self.writer.alias(target)
        own = f"{far}.{quoted(last.near)}"
        source = from_row(self.writer, target, Sql(f"{alias}.{quoted(relation.near)}"), far, [], reading=[own])
        column = f"(SELECT {own} " + source + ")"
        child = node.children.get(key)
        if child:
            return self._included_one(child, column, last, alias)
        shown = self._id_json(specs()[last.target], column.text)
        text = self.writer.dialect.or_null(column.text, shown, True)
        return Sql(text, column.slots * shown.count(column.text))

    def _flags(self, level: str, *names: tuple[str, int]) -> str:
        dialect = self.writer.dialect
        return dialect.object_json([(name, dialect.boolean_json(f"({level}>={least})")) for name, least in names])

    def _computed_users(self, node: Node, key: str, alias: str) -> Sql:
        """People by email address with their roles: the members of a group, or those a record is shared with."""
        table, flags, holder = "core_usergrant", SHARED, "object_id"
        if node.spec.tree.keeps_members:
            table, flags, holder = membership_table(), MEMBERS, "group_id"
        source = f"FROM {table} g JOIN {user_spec().table} u ON u.id = g.user_id WHERE g.{holder} = {alias}.id"
        return self._role_map("u.email", "g.level", flags, self._to_holders(node, alias, Sql(source)))

    def _computed_groups(self, node: Node, key: str, alias: str) -> Sql:
        table = group_spec().table
        source = f"FROM core_groupgrant g JOIN {table} u ON u.id = g.group_id WHERE g.object_id = {alias}.id"
        return self._role_map("u.name", "g.level", SHARED, self._to_holders(node, alias, Sql(source)))

    def _to_holders(self, node: Node, alias: str, source: Sql) -> Sql:
        """Rows that say who holds which role; none if the caller holds no role."""
        listed = node.spec.tree.is_root and alias == self.held
        if node.spec.tree.is_project or listed:  # else it would not be seen
            return source
        return all_of([source, role_held(node.spec, alias, self.writer.view)])

    def _role_map(self, name: str, level: str, flags: Flags, source: Sql) -> Sql:
        dialect = self.writer.dialect
        text = dialect.map_json(name, self._flags(level, *flags), source.text, dialect.ordered_text(name))
        return Sql(text, source.slots)

    def _computed_authenticated_groups(self, node: Node, key: str, alias: str) -> Sql:
        source = self._to_holders(node, alias, Sql(f"FROM core_groupgrant g WHERE g.object_id = {alias}.id"))
        text = self.writer.dialect.array_json("CAST(g.group_id AS TEXT)", source.text, "g.group_id")
        return Sql(text, source.slots)

    def _computed_contributors(self, node: Node, key: str, alias: str) -> Sql:
        """Name, ORCID and role of everyone who is at least a contributor of the project itself."""
        dialect = self.writer.dialect
        level = "(CASE g.level WHEN 4 THEN 'owner' WHEN 3 THEN 'manager' ELSE 'contributor' END)"
        person = dialect.object_json(
            [
                ("name", dialect.string_json("(trim(u.first_name||' '||u.last_name))")),
                ("orcid_id", dialect.string_json("u.orcid_id")),
                ("role", dialect.string_json(level)),
                ("roles", dialect.roles_json(f"{alias}.user_roles", "u.id")),
            ]
        )
        source = (
            f"FROM core_role g JOIN {user_spec().table} u ON u.id = g.user_id"
            f" WHERE g.object_id = {alias}.id AND g.level >= 2"
        )
        return Sql(dialect.array_json(person, source, "g.level DESC,u.id"))

    def _computed_own_groups(self, node: Node, key: str, alias: str) -> Sql:
        """Groups that a person owns, with id and name; for other people, only groups that the caller is in."""
        dialect = self.writer.dialect
        group = dialect.object_json([("id", "CAST(o.id AS TEXT)"), ("name", dialect.string_json("o.name"))])
        source = Sql(
            f"FROM {membership_table()} w JOIN {group_spec().table} o ON o.id = w.group_id"
            f" WHERE w.user_id = {alias}.id AND w.level = {int(Role.OWNER)}"
        )
        if self.writer.view.portal != "super":
            myself = Sql(f"{alias}.id = ") + slot("user")
            source = all_of([source, "(" + any_of([myself, group_held("o.id", Role.MEMBER)]) + ")"])
        return Sql(dialect.array_json(group, source.text, "o.id"), source.slots)


def _withheld(node: Node, key: str) -> Sql:
    """What replaces a key that is not shown."""
    if key in node.spec.computed:
        return Sql(f"'{_ABOUT_PEOPLE[node.spec.computed[key].kind]}'")
    many = key in node.spec.relations and node.spec.relations[key].many
    return Sql("'[]'" if many else "'null'")


def _asks_only_id(scope: Sql, alias: str) -> bool:
    """Whether a condition on the row ``alias`` needs no column but its id."""
    return set(re.findall(rf"\b{alias}\.(\w+)", scope.text)) <= {"id"}
