"""Memory that was freed, given back to the system. Asks only glibc; other C libraries are left as they are."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

LARGE = 1024 * 1024
_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of malloc.h


def keep_large_blocks_apart() -> None:
    """Have every block of a megabyte or more mapped by itself, so that freeing it gives it back at once.

    glibc begins so, but as soon as one is freed, it takes blocks of that size from its heaps, up to 32 MB. There they
    leave gaps, such as those of passwords hashed with 19 MB each.
    """
    if (option := _of_glibc("mallopt")) is not None:
        option(_MMAP_THRESHOLD, LARGE)


def give_back() -> None:
    """Have the C library let go of what it keeps for later.

    By itself glibc gives back only what lies at the end of a heap, behind all that is still used.
    """
    if (trim := _of_glibc("malloc_trim")) is not None:
        trim(0)


@cache
def _of_glibc(name: str) -> Any:
    library = ctypes.CDLL(None)
    return getattr(library, name, None) if hasattr(library, "gnu_get_libc_version") else None


__all__ = ["give_back", "keep_large_blocks_apart"]
