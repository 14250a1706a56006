"""The proposals to all catalogues in one queue, oldest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value

from ..access.viewer import Viewer
from ..model.declare import Record
from ..model.ids import RecordId
from ..model.registry import Spec, specs

MOST = 200


@dataclass(frozen=True)
class Queued:
    """A proposal in the queue; ``spec`` is the model of the proposals to its catalogue."""

    spec: Spec
    id: RecordId
    name: str
    action: str
    status: str
    comment: str
    author: int | None
    created_at: dt.datetime
    updated_at: dt.datetime


@cache
def proposal_specs() -> tuple[Spec, ...]:
    """The models of proposals."""
    return tuple(spec for spec in specs().values() if spec.tree.keeps_proposals)


def queued(
    viewer: Viewer,
    states: Collection[str],
    *,
    mine: bool | None = None,
    since: dt.datetime | None = None,
    most: int = MOST,
) -> list[Queued]:
    """Proposals in these states that the viewer sees, oldest first; one query.

    Parameters
    ----------
    mine
        Only those of the viewer (True), or only those of others (False). Accepted proposals of the reviewers themselves
        are the traces of direct writes, and left out.
    since
        Only those that were written or decided after this moment; then the newest come first.
    """
    parts = [_rows(spec, viewer, states, mine, since) for spec in proposal_specs()]
    found = parts[0].union(*parts[1:], all=True)
    ordered = found.order_by("-updated_at", "pk") if since else found.order_by("created_at", "pk")
    return [Queued(specs()[label], *row) for label, *row in ordered[:most]]


def _rows(
    spec: Spec, viewer: Viewer, states: Collection[str], mine: bool | None, since: dt.datetime | None
) -> QuerySet[Record, tuple[Any, ...]]:
    rows = viewer.rows(spec).order_by().filter(status__in=states)
    if "Accepted" in states:
        rows = rows.exclude(status="Accepted", reviewer=F("created_by"))
    if mine is not None:
        own = Q(created_by=viewer.actor.user_id)
        rows = rows.filter(own if mine else ~own)
    if since is not None:
        rows = rows.filter(updated_at__gt=since)
    return rows.values_list(
        Value(spec.label, output_field=CharField()),
        "pk", "name", "action", "status", "review_comment", "created_by_id", "created_at", "updated_at",
    )  # fmt: skip


__all__ = ["MOST", "Queued", "proposal_specs", "queued"]
