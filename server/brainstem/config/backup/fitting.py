"""Whether this version can restore a backup."""

from __future__ import annotations

import re

from django.apps import apps
from django.core.management.base import CommandError
from django.db.migrations.loader import MigrationLoader

from brainstem import __version__

from .manifest import Manifest

OURS = "brainstem."
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def check(manifest: Manifest, kind: str) -> None:
    """Whether a backup can be restored to a database of this kind.

    Raises
    ------
    CommandError
        If it is of another kind, or of a newer version.
    """
    if manifest.kind != kind:
        raise CommandError(
            f"This is a backup of {NAMES.get(manifest.kind, manifest.kind)}, and DATABASE_URL names"
            f" {NAMES[kind]}: set DATABASE_URL to a database of the same kind."
        )
    if _numbers(manifest.version) > _numbers(__version__):
        raise CommandError(
            f"This backup was made by version {manifest.version}, and this is {__version__}: install"
            f" brainstem-server {manifest.version} or newer."
        )
    if unknown := _unknown(manifest.migrations):
        raise CommandError(
            f"This backup has the migration {unknown[0]}, which this version ({__version__}) does not know: install the"
            f" version that made it ({manifest.version}) or a newer one."
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d{1,9}", version.partition("+")[0])[:3])


def _unknown(applied: list[str]) -> list[str]:
    """Migrations of our apps that were applied and are not known here, not even as replaced by others."""
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith(OURS)}
    known = MigrationLoader(None).disk_migrations
    names = {*known, *(replaced for migration in known.values() for replaced in migration.replaces)}
    there = {f"{app}.{name}" for app, name in names}
    return [name for name in applied if name.partition(".")[0] in ours and name not in there]


__all__ = ["check"]
