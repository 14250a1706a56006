"""The queue of proposals: for administrators what waits for a decision, for everybody where their own stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone

from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import user_spec
from brainstem.core.review import queue
from brainstem.core.review.queue import Queued
from brainstem.core.write.proposals import catalogue_of

from .. import words, zone
from ..cells import Cell, Chip, noted_cell
from ..faces import face_of
from ..gathering import Gathering
from ..where import answered, path_of, viewer_in

PORTAL = "private"
WAITING, RETURNED, DECIDED = ("Pending",), ("Revision requested",), ("Accepted", "Rejected")
DECIDED_FOR = dt.timedelta(days=30)
SHOWN_DECIDED = 50
# State -> its words, mark and tone.
STATES: Mapping[str, tuple[str, str, str]] = {
    "Pending": ("Waiting for a decision", "clock", ""),
    "Revision requested": ("Handed back", "attention", "attention"),
    "Accepted": ("Accepted", "ok", "ok"),
    "Rejected": ("Rejected", "limit", "limit"),
}


@dataclass(frozen=True)
class Line:
    """A proposal in the queue."""

    title: str
    asks: str
    icon: str
    url: str
    change_url: str
    status: str
    mark: str
    tone: str
    author: Chip | None
    comment: str
    when: Cell
    ago: str


def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, and the proposals of the person who looks; a few statements for all catalogues."""
    return answered(request, lambda: _approvals(request))


def _approvals(request: HttpRequest) -> HttpResponse:
    viewer = viewer_in(request, PORTAL)
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET"])
    admin = viewer.actor.is_admin
    since = timezone.now() - DECIDED_FOR
    if admin:
        waiting = queue.queued(viewer, WAITING, most=queue.MOST + 1)
        returned = queue.queued(viewer, RETURNED)
    else:
        waiting = queue.queued(viewer, WAITING, mine=True, most=queue.MOST + 1)
        returned = queue.queued(viewer, RETURNED, mine=True)
    decided = queue.queued(viewer, DECIDED, mine=None if admin else True, since=since, most=SHOWN_DECIDED)
    gathering = Gathering(viewer)
    gathering.name(user_spec(), {one.author for one in (*waiting, *returned, *decided) if one.author is not None})
    gathering.run()
    context = {
        "portal": PORTAL,
        "is_admin": admin,
        "waiting": lines_of(waiting[: queue.MOST], gathering),
        "more": len(waiting) > queue.MOST,
        "returned": lines_of(returned, gathering),
        "decided": lines_of(decided, gathering, decided=True),
    }
    return render(request, "portal/review/queue.html", context)


def lines_of(found: Iterable[Queued], gathering: Gathering, *, decided: bool = False) -> list[Line]:
    """Proposals as the queue shows them, once the names of their authors are known."""
    return [_line(one, gathering, decided=decided) for one in found]


def _line(one: Queued, gathering: Gathering, *, decided: bool) -> Line:
    catalogue = catalogue_of(one.spec)
    status, mark, tone = STATES[one.status]
    at = (one.updated_at if decided else one.created_at).isoformat()
    return Line(
        title=one.name,
        asks=f"{'New' if one.action == 'Add' else 'Change of a'} {words.model_name(catalogue)}",
        icon=face_of(catalogue).icon,
        url=review_url(one, PORTAL),
        change_url=f"{path_of(PORTAL, one.spec)}{one.id}/change/",
        status=status,
        mark=mark,
        tone=tone,
        author=gathering.chip(user_spec(), one.author) if one.author is not None else None,
        comment=one.comment,
        when=noted_cell(at),
        ago=zone.ago(at),
    )


def review_url(one: Queued, portal: str) -> str:
    """Address of the page on which a proposal is reviewed."""
    return f"{path_of(portal, one.spec)}{one.id}/review/"


def neighbours(viewer: Viewer, label: str, record_id: object) -> tuple[Queued | None, Queued | None]:
    """The proposals before and after one in the queue of what waits; after the last one comes the first."""
    waiting = queue.queued(viewer, WAITING, mine=None if viewer.actor.is_admin else True)
    at = next((at for at, one in enumerate(waiting) if (one.spec.label, one.id) == (label, record_id)), None)
    if at is None:
        return None, next(iter(waiting), None)
    return _other(waiting, at - 1, at), _other(waiting, (at + 1) % len(waiting), at)


def _other(waiting: Sequence[Queued], number: int, at: int) -> Queued | None:
    return waiting[number] if number >= 0 and number != at else None


__all__ = [
    "DECIDED",
    "DECIDED_FOR",
    "PORTAL",
    "RETURNED",
    "STATES",
    "WAITING",
    "Line",
    "approvals",
    "lines_of",
    "neighbours",
    "review_url",
]
