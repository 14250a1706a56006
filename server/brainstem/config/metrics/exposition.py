"""The numbers as text, in the Prometheus text format 0.0.4."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import NamedTuple

from django.db import Error

from brainstem import __version__
from brainstem.core.tasks import sight

from .board import Board, resident_bytes
from .labels import LIMITS, PORTALS, STANDINGS, STATUSES, VERBS
from .layout import BOUNDS, BUCKETS, COMPILED, PID, STARTED, STARTS, SUM

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Labels = dict[str, str]
Sample = tuple[str, Labels, float]


class Family(NamedTuple):
    """A metric: its name, its kind, what it says, and its samples as (suffix of the name, labels, value)."""

    name: str
    kind: str
    about: str
    samples: Callable[[Board], Iterator[Sample]]


def exposition(board: Board) -> str:
    """All metrics; if the database does not answer, those that do not need it."""
    lines: list[str] = []
    for family in (*FAMILIES, *_about_the_database()):
        lines += (f"# HELP {family.name} {family.about}", f"# TYPE {family.name} {family.kind}")
        lines += (_line(family.name + suffix, labels, value) for suffix, labels, value in family.samples(board))
    return "\n".join(lines) + "\n"


def _line(name: str, labels: Labels, value: float) -> str:
    # No label needs escaping: all of them are our own words.
    said = ",".join(f'{key}="{text}"' for key, text in labels.items())
    return f"{name}{{{said}}} {value!r}" if said else f"{name} {value!r}"


def _requests(board: Board) -> Iterator[Sample]:
    """Those that occurred: there are thousands of kinds."""
    totals = board.totals()
    for model in board.layout.models:
        for verb in VERBS:
            for status in STATUSES:
                for portal in PORTALS:
                    if number := totals[board.layout.requests(model, verb, status, portal)]:
                        labels = {"model": model, "verb": verb, "status": status, "portal": portal}
                        yield "", labels, number


def _refusals(board: Board) -> Iterator[Sample]:
    for status in ("4xx", "5xx"):
        yield "", {"status": status}, board.total(board.layout.refused(status))


def _limited(board: Board) -> Iterator[Sample]:
    for limit in LIMITS:
        yield "", {"limit": limit}, board.total(board.layout.limited(limit))


def _load(board: Board, offset: int) -> Iterator[Sample]:
    for worker, labels in _running(board):
        for standing in STANDINGS:
            cell = board.layout.running(standing) + offset
            yield "", {**labels, "standing": standing}, board.number(worker, cell)


def _histogram(board: Board, first: Callable[[str], int]) -> Iterator[Sample]:
    for portal in PORTALS:
        cell = first(portal)
        counted = list(accumulate(board.total(cell + bucket) for bucket in range(BUCKETS)))
        for bound, number in zip([*map(_bound, BOUNDS), "+Inf"], counted, strict=True):
            yield "_bucket", {"portal": portal, "le": bound}, number
        yield "_sum", {"portal": portal}, board.total_seconds(cell + SUM)
        yield "_count", {"portal": portal}, counted[-1]


def _bound(seconds: float) -> str:
    return f"{seconds:g}"


def _running(board: Board) -> Iterator[tuple[int, Labels]]:
    """The workers that have started so far."""
    for worker in range(board.workers):
        if board.number(worker, PID):
            yield worker, {"worker": str(worker)}


def _memory(board: Board) -> Iterator[Sample]:
    for worker, labels in _running(board):
        found = resident_bytes(board.number(worker, PID))
        if found is not None:
            yield "", labels, found


FAMILIES = (
    Family("brainstem_info", "gauge", "Version of the server.", lambda _: iter([("", {"version": __version__}, 1)])),
    Family(
        "brainstem_requests_total", "counter", "Requests answered, by model, verb, class of status and portal.",
        _requests,
    ),
    Family(
        "brainstem_refusals_total", "counter",
        "Requests refused before the application saw them: too many, too slow or unreadable.", _refusals,
    ),
    Family("brainstem_limited_total", "counter", "Requests refused because of a limit, by its name.", _limited),
    Family(
        "brainstem_requests_running", "gauge", "Requests that threads of a worker are handling.",
        lambda board: _load(board, 0),
    ),
    Family(
        "brainstem_requests_waiting", "gauge", "Requests that wait for a thread of a worker.",
        lambda board: _load(board, 1),
    ),
    Family(
        "brainstem_request_seconds", "histogram",
        "Seconds until a response was ready; of streams and files, until they began.",
        lambda board: _histogram(board, board.layout.seconds),
    ),
    Family(
        "brainstem_database_seconds", "histogram", "Seconds of a request in statements of the database.",
        lambda board: _histogram(board, board.layout.database),
    ),
    Family(
        "brainstem_compiled_statements_bytes", "gauge", "Bytes of compiled statements that a worker keeps.",
        lambda board: (("", labels, board.number(worker, COMPILED)) for worker, labels in _running(board)),
    ),
    Family("brainstem_worker_resident_memory_bytes", "gauge", "Resident memory of a worker.", _memory),
    Family(
        "brainstem_worker_start_time_seconds", "gauge", "When a worker was started, in seconds since 1970.",
        lambda board: (("", labels, board.seconds(worker, STARTED)) for worker, labels in _running(board)),
    ),
    Family(
        "brainstem_worker_starts_total", "counter", "How often a worker was started; more than 1 if it died.",
        lambda board: (("", labels, board.number(worker, STARTS)) for worker, labels in _running(board)),
    ),
)  # fmt: skip


def _about_the_database() -> list[Family]:
    """What the database says of itself and of the tasks in it; three statements."""
    try:
        waiting, workers = sight.waiting(), sight.workers_in_sight()
    except Error:
        return [_gauge("brainstem_database_up", "Whether the database answers.", 0)]
    return [
        _gauge("brainstem_database_up", "Whether the database answers.", 1),
        _gauge("brainstem_tasks_waiting", "Tasks that are due and that no worker has begun.", waiting.number),
        _gauge("brainstem_tasks_oldest_waiting_seconds", "How long the oldest of them is due.", waiting.oldest_s),
        _gauge("brainstem_task_workers", "Workers of tasks that were seen within the last minutes.", workers),
    ]


def _gauge(name: str, about: str, value: float) -> Family:
    return Family(name, "gauge", about, lambda _: iter([("", {}, value)]))


__all__ = ["CONTENT_TYPE", "exposition"]
