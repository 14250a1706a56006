"""Whether statements may stay prepared on a connection; behind some poolers the next transaction has another one."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

PREPARES = "BRAINSTEM_PREPARES"  # key in Django's settings of a database


def prepares(connection: BaseDatabaseWrapper) -> bool:
    """Whether statements are prepared on a connection; the query log needs the values in their text."""
    if connection.vendor != "postgresql" or connection.queries_logged:
        return False
    return bool(connection.settings_dict.get(PREPARES, True))


__all__ = ["PREPARES", "prepares"]
