"""What a statement selects from: tables, or their rows as they stood at a moment.

Every condition, sort key and shown value that leads to rows of a model takes them from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..model.registry import Relation, Spec, specs
from ..sql.fragment import Sql, all_of, quoted
from .comparisons import Writer
from .past import Past, columns_read
from .past_links import LINKED, TAGS, known_column, leads_to_what_existed, reached, tags


def from_hop(
    writer: Writer, relation: Relation, near: str, far: str, conditions: Sequence[Sql], *, reading: Iterable[str] = ()
) -> Sql:
    """FROM and WHERE clauses that lead from the row ``near`` to rows ``far`` of a relation's target.

    Parameters
    ----------
    reading
        SQL outside the conditions that reads columns of ``far``.
    """
    if writer.past is None:
        source, joined = hop(relation, near, far)
        return f"FROM {source} WHERE " + all_of([joined, *conditions])
    where = all_of(conditions)
    names = columns_read(far, [where.text, *reading])
    return "FROM (" + rows_reached(writer.past, relation, near_row(relation, near), names) + f") {far} WHERE " + where


def from_row(
    writer: Writer, spec: Spec, record_id: Sql, alias: str, conditions: Sequence[Sql], *, reading: Iterable[str] = ()
) -> Sql:
    """FROM and WHERE clauses that lead to the row with an id; see :func:`from_hop`."""
    where = all_of(conditions)
    if writer.past is None:
        return f"FROM {spec.table} {alias} WHERE " + all_of([f"{alias}.id = " + record_id, where])
    names = columns_read(alias, [where.text, *reading])
    rows = writer.past.rows(spec, "SELECT " + record_id + " AS id", names)
    return "FROM (" + rows + f") {alias} WHERE " + where


def from_all(writer: Writer, spec: Spec, alias: str, conditions: Sequence[Sql], *, reading: Iterable[str] = ()) -> Sql:
    """FROM and WHERE clauses for all rows of a model; see :func:`from_hop`."""
    where = all_of(conditions)
    if writer.past is None:
        return f"FROM {spec.table} {alias} WHERE " + where
    names = columns_read(alias, [where.text, *reading])
    return "FROM (" + writer.past.all_rows(spec, names) + f") {alias} WHERE " + where


def from_tags(writer: Writer, spec: Spec, alias: str) -> Sql:
    """FROM and WHERE clauses for the tags ``t`` of a row."""
    if writer.past is None:
        return tags_held(spec, alias)
    table, near, far = tag_source(spec)
    held = tags(writer.past, Sql(f"(SELECT {alias}.id AS id,{alias}.{TAGS} AS known)"), (table, near, far))
    return "FROM (" + held + f") t WHERE t.parent = {alias}.id"


def tags_held(spec: Spec, alias: str) -> Sql:
    """As :func:`from_tags`, for those that a row has now."""
    table, near, far = tag_source(spec)
    return Sql(f"FROM {table} lt JOIN core_tag t ON t.id = lt.{far} WHERE lt.{near} = {alias}.id")


def tag_source(spec: Spec) -> tuple[str, str, str]:
    """Link table of a model's tags with its two columns."""
    link = spec.model._meta.get_field("tags")
    return link.remote_field.through._meta.db_table, link.m2m_column_name(), link.m2m_reverse_name()


def hop(relation: Relation, near: str, far: str) -> tuple[str, Sql]:
    """FROM clause and join condition that lead from the row ``near`` to rows ``far`` of the target, as they are now."""
    table = specs()[relation.target].table
    if relation.kind == "fk":
        return f"{table} {far}", Sql(f"{far}.id = {near}.{quoted(relation.near)}")
    if relation.kind == "reverse":
        return f"{table} {far}", Sql(f"{far}.{quoted(relation.far)} = {near}.id")
    link = f"l{far}"
    source = f"{relation.through} {link} JOIN {table} {far} ON {far}.id = {link}.{quoted(relation.far)}"
    return source, Sql(f"{link}.{quoted(relation.near)} = {near}.id")


# -- rows of the past -------------------------------------------------------------------------------------------------


def near_row(relation: Relation, near: str) -> Sql:
    """What a relation starts from: the row ``near`` of an outer query."""
    start = f"{near}.{quoted(relation.near) if relation.kind == 'fk' else 'id'} AS id"
    return Sql(f"(SELECT {start}{known_of(relation, near)})")


def known_of(relation: Relation, near: str) -> str:
    """What else than an id a relation needs of the rows ``near`` that it starts from, as a column of a SELECT."""
    return f",{near}.{known_column(relation)} AS known" if known_column(relation) else ""


def rows_reached(past: Past, relation: Relation, near: Sql, names: set[str]) -> Sql:
    """The targets of a relation with some columns, and those of :data:`.past_links.LINKED` if it leads to many.

    ``near`` is a subquery of ids: those of the rows that it starts from, or of the targets if it is a foreign key.
    """
    target = specs()[relation.target]
    if relation.kind == "fk":
        driver = "SELECT r.id AS id FROM " + near + " r WHERE r.id IS NOT NULL"
        return past.rows(target, driver, names, sure=True)
    linked, existed = reached(past, relation, near), leads_to_what_existed(relation)
    if existed and names <= {"id", *LINKED}:
        return linked
    return past.rows(target, linked, names, LINKED, sure=existed)


__all__ = [
    "from_all",
    "from_hop",
    "from_row",
    "from_tags",
    "hop",
    "known_of",
    "near_row",
    "rows_reached",
    "tag_source",
    "tags_held",
]
