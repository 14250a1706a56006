"""Tables emptied after a test that commits: only those that hold something, and nothing is made anew that stays.

Django's own ``flush`` empties every table and adds all content types and permissions again, which takes longer than most
tests. It is used once by each process, to see which rows stay, and whenever a test has touched those.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

TRIES = 3
_standing: dict[str, dict[str, int]] = {}


def empty_quickly() -> None:
    """Let tests that commit empty the tables like this from now on."""
    TransactionTestCase._fixture_teardown = _after_test  # type: ignore[attr-defined]


def _after_test(case: TransactionTestCase) -> None:
    for name in case._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
        empty(connections[name])


def empty(connection: BaseDatabaseWrapper) -> None:
    """Leave in each table what ``flush`` leaves there, and nothing in the cache."""
    standing, held = _standing.get(connection.alias), _held(connection)
    if standing is None or {name: number for name, number in held.items() if name in standing} != standing:
        call_command("flush", verbosity=0, interactive=False, database=connection.alias, reset_sequences=False)
        cache.clear()
        _standing[connection.alias] = _held(connection)
        return
    for left in reversed(range(TRIES)):
        try:
            _delete_all(connection, held.keys() - standing.keys())
        except IntegrityError:  # a request of a browser that is being closed wrote to another table meanwhile
            if not left:
                raise
            held = _held(connection)
        else:
            return


def _delete_all(connection: BaseDatabaseWrapper, names: Iterable[str]) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # Neither triggers nor references have to follow what goes.
            cursor.execute("SET LOCAL session_replication_role = replica")
        for name in names:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")


@lru_cache
def _names(alias: str) -> list[str]:
    """Tables of models, and that of the cache, which ``flush`` forgets: a test would find what another one put there."""
    models = connections[alias].introspection.django_table_names(only_existing=True, include_views=False)
    return sorted({*models, settings.CACHES["default"]["LOCATION"]})


def _held(connection: BaseDatabaseWrapper) -> dict[str, int]:
    """The number of rows of each table that has some; one statement."""
    names = _names(connection.alias)
    counted = ", ".join(f"(SELECT count(*) FROM {connection.ops.quote_name(name)})" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counted}")
        return {name: number for name, number in zip(names, cursor.fetchone(), strict=True) if number}


__all__ = ["empty_quickly"]
