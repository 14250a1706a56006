"""Numbers of Excel -> dates, times and plain numbers, as texts. Pure.

Excel stores a moment as days since the end of 1899 or, in workbooks from old Macs, since 1904; only the number format
of a cell tells it from any other number.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

DAY, MOMENT, TIME = "day", "moment", "time"
_BUILT_IN: dict[int, str] = {14: DAY, 15: DAY, 16: DAY, 17: DAY, 18: TIME, 19: TIME, 20: TIME, 21: TIME, 22: MOMENT} | {
    **dict.fromkeys((*range(27, 32), 36, *range(50, 59)), DAY),
    **dict.fromkeys((32, 33, 34, 35, 45, 46, 47), TIME),
}
_ESCAPED = re.compile(r"\\.|_.|\*.")
_QUOTED = re.compile(r'"[^"]*"')
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_LAST = 2_958_465  # 9999-12-31
_FIRST_1900, _FIRST_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)  # noqa: DTZ001 - days without a zone
LONGEST_FORMAT = 300
LONGEST_PLAIN = 60


class BadSerial(ValueError):
    """A number that is no date."""


def kind_of_format(number: int, code: str = "") -> str:
    """What cells with a number format hold: a day, a moment, a time, or (empty) a number."""
    if not code:
        return _BUILT_IN.get(number, "")
    bare = _QUOTED.sub("", _ESCAPED.sub("", code[:LONGEST_FORMAT])).lower().partition(";")[0]
    elapsed = any(set(found) <= set("hms") and found for found in _BRACKETS.findall(bare))
    bare = _BRACKETS.sub("", bare)
    if "general" in bare:
        return ""
    clock = elapsed or "h" in bare or "s" in bare
    # m alone means months, beside h or s it means minutes.
    calendar = "y" in bare or "d" in bare or ("m" in bare and not clock)
    return MOMENT if clock and calendar else TIME if clock else DAY if calendar else ""


def text_of_serial(value: float, kind: str, *, since_1904: bool = False) -> str:
    """A day as ``2026-01-31``, a moment as ``2026-01-31 14:30:00``, a time as ``01:30:00``.

    Raises
    ------
    BadSerial
        If no calendar has it.
    """
    if kind == TIME:
        return _span(value)
    days, seconds = divmod(round(value * 86_400_000), 86_400_000)
    if since_1904:
        first, least, last = _FIRST_1904, 0, _LAST - 1462
    else:
        # Excel takes 1900 for a leap year: 60 is a day that never was, and lower numbers count from a day later.
        first, least, last = _FIRST_1900 + dt.timedelta(days=int(days < 60)), 1, _LAST
    if not least <= days <= last or (days == 60 and not since_1904):
        raise BadSerial(f"The number {plain(value)} is formatted as a date, and is none that the calendar has.")
    moment = first + dt.timedelta(days=days, milliseconds=seconds)
    if kind == DAY and not seconds:
        return moment.date().isoformat()
    return moment.isoformat(sep=" ", timespec="milliseconds" if seconds % 1000 else "seconds")


def _span(value: float) -> str:
    whole = round(abs(value) * 86_400_000)
    if whole > _LAST * 86_400_000:
        raise BadSerial(f"The number {plain(value)} is formatted as a time, and is out of range.")
    seconds, rest = divmod(whole, 1000)
    hours, seconds = divmod(seconds, 3600)
    fraction = f".{rest:03}" if rest else ""
    return f"{'-' if value < 0 and whole else ''}{hours:02}:{seconds // 60:02}:{seconds % 60:02}{fraction}"


def plain(value: float) -> str:
    """A number as somebody would type it: 12 rather than 12.0, 0.0000001 rather than 1e-07."""
    text = format(Decimal(repr(value)), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return (text if text not in ("-0", "") else "0") if len(text) <= LONGEST_PLAIN else repr(value)


__all__ = ["BadSerial", "kind_of_format", "plain", "text_of_serial"]
