"""Lists of anything but records, such as a history, loaded page by page as they are needed."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Callable, Generic, Protocol, TypeVar

from .wire import Conversation

if TYPE_CHECKING:
    from .search import Run

T = TypeVar("T")
Row = Mapping[str, Any]


class Reading(Protocol[T]):
    """Where somebody is in a list."""

    @property
    def done(self) -> bool:
        """Whether all was given."""

    def next(self) -> Conversation[builtins.list[T]]:
        """The next page."""


class Feed(Generic[T]):
    """A list that is read anew each time it is gone through: ``for one in feed``."""

    def __init__(self, run: Run, start: Callable[[], Reading[T]], what: str) -> None:
        self._run, self._start, self._what = run, start, what

    def __iter__(self) -> Iterator[T]:
        reading = self._start()
        while not reading.done:
            yield from self._run(reading.next())

    def all(self) -> builtins.list[T]:
        """All of them."""
        return builtins.list(self)

    def first(self) -> T | None:
        """The first one, or None."""
        return next(iter(self), None)

    def __repr__(self) -> str:
        return f"<{self._what}: .all(), .first(), or for ... in it>"


class AsyncFeed(Generic[T]):
    """A list that is read anew each time it is gone through: ``async for one in feed``."""

    def __init__(self, run: Run, start: Callable[[], Reading[T]], what: str) -> None:
        self._run, self._start, self._what = run, start, what

    async def __aiter__(self) -> AsyncIterator[T]:
        reading = self._start()
        while not reading.done:
            for one in await self._run(reading.next()):
                yield one

    async def all(self) -> builtins.list[T]:
        """All of them."""
        return [one async for one in self]

    async def first(self) -> T | None:
        """The first one, or None."""
        async for one in self:
            return one
        return None

    def __repr__(self) -> str:
        return f"<{self._what}: await .all() or .first(), or async for ... in it>"
