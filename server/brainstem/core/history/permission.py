"""Who may read the history of a record: those who may change it, or who could if it had not been deleted.

A deleted record is judged by its last state, with the rules of :mod:`brainstem.core.access.scope` and today's roles.
Where the roles were deleted with it, those who owned it then stand in for those who could change it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection

from ..access.audience import key_of as audience_key_of
from ..access.scope import View, editable, visible
from ..access.viewer import Viewer
from ..errors import Missing
from ..model.fields import key_of, told_key
from ..model.ids import RecordId
from ..model.registry import Spec, above, project_spec
from ..models import Audience
from ..sql import database
from ..sql.dialect import DIALECTS
from ..sql.fragment import FALSE, TRUE, Sql, all_of, any_of, slot

Rule = Callable[[Spec, str, View], Sql]


def open_histories(spec: Spec, ids: Iterable[RecordId], *, viewer: Viewer, to_write: bool = False) -> set[Any]:
    """The ids of those records, existing or deleted, whose history the viewer may read; at most four queries.

    A read-only token may read too; with ``to_write``, only what the viewer may change as well.
    """
    return Past(viewer if to_write else viewer.only_asking).open(spec, ids)


def require_open_history(spec: Spec, record_id: RecordId, *, viewer: Viewer, to_write: bool = False) -> None:
    """Refuse those who may not read the history of a record, existing or deleted.

    Raises
    ------
    Missing
        As for a record that does not exist, unless the viewer sees it.
    """
    if open_histories(spec, [record_id], viewer=viewer, to_write=to_write):
        return
    if viewer.seen(spec, [record_id], hop=False):
        raise Missing(f"The history of a {spec.singular_name} is open to those who may change it.")
    raise Missing(f"No {spec.singular_name} has the id {record_id}.")


@dataclass(frozen=True)
class Past:
    """What a viewer may know about records, whether they still exist or not."""

    viewer: Viewer

    def open(self, spec: Spec, ids: Iterable[RecordId]) -> set[Any]:
        """The ids of records that the viewer may change, or could if they had not been deleted."""
        wanted, view = set(ids), self.viewer.view
        if view.read_only:
            return set()
        if _may_change(spec, "a", view) == TRUE:
            return wanted
        found: set[Any] = set(self.viewer.editable(spec, wanted))
        return found | self._gone(spec, wanted - found, _may_change)

    def seen(self, spec: Spec, ids: Iterable[RecordId]) -> set[Any]:
        """The ids of records that may be shown where they are referred to, also if they have been deleted."""
        wanted = set(ids)
        if _may_refer(spec, "a", self.viewer.view) == TRUE:
            return wanted
        found: set[Any] = set(self.viewer.seen(spec, wanted))
        return found | self._gone(spec, wanted - found, _may_refer)

    def few_open(self, spec: Spec, most: int) -> list[str] | None:
        """The keys of all records whose history is open, if there are at most so many; two queries."""
        rule = _may_change(spec, "a", self.viewer.view)
        if rule == TRUE:
            return None
        bound = f" LIMIT {most + 1}"
        found = [] if rule == FALSE else self._ask(f"SELECT a.id FROM {spec.table} a WHERE " + rule + bound)
        if len(found) <= most:
            found += self._ask(self._gone_statement(spec, _may_change, TRUE) + bound)
        return [told_key(str(one)) for one in found] if len(found) <= most else None

    def of_changes(self, spec: Spec) -> Sql:
        """Condition on the rows of ``core_change`` of a model: the history of their record is open."""
        rule = _may_change(spec, "a", self.viewer.view)
        if rule == TRUE:
            return TRUE
        there = Sql(f"EXISTS (SELECT 1 FROM {spec.table} a WHERE a.id = {_id_of_change(spec)} AND ") + rule + ")"
        own = Sql("d.record_id = core_change.record_id")
        gone = "EXISTS (" + self._gone_statement(spec, _may_change, own) + ")"
        return any_of([there if rule != FALSE else Sql(""), gone])

    def bound(self, sql: Sql, **more: object) -> list[object]:
        """The values for the slots of a condition."""
        values: dict[str, object] = self.viewer.slots(DIALECTS[connection.vendor]) | more
        return [self.lost if place == ("lost",) else values[place[0]] for place in sql.slots]

    @cached_property
    def lost(self) -> object:
        """Audiences of single projects that are gone, and that the viewer owned until then; two queries."""
        owned = self._ask("SELECT w.record_id FROM core_deletion w WHERE " + _owned_deletion(project_spec()))
        keys = [audience_key_of([project_spec().model._meta.pk.to_python(one)]) for one in owned]
        ids = list(Audience.objects.filter(key__in=keys).values_list("pk", flat=True)) if keys else []
        return DIALECTS[connection.vendor].members(ids)

    def _gone(self, spec: Spec, ids: Iterable[RecordId], rule: Rule) -> set[Any]:
        dialect = DIALECTS[connection.vendor]
        keys = [dialect.bind("uuid", key_of(one)) for one in ids]
        if not keys:
            return set()
        among = Sql(dialect.member("d.record_id", "uuid"), (("keys",),))
        found = self._ask(self._gone_statement(spec, rule, among), keys=dialect.members(keys))
        return {spec.parse_id(told_key(str(one))) for one in found}

    def _gone_statement(self, spec: Spec, rule: Rule, which: Sql) -> Sql:
        """The keys of deleted records that a rule, or their former owners, open; ``which`` narrows their deletions."""
        opened = any_of([rule(spec, "a", self.viewer.view), _owned_once(spec, "a", self.viewer.view)])
        used = sorted({"id", *re.findall(r"\ba\.(\w+)", opened.text)})
        columns = ",".join(f"{_last(spec, name)} AS {name}" for name in used)
        last = all_of([Sql(f"d.model = '{spec.label}' AND d.life = -1"), which, Sql(_NO_LATER)])
        states = Sql(f"SELECT d.record_id AS gone,{columns} FROM core_change d WHERE ") + last
        still = Sql(f"NOT EXISTS (SELECT 1 FROM {spec.table} t WHERE t.id = a.id)")
        return "SELECT a.gone FROM (" + states + ") a WHERE " + all_of([opened, still])

    def _ask(self, sql: Sql, **more: object) -> list[Any]:
        return [row[0] for row in database.rows(sql.text, self.bound(sql, **more))]


_NO_LATER = (
    "NOT EXISTS (SELECT 1 FROM core_change n WHERE n.model = d.model AND n.record_id = d.record_id"
    " AND n.life = -1 AND n.id > d.id)"
)


def _may_change(spec: Spec, alias: str, view: View) -> Sql:
    return editable(spec, alias, view)


def _may_refer(spec: Spec, alias: str, view: View) -> Sql:
    return visible(spec, alias, view, hop=True)


def _owned_once(spec: Spec, alias: str, view: View) -> Sql:
    """The viewer owned the record when it was deleted, or what it belonged to and is gone as well."""
    if view.portal != "private" or not view.signed_in or view.bound:
        return FALSE
    if spec.tree.holds_roles:
        return _was_owned(spec, f"{alias}.id")
    if spec.in_project_tree:
        return Sql(DIALECTS[connection.vendor].member(f"{alias}.audience_id", "integer"), (("lost",),))
    if spec.tree.above:
        return _was_owned(above(spec), f"{alias}.{spec.relations[spec.tree.above].near}")
    return FALSE


def _was_owned(spec: Spec, holder: str) -> Sql:
    """The project, attribute or group with this id has been deleted, and was the viewer's."""
    source = f"SELECT 1 FROM core_deletion w WHERE w.record_id = CAST({holder} AS TEXT) AND "
    return "EXISTS (" + (source + _owned_deletion(spec)) + ")"


