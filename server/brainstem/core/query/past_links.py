"""Which rows relations led to at a moment, as SQL: the ids of targets, beside those of the rows they are reached from.

``near`` is always what the relation starts from: something to select from whose rows have an ``id``, and for a list of
their own the column that :func:`known_column` names, as ``known``. Each function gives a SELECT of ``parent`` (that
id), ``id`` (of the target) and ``place`` (its position, if the relation has an order).

Where it says CROSS JOIN, SQLite begins with the rows that the relation starts from, whatever it expects.
"""

from __future__ import annotations

from ..model.registry import Relation, Spec, specs
from ..sql.fragment import Sql, quoted
from .past import Past, list_column

LINKED = ("parent", "place")
TAGS = list_column("tags", ordered=False)


def known_column(relation: Relation) -> str:
    """The column of the rows that a relation starts from which tells what has changed since; empty if there is none."""
    own = relation.kind == "link" and relation.owned
    return list_column(relation.name, ordered=bool(relation.order)) if own else ""


def leads_to_what_existed(relation: Relation) -> bool:
    """Whether :func:`reached` gives only records that existed: what rows linked to, but not all that may refer to them.

    Records that were added with a list in an order do not mention it among their changes.
    """
    return relation.kind == "link" and (relation.owned or not _ordered(relation))


def differs(past: Past, relation: Relation, near: str) -> str:
    """Whether a relation from the row ``near`` may have led to others than those to which it leads now.

    It did not, unless a change since mentions the row, or what it leads to now has changed in any way.
    """
    if column := known_column(relation):
        return f"{near}.{column} IS NOT NULL"
    target = specs()[relation.target]
    if relation.kind == "reverse":
        mentioned, source, far = _moved(past, target, relation.far), target.table, "t.id"
        own = f"t.{quoted(relation.far)}"
    else:
        mentioned, source, far = _mentions(past, relation), relation.through, f"t.{quoted(relation.far)}"
        own = f"t.{quoted(relation.near)}"
    changed = f"EXISTS (SELECT 1 {past.since(target, past.dialect.key(far, past.id_type(target)))})"
    listed = f"EXISTS (SELECT 1 FROM {source} t WHERE {own}={near}.id AND {changed})"
    either = f"WHEN {near}.id IN (SELECT m.parent FROM {mentioned} m) THEN TRUE ELSE {listed} END"
    return f"CASE {past.unless_none(target)} {either}"


def reached(past: Past, relation: Relation, near: Sql) -> Sql:
    """The targets of a relation to many records."""
    if relation.kind == "reverse":
        return _referring(past, relation, near)
    if not relation.owned:
        return _linking(past, relation, near)
    return _linked_in_order(past, relation, near) if relation.order else _linked(past, relation, near)


def tags(past: Past, near: Sql, link: tuple[str, str, str]) -> Sql:
    """The words of the tags of rows: ``parent`` and ``name``; ``link`` is the link table with its two columns."""
    table, own, far = link
    then = (
        "SELECT r.id AS parent,j.key AS name FROM " + near + f" r {past.dialect.each_mentioned('r.known')} UNION ALL "
    )
    held = "SELECT r.id AS parent,t.name FROM " + near + f" r CROSS JOIN {table} lt JOIN core_tag t ON t.id=lt.{far}"
    return then + held + f" WHERE lt.{own}=r.id AND {past.dialect.unmentioned('r.known', 't.name')}"


# -- links that the rows themselves hold -------------------------------------------------------------------------------


def _linked(past: Past, relation: Relation, near: Sql) -> Sql:
    own, far = quoted(relation.near), quoted(relation.far)
    linked = past.dialect.id_in_text("j.key", past.id_type(specs()[relation.target]))
    then = (
        f"SELECT r.id AS parent,{linked} AS id,0 AS place FROM " + near + f" r {past.dialect.each_mentioned('r.known')}"
    )
    held = f"SELECT r.id AS parent,l.{far} AS id,0 AS place FROM " + near + f" r CROSS JOIN {relation.through} l"
    text = past.dialect.text_of_id(f"l.{far}")
    return then + " UNION ALL " + held + f" WHERE l.{own}=r.id AND {past.dialect.unmentioned('r.known', text)}"


def _linked_in_order(past: Past, relation: Relation, near: Sql) -> Sql:
    """Links with an order are recorded as whole lists, of which the earliest counts."""
    own, far = quoted(relation.near), quoted(relation.far)
    linked = past.dialect.id_in_text("e.value", past.id_type(specs()[relation.target]))
    then = f"SELECT r.id AS parent,{linked} AS id,e.key AS place FROM " + near + f" r {past.dialect.each('r.known')}"
    held = f"SELECT r.id AS parent,l.{far} AS id,l.{quoted(relation.order)} AS place FROM " + near
    return then + " UNION ALL " + held + f" r CROSS JOIN {relation.through} l WHERE l.{own}=r.id AND r.known IS NULL"


