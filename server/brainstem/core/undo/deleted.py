"""What was deleted and can be restored, for those who could delete it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Q

from ..access.viewer import Viewer
from ..history.summaries import name_of
from ..model.registry import Spec, specs, user_spec
from ..models import AudienceProject, Change, Deletion, ObjectRole
from ..sql.setwise import among_values
from .who import Lines, restorable, taken_along

Key = tuple[uuid.UUID, str]  # event, and id of a record as text
# Columns by which records are called, of those that a model has.
_NAMES = ("name", "title", "first_name", "last_name", "institution", "type")


@dataclass(frozen=True)
class Deleted:
    """A deleted record, by whom it was deleted and when, and what went with it, by path of the model."""

    id: object
    name: str
    deleted_at: dt.datetime
    deleted_by: int | None
    deleted_by_name: str
    event: uuid.UUID
    along: Mapping[str, int]


@dataclass(frozen=True)
class Wanted:
    """Which deleted records are asked for.

    Attributes
    ----------
    words : sequence of str
        Which must all occur in the name.
    ids : collection, optional
        Of which records.
    by : int, optional
        Who deleted it.
    since, until : datetime, optional
        When it was deleted.
    """

    words: Sequence[str] = ()
    ids: Collection[object] | None = None
    by: int | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def among(self, spec: Spec, lines: Lines) -> Lines:
        """Those of some deletions that are asked for."""
        given = {"event__actor_id": self.by, "at__gte": self.since, "at__lte": self.until}
        lines = lines.filter(**{name: value for name, value in given.items() if value is not None})
        if self.ids is not None:
            lines = lines.filter(record_id__in=among_values(Change._meta.get_field("record_id"), self.ids))
        for word in self.words:
            lines = lines.filter(_called(spec, word))
        return lines


ALL = Wanted()


def deleted(
    spec: Spec, *, viewer: Viewer, wanted: Wanted = ALL, offset: int = 0, limit: int = 20
) -> tuple[list[Deleted], int]:
    """A page of the deleted records that the viewer could restore, newest first, and their number.

    The number of statements does not depend on the page.
    """
    viewer = viewer.only_asking
    lines = wanted.among(spec, restorable(spec, viewer=viewer))
    page = list(lines.select_related("event").order_by("-id")[offset : offset + limit])
    return _told(spec, page, _along(spec, page, viewer), viewer), lines.count()


def gone_along(spec: Spec, *, viewer: Viewer, wanted: Wanted, limit: int) -> list[Deleted]:
    """Records that were deleted along with another one, newest first: they come back with it, not by themselves."""
    viewer = viewer.only_asking
    lines = wanted.among(spec, taken_along(spec, viewer=viewer))
    page = list(lines.select_related("event").order_by("-id")[:limit])
    return _told(spec, page, defaultdict(dict), viewer)


def _told(spec: Spec, page: Sequence[Change], along: Mapping[Key, dict[str, int]], viewer: Viewer) -> list[Deleted]:
    people = _people(page, viewer)
    return [
        Deleted(
            id=spec.parse_id(line.record_id),
            name=_name(spec, line),
            deleted_at=line.at,
            deleted_by=line.event.actor_id,
            deleted_by_name=people.get(line.event.actor_id, ""),
            event=line.event_id,
            along=along[line.event_id, line.record_id],
        )
        for line in page
    ]


def _called(spec: Spec, word: str) -> Q:
    found = Q(pk__in=())
    for name in _NAMES:
        if name in spec.columns:
            found |= Q(**{f"before__{name}__icontains": word})
    return found


def _name(spec: Spec, line: Change) -> str:
    columns = {one.attname: one for one in spec.model._meta.concrete_fields}
    kept = line.before or {}
    values = {name: columns[name].to_python(kept.get(name)) for name in columns.keys() & _called_by(spec)}
    return name_of(spec.model(pk=spec.parse_id(line.record_id), **values))


def _called_by(spec: Spec) -> set[str]:
    references = {one.attname for one in spec.model._meta.concrete_fields if one.is_relation}
    return {*_NAMES, "email"} | references


def _people(page: Iterable[Change], viewer: Viewer) -> dict[int | None, str]:
    """Names of those who deleted something; addresses of those without a name only if the viewer sees them."""
    ids = {line.event.actor_id for line in page if line.event.actor_id is not None}
    rows = get_user_model()._default_manager.filter(pk__in=ids)
    seen = viewer.seen(user_spec(), ids) if ids else set()
    return {user.pk: user.get_full_name() or (user.get_username() if user.pk in seen else "") for user in rows}


# -- what went along ---------------------------------------------------------------------------------------------------


def _along(spec: Spec, page: Sequence[Change], viewer: Viewer) -> Mapping[Key, dict[str, int]]:
    """(event, record) -> number of records of each model that went with it, as far as the viewer would see them."""
    found: dict[Key, Counter[str]] = defaultdict(Counter)
    rows = _counted(spec, page)
    # What went with a project was in no other one, and its owners saw all of it.
    everything = viewer.is_super or spec.tree.is_project
    seen = None if everything else _audiences(viewer, {audience for *_, audience, _ in rows if audience is not None})
    for event, record_id, label, audience, number in rows:
        other = specs().get(label)
        if other is not None and _shown(other, audience, seen):
            found[event, record_id][f"{other.app}/{other.segment}"] += number
    for line in page:
        along = found[line.event_id, line.record_id]
        along[f"{spec.app}/{spec.segment}"] -= 1
    return defaultdict(dict, {key: {path: n for path, n in sorted(one.items()) if n > 0} for key, one in found.items()})


def _shown(spec: Spec, audience: int | None, seen: set[int] | None) -> bool:
    """Whether a deleted row is counted; ``seen`` are the audiences of which rows are, None stands for all."""
    if spec.in_project_tree:
        return seen is None or audience in seen
    return not (spec.tree.offer or spec.tree.keeps_proposals)


def _audiences(viewer: Viewer, audiences: set[int]) -> set[int]:
    """Of some audiences, those of which the viewer sees the rows."""
    mine = ObjectRole.objects.filter(user_id=viewer.actor.user_id or 0).values("object_id")
    if viewer.actor.project_id is not None:
        mine = mine.filter(object_id=viewer.actor.project_id)
    return set(
        AudienceProject.objects.filter(audience_id__in=audiences, project_id__in=mine).values_list(
            "audience_id", flat=True
        )
    )


def _counted(spec: Spec, page: Sequence[Change]) -> list[tuple[uuid.UUID, str, str, int | None, int]]:
    """(event, record, model, audience, number) of what some deletions removed, counted by the database."""
    ids = {(line.event_id, line.record_id) for line in page}
    kept = Deletion.objects.filter(event__in={event for event, _ in ids}, model=spec.label)
    at = {pk: (event, record_id) for pk, event, record_id in kept.values_list("pk", "event", "record_id")}
    wanted = [pk for pk, key in at.items() if key in ids]
    if not wanted:
        return []
    holders = ",".join(["%s"] * len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS[connection.vendor].format(holders), [_bound(pk) for pk in wanted])
        rows = cursor.fetchall()
    clean = Deletion._meta.get_field("id")
    return [(*at[clean.to_python(pk)], label, audience, number) for pk, label, audience, number in rows]


def _bound(pk: uuid.UUID) -> str | uuid.UUID:
    return str(pk) if connection.vendor == "sqlite" else pk


_COUNTS = {
    "sqlite": "SELECT d.id, json_extract(r.value, '$.model'), json_extract(r.value, '$.values.audience_id'), count(*)"
    " FROM core_deletion d, json_each(d.rows) r WHERE d.id IN ({}) GROUP BY 1, 2, 3",
    "postgresql": "SELECT d.id, r.value->>'model', (r.value->'values'->>'audience_id')::bigint, count(*)"
    " FROM core_deletion d, jsonb_array_elements(d.rows) r WHERE d.id IN ({}) GROUP BY 1, 2, 3",
}

__all__ = ["Deleted", "Wanted", "deleted", "gone_along"]
