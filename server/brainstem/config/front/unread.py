"""Where an answer waits until it is read: in memory if it is small, else in a temporary file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

IN_MEMORY = 1024 * 1024
IN_MEMORY_TOGETHER = 16 * 1024 * 1024


class File:
    """A file that is sent without a thread that waits, such as one that an application answers with (``file_wrapper``).

    Attributes
    ----------
    size : int
        Bytes that it occupies only until it is sent, which a file may say itself; 0 for one that is there anyway.
    """

    def __init__(self, file: IO[bytes], _block_size: int = 0, *, size: int = 0) -> None:
        self.read = file.read
        self.close = file.close
        self.size = size or int(getattr(file, "occupies", 0))


@dataclass
class Unread:
    """What all answers of a process that are not read yet occupy."""

    memory: int = 0
    disk: int = 0

    def fits_into_memory(self, size: int) -> bool:
        """Whether an answer of this size may wait there; from any thread, so that a few may be one too many."""
        return size <= IN_MEMORY and self.memory + size <= IN_MEMORY_TOGETHER

    @property
    def total(self) -> int:
        """Bytes in both places."""
        return self.memory + self.disk


def filed(pieces: Iterable[bytes]) -> File:
    """The pieces in a file that goes away when it is closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it is sent
    try:
        file.writelines(pieces)
        size = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return File(file, size=size)


__all__ = ["File", "Unread", "filed"]
