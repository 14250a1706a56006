"""Moments as the pages show them: in one time zone, which is always named."""

from __future__ import annotations

import datetime as dt

UTC = "UTC"


def moment(text: str) -> str:
    """``2026-11-28 10:02`` for a moment on the wire; seconds only where they say something."""
    found = dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    shown = f"{found:%Y-%m-%d %H:%M}"
    if found.microsecond:
        return f"{shown}:{found:%S.%f}".rstrip("0")
    return f"{shown}:{found:%S}" if found.second else shown


def day(text: str) -> dt.date:
    """The day of a date or moment on the wire."""
    return dt.date.fromisoformat(text[:10])


def today() -> dt.date:
    """The day that it is."""
    return dt.datetime.now(dt.UTC).date()
