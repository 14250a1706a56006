"""Undoing deletions: everything that they removed is inserted again, with one statement per model."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import signals
from django.utils import timezone

from ..access import audience, roles
from ..access.viewer import Viewer
from ..errors import Conflict, Missing
from ..history.events import one_event
from ..history.linking import link_lines
from ..history.lost_roles import roles_noted
from ..history.recording import Line, note_all, note_restored
from ..history.summaries import Key
from ..model.fields import SpanField
from ..model.ids import RecordId
from ..model.registry import Spec, group_spec, lists_projects, project_spec, spec_of, specs
from ..models import Deletion, GroupGrant, UserGrant
from ..sql.collecting import Model, Row, columns_of, read
from ..sql.setwise import among, insert_columns
from ..text.times import span_of
from ..write.row_states import states_of
from .taken import refuse_taken


def undelete(spec: Spec, record_id: RecordId, *, viewer: Viewer) -> int:
    """Restore the record last deleted under this id, with everything deleted along with it.

    Returns
    -------
    int
        Number of restored rows.

    Raises
    ------
    Missing
        If nothing of that model and id was deleted.
    Conflict
        If a name has been taken since, or something that the rows refer to is gone.
    """
    with transaction.atomic():
        return len(restore([last_deletion(spec, record_id)], viewer=viewer).rows)


def last_deletion(spec: Spec, record_id: RecordId) -> Deletion:
    """The last deletion of a record that has not been undone, locked.

    Raises
    ------
    Missing
        If there is none.
    """
    kept = Deletion.objects.filter(model=spec.label, record_id=str(record_id), undone_at=None)
    found = kept.select_for_update().order_by("-id").first()
    if found is None:
        raise Missing(f"There is no deleted {spec.singular_name} {record_id}.")
    return found


@dataclass(frozen=True)
class Restored:
    """The rows that are back.

    Attributes
    ----------
    by_model : dict
        Model -> its rows, in the order of the deletions.
    """

    by_model: dict[Model, list[Row]] = field(default_factory=dict)

    @property
    def rows(self) -> list[Row]:
        """All rows."""
        return [row for rows in self.by_model.values() for row in rows]

    def of(self, *wanted: Model) -> list[Row]:
        """The rows of some models."""
        return [row for model in wanted for row in self.by_model.get(model, ())]

    @cached_property
    def records(self) -> dict[Model, list[RecordId]]:
        """Model -> ids of the rows that are records of the API."""
        return {model: [row.pk for row in rows] for model, rows in self.by_model.items() if hasattr(model, "resource")}

    @cached_property
    def keys(self) -> set[Key]:
        """Models and ids of the records."""
        return {(model._meta.label, pk) for model, ids in self.records.items() for pk in ids}


def restore(deletions: Sequence[Deletion], *, viewer: Viewer) -> Restored:
    """Restore what some deletions removed, within the caller's transaction, and record it in the history.

    Raises
    ------
    Conflict
        If a name has been taken since, or something that the rows refer to is gone.
    """
    spec = specs()[deletions[0].model]
    about = f"{spec.singular_name} {deletions[0].record_id}" if len(deletions) == 1 else "what was deleted"
    try:
        with transaction.atomic(), one_event():
            return _put_back(deletions, viewer)
    except IntegrityError as error:
        raise Conflict(f"Cannot restore {about}: {_reason(error)}") from error


def _put_back(deletions: Sequence[Deletion], viewer: Viewer) -> Restored:
    restored = Restored(_rows_of(deletions))
    if restored.of(UserGrant, GroupGrant, _memberships()):
        roles.lock_roles()
    for model, rows in restored.by_model.items():
        refuse_taken(model, rows)
    objects, groups = _regaining(restored)
    with roles_noted(objects=objects, groups=groups, viewer=viewer):
        for model, rows in restored.by_model.items():
            _insert(model, rows)
        attached = list(_attached([one for deletion in deletions for one in deletion.detached]))
        _check_references(restored, deletions)
        roles.flatten(_holding_roles(restored))
    _refresh_audiences(restored)
    Deletion.objects.filter(pk__in=[one.pk for one in deletions]).update(undone_at=timezone.now())
    _note(restored, attached, viewer)
    return restored


def _note(restored: Restored, attached: list[Line], viewer: Viewer) -> None:
    """Record what is back, and the records that were left and have their references and links to it again."""
    back = [row for model, ids in restored.records.items() for row in read(_at(model, ids))]
    links = [row for row in restored.rows if not hasattr(row.model, "resource")]
    note_restored(dict(states_of([*back, *links])), viewer=viewer)
    rows: list[tuple[Any, Any]] = [(row.model, row) for row in restored.rows]
    again = link_lines(rows, restored.keys, gone=False)
    note_all([*attached, *again], viewer=viewer)


def _at(model: Any, ids: Iterable[object]) -> Any:
    return model._base_manager.filter(pk__in=among(model, ids))


# -- rows --------------------------------------------------------------------------------------------------------------


def _rows_of(deletions: Sequence[Deletion]) -> dict[Model, list[Row]]:
    """The removed rows by model, in the order of the registry: as additions and moves count the rows of projects."""
    found: dict[Model, list[Row]] = {spec.model: [] for spec in specs().values()}
    for deletion in deletions:
        for kept in deletion.rows:
            model = apps.get_model(kept["model"])
            found.setdefault(model, []).append(_row(model, kept["values"]))
    return {model: rows for model, rows in found.items() if rows}


def _row(model: Any, kept: Mapping[str, object]) -> Row:
    names = columns_of(model)
    values = tuple(_value(column, kept) for column in model._meta.concrete_fields)
    return Row(model, (model._meta.label, values[names[model._meta.pk.attname]]), values)


def _value(column: Any, kept: Mapping[str, object]) -> Any:
    if column.attname not in kept:  # a column that is newer than the deletion
        return column.get_default()
    value = kept[column.attname]
    if isinstance(column, SpanField):
        return span_of(value) if isinstance(value, str) else value
    return column.to_python(value)


def _insert(model: Any, rows: Sequence[Row]) -> None:
    fields = model._meta.concrete_fields
    if signals.pre_save.has_listeners(model) or signals.post_save.has_listeners(model):
        for row in rows:
            record = model(**dict(zip(columns_of(model), row.values, strict=True)))
            record.save_base(raw=True, force_insert=True)
        return
    columns = zip(*(row.values for row in rows), strict=True)
    insert_columns(model._meta.db_table, [*zip(fields, columns, strict=True)])


def _attached(detached: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    """Set references that the deletions cleared, unless they have been set since; a statement or two per value."""
    wanted: dict[tuple[str, str, object], list[object]] = defaultdict(list)
    for row in detached:
        wanted[row["model"], row["column"], row["value"]].append(row["pk"])
    for (label, column, value), ids in wanted.items():
        model: Any = apps.get_model(label)
        empty = _at(model, ids).filter(**{column: None})
        found = list(empty.select_for_update().order_by("pk").values_list("pk", flat=True))
        if found:
            _at(model, found).update(**{column: value})
        if hasattr(model, "resource"):
            yield from (Line("change", (label, pk), {column: None}, {column: value}) for pk in found)


def _check_references(restored: Restored, deletions: Sequence[Deletion]) -> None:
    """Let the database check references now rather than at the end of the transaction."""
    attached = {apps.get_model(row["model"]) for deletion in deletions for row in deletion.detached}
    connection.check_constraints(table_names=[model._meta.db_table for model in {*restored.by_model, *attached}])


# -- what is derived ---------------------------------------------------------------------------------------------------


def _memberships() -> Any:
    return apps.get_model(settings.BRAINSTEM_MEMBERSHIP_MODEL)


def _holding_roles(restored: Restored) -> set[uuid.UUID]:
    """Projects and attributes on which somebody has a role again, directly or through a group."""
    groups = {row["group_id"] for row in restored.of(_memberships())}
    through = GroupGrant.objects.filter(group_id__in=groups).values_list("object_id", flat=True)
    return {row["object_id"] for row in restored.of(UserGrant, GroupGrant)} | set(through)


def _regaining(restored: Restored) -> tuple[set[uuid.UUID], set[int]]:
    """Projects and attributes, and groups, that were left, and on which somebody will have a role again."""
    objects = {row["object_id"] for row in restored.of(UserGrant, GroupGrant)}
    groups = {row["group_id"] for row in restored.of(_memberships())}
    back = restored.records.get(group_spec().model, ())
    return objects - {pk for _, pk in restored.keys}, groups.difference(back)


def _refresh_audiences(restored: Restored) -> None:
    """Give restored rows the audience of their parents; rows that were shared with a restored project rejoin it."""
    trees = [(spec_of(model), ids) for model, ids in restored.records.items() if spec_of(model).in_project_tree]
    for spec, ids in sorted(trees, key=lambda one: bool(one[0].tree.above)):
        if spec.tree.above:
            audience.follow_above(spec, ids)
        else:
            audience.refresh_all(spec, ids)
    projects = restored.records.get(project_spec().model, ())
    for spec in specs().values():
        if projects and lists_projects(spec):
            inside = spec.model._default_manager.filter(
                **{f"{spec.tree.lists}__in": among(project_spec().model, projects)}
            )
            audience.refresh_all(spec, set(inside.values_list("pk", flat=True)))


def _reason(error: IntegrityError) -> str:
    text = str(error).splitlines()[0]
    return f"something that it belongs to is gone, or a name has been taken since ({text})."


__all__ = ["Restored", "last_deletion", "restore", "undelete"]
