"""The headers ``Brainstem-Warning`` and ``Prefer``: warnings about writes, and the preferences of writers."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from brainstem.core.remarks import Remark, Remarks, Row

HEADER, PREFER, APPLIED = "Brainstem-Warning", "Prefer", "Preference-Applied"
STRICT, MERGE = "handling=strict", "merge=fields"
# Proxies limit the headers of a response to 4 or 8 kB in total.
MOST_BYTES = 2000
LONGEST = 100
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def preferences(request: HttpRequest) -> dict[str, str]:
    """The preferences of a request (RFC 7240), by name in lower case; the first counts if a name is repeated."""
    found: dict[str, str] = {}
    for part in request.headers.get(PREFER, "").split(","):
        name, _, value = part.partition(";")[0].partition("=")
        if name.strip():
            found.setdefault(name.strip().lower(), value.strip().strip('"').lower())
    return found


def is_strict(request: HttpRequest) -> bool:
    """Whether unknown keys are to be refused."""
    return preferences(request).get("handling") == "strict"


def merges(request: HttpRequest) -> bool:
    """Whether a PATCH is to keep what others have changed since the version that it names."""
    return request.method == "PATCH" and preferences(request).get("merge") == "fields"


def with_preference(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The same response, with a header that confirms strict handling if a write requested it."""
    if request.method in _WRITES and is_strict(request) and (response.status_code == 400 or response.status_code < 300):
        held = response.headers.get(APPLIED)
        response.headers[APPLIED] = f"{STRICT}, {held}" if held else STRICT
    return response


def merged(response: HttpResponse) -> HttpResponse:
    """The response to a write that kept the changes of others, with a header that says so."""
    response.headers[APPLIED] = MERGE
    return response


def with_remarks(response: HttpResponse, remarks: Remarks) -> HttpResponse:
    """The same response, with the remarks in its header."""
    if remarks:
        response.headers[HEADER] = header_of(remarks)
    return response


def header_of(remarks: Remarks) -> str:
    """A list of objects as ASCII JSON, as many as fit; a last one says how many more there are."""
    written = [_text(_member(remark, row, number)) for remark, (row, number) in remarks.found.items()]
    taken, size = 0, 60  # room for the last one
    while taken < len(written) and size + len(written[taken]) + 1 <= MOST_BYTES:
        size += len(written[taken]) + 1
        taken += 1
    more = len(remarks) - taken
    return f"[{','.join([*written[:taken], *([_text({'code': 'more', 'count': more})] if more else [])])}]"


def _member(remark: Remark, row: Row | None, number: int) -> dict[str, object]:
    found: dict[str, Any] = {"code": remark.code, "field": remark.field[:LONGEST]}
    if remark.near:
        found["near"] = remark.near[:LONGEST]
    if row is not None:
        found |= {"operation": row[0], "index": row[1], "rows": number}
    return found | {"message": remark.message[:300]}


def _text(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
