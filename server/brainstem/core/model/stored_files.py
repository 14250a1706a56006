"""Stored files: removed if the write that stored them fails, since no database does that, but not during a backup."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage
from django.db.models.fields.files import FieldFile


class StorageAway(OSError):
    """The storage of files cannot be reached, or refuses: nothing is wrong with the request."""


_stored: ContextVar[list[FieldFile] | None] = ContextVar("stored", default=None)


class NotedFile(FieldFile):
    """The file of a record, which records that it was stored."""

    @property
    def occupies(self) -> int:
        """Bytes that the opened file takes until it is closed, if it was fetched from elsewhere."""
        return int(getattr(self.file, "occupies", 0))

    def save(self, name: str, content: Any, save: bool = True) -> None:
        """Store the content as Django does."""
        super().save(name, content, save)
        noted = _stored.get()
        if noted is not None:
            noted.append(self)


@contextmanager
def discarded_with_the_write() -> Iterator[None]:
    """Remove files stored in the block if the block fails; wraps the transaction of a write."""
    noted: list[FieldFile] = []
    token = _stored.set(noted)
    try:
        yield
    except BaseException:
        for file in noted:
            with suppress(OSError):  # The caller must learn why the write failed, not this.
                file.storage.delete(str(file.name))
        raise
    finally:
        _stored.reset(token)


@contextmanager
def removals_held(data_folder: Path) -> Iterator[None]:
    """No process that uses this data folder removes files that rows named when the block began.

    Waits for those that are being removed. The lock ends with the process, however that ends.
    """
    with _handle(data_folder) as handle:
        with suppress(OSError):  # Some network file systems lock no folders; a backup says which files it missed.
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def removed_after(storage: Storage) -> dt.timedelta:
    """How long files stay that rows no longer name.

    Nothing for a folder, which a backup locks. No lock reaches all machines that use a bucket, so there they stay for
    longer than any backup takes.
    """
    found = getattr(storage, "removed_after", None)
    return found if isinstance(found, dt.timedelta) else dt.timedelta(0)


def removed(storage: Storage, name: str) -> bool:
    """Remove a file that committed rows no longer name; False if a backup may need it: then try again later."""
    with _handle(Path(settings.BRAINSTEM_DATA_DIR)) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        storage.delete(name)
    return True


@contextmanager
def _handle(folder: Path) -> Iterator[int]:
    """The folder itself is locked: a file for it could belong to somebody who closes it to others."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)
