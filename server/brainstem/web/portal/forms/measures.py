"""Controls for numbers with a unit and for moments in somebody's time zone. Pure: no database, no request."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime

from brainstem.core.text import numbers, times
from brainstem.core.text.shown import shown
from brainstem.core.types.units import spelled
from brainstem.web import formats

from .leaves import Leaf, Unreadable, exact, text_of
from .nodes import ABSENT, Canonical, Reading
from .sent import Sent, one, plain_breaks

UNIT = "unit"


@dataclass(frozen=True, kw_only=True)
class Quantity(Leaf):
    """A number, and a select with its units. The unit is sent along only with a number."""

    kind = "quantity"

    units: tuple[str, ...] = ()
    default: str = ""
    bare: bool = False  # whether a number without a unit is a value of its own

    def fits(self, value: object) -> bool:
        """An object with value and unit, or a number, or a text that older values may be."""
        if isinstance(value, dict):
            inner = value.get("value"), value.get("unit")
            return all(one is None or isinstance(one, str | int | float) for one in inner)
        return isinstance(value, str | int | float) and not isinstance(value, bool)

    def draw(self, value: object) -> Sent:
        """The number, and its unit; the default unit for a new one."""
        if value is ABSENT or value is None:
            return Sent([""], {UNIT: one(self.default)})
        if not self.fits(value):
            return Sent()
        if isinstance(value, dict):
            return Sent([text_of(value.get("value"))], {UNIT: one(text_of(value.get("unit")))})
        return Sent([text_of(value)], {UNIT: one("")})

    def canonical(self, sent: Sent) -> Canonical:
        """The number and the unit; a unit alone says nothing."""
        if sent.texts is None:
            return None
        unit = sent.at(UNIT)
        chosen = self.default if unit.texts is None else unit.text
        return [plain_breaks(sent.text), plain_breaks(chosen)] if sent.text.strip() else []

    def changed(self, sent: Sent, kept: object, *, at: str, reading: Reading) -> object:
        """The typed number with its unit."""
        if not sent.text.strip():
            return self.empty
        try:
            return self._measured(sent, kept)
        except Unreadable as error:
            reading.error(at, str(error))
            return sent.text

    def parsed(self, texts: list[str], kept: object) -> object:
        """The quantity in one text."""
        return self._measured(Sent(texts), kept)

    def _measured(self, sent: Sent, kept: object) -> object:
        number, word = numbers.measured(sent.text) or (None, "")
        if number is None or numbers.advice(sent.text):
            example = f"300 {self.units[0]}" if self.units else "300"
            better = f"{numbers.advice(sent.text)}{self._valid()}"
            raise Unreadable(f"Expected a number, such as {example}, got {shown(sent.text)}.{better}")
        unit = self._typed(word) if word else self._chosen(sent.at(UNIT), kept)
        value = self._number(sent.text, kept) if not word else None
        value = exact(number) if value is None else value
        rest = {key: one for key, one in kept.items() if key not in ("value", UNIT)} if isinstance(kept, dict) else {}
        if unit:
            return {"value": value, UNIT: unit, **rest}
        return {"value": value, **rest} if isinstance(kept, dict) else value

    def _number(self, text: str, kept: object) -> object:
        """The stored number, if it is written like this."""
        stored = kept.get("value") if isinstance(kept, dict) else kept
        return stored if isinstance(stored, int | float) and text_of(stored) == text.strip() else None

    def _typed(self, word: str) -> str:
        unit = spelled(word, list(self.units))
        if unit is None:
            raise Unreadable(f"{shown(word)} is not a unit that fits here.{self._valid()}")
        return unit

    def _chosen(self, sent: Sent, kept: object) -> str:
        if sent.texts is not None:
            return sent.text
        stored = kept.get(UNIT) if isinstance(kept, dict) else None
        return stored if isinstance(stored, str) else self.default

    def _valid(self) -> str:
        return f" Units: {', '.join(self.units)}." if self.units else ""


@dataclass(frozen=True, kw_only=True)
class Moment(Leaf):
    """A time in the zone of the person who looks at it; stored in UTC."""

    kind = "moment"

    zone: str = "UTC"

    def texts(self, value: object) -> list[str]:
        """The local time, to the millisecond, which is all that browsers have controls for."""
        stored = str(value)
        found = times.moment_of(stored)
        try:
            local = found.astimezone(ZoneInfo(self.zone)) if found else None
        except OverflowError:
            local = None
        return [stored if local is None else _written(local)]

    def canonical(self, sent: Sent) -> Canonical:
        """The local time, however it is written."""
        if sent.texts is None:
            return None
        found = _local(sent.text)
        return sent.text.strip() if found is None else found.isoformat()

    def parsed(self, texts: list[str], kept: object) -> object:  # noqa: ARG002
        """The time in UTC."""
        found = _local(texts[-1])
        if found is None:
            raise Unreadable(f"Expected a date and time such as 2026-01-31T12:00, got {shown(texts[-1])}.")
        if found.tzinfo is None:
            found = self._placed(found)
        try:
            return found.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
        except OverflowError as error:
            raise Unreadable("This time is out of range.") from error

    def _placed(self, local: dt.datetime) -> dt.datetime:
        """A local time in the zone, if there is exactly one such time."""
        first, second = (local.replace(tzinfo=ZoneInfo(self.zone), fold=fold) for fold in (0, 1))
        if first.utcoffset() == second.utcoffset():
            return first
        clock = f"{formats.clock(local)} on {formats.day(local)}"
        if _there_and_back(first) != local:
            raise Unreadable(f"The clocks of {self.zone} skip {clock}. Choose a time before or after the change.")
        choices = " or ".join(f"{_written(local)}{_offset(one)}" for one in (first, second))
        raise Unreadable(f"The clocks of {self.zone} show {clock} twice. Say which is meant: {choices}.")


def _written(local: dt.datetime) -> str:
    spec = "milliseconds" if local.microsecond else "seconds" if local.second else "minutes"
    return local.replace(tzinfo=None).isoformat(timespec=spec)


def _local(text: str) -> dt.datetime | None:
    """The time in a text, with a zone only if it names one; midnight for a date."""
    stripped = text.strip()
    if len(stripped) > times.LONGEST or not stripped.isascii():
        return None
    try:
        day = parse_date(stripped)
        return dt.datetime.combine(day, dt.time()) if day else parse_datetime(stripped)
    except ValueError:
        return None


def _there_and_back(local: dt.datetime) -> dt.datetime:
    try:
        return local.astimezone(dt.UTC).astimezone(local.tzinfo).replace(tzinfo=None, fold=0)
    except OverflowError:
        return local.replace(tzinfo=None, fold=0)


def _offset(local: dt.datetime) -> str:
    return local.isoformat()[-6:]
