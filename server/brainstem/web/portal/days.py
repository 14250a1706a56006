"""Days and times that an address names without a zone: those of the person who asks.

The API reads them in UTC. In California, the sessions of 29 November are those until 08:00 UTC on the 30th.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from brainstem.core.query.names import Condition
from brainstem.core.query.operators import USUAL
from brainstem.core.query.syntax import Filter
from brainstem.core.text import times
from brainstem.core.text.numbers import whole_of

MOMENTS = frozenset({"datetime", "json_time"})
Span = tuple[dt.datetime, dt.datetime]  # the first and the last moment of what a text names
_TICK = dt.timedelta(microseconds=1)


def in_zone(one: Filter, condition: Condition, zone: str) -> Filter:
    """A filter of moments as the API has to be asked for it; any other filter as it is."""
    if condition.leaf.kind not in MOMENTS:
        return one
    operator = condition.operator
    try:
        if operator.name == "year":
            return _between(one, operator.name, _year(one.value, ZoneInfo(zone)))
        spans = [span_of(part, ZoneInfo(zone)) for part in operator.reads(one.value, one.written)]
    except (ValueError, OverflowError):  # No moment, or one at the end of the calendar: the API says so.
        return one
    return _asked(one, operator.name, spans)


def _asked(one: Filter, operator: str, spans: list[Span]) -> Filter:
    first, last = spans[0][0], spans[-1][1]
    if operator in (USUAL, "ne") and first != last:
        found = _between(one, operator, (first, last))
        return Filter(found.path, one.negated is not (operator == "ne"), found.value)
    if operator == "range":
        return _between(one, operator, (first, last))
    if operator in ("gt", "lte"):
        return Filter(one.path, one.negated, _text(last))
    if operator == "in":
        return Filter(one.path, one.negated, ",".join(_text(start) for start, _ in spans))
    return Filter(one.path, one.negated, _text(first)) if operator in (USUAL, "ne", "gte", "lt") else one


def _between(one: Filter, operator: str, span: Span) -> Filter:
    field = one.path[:-1] if one.path[-1] == operator and len(one.path) > 1 else one.path
    return Filter((*field, "range"), one.negated, ",".join(map(_text, span)))


def span_of(text: str, zone: ZoneInfo) -> Span:
    """The moments that a text names: all of a day, or one.

    Raises
    ------
    ValueError, OverflowError
        If it names none.
    """
    day = times.day_of(text) if "T" not in text.upper() and ":" not in text else None
    if day is not None:
        return _midnight(day, zone), _midnight(day + dt.timedelta(days=1), zone) - _TICK
    naive = dt.datetime.fromisoformat(text.strip())
    if naive.tzinfo is None:
        naive = naive.replace(tzinfo=zone)
    return naive.astimezone(dt.UTC), naive.astimezone(dt.UTC)


def _year(text: str, zone: ZoneInfo) -> Span:
    year = whole_of(text, below=dt.MAXYEAR)
    if year is None:
        raise ValueError(text)
    return _midnight(dt.date(year, 1, 1), zone), _midnight(dt.date(year + 1, 1, 1), zone) - _TICK


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=zone).astimezone(dt.UTC)


def _text(moment: dt.datetime) -> str:
    return moment.replace(tzinfo=None).isoformat() + "Z"


__all__ = ["in_zone", "span_of"]
