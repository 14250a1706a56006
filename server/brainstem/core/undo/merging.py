"""Taking back what an event did to a field, where others may have changed the field since.

Three values of each field are merged: the one that the event left (base), the present one (theirs), and the one before
the event (mine). Lists without an order are compared by element, entries of logs by time, and maps
(``extra_fields``, details, roles) by key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

from ..history.recording import element_keys
from ..model.fields import DetailsField
from ..model.registry import entry_keys, specs
from ..text.elements import with_elements
from ..text.times import kept_moment
from ..write.merging import Clash, by_key, whole
from .keys import ROLES
from .trails import Step

Map = Mapping[Any, Any]
Entry = Mapping[str, Any]
_TIMES = ("start_date_time", "date_time")


def taken_back(label: str, name: str, step: Step, now: Any) -> tuple[object, Clash | None]:
    """The value of a field without what an event did to it, and what is in the way of that."""
    if name in entry_keys(specs()[label]):
        return _entries_back(step, now or [])
    if name in element_keys(label):
        return with_elements(now or [], step.was, step.became), None
    maps = isinstance(step.was, Mapping) and isinstance(step.became, Mapping) and isinstance(now, Mapping)
    if maps and name in _maps(label):
        return _map_back(step.was, step.became, now)
    merged = whole(step.became, now, step.was)
    return merged.value, merged.clashes.get("")


def _map_back(was: Map, became: Map, now: Map) -> tuple[Map, Clash | None]:
    merged = by_key(became, now, was)
    if not merged.clashes:
        return merged.value, None
    return now, Clash(*({key: one[key] for key in merged.clashes if key in one} for one in (became, now, was)))


def _entries_back(step: Step, now: list[Entry]) -> tuple[list[Entry], Clash | None]:
    was, became, present = ({_time(one): one for one in some} for some in (step.was, step.became, now))
    found, clash = _map_back(was, became, present)
    if clash is not None:
        return now, Clash(*([*one.values()] for one in (clash.base, clash.theirs, clash.mine)))
    return sorted(found.values(), key=_time), None


def _time(entry: Entry) -> dt.datetime:
    return kept_moment(next(entry[name] for name in _TIMES if entry.get(name)))


@cache
def _maps(label: str) -> frozenset[str]:
    def is_map(column: object) -> bool:
        return isinstance(column, DetailsField) or getattr(column, "structure", "") == "extra_fields"

    return frozenset({*ROLES, *(one.name for one in specs()[label].model._meta.concrete_fields if is_map(one))})


__all__ = ["taken_back"]
