"""What a record can ask of the server that it came from: to be saved, and to tell its past. No network here.

Each call is made at once; by a client that awaits, when it is awaited.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from typing_extensions import Literal

    from .core import Core
    from .record import Record
    from .search import Run, Search

NO_CLIENT = "This record belongs to no client: it was made here, copied, or read from a file."


@dataclass(frozen=True)
class Source:
    """Where records came from.

    Attributes
    ----------
    core, run, search
        The server, what carries conversations with it, and the class of its lists.
    portal : str
        The portal that they were read in.
    include : tuple of str
        The relations that were read as records.
    """

    core: Core
    run: Run
    search: type[Search[Any]]
    portal: str = "private"
    include: tuple[str, ...] = ()

    def alone(self) -> Source:
        """The same for a record without included ones."""
        return replace(self, include=())


class Attached:
    """A record that may know its server."""

    _source: Source | None = None

    def save(self, *, on_conflict: Literal["raise", "merge"] = "raise") -> Any:
        """Save the fields that were changed; they are sent with the version that the record was read at.

        Parameters
        ----------
        on_conflict : {"raise", "merge"}
            What to do if somebody else changed the record meanwhile. "merge" keeps both changes where they are of
            different fields, elements of lists, or keys of objects.

        Returns
        -------
        Record
            This record, as it is now; if you may only propose changes, the proposal.

        Raises
        ------
        Conflict
            If somebody else changed the record; with "merge", if they changed the same. ``changed`` has the values
            that you read, that it has now, and that you set, by field. Nothing was saved.
        ValidationError
            If a value is not valid.
        """
        from .saving import save

        return self._known().run(save(self._itself(), on_conflict))

    def refresh(self) -> Any:
        """Read the record anew, and forget what was not saved; gives this record."""
        from .saving import refresh

        return self._known().run(refresh(self._itself()))

    def history(self, *, limit: int | None = None) -> Any:
        """The changes of the record, newest first, as ``Entry`` objects, which are loaded as they are needed.

        Raises
        ------
        NotFound
            If you may not change the record: its history is for those who may.
        """
        from .past import history

        record = self._itself()
        return history(self._known(), record, record["id"], limit=limit)

    def as_of(self, time: object) -> Any:
        """The record as it was at a time: a ``datetime`` with a zone, a date, or ISO 8601 text."""
        from .past import record_as_of

        return self._known().run(record_as_of(self._itself(), time))

    def revert(self, event: object) -> Any:
        """Take the record back to what it was right after an event of its history; gives this record.

        This is a change like any other: it can be undone, and nothing is lost.

        Parameters
        ----------
        event : str or Entry
            From ``history()``.
        """
        from .past import revert

        return self._known().run(revert(self._itself(), event))

    def _known(self) -> Source:
        if self._source is None:
            raise ValueError(f"{NO_CLIENT} Load it with the client, such as client.sessions.get(id).")
        return self._source

    def _itself(self) -> Record:
        return cast("Record", self)

    def __getstate__(self) -> dict[str, Any]:
        # Without the client, which holds a token and open connections.
        return {name: value for name, value in self.__dict__.items() if name != "_source"}
