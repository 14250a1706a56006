"""``brainstem-server files``: copies uploads from the data folder to the bucket, or back."""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from brainstem.config.backup.uploads import Folder, Objects, Uploads, copy
from brainstem.config.files_url import bucket


class Command(BaseCommand):
    """Copies uploads between the data folder and the bucket; removes none."""

    help = "Copy uploads between the data folder and the bucket of BRAINSTEM_FILES_URL. What is there already stays."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which way."""
        parser.add_argument(
            "way",
            choices=["upload", "download"],
            help="upload: from the data folder to the bucket; download: from the bucket to the data folder",
        )

    def handle(self, *_args: object, way: str, **_options: object) -> None:
        """Do it, and say how many files were copied."""
        try:
            found = bucket()
            if found is None:
                raise CommandError("BRAINSTEM_FILES_URL is not set: set it to the bucket, such as s3://bucket/prefix.")
            source: Uploads = Folder(Path(settings.MEDIA_ROOT))
            target: Uploads = Objects(found)
            if way == "download":
                source, target = target, source
            with tempfile.TemporaryDirectory(dir=settings.BRAINSTEM_DATA_DIR, prefix=".copying-") as scratch:
                number = copy(source, target, Path(scratch))
        except OSError as error:
            raise CommandError(f"Cannot copy the files: {error}.") from error
        self.stdout.write(f"Copied {number} file{'' if number == 1 else 's'} from {source} to {target}.")
