"""Uploaded files wherever they are stored, and those of them that belong to the rows of one moment.

A write stores its file before it commits, and files of records are never removed or overwritten. Only a portrait is
removed, when somebody has replaced it: in a folder not while a backup is being written, in a bucket a day later. So
files taken after the rows include all that these name.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.core.management.base import CommandError

from . import streams
from .manifest import Stored
from .shelf import Shelf

if TYPE_CHECKING:
    from ..bucket import Bucket


class Uploads(Protocol):
    """Files by their paths, as rows name them."""

    def __str__(self) -> str:
        """Where they are."""

    def sizes(self) -> dict[str, int]:
        """Path -> size in bytes, of all files."""

    def file(self, path: str, scratch: Path) -> AbstractContextManager[Path]:
        """One of them on this machine, if need be fetched into the scratch folder."""

    def add(self, path: str, source: Path) -> None:
        """Store a copy of a file, in place of the one with this path if there is one."""

    def become(self, staged: Path) -> None:
        """Hold the files of this folder, which may be moved, and no others."""


@dataclass(frozen=True)
class Folder:
    """Files in a folder."""

    folder: Path

    def __str__(self) -> str:
        return str(self.folder)

    def sizes(self) -> dict[str, int]:
        found: dict[str, int] = {}
        # Follows links, since parts of the folder may lie on another disk.
        for place, _, names in os.walk(self.folder, onerror=_refuse, followlinks=True):
            for path in (Path(place) / name for name in names):
                with suppress(FileNotFoundError):  # of a write that failed: no row names it
                    if path.is_file():
                        found[path.relative_to(self.folder).as_posix()] = path.stat().st_size
        return found

    def file(self, path: str, scratch: Path) -> AbstractContextManager[Path]:  # noqa: ARG002 - it is here already
        return nullcontext(self.folder / path)

    def add(self, path: str, source: Path) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        incoming = target.with_name(f".{target.name}.incoming")
        incoming.unlink(missing_ok=True)  # of a run that was interrupted
        streams.copy(source, incoming)
        incoming.chmod(settings.FILE_UPLOAD_PERMISSIONS)
        incoming.replace(target)

    def become(self, staged: Path) -> None:
        # The folder itself stays, since it may be a link or another disk.
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in self.folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        for path in staged.iterdir():
            shutil.move(path, self.folder / path.name)


@dataclass(frozen=True)
class Objects:
    """Files in a bucket."""

    bucket: Bucket

    def __str__(self) -> str:
        return str(self.bucket)

    def sizes(self) -> dict[str, int]:
        found = self.bucket.sizes()
        for path in found:
            # A key may be any text; as a path, it could lead out of the folder that it is copied to.
            if not path or path.startswith("/") or str(PurePosixPath(path)) != path or ".." in path.split("/"):
                raise CommandError(f"{self.bucket} has an object that is no upload: {path!r}. Remove it.")
        return found

    @contextmanager
    def file(self, path: str, scratch: Path) -> Iterator[Path]:
        with tempfile.NamedTemporaryFile(dir=scratch, prefix=".upload-") as fetched:
            self.bucket.read_into(path, fetched)
            fetched.flush()
            yield Path(fetched.name)

    def add(self, path: str, source: Path) -> None:
        self.bucket.put(path, source)

    def become(self, staged: Path) -> None:
        there, new = self.sizes(), Folder(staged).sizes()
        for path in new:
            self.add(path, staged / path)
        for path in there.keys() - new.keys():
            self.bucket.remove(path)


def take(files: Uploads, shelf: Shelf, scratch: Path) -> list[Stored]:
    """Put all files on the shelf, in the order of their paths."""
    found = []
    for path in sorted(files.sizes()):
        with suppress(FileNotFoundError), files.file(path, scratch) as source:  # of a write that failed, as above
            found.append(shelf.put_upload(source, path))
    return found


def copy(source: Uploads, target: Uploads, scratch: Path) -> int:
    """Copy what the target lacks; returns how many files. One with the same path and size is the same.

    A file is never overwritten by another one, so only an interrupted copy could have another size.
    """
    there, number = target.sizes(), 0
    for path, size in sorted(source.sizes().items()):
        if there.get(path) != size:
            with suppress(FileNotFoundError), source.file(path, scratch) as file:
                target.add(path, file)
                number += 1
    return number


def _refuse(error: OSError) -> None:
    """By default, files in a folder that cannot be read would be missing without a word."""
    if not isinstance(error, FileNotFoundError):
        raise error


__all__ = ["Folder", "Objects", "Uploads", "copy", "take"]
