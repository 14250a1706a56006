"""``brainstem-server backup``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from django.core.management.base import CommandError

from brainstem import __version__
from brainstem.core.model.stored_files import removals_held

from . import folders, manifest, sums, uploads
from .contents import Contents
from .database import Database
from .manifest import Manifest, Stored
from .place import Place
from .sealing import seal_for
from .shelf import Shelf


@dataclass(frozen=True)
class Made:
    """A new backup, and what was done for it."""

    folder: Path
    manifest: Manifest
    copied: int
    removed: list[str]


def back_up(place: Place, folder: Path, *, keep: int | None = None, recipient: str = "") -> Made:
    """Write a backup of the database and the uploads to a new folder in ``folder``.

    Parameters
    ----------
    keep : int, optional
        How many backups to keep, including the new one; by default all.
    recipient : str
        The public key to encrypt it for.

    Raises
    ------
    CommandError
        If it cannot be done; then there is no new backup.
    """
    seal = seal_for(recipient) if recipient else None
    _refuse_inside(folder, place.uploads)
    with folders.private(), folders.alone(folder):
        with folders.new(folder) as part:
            shelf = Shelf(part.folder, seal, folders.whole(folder))
            about = _fill(shelf, place)
        removed = folders.prune(folder, keep) if keep else []
    return Made(folder / part.name, about, shelf.copied, removed)


def _refuse_inside(folder: Path, uploads: Path) -> None:
    if folder.resolve().is_relative_to(uploads.resolve()):
        raise CommandError(f"{folder} lies inside {uploads}, of which it would be a backup: name another folder.")


def _fill(shelf: Shelf, place: Place) -> Manifest:
    database = place.database
    with removals_held(place.data), shelf.scratch(place.data) as scratch:
        moment, dump = dt.datetime.now(dt.UTC), scratch / database.part
        found = database.save(dump)
        files = uploads.take(place.files, shelf, scratch)
        absent = sorted(found.named_files - {stored.path for stored in files})
        about = _about(database, found, moment=moment, dump=shelf.put(dump, database.part), files=files, absent=absent)
        about.write(scratch / manifest.NAME)
        shelf.put(scratch / manifest.NAME, manifest.NAME)
    sums.write(shelf.folder, shelf.sums)
    return about


def _about(
    database: Database, found: Contents, *, moment: dt.datetime, dump: Stored, files: list[Stored], absent: list[str]
) -> Manifest:
    return Manifest(
        version=__version__,
        created_at=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        kind=database.kind,
        server=database.server(),
        database=dump,
        migrations=found.migrations,
        tables=found.tables,
        files=files,
        absent=absent,
    )


__all__ = ["Made", "back_up"]
