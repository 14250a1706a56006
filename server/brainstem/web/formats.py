"""Dates, times of day and numbers in the formats of the person who looks; what is stored and sent stays as it is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from brainstem.apps.users.formats import (
    CLOCK_12,
    COMMA,
    DAY_DOT,
    DAY_SLASH,
    DOT,
    ISO,
    LONG,
    MONTH_SLASH,
    PLAIN,
    SPACE,
    USUAL,
    Formats,
)

# In English, as the pages are, whatever the locale of the server's process is.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NARROW = "\u202f"  # the space between thousands, at which no line is broken
# What stands between thousands, and before decimals.
SIGNS: Mapping[str, tuple[str, str]] = {PLAIN: ("", "."), COMMA: (",", "."), DOT: (".", ","), SPACE: (NARROW, ",")}
# Languages in which scripts write alike, and how they write a month if not as a number.
_DATES_IN: Mapping[str, str] = {
    ISO: "sv-SE", DAY_SLASH: "en-GB", DAY_DOT: "de-DE", MONTH_SLASH: "en-US", LONG: "en-GB short",
}  # fmt: skip
_NUMBERS_IN: Mapping[str, str] = {PLAIN: "en", COMMA: "en", DOT: "de", SPACE: "fr"}

_NUMBER = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?(e[+-]?[0-9]+)?")
_DATES: Mapping[str, Callable[[dt.date], str]] = {
    ISO: lambda day: f"{day:%Y-%m-%d}",
    DAY_SLASH: lambda day: f"{day:%d/%m/%Y}",
    DAY_DOT: lambda day: f"{day:%d.%m.%Y}",
    MONTH_SLASH: lambda day: f"{day:%m/%d/%Y}",
    LONG: lambda day: f"{day.day} {MONTHS[day.month - 1]} {day:%Y}",
}
_current: ContextVar[Formats] = ContextVar("formats", default=USUAL)


@contextmanager
def shown_as(formats: Formats) -> Iterator[None]:
    """While this lasts, everything below is written in these formats."""
    before = _current.get()
    _current.set(formats)
    try:
        yield
    finally:
        _current.set(before)


def current() -> Formats:
    """The formats of the person who looks."""
    return _current.get()


def day(date: dt.date) -> str:
    """``2026-11-30``, or as the person writes it."""
    return _DATES[current().date](date)


def day_in(text: str) -> str:
    """The same of a date on the wire; any other text as it is."""
    try:
        return day(dt.date.fromisoformat(text)) if len(text) == len("2026-11-30") else text
    except ValueError:
        return text


def clock(time: dt.time | dt.datetime, *, seconds: bool = False, exact: bool = False) -> str:
    """``14:02``, or ``2:02 PM``; to the millisecond if it is ``exact`` and has some."""
    rest = f"{time:%M:%S}" if seconds else f"{time:%M}"
    if exact and time.microsecond:
        rest = f"{time:%M:%S}.{time.microsecond // 1000:03}"
    if current().clock == CLOCK_12:
        return f"{time.hour % 12 or 12}:{rest}\u00a0{'AM' if time.hour < 12 else 'PM'}"
    return f"{time:%H}:{rest}"


def moment(local: dt.datetime, *, seconds: bool = False, exact: bool = False) -> str:
    """The date and the time of day of a moment in the zone of the page."""
    between = ", " if current().date == LONG else " "
    return f"{day(local)}{between}{clock(local, seconds=seconds, exact=exact)}"


def moment_in(text: str) -> str:
    """The date and time of day of a local time as controls have it, ``2026-11-30T14:02``; any other text as it is."""
    try:
        local = dt.datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        return text
    return text if local is None else moment(local, seconds=bool(local.second), exact=True)


def number(text: str) -> str:
    """A number on the wire; any other text as it is.

    Thousands are set apart only for those who chose how: else numbers are shown as they were typed.
    """
    between, point = SIGNS[current().number]
    found = _NUMBER.fullmatch(text) if current().number != PLAIN else None
    if found is None:
        return text
    sign, whole, rest, power = found.groups(default="")
    return f"{sign}{_apart(whole, between)}{f'{point}{rest}' if rest else ''}{power}"


def count(number: int) -> str:
    """How many there are of something; always with thousands set apart."""
    return _apart(str(number), SIGNS[current().number][0] or ",")


@dataclass(frozen=True)
class Locales:
    """The languages in which scripts write dates, times of day and numbers like the pages do."""

    date: str
    clock: str
    number: str


def locales() -> Locales:
    """Those for the formats of the person who looks."""
    chosen = current()
    clock_in = "en-US" if chosen.clock == CLOCK_12 else "en-GB"
    return Locales(_DATES_IN[chosen.date], clock_in, _NUMBERS_IN[chosen.number])


def _apart(digits: str, between: str) -> str:
    return f"{int(digits):,}".replace(",", between) if not digits.startswith("0") else digits


__all__ = [
    "SIGNS", "clock", "count", "current", "day", "day_in", "locales", "moment", "moment_in", "number", "shown_as",
]  # fmt: skip
