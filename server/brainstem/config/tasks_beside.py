"""The worker of tasks as a child process of the server: started again when it dies, ended with the server."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
ENDS_WITHIN = 15.0  # a mail that is being sent is sent to its end
_POLL = 0.2

log = logging.getLogger(__name__)


@contextmanager
def tasks_beside(*, wanted: bool = True, command: Sequence[str] = ()) -> Iterator[None]:
    """A worker as long as the block lasts; none if it is run elsewhere.

    Parameters
    ----------
    command : sequence of str, optional
        What to run instead of ``brainstem-server tasks``.
    """
    if not wanted:
        yield
        return
    keeper = _Keeper(command or (sys.executable, "-m", "brainstem.config", "tasks", "--beside", str(os.getpid())))
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


class _Keeper(Thread):
    """Keeps one child running."""

    def __init__(self, command: Sequence[str]) -> None:
        super().__init__(name="tasks beside", daemon=True)
        self._command, self._stopped = list(command), Event()

    def run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopped.is_set():
            started = monotonic()
            code = self._until_the_end_of(self._child())
            if self._stopped.is_set():
                return
            pause = FIRST_PAUSE if monotonic() - started > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
            log.error("The worker of tasks ended with %s; it is started again in %.0f s", code, pause)
            self._stopped.wait(pause)

    def stop(self) -> None:
        self._stopped.set()
        self.join()

    def _child(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdin=subprocess.DEVNULL)  # noqa: S603 (our own)

    def _until_the_end_of(self, child: subprocess.Popen[bytes]) -> int:
        """Wait until the child ends, or end it when this is to stop; its exit code."""
        while child.poll() is None:
            if self._stopped.wait(_POLL):
                return _ended(child)
        return child.returncode


def _ended(child: subprocess.Popen[bytes]) -> int:
    child.terminate()
    try:
        return child.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()
