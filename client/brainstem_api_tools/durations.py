"""Durations as servers read them. Pure."""

from __future__ import annotations

from datetime import timedelta


def iso_duration(span: timedelta) -> str:
    """ISO 8601, such as ``P1DT2H30M``."""
    sign, size = ("-", -span) if span < timedelta(0) else ("", span)
    minutes, seconds = divmod(size.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{size.microseconds:06}".rstrip("0") if size.microseconds else ""
    return f"{sign}P{size.days}DT{hours}H{minutes}M{seconds}{fraction}S"
