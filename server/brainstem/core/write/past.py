"""Values of a record's own past: like a payload, but also with what callers cannot send.

Only :mod:`brainstem.core.undo` makes these, from the history; JSON from outside never becomes one.
"""

from __future__ import annotations

from typing import Any

from ..model.registry import Column
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


__all__ = ["Past", "read_stored"]
