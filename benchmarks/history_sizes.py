"""How many bytes the history of a contestant takes: of the rows alone, and of tables with their indexes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.apps import apps
from django.db import connection

# Tables of the history, each with the column that all rows of one write share. A deletion keeps what it removed apart.
TABLES: dict[str, dict[str, str]] = {
    "ours": {"core_event": "id", "core_change": "event_id", "core_deletion": "event"},
    "before": {"core_change": "event", "core_deletion": "event"},
    "simple": {},
    "plain": {},
}
_seen: set[tuple[str, Any]] = set()


def _tables(contestant: str) -> dict[str, str]:
    found = TABLES[contestant]
    if contestant == "simple":
        # Changed links are another row of history, with all links as rows of their own.
        made = [one for one in apps.get_models() if one.__name__.startswith("Historical")]
        found = {one._meta.db_table: "history_id" for one in made}
    return found


def new_rows(contestant: str) -> list[float]:
    """Bytes of the rows of each write that was not there at the last call."""
    writes: dict[Any, float] = defaultdict(float)
    for table, key in _tables(contestant).items():
        for write, size in _sizes(table, key):
            if (table, write) not in _seen:
                _seen.add((table, write))
                writes[str(write)] += float(size)
    return [*writes.values()]


def _sizes(table: str, key: str) -> list[tuple[Any, Any]]:
    size = "pg_column_size(t.*)" if connection.vendor == "postgresql" else _sqlite_size(table)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{key}", sum({size}) FROM "{table}" AS t GROUP BY 1')
        return list(cursor.fetchall())


def _sqlite_size(table: str) -> str:
    """Bytes of a row as SQLite's file format has it: a header of one or two bytes a column, and the values."""
    with connection.cursor() as cursor:
        columns = [one.name for one in connection.introspection.get_table_description(cursor, table)]
    value = (
        "(CASE typeof({0}) WHEN 'null' THEN 1 WHEN 'real' THEN 9"
        " WHEN 'integer' THEN CASE WHEN {0} IN (0, 1) THEN 1 WHEN abs({0}) < 128 THEN 2 WHEN abs({0}) < 32768 THEN 3"
        " WHEN abs({0}) < 2147483648 THEN 5 ELSE 9 END"
        " ELSE length(CAST({0} AS BLOB)) + CASE WHEN length(CAST({0} AS BLOB)) < 58 THEN 1 ELSE 2 END END)"
    )
    return " + ".join(["4", *(value.format(f't."{name}"') for name in columns)])


def tables(contestant: str) -> int:
    """Bytes of the tables and indexes as they are stored."""
    names = list(_tables(contestant))
    if not names:
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT sum(pg_total_relation_size(one::regclass)) FROM unnest(%s::text[]) AS one", [names])
        else:
            cursor.execute(
                "SELECT sum(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name IN ("
                + ",".join(["%s"] * len(names)) + "))",
                names,
            )  # fmt: skip
        return int(cursor.fetchone()[0] or 0)
