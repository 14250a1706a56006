"""``brainstem-server serve``: runs the server; ``brainstem.config.front`` handles HTTP."""

from __future__ import annotations

import os
import socket
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from brainstem.config.first_run import serving_arguments
from brainstem.config.front import inherited, supervisor
from brainstem.config.metrics import board
from brainstem.config.rates import buckets


class Command(BaseCommand):
    """Serves the API and the pages."""

    help = (
        "Serve the API and the pages over HTTP; put a proxy that terminates TLS in front of it. "
        "Serves on the socket that systemd passes, if there is one, instead of --host and --port."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Address, processes and threads."""
        serving_arguments(parser)

    def handle(self, *_args: object, host: str, port: int, workers: int, threads: int, **options: object) -> None:
        """Run until told to stop."""
        connection.ensure_connection()  # report an unreachable database now, not on every request
        connection.close()
        listener = _listener(host, port)
        address = ":".join(map(str, listener.getsockname()[:2]))
        self.stdout.write(f"Listening on {address} ({workers} workers, {threads} threads each)")
        # Links in pages and responses use this URL; under another host name, a browser would have different cookies.
        self.stdout.write(f"Open {settings.BRAINSTEM_URL}/")
        self.stdout.flush()  # a pipe or a file gets it now, not when the server ends
        metrics = board.create(workers)
        rates = buckets.create()
        children = [
            supervisor.worker(listener, threads, metrics=metrics, rates=rates, place=place) for place in range(workers)
        ]
        if settings.BRAINSTEM_TASKS_BESIDE and not options["no_tasks"]:
            children.append(supervisor.tasks())
        supervisor.supervise(children, stop_s=settings.BRAINSTEM_LIMITS.stop_s)


def _listener(host: str, port: int) -> socket.socket:
    """The socket that was passed to this process, else a new one."""
    try:
        return inherited.listener(os.environ) or supervisor.listen(host, port)
    except ValueError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise CommandError(f"Cannot listen on {host}:{port}: {reason}.") from None
