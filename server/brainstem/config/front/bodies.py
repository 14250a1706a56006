"""Where a request body is kept until complete: in memory if small, else in a temporary file."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from typing import IO

IN_MEMORY = 256 * 1024
IN_MEMORY_TOGETHER = 32 * 1024 * 1024


class Full(Exception):
    """All bodies together have reached the limit of this process."""


@dataclass
class Store:
    """The space occupied by all bodies of a process."""

    most: int
    memory: int = 0
    total: int = 0


class Body:
    """The body of one request; used by the event loop until complete, then by one thread."""

    def __init__(self, store: Store) -> None:
        self.size = 0
        self._store = store
        self._file: IO[bytes] | None = None
        self._in_memory = True

    def write(self, data: bytes) -> None:
        """Append data.

        Raises
        ------
        Full
            If there is no room for it.
        """
        if self._store.total + len(data) > self._store.most:
            raise Full
        if self._file is None:
            self._file = io.BytesIO()
        if self._in_memory and self._is_large(len(data)):
            self._move_to_disk()
        self._file.write(data)
        self.size += len(data)
        self._store.total += len(data)
        if self._in_memory:
            self._store.memory += len(data)

    def reader(self) -> IO[bytes]:
        """The complete body, positioned at its start."""
        if self._file is None:
            return io.BytesIO()
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Release its space; idempotent."""
        if self._file is None:
            return
        self._file.close()
        self._file = None
        self._store.total -= self.size
        if self._in_memory:
            self._store.memory -= self.size
        self.size = 0

    def _is_large(self, more: int) -> bool:
        return self.size + more > IN_MEMORY or self._store.memory + more > IN_MEMORY_TOGETHER

    def _move_to_disk(self) -> None:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the body
        if isinstance(self._file, io.BytesIO):
            file.write(self._file.getbuffer())
        self._store.memory -= self.size
        self._in_memory = False
        self._file = file


__all__ = ["Body", "Full", "Store"]
