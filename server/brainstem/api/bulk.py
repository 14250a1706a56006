"""``POST .../{model}/bulk/``: many writes of one model in one transaction.

Refused where the single verb is; otherwise every row is written as by itself, see :mod:`brainstem.core.bulk`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from django.http import HttpResponse

from brainstem.core.bulk import MAX_ROWS, Rows, write_rows
from brainstem.core.errors import Invalid
from brainstem.core.query.run import fetch_records
from brainstem.core.query.syntax import nearest, parse
from brainstem.core.registry import Spec, spec_of

from .body import json_object
from .envelope import base_of
from .once import shows
from .responses import Refused, json_response, text_response
from .warnings import preferences
from .writing import written

if TYPE_CHECKING:
    from .views import Call

ADDRESS = "bulk"
# Key of the body -> the verb that a model has to offer.
VERBS = {"create": "add", "update": "change", "delete": "delete"}


def offered(spec: Spec, portal: str) -> list[str]:
    """The keys of the body that a model takes; none in a portal that only reads."""
    return [key for key, verb in VERBS.items() if verb in spec.resource.verbs and portal != "public"]


def bulk(call: Call) -> HttpResponse:
    """Write rows; the answer is their ids, or the records as they now are."""
    keys = offered(call.spec, call.portal)
    allow = "POST, OPTIONS" if keys else "OPTIONS"
    if call.method == "OPTIONS":
        return json_response(200, {"keys": keys, "max_rows": MAX_ROWS}, Allow=allow)
    if call.method != "POST" or not keys:
        raise Refused(405, f"{call.method} is not offered here; use {allow}.", allow=allow)
    shown = _records if _wants_records(call) else _ids
    rows = _rows(call, keys)
    return written(call, partial(_written, call, rows, shown), payloads=[*rows.create, *rows.update])


def _written(call: Call, rows: Rows, shown: Callable[[Call, list[Any]], str]) -> HttpResponse:
    done = write_rows(call.spec, rows, actor=call.actor, portal=call.portal)
    created, updated = shown(call, done.created), shown(call, done.updated)
    deleted = orjson.dumps(list(map(_plain, done.deleted))).decode()
    text = f'{{"created":{created},"updated":{updated},"deleted":{deleted}}}'
    # Proposals of catalogue entries are of another model than what was asked for.
    gone = set(done.deleted)
    left = [one for one in (*done.created, *done.updated) if one.pk not in gone]
    spec = spec_of(left[0]) if left else call.spec
    return shows(text_response(200, text), spec, [one.pk for one in left if spec_of(one) is spec])


def _wants_records(call: Call) -> bool:
    wanted = call.request.GET.get("return")
    if wanted not in (None, "ids", "records"):
        raise Invalid.at("return", f"Expected 'ids' or 'records', got {wanted!r}.")
    preferred = preferences(call.request).get("return") == "representation"
    return wanted == "records" or (wanted is None and preferred)


def _rows(call: Call, keys: list[str]) -> Rows:
    if call.request.content_type not in ("", "application/json"):
        raise Refused(415, f"Send JSON (application/json), not {call.request.content_type!r}.")
    body = json_object(call.request.body)
    for key, value in body.items():
        if key not in VERBS:
            raise Invalid.at(key, f"There is no operation {key!r}.{nearest(key, VERBS)}")
        if not isinstance(value, list):
            raise Invalid.at(key, "Expected a list of rows.")
        if value and key not in keys:
            name = call.spec.singular_name
            raise Refused(405, f"{key} is not offered for a {name}; offered: {', '.join(keys)}.", allow="POST, OPTIONS")
    rows = Rows(**body)
    if len(rows) > MAX_ROWS:
        raise Invalid.whole(f"At most {MAX_ROWS} rows can be written in one request, got {len(rows)}.")
    return rows.unwrapped(call.spec)


def _plain(record_id: Any) -> Any:
    return record_id if isinstance(record_id, int) else str(record_id)


def _ids(_: Call, records: list[Any]) -> str:
    return orjson.dumps([_plain(record.pk) for record in records]).decode()


def _records(call: Call, records: list[Any]) -> str:
    """The records as they now are, in order; the id alone where the writer gave up the right to see one."""
    if not records:
        return "[]"
    query = parse(call.request.META.get("QUERY_STRING", ""))
    ids, spec = [record.pk for record in records], spec_of(records[0])
    unique, base = list(dict.fromkeys(ids)), base_of(call.request)
    texts = fetch_records(spec, unique, query, actor=call.actor, portal=call.portal, base=base)
    return "[" + ",".join(texts.get(one) or f'{{"id":{orjson.dumps(_plain(one)).decode()}}}' for one in ids) + "]"
