"""The security log of accounts, which their owners can read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from brainstem.apps.users.models import User
from brainstem.core.text.lines import one_line

from .event_models import SecurityEvent

NOT_APART = dt.timedelta()
KEPT = dt.timedelta(days=400)
LONGEST = 200
Kind = SecurityEvent.Kind


def record(user: Any, kind: str, *, address: str = "", agent: str = "", about: str = "") -> None:
    """Record an event of an account; one SQL statement.

    Parameters
    ----------
    user : User or int
        Whose account it is.
    address, agent
        Where the request came from, and the user agent.
    about
        What it was about, such as the name of a token; never a secret.
    """
    SecurityEvent.objects.create(**_values(user, kind, address=address, agent=agent, about=about))


def record_each(kind: str, happened: Iterable[tuple[object, str]], *, address: str = "", agent: str = "") -> None:
    """Record events for several (user, about) pairs; one SQL statement."""
    rows = [_values(user, kind, address=address, agent=agent, about=about) for user, about in happened]
    SecurityEvent.objects.bulk_create([SecurityEvent(**row) for row in rows])


def _values(user: object, kind: str, *, address: str, agent: str, about: str) -> dict[str, object]:
    who = getattr(user, "pk", user)
    told = {"agent": one_line(agent, LONGEST), "about": one_line(about, LONGEST)}
    return {"user_id": who, "kind": kind, "address": address} | told


def record_if_there(
    user_id: int, kind: str, *, address: str = "", agent: str = "", about: str = "", apart: dt.timedelta = NOT_APART
) -> None:
    """Record an event if there is such an account; one SQL statement either way.

    The cost of a failed sign-in must not reveal whether an account has the address. With ``apart``, repeats from the
    same network address are recorded only once in that time.
    """
    now = timezone.now()
    values = _values(user_id, kind, address=address, agent=agent, about=about) | {"at": now}
    fields = [field for field in SecurityEvent._meta.concrete_fields if field.attname in values]
    columns = ", ".join(str(field.column) for field in fields)
    prepared = [field.get_db_prep_save(values[field.attname], connection) for field in fields]
    since = connection.ops.adapt_datetimefield_value(now - apart)
    table, users = SecurityEvent._meta.db_table, get_user_model()._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {', '.join(['%s'] * len(prepared))} FROM {users} u WHERE u.id = %s"
            f" AND NOT EXISTS (SELECT 1 FROM {table} e"
            " WHERE e.user_id = u.id AND e.kind = %s AND e.address = %s AND e.at > %s)",
            [*prepared, user_id, kind, address, since],
        )


def of(user: Any) -> QuerySet[SecurityEvent]:
    """Events of one account, newest first."""
    return SecurityEvent.objects.filter(user_id=getattr(user, "pk", user)).order_by("-id")


def forget_old(user: User) -> int:
    """Delete events of one account older than ``KEPT``; returns how many. Runs at sign-in."""
    return of(user).filter(at__lt=timezone.now() - KEPT).delete()[0]
