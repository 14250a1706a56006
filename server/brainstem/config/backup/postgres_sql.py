"""The SQL of backups on PostgreSQL, and transactions that see one moment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from .contents import Ask, Row

Link = psycopg.Connection[Row]
# What rows look like as text must not depend on how a server is configured; and it may take long.
_SESSION = (
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL IntervalStyle = 'postgres'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
)
_OURS = (
    "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
    " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '{catalog}'::regclass AND d.objid = o.oid"
    " AND d.deptype = 'e')"  # of an extension
)
_RELATIONS = f"pg_class o JOIN pg_namespace n ON n.oid = o.relnamespace WHERE {_OURS.format(catalog='pg_class')}"
_ROUTINES = f"pg_proc o JOIN pg_namespace n ON n.oid = o.pronamespace WHERE {_OURS.format(catalog='pg_proc')}"
_NAME = "CASE WHEN n.nspname = 'public' THEN format('%I', o.relname) ELSE format('%I.%I', n.nspname, o.relname) END"
TABLES = f"SELECT {_NAME} FROM {_RELATIONS} AND o.relkind = 'r' ORDER BY 1"
OTHERS = (
    f"SELECT (SELECT count(*) FROM {_RELATIONS} AND o.relkind IN ('p', 'v', 'm', 'S', 'f'))"
    f" + (SELECT count(*) FROM {_ROUTINES})"
)
COLUMNS = "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public'"
# Not the workers of the server itself, which have no user.
CONNECTIONS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND usesysid IS NOT NULL AND pid <> pg_backend_pid()"
)
DROP_ALL = f"""
DO $drop$
DECLARE commands text[]; command text;
BEGIN
    SELECT array_agg(found.command ORDER BY found.place) INTO commands FROM (
        SELECT 1 AS place, format('DROP TABLE IF EXISTS %I.%I CASCADE', n.nspname, o.relname) AS command
            FROM {_RELATIONS} AND o.relkind IN ('r', 'p')
        UNION ALL SELECT 2, format('DROP VIEW IF EXISTS %I.%I CASCADE', n.nspname, o.relname)
            FROM {_RELATIONS} AND o.relkind = 'v'
        UNION ALL SELECT 3, format('DROP MATERIALIZED VIEW IF EXISTS %I.%I CASCADE', n.nspname, o.relname)
            FROM {_RELATIONS} AND o.relkind = 'm'
        UNION ALL SELECT 4, format('DROP SEQUENCE IF EXISTS %I.%I CASCADE', n.nspname, o.relname)
            FROM {_RELATIONS} AND o.relkind = 'S'
        UNION ALL SELECT 5, format('DROP ROUTINE IF EXISTS %s CASCADE', o.oid::regprocedure)
            FROM {_ROUTINES}
    ) found;
    FOREACH command IN ARRAY coalesce(commands, '{{}}') LOOP EXECUTE command; END LOOP;
END $drop$;
"""


def summing(table: str) -> str:
    """The statement that counts and sums up the rows of a table, whose name is quoted as it must be."""
    digest = "substring(sha256(convert_to(the_row::text, 'UTF8')) FROM 1 FOR 8)"
    number = f"('x' || encode({digest}, 'hex'))::bit(64)::bigint::numeric"
    return f"SELECT count(*), coalesce(sum({number}), 0) FROM {table} the_row"


@contextmanager
def snapshot(link: Link) -> Iterator[Ask]:
    """A transaction that only reads, and sees the database as it was at its first statement."""
    with link.transaction():
        link.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for statement in _SESSION:
            link.execute(statement.encode())
        yield lambda query: link.execute(query.encode()).fetchall()


def environment(password: str) -> dict[str, str]:
    """The environment of PostgreSQL's programs; that of a process is read by its own user only."""
    return os.environ | ({"PGPASSWORD": password} if password else {})
