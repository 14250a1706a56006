"""Memory that the processes of a server share."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress


def shared_memory(name: str, size: int) -> int:
    """A file of so many bytes that others cannot open, as a descriptor; on a disk if the system has none in memory."""
    descriptor = _anonymous(name)
    os.ftruncate(descriptor, size)
    return descriptor


def _anonymous(name: str) -> int:
    with suppress(AttributeError, OSError):
        return os.memfd_create(name)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


__all__ = ["shared_memory"]
