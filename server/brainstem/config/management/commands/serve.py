"""``brainstem-server serve``: runs the server; ``brainstem.config.front`` handles HTTP."""

from __future__ import annotations

import os
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from brainstem.config.front import supervisor

THREADS = 8


class Command(BaseCommand):
    """Serves the API and the pages."""

    help = "Serve the API and the pages over HTTP; put a proxy that terminates TLS in front of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Address, processes and threads."""
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (0.0.0.0: all).")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=1, help="Processes; about one per core.")
        parser.add_argument(
            "--threads", type=int, default=THREADS, help="Threads per process; each has a database connection."
        )
        parser.add_argument("--no-tasks", action="store_true", help="Run `brainstem-server tasks` elsewhere.")

    def handle(self, *_args: object, host: str, port: int, workers: int, threads: int, **options: object) -> None:
        """Run until told to stop."""
        connection.ensure_connection()  # report an unreachable database now, not on every request
        connection.close()
        try:
            listener = supervisor.listen(host, port)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise CommandError(f"Cannot listen on {host}:{port}: {reason}.") from None
        self.stdout.write(f"Listening on {host}:{port} ({workers} workers, {threads} threads each)")
        # Links in pages and responses use this URL; under another host name, a browser would have different cookies.
        self.stdout.write(f"Open {settings.BRAINSTEM_URL}/")
        children = [supervisor.worker(listener, threads) for _ in range(workers)]
        if settings.BRAINSTEM_TASKS_BESIDE and not options["no_tasks"]:
            children.append(supervisor.tasks())
        supervisor.supervise(children, stop_s=settings.BRAINSTEM_LIMITS.stop_s)
