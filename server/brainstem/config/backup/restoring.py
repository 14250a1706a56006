"""``brainstem-server restore``: putting back what was saved, bringing it up to date, and trying whether that works."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from brainstem.core.history import transactions

from . import fitting, saved
from .database import Database
from .manifest import Manifest
from .place import Place
from .postgres import Postgres
from .saved import Saved
from .shelf import UPLOADS
from .sqlite import Sqlite


@dataclass(frozen=True)
class Restored:
    """What was restored, and from which backup."""

    name: str
    manifest: Manifest


def restore(place: Place, folder: Path, *, name: str = "", force: bool = False, identity: str = "") -> Restored:
    """Restore a backup to a place that is empty, or whose contents may be replaced.

    Parameters
    ----------
    name : str
        Which backup of the folder; by default the newest.
    force : bool
        Replace what is there.
    identity : str
        File with the private key, for a backup encrypted with age.

    Raises
    ------
    CommandError
        If the backup is damaged, does not fit, or would replace something. Then nothing was changed.
    """
    with saved.opened(folder, name=name, identity=identity, scratch=place.data) as (backup, scratch):
        database = place.database
        fitting.check(backup.manifest, database.kind)
        _make_way(place, force=force)
        staged = scratch / UPLOADS
        _unpack(backup, staged)
        database.load(backup.file(backup.manifest.database, scratch), replace=force)
        if difference := backup.manifest.difference(database.contents()):
            raise CommandError(f"The database was restored, but {difference}: restore another backup with --force.")
        place.files.become(staged)
    return Restored(backup.folder.name, backup.manifest)


def verify(place: Place, folder: Path, *, name: str = "", identity: str = "") -> Restored:
    """Restore a backup to a scratch database and folder, compare it with what was saved, and remove them.

    Raises
    ------
    CommandError
        If it could not be restored.
    """
    with saved.opened(folder, name=name, identity=identity) as (backup, scratch):
        with _like(backup.manifest.kind, place.database).scratch(scratch) as trial:
            trial.load(backup.file(backup.manifest.database, scratch))
            difference = backup.manifest.difference(trial.contents())
        if difference:
            raise CommandError(f"The backup {backup.folder.name} is not what was saved: {difference}.")
        _unpack(backup, scratch / UPLOADS)
    return Restored(backup.folder.name, backup.manifest)


def _like(kind: str, database: Database) -> Database:
    """A database of the kind of the backup, of which a scratch one can be made."""
    if kind == Sqlite.kind:
        return Sqlite(Path())
    if not isinstance(database, Postgres):
        raise CommandError("This is a backup of PostgreSQL: set DATABASE_URL to a server for the scratch database.")
    return database


def _make_way(place: Place, *, force: bool) -> None:
    """Make sure that nothing is there, or that it may be replaced."""
    number = len(place.files.sizes())
    there = [place.database.occupied(), f"{place.files} has {number} file{'s' if number > 1 else ''}" if number else ""]
    told = " and ".join(part for part in there if part)
    if told and not force:
        raise CommandError(f"This place is not empty: {told}; to replace them, stop the server and add --force.")
    if told:
        place.database.release()


def _unpack(backup: Saved, folder: Path) -> None:
    folder.mkdir()
    for stored in backup.manifest.files:
        target = backup.copied(stored, folder / stored.path)
        target.chmod(settings.FILE_UPLOAD_PERMISSIONS)


def bring_up_to_date() -> int:
    """Migrate the restored database of this server, and forget what only means something in the cluster it came from.

    Returns how many migrations were missing.
    """
    connection.close()
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        call_command("migrate", interactive=False, verbosity=0)
    transactions.forget_foreign()
    return missing


__all__ = ["Restored", "bring_up_to_date", "restore", "verify"]
