"""Takes the uploaded files that belong to the rows of one moment.

A write stores its file before it commits, and files of records are never removed or overwritten. Only a portrait is
removed, when somebody has replaced it, and not while a backup is being written. So files taken after the rows include
all that these name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from .manifest import Stored
from .shelf import Shelf


def take(folder: Path, shelf: Shelf) -> list[Stored]:
    """Put all files of a folder on the shelf, in the order of their paths."""
    found = []
    for path in _files(folder):
        with suppress(FileNotFoundError):  # of a write that failed: no row names it
            found.append(shelf.put_upload(path, path.relative_to(folder).as_posix()))
    return sorted(found, key=lambda stored: stored.path)


def _files(folder: Path) -> Iterator[Path]:
    # Follows links, since parts of the folder may lie on another disk.
    for place, _, names in os.walk(folder, onerror=_refuse, followlinks=True):
        yield from (path for name in names if (path := Path(place) / name).is_file())


def _refuse(error: OSError) -> None:
    """By default, files in a folder that cannot be read would be missing without a word."""
    if not isinstance(error, FileNotFoundError):
        raise error


__all__ = ["take"]
