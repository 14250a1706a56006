"""Logs, whose rows in a table are entries: several rows may be about one log, which is found or made.

Knows no model: an app says which of its models are logs, and how entries are read and written
(:func:`rows_are_entries`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..access.viewer import Viewer
from ..errors import BrainstemError
from ..model.registry import Spec
from .json_values import Json

Entry = dict[str, Json]


class AddEntries(Protocol):
    """Adds entries to one log within the caller's transaction; for each, None or the error by which it was refused."""

    def __call__(
        self, spec: Spec, record_id: Json, entries: Sequence[Entry], *, viewer: Viewer
    ) -> list[BrainstemError | None]: ...


@dataclass(frozen=True)
class Entries:
    """How the rows of a table become entries of logs.

    Attributes
    ----------
    key : str
        The key of a log that holds its entries.
    found_by : tuple of str
        The keys by which a row without an id finds its log.
    parts : dict
        Key of an entry -> kind of its value on the wire: ``datetime``, ``string`` or ``json``.
    complete
        (values of the log, entry of a row) -> the entry as it is added; empty if the row has none.
    has
        (log as it is read, entry) -> whether the log has an entry at this time.
    add
        Adds entries.
    """

    key: str
    found_by: tuple[str, ...]
    parts: Mapping[str, str]
    complete: Callable[[Mapping[str, Json], Entry], Entry]
    has: Callable[[Mapping[str, Json], Entry], bool]
    add: AddEntries


_known: dict[str, Entries] = {}


def rows_are_entries(model: type, entries: Entries) -> None:
    """Declare that a model is a log."""
    _known[model._meta.label] = entries  # type: ignore[attr-defined]


def entries_of(spec: Spec) -> Entries | None:
    """How rows of a model become entries of logs; None if it is no log."""
    return _known.get(spec.label)


__all__ = ["AddEntries", "Entries", "Entry", "entries_of", "rows_are_entries"]