def _owned_deletion(spec: Spec) -> Sql:
    """A row of ``core_deletion`` tells of a record of this model that is gone, and was the viewer's."""
    owners = DIALECTS[connection.vendor].rows_of("w.owners")
    owned = Sql(f"EXISTS (SELECT 1 FROM {owners} WHERE CAST(e.value AS TEXT) = CAST(") + slot("user") + " AS TEXT))"
    return f"w.model = '{spec.label}' AND w.undone_at IS NULL AND " + owned


def _last(spec: Spec, column: str) -> str:
    """A column of a deleted record, from the state that its deletion kept."""
    dialect = DIALECTS[connection.vendor]
    field: Any = next(one for one in spec.model._meta.concrete_fields if one.column == column)
    if dialect.vendor == "sqlite":
        return f"json_extract({dialect.path('d.before', [field.attname])})"
    kind = field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
    return f"CAST(({dialect.path('d.before', [field.attname])} #>> '{{}}') AS {kind})"


def _id_of_change(spec: Spec) -> str:
    """The record's id in a row of ``core_change``, which keeps integers as the last digits of a UUID."""
    if spec.columns["id"].wire_type == "uuid":
        return "core_change.record_id"
    return "CAST(substr(CAST(core_change.record_id AS TEXT), 25) AS bigint)"


__all__ = ["Past", "open_histories", "require_open_history"]
