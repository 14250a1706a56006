"""The one way on which a request writes: what it asks for is understood first, then it is written and answered at once.

Records, actions and ``bulk/`` all write in here, so that a request that is refused, whatever for, has written nothing:
the query string is read and planned before anything else, and the answer is made in the transaction of the write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse

from brainstem.core.errors import Missing, QueryError
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, spec_of
from brainstem.core.model.stored_files import discarded_with_the_write
from brainstem.core.model.values import markup_ahead
from brainstem.core.query.budget import TooLarge
from brainstem.core.query.run import fetch_record
from brainstem.core.query.syntax import Query
from brainstem.core.remarks import collecting
from brainstem.core.sql.retry import again_after_deadlock

from .asked import query_of, refuse_unknown_names
from .call import Answer, Call
from .envelope import base_of, record_texts
from .warnings import is_strict, with_remarks

# Says of an answer to a write what was left out of it, because it would be too large.
LEFT_OUT = "Answer-Left-Out"
Act = Callable[[], HttpResponse]


def written(
    call: Call,
    act: Act,
    *,
    payloads: Iterable[object] = (),
    files: Mapping[str, object] | None = None,
    answers: Iterable[Spec] = (),
    query: Query | None = None,
) -> HttpResponse:
    """What ``act`` answers, which writes; nothing of it stays when it fails, or when its answer cannot be given.

    Parameters
    ----------
    payloads
        What is written, as far as its rich text can be cleaned before the transaction begins.
    answers
        Models whose records the answer may show in place of the call's own.
    query
        What the answer is to show, where that is not all that the query string says.

    Raises
    ------
    QueryError
        The query string cannot be answered; nothing was tried.
    """
    refuse_unknown_names(call, answers, query)
    with markup_ahead(call.spec, payloads):
        return _in_one(act, files=files, strict=is_strict(call.request))


@again_after_deadlock
def _in_one(act: Act, *, files: Mapping[str, object] | None, strict: bool) -> HttpResponse:  # noqa: ARG001 - see there
    with discarded_with_the_write(), transaction.atomic(), collecting(strict=strict) as remarks:
        return with_remarks(act(), remarks)


def shown_after(call: Call, do: Callable[[], Any], *, status: int = 200) -> Act:
    """An act that does something and answers with the record that it gives; with that of the call if it gives none."""

    def act() -> HttpResponse:
        record = do()
        if record is None:
            return record_response(call, call.record_id, status)
        return record_response(replace(call, spec=spec_of(record)), record.pk, status)

    return act


def record_response(call: Call, record_id: RecordId, status: int = 200) -> Answer:
    """The record as it now is; its id alone when the writer gave up the right to see it.

    An answer that would be too large is no reason to refuse the write: what cannot be shown is left out, and a header
    says so.
    """
    headers = {}
    try:
        text = record_shown(call, record_id, query_of(call))
    except Missing:
        text = f'{{"id":"{record_id}"}}'
    except QueryError:
        headers[LEFT_OUT] = "include"
        text = _without_includes(call, record_id)
    if status == 201:
        where = f"/api/{call.portal}/{call.spec.app}/{call.spec.segment}/{record_id}/"
        headers["Location"] = base_of(call.request) + where
    texts = record_texts(call.spec, text)
    return Answer(texts, spec=call.spec, ids=[record_id], status=status, **headers)


def record_shown(call: Call, record_id: RecordId, query: Query) -> str:
    """The JSON text of a record that the caller sees.

    Raises
    ------
    Missing
        They do not.
    """
    named: Any = {"viewer": call.viewer, "base": base_of(call.request)}
    if query.includes and connection.in_atomic_block:
        # PostgreSQL ends a transaction with a statement that it refuses as too complex; this one has to go on.
        with transaction.atomic():
            text = fetch_record(call.spec, record_id, query, **named)
    else:
        text = fetch_record(call.spec, record_id, query, **named)
    if text is None:
        raise Missing(f"No {call.spec.singular_name} has the id {record_id}.")
    return text


def _without_includes(call: Call, record_id: RecordId) -> str:
    """The record with ids in place of records; its id alone when even that is too large."""
    try:
        return record_shown(call, record_id, Query())
    except (Missing, TooLarge):
        return f'{{"id":"{record_id}"}}'
