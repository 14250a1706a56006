"""Keeps processes running, and stops them together."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

LOOK_S = 0.1
LIVES_S = 5.0  # a process that ends sooner is not restarted at once
KILL_AFTER_S = 3.0
BACKLOG = 1024
# By default the C library gives each thread its own heap and keeps the memory of large responses.
MALLOC = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "262144",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
log = logging.getLogger(__name__)


@dataclass
class Child:
    """A process that must always be running."""

    name: str
    command: Sequence[str]
    keep: Sequence[int] = ()  # file descriptors it inherits
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _started: float = field(default=0.0, init=False)

    def look(self) -> None:
        """Start the process if it is not running."""
        now = time.monotonic()
        if self._process is not None and self._process.poll() is not None:
            code = self._process.returncode
            self._forget()
            log.error("The %s process exited with code %d and is being restarted.", self.name, code)
        if self._process is None and (not self._started or now - self._started > LIVES_S):
            # The pipe is never written to: it closes when this process ends, however that happens.
            self._process = subprocess.Popen(  # noqa: S603 - commands of our own
                self.command, pass_fds=self.keep, stdin=subprocess.PIPE, env=MALLOC | os.environ
            )
            self._started = now

    def stop(self) -> None:
        """Ask the process to stop."""
        if self._process is not None:
            self._process.terminate()

    def ends(self, by: float) -> None:
        """Wait for the process to end; kill it if that takes too long."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, by - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._forget()

    def _forget(self) -> None:
        """Clean up after a process that has ended."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self._process = None


def listen(host: str, port: int) -> socket.socket:
    """An open socket for all workers.

    Raises
    ------
    OSError
        If the address cannot be used, or is in use.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def worker(listener: socket.socket, threads: int, *, metrics: int, rates: int, place: int) -> Child:
    """A process that serves on the socket, and counts in its place of the memory that this process holds."""
    told = map(str, (listener.fileno(), threads, metrics, rates, place))
    command = [sys.executable, "-m", "brainstem.config.front", *told]
    return Child("serving", command, keep=[listener.fileno(), metrics, rates])


def tasks() -> Child:
    """The process that sends emails and runs other queued tasks; it ends when this one is gone."""
    told = ("--beside", str(os.getpid()), "--name", secrets.token_hex(8))
    return Child("tasks", [sys.executable, "-m", "brainstem.config", "tasks", *told])


def supervise(children: Sequence[Child], *, stop_s: float) -> None:
    """Run until SIGTERM or SIGINT; then give the processes ``stop_s`` seconds to finish."""
    told: list[int] = []

    def stop(number: int, _frame: object) -> None:
        told.append(number)

    before = {one: signal.signal(one, stop) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        while not told:
            for child in children:
                child.look()
            time.sleep(LOOK_S)
    finally:
        for child in children:
            child.stop()
        ends = time.monotonic() + stop_s + KILL_AFTER_S
        for child in children:
            child.ends(ends)
        for one, handler in before.items():
            signal.signal(one, handler)
