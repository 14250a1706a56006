"""``brainstem-server doctor``: reports what is misconfigured and how to fix it."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from brainstem.config import diagnosis


class Command(BaseCommand):
    """Checks settings, database, files, email and access; changes nothing unless told to."""

    help = 'Report what is misconfigured and how to fix it, or "Ready."; exits with 1 if anything is.'
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to fix derived data."""
        parser.add_argument(
            "--fix",
            action="store_true",
            help="Rebuild derived data that is wrong (roles, audiences, counters, two-factor flags) and report it.",
        )

    def handle(self, *_args: object, fix: bool = False, **_options: object) -> None:
        """Print one line per finding."""
        if fix:
            for done in diagnosis.fix():
                self.stdout.write(f"Fixed: {done}")
        found = diagnosis.findings()
        for finding in found:
            self.stdout.write(f"- {finding}")
        if found:
            raise CommandError(f"{len(found)} to fix. Then run this again: brainstem-server doctor", returncode=1)
        self.stdout.write("Ready.")
