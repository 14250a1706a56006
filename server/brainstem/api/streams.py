"""Lists as a stream: ``Accept: application/x-ndjson`` or ``application/vnd.apache.arrow.stream``, or ``?format=``.

The same query language, scopes and portals as JSON, but all records instead of a page. Errors before the first byte get
the usual response; later ones end the stream in a way that no client mistakes a part for the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from brainstem.core.query.stream import Stream

from .accept import preferred
from .responses import Refused

FORMATS = {"ndjson": "application/x-ndjson", "arrow": "application/vnd.apache.arrow.stream"}
TYPES = {"application/json": "json", "application/ndjson": "ndjson"} | {kind: name for name, kind in FORMATS.items()}
COUNT = "X-Total-Count"
PIECE = 64 * 1024
# A line that is not valid JSON; the header of an Arrow message with a negative length.
BROKEN = {"ndjson": b'{"error": "The stream broke off here', "arrow": b"\xff\xff\xff\xff\xfe\xff\xff\xff"}
NO_ARROW = (
    "Arrow is not available on this server: it lacks pyarrow (pip install 'brainstem-server[arrow]')."
    " Ask for application/x-ndjson or application/json."
)


def format_of(request: HttpRequest) -> str:
    """``json``, ``ndjson`` or ``arrow``: from ``?format=``, else from the header; JSON if neither is known."""
    asked = request.GET.get("format")
    if asked is not None:
        return asked if asked in FORMATS else "json"
    accept = request.headers.get("Accept", "").lower()
    if "ndjson" not in accept and "arrow" not in accept:
        return "json"
    return TYPES.get(preferred(request, list(TYPES)) or "", "json")


def stream_response(request: HttpRequest, stream: Stream, name: str) -> HttpResponse:
    """The records in a format of ``FORMATS``, with their number in a header."""
    headers = {COUNT: str(stream.count), "Vary": "Accept"}
    if request.method == "HEAD":
        stream.close()
        return HttpResponse(content_type=FORMATS[name], headers=headers)
    streaming: Any = StreamingHttpResponse(_Content(stream, name), content_type=FORMATS[name], headers=headers)
    found: HttpResponse = streaming
    return found


class _Content:
    """The bytes of a stream; closing it, which every server does in the end, releases the database cursor."""

    def __init__(self, stream: Stream, name: str) -> None:
        self._stream = stream
        chunks = _arrow_chunks(stream) if name == "arrow" else ndjson_chunks(stream)
        self._chunks = in_pieces(told_when_broken(chunks, BROKEN[name]))

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        self._stream.close()


def told_when_broken(chunks: Iterator[bytes], end: bytes) -> Iterator[bytes]:
    """The chunks; if they fail, followed by an ending that no reader accepts as regular.

    Some WSGI servers end the transfer as if it were complete if the application fails in the middle of it.
    """
    try:
        yield from chunks
    except Exception:
        yield end
        raise


def in_pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of bounded size, since the server buffers several pieces for slow clients."""
    for chunk in chunks:
        for start in range(0, len(chunk), PIECE):
            yield chunk[start : start + PIECE]


def require_arrow() -> None:
    """Refuse a format that this server cannot write."""
    if find_spec("pyarrow") is None:
        raise Refused(406, NO_ARROW)


def _arrow_chunks(stream: Stream) -> Iterator[bytes]:
    from .arrow import arrow_chunks  # noqa: PLC0415 - loads pyarrow

    return arrow_chunks(stream)


def ndjson_chunks(stream: Stream) -> Iterator[bytes]:
    """One record per line."""
    for texts in stream.batches:
        yield ("\n".join(texts) + "\n").encode()
