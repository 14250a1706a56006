"""How far a worker has got with an import: told every second on a connection of its own, whatever the work does.

The work itself is one transaction, or reads one state of the database, in which nothing could be told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.db import connection
from django.utils import timezone

from ..models import TableImport
from ..sql.noting import update_if_free
from ..tasks.doing import current_task, still_doing

EVERY_SECONDS = 1.0
Tell = Callable[[int], object]


class Counted:
    """Tells how far an attempt has got, and takes it back if the work has to begin again."""

    def __init__(self, tell: Tell) -> None:
        self._tell, self._rows = tell, 0

    def __call__(self, rows: int) -> None:
        """Tell of more rows."""
        self._rows += rows
        self._tell(rows)

    def begin_again(self) -> None:
        """Take back what was told."""
        self._tell(-self._rows)
        self._rows = 0


@contextmanager
def progress_of(one: TableImport) -> Iterator[Tell]:
    """Give the work in the block what it calls with the number of rows that it has got through."""
    done, stopped, task = [0], Event(), current_task()

    def tell(rows: int) -> None:
        done[0] += rows

    def note() -> None:
        # If the database is not free, the next second will do.
        rows = TableImport.objects.filter(pk=one.pk, state=one.state)
        update_if_free(rows, done=min(done[0], one.total), alive_at=timezone.now())
        still_doing(task)

    def go_on() -> None:
        try:
            while not stopped.wait(EVERY_SECONDS):
                note()
        finally:
            connection.close()

    note()
    thread = Thread(target=go_on, name="progress of an import")
    thread.start()
    try:
        yield tell
    finally:
        stopped.set()
        thread.join()


__all__ = ["Counted", "Tell", "progress_of"]
