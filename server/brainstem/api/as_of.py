"""``?as_of=``: records as they stood at a time; where that is offered, and which times it may be."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.http import HttpRequest
from django.utils import timezone

from brainstem.core.errors import Missing, QueryError
from brainstem.core.history.horizon import kept_since
from brainstem.core.query.run import fetch_record
from brainstem.core.query.syntax import Query
from brainstem.core.text.shown import shown
from brainstem.core.text.times import moment_of

from .call import Call
from .envelope import base_of

AS_OF = "as_of"
EXAMPLE = "2026-03-01T12:00Z"


def refuse_as_of(request: HttpRequest, portal: str) -> None:
    """Refuse the parameter with a write, and in the public portal, where nothing that was removed may surface.

    Raises
    ------
    QueryError
        Says where it is offered.
    """
    if AS_OF not in request.GET:
        return
    if portal == "public":
        raise QueryError.at(AS_OF, "The public portal only shows records as they are now. Leave as_of out.")
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        raise QueryError.at(AS_OF, "The past can be read, not written. Leave as_of out.")


def refuse_as_of_below(request: HttpRequest, name: str) -> None:
    """Refuse the parameter for what only exists as it is now: actions, and uploaded files.

    Raises
    ------
    QueryError
        Names what is not offered.
    """
    if AS_OF in request.GET:
        raise QueryError.at(AS_OF, f"'{name}' is only shown as it is now. Leave as_of out.")


def with_moment(query: Query) -> Query:
    """The query with the moment that it asks for, if it asks for one.

    Raises
    ------
    QueryError
        If that is no time, lies in the future, or before the history that is kept.
    """
    return query if query.as_of is None else replace(query, moment=_moment(query.as_of))


def _moment(text: str) -> dt.datetime:
    found = moment_of(text)
    if found is None:
        plus = " In a URL, a plus sign is written %2B." if " " in text.strip() else ""
        raise QueryError.at(AS_OF, f"Expected a date or an ISO 8601 time such as {EXAMPLE}, got {shown(text)}.{plus}")
    if found > (now := timezone.now()):
        raise QueryError.at(AS_OF, f"{told(found)} is in the future; it is now {told(now.replace(microsecond=0))}.")
    since = kept_since()
    if since is not None and found < since:
        raise QueryError.at(AS_OF, f"History is kept since {told(since)}. Give that time or a later one.")
    return found


def told(moment: dt.datetime) -> str:
    """A moment as it is written in messages."""
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def refuse_unborn(call: Call, query: Query) -> None:
    """Say that a record did not exist at the moment of a query, to those who see it now.

    Raises
    ------
    Missing
        If they do.
    """
    if query.moment is not None and call.viewer.seen(call.spec, [call.record_id], hop=False):
        name = call.spec.singular_name
        raise Missing(f"The {name} {call.record_id} did not exist at {told(query.moment)}.")


def was_seen(call: Call, query: Query) -> bool:
    """Whether the record of a call existed at the moment of a query, and the caller sees it."""
    only_id = Query(excludes=tuple((key,) for key in call.spec.keys), as_of=query.as_of, moment=query.moment)
    return fetch_record(call.spec, call.record_id, only_id, viewer=call.viewer, base=base_of(call.request)) is not None


__all__ = ["AS_OF", "refuse_as_of", "refuse_as_of_below", "refuse_unborn", "told", "was_seen", "with_moment"]
