"""Untrusted text -> dates, times and durations. The caller words the error message.

Text that is too long or not ASCII is refused before it is parsed: Django's patterns, which are used below, would be
slow on it, and accept digits of every script.
"""

from __future__ import annotations

import datetime as dt

from django.utils.dateparse import parse_date, parse_datetime, parse_duration

LONGEST = 60
LONGEST_SPAN = dt.timedelta(days=300 * 365)
_DAY_LENGTH = len("2026-01-31")


def day_of(text: str) -> dt.date | None:
    """The date in a text (``2026-01-31``), or None."""
    stripped = _readable(text)
    try:
        return parse_date(stripped) if stripped else None
    except ValueError:
        return None


def day_of_time(text: str) -> dt.date | None:
    """The date in a text that is a date or an ISO 8601 time, or None."""
    stripped = _readable(text)
    if len(stripped) <= _DAY_LENGTH or stripped[_DAY_LENGTH] not in "T ":
        return day_of(text)
    return day_of(stripped[:_DAY_LENGTH]) if _time(stripped) is not None else None


def moment_of(text: str) -> dt.datetime | None:
    """The ISO 8601 time in a text, in UTC, or midnight of a date; None for anything else.

    Times without a zone are UTC.
    """
    stripped = _readable(text)
    found = _time(stripped) if stripped else None
    if found is None:
        day = day_of(stripped)
        found = None if day is None else dt.datetime.combine(day, dt.time())
    try:
        return None if found is None else (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except OverflowError:  # The very first or last day, in another zone.
        return None


def kept_moment(text: str) -> dt.datetime:
    """A time that we wrote into JSON ourselves, with its zone."""
    return dt.datetime.fromisoformat(text)


def span_of(value: object) -> dt.timedelta | None:
    """A duration of at most some centuries, from ``HH:MM:SS``, ``PT5M`` or a number of seconds, or None."""
    try:
        found = _span(value)
    except (ValueError, OverflowError):
        return None
    return found if found is not None and abs(found) < LONGEST_SPAN else None


def _span(value: object) -> dt.timedelta | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if not isinstance(value, str):
        return dt.timedelta(seconds=value) if abs(value) <= LONGEST_SPAN.total_seconds() else None
    stripped = _readable(value)
    # Django parses a text without any number, such as P, as zero.
    return parse_duration(stripped) if any(sign.isdigit() for sign in stripped) else None


def _readable(text: str) -> str:
    """The text without surrounding spaces; empty if it is too long or not ASCII."""
    return text.strip() if len(text) <= LONGEST and text.isascii() else ""


def _time(text: str) -> dt.datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
