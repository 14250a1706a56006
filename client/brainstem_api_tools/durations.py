"""Durations as servers write and read them. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

LONGEST = 60  # characters; no duration, number, day, time or id is longer
# P1DT2H30M or 1 02:30:00.5.
_ISO = re.compile(
    r"(?P<sign>[-+]?)P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?",
    re.ASCII,
)
_CLOCK = re.compile(
    r"(?:(?P<days>-?\d+) (?:days?, )?)?(?P<sign>[-+]?)(?P<hours>\d+):(?P<minutes>\d\d):(?P<seconds>\d\d(?:\.\d+)?)",
    re.ASCII,
)
_PARTS = ("days", "hours", "minutes", "seconds")


def duration_of(text: str) -> timedelta:
    """A duration.

    Raises
    ------
    ValueError
        If the text is none.
    """
    found = (_ISO.fullmatch(text) or _CLOCK.fullmatch(text)) if len(text) <= LONGEST else None
    if found is None or not any(found[part] for part in _PARTS):
        raise ValueError(f"'{text[:LONGEST]}' is not a duration.")
    days, *clock = (float(found[part] or 0) for part in _PARTS)
    try:
        whole, rest = timedelta(days), timedelta(hours=clock[0], minutes=clock[1], seconds=clock[2])
        sign = -1 if found["sign"] == "-" else 1
        # In ISO 8601 the sign stands before everything; on a clock, the days have one of their own.
        return sign * (whole + rest) if found.re is _ISO else whole + sign * rest
    except OverflowError:
        raise ValueError(f"'{text}' is too long for a duration.") from None


def iso_duration(span: timedelta) -> str:
    """ISO 8601, such as ``P1DT2H30M``."""
    sign, size = ("-", -span) if span < timedelta(0) else ("", span)
    minutes, seconds = divmod(size.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{size.microseconds:06}".rstrip("0") if size.microseconds else ""
    return f"{sign}P{size.days}DT{hours}H{minutes}M{seconds}{fraction}S"
