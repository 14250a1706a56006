"""``brainstem-server tasks``: the worker that sends emails and runs other queued tasks."""

from __future__ import annotations

import os
import signal
from argparse import SUPPRESS, ArgumentParser

from django.core.management.base import BaseCommand

from brainstem.apps.users import import_work  # noqa: F401 - a worker knows the tasks of the modules that it imports
from brainstem.config.housekeeping import tidy
from brainstem.config.tracing import chosen
from brainstem.core.tasks.worker import Worker


class Command(BaseCommand):
    """Runs queued tasks."""

    help = "Send emails and run other queued tasks until stopped. `serve` starts this itself unless told not to."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once or until stopped."""
        parser.add_argument("--once", action="store_true", help="Run the tasks that are due now, then exit.")
        # Passed by `serve`: exits when that process is gone, however it ended.
        parser.add_argument("--beside", type=int, help=SUPPRESS)
        # Passed by `serve`, always the same: the worker that is started for one that died goes on with its task.
        parser.add_argument("--name", default="", help=SUPPRESS)

    def handle(self, *_args: object, once: bool, beside: int | None, name: str, **_options: object) -> None:
        """Work."""
        chosen.begin()
        worker = Worker(orphaned=lambda: beside is not None and os.getppid() != beside, tidy=tidy, name=name)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        try:
            if once:
                self.stdout.write(f"{worker.work_off()} tasks were due.")
            else:
                worker.run()
        finally:
            chosen.end()
