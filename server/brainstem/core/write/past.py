"""Values of a record's own past: like a payload, but also with what callers cannot send.

Only :mod:`brainstem.core.undo` makes these, from the history; JSON from outside never becomes one.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from ..history.recording import keeps_entries
from ..model.registry import Column, Spec
from ..model.values import Bad


class Past(dict[str, Any]):
    """Values by key, in the form of a payload; uploads by the name under which they are stored, and entries of logs."""


def read_stored(column: Column, name: str) -> str:
    """The name of a stored upload.

    Raises
    ------
    Bad
        If the file is gone.
    """
    if name and not column.field.storage.exists(name):
        raise Bad("The file of that time is no longer stored. Upload it again.")
    return name


@cache
def keys_of_past(spec: Spec) -> tuple[str, ...]:
    """Keys that only the past of a record sets: entries of logs, which have their own actions."""
    return tuple(name for name, column in spec.columns.items() if keeps_entries(column.field))


__all__ = ["Past", "keys_of_past", "read_stored"]
