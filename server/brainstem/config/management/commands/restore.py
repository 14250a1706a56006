"""``brainstem-server restore``: restores what ``backup`` saved, or tries whether it could be."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from brainstem.config.backup.place import here
from brainstem.config.backup.restoring import bring_up_to_date, restore, verify


class Command(BaseCommand):
    """Restores the database and the uploads into an empty place."""

    help = "Restore the newest backup in DIR to the database and data folder that the settings name, if they are empty."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which one, and what may happen to what is there."""
        parser.add_argument("dir", metavar="DIR", help="folder of all backups")
        parser.add_argument("--at", metavar="NAME", default="", help="the backup to restore: 2026-11-30T233000Z")
        parser.add_argument("--force", action="store_true", help="replace the database and the uploads that are there")
        parser.add_argument(
            "--verify", action="store_true", help="restore it to a scratch database and folder, and remove them again"
        )
        parser.add_argument("--identity", metavar="FILE", default="", help="your key, if it is encrypted with age")

    def handle(self, *_args: object, dir: str, at: str, identity: str, **options: object) -> None:  # noqa: A002 - as in help
        """Do it, and say what was restored."""
        place, folder = here(), Path(dir)
        migrated = 0
        try:
            if options["verify"]:
                done = verify(place, folder, name=at, identity=identity)
            else:
                done = restore(place, folder, name=at, identity=identity, force=bool(options["force"]))
                migrated = bring_up_to_date()
        except OSError as error:
            raise CommandError(f"Cannot restore the backup: {error}.") from error
        what = "Can be restored" if options["verify"] else "Restored"
        self.stdout.write(f"{what}: {done.name}, with {done.manifest.summary}.")
        if migrated:
            self.stdout.write(f"Applied {migrated} newer migration{'s' if migrated > 1 else ''}.")
        for name in done.manifest.absent:
            self.stderr.write(f"Missing: rows name the upload {name}, which was not there when the backup was made.")
