"""``brainstem-server catalogue load``: fills the shared catalogue."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from brainstem.config import catalogue


class Command(BaseCommand):
    """Adds what is missing from the catalogue; never changes existing values."""

    help = "Add species, strains, brain regions, setup types and more to the catalogue; safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The only action, and whether to try it without writing."""
        parser.add_argument("do", choices=("load",), help="load: add what is missing.")
        parser.add_argument("--dry-run", action="store_true", help="Only report what would be added.")

    def handle(self, *_args: object, dry_run: bool, **_options: object) -> None:
        """One line per model; in a dry run also the names."""
        report = catalogue.load(dry_run=dry_run)
        would = "would be " if dry_run else ""
        for plural in report.names:
            line = f"{plural}: {report.added[plural]} {would}added, {report.filled[plural]} {would}filled in"
            left_out = report.left_out[plural]
            self.stdout.write(line + (f", {left_out} skipped because people changed them" if left_out else ""))
            for name in report.names[plural] if dry_run else ():
                self.stdout.write(f"  {name}")
