"""An actor in a portal: answers what they see there and what they may change.

The conditions are defined in :mod:`.scope` and evaluated here.
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
        """Whether this is an administrator in the super portal, where roles on records do not matter."""
        return self.portal == "super"

    @property
    def only_asking(self) -> Viewer:
        """The same without the limit of a read-only token: it may still ask about what it may not do."""
        return replace(self, actor=replace(self.actor, read_only=False))

    def remembering(self) -> Viewer:
        """The same with its own memory, for a transaction that writes many rows, and only as long as it lasts."""
        return replace(self, memory=Memory())

    # -- conditions ---------------------------------------------------------------------------------------------------

    @cached_property
    def view(self) -> View:
        """The properties of the viewer that shape a scope."""
        actor, bound = self.actor, self.actor.project_id is not None
        everyone = settings.BRAINSTEM_PEOPLE == "everyone" or self.portal != "private" or (actor.is_admin and not bound)
        return View(self.portal, not actor.is_anonymous, actor.is_admin, bound, actor.read_only, not everyone)

    def slots(self, dialect: PostgreSQL | SQLite) -> dict[str, object]:
        """Values for the slots in scopes: the person, the project that their token is bound to, the time."""
        project = None if self.actor.project_id is None else dialect.bind("uuid", self.actor.project_id)
        return {"user": self.actor.user_id, "project": project, "now": dialect.bind("datetime", timezone.now())}

    def shows(self, spec: Spec, name: str) -> bool:
        """Whether a key's value is shown at all; if not, it cannot be used in filters and sorts either."""
        return self.view.shows(spec, name)

    # -- rows ---------------------------------------------------------------------------------------------------------

    def rows(self, model: type[Model] | Spec) -> QuerySet[Any]:
        """The rows of a model that are listed for the viewer; not evaluated yet."""
        spec = model if isinstance(model, Spec) else spec_of(model)
        rows: QuerySet[Any] = spec.model._default_manager.all()
        scope = visible(spec, "a", self.view)
        if scope == FALSE:
            return rows.none()
        bound = self.slots(DIALECTS[connection.vendor])
        statement = f"SELECT a.id FROM {spec.table} a WHERE {scope.text}"
        return rows.filter(pk__in=RawSQL(statement, [bound[place[0]] for place in scope.slots]))  # noqa: S611

    def seen(self, spec: Spec, ids: Iterable[Any], *, hop: bool = True) -> set[Any]:
        """The ids of rows that the viewer sees.

        With ``hop``, rows that may be referred to but are not listed, such as public personal attributes, are included.
        People of whom only the name is visible are not.
        """
        hop = hop and not spec.tree.is_people

        def ask(wanted: list[object]) -> set[object]:
            return self._matching(spec, wanted, visible(spec, "a", self.view, hop=hop))

        return self.memory.those(("visible", spec.label, self, hop), ids, ask)

    def recall(self, spec: Spec, asked: Iterable[Any], seen: set[Any]) -> None:
        """Remember which of these rows may be referred to, as another query has told."""
        if not spec.tree.is_people:
            self.memory.those(("visible", spec.label, self, True), asked, lambda _: seen)

    def editable(self, spec: Spec, ids: Iterable[object], *, level: Role | None = None) -> set[object]:
        """The ids of rows that the viewer may change, or on which they hold ``level``."""

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
        """Whether the actor is, or acts for, this side of a membership offer."""
        return bool(self._matching(spec, [record_id], on_side(spec, "a", self.view, side)))

    def seen_linked(self, spec: Spec, link: Any, ids: Iterable[RecordId]) -> set[Any]:
        """The ids of a link's targets that a visible record is linked to."""
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
