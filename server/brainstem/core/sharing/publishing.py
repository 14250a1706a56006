"""Previews of publishing a project, and of taking that back: what everyone would see, and what would stay private.

Follows the declarations: which models are in the project tree, and which relations lead out of it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Count

from ..access.refusals import record_seen
from ..access.viewer import PUBLIC, Viewer
from ..errors import Forbidden
from ..history.summaries import Key, by_model
from ..model.ids import RecordId
from ..model.registry import Relation, Spec, above, attribute_roots, project_spec, shares_scope, specs
from ..model.trees import Role
from ..models import AudienceProject, Change, ObjectRole

# target -> referring model -> number of its rows that refer to it
References = dict[Key, dict[str, int]]


def preview_publishing(spec: Spec, record_id: RecordId, *, viewer: Viewer) -> dict[str, object]:
    """What the public portal would additionally show if the project were public; it may already be.

    Raises
    ------
    Missing
        If the actor cannot see the project.
    Forbidden
        If the actor does not own it.
    """
    project = _owned(spec, record_id, viewer)
    reached = {target.label: _reached(target, project.pk) for target in specs().values()}
    already = {label: _public(specs()[label], ids) for label, ids in reached.items()}
    new = {label: ids - already[label] for label, ids in reached.items()}
    private = _private(project.pk, reached)
    used = {key: {"used_by": _counts(by)} for key, by in private.items()}
    files = dict(_files(new))
    # Not even the existence of another project of a subject or session is revealed to people who cannot see it.
    silent = [project_spec().label]
    return {
        "is_public": project.is_public,
        "becomes_visible": by_model(_keys(new), viewer=viewer),
        "visible_already": by_model(_keys(already), viewer=viewer),
        "stays_private": by_model(private, viewer=viewer, more=used, silent=silent),
        "files": by_model(files, viewer=viewer, more=files),
    }


def preview_withdrawing(spec: Spec, record_id: RecordId, *, viewer: Viewer) -> dict[str, object]:
    """What the public portal would no longer show if the project were private, and what stays there through others.

    Raises
    ------
    Missing
        If the actor cannot see the project.
    Forbidden
        If the actor does not own it.
    """
    project = _owned(spec, record_id, viewer)
    reached = {target.label: _reached(target, project.pk) for target in specs().values()}
    public = {label: _public(specs()[label], ids) for label, ids in reached.items()}
    kept = {label: ids & _public_elsewhere(specs()[label], ids, project.pk) for label, ids in public.items()}
    gone = {label: ids - kept[label] for label, ids in public.items()}
    return {
        "is_public": project.is_public,
        "disappears": by_model(_keys(gone), viewer=viewer),
        "stays_public": by_model(_keys(kept), viewer=viewer),
    }


def public_since(spec: Spec, record_id: RecordId) -> dt.datetime | None:
    """When a project was last made public; None if its history does not tell."""
    rows = Change.objects.filter(model=spec.label, record_id=str(record_id), after__is_public=True)
    return rows.order_by("-pk").values_list("at", flat=True).first()


def _owned(spec: Spec, record_id: RecordId, viewer: Viewer) -> Any:
    # Only a question: a read-only token may ask too.
    asking = viewer.only_asking
    record = record_seen(spec, record_id, viewer=asking)
    if not asking.editable(spec, [record.pk], level=Role.OWNER):
        raise Forbidden(f"Only owners can publish this {spec.singular_name}.")
    return record


def _keys(ids: dict[str, set[object]]) -> Iterator[Key]:
    return ((label, pk) for label, found in ids.items() for pk in found)


def _counts(by: dict[str, int]) -> list[dict[str, object]]:
    named = {f"{specs()[label].app}/{specs()[label].segment}": count for label, count in by.items()}
    return [{"model": model, "count": count} for model, count in sorted(named.items())]


# -- visible rows -----------------------------------------------------------------------------------------------------


def _reached(spec: Spec, project_id: Any) -> set[object]:
    """Ids of the rows that the public portal shows because of this project if it is public."""
    if PUBLIC.portal not in spec.resource.portals:
        return set()
    if spec.tree.is_people:
        held = ObjectRole.objects.filter(object_id=project_id, level__gte=Role.CONTRIBUTOR)
        return set(held.values_list("user_id", flat=True))
    return set(_rows(spec, project_id).values_list("pk", flat=True)) if spec.tree.published else set()


def _rows(spec: Spec, project_id: Any) -> Any:
    rows = spec.model._default_manager.order_by()
    if spec.tree.is_root:
        return rows.filter(pk=project_id)
    audiences = AudienceProject.objects.filter(project_id=project_id).values("audience_id")
    return rows.filter(audience_id__in=audiences)


def _public(spec: Spec, ids: set[object]) -> set[object]:
    return PUBLIC.seen(spec, ids)


def _public_elsewhere(spec: Spec, ids: set[object], project_id: RecordId) -> set[object]:
    """Those of the rows that are public through another project; people through anything else that is."""
    rows = spec.model._default_manager.order_by().filter(pk__in=ids)
    if not ids or spec.tree.is_root:
        return set()
    if spec.tree.is_people:
        roots = [root.model._default_manager.filter(is_public=True) for root in (project_spec(), *attribute_roots())]
        public = {pk for root in roots for pk in root.exclude(pk=project_id).values_list("pk", flat=True)}
        held = ObjectRole.objects.filter(
            object_id__in=public, user_id__in=[str(one) for one in ids], level__gte=Role.CONTRIBUTOR
        )
        return set(held.values_list("user_id", flat=True))
    others = AudienceProject.objects.filter(project__is_public=True).exclude(project_id=str(project_id))
    return set(rows.filter(audience_id__in=others.values("audience_id")).values_list("pk", flat=True))


# -- private rows -----------------------------------------------------------------------------------------------------


def _private(project_id: RecordId, reached: dict[str, set[object]]) -> References:
    """Records that the project's rows refer to but the public portal would not show, with their attribute."""
    used: dict[str, dict[object, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for spec in specs().values():
        if spec.tree.published and reached[spec.label]:
            for relation in _leading_out(spec):
                for pk, count in _targets(spec, relation, project_id):
                    by = used[relation.target][pk]
                    by[spec.label] = by.get(spec.label, 0) + count
    found: References = {}
    for label, targets in used.items():
        shown = reached[label] | _public(specs()[label], set(targets))
        found |= {(label, pk): by for pk, by in targets.items() if pk not in shown}
    return _with_parents(found)


def _leading_out(spec: Spec) -> list[Relation]:
    """Relations that a public record shows, and whose targets are not public just because the record is."""
    shown = [spec.relations[name] for name in spec.keys if name in spec.relations and PUBLIC.shows(spec, name)]
    return [relation for relation in shown if not shares_scope(relation)]


def _targets(spec: Spec, relation: Relation, project_id: RecordId) -> Any:
    """(id, number of rows that refer to it)."""
    rows = _rows(spec, project_id).filter(**{f"{relation.name}__isnull": False})
    return rows.values_list(relation.name).annotate(count=Count("pk", distinct=True))


def _with_parents(found: References) -> References:
    """Children of a private personal attribute are private because of it: the attribute has to be published."""
    whole = dict(found)
    for label in {label for label, _ in found}:
        spec = specs()[label]
        if spec.in_project_tree or not spec.tree.follows_above:
            continue
        target, name = above(spec).label, spec.tree.above
        ids = [pk for one, pk in found if one == label]
        parents = spec.model._default_manager.filter(pk__in=ids).order_by()
        for pk, count in parents.values_list(name).annotate(count=Count("pk")):
            whole[target, pk] = whole.get((target, pk), {}) | {label: count}
    return whole


def _files(new: dict[str, set[object]]) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Uploads that everyone could download; those marked private stay private."""
    for label, ids in new.items():
        spec = specs()[label]
        uploads = [column.name for column in spec.columns.values() if column.wire_type in ("image", "file")]
        shown = [name for name in uploads if ids and PUBLIC.shows(spec, name)]
        fields: dict[object, list[str]] = defaultdict(list)
        for name in shown:
            rows = spec.model._default_manager.filter(pk__in=ids).exclude(**{name: ""}).exclude(**{name: None})
            for pk in rows.order_by().values_list("pk", flat=True):
                fields[pk].append(name)
        yield from (((label, pk), {"fields": names}) for pk, names in fields.items())


__all__ = ["preview_publishing", "preview_withdrawing", "public_since"]
