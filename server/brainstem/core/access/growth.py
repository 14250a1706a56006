"""What a write adds to audiences and takes from them, noted while it writes; costs the database nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Project = TypeVar("Project")


class Growth:
    """What one write adds and takes away.

    Attributes
    ----------
    records : Counter
        Audience -> records added, less those deleted.
    bytes : Counter
        Audience, None outside of projects -> bytes of files added, less those replaced.
    moves : set
        Audiences between which records moved; with a record, all below it moves.
    """

    def __init__(self) -> None:
        self.records: Counter[int] = Counter()
        self.bytes: Counter[int | None] = Counter()
        self.moves: set[tuple[int, int]] = set()

    def __bool__(self) -> bool:
        """Whether anything may have grown."""
        return bool(self.moves) or any(number > 0 for one in (self.records, self.bytes) for number in one.values())

    @property
    def audiences(self) -> set[int]:
        """All that were noted."""
        moved = {one for move in self.moves for one in move}
        return {*self.records, *moved, *(one for one in self.bytes if one is not None)}

    def with_more_records(self, projects: Mapping[int, Set[Project]]) -> set[Project]:
        """The projects that hold more records than before, given those of each audience.

        Of records that moved only the direction is known, so a project that records joined counts as grown even if
        others left it.
        """
        return self._joined(projects) | _grown(self.records, projects)

    def with_more_bytes(self, projects: Mapping[int, Set[Project]]) -> set[Project]:
        """The same of the bytes of files."""
        return self._joined(projects) | _grown(self.bytes, projects)

    def _joined(self, projects: Mapping[int, Set[Project]]) -> set[Project]:
        return {one for was, now in self.moves for one in projects.get(now, set()) - projects.get(was, set())}


def _grown(more: Mapping[int, int] | Mapping[int | None, int], projects: Mapping[int, Set[Project]]) -> set[Project]:
    found: Counter[Project] = Counter()
    for audience, number in more.items():
        for project in projects.get(audience, ()) if audience is not None else ():
            found[project] += number
    return {project for project, number in found.items() if number > 0}


_current: ContextVar[Growth | None] = ContextVar("growth", default=None)


@contextmanager
def noted() -> Iterator[Growth]:
    """What is written within the block; it belongs to one write."""
    growth = Growth()
    token = _current.set(growth)
    try:
        yield growth
    finally:
        _current.reset(token)


def note_added(audiences: Iterable[int]) -> None:
    """Note one new record for each of these."""
    if (growth := _current.get()) is not None:
        growth.records.update(audiences)


def note_deleted(audiences: Iterable[int]) -> None:
    """Note one record less for each of these."""
    if (growth := _current.get()) is not None:
        growth.records.subtract(audiences)


def note_stored(audience: int | None, number: int) -> None:
    """Note so many more bytes of files; less, if negative."""
    if (growth := _current.get()) is not None:
        growth.bytes[audience] += number


def note_moved(was: int, now: int) -> None:
    """Note that records have another audience."""
    if (growth := _current.get()) is not None:
        growth.moves.add((was, now))


__all__ = ["Growth", "note_added", "note_deleted", "note_moved", "note_stored", "noted"]
