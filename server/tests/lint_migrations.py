"""Migrations that would break the release in use while they are applied: ``python server/tests/lint_migrations.py``.

A server is upgraded while the former release serves: its code must work with the new tables until it is replaced, and
must not be kept out of a table for long. So a migration *expands*: it adds tables, columns that can be left out, and
indexes that are built concurrently. What is no longer used goes in a migration that *contracts*, in a later release, and
says since when no code uses it::

    class Migration(migrations.Migration):
        unused_since = "0.2.0"

Migrations that were there before this rule are not looked at; neither are tables that the same migration creates.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

SERVER = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SERVER))

import django  # noqa: E402
from django.db import models  # noqa: E402
from django.db.migrations import Migration  # noqa: E402
from django.db.migrations import operations as of  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402
from django.db.models import NOT_PROVIDED  # noqa: E402

from brainstem import __version__  # noqa: E402

# The last migration of each app that is not looked at.
BEFORE = {
    "core": "0007_import_reviews",
    "dissemination": "0001_first_release",
    "modules": "0001_first_release",
    "personal_attributes": "0001_first_release",
    "resources": "0001_first_release",
    "stem": "0002_first_release_links",
    "taxonomies": "0001_first_release",
    "users": "0008_notices",
}
UNUSED_SINCE = "unused_since"
GOES = "the release in use still uses it. Remove it from the code now (SeparateDatabaseAndState), and from the database in a later release, with unused_since"
RENAMED = (
    "the release in use knows the former name. Add the new one beside it, and remove the former one in a later release"
)
NO_DEFAULT = "the release in use leaves it out when it adds a row. Give it null=True or a db_default"
KEEPS_OUT = "writers wait while it is built. Build it with CREATE INDEX CONCURRENTLY in a migration with atomic = False"
CHECKS_ALL = "writers wait while all rows are checked. Add it with NOT VALID, and validate it in another migration"
MIXED = "it contracts and expands. Expand in this release; contract in a later one"


def problems(migration: Migration, *, version: str = __version__) -> Iterator[str]:
    """What a migration does that the release in use does not stand."""
    since = getattr(migration, UNUSED_SINCE, None)
    flat = list(_flat(migration.operations))
    made = {one.name.lower() for one in flat if isinstance(one, of.CreateModel)}
    contracting = [one for one in flat if _goes(one)]
    if since is None:
        yield from (f"{_told(one)}: {GOES}" for one in contracting)
    elif _number(since) >= _number(version):
        yield f"unused_since is {since}, which is not released before {version}: {GOES}"
    elif len(contracting) < len(flat):
        yield MIXED
    for one in flat:
        if reason := _breaks(one, made):
            yield f"{_told(one)}: {reason}"


def _flat(operations: list[of.base.Operation]) -> Iterator[of.base.Operation]:
    """What happens in the database, without the state alone."""
    for one in operations:
        if isinstance(one, of.SeparateDatabaseAndState):
            yield from _flat(one.database_operations)
        else:
            yield one


def _goes(one: of.base.Operation) -> bool:
    if isinstance(one, of.RunSQL):
        text = str(one.sql).upper()
        return "DROP COLUMN" in text or "DROP TABLE" in text
    return isinstance(one, of.DeleteModel | of.RemoveField)


def _breaks(one: of.base.Operation, made: set[str]) -> str:
    """Why the release in use does not stand an operation; empty if it does."""
    if isinstance(one, of.RenameModel | of.RenameField | of.AlterModelTable):
        return RENAMED
    if isinstance(one, of.RunSQL) and " RENAME " in str(one.sql).upper():
        return RENAMED
    if getattr(one, "model_name", "").lower() in made:
        return ""
    if isinstance(one, of.AddIndex):
        return KEEPS_OUT
    if isinstance(one, of.AddConstraint):
        return KEEPS_OUT if isinstance(one.constraint, models.UniqueConstraint) else CHECKS_ALL
    if isinstance(one, of.AddField):
        return _breaks_as_column(one.field)
    if isinstance(one, of.AlterField):
        return "" if one.field.null or _has_default(one.field) else NO_DEFAULT
    return ""


def _breaks_as_column(field: models.Field[object, object]) -> str:
    if field.many_to_many:
        return ""
    if not field.null and not _has_default(field):
        return NO_DEFAULT
    return KEEPS_OUT if field.unique or field.db_index else ""


def _has_default(field: models.Field[object, object]) -> bool:
    return field.db_default is not NOT_PROVIDED or bool(getattr(field, "generated", False))


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _told(one: of.base.Operation) -> str:
    return str(one.describe())


def migrations() -> Iterator[Migration]:
    """Those of our apps that are looked at."""
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        ours = type(migration).__module__.startswith("brainstem.")
        if ours and name > BEFORE.get(app, ""):
            yield migration


def main(report: Callable[[str], object] = print) -> int:
    """Check every migration; 1 if one is refused."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brainstem.config.settings")
    django.setup()
    refused = [f"{one.app_label}.{one.name}: {text}" for one in migrations() for text in problems(one)]
    for line in refused:
        report(line)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
