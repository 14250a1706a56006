"""Query string of a history -> :class:`Asked`, or an error that names the parameter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from ..access.actor import Actor
from ..errors import QueryError, UnknownName
from ..query.syntax import DEFAULT_LIMIT, MAX_LIMIT
from ..query.values import parse_moment
from ..text.numbers import whole_of
from ..text.shown import shown
from ..text.words import nearest

# Parameters that say how to answer, which others read: the format, and what browser libraries add against caches.
_OTHERS = frozenset({"format", "_"})
PAGING = ("cursor", "limit")
NARROWING = ("field", "since", "until", "by")
# What can happen to a record, actions of single models taken together.
KINDS = ("create", "change", "delete", "restore")


@dataclass(frozen=True)
class Asked:
    """Which entries of a history are wanted; empty values narrow nothing. ``kind`` is one of those of ``KINDS``."""

    field: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    by: int | None = None
    limit: int = DEFAULT_LIMIT
    cursor: str = ""
    kind: str = ""

    @property
    def narrowing(self) -> str:
        """Everything but the place in the list, as text."""
        return repr((self.field, self.since, self.until, self.by, *((self.kind,) if self.kind else ())))


def asked_of(query_string: str, *, actor: Actor, fields: Collection[str] = (), narrows: bool = True) -> Asked:
    """Read the query string of a history of a model with these ``fields``; of an event, which nothing ``narrows``.

    Raises
    ------
    QueryError
        Names the parameter and what is valid.
    """
    given = parameters(query_string, (*PAGING, *(NARROWING if narrows else ())))
    found = Asked(
        field=_field(given.get("field", ""), fields),
        since=_moment(given, "since"),
        until=_moment(given, "until"),
        by=_person(given["by"], actor) if "by" in given else None,
        limit=limit_of(given, usual=DEFAULT_LIMIT, most=MAX_LIMIT),
        cursor=given.get("cursor", ""),
    )
    if found.since is not None and found.until is not None and found.since > found.until:
        raise QueryError.at("since", "This is after until=; give the earlier time as since=.")
    return found


def parameters(query_string: str, names: Collection[str]) -> Mapping[str, str]:
    """Name -> value, each at most once.

    Raises
    ------
    QueryError
        If a parameter is unknown or given twice, or the query string cannot be read.
    """
    try:
        pairs = parse_qsl(query_string, keep_blank_values=True, max_num_fields=40, errors="strict")
    except (UnicodeDecodeError, ValueError) as error:
        reason = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else "has too many parameters (at most 40)"
        raise QueryError.whole(f"The query string {reason}.") from error
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in _OTHERS:
            continue
        if name not in names:
            said = f"There is no parameter {shown(name)}.{nearest(name, names)}"
            raise UnknownName.at(name.replace("\x00", ""), said)
        if name in found:
            raise QueryError.at(name, f"Give {name} only once.")
        if "\x00" in value:
            raise QueryError.at(name, "A NUL character is not allowed.")
        found[name] = value
    return found


def limit_of(given: Mapping[str, str], *, usual: int, most: int) -> int:
    """How many are wanted at once; more than ``most`` are cut to that."""
    value = whole_of(given.get("limit", str(usual)))
    if value is None or value < 1:
        raise QueryError.at("limit", f"Expected a whole number of 1 or more, got {shown(given['limit'])}.")
    return min(value, most)


def _field(text: str, fields: Collection[str]) -> str:
    if text and text not in fields:
        raise UnknownName.at("field", f"No changes of {shown(text)} are told.{nearest(text, fields)}")
    return text


def _moment(given: Mapping[str, str], name: str) -> dt.datetime | None:
    return parse_moment(given[name], name) if name in given else None


def _person(text: str, actor: Actor) -> int | None:
    if text == "me":
        return actor.user_id
    value = whole_of(text, below=2**31)
    if value is None or value < 0:
        raise QueryError.at("by", f"Expected the id of a user, or me, got {shown(text)}.")
    return value


__all__ = ["KINDS", "NARROWING", "PAGING", "Asked", "asked_of", "limit_of", "parameters"]
