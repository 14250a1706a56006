"""The checks of ``brainstem-server doctor``; each yields findings and changes nothing.

``doctor --fix`` rebuilds derived tables; whatever needs a decision is left to people.
"""

from __future__ import annotations

import datetime as dt
import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from brainstem.apps.users import two_factor
from brainstem.core.access import audit
from brainstem.core.history import transactions
from brainstem.core.models import TaskWorker

from . import catalogue
from .diagnosis_of_accounts import about_administrators, about_registration, about_the_demo_lab
from .diagnosis_of_files import about_the_bucket
from .examinations import Examination, of_rows
from .safety import Finding, first_line

FIX_IT = "Run: brainstem-server doctor --fix"
LATE = dt.timedelta(minutes=10)


def about_settings() -> Iterator[Finding]:
    """Settings that a production server refuses to start with."""
    yield from settings.BRAINSTEM_FINDINGS
    if settings.DEBUG:
        yield Finding("DEBUG", "is on: error pages reveal internals to anyone.", "Unset it, or set DEBUG=off.")


def about_the_throttle() -> Iterator[Finding]:
    """Whether password guessing is unlimited."""
    if not settings.BRAINSTEM_THROTTLE:
        yield Finding(
            "BRAINSTEM_THROTTLE", "is off: password guessing is not limited.", "Unset it, or set BRAINSTEM_THROTTLE=on."
        )


def about_proxies() -> Iterator[Finding]:
    """Whether callers behind a proxy can be told apart."""
    trusted = settings.BRAINSTEM_TRUSTED_PROXIES
    if trusted < 0:
        yield Finding(
            "BRAINSTEM_TRUSTED_PROXIES",
            f"is {trusted}.",
            "Set it to the number of proxies; if there is none: BRAINSTEM_TRUSTED_PROXIES=0",
        )
    elif settings.BRAINSTEM_BEHIND_PROXY and not trusted:
        yield Finding(
            "BRAINSTEM_TRUSTED_PROXIES",
            "is 0 although BRAINSTEM_BEHIND_PROXY is on: all callers share the proxy's address, so ten wrong "
            "passwords from anywhere block the account for everyone.",
            "Set it to the number of proxies that add to X-Forwarded-For: BRAINSTEM_TRUSTED_PROXIES=1",
        )


def about_mail() -> Iterator[Finding]:
    """Whether emails are sent at all."""
    if settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend", "locmem.EmailBackend")):
        yield Finding(
            "EMAIL_URL",
            "is not set: emails are printed, not sent.",
            "Set it to your mail server: EMAIL_URL=smtp+tls://user:password@mail.example.org:587",
        )


@of_rows
def about_tasks() -> Iterator[Finding]:
    """Whether a worker processes the queue: without one no emails are sent."""
    now = timezone.now()
    due = DBTaskResult.objects.ready().filter(enqueued_at__lt=now - LATE)
    waiting = due.exclude(run_after__range=(now - LATE, now)).count()
    queued, failed = DBTaskResult.objects.exists(), DBTaskResult.objects.failed().count()
    seen = TaskWorker.objects.aggregate(last=Max("seen_at"))["last"]
    remedy = (
        "Start `brainstem-server serve`, or `brainstem-server tasks` if BRAINSTEM_TASKS_BESIDE is off, and see the log."
    )
    if seen is not None and seen < now - LATE:
        told = f"no worker has been seen since {seen:%Y-%m-%d %H:%M} UTC, so emails are queued but not sent."
        yield Finding("tasks", told, remedy)
    elif seen is None and queued:  # nothing to report for a server that was never started
        yield Finding("tasks", "no worker has ever been seen, so emails are queued but not sent.", remedy)
    if waiting:
        yield Finding("tasks", f"{waiting} {_were(waiting)} due ten minutes ago and {_were(waiting)} not done.", remedy)
    if failed:
        yield Finding(
            "tasks",
            f"{failed} {_were(failed)} given up in the last two weeks.",
            "The log says why; `brainstem-server mail test ADDRESS` tries the mail server.",
        )


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def about_the_data_folder() -> Iterator[Finding]:
    """Whether uploads can be stored."""
    folder: Path = settings.BRAINSTEM_DATA_DIR
    if not folder.is_dir():
        make = f"Create it: mkdir -p -m 700 {shlex.quote(str(folder))}"
        yield Finding("BRAINSTEM_DATA_DIR", f"is {folder}, which does not exist.", make)
    elif not os.access(folder, os.W_OK | os.X_OK):
        give = f"Give it to the user that runs the server: chown -R USER {shlex.quote(str(folder))}"
        yield Finding("BRAINSTEM_DATA_DIR", f"is {folder}, which this user cannot write to.", give)
    key = folder / "secret_key"
    if key.exists() and key.stat().st_mode & 0o077:
        close = f"Run: chmod 600 {shlex.quote(str(key))}"
        yield Finding("SECRET_KEY", f"is kept in {key}, which other users can read.", close)