# -- links that other rows hold ----------------------------------------------------------------------------------------


def _linking(past: Past, relation: Relation, near: Sql) -> Sql:
    then, still = linking(past, relation, near)
    return then + " UNION ALL " + still


def linking(past: Past, relation: Relation, near: Sql) -> tuple[Sql, Sql]:
    """The records that link to some rows: by what their changes say, and by what they hold, unchanged since.

    What changed in any of their lists is collected once.
    """
    own, far = quoted(relation.near), quoted(relation.far)
    ordered, table = _ordered(relation), _mentions(past, relation)
    known = "h.id=l." + far + ("" if ordered else f" AND h.parent=l.{own}")
    there = "m.f>0" if ordered else "(m.f&1)=0"
    then = "SELECT m.parent,m.id,0 AS place FROM " + near + f" r JOIN {table} m ON m.parent=r.id WHERE {there}"
    held = f"SELECT r.id AS parent,l.{far} AS id,0 AS place FROM " + near + f" r CROSS JOIN {relation.through} l"
    return then, held + f" WHERE l.{own}=r.id AND NOT EXISTS (SELECT 1 FROM {table} h WHERE {known})"


def _ordered(relation: Relation) -> bool:
    """Whether records keep a list in an order of those that they link to, for a relation from the latter."""
    return bool(specs()[relation.target].resource.ordered.get(relation.reverse_name))


def _mentions(past: Past, relation: Relation) -> str:
    """Name of what changes of holders mention of their lists, for a relation from what they link to."""
    holder, name = specs()[relation.target], relation.reverse_name
    collect = _lists_held if _ordered(relation) else _links_held
    return collect(past, holder, name, past.id_type(specs()[relation.source]))


def _links_held(past: Past, holder: Spec, name: str, to: str) -> str:
    """Name of: each link that changes of its holders mention, with its first mention."""
    own = past.dialect.id_of("w.o", past.id_type(holder))
    linked = past.dialect.id_in_text("w.v", to)

    def mentions(state: str, late: str) -> str:
        source, _, where = past.since(holder).partition(" WHERE ")
        head = f"SELECT c.record_id AS o,e.value AS v,2*c.id{late} AS f {source}"
        return f"{head} {past.dialect.elements(state, name)} WHERE {where}"

    both = f"{mentions('c.before', '')} UNION ALL {mentions('c.after', '+1')}"
    body = f"SELECT {own} AS id,{linked} AS parent,min(w.f) AS f FROM ({both}) w GROUP BY w.o,w.v"
    return past.named(f"links_{holder.app}_{holder.segment}_{name}", past.timed(body))


def _lists_held(past: Past, holder: Spec, name: str, to: str) -> str:
    """Name of: what was in each changed list with an order, and a row without a target for each of their holders."""
    own = past.dialect.id_of("c.record_id", past.id_type(holder))
    first = past.dialect.first_of_each(f"{own} AS id,c.before AS state", past.since(holder), name)
    lists = past.named(f"lists_{holder.app}_{holder.segment}_{name}", past.timed(first))
    linked = past.dialect.id_in_text("e.value", to)
    then = f"SELECT k.id,{linked} AS parent,1 AS f FROM {lists} k {past.dialect.elements('k.state', name)}"
    body = f"{then} UNION ALL SELECT k.id,NULL,0 FROM {lists} k"
    return past.named(f"places_{holder.app}_{holder.segment}_{name}", Sql(body))


def _referring(past: Past, relation: Relation, near: Sql) -> Sql:
    """The rows whose foreign key named some rows; those in which it has changed since are collected once."""
    target = specs()[relation.target]
    far = quoted(relation.far)
    moved = _moved(past, target, relation.far)
    then = "SELECT m.parent,m.id,0 AS place FROM " + near + f" r JOIN {moved} m ON m.parent=r.id"
    held = "SELECT r.id AS parent,x.id AS id,0 AS place FROM " + near + f" r CROSS JOIN {target.table} x"
    return then + " UNION ALL " + held + f" WHERE x.{far}=r.id AND NOT EXISTS (SELECT 1 FROM {moved} h WHERE h.id=x.id)"


def _moved(past: Past, target: Spec, column: str) -> str:
    """Name of: each record whose foreign key has changed since, or that has been deleted, with what it named."""
    one = next(each for each in target.model._meta.concrete_fields if each.column == column)
    own = past.dialect.id_of("c.record_id", past.id_type(target))
    what = f"{own} AS id,{past.dialect.value('c.before', one)} AS parent"
    since = f"{past.since(target)} AND {past.dialect.refers('c.before')}"
    body = past.dialect.first_of_each(what, since, one.attname)
    return past.named(f"moved_{target.app}_{target.segment}_{one.attname}", past.timed(body))


__all__ = ["LINKED", "TAGS", "differs", "known_column", "leads_to_what_existed", "linking", "reached", "tags"]
