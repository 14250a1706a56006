"""Which of some ids an actor sees, or may change: the scope, asked of the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from ..model.registry import Spec
from ..model.trees import People, Role
from ..sql.dialect import DIALECTS
from ..sql.fragment import FALSE, Sql, all_of
from .actor import Actor
from .memory import those
from .scope import editable, on_side, view_of, visible, whose
from .viewer import Viewer


def visible_ids(spec: Spec, ids: Iterable[Any], *, viewer: Viewer, hop: bool = True) -> set[Any]:
    """Those of the ids that the actor sees; one query.

    ``hop`` says that the rows are referred to, not listed: public personal attributes count. People whom only their
    name is known of do not.
    """
    hop = hop and not isinstance(spec.tree, People)

    def ask(wanted: list[Any]) -> set[Any]:
        return _matching(spec, wanted, visible(spec, "a", view_of(viewer), hop=hop), viewer.actor)

    return those(("visible", spec.label, viewer.portal, viewer.actor, hop), ids, ask)


def editable_ids(spec: Spec, ids: Iterable[Any], *, viewer: Viewer, level: Role | None = None) -> set[Any]:
    """Those of the ids that the actor may change, or on which they hold ``level``; one query."""

    def ask(wanted: list[Any]) -> set[Any]:
        return _matching(spec, wanted, editable(spec, "a", view_of(viewer), level=level), viewer.actor)

    return those(("editable", spec.label, viewer.portal, viewer.actor, level), ids, ask)


def speaks_for(spec: Spec, record_id: Any, side: str, *, viewer: Viewer) -> bool:
    """Whether the actor is, or speaks for, this side of an offer of membership; one query."""
    return bool(_matching(spec, [record_id], on_side(spec, "a", view_of(viewer), side), viewer.actor))


def linked_from_visible(spec: Spec, link: Any, ids: Iterable[Any], *, viewer: Viewer) -> set[Any]:
    """Those of the ids of a link's targets that a record which the actor sees is linked to; one query."""
    scope, dialect = visible(spec, "a", view_of(viewer)), DIALECTS[connection.vendor]
    if scope == FALSE:
        return set()
    through, near, far = link.m2m_db_table(), link.m2m_column_name(), link.m2m_reverse_name()
    linked = f"SELECT 1 FROM {through} t JOIN {spec.table} a ON a.id = t.{near} WHERE t.{far} = c.id AND "
    member = Sql(dialect.member("c.id", "integer"), (("ids",),))
    within = Sql(f"EXISTS ({linked}{scope.text})", scope.slots)
    bound = whose(viewer.actor, dialect) | {"ids": dialect.members([dialect.bind("integer", one) for one in ids])}
    statement = f"SELECT c.id FROM {link.related_model._meta.db_table} c WHERE " + all_of([member, within])
    with connection.cursor() as cursor:
        cursor.execute(statement.text, [bound[place[0]] for place in statement.slots])
        return {row[0] for row in cursor.fetchall()}


def _matching(spec: Spec, wanted: list[Any], scope: Sql, actor: Actor) -> set[Any]:
    if not wanted or scope == FALSE:
        return set()
    dialect, id_type = DIALECTS[connection.vendor], spec.columns["id"].wire_type
    bound = whose(actor, dialect)
    member = Sql(dialect.member("a.id", id_type), (("ids",),))
    bound["ids"] = dialect.members([dialect.bind(id_type, one) for one in wanted])
    statement = f"SELECT a.id FROM {spec.table} a WHERE " + all_of([member, scope])
    with connection.cursor() as cursor:
        cursor.execute(statement.text, [bound[place[0]] for place in statement.slots])
        clean = spec.model._meta.pk.to_python
        return {clean(row[0]) for row in cursor.fetchall()}
