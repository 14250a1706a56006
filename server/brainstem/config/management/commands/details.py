"""``brainstem-server details``: which details follow which schema version, and converting older ones."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.db import transaction

from brainstem.core.write.details_report import Line, convert, report


class Command(BaseCommand):
    """Reports the state of typed details, or converts them."""

    help = "Report which records follow which type schema version (report), or convert older ones (convert)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The action."""
        parser.add_argument("what", choices=["report", "convert"])
        parser.add_argument("--dry-run", action="store_true", help="convert: only count what would change")

    def handle(self, *_args: object, what: str, dry_run: bool, **_options: object) -> None:
        """Do it."""
        if what == "report":
            self._report(report())
            return
        with transaction.atomic():
            done = convert(write=not dry_run)
        verb = "would be converted" if dry_run else "converted"
        self.stdout.write(f"{done['converted']} {verb}, {done['left']} cannot be converted and stay as they are.")

    def _report(self, lines: list[Line]) -> None:
        if not lines:
            self.stdout.write("No record has details yet.")
        for line in lines:
            state = f"{line.wrong} are invalid" if line.wrong else "all valid"
            older = f", {line.convertible} can be converted to {line.newest}" if line.convertible else ""
            version = line.version or "no version"
            self.stdout.write(f"{line.model} {line.type} {version}: {line.rows} rows, {state}{older}")
            for example in line.examples:
                self.stdout.write(f"    {example}")
