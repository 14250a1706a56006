"""The folder of all backups: those that are whole, the one being written, and removing old ones."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.management.base import CommandError

from . import streams, sums

_NAME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}Z")
_PART = re.compile(r"\.\d{4}-\d{2}-\d{2}T\d{6}Z\.part")
LOCK = ".lock"


@dataclass(frozen=True)
class Part:
    """The folder that is being written, and what it will be called."""

    folder: Path
    name: str


@contextmanager
def private() -> Iterator[None]:
    """What is created in the block belongs to its owner alone: files 0600, folders 0700."""
    former = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(former)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Create the folder of backups if needed, and let only one process write to it.

    Raises
    ------
    CommandError
        If another one does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(f"Another backup is being written to {folder}: try again when it is done.") from error
        for left in folder.iterdir():  # by a process that was interrupted
            if _PART.fullmatch(left.name):
                shutil.rmtree(left)
        yield


@contextmanager
def new(folder: Path) -> Iterator[Part]:
    """A folder to write a backup to; it gets its name if the block succeeds, and is removed if not."""
    name = _free_name(folder)
    part = folder / f".{name}.part"
    part.mkdir()
    try:
        yield Part(part, name)
        part.rename(folder / name)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    streams.to_disk(folder)


def _free_name(folder: Path) -> str:
    while (folder / (name := f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H%M%SZ}")).exists():
        time.sleep(0.05)
    return name


def whole(folder: Path) -> list[Path]:
    """Complete backups, oldest first."""
    try:
        found = [path for path in folder.iterdir() if _NAME.fullmatch(path.name) and (path / sums.NAME).is_file()]
    except OSError as error:
        raise CommandError(f"There are no backups in {folder} ({error.strerror}).") from error
    return sorted(found)


def find(folder: Path, name: str) -> Path:
    """The backup of this name, or the newest.

    Raises
    ------
    CommandError
        If there is none.
    """
    found = whole(folder)
    if not found:
        raise CommandError(f"There are no backups in {folder}: name the folder that `backup` wrote to.")
    if not name:
        return found[-1]
    names = [path.name for path in found]
    if name not in names:
        raise CommandError(f"There is no backup {name!r} in {folder}; there are: {', '.join(names)}.")
    return folder / name


def prune(folder: Path, keep: int) -> list[str]:
    """Remove all but the newest; returns the names of those removed."""
    old = whole(folder)[:-keep]
    for path in old:
        # First it must no longer count as whole.
        part = path.rename(folder / f".{path.name}.part")
        shutil.rmtree(part)
    return [path.name for path in old]


__all__ = ["Part", "alone", "find", "new", "private", "prune", "whole"]