def about_the_database() -> Iterator[Finding]:
    """Whether the database can be reached and has the tables of this version."""
    try:
        connection.ensure_connection()
    except Error as error:
        yield Finding(
            "DATABASE_URL",
            f"names a database that cannot be reached ({first_line(error)}).",
            "Start it, or correct DATABASE_URL=postgres://user:password@host/name; if unset, SQLite is used.",
        )
        return
    behind = halfway(connection)
    if behind is not None:
        yield behind
        return
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        yield Finding(
            "migrations",
            f"{len(missing)} have not been applied, starting with {missing[0][0]}.",
            "Run: brainstem-server migrate",
        )
    yield from _about_sqlite() if connection.vendor == "sqlite" else _about_postgres()


def halfway(database: BaseDatabaseWrapper) -> Finding | None:
    """Whether only some of the migrations that one of ours replaces were applied, which Django cannot resolve."""
    applied = MigrationRecorder(database).applied_migrations().keys()
    known = MigrationLoader(None).disk_migrations
    for name, migration in known.items():
        missing = set(migration.replaces) - applied
        if name not in applied and missing and missing != set(migration.replaces):
            app, first = min(missing)
            return Finding(
                "migrations",
                f"a development version created this database, and its migration {app}.{first} was never applied.",
                "Run `brainstem-server migrate` with the version that created it, then again with this one.",
            )
    return None


def _about_sqlite() -> Iterator[Finding]:
    mode = _value("PRAGMA journal_mode")
    if mode not in {"wal", "memory"}:
        yield Finding(
            "SQLite",
            f"journal mode is {mode}, so readers wait for writers.",
            "Keep the file on a local disk (WAL does not work over a network): set BRAINSTEM_DATA_DIR, and restart.",
        )


def _about_postgres() -> Iterator[Finding]:
    if _value("SHOW server_encoding") != "UTF8":
        yield Finding(
            "PostgreSQL",
            "the database is not UTF-8.",
            "Reload the data into one: createdb --encoding=UTF8 --template=template0 NAME",
        )
    if not _value("SELECT count(*) FROM pg_collation WHERE collname = 'und-x-icu'"):
        yield Finding(
            "PostgreSQL",
            "it has no ICU collations, so case-insensitive searches fail.",
            "Use a PostgreSQL built with ICU, as those of Debian, Ubuntu and the official container images are.",
        )


def _value(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return row[0] if row else None


@of_rows
def about_the_catalogue() -> Iterator[Finding]:
    """Whether the catalogue has any entries."""
    empty = catalogue.is_empty()
    if empty:
        yield Finding(
            "catalogue",
            "it is empty: there are no species, strains or brain regions to choose from.",
            "Run: brainstem-server catalogue load (or add your own species).",
        )


@of_rows
def about_access() -> Iterator[Finding]:
    """Whether roles and audiences agree with the links they are derived from."""
    yield from (Finding("access", finding, FIX_IT) for finding in audit.findings())


@of_rows
def about_two_factor() -> Iterator[Finding]:
    """Whether the two-factor flags of accounts are right."""
    wrong = two_factor.out_of_step().count()
    if wrong:
        yield Finding(
            "two-factor",
            _about_accounts(wrong),
            FIX_IT,
        )


def _about_accounts(wrong: int) -> str:
    return f"{wrong} account{'s have' if wrong > 1 else ' has'} a wrong two-factor flag."


@of_rows
def about_history() -> Iterator[Finding]:
    """Whether the history comes from another PostgreSQL cluster, whose transactions mean nothing in this one."""
    wrong = transactions.foreign()
    if wrong:
        yield Finding("history", _about_transactions(wrong), FIX_IT)


def _about_transactions(wrong: int) -> str:
    bear = "write in the history bears the number" if wrong == 1 else "writes in the history bear numbers"
    return f"{wrong} {bear} of transactions that this database has yet to come to, as after restoring a dump."


EXAMINATIONS: tuple[Examination, ...] = (
    about_settings,
    about_the_throttle,
    about_proxies,
    about_mail,
    about_registration,
    about_the_data_folder,
    about_the_bucket,
    about_the_database,
    about_tasks,
    about_the_catalogue,
    about_administrators,
    about_the_demo_lab,
    about_access,
    about_two_factor,
    about_history,
)


def findings() -> list[Finding]:
    """Everything that is wrong, in the order in which to fix it."""
    return [finding for examine in EXAMINATIONS for finding in examine()]


def fix() -> list[str]:
    """Rebuild derived tables; returns what was wrong, as sentences.

    Does nothing if the database is unreachable or not migrated, which :func:`findings` reports.
    """
    try:
        done = audit.mend()
        if wrong := two_factor.out_of_step().count():
            two_factor.mend()
            done.append(_about_accounts(wrong))
        if wrong := transactions.forget_foreign():
            done.append(_about_transactions(wrong))
    except Error:
        return []
    return done
