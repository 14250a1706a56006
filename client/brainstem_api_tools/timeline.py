"""What both clients offer besides records: the past, what changed, and drafts.

Written once: the type arguments say what each call gives, at once or when it is awaited.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Callable, Generic, TypeVar

from . import past
from .attached import Source
from .entries import Entry
from .names import Name, portal_name
from .record import id_of, record_named

if TYPE_CHECKING:
    from typing_extensions import Self

    from .core import Core
    from .search import Run, Search

Event = TypeVar("Event")
One = TypeVar("One")
Many = TypeVar("Many")
Following = TypeVar("Following")
Kept = TypeVar("Kept")


class Timeline(Generic[Event, One, Many, Following, Kept]):
    """The past of a server's records, and drafts, as one person sees them."""

    _core: Core
    _search: type[Search[Any]]
    _run: Callable[[Any], Any]
    _is_view = False

    def as_of(self, time: object) -> Self:
        """A view of this client that reads everything as it was at a time, and writes nothing.

        What you may see is decided by your rights of today.

        Parameters
        ----------
        time : datetime, date or str
            A time with a zone, a date, or ISO 8601 text.

        Examples
        --------
        >>> client.as_of("2026-03-01").sessions.list(name__icontains="rat").count()
        """
        from .calls import Calls

        view = copy.copy(self)
        kept = {name: value for name, value in vars(self).items() if name.startswith("_")}
        core = self._core.at(past.moment_of(time))
        # Without the attributes for models that were already used, which read the present.
        view.__dict__ = {**kept, "_core": core, "_calls": Calls(core), "_is_view": True}
        return view

    def undo(self, event: str | Entry) -> Event:
        """Take back everything that a write did, as a new change; gives the event of that, which can be undone too.

        Parameters
        ----------
        event : str or Entry
            Of a history, ``upsert(...).events``, or what ``brainstem import`` said.

        Raises
        ------
        Conflict
            If something of it was changed since: ``changed`` says which fields. Nothing was undone.
        """
        undone: Event = self._run(past.undo(self._core, event))
        return undone

    def deleted(self, model: Name, portal: Name = "private") -> Many:
        """The deleted records of a model that you could restore, last deleted first."""
        listed: Many = past.deleted(self._source(portal), record_named(model))
        return listed

    def restore(self, model: Name, id: Any, portal: Name = "private") -> One:
        """Restore a deleted record, with everything that was deleted along with it."""
        found: One = self._run(past.restore(self._source(portal), record_named(model), id_of(id)))
        return found

    def changes(self, since: str = "") -> Following:
        """What was changed of the records that you may change, oldest first, from a cursor on; nothing is skipped.

        Parameters
        ----------
        since : str
            The ``cursor`` of an earlier feed, or "start" for everything that the server keeps. Default: from now on;
            to go through that feed gives nothing the first time, and then has a cursor.

        Examples
        --------
        >>> feed = client.changes(since=saved)
        >>> for change in feed:
        ...     print(change.action, change.model, change.id)
        >>> saved = feed.cursor
        """
        feed: Following = self._following(self._run, self._core, since)
        return feed

    @property
    def drafts(self) -> Kept:
        """Your drafts on this server; see ``Drafts``."""
        from .drafts import Drafts

        kept: Any = Drafts(self._core, self._run)
        found: Kept = kept
        return found

    def _following(self, run: Run, core: Core, since: str) -> Any:
        raise NotImplementedError

    def _source(self, portal: Name) -> Source:
        return Source(self._core, self._run, self._search, portal_name(portal))
