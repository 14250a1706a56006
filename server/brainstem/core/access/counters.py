"""Triggers that count the rows of every model in every audience.

The database itself does this, so that no way of writing (bulk, cascade, psql) leaves a count stale. The triggers are
checked after every migration, since SQLite loses those of a table when a migration rebuilds it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from ..model.ids import RecordId
from ..model.registry import Spec, specs
from ..models import AudienceCount
from ..sql.retry import again_after_deadlock

_POSTGRES_FUNCTIONS = """
CREATE OR REPLACE FUNCTION core_count_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_audiencecount (model, audience_id, n)
        SELECT TG_ARGV[0], audience_id, CASE WHEN TG_OP = 'DELETE' THEN -count(*) ELSE count(*) END
        FROM changed GROUP BY audience_id ORDER BY audience_id
    ON CONFLICT (model, audience_id) DO UPDATE SET n = core_audiencecount.n + excluded.n;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION core_move_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The lower audience first: two rows that change places must not wait for each other.
    INSERT INTO core_audiencecount (model, audience_id, n)
        SELECT TG_ARGV[0], moved.audience_id, moved.n
        FROM (VALUES (OLD.audience_id, -1), (NEW.audience_id, 1)) AS moved (audience_id, n) ORDER BY moved.audience_id
    ON CONFLICT (model, audience_id) DO UPDATE SET n = core_audiencecount.n + excluded.n;
    RETURN NULL;
END $$;
"""

# Replaced rather than dropped and created, which would block readers too.
_POSTGRES_TRIGGERS = """
CREATE OR REPLACE TRIGGER core_count_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION core_count_rows('{label}');
CREATE OR REPLACE TRIGGER core_count_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION core_count_rows('{label}');
CREATE OR REPLACE TRIGGER core_count_move AFTER UPDATE OF audience_id ON {table} FOR EACH ROW
    WHEN (OLD.audience_id IS DISTINCT FROM NEW.audience_id) EXECUTE FUNCTION core_move_row('{label}');
