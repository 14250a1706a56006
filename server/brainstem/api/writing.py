"""How every request writes: it is fully parsed first, then the write and its response share one transaction.

Records, actions and ``bulk/`` all write through here, so that a request that is refused for any reason has written
nothing: the query string is parsed and planned before anything else, and the response is built in the transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse

from brainstem.core.errors import Missing, QueryError
from brainstem.core.history.events import one_event
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, spec_of
from brainstem.core.model.stored_files import discarded_with_the_write
from brainstem.core.model.values import markup_ahead
from brainstem.core.query.budget import TooLarge
from brainstem.core.query.run import Shown, fetch_record
from brainstem.core.query.syntax import Query
from brainstem.core.remarks import collecting
from brainstem.core.sql.retry import again_after_deadlock
from brainstem.core.write.meeting import Expected, refuse_moved

from .asked import query_of, refuse_unknown_names
from .call import Answer, Call
from .conditional import ETAG, expected_by, tag_of_record
from .envelope import base_of, record_texts
from .means import means_of
from .warnings import is_strict, with_remarks

# The id under which everything that a request wrote is in the history.
EVENT = "Brainstem-Event"
# Says what was left out of the response to a write, because it would be too large.
LEFT_OUT = "Answer-Left-Out"
Act = Callable[[], HttpResponse]


def written(
    call: Call,
    act: Act,
    *,
    payloads: Sequence[object] = (),
    merges: bool = False,
    files: Mapping[str, object] | None = None,
    answers: Iterable[Spec] = (),
    query: Query | None = None,
) -> HttpResponse:
    """The response of ``act``, which writes; if it fails, or its response cannot be built, nothing is written.

    Parameters
    ----------
    payloads
        What is written, so that its rich text can be cleaned before the transaction begins.
    merges
        Whether ``act`` itself compares the record with the version that the caller has read.
    answers
        Models whose records the response may show instead of the call's own.
    query
        What the response shows, if that is not the whole query string.

    Raises
    ------
    QueryError
        If the query string is invalid; nothing was tried.
    """
    refuse_unknown_names(call, answers, query)
    expected = None if merges or call.record_id is None else expected_by(call)
    if expected is not None:
        act = _expecting(call, expected, act, payload=payloads[0] if payloads else None)
    with markup_ahead(call.spec, payloads):
        return _in_one(act, files=files, strict=is_strict(call.request), means=means_of(call.request))


def _expecting(call: Call, expected: Expected, act: Act, *, payload: object) -> Act:
    """An act that first compares the record with what the caller expects of it."""
    sent: Any = payload if isinstance(payload, Mapping) else None

    def expecting() -> HttpResponse:
        refuse_moved(call.spec, call.record_id, expected, viewer=call.viewer, payload=sent)
        return act()

    return expecting


@again_after_deadlock
def _in_one(
    act: Act,
    *,
    files: Mapping[str, object] | None,  # noqa: ARG001 - see there
    strict: bool,
    means: str,
) -> HttpResponse:
    with discarded_with_the_write(), transaction.atomic(), collecting(strict=strict) as remarks:
        with one_event(means) as event:
            response = with_remarks(act(), remarks)
        if event.wrote:
            response.headers[EVENT] = str(event.id)
        return response


def shown_after(call: Call, do: Callable[[], Any], *, status: int = 200) -> Act:
    """An act that does something and responds with the record it returns; with that of the call if it returns none."""

    def act() -> HttpResponse:
        record = do()
        if record is None:
            return record_response(call, call.record_id, status)
        return record_response(replace(call, spec=spec_of(record)), record.pk, status)

    return act


def record_response(call: Call, record_id: RecordId, status: int = 200) -> Answer:
    """The record as it now is; only its id if the writer gave up the right to see it.

    A response that would be too large is no reason to refuse the write: what cannot be shown is left out, and a header
    says so.
    """
    headers = {}
    try:
        shown = record_shown(call, record_id, query_of(call))
    except Missing:
        shown = _only_id(record_id)
    except QueryError:
        headers[LEFT_OUT] = "include"
        shown = _without_includes(call, record_id)
    if shown.version:
        headers[ETAG] = tag_of_record(call, shown)
    if status == 201:
        where = f"/api/{call.portal}/{call.spec.app}/{call.spec.segment}/{record_id}/"
        headers["Location"] = base_of(call.request) + where
    texts = record_texts(call.spec, shown.text)
    return Answer(texts, spec=call.spec, ids=[record_id], status=status, **headers)


def record_shown(call: Call, record_id: RecordId, query: Query) -> Shown:
    """A record that the caller sees.

    Raises
    ------
    Missing
        If the caller does not see it.
    """
    named: Any = {"viewer": call.viewer, "base": base_of(call.request)}
    if query.includes and connection.in_atomic_block:
        # On PostgreSQL a statement refused as too complex aborts its transaction, but this one has to continue.
        with transaction.atomic():
            found = fetch_record(call.spec, record_id, query, **named)
    else:
        found = fetch_record(call.spec, record_id, query, **named)
    if found is None:
        raise Missing(f"No {call.spec.singular_name} has the id {record_id}.")
    return found


def _only_id(record_id: RecordId) -> Shown:
    return Shown(f'{{"id":"{record_id}"}}', "")


def _without_includes(call: Call, record_id: RecordId) -> Shown:
    """The record with ids instead of related records; only its id if even that is too large."""
    try:
        return record_shown(call, record_id, Query())
    except (Missing, TooLarge):
        return _only_id(record_id)
