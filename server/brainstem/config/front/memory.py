"""Memory that was freed, given back to the system."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any


def give_back() -> None:
    """Have the C library let go of what it keeps for later; of others than glibc nothing is asked.

    By itself glibc gives back only what lies at the end of a heap, behind all that is still used.
    """
    if (trim := _trim()) is not None:
        trim(0)


@cache
def _trim() -> Any:
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


__all__ = ["give_back"]
