"""Deleting again what an event added or restored: all of it, unless something else has come to depend on it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..access.refusals import refuse_bound
from ..access.viewer import Viewer
from ..errors import Forbidden
from ..history.linking import links_of_tables
from ..history.summaries import seen_and_hidden
from ..model.declare import Record
from ..model.fields import TagsField
from ..model.registry import Spec, above, lists_projects, spec_of
from ..model.trees import Role
from ..models import Change
from ..sql.collecting import Key as RowKey
from ..sql.collecting import Row
from ..sql.setwise import among, among_values
from ..write import rules, saving
from ..write.deletion import delete_together
from ..write.deletion_plan import Plan, declared, plan_together
from .trails import Key, Trail


class Removal:
    """The deletion of records that appeared in an event, planned with their rows locked.

    Parameters
    ----------
    records : sequence
        Those that appeared by themselves.
    trails : dict
        Everything that the event did.
    """

    def __init__(self, records: Sequence[Record], trails: Mapping[Key, Trail], *, viewer: Viewer) -> None:
        self._viewer, self._trails = viewer, trails
        self._apart = _also_elsewhere(records, viewer)
        self._records = [one for one in records if (one._meta.label, one.pk) not in self._apart]
        self._detached = [one for one in records if (one._meta.label, one.pk) in self._apart]
        self._plan = plan_together(self._records) if self._records else None

    def refuse(self) -> None:
        """Refuse an actor who may not delete each of the records, and what the guards of their models object to."""
        grouped: dict[Spec, list[Record]] = defaultdict(list)
        for record in (*self._records, *self._detached):
            grouped[spec_of(record)].append(record)
        for spec, some in grouped.items():
            _refuse(spec, some, self._viewer)
        for record in self._records:
            rules.run_guards(record, self._viewer.actor)

    def in_the_way(self) -> list[RowKey]:
        """Records that depend on what would be deleted, other than by what the event did; in no order.

        Of a record that only leaves some projects, only those that the actor sees: for them it is gone, too.
        """
        found = set() if self._plan is None else set(self._depending(self._plan))
        if self._detached:
            seen, _ = seen_and_hidden(self._depending(plan_together(self._detached)), viewer=self._viewer)
            found |= {(label, pk) for label, ids in seen.items() for pk in ids}
        return list(found)

    def _depending(self, plan: Plan) -> Iterator[RowKey]:
        yield from (row.key for row in plan.users)
        yield from self._below(plan.collected)
        for reference, row in plan.cleared():
            if declared(row) and not self._made(row.key, reference.attname, row[reference.attname]):
                yield row.key

    def _below(self, rows: Iterable[Row]) -> Iterator[RowKey]:
        """Of what would be deleted too, the records that did not appear in the event, and those with links to it."""
        made_by_links: list[Row] = []
        for row in rows:
            link: Any = links_of_tables().get(row.model)
            if self._appeared(row.key) or isinstance(link, TagsField):
                continue
            if link is None:
                if declared(row):
                    yield row.key
                continue
            owner = (link.model._meta.label, row[f"{link.m2m_field_name()}_id"])
            if not (self._appeared(owner) or self._made(owner, link.name, row[f"{link.m2m_reverse_field_name()}_id"])):
                yield owner
            elif declared(row):
                made_by_links.append(row)
        yield from _with_history(made_by_links)

    def _appeared(self, key: RowKey) -> bool:
        trail = self._trails.get((key[0], str(key[1])))
        return trail is not None and trail.appeared

    def _made(self, key: RowKey, name: str, value: object) -> bool:
        """Whether the event itself made a record refer to another one."""
        trail = self._trails.get((key[0], str(key[1])))
        step = None if trail is None else trail.passive.get(name) or trail.steps.get(name)
        if step is None:
            return False
        became = step.became if isinstance(step.became, list) else [step.became]
        return str(value) in map(str, became)

    def counted(self) -> Counter[str]:
        """How many records of each model that appeared in the event are deleted."""
        gone = set() if self._plan is None else self._plan.gone
        return Counter(label for label, pk in gone | self._apart if self._appeared((label, pk)))

    def carry_out(self) -> None:
        """Delete the records; those that are also in projects which the actor may not write only leave the others."""
        if self._plan is not None:
            delete_together(self._plan, viewer=self._viewer)
        for record in self._detached:
            saving.delete(spec_of(record), record.pk, viewer=self._viewer)


def _refuse(spec: Spec, records: Sequence[Record], viewer: Viewer) -> None:
    if spec.tree.is_root:
        refuse_bound(viewer.actor, f"Deleting a {spec.singular_name}")
    ids = {record.pk for record in records}
    if "delete" not in spec.resource.verbs or viewer.editable(spec, ids, level=spec.tree.delete_level) != ids:
        raise Forbidden(f"You may not delete every {spec.singular_name} that was added.")


def _also_elsewhere(records: Sequence[Record], viewer: Viewer) -> set[RowKey]:
    """Records that are also in projects which the actor may not write; a query or two per model."""
    found: set[RowKey] = set()
    grouped: dict[Any, list[object]] = defaultdict(list)
    for record in records:
        grouped[type(record)].append(record.pk)
    for model, ids in grouped.items():
        spec = spec_of(model)
        if lists_projects(spec):
            rows = model._default_manager.filter(pk__in=among(model, ids)).order_by()
            held = list(rows.values_list("pk", spec.tree.lists))
            mine = viewer.editable(above(spec), {project for _, project in held}, level=Role.CONTRIBUTOR)
            found |= {(spec.label, pk) for pk, project in held if project not in mine}
    return found


def _with_history(rows: Sequence[Row]) -> Iterator[RowKey]:
    """Of rows of link tables that are records too, those that somebody added as such."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.label].append(row)
    for label, some in grouped.items():
        at = among_values(Change._meta.get_field("record_id"), [row.pk for row in some])
        noted = set(Change.objects.filter(model=label, record_id__in=at).values_list("record_id", flat=True))
        yield from (row.key for row in some if str(row.pk) in noted)


__all__ = ["Removal"]
