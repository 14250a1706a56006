"""``brainstem-server doctor``: says what is misconfigured, and how to mend it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from brainstem.config import diagnosis


class Command(BaseCommand):
    """Looks at settings, database, files, mail and access; changes nothing unless told to mend."""

    help = "Say what is misconfigured and how to mend it; exits with 1 if something is."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to mend."""
        parser.add_argument(
            "--mend",
            action="store_true",
            help="Derive anew what is out of step (roles, audiences, counters, second factors), and say what was.",
        )

    def handle(self, *_args: Any, mend: bool = False, **_options: Any) -> None:
        """Print one line a finding."""
        if mend:
            for done in diagnosis.mend():
                self.stdout.write(f"Mended: {done}")
        found = diagnosis.findings()
        for finding in found:
            self.stdout.write(f"- {finding}")
        if found:
            raise CommandError(f"{len(found)} to mend.", returncode=1)
        self.stdout.write("All is well.")
