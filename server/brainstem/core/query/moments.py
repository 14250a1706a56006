"""What the database held at a moment, and whether anything has been committed since that may change a result.

Kept results can so be trusted without reading them again. Only what has a history is noticed: changes made directly in
the database are not.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from ..sql import database
from ..sql.along import Along
from ..sql.dialect import DIALECTS


def moment_now() -> str:
    """The present moment, to be noted before a result is read; one statement."""
    dialect = DIALECTS[connection.vendor]
    return str(database.rows(f"SELECT {dialect.moment()}", [])[0][0])


def unchanged_since(moment: str, models: Collection[str]) -> bool:
    """Whether no change of a record of these models has been committed since a moment; one statement.

    Looks at so many changes at most; where there were more, the answer is no.
    """
    asked = whether_changed(moment, models)
    return not database.rows_of_prepared(asked.expression, asked.values)[0][0]


def whether_changed(moment: str, models: Collection[str]) -> Along:
    """The opposite, for another statement to ask."""
    return Along(*DIALECTS[connection.vendor].changed_since(moment, sorted(models)))


__all__ = ["moment_now", "unchanged_since", "whether_changed"]
