"""Who could delete, or see, what is deleted: those whom its projects, attributes and groups of then let do so today.

What no longer exists has no row to which the conditions of :mod:`brainstem.core.access.scope` apply. The last line of
its history names the audience or the parent that it had; of what roles were held on, the deletion names the owners.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import BigIntegerField, CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Right

from ..access.viewer import Viewer
from ..model.fields import IdField
from ..model.registry import Spec, memberships, specs
from ..model.trees import Role
from ..models import AudienceProject, Change, Deletion, ObjectRole
from ..sql.setwise import among_values

Lines = QuerySet[Change]


def restorable(spec: Spec, *, viewer: Viewer) -> Lines:
    """Deletions of records that can be undone by the viewer: those that they could have made themselves.

    ``key`` is the id of the record as text. Of read-only tokens it gives what their person could restore.
    """
    if "delete" not in spec.resource.verbs:
        return Change.objects.none()
    kept = Deletion.objects.filter(
        event=OuterRef("event_id"), model=spec.label, record_id=OuterRef("key"), undone_at=None
    )
    lines: Lines = _deletions(spec).filter(Exists(kept))
    return _let(spec, lines, viewer, level=_level(spec))


def taken_along(spec: Spec, *, viewer: Viewer) -> Lines:
    """Deletions of records that went with another one, which has not come back, and that the viewer could have made."""
    if "delete" not in spec.resource.verbs:
        return Change.objects.none()
    kept = Deletion.objects.filter(event=OuterRef("event_id"))
    own = kept.filter(model=spec.label, record_id=OuterRef("key"))
    again = Change.objects.filter(model=spec.label, record_id=OuterRef("record_id"), life=1, id__gt=OuterRef("id"))
    lines: Lines = _deletions(spec).filter(Exists(kept.filter(undone_at=None)), ~Exists(own), ~Exists(again))
    return _let(spec, lines, viewer, level=_level(spec))


def seen_when_deleted(spec: Spec, ids: Iterable[object], *, viewer: Viewer) -> set[object]:
    """The ids of deleted records that the viewer would see if they were still there; a query or two."""
    return _at(spec, ids, viewer, None)


def _at(spec: Spec, ids: Iterable[object], viewer: Viewer, level: Role | None) -> set[object]:
    wanted = list(ids)
    if not wanted:
        return set()
    at = among_values(Change._meta.get_field("record_id"), wanted)
    lines: Any = _let(spec, _deletions(spec).filter(record_id__in=at), viewer, level=level)
    return {spec.parse_id(key) for key in lines.values_list("key", flat=True)}


def writable_when_deleted(spec: Spec, ids: Iterable[object], *, viewer: Viewer) -> set[object]:
    """The ids of deleted records that the viewer could delete if they were still there; a query or two."""
    return _at(spec, ids, viewer, _level(spec))


def _deletions(spec: Spec) -> Any:
    text: Any = Cast("record_id", CharField())
    if spec.columns["id"].wire_type == "integer":  # stored as the last digits of a UUID
        text = Cast(Cast(Right(text, 12), BigIntegerField()), CharField())
    return Change.objects.filter(model=spec.label, life=-1).annotate(key=text)


def _level(spec: Spec) -> Role:
    if spec.tree.delete_level is None and not spec.tree.holds_roles:
        return Role.CONTRIBUTOR
    return spec.tree.delete_level or Role.OWNER


def _let(spec: Spec, lines: Lines, viewer: Viewer, *, level: Role | None) -> Lines:
    """Of some deletions, those of records on which the viewer would hold a level; None stands for seeing them."""
    if viewer.is_super:
        return lines
    if viewer.portal != "private" or viewer.actor.is_anonymous:
        return lines.none()
    if spec.tree.in_projects:
        return _in_projects(lines, viewer, level)
    if spec.tree.follows_above:
        return _under(spec, lines, viewer, level)
    if level is None and spec.tree.for_everyone:
        return lines
    return _alone(spec, lines, viewer, owner=level is not None)


def _alone(spec: Spec, lines: Lines, viewer: Viewer, *, owner: bool) -> Lines:
    """Of records that stand alone, those that the viewer owned, or that are the administrators' to write."""
    if owner and viewer.actor.project_id is not None:
        return lines.none()
    if spec.tree.holds_roles:
        return lines.filter(event_id__in=_owned(viewer, spec.label))
    if spec.tree.above:
        return _of_group(spec, lines, viewer)
    return lines if viewer.actor.is_admin and owner else lines.none()


def _in_projects(lines: Lines, viewer: Viewer, level: Role | None) -> Lines:
    """Seen in one of the projects of then; written only by those who may write in each of them."""
    mine = _roles(viewer, level).values("object_id")
    if viewer.actor.project_id is not None:
        mine = mine.filter(object_id=viewer.actor.project_id)
    found = lines.annotate(audience=Cast(KT("before__audience_id"), BigIntegerField()))
    projects = AudienceProject.objects.filter(audience_id=OuterRef("audience"))
    held = Exists(projects.filter(project_id__in=mine))
    if level is None:
        return found.filter(held | Q(event_id__in=_owned(viewer)))
    return found.filter(held, ~Exists(projects.exclude(project_id__in=mine)))


def _under(spec: Spec, lines: Lines, viewer: Viewer, level: Role | None) -> Lines:
    if viewer.actor.project_id is not None and level is not None:
        return lines.none()
    found = lines.annotate(parent=Cast(KT(f"before__{spec.tree.above}_id"), IdField()))
    held = Q(parent__in=_roles(viewer, level).values("object_id"))
    return found.filter(held if level is not None else held | Q(event_id__in=_owned(viewer)))


def _of_group(spec: Spec, lines: Lines, viewer: Viewer) -> Lines:
    found = lines.annotate(group=Cast(KT(f"before__{spec.tree.above}_id"), BigIntegerField()))
    mine = memberships().filter(user_id=viewer.actor.user_id, level=int(Role.OWNER))
    return found.filter(group__in=mine.values("group_id"))


def _roles(viewer: Viewer, level: Role | None) -> Any:
    return ObjectRole.objects.filter(user_id=viewer.actor.user_id or 0, level__gte=int(level or Role.MEMBER))


def _owned(viewer: Viewer, label: str = "") -> list[uuid.UUID]:
    """Events in which something was deleted that the viewer owned, of one model or of any; one query."""
    labels = [label] if label else [spec.label for spec in specs().values() if spec.tree.holds_roles]
    rows = Deletion.objects.filter(model__in=labels).values_list("event", "owners")
    return [event for event, owners in rows if viewer.actor.user_id in owners]


__all__ = ["Lines", "restorable", "seen_when_deleted", "taken_along", "writable_when_deleted"]
