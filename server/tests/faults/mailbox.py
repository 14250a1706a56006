"""A mail server that takes as long for each email as real ones do, and remembers to whom they went."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

MAIL_S = 0.1


class _Conversation(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        """SMTP, as far as Django speaks it."""
        to: list[str] = []
        self._say("220 here")
        while line := self.rfile.readline().decode():
            match line[:4].upper():
                case "RCPT":
                    to.append(line.partition("<")[2].partition(">")[0])
                    self._say("250 fine")
                case "DATA":
                    self._say("354 go on")
                    while self.rfile.readline() not in {b".\r\n", b""}:
                        pass
                    time.sleep(self.server.seconds)
                    self.server.taken += to
                    to.clear()
                    self._say("250 taken")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 fine")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Mailbox(socketserver.ThreadingTCPServer):
    """The server, which takes so many seconds for each email; ``taken`` are the addresses to which they went."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, seconds: float = MAIL_S) -> None:
        self.seconds = seconds
        self.taken: list[str] = []
        super().__init__(("127.0.0.1", 0), _Conversation)

    @property
    def url(self) -> str:
        """``EMAIL_URL`` of it."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_: object) -> None:
        """A worker was killed in the middle of an email."""


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """One that runs for the duration of the block."""
    with Mailbox() as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        try:
            yield found
        finally:
            found.shutdown()
            thread.join()
