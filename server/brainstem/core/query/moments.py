"""What the database held at a moment, and whether anything has been committed since that may change a result.

Kept results can so be trusted without reading them again. Only what has a history is noticed: changes made directly in
the database are not.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from ..sql import database
from ..sql.dialect import DIALECTS


def moment_now() -> str:
    """The present moment, to be noted before a result is read; one statement."""
    dialect = DIALECTS[connection.vendor]
    return str(database.rows(f"SELECT {dialect.moment()}", [])[0][0])


def unchanged_since(moment: str, models: Collection[str]) -> bool:
    """Whether no change of a record of these models has been committed since a moment; one statement."""
    statement, values = DIALECTS[connection.vendor].changed_since(moment, sorted(models))
    return not database.rows(statement, values)[0][0]


__all__ = ["moment_now", "unchanged_since"]
