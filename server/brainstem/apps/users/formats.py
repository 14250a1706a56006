"""How people read dates, times of day and numbers: pages follow it; the API and files are the same for everyone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ISO, DAY_SLASH, DAY_DOT, MONTH_SLASH, LONG = "iso", "day-slash", "day-dot", "month-slash", "long"
CLOCK_24, CLOCK_12 = "24", "12"
PLAIN, COMMA, DOT, SPACE = "plain", "comma", "dot", "space"

# What is kept -> an example, by which people choose.
DATES: Mapping[str, str] = {
    ISO: "2026-11-30",
    DAY_SLASH: "30/11/2026",
    DAY_DOT: "30.11.2026",
    MONTH_SLASH: "11/30/2026",
    LONG: "30 Nov 2026",
}
CLOCKS: Mapping[str, str] = {CLOCK_24: "14:02", CLOCK_12: "2:02 PM"}
NUMBERS: Mapping[str, str] = {PLAIN: "1234.5", COMMA: "1,234.5", DOT: "1.234,5", SPACE: "1 234,5"}


@dataclass(frozen=True)
class Formats:
    """One format of each kind, by its name; those of visitors if nothing else is said."""

    date: str = ISO
    clock: str = CLOCK_24
    number: str = PLAIN


USUAL = Formats()


def formats_of(user: object) -> Formats:
    """The formats of a person; the usual one in the place of any that this version does not know."""
    return Formats(
        _known(user, "date_format", DATES, USUAL.date),
        _known(user, "clock_format", CLOCKS, USUAL.clock),
        _known(user, "number_format", NUMBERS, USUAL.number),
    )


def _known(user: object, name: str, known: Mapping[str, str], usual: str) -> str:
    kept = str(getattr(user, name, ""))
    return kept if kept in known else usual
