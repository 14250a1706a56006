"""``brainstem-server serve``: the server itself, with granian inside."""

from __future__ import annotations

from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from granian import Granian
from granian.constants import Interfaces

from brainstem.config.tasks_beside import tasks_beside
from brainstem.core import once


class Command(BaseCommand):
    """Serves the API and the pages."""

    help = "Serve the API and the pages over HTTP; put a proxy that ends TLS in front of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much, and where."""
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (0.0.0.0: all).")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=1, help="Processes; about one a core.")
        parser.add_argument("--threads", type=int, default=2, help="Threads a process; each has a connection.")
        parser.add_argument("--no-tasks", action="store_true", help="Run `brainstem-server tasks` elsewhere.")

    def handle(self, *_args: Any, host: str, port: int, workers: int, threads: int, **options: Any) -> None:
        """Run until told to stop."""
        _forget_old_answers()
        self.stdout.write(f"Listening on {host}:{port} ({workers} workers, {threads} threads each)")
        # The links in pages and answers go there: by another name, a browser would have other cookies.
        self.stdout.write(f"Open {settings.BRAINSTEM_URL}/")
        server = Granian(
            "brainstem.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            respawn_failed_workers=True,
            log_access=False,  # the middleware writes one line a request, with its id
        )
        with tasks_beside(wanted=settings.BRAINSTEM_TASKS_BESIDE and not options["no_tasks"]):
            server.serve()


def _forget_old_answers() -> None:
    """What was kept for requests that may be sent again; requests with a key of their own go on with it."""
    with suppress(DatabaseError):  # No database yet, or none of this version: doctor says so.
        once.purge()
    connection.close()
