"""Who looks, and through which portal: the one to ask what is seen and what may be changed.

The conditions themselves are in :mod:`.scope`; here they are asked of the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from ..model.ids import RecordId
from ..model.registry import Spec, spec_of
from ..model.trees import Role
from ..sql.dialect import DIALECTS, PostgreSQL, SQLite
from ..sql.fragment import FALSE, Sql, all_of
from .actor import ANONYMOUS, Actor
from .memory import FORGETFUL, Memory
from .scope import View, editable, on_side, visible


@dataclass(frozen=True)
class Viewer:
    """An actor in a portal.

    ``spec`` and ``ids`` of the methods name rows of one model; asking about them takes one query, or none where the
    viewer remembers the answers.
    """

    actor: Actor
    portal: str
    memory: Memory = field(default=FORGETFUL, compare=False, repr=False)

    @property
    def is_super(self) -> bool:
        """Whether this is an administrator's way in, where what the roles say of a record does not count."""
        return self.portal == "super"

    @property
    def only_asking(self) -> Viewer:
        """The same without the limit of a token that only reads: what it may not do, it may still ask about."""
        return replace(self, actor=replace(self.actor, read_only=False))

    def remembering(self) -> Viewer:
        """The same with a memory of its own: for one that writes many rows in a transaction, and for no longer."""
        return replace(self, memory=Memory())

    # -- conditions ---------------------------------------------------------------------------------------------------

    @cached_property
    def view(self) -> View:
        """What of the viewer shapes a scope."""
        actor, bound = self.actor, self.actor.project_id is not None
        everyone = settings.BRAINSTEM_PEOPLE == "everyone" or self.portal != "private" or (actor.is_admin and not bound)
        return View(self.portal, not actor.is_anonymous, actor.is_admin, bound, actor.read_only, not everyone)

    def slots(self, dialect: PostgreSQL | SQLite) -> dict[str, object]:
        """Values of the places that scopes leave open: the person, the project their token is bound to, the time."""
        project = None if self.actor.project_id is None else dialect.bind("uuid", self.actor.project_id)
        return {"user": self.actor.user_id, "project": project, "now": dialect.bind("datetime", timezone.now())}

    def shows(self, spec: Spec, name: str) -> bool:
        """Whether a key's value is shown at all; one that is not may not be asked for by filter or sort either."""
        return self.view.shows(spec, name)

    # -- rows ---------------------------------------------------------------------------------------------------------

    def rows(self, model: type[Model] | Spec) -> QuerySet[Any]:
        """The rows of a model that are listed for the viewer; asks nothing yet."""
        spec = model if isinstance(model, Spec) else spec_of(model)
        rows: QuerySet[Any] = spec.model._default_manager.all()
        scope = visible(spec, "a", self.view)
        if scope == FALSE:
            return rows.none()
        bound = self.slots(DIALECTS[connection.vendor])
        statement = f"SELECT a.id FROM {spec.table} a WHERE {scope.text}"
        return rows.filter(pk__in=RawSQL(statement, [bound[place[0]] for place in scope.slots]))  # noqa: S611

    def seen(self, spec: Spec, ids: Iterable[Any], *, hop: bool = True) -> set[Any]:
        """Those of the ids that are seen.

        ``hop`` says that the rows are referred to, not listed: public personal attributes count. People whom only
        their name is known of do not.
        """
        hop = hop and not spec.tree.is_people

        def ask(wanted: list[object]) -> set[object]:
            return self._matching(spec, wanted, visible(spec, "a", self.view, hop=hop))

        return self.memory.those(("visible", spec.label, self, hop), ids, ask)

    def editable(self, spec: Spec, ids: Iterable[object], *, level: Role | None = None) -> set[object]:
        """Those of the ids that may be changed, or on which ``level`` is held."""

        def ask(wanted: list[object]) -> set[object]:
            return self._matching(spec, wanted, editable(spec, "a", self.view, level=level))

        return self.memory.those(("editable", spec.label, self, level), ids, ask)

    def may(self, action: str, row: Model) -> bool:
        """Whether the viewer may "change" or "delete" a record.

        Raises
        ------
        KeyError
            For any other action.
        """
        spec = spec_of(row)
        return bool(self.editable(spec, [row.pk], level={"change": None, "delete": spec.tree.delete_level}[action]))

    def speaks_for(self, spec: Spec, record_id: RecordId, side: str) -> bool:
        """Whether the actor is, or speaks for, this side of an offer of membership."""
        return bool(self._matching(spec, [record_id], on_side(spec, "a", self.view, side)))

    def seen_linked(self, spec: Spec, link: Any, ids: Iterable[RecordId]) -> set[Any]:
        """Those of the ids of a link's targets that a record which is seen is linked to."""
        scope, dialect = visible(spec, "a", self.view), DIALECTS[connection.vendor]
        if scope == FALSE:
            return set()
        through, near, far = link.m2m_db_table(), link.m2m_column_name(), link.m2m_reverse_name()
        linked = f"SELECT 1 FROM {through} t JOIN {spec.table} a ON a.id = t.{near} WHERE t.{far} = c.id AND "
        member = Sql(dialect.member("c.id", "integer"), (("ids",),))
        within = Sql(f"EXISTS ({linked}{scope.text})", scope.slots)
        bound = self.slots(dialect) | {"ids": dialect.members([dialect.bind("integer", one) for one in ids])}
        statement = f"SELECT c.id FROM {link.related_model._meta.db_table} c WHERE " + all_of([member, within])
        return {row[0] for row in _asked(statement, bound)}

    def _matching(self, spec: Spec, wanted: list[object], scope: Sql) -> set[object]:
        if not wanted or scope == FALSE:
            return set()
        dialect, id_type = DIALECTS[connection.vendor], spec.columns["id"].wire_type
        member = Sql(dialect.member("a.id", id_type), (("ids",),))
        bound = self.slots(dialect) | {"ids": dialect.members([dialect.bind(id_type, one) for one in wanted])}
        statement, clean = f"SELECT a.id FROM {spec.table} a WHERE " + all_of([member, scope]), spec.model._meta.pk
        return {clean.to_python(row[0]) for row in _asked(statement, bound)}


def _asked(statement: Sql, bound: dict[str, Any]) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, [bound[place[0]] for place in statement.slots])
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


PUBLIC = Viewer(ANONYMOUS, "public")
