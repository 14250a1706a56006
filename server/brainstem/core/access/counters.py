"""Triggers that keep, for every audience and model, how many rows there are.

Kept by the database itself, so that no way of writing (bulk, cascade, psql) can leave a count stale. Installed after
every migration, since SQLite loses a table's triggers when a migration rebuilds it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, connections

from ..models import AudienceCount
from ..registry import Spec, specs

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

_POSTGRES_TRIGGERS = """
DROP TRIGGER IF EXISTS core_count_insert ON {table};
CREATE TRIGGER core_count_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION core_count_rows('{label}');
DROP TRIGGER IF EXISTS core_count_delete ON {table};
CREATE TRIGGER core_count_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION core_count_rows('{label}');
DROP TRIGGER IF EXISTS core_count_move ON {table};
CREATE TRIGGER core_count_move AFTER UPDATE OF audience_id ON {table} FOR EACH ROW
    WHEN (OLD.audience_id IS DISTINCT FROM NEW.audience_id) EXECUTE FUNCTION core_move_row('{label}');
"""

_SQLITE_PLUS = (
    "INSERT INTO core_audiencecount (model, audience_id, n) VALUES ('{label}', NEW.audience_id, 1)"
    " ON CONFLICT (model, audience_id) DO UPDATE SET n = n + 1;"
)


# No upsert: where all tables are emptied at once, the audience may be gone already.
_SQLITE_MINUS = "UPDATE core_audiencecount SET n = n - 1 WHERE model = '{label}' AND audience_id = OLD.audience_id;"


def install(*, using: str) -> None:
    """Put the triggers in place on every table of the project tree that exists, and recount."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    if "core_audiencecount" not in present:
        return
    tables = [spec for spec in specs().values() if spec.in_project_tree and spec.table in present]
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor, tables):
            cursor.execute(statement)
    recount(using=using, tables=tables)


def recount(*, using: str, tables: list[Spec] | None = None) -> None:
    """Count every row anew."""
    connection = connections[using]
    chosen = tables if tables is not None else [spec for spec in specs().values() if spec.in_project_tree]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_audiencecount")
        for spec in chosen:
            cursor.execute(
                "INSERT INTO core_audiencecount (model, audience_id, n)"
                f" SELECT %s, audience_id, count(*) FROM {spec.table} GROUP BY audience_id",
                [spec.label],
            )


def rows_of_projects(ids: Iterable[Any]) -> dict[str, dict[str, int]]:
    """Project -> model -> number of its rows in that project, for projects that the caller may read; one query."""
    found: dict[str, dict[str, int]] = {}
    counts = AudienceCount.objects.filter(audience__projects__project_id__in=list(ids))
    for project, model, n in counts.values_list("audience__projects__project_id", "model", "n"):
        rows = found.setdefault(str(project), {})
        rows[model] = rows.get(model, 0) + n
    return found


def hold(pairs: Iterable[tuple[str, int]]) -> None:
    """Lock the counters of (model, audience) before a deletion, which goes from the leaves to the root.

    Additions and moves count parents before children; taken in that order here too, no two writes wait crosswise.
    """
    if connection.vendor != "postgresql":  # SQLite has one writer anyway.
        return
    wanted: dict[str, set[int]] = {}
    for label, audience in pairs:
        wanted.setdefault(label, set()).add(audience)
    for label in specs():
        if label in wanted:
            rows = AudienceCount.objects.filter(model=label, audience_id__in=wanted[label])
            list(rows.select_for_update(no_key=True).order_by("audience_id").values_list("id"))


def _statements(vendor: str, tables: list[Spec]) -> list[str]:
    if vendor == "postgresql":
        return [_POSTGRES_FUNCTIONS, *(_POSTGRES_TRIGGERS.format(table=s.table, label=s.label) for s in tables)]
    return [statement for spec in tables for statement in _sqlite_triggers(spec)]


def _sqlite_triggers(spec: Spec) -> list[str]:
    plus = _SQLITE_PLUS.format(label=spec.label)
    minus = _SQLITE_MINUS.format(label=spec.label)
    events = {
        "insert": f"AFTER INSERT ON {spec.table} BEGIN {plus} END",
        "delete": f"AFTER DELETE ON {spec.table} BEGIN {minus} END",
        "move": f"AFTER UPDATE OF audience_id ON {spec.table}"
        f" WHEN OLD.audience_id IS NOT NEW.audience_id BEGIN {minus} {plus} END",
    }
    names = {event: f"core_count_{event}_{spec.table}" for event in events}
    made: list[str] = []
    for event, body in events.items():
        made += [f"DROP TRIGGER IF EXISTS {names[event]}", f"CREATE TRIGGER {names[event]} {body}"]
    return made


def after_migrate(using: str, **_: Any) -> None:
    """Signal handler of ``post_migrate``."""
    install(using=using)
