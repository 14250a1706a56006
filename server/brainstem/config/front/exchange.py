"""One request and its response: the application runs in a thread, watched by the event loop.

Methods marked as such run in the thread; everything else runs in the event loop.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from brainstem.config.metrics.board import board
from brainstem.core.access.caller import address_of, network_of
from brainstem.core.sql.deadlines import Ticket

from .answers import LAST_CHUNK, Headers, chunk, has_body, head_of, refusal
from .lanes import Lane, Standing
from .pools import Pool
from .request import Environ, Request
from .unread import File, Unread, filed

PIECES_AHEAD = 4  # of a stream, for a reader slower than the database
FILE_PIECE = 64 * 1024
WHOLE_FILE = 256 * 1024
RETRY_SECONDS = "2"
TOO_MANY_STREAMS = "Too many lists are being streamed at the moment. Try again later."
BROKEN = "The server failed to respond. The error has been logged."

log = logging.getLogger(__name__)


class Gone(Exception):
    """Nobody is waiting for the response any more."""


class Sender(Protocol):
    """Sends the response: the connection."""

    def answered(self, exchange: Exchange, pieces: list[bytes], *, is_last: bool) -> None: ...
    def answered_with_file(self, exchange: Exchange, pieces: list[bytes], file: File) -> None: ...
    def broke_off(self, exchange: Exchange) -> None: ...
    def refused(self, exchange: Exchange, status: int, message: str, retry_s: int) -> None: ...


class Places(Protocol):
    """Slots for streams."""

    def take(self, address: str, *, is_anonymous: bool) -> bool: ...
    def give_back(self, address: str, *, is_anonymous: bool) -> None: ...


class Exchange:
    """One request in progress."""

    def __init__(
        self, request: Request, environ: Environ, *, sender: Sender, application: Any, places: Places,
        unread: Unread, post: Callable[..., Any],
    ) -> None:  # fmt: skip
        self.request = request
        self.environ = environ
        self.ticket = Ticket()
        self.keep_alive = request.keep_alive
        self.is_for_page = "text/html" in environ.get("HTTP_ACCEPT", "") and not request.path.startswith("/api/")
        self.is_begun = False  # part of the response was handed to the connection
        self.since = 0.0
        self.lane = Lane.ORDINARY
        self.standing = Standing.ANONYMOUS
        # Where it waits for a thread or is worked on, and as what.
        self.queue: Pool | None = None
        self.job: Callable[[], None] | None = None
        self._sender, self._application, self._post = sender, application, post
        self._places, self._unread = places, unread
        self._place: str | None = None
        self._gone = False
        self._room = threading.Semaphore(PIECES_AHEAD)
        self._status, self._headers = "", list[tuple[str, str]]()

    @property
    def caller(self) -> str:
        """The network that the request came from, behind all trusted proxies."""
        return network_of(address_of(self.environ))

    @property
    def is_gone(self) -> bool:
        """Whether nobody waits for the response any more."""
        return self._gone

    @property
    def _is_anonymous(self) -> bool:
        return self.standing is Standing.ANONYMOUS

    def takes_place(self) -> bool:
        """Take a stream slot if one is free; it is given back when the work ends."""
        caller = self.caller
        if not self._places.take(caller, is_anonymous=self._is_anonymous):
            return False
        self._place = caller
        return True

    def leave(self) -> None:
        """Nobody is waiting any more: stop the work for this request."""
        self._gone = True
        self.ticket.cancel()
        self._room.release()

    def refuse(self, status: int, message: str, retry_s: int) -> None:
        """Refuse it instead of having the application answer."""
        self._sender.refused(self, status, message, retry_s)

    def piece_sent(self) -> None:
        """Allow the next piece of a stream."""
        self._room.release()

    def end(self) -> None:
        """No thread is working on this any more, or ever will."""
        self.request.body.close()
        self.queue = self.job = None  # The job refers to this: a circle would stay until the next garbage collection.
        if self._place is not None:
            self._places.give_back(self._place, is_anonymous=self._is_anonymous)
            self._place = None

    def refusal(self, status: int, message: str, **headers: str) -> list[bytes]:
        """A response of the front itself, in place of the application's."""
        line, given, body = refusal(status, message, for_page=self.is_for_page, **headers)
        return self._whole(line, given, body)

    # -- in the thread -------------------------------------------------------------------------------------------

    def work(self) -> None:
        """Run the application."""
        if self._gone:
            self._post(self.end)
            return
        try:
            with self.ticket.held():
                self._answer()
        except Gone:
            self._post(self.end)
        except BaseException:  # whatever it is, the thread and the connection continue
            if not self._gone:  # otherwise the failure is the intended stop
                log.exception("The application failed")
            self._post(self._broken)

    def start_response(self, status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[..., Any]:
        """WSGI: status and headers, before the content."""
        self._status, self._headers = status, headers
        return _write

    def _answer(self) -> None:
        result = self._application(self.environ, self.start_response)
        if isinstance(result, File):
            self._answer_with_file(result)
            return
        file = None
        try:
            if not has_body(self.request.method, self._status):
                pieces = [self._head()]
            elif getattr(result, "streaming", False):
                pieces = self._stream(result)
            else:
                pieces, file = self._kept(list(result))
        finally:
            if hasattr(result, "close"):
                result.close()
        if file is None:
            self._post(self._done, pieces)
        else:
            self._post(self._send_file, pieces, file)

    def _kept(self, content: list[bytes]) -> tuple[list[bytes], File | None]:
        """The whole answer, where it waits for its reader: in memory, or all but its head in a file.

        Slow readers may be many, and each leaves most of the answer here for as long as it reads.
        """
        size = sum(map(len, content))
        if self._unread.fits_into_memory(size):
            return self._whole(self._status, self._headers, b"".join(content)), None
        return [self._head(size)], filed(content)

    def _stream(self, content: Iterable[bytes]) -> list[bytes]:
        """Hand over piece by piece; returns what is left to send at the end."""
        if self._place is None and not self.takes_place():
            board().count_limited("streams")
            return self.refusal(429, TOO_MANY_STREAMS, Retry_After=RETRY_SECONDS)
        in_chunks = self.request.version == "1.1" and not any(
            name.lower() == "content-length" for name, _ in self._headers
        )
        if not in_chunks:
            self.keep_alive = False
        before = [self._head()]
        for data in content:
            if not data:
                continue
            self._room.acquire()
            if self._gone:
                raise Gone
            self._post(self._send, [*before, chunk(data) if in_chunks else data])
            before = []
        return [*before, LAST_CHUNK] if in_chunks else before

    def _answer_with_file(self, file: File) -> None:
        """A small file is an ordinary response; the rest of a larger one is left to the connection."""
        if not has_body(self.request.method, self._status):
            file.close()
            self._post(self._done, [self._head()])
            return
        try:
            start = file.read(WHOLE_FILE)
        except Exception:
            file.close()
            raise
        if len(start) < WHOLE_FILE:
            file.close()
            self._post(self._done, self._whole(self._status, self._headers, start))
            return
        if not any(name.lower() == "content-length" for name, _ in self._headers):
            self.keep_alive = False
            self._headers.append(("Connection", "close"))
        self._post(self._send_file, [self._head(), start], file)

    def _whole(self, status: str, headers: Headers, body: bytes) -> list[bytes]:
        version = self.request.version
        head = head_of(status, headers, version=version, keep_alive=self.keep_alive, length=len(body))
        return [head, body] if has_body(self.request.method, status) else [head]

    def _head(self, length: int | None = None) -> bytes:
        """The head of a response whose length the application may have set."""
        version = self.request.version
        return head_of(self._status, self._headers, version=version, keep_alive=self.keep_alive, length=length)

    # -- handed from the thread to the event loop ----------------------------------------------------------------

    def _send(self, pieces: list[bytes]) -> None:
        self._sender.answered(self, pieces, is_last=False)

    def _done(self, pieces: list[bytes]) -> None:
        self.end()
        self._sender.answered(self, pieces, is_last=True)

    def _send_file(self, pieces: list[bytes], file: File) -> None:
        self.end()
        self._sender.answered_with_file(self, pieces, file)

    def _broken(self) -> None:
        self.end()
        if self.is_begun:
            self._sender.broke_off(self)
        else:
            self.keep_alive = False
            self._sender.answered(self, self.refusal(500, BROKEN), is_last=True)


def _write(_data: bytes) -> None:
    raise NotImplementedError("Return the response instead of writing it.")


__all__ = ["Exchange", "Gone"]
