"""Audiences: each distinct set of projects is stored once, so that one cheap condition scopes the rows of every model.

Only this module sets ``audience_id``; :mod:`brainstem.core.access.audit` checks it.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from ..model.declare import Record
from ..model.registry import Spec, above, children_of, lists_projects
from ..models import Audience, AudienceProject
from ..sql.setwise import among
from .memory import FORGETFUL, Memory


def audience_of(project_ids: Iterable[uuid.UUID], *, memory: Memory = FORGETFUL) -> int:
    """Id of the audience that is exactly this set of projects; created if it is new."""
    ids = frozenset(project_ids)
    return int(memory.answers("audience of", [ids], lambda _: {ids: _interned(ids)})[ids])


def _interned(project_ids: Iterable[uuid.UUID]) -> int:
    ids = sorted(project_ids)
    key = key_of(ids)
    found = Audience.objects.filter(key=key).values_list("id", flat=True).first()
    if found is not None:
        return int(found)
    try:
        with transaction.atomic():
            audience = Audience.objects.create(key=key)
            AudienceProject.objects.bulk_create(AudienceProject(audience=audience, project_id=one) for one in ids)
            return int(audience.pk)
    except IntegrityError:  # Another transaction has just added the same set.
        return int(Audience.objects.get(key=key).pk)


def key_of(project_ids: Iterable[uuid.UUID]) -> str:
    """The key by which a set of projects is found."""
    return hashlib.sha256(" ".join(map(str, sorted(project_ids))).encode()).hexdigest()


def derived_audience(spec: Spec, record: Record, *, memory: Memory = FORGETFUL) -> int:
    """The audience that follows from a row's links: its own projects, or its parent's audience."""
    name = spec.tree.place
    if spec.tree.above:
        parent_id = getattr(record, f"{name}_id")
        return audiences_of(above(spec), [parent_id], memory=memory)[parent_id]
    if not lists_projects(spec):
        return audience_of([getattr(record, f"{name}_id")], memory=memory)
    return audience_of(getattr(record, name).values_list("pk", flat=True), memory=memory)


def audiences_of(spec: Spec, ids: Iterable[object], *, memory: Memory = FORGETFUL) -> dict[object, int]:
    """Id of a row -> its audience; one query, none for rows that are remembered."""
    rows = spec.model._default_manager

    def ask(wanted: list[object]) -> dict[object, int]:
        return dict(rows.filter(pk__in=wanted).values_list("pk", "audience_id"))

    return memory.answers(("audience", spec.label), ids, ask)


def refresh(spec: Spec, record: Any) -> None:
    """Update the audience of a row, and of everything below it, to match its links."""
    audience = derived_audience(spec, record)
    if audience == record.audience_id:
        return
    record.audience_id = audience
    set_audience(spec, [record.pk], audience)


def refresh_all(spec: Spec, ids: Iterable[object]) -> None:
    """As :func:`refresh`, for many rows that list their projects; a few statements per set of projects."""
    found = list(ids)
    if not found:
        return
    wanted, rows = among(spec.model, found), spec.model._default_manager
    held = dict(rows.filter(pk__in=wanted).values_list("pk", "audience_id"))
    projects: dict[Any, set[uuid.UUID]] = {pk: set() for pk in held}
    for pk, project in rows.filter(pk__in=wanted).order_by().values_list("pk", spec.tree.lists):
        if project is not None:
            projects[pk].add(project)
    moving: dict[int, list[Any]] = defaultdict(list)
    audiences = {chosen: audience_of(chosen) for chosen in {frozenset(one) for one in projects.values()}}
    for pk, chosen in projects.items():
        if held[pk] != audiences[frozenset(chosen)]:
            moving[audiences[frozenset(chosen)]].append(pk)
    for audience, moved in sorted(moving.items()):
        set_audience(spec, moved, audience)


def follow_above(spec: Spec, ids: Iterable[object]) -> None:
    """Give rows that belong to another row its audience, and so everything below them; a few statements for each."""
    parent, found = spec.tree.above, list(ids)
    if not found:
        return
    rows = spec.model._default_manager.filter(pk__in=among(spec.model, found))
    moving: dict[int, list[Any]] = defaultdict(list)
    astray = rows.exclude(audience_id=F(f"{parent}__audience_id")).order_by()
    for pk, audience in astray.values_list("pk", f"{parent}__audience_id"):
        moving[audience].append(pk)
    for audience, moved in sorted(moving.items()):
        set_audience(spec, moved, audience)


def set_audience(spec: Spec, ids: Iterable[object], audience: int, **still: Any) -> None:
    """Set the audience of rows and of everything below them; two statements per model.

    ``still`` is checked again for rows that another transaction was moving when they were found.
    """
    found = list(ids)
    if not found:
        return
    spec.model._default_manager.filter(pk__in=among(spec.model, found), **still).update(audience_id=audience)
    for child in children_of(spec.label):
        there = {f"{child.tree.above}__in": among(spec.model, found)}
        below = child.model._default_manager.filter(**there)
        set_audience(child, below.values_list("pk", flat=True), audience, **there)
