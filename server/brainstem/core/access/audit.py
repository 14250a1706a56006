"""Recount of what is derived: roles, audiences and counters, against what they are derived from."""

from __future__ import annotations

from django.db import connection

from ..models import AudienceCount, GroupGrant, ObjectRole, UserGrant
from ..registry import Spec, specs
from .audience import derived_audience
from .roles import derived_roles


def findings() -> list[str]:
    """What is out of step, as sentences; empty when all is well."""
    return [*_stale_roles(), *_stale_audiences(), *_stale_counts()]


def _stale_roles() -> list[str]:
    objects = set(UserGrant.objects.values_list("object_id", flat=True))
    objects |= set(GroupGrant.objects.values_list("object_id", flat=True))
    wanted = derived_roles(objects)
    held = {(row.object_id, row.user_id): row.level for row in ObjectRole.objects.all()}
    wrong = sum(1 for key in wanted.keys() | held.keys() if wanted.get(key) != held.get(key))
    return [f"{wrong} flattened roles differ from the grants."] if wrong else []


def _stale_audiences() -> list[str]:
    found = []
    for spec in specs().values():
        if spec.in_project_tree:
            wrong = _wrong_audiences(spec)
            if wrong:
                found.append(f"{wrong} rows of {spec.label} carry an audience that is not theirs.")
    return found


def _wrong_audiences(spec: Spec) -> int:
    rows = spec.model._default_manager.iterator(chunk_size=2000)
    return sum(1 for record in rows if record.audience_id != derived_audience(spec, record))


def _stale_counts() -> list[str]:
    held = {(row.model, row.audience_id): row.n for row in AudienceCount.objects.exclude(n=0)}
    counted: dict[tuple[str, int], int] = {}
    with connection.cursor() as cursor:
        for spec in specs().values():
            if spec.in_project_tree:
                cursor.execute(f"SELECT audience_id, count(*) FROM {spec.table} GROUP BY audience_id")
                counted |= {(spec.label, audience): n for audience, n in cursor.fetchall()}
    wrong = sum(1 for key in held.keys() | counted.keys() if held.get(key) != counted.get(key))
    return [f"{wrong} counters of rows by audience are wrong."] if wrong else []
