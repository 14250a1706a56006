"""``POST .../{model}/bulk/``: many writes of one model in one transaction.

Only verbs allowed for single records are allowed; every row is written as if it came alone, see
:mod:`brainstem.core.bulk.writing`. With ``?dry_run=true`` the write is rolled back, see
:mod:`brainstem.core.bulk.rehearsal`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import unquote_plus

import orjson
from django.http import HttpRequest, HttpResponse

from brainstem.core.bulk.rehearsal import rehearse_rows
from brainstem.core.bulk.writing import MAX_ROWS, Rows, write_rows
from brainstem.core.errors import Invalid, QueryError
from brainstem.core.model.declare import Record
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, spec_of
from brainstem.core.query.run import fetch_records
from brainstem.core.query.syntax import Query, parse
from brainstem.core.remarks import collecting
from brainstem.core.text.words import nearest, parse_boolean
from brainstem.core.write.meeting import REQUIRED

from .addresses import BULK
from .asked import refuse_unknown_names
from .body import json_object
from .call import Answer, Call
from .conditional import refuse_tags
from .envelope import base_of
from .means import means_of
from .responses import Refused, json_response, method_refused
from .warnings import is_strict, preferences, with_remarks
from .writing import written

DRY_RUN = "dry_run"
# Key of the body -> the verb that the model must allow.
VERBS = {"create": "add", "update": "change", "delete": "delete"}


def offered(spec: Spec, portal: str) -> list[str]:
    """The keys of the body that a model takes; none in a read-only portal."""
    return [key for key, verb in VERBS.items() if verb in spec.resource.verbs and portal != "public"]


def bulk(call: Call) -> HttpResponse:
    """Write rows; responds with their ids, or the records as they now are."""
    keys = offered(call.spec, call.portal)
    allow = "POST, OPTIONS" if keys else "OPTIONS"
    if call.method == "OPTIONS":
        # Callers check this before they rely on it: a server without dry runs would write.
        return json_response(200, {"keys": keys, "max_rows": MAX_ROWS, DRY_RUN: bool(keys)}, Allow=allow)
    if call.method != "POST" or not keys:
        raise method_refused(call.method, use=allow, allow=allow)
    refuse_tags(call, f'Name the version in each row: {{"id": ..., "{REQUIRED}": ...}}.')
    dry, wanted, query = is_dry_run(call.request), _wanted(call), _query(call)
    rows = _rows(call, keys)
    shown = partial(_records, query) if wanted == "records" else _ids
    if dry:
        means_of(call.request)  # refused now rather than when the rows are written
        refuse_unknown_names(call, query=query)
        return _rehearsed(call, rows, query, ids_only=wanted == "ids")
    act = partial(_written, call, rows, shown)
    return written(call, act, payloads=[*rows.create, *rows.update], query=query)


def is_dry_run(request: HttpRequest) -> bool:
    """Whether a request asks for a dry run.

    Raises
    ------
    QueryError
        If the parameter is neither true nor false, or both.
    """
    given = {parse_boolean(text, DRY_RUN) for text in request.GET.getlist(DRY_RUN)}
    if len(given) > 1:
        raise Invalid.at(DRY_RUN, "Give it once: true or false.")
    return given == {True}


def refuse_dry_run(request: HttpRequest) -> None:
    """Refuse a dry run where it is not supported: the write would be done.

    Raises
    ------
    QueryError
        Says where dry runs are supported.
    """
    if request.method not in ("GET", "HEAD") and request.META.get("QUERY_STRING") and DRY_RUN in request.GET:
        where = f"Dry runs are only available at POST .../{BULK}/; send what is to be written as a row of it."
        raise QueryError.at(DRY_RUN, where)


def _query(call: Call) -> Query:
    """The query string; ``dry_run`` is only valid here, since other writes would ignore it."""
    parts = call.request.META.get("QUERY_STRING", "").split("&")
    return parse("&".join(one for one in parts if unquote_plus(one.partition("=")[0]) != DRY_RUN))


def _rehearsed(call: Call, rows: Rows, query: Query, *, ids_only: bool) -> HttpResponse:
    """What writing the rows would do; everything is rolled back."""
    who: Any = {"viewer": call.viewer}
    with collecting(strict=is_strict(call.request)) as remarks:
        found = rehearse_rows(call.spec, rows, **who, query=query, base=base_of(call.request))
    answer: dict[str, Any] = {"created": found.created, "updated": found.updated}
    if ids_only:
        answer = {name: [one["id"] for one in records] for name, records in answer.items()}
    answer |= {"deleted": list(map(_plain, found.deleted)), "changes": found.changes, DRY_RUN: True}
    return with_remarks(json_response(200, answer), remarks)


def _written(call: Call, rows: Rows, shown: Callable[[Call, list[Record]], str]) -> HttpResponse:
    done = write_rows(call.spec, rows, viewer=call.viewer, base_url=base_of(call.request))
    created, updated = shown(call, done.created), shown(call, done.updated)
    deleted = orjson.dumps(list(map(_plain, done.deleted))).decode()
    texts = '{"created":', created, ',"updated":', updated, ',"deleted":', deleted, "}"
    # Proposals of catalogue entries are of another model than the one requested.
    gone = set(done.deleted)
    left = [one for one in (*done.created, *done.updated) if one.pk not in gone]
    spec = spec_of(left[0]) if left else call.spec
    return Answer(texts, spec=spec, ids=[one.pk for one in left if spec_of(one) is spec])


def _wanted(call: Call) -> str | None:
    """``ids`` or ``records``, or None if the request does not say."""
    wanted = call.request.GET.get("return")
    if wanted not in (None, "ids", "records"):
        raise Invalid.at("return", f"Expected 'ids' or 'records', got {wanted!r}.")
    preferred = preferences(call.request).get("return") == "representation"
    return "records" if wanted is None and preferred else wanted


def _rows(call: Call, keys: list[str]) -> Rows:
    if call.request.content_type not in ("", "application/json"):
        raise Refused(415, f"Send JSON (application/json), not {call.request.content_type!r}.")
    body = json_object(call.request.body)
    for key, value in body.items():
        if key not in VERBS:
            raise Invalid.at(key, f"Unknown operation {key!r}.{nearest(key, VERBS)}")
        if not isinstance(value, list):
            raise Invalid.at(key, "Expected a list of rows.")
        if value and key not in keys:
            name = call.spec.singular_name
            raise Refused(405, f"{key} is not allowed for a {name}; allowed: {', '.join(keys)}.", allow="POST, OPTIONS")
    rows = Rows(**body)
    if len(rows) > MAX_ROWS:
        raise Invalid.whole(f"At most {MAX_ROWS} rows can be written in one request, got {len(rows)}.")
    return rows.unwrapped(call.spec)


def _plain(record_id: RecordId) -> int | str:
    return record_id if isinstance(record_id, int) else str(record_id)


def _ids(_: Call, records: list[Record]) -> str:
    return orjson.dumps([_plain(record.pk) for record in records]).decode()


def _records(query: Query, call: Call, records: list[Record]) -> str:
    """The records as they now are, in order; only the id if the writer gave up the right to see one."""
    if not records:
        return "[]"
    query = _query(call)
    ids, spec = [record.pk for record in records], spec_of(records[0])
    unique, base = list(dict.fromkeys(ids)), base_of(call.request)
    texts = fetch_records(spec, unique, query, viewer=call.viewer, base=base)
    return "[" + ",".join(texts.get(one) or f'{{"id":{orjson.dumps(_plain(one)).decode()}}}' for one in ids) + "]"
