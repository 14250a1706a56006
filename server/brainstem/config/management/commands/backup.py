"""``brainstem-server backup``: saves the database and the uploads while the server runs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from brainstem.config.backup.making import Made, back_up
from brainstem.config.backup.place import here
from brainstem.core.text.numbers import whole_of


class Command(BaseCommand):
    """Saves one point of the database and the uploads to a new folder."""

    help = "Save the database and the uploads to a new folder in DIR, safely while the server runs."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where, for whom, and how many."""
        parser.add_argument("dir", metavar="DIR", help="folder of all backups; created if needed")
        parser.add_argument("--keep", metavar="N", help="keep the newest N backups in DIR, and remove older ones")
        parser.add_argument(
            "--encrypt-to",
            metavar="RECIPIENT",
            default="",
            help="encrypt it for a public key: age1... or ssh-... (age), or a key in the keyring of GnuPG",
        )

    def handle(self, *_args: object, dir: str, keep: str | None, encrypt_to: str, **_options: object) -> None:  # noqa: A002 - as in help
        """Do it, and say what was saved."""
        try:
            number = None if keep is None else _number(keep)
            made = back_up(here(), Path(dir), keep=number, recipient=encrypt_to)
        except OSError as error:
            raise CommandError(f"Cannot write the backup: {error}.") from error
        self.stdout.write(_told(made))
        for name in made.manifest.absent:
            self.stderr.write(f"Missing: rows name the upload {name}, but it is not there.")


def _number(text: str) -> int:
    found = whole_of(text, below=2**31)
    if found is None or found < 1:
        raise CommandError(f"--keep: {text!r} is not a whole number from 1.")
    return found


def _told(made: Made) -> str:
    removed = f" Removed {len(made.removed)} older." if made.removed else ""
    return f"Saved {made.manifest.summary} ({made.copied} new) to {made.folder}.{removed}"
