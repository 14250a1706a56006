"""Moments as the pages show them: in one time zone, which is always named."""

from __future__ import annotations

import datetime as dt

UTC = "UTC"


def moment(text: str) -> str:
    """``2026-11-28 10:02`` for a moment on the wire; with seconds where there are some."""
    found = dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    return f"{found:%Y-%m-%d %H:%M:%S}" if found.second else minute(text)


def minute(text: str) -> str:
    """The same to the minute, for what the server noted itself."""
    return f"{dt.datetime.fromisoformat(text).astimezone(dt.UTC):%Y-%m-%d %H:%M}"


def day(text: str) -> dt.date:
    """The day of a date or moment on the wire."""
    return dt.date.fromisoformat(text[:10])


def today() -> dt.date:
    """The day that it is."""
    return dt.datetime.now(dt.UTC).date()
