"""Records that come as a stream, a line each (NDJSON): read to the end, or reported as cut."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests import Response

COUNT = "X-Total-Count"
CHUNK = 1 << 18
MOST_OF_A_LINE = 64 * 1024 * 1024


class Cut(Exception):
    """The transfer ended before the stream did."""


def expected(response: Response, *, limit: int | None, offset: int) -> int | None:
    """The number of records in the stream, if the server says so."""
    told = response.headers.get(COUNT, "")
    if not told.isdigit():
        return None
    left = max(0, int(told) - offset)
    return left if limit is None else min(left, limit)


def batches(response: Response, count: int | None) -> Iterator[list[dict[str, Any]]]:
    """The records, as many at a time as have come.

    Raises
    ------
    Cut
        If there are fewer than the server told, or the transfer did not come to its proper end.
    """
    seen = 0
    with response:
        if count is None and "Transfer-Encoding" not in response.headers:
            raise Cut("The end of the stream is not marked.")
        for lines in _lines(response):
            # Parsed together, because records of one text share the names of their fields in memory.
            records = _parsed(b"[" + b",".join(lines) + b"]")
            seen += len(records)
            yield records
    if count is not None and seen != count:
        raise Cut(f"{seen} of {count} records arrived.")


def _lines(response: Response) -> Iterator[list[bytes]]:
    """Whole lines, as many at a time as have come."""
    import requests

    rest: list[bytes] = []
    size = 0
    try:
        for chunk in response.iter_content(CHUNK):
            lines = chunk.split(b"\n")
            if len(lines) == 1:
                rest.append(chunk)
                size += len(chunk)
                if size > MOST_OF_A_LINE:
                    raise Cut("A record is incomplete.")
                continue
            lines[0] = b"".join([*rest, lines[0]])
            rest = [lines.pop()]
            size = len(rest[0])
            yield [line for line in lines if line]
    except requests.RequestException as error:
        raise Cut(str(error)) from error
    if any(rest):
        yield [b"".join(rest)]


def _parsed(text: bytes) -> list[dict[str, Any]]:
    try:
        with _no_collection():
            found: list[dict[str, Any]] = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Cut("The last record is incomplete.") from error
    return found


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the garbage collector, which looks at new dicts again and again: parsing takes half the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
