"""Functions that SQLite lacks, registered on every new connection."""

from __future__ import annotations

import datetime as dt
import json

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from ..text.elements import elements_before
from ..text.times import span_of


def fold_case(text: str | None) -> str | None:
    """Text in lowercase, in every script (SQLite's own function only supports ASCII)."""
    return text.lower() if isinstance(text, str) else text


def kept_json(state: str | None, name: str) -> str | None:
    """A value inside a JSON object, written as Django writes columns of JSON."""
    found = None if state is None else json.loads(state).get(name)
    return None if found is None else json.dumps(found)


def kept_span(value: str | int | None) -> int | None:
    """A duration in history, as text or in microseconds, in microseconds."""
    if not isinstance(value, str):
        return value
    found = span_of(value)
    return None if found is None else found // dt.timedelta(microseconds=1)


def kept_entries(held: str | None, changes: str) -> str:
    """The entries of a log before some changes, given as pairs of what each removed and added, oldest first."""
    return json.dumps(elements_before(json.loads(held) if held else [], json.loads(changes)))


def register(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Register the functions that queries use on a new SQLite connection."""
    if connection.vendor == "sqlite":
        for function, arguments in ((fold_case, 1), (kept_json, 2), (kept_span, 1), (kept_entries, 2)):
            connection.connection.create_function(function.__name__, arguments, function, deterministic=True)


def install() -> None:
    """Register the functions on all new connections."""
    connection_created.connect(register, dispatch_uid="brainstem.core.sql.sqlite")
