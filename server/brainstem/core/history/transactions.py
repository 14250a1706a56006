"""Numbers of PostgreSQL's transactions, which order what was written for those who follow the changes.

They mean nothing in another cluster. There, numbers from a restored dump may lie in the future, and what bears them
would count as not yet committed for weeks or years; 0 stands for "long ago".
"""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections

from ..models import Event

STEP = 10_000
# A number that the cluster has not given yet, apart from that of this transaction itself.
_FOREIGN = (
    "transaction >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    " AND transaction IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint"
)


def foreign(*, using: str = DEFAULT_DB_ALIAS) -> int:
    """Number of events whose transactions lie in the future; one statement."""
    if connections[using].vendor != "postgresql":
        return 0
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {Event._meta.db_table} WHERE {_FOREIGN}")
        return int(cursor.fetchone()[0])


def forget_foreign(*, using: str = DEFAULT_DB_ALIAS) -> int:
    """Set such numbers to 0, some thousand events per statement; returns how many there were."""
    if connections[using].vendor != "postgresql":
        return 0
    table = Event._meta.db_table
    number: int = 0
    some = f"SELECT id FROM {table} WHERE {_FOREIGN} LIMIT {STEP}"
    with connections[using].cursor() as cursor:
        while True:
            cursor.execute(f"UPDATE {table} SET transaction = 0 WHERE id IN ({some})")
            number += cursor.rowcount
            if cursor.rowcount < STEP:
                return number


def after_migrate(using: str, **_: object) -> None:
    """Signal handler of ``post_migrate``."""
    if Event._meta.db_table in connections[using].introspection.table_names():
        forget_foreign(using=using)


__all__ = ["after_migrate", "foreign", "forget_foreign"]
