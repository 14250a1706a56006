"""The version of a record: the number of its last change. It is "0" for a record without history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Max

from ..model.fields import told_key
from ..model.ids import RecordId
from ..model.registry import Spec
from ..models import Change

NONE = "0"


def version_of(spec: Spec, record_id: RecordId) -> str:
    """The version of one record; one query."""
    return versions_of(spec, [record_id])[record_id]


def versions_of(spec: Spec, ids: Iterable[RecordId]) -> dict[Any, str]:
    """Id -> version, for records of a model; one query."""
    wanted = list(ids)
    rows = Change.objects.filter(model=spec.label, record_id__in=[*map(str, wanted)]).order_by()
    lasts = rows.values_list("record_id").annotate(Max("id"))
    found = {told_key(str(key)): str(last) for key, last in lasts}
    return {one: found.get(str(one), NONE) for one in wanted}


def changes_from(spec: Spec, record_id: RecordId, number: int) -> list[Change]:
    """The change that made a version, if it is known, and all later ones of the record, oldest first; one query."""
    return list(Change.objects.filter(model=spec.label, record_id=str(record_id), id__gte=number).order_by("id"))


__all__ = ["NONE", "changes_from", "version_of", "versions_of"]
