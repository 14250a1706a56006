"""Undoing deletions: everything that they removed is inserted again, with one statement per model."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from ..access import audience, roles
from ..access.audit import wrong_rows
from ..access.viewer import Viewer
from ..errors import Conflict, Missing
from ..history.events import one_event
from ..history.linking import link_lines
from ..history.lost_roles import roles_noted
from ..history.recording import Line, as_json, note_all, note_restored, values_text
from ..model.ids import RecordId
from ..model.registry import Spec, group_spec, lists_projects, project_spec, spec_of, specs
from ..models import Deletion, GroupGrant, UserGrant
from ..sql.collecting import Model, Row, read
from ..sql.setwise import among
from ..write.row_states import states_of
from .kept_rows import Restored, found_in, insert, is_watched
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
    restored = found_in(deletions)
    if restored.of(UserGrant, GroupGrant, _memberships()):
        roles.lock_roles()
    for model, rows in restored.by_model.items():
        refuse_taken(model, rows)
    objects, groups = _regaining(restored)
    with roles_noted(objects=objects, groups=groups, viewer=viewer):
        for model, rows in restored.by_model.items():
            insert(model, rows)
        attached = list(_attached([one for deletion in deletions for one in deletion.detached]))
        _check_references(restored, deletions)
        roles.flatten(_holding_roles(restored))
    _refresh_audiences(restored)
    Deletion.objects.filter(pk__in=[one.pk for one in deletions]).update(undone_at=timezone.now())
    _note(restored, attached, viewer)
    return restored


def _note(restored: Restored, attached: list[Line], viewer: Viewer) -> None:
    """Record what is back, and the records that were left and have their references and links to it again."""
    watched = {
        row.key: values_text(row) for model in restored.records if is_watched(model) for row in _again(restored, model)
    }
    audiences = {
        spec.label: dict(_at(spec.model, ids).values_list("pk", "audience_id")) for spec, ids in _in_projects(restored)
    }
    texts = watched | {
        key: as_json(values | ({"audience_id": audiences[key[0]][key[1]]} if key[0] in audiences else {}))
        for key, values in restored.kept.items()
        if key not in watched
    }
    note_restored(dict(states_of(restored.rows, texts)), viewer=viewer)
    rows: list[tuple[Any, Any]] = [(row.model, row) for row in restored.rows]
    again = link_lines(rows, restored.keys, gone=False)
    note_all([*attached, *again], viewer=viewer)


def _again(restored: Restored, model: Model) -> list[Row]:
    """The rows of a model as they are now; what watches them may have changed them."""
    return read(_at(model, restored.records[model]))


def _at(model: Any, ids: Iterable[object]) -> Any:
    return model._base_manager.filter(pk__in=among(model, ids))


# -- references --------------------------------------------------------------------------------------------------------


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


def _in_projects(restored: Restored) -> list[tuple[Spec, list[RecordId]]]:
    """The records that have an audience, by model; those that have it from a row above come last."""
    found = [(spec_of(model), ids) for model, ids in restored.records.items() if spec_of(model).in_project_tree]
    return sorted(found, key=lambda one: bool(one[0].tree.above))


def _refresh_audiences(restored: Restored) -> None:
    """Give restored rows the audience that follows from where they are now; what is shared with a project rejoins it.

    What did not move meanwhile still has the right one.
    """
    projects = restored.records.get(project_spec().model, [])
    for spec in specs().values():
        ids = restored.records.get(spec.model, [])
        if spec.tree.lists and (ids or (projects and lists_projects(spec))):
            mine = Q(pk__in=among(spec.model, ids))
            inside = Q(**{f"{spec.tree.lists}__in": among(project_spec().model, projects)})
            wrong = wrong_rows(spec, []).filter(mine | inside if projects else mine)
            audience.refresh_all(spec, set(wrong.values_list("pk", flat=True)))
    for spec, ids in _in_projects(restored):
        if spec.tree.above:
            audience.follow_above(spec, ids)


def _reason(error: IntegrityError) -> str:
    text = str(error).splitlines()[0]
    return f"something that it belongs to is gone, or a name has been taken since ({text})."


__all__ = ["last_deletion", "restore", "undelete"]
