"""What is saved and restored: the database and the folders that the settings name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from ..files_url import bucket
from .database import Database
from .postgres import Postgres
from .sqlite import Sqlite
from .uploads import Folder, Objects, Uploads

if TYPE_CHECKING:
    from ..bucket import Bucket

# Options of Django's, not of libpq.
NOT_LIBPQ = {"assume_role", "isolation_level", "pool", "server_side_binding"}


@dataclass(frozen=True)
class Place:
    """A database, the folder of uploads, and the data folder, which has room for what is temporary.

    Uploads may be in a bucket instead, which then counts.
    """

    database: Database
    uploads: Path
    data: Path
    bucket: Bucket | None = None

    @property
    def files(self) -> Uploads:
        """The uploads, wherever they are."""
        return Objects(self.bucket) if self.bucket else Folder(self.uploads)


def here() -> Place:
    """The place of this server."""
    database = database_of(settings.DATABASES["default"])
    return Place(database, Path(settings.MEDIA_ROOT), settings.BRAINSTEM_DATA_DIR, bucket())


def database_of(found: dict[str, Any]) -> Database:
    """The database of an entry of Django's ``DATABASES``."""
    if found["ENGINE"].endswith("sqlite3"):
        return Sqlite(Path(found["NAME"]).resolve())
    options = {name: value for name, value in found.get("OPTIONS", {}).items() if name not in NOT_LIBPQ}
    named = {"dbname": found["NAME"], "user": found.get("USER"), "host": found.get("HOST"), "port": found.get("PORT")}
    parameters = {name: str(value) for name, value in (options | named).items() if value}
    return Postgres(parameters, password=found.get("PASSWORD") or "")


__all__ = ["Place", "database_of", "here"]
