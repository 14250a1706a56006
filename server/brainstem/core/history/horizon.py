"""How far back history goes."""

from __future__ import annotations

import datetime as dt


def kept_since() -> dt.datetime | None:
    """The time before which history has been pruned; None if it never was."""
    return None


__all__ = ["kept_since"]
