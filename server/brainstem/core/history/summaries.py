"""Summaries of records by model for someone who may not see all of them: the number, and the names.

Records that the caller cannot see are neither named nor counted; only their existence is reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from ..access.viewer import Viewer
from ..model.declare import Record
from ..model.ids import RecordId
from ..model.registry import Spec, above, project_spec, spec_of, specs
from ..models import AudienceProject

# Number of rows read at once, without long texts and details.
BATCH = 2000
_LONG = (models.TextField, models.JSONField)
Key = tuple[str, object]


def seen_and_hidden(
    keys: Iterable[Key], *, viewer: Viewer, silent: Iterable[str] = ()
) -> tuple[dict[str, list[Any]], bool]:
    """Ids by model that the actor can see, in order, and whether there are others; one query per model.

    For models in ``silent``, the existence of others is not reported either.
    """
    grouped: dict[str, set[Any]] = defaultdict(set)
    for label, pk in keys:
        grouped[label].add(pk)
    seen, hidden = {}, False
    for label in sorted(grouped, key=path_of):
        spec = specs().get(label)
        shown = viewer.seen(spec, grouped[label]) if spec else set()
        hidden = hidden or (len(shown) < len(grouped[label]) and label not in silent)
        if shown:
            seen[label] = sorted(shown)
    return seen, hidden


def by_model(
    keys: Iterable[Key],
    *,
    viewer: Viewer,
    more: Mapping[Key, Mapping[str, object]] | None = None,
    whose: bool = False,
    silent: Iterable[str] = (),
) -> dict[str, object]:
    """The records of these keys: ``models`` with count and records, and whether there are ``hidden`` ones.

    ``more`` adds values to single records; ``whose`` adds their creators, and the projects or attribute that they
    belong to.
    """
    seen, hidden = seen_and_hidden(keys, viewer=viewer, silent=silent)
    found = []
    for label, ids in seen.items():
        told: list[dict[str, Any]] = []
        for start in range(0, len(ids), BATCH):
            records = _records(specs()[label], ids[start : start + BATCH])
            owners = _whose(records, viewer) if whose else {}
            told += [
                _told(record, owners, whose) | dict((more or {}).get((label, record.pk), {})) for record in records
            ]
        found.append({"model": path_of(label), "count": len(ids), "records": told})
    return {"models": found, "hidden": hidden}


def _told(record: Record, owners: Mapping[Key, list[str]], whose: bool) -> dict[str, object]:
    found: dict[str, Any] = {"id": record.pk, "name": name_of(record)}
    if whose:
        found |= {"created_by": record.created_by_id, "whose": owners.get((record._meta.label, record.pk), [])}
    return found


def nothing() -> dict[str, object]:
    """An empty summary."""
    return {"models": [], "hidden": False}


def name_of(record: Any) -> str:
    """Display name of a record."""
    return str((spec_of(record).tree.is_people and record.get_full_name()) or record)


def path_of(label: str) -> str:
    """A model as answers name it: ``stem/session``."""
    spec = specs().get(label)
    return f"{spec.app}/{spec.segment}" if spec else label


def _records(spec: Spec, ids: list[RecordId]) -> list[Any]:
    long = [field.name for field in spec.model._meta.concrete_fields if isinstance(field, _LONG)]
    return list(spec.model._default_manager.filter(pk__in=ids).defer(*long).order_by("pk"))


def _whose(records: Iterable[Any], viewer: Viewer) -> dict[Key, list[str]]:
    """Names of the visible projects, or of the personal attribute, that each record belongs to."""
    found: dict[Key, list[str]] = {}
    in_projects = []
    for record in records:
        spec = spec_of(record)
        if spec.in_project_tree:
            in_projects.append(record)
        elif spec.tree.follows_above:
            found[spec.label, record.pk] = [getattr(record, f"{spec.tree.above}_id")]
    names = _names_of_audiences({record.audience_id for record in in_projects}, viewer)
    parents = _names_of_parents(found)
    belonging = {(record._meta.label, record.pk): names[record.audience_id] for record in in_projects}
    return belonging | {key: [parents[pk] for pk in ids] for key, ids in found.items()}


def _names_of_audiences(audiences: set[int], viewer: Viewer) -> dict[int, list[str]]:
    rows = list(
        AudienceProject.objects.filter(audience_id__in=audiences)
        .order_by("project__name")
        .values_list("audience_id", "project_id", "project__name")
    )
    seen = viewer.seen(project_spec(), {pk for _, pk, _ in rows})
    names: dict[int, list[str]] = defaultdict(list)
    for audience, pk, name in rows:
        if pk in seen:
            names[audience].append(name)
    return names


def _names_of_parents(children: Mapping[Key, list[Any]]) -> dict[object, str]:
    names: dict[Any, str] = {}
    for label in {label for label, _ in children}:
        parent = above(specs()[label])
        ids = {pk for key, parents in children.items() if key[0] == label for pk in parents}
        names |= {record.pk: str(record) for record in parent.model._default_manager.filter(pk__in=ids)}
    return names


__all__ = ["Key", "by_model", "name_of", "nothing", "path_of", "seen_and_hidden"]
