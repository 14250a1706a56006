"""A whole response of ours, sent back as a payload -> the record in it, with changes inside or next to it.

Scripts load a list, set a key in the record or next to it, and send everything back. Both kinds of change count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import Invalid
from ..model.registry import Spec

# What responses contain next to records.
ENVELOPE = frozenset({"count", "next", "previous", "meta", "links"})


def unwrapped(spec: Spec, payload: Mapping[str, Any], record_id: Any = None) -> Mapping[str, Any]:
    """The record in ``{"session": {...}}`` or ``{"sessions": [{...}], "count": 1, ...}``; any other payload as it is.

    Keys next to the record are fields too, unless they belong to the response. If a field is in both places, the one
    next to the record counts: it cannot have come from us.

    Parameters
    ----------
    record_id
        The record to write, if the URL or the row names one: the list may then contain others too.

    Raises
    ------
    Invalid
        If the list holds several records, or not this one.
    """
    name = wrapper_of(spec, payload)
    if not name:
        return payload
    inner = payload[name]
    record = inner if isinstance(inner, dict) else _only(name, inner, record_id)
    beside = {key: value for key, value in payload.items() if key != name and (key in spec.keys or key not in ENVELOPE)}
    return {**record, **beside} if beside else record


def wrapper_of(spec: Spec, payload: Mapping[str, object]) -> str:
    """The key under which a payload holds a record or a list of records; empty if it is a record itself."""
    singular, plural = spec.resource.singular, spec.resource.plural
    if isinstance(payload.get(singular), dict) and singular not in spec.keys:
        return singular
    return plural if isinstance(payload.get(plural), list) and plural not in spec.keys else ""


def _only(name: str, rows: list[Any], record_id: Any) -> Mapping[str, Any]:
    if record_id is not None:
        rows = [row for row in rows if isinstance(row, dict) and str(row.get("id")) == str(record_id)]
    if len(rows) != 1 or not isinstance(rows[0], dict):
        raise Invalid.at(name, "Send one record, or a list in which the record of this address stands once.")
    return rows[0]
