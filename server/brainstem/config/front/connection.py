"""One connection: complete requests are read one after the other, and each is answered before the next starts.

Everything here runs in the event loop.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from enum import IntEnum
from typing import TYPE_CHECKING, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from brainstem.config.tracing.arrival import ARRIVED
from brainstem.core.access.caller import network_of
from brainstem.core.steps import is_traced

from .admission import BUSY
from .answers import head_of, refusal
from .bodies import Body, Full
from .exchange import Exchange
from .limits import MAX_HEAD_BYTES, MAX_PIPELINED, Pace
from .request import Request, Unreadable, base_environ
from .unread import File

if TYPE_CHECKING:
    from .front import Front

AHEAD_BYTES = 64 * 1024  # of the next request, while one is being answered
WRITE_BUFFER = 128 * 1024
PIECE = 128 * 1024
LINGER_S, LINGER_SILENT_S = 30.0, 5.0
HALF_CLOSED_S = 1.0
# Chunk framing in addition to content: a one-byte chunk has five bytes of it.
FRAMING = 16
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LATE_HEAD = "The request head did not arrive in time."
LATE_BODY = "The request body did not arrive in time."
LARGE_HEAD = f"The request head is larger than {MAX_HEAD_BYTES // 1024} kB."
FULL = "The server is receiving too much data. Try again in a moment."
TOO_MANY = "There are too many connections from your address. Try again in a moment."
NOT_HTTP = "This is not a valid HTTP request."


class Phase(IntEnum):
    """What a connection is doing; those listed first are dropped first when there are too many."""

    LINGERING = 0  # the last response is sent; further input is discarded
    HEAD = 1
    IDLE = 2
    BODY = 3
    UNREAD = 4  # the response is ready but not being read
    WORKING = 5


class Connection(asyncio.Protocol):
    """What a peer sends and receives."""

    transport: asyncio.Transport
    address: str

    def __init__(self, front: Front) -> None:
        self.front = front
        self.is_over = False  # exceeds the number of connections of its address
        self.since = front.now()
        self._parser: HttpRequestParser | None = HttpRequestParser(self)
        # Reading
        self._receiving: Request | None = None
        self._raw = 0  # bytes of the request being received
        self._ready: deque[Request] = deque()
        self._ahead = bytearray()
        self._pace = Pace(front.limits)
        self._eof_at = 0.0
        # Answering
        self._exchange: Exchange | None = None
        self._out: deque[bytes | memoryview] = deque()
        self._is_last = False
        self._pieces_owed = 0  # of a stream: taken over but not sent yet
        self._file: File | None = None
        self._is_reading_file = False
        self._written = 0
        self._is_paused = False
        self._read_pace = Pace(front.limits)
        # Between requests, and at the end
        self._has_served = False
        self._is_lingering = self._is_lost = False
        self._heard = self.since

    # -- network events ------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.set_write_buffer_limits(high=WRITE_BUFFER)
        peer = transport.get_extra_info("peername")
        self._base = base_environ(peer, transport.get_extra_info("sockname"))
        self._base["wsgi.file_wrapper"] = File
        self.address = network_of(self._base["REMOTE_ADDR"])
        self.front.crowd.add(self)

    def data_received(self, data: bytes) -> None:
        self._heard = self.front.now()
        if self._is_lingering:
            return
        if self._exchange is None:
            self._feed(data)
        elif self._exchange.request.too_large:
            return
        else:
            self._ahead += data
            if len(self._ahead) > AHEAD_BYTES:
                self.transport.pause_reading()

    def eof_received(self) -> bool:
        """The peer sends nothing more. It may be gone, or wait for its response on a half-closed connection."""
        self._eof_at = self.front.now()
        return not self._is_lingering and self._exchange is not None

    def pause_writing(self) -> None:
        self._is_paused = True

    def resume_writing(self) -> None:
        self._is_paused = False
        self._pump()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._is_lost = True
        self.front.crowd.discard(self)
        self._parser = None
        if self._receiving is not None:
            self._receiving.body.close()
        for request in self._ready:
            request.body.close()
        self._drop_answer()
        if self._exchange is not None:
            self.front.drop(self._exchange)
            self._exchange = None

    # -- timeouts ------------------------------------------------------------------------------------------------

    @property
    def phase(self) -> Phase:
        """What the connection is doing."""
        if self._is_lingering:
            return Phase.LINGERING
        if self._exchange is not None:
            return Phase.UNREAD if self._is_paused else Phase.WORKING
        if self._receiving is None:
            return Phase.IDLE if self._has_served else Phase.HEAD
        return Phase.BODY if self._receiving.has_head else Phase.HEAD

    def check(self, now: float) -> None:
        """Enforce timeouts."""
        if self._reads_too_slowly(now):
            self.leave()
            return
        limits = self.front.limits
        match self.phase:
            case Phase.HEAD if now - self.since > limits.head_s:
                self._late_head()
            case Phase.IDLE if now - self.since > limits.idle_s:
                self.transport.close()
            case Phase.BODY if self._pace.is_late(self._raw, now):
                self.refuse(408, LATE_BODY)
            case Phase.LINGERING if now - self.since > LINGER_S or now - self._heard > LINGER_SILENT_S:
                self.leave()
            case Phase.WORKING:
                self._check_work(now)

    def leave(self) -> None:
        """Drop this connection at once, whatever it is doing."""
        self._is_lost = True
        self.front.crowd.discard(self)
        self._drop_answer()  # now: others may be waiting for its room
        self.transport.abort()

    def stop(self) -> None:
        """The server is stopping: only the current request continues."""
        if self.phase in {Phase.IDLE, Phase.LINGERING} or (self.phase is Phase.HEAD and self._receiving is None):
            self.transport.close()

    def _check_work(self, now: float) -> None:
        exchange = self._exchange
        if exchange is None or exchange.is_begun:
            return
        if self._eof_at and not exchange.request.close_wanted and now - self._eof_at > HALF_CLOSED_S:
            # Programs that leave close both halves, which looks the same. Those that announced their last request, as
            # half-closing clients do, get the response.
            self.leave()
        elif self.front.waits_too_long(exchange, now):
            self.answered(exchange, exchange.refusal(503, BUSY, Retry_After="2"), is_last=True)

    def _reads_too_slowly(self, now: float) -> bool:
        waiting = self.transport.get_write_buffer_size()
        if waiting == 0 and not self._out:
            self._read_pace.start(self._written, now)
            return False
        return self._read_pace.is_late(self._written - waiting, now)

    def _late_head(self) -> None:
        if self._receiving is None:
            self.transport.close()
        else:
            self.refuse(408, LATE_HEAD)

    # -- receiving a request -------------------------------------------------------------------------------------

    def _feed(self, data: bytes) -> None:
        if self._parser is None:
            return
        self._raw += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            # Upgrades are not supported: answer the request as it is; whatever follows is another protocol.
            self._end_after_this()
        except HttpParserError as error:
            self._refuse_unreadable(error)
            return
        request = self._receiving
        if request is None or self._exchange is not None or self._is_lingering:
            return
        if not request.has_head and self._raw > MAX_HEAD_BYTES:
            self.refuse(431, LARGE_HEAD)
        elif request.has_head and self._raw > FRAMING * request.body.size + 2 * MAX_HEAD_BYTES + len(data):
            self.refuse(400, NOT_HTTP)

    def on_message_begin(self) -> None:
        """httptools: a request starts."""
        self.since = self.front.now()
        self._receiving = Request(Body(self.front.store))

    def on_url(self, url: bytes) -> None:
        """httptools: part of the URL."""
        if self._receiving is not None:
            self._receiving.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """httptools: a header; trailers are ignored."""
        if self._receiving is not None and not self._receiving.has_head:
            self._receiving.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """httptools: the head is complete; requests refused because of it are refused before the body arrives."""
        request, parser = self._receiving, self._parser
        if request is None or parser is None:
            return
        keep_alive = parser.should_keep_alive() and not parser.should_upgrade()
        request.seal(parser.get_method().decode("latin-1"), parser.get_http_version(), keep_alive=keep_alive)
        request.limit = self.front.largest_body(request)
        self._pace.start(self._raw, self.since)
        length = request.header(b"content-length")
        if length and int(length) > request.limit:
            self._refuse_body(request)
        elif request.expects_more and self._exchange is None and not self._out:
            self._write(CONTINUE)

    def on_body(self, data: bytes) -> None:
        """httptools: part of the body."""
        request = self._receiving
        if request is None or request.too_large:
            return
        if request.body.size + len(data) > request.limit:
            self._refuse_body(request)
            return
        try:
            request.body.write(data)
        except Full:
            self.refuse(503, FULL, Retry_After="5")

    def on_message_complete(self) -> None:
        """httptools: the request is complete."""
        request, self._receiving = self._receiving, None
        self._raw = 0
        if request is None or request.too_large:
            return
        if self._exchange is None and not self._is_lingering:
            self._start(request)
        else:
            self._ready.append(request)
            if len(self._ready) > MAX_PIPELINED:
                self.leave()

    def _refuse_body(self, request: Request) -> None:
        """Let the application report that the body is too large; the rest of it is discarded on arrival."""
        request.too_large = True
        request.keep_alive = False
        request.body.close()
        self._receiving = None
        if self._exchange is None:
            self._start(request)
        else:
            self._ready.append(request)

    def _refuse_unreadable(self, error: HttpParserError) -> None:
        cause = error.__context__
        self.refuse(400, str(cause) if isinstance(cause, Unreadable) else NOT_HTTP)

    # -- responding ----------------------------------------------------------------------------------------------

    def _start(self, request: Request) -> None:
        environ = request.environ(self._base)
        if is_traced():
            environ[ARRIVED] = time.time_ns()
        self._exchange = exchange = self.front.exchange(request, environ, self)
        exchange.since = self.since = self.front.now()
        if self.is_over:
            exchange.keep_alive = False
            self.refused(exchange, 429, TOO_MANY)
        elif refused := self.front.dispatch(exchange):
            self.refused(exchange, *refused)

    def refused(self, exchange: Exchange, status: int, message: str, retry_s: int = 2) -> None:
        """Answer with a refusal, in place of the application."""
        exchange.end()
        self.front.note(self, status, message)
        self.answered(exchange, exchange.refusal(status, message, Retry_After=str(retry_s)), is_last=True)

    def answered(self, exchange: Exchange, pieces: list[bytes], *, is_last: bool) -> None:
        """Send the response, or part of it."""
        if exchange is not self._exchange:
            return
        exchange.is_begun = True
        self._is_last = is_last
        self._pieces_owed += 1
        size = sum(map(len, pieces))
        if not self._out and not self._is_paused and size <= PIECE:
            self._write(b"".join(pieces))
            self._pump()
            return
        for piece in pieces:
            self._out.extend(memoryview(piece)[at : at + PIECE] for at in range(0, len(piece), PIECE))
        self.front.kept_in_memory(size)
        self._pump()

    def answered_with_file(self, exchange: Exchange, pieces: list[bytes], file: File) -> None:
        """Send what is available, then the rest of the file as the peer reads it."""
        if exchange is not self._exchange:
            self.front.close_file(file)
            return
        self._file = file
        self.front.kept_on_disk(file.size)
        self.answered(exchange, pieces, is_last=False)

    def file_read(self, file: File, data: bytes | None) -> None:
        """The next piece of the file; empty at its end, None if it cannot be read."""
        self._is_reading_file = False
        if file is not self._file or self._exchange is None:
            return
        if data is None:
            self.leave()
        elif data:
            self.answered(self._exchange, [data], is_last=False)
        else:
            self._drop_answer()
            self.answered(self._exchange, [], is_last=True)

    def broke_off(self, exchange: Exchange) -> None:
        """The application failed midway: what was sent must not look complete."""
        if exchange is self._exchange:
            self._exchange.keep_alive = False
            self.transport.close()

    def refuse(self, status: int, message: str, **headers: str) -> None:
        """Refuse the request being received, and end the connection."""
        request, self._receiving = self._receiving, None
        if self._exchange is not None or self._is_lingering or self.transport.is_closing():
            # The previous request on this connection is still being answered; it is the last.
            self._end_after_this()
            if request is not None:
                request.body.close()
            return
        for_page = request is not None and b"text/html" in request.header(b"accept")
        is_api = request is not None and request.url.startswith(b"/api/")
        line, given, body = refusal(status, message, for_page=for_page and not is_api, **headers)
        if request is not None:
            request.body.close()
        self.front.note(self, status, message)
        self._write(head_of(line, given, version="1.1", keep_alive=False, length=len(body)) + body)
        self._linger()

    def _pump(self) -> None:
        """Send as much as the peer accepts."""
        exchange = self._exchange
        if exchange is None or self._is_lost:
            return
        while self._out and not self._is_paused:
            piece = self._out.popleft()
            self.front.kept_in_memory(-len(piece))
            self._write(piece)
        if self._out or self._is_paused:
            return
        if self._is_last:
            self._finish(exchange)
        elif self._file is not None:
            if not self._is_reading_file:
                self._is_reading_file = True
                self.front.read_file(self, self._file)
        else:
            while self._pieces_owed:
                self._pieces_owed -= 1
                exchange.piece_sent()

    def _finish(self, exchange: Exchange) -> None:
        """The response is sent: start the next request, if there may be one."""
        self._exchange = None
        self._is_last = False
        self._pieces_owed = 0
        self._has_served = True
        self.since = self.front.now()
        if not exchange.keep_alive or self.front.is_stopping:
            self._linger()
        elif self._ready:
            self._start(self._ready.popleft())
        elif self._ahead:
            data = bytes(self._ahead)
            self._ahead.clear()
            self.transport.resume_reading()
            self._feed(data)
        elif self._eof_at:
            self.transport.close()

    def _end_after_this(self) -> None:
        if self._exchange is not None:
            self._exchange.keep_alive = False
            for request in self._ready:
                request.body.close()
            self._ready.clear()

    def _linger(self) -> None:
        """Close so that the peer can still read the response, which an abrupt close would discard while they send."""
        if self._is_lost or self.transport.is_closing():
            return
        self._is_lingering = True
        self.since = self._heard = self.front.now()
        self._ahead.clear()
        if self._eof_at or self.front.is_stopping:
            self.transport.close()
            return
        self.transport.resume_reading()
        self.transport.write_eof()

    def _drop_answer(self) -> None:
        self.front.kept_in_memory(-sum(map(len, self._out)))
        self._out.clear()
        if self._file is not None:
            self.front.kept_on_disk(-self._file.size)
            self.front.close_file(self._file)
            self._file = None

    def _write(self, data: bytes | memoryview) -> None:
        if data:
            self._written += len(data)
            self.transport.write(data)


__all__ = ["Connection", "Phase"]