"""
_EVENTS = ("insert", "delete", "move")

_SQLITE_PLUS = (
    "INSERT INTO core_audiencecount (model, audience_id, n) VALUES ('{label}', NEW.audience_id, 1)"
    " ON CONFLICT (model, audience_id) DO UPDATE SET n = n + 1;"
)


# No upsert: if all tables are emptied at once, the audience may already be gone.
_SQLITE_MINUS = "UPDATE core_audiencecount SET n = n - 1 WHERE model = '{label}' AND audience_id = OLD.audience_id;"


@again_after_deadlock
def install(*, using: str) -> None:
    """Install triggers that are missing or outdated, and count the rows of those tables again.

    This is one transaction that blocks writers, so that no row is added between the count and the trigger, and readers
    see the old counters until the new ones are complete.
    """
    if not not_in_place(using=using):
        return
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        _keep_writers_out(cursor, using)
        wanted = not_in_place(using=using)  # Another process may have done it in the meantime.
        for statement in _statements(connection.vendor, wanted):
            cursor.execute(statement)
        _recount(cursor, wanted)


def not_in_place(*, using: str = DEFAULT_DB_ALIAS) -> list[Spec]:
    """Models of the project tree whose triggers are not those of this version; two statements."""
    connection = connections[using]
    tables = _tables(using)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT c.relname || '.' || t.tgname, obj_description(t.oid, 'pg_trigger') FROM pg_trigger t"
                " JOIN pg_class c ON c.oid = t.tgrelid"
                " WHERE t.tgname IN ('core_count_insert', 'core_count_delete', 'core_count_move')"
                " AND t.tgenabled <> 'D' AND pg_table_is_visible(c.oid)"
            )
            held = dict(cursor.fetchall())
            return [spec for spec in tables if any(held.get(name) != _SIGNATURE for name in _names(spec))]
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        held = dict(cursor.fetchall())
    return [spec for spec in tables if any(held.get(name) != text for name, text in _sqlite_triggers(spec).items())]


def recount(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Count all rows again, while nobody writes."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        _keep_writers_out(cursor, using)
        _recount(cursor, _tables(using))


def _tables(using: str) -> list[Spec]:
    """Models of the project tree whose tables exist."""
    present = set(connections[using].introspection.table_names())
    if AudienceCount._meta.db_table not in present:
        return []
    return [spec for spec in specs().values() if spec.in_project_tree and spec.table in present]


def _keep_writers_out(cursor: Any, using: str) -> None:
    """Block writers; on SQLite a transaction does so from its start."""
    if connections[using].vendor == "postgresql":
        tables = ", ".join([*(spec.table for spec in _tables(using)), AudienceCount._meta.db_table])
        cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")


def _recount(cursor: Any, chosen: list[Spec]) -> None:
    for spec in chosen:
        cursor.execute("DELETE FROM core_audiencecount WHERE model = %s", [spec.label])
        cursor.execute(
            "INSERT INTO core_audiencecount (model, audience_id, n)"
            f" SELECT %s, audience_id, count(*) FROM {spec.table} GROUP BY audience_id",
            [spec.label],
        )


def rows_of_projects(ids: Iterable[RecordId]) -> dict[str, dict[str, int]]:
    """Project -> model -> number of its rows in that project, for projects that the caller may read; one query."""
    found: dict[str, dict[str, int]] = {}
    counts = AudienceCount.objects.filter(audience__projects__project_id__in=list(ids))
    for project, model, n in counts.values_list("audience__projects__project_id", "model", "n"):
        rows = found.setdefault(str(project), {})
        rows[model] = rows.get(model, 0) + n
    return found


def hold(pairs: Iterable[tuple[str, int]]) -> None:
    """Lock the counters of (model, audience) before a deletion, which goes from the leaves to the root.

    Additions and moves count parents before children; locking in the same order here prevents deadlocks.
    """
    if connection.vendor != "postgresql":  # SQLite has only one writer anyway.
        return
    wanted: dict[str, set[int]] = {}
    for label, audience in pairs:
        wanted.setdefault(label, set()).add(audience)
    for label in specs():
        if label in wanted:
            rows = AudienceCount.objects.filter(model=label, audience_id__in=wanted[label])
            list(rows.select_for_update(no_key=True).order_by("audience_id").values_list("id"))


def _statements(vendor: str, tables: list[Spec]) -> Iterator[str]:
    if vendor == "postgresql":
        yield _POSTGRES_FUNCTIONS
        for spec in tables:
            yield _POSTGRES_TRIGGERS.format(table=spec.table, label=spec.label)
            for event in _EVENTS:
                yield f"COMMENT ON TRIGGER core_count_{event} ON {spec.table} IS '{_SIGNATURE}'"
        return
    for spec in tables:
        for name, text in _sqlite_triggers(spec).items():
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield text


# PostgreSQL does not keep the text of a trigger, so a comment identifies it.
_SIGNATURE = "brainstem " + hashlib.sha256((_POSTGRES_FUNCTIONS + _POSTGRES_TRIGGERS).encode()).hexdigest()[:16]


def _names(spec: Spec) -> list[str]:
    return [f"{spec.table}.core_count_{event}" for event in _EVENTS]


def _sqlite_triggers(spec: Spec) -> dict[str, str]:
    """Name -> statement."""
    plus = _SQLITE_PLUS.format(label=spec.label)
    minus = _SQLITE_MINUS.format(label=spec.label)
    bodies = {
        "insert": f"AFTER INSERT ON {spec.table} BEGIN {plus} END",
        "delete": f"AFTER DELETE ON {spec.table} BEGIN {minus} END",
        "move": f"AFTER UPDATE OF audience_id ON {spec.table}"
        f" WHEN OLD.audience_id IS NOT NEW.audience_id BEGIN {minus} {plus} END",
    }
    names = {event: f"core_count_{event}_{spec.table}" for event in _EVENTS}
    return {names[event]: f"CREATE TRIGGER {names[event]} {bodies[event]}" for event in _EVENTS}


def after_migrate(using: str, **_: object) -> None:
    """Signal handler of ``post_migrate``."""
    install(using=using)
