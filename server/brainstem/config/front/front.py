"""The front of one process: connections, their shared state, and the threads behind them."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from brainstem.config.metrics.board import board
from brainstem.config.recognition import Recognition

from .admission import Admission, Refusal
from .bodies import Store
from .connection import Connection
from .crowd import Crowd
from .exchange import FILE_PIECE, Exchange
from .lanes import Lane
from .limits import Limits
from .memory import give_back
from .pools import Pool
from .pressure import Pressure, room_of_process
from .request import Environ, Request
from .unread import File, Unread

BACKLOG = 1024
TICK_S = 0.5
LOOK_S = 0.05
HEALTH_S = 5.0
FILE_THREADS = 2
GIVE_BACK_S = 5.0
log = logging.getLogger("brainstem.access")


class Front:
    """Serves an application.

    Parameters
    ----------
    application : callable
        A WSGI application.
    limits : Limits
        Limits of this process.
    threads : int
        Number of concurrent requests in the application, in addition to streams.
    are_proxies : bool
        Whether all peers are proxies.
    largest_body : callable
        Maximum size of a request body in bytes, by path and content type.
    recognition : Recognition
        Knows whose credentials a request carries.
    """

    def __init__(
        self, application: object, limits: Limits, *, threads: int, are_proxies: bool,
        largest_body: Callable[[str, str], int], recognition: Recognition,
    ) -> None:  # fmt: skip
        self.limits = limits
        self.crowd = Crowd(limits, are_proxies=are_proxies)
        self.store = Store(limits.buffered_bytes)
        self.is_stopping = False
        self._application = application
        self._largest_body = largest_body
        self._recognition = recognition
        self._loop = asyncio.get_running_loop()
        self.now = self._loop.time
        self._unread = Unread()
        self._has_worked, self._gave_back = False, 0.0
        self._pressure = Pressure(limits.memory_reserve_bytes, room=partial(room_of_process, limits.worker_bytes))
        self._admission = Admission(
            limits, threads=threads, recognition=recognition, pressure=self._pressure, post=self.post
        )  # fmt: skip
        self._files = Pool("file", threads=FILE_THREADS, waiting=2 * limits.connections)

    # -- serving -------------------------------------------------------------------------------------------------

    async def serve(self, listener: socket.socket, stop: asyncio.Event) -> None:
        """Serve on a socket until told to stop; then give requests in progress some time to finish."""
        server = await self._loop.create_server(lambda: Connection(self), sock=listener, backlog=BACKLOG)
        self._pressure.look()
        clock = asyncio.create_task(self._tick())
        await stop.wait()
        server.close()
        self.is_stopping = True
        for connection in self.crowd:
            connection.stop()
        ends = self.now() + self.limits.stop_s
        while len(self.crowd) and self.now() < ends:  # noqa: ASYNC110 - once, at the end
            await asyncio.sleep(LOOK_S)
        for connection in self.crowd:
            connection.leave()
        await self._until_quiet(self.now() + 1)
        clock.cancel()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            now = self.now()
            for connection in self.crowd:
                connection.check(now)
            self._pressure.look()
            self._admission.note_load()
            self._give_memory_back(now)

    def _give_memory_back(self, now: float) -> None:
        """Now and then after work, in a thread: it takes some milliseconds."""
        if self._has_worked and now - self._gave_back > GIVE_BACK_S:
            self._has_worked, self._gave_back = False, now
            self._files.submit(give_back)

    async def _until_quiet(self, ends: float) -> None:
        while self.now() < ends and not self._admission.is_quiet:  # noqa: ASYNC110 - once, at the end
            await asyncio.sleep(LOOK_S)

    # -- used by connections -------------------------------------------------------------------------------------

    def exchange(self, request: Request, environ: Environ, sender: Connection) -> Exchange:
        """The exchange for a request."""
        if request.too_large:
            environ["brainstem.body_limit"] = request.limit
        return Exchange(
            request, environ, sender=sender, application=self._application, places=self._admission.slots,
            unread=self._unread, post=self.post,
        )  # fmt: skip

    def largest_body(self, request: Request) -> int:
        """Maximum size of the body of this request in bytes."""
        return self._largest_body(request.path, request.header(b"content-type").decode("latin-1"))

    def dispatch(self, exchange: Exchange) -> Refusal | None:
        """Hand it to the application, or return the status and message to refuse it with."""
        self._has_worked = True
        return self._admission.dispatch(exchange)

    def drop(self, exchange: Exchange) -> None:
        """The client is gone."""
        exchange.leave()
        self._admission.take_back(exchange)

    def waits_too_long(self, exchange: Exchange, now: float) -> bool:
        """Whether it has waited too long for a thread; if so, it gets none any more."""
        if exchange.lane is Lane.HEALTH and now - exchange.since > HEALTH_S:
            return True  # Unhealthy, whether it was started or not; monitoring must notice.
        if now - exchange.since <= self.limits.wait_s or not self._admission.waits_too_long(exchange):
            return False
        board().count_refusal(503)
        return True

    def kept_in_memory(self, size: int) -> None:
        """Account for response bytes that are kept there until they are read."""
        self._unread.memory += size
        if size > 0:
            self._bound_unread()

    def kept_on_disk(self, size: int) -> None:
        """So many more bytes of answers are kept there until they are read."""
        self._unread.disk += size
        if size > 0:
            self._bound_unread()

    def _bound_unread(self) -> None:
        while self._unread.total > self.limits.answer_bytes and self.crowd.evict_reader():
            pass

    def read_file(self, connection: Connection, file: File) -> None:
        """Read the next piece in a thread, since disks can be slow too."""

        def read() -> None:
            try:
                data: bytes | None = file.read(FILE_PIECE)
            except (OSError, ValueError):
                data = None
            self.post(connection.file_read, file, data)

        if not self._files.submit(read):
            connection.leave()

    def close_file(self, file: File) -> None:
        """Close it in a thread."""
        self._files.submit(file.close)

    def note(self, connection: Connection, status: int, message: str) -> None:
        """One log line for a request that never reached the application."""
        log.info("%s refused with %d: %s", connection.address, status, message)
        board().count_refusal(status)

    def post(self, function: Callable[..., object], *arguments: object) -> None:
        """Have the event loop call this; callable from any thread."""
        with suppress(RuntimeError):  # The loop has ended, and with it everything that was waiting.
            self._loop.call_soon_threadsafe(function, *arguments)


__all__ = ["Front"]
