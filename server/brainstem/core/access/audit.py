"""Checks roles, audiences and counters against the data that they are derived from, and fixes them.

Checking changes nothing and takes one or two statements per model, whatever the number of rows.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet

from ..model.registry import Spec, specs
from ..models import Audience, AudienceCount, AudienceProject, ObjectRole
from ..sql.setwise import among
from . import counters, roles
from .audience import follow_above, key_of, refresh_all


def findings() -> list[str]:
    """What is inconsistent, as sentences; empty if nothing is."""
    return [*_stale_roles(), *_stale_audiences(), *_missing_triggers(), *_stale_counts()]


def mend() -> list[str]:
    """Derive again what is inconsistent; returns what was done, as sentences."""
    done = []
    for look, put_right in _MENDED:
        found = look()
        if found:
            put_right()
            done += found
    return done


# -- roles -------------------------------------------------------------------------------------------------------------


def _wrong_roles() -> set[tuple[uuid.UUID, int]]:
    wanted = roles.derived_roles()
    held = {(row.object_id, row.user_id): row.level for row in ObjectRole.objects.all()}
    return {key for key in wanted.keys() | held.keys() if wanted.get(key) != held.get(key)}


def _stale_roles() -> list[str]:
    wrong = len(_wrong_roles())
    return [f"{wrong} flattened roles differ from the grants."] if wrong else []


def _flatten_wrong() -> None:
    with transaction.atomic():
        roles.lock_roles()
        roles.flatten({object_id for object_id, _ in _wrong_roles()})


# -- audiences ---------------------------------------------------------------------------------------------------------


def _stale_audiences() -> list[str]:
    misnamed = _misnamed()
    found = [(spec, wrong_rows(spec, misnamed).count()) for spec in specs().values() if spec.in_project_tree]
    return [f"{wrong} rows of {spec.label} carry an audience that is not theirs." for spec, wrong in found if wrong]


def _misnamed() -> list[int]:
    """Audiences that have lost a project since they were created, because it was deleted."""
    projects: dict[int, list[uuid.UUID]] = defaultdict(list)
    for audience, project in AudienceProject.objects.values_list("audience_id", "project_id"):
        projects[audience].append(project)
    return [pk for pk, key in Audience.objects.values_list("pk", "key") if key != key_of(projects[pk])]


def wrong_rows(spec: Spec, misnamed: list[int]) -> QuerySet[Model]:
    """The rows of a model whose audience is not the one that follows from their links."""
    tree = spec.tree
    rows: QuerySet[Any] = spec.model._default_manager.order_by("pk")
    if tree.above:
        return rows.exclude(audience_id=F(f"{tree.above}__audience_id"))
    relation = spec.relations[tree.lists]
    if relation.kind == "fk":
        theirs: Any = AudienceProject.objects.filter(audience=OuterRef("audience_id"))
        other = theirs.exclude(project=OuterRef(f"{tree.lists}_id"))
        wrong = Exists(other) | ~Exists(theirs.filter(project=OuterRef(f"{tree.lists}_id")))
        return rows.filter(wrong | Q(audience_id__in=among(Audience, misnamed)))
    through: Any = relation.field.remote_field.through._default_manager
    near, far = relation.field.m2m_field_name(), relation.field.m2m_reverse_field_name()
    known = AudienceProject.objects.filter(audience=OuterRef(OuterRef("audience_id")), project=OuterRef(f"{far}_id"))
    linked = through.filter(**{f"{near}_id": OuterRef(OuterRef("pk")), f"{far}_id": OuterRef("project_id")})
    not_known = through.filter(~Exists(known), **{f"{near}_id": OuterRef("pk")})
    not_linked = AudienceProject.objects.filter(~Exists(linked), audience=OuterRef("audience_id"))
    return rows.filter(Exists(not_known) | Exists(not_linked) | Q(audience_id__in=among(Audience, misnamed)))


def _give_audiences() -> None:
    """Parents first: rows below a row take over its audience."""
    with transaction.atomic():
        misnamed = _misnamed()
        trees = [spec for spec in specs().values() if spec.in_project_tree]
        for spec in sorted(trees, key=lambda one: bool(one.tree.above)):
            held = wrong_rows(spec, misnamed).select_for_update(of=("self",))
            ids = list(held.values_list("pk", flat=True))
            if spec.tree.lists:
                refresh_all(spec, ids)
            else:
                follow_above(spec, ids)


# -- counters ----------------------------------------------------------------------------------------------------------


def _missing_triggers() -> list[str]:
    labels = ", ".join(spec.label for spec in counters.not_in_place())
    return [f"The triggers that count rows are missing, or of another version, for {labels}."] if labels else []


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


_MENDED: tuple[tuple[Callable[[], list[str]], Callable[[], None]], ...] = (
    (_stale_roles, _flatten_wrong),
    (_stale_audiences, _give_audiences),
    (_missing_triggers, lambda: counters.install(using=connection.alias)),
    (_stale_counts, counters.recount),
)
