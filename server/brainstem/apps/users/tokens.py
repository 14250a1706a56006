"""Tokens: how they are made, recognised, renewed and ended.

Not here: their text (:mod:`.token_text`), passwords and two-factor (:mod:`.signin`), and the device flow, which will
call :func:`create_personal`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from brainstem.core import database
from brainstem.core.access.actor import Actor
from brainstem.core.errors import NotSignedIn
from brainstem.core.ids import uuid7

from .token_models import Token
from .token_text import NO_DIGEST, digest_of, matches, new_text, parse_key_id

PERSONAL_DAYS = 365
ACCESS_SECONDS = 3600
REFRESH_DAYS = 30
NOTE_EVERY = dt.timedelta(minutes=1)

BAD_REFRESH = "This refresh token is not valid or has expired. Sign in again."


# --- making --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Issued:
    """A new token with its text, which exists here only and is shown once."""

    token: Token
    raw: str


@dataclass(frozen=True)
class Pair:
    """An access token and the refresh token that gives the next pair."""

    access: Issued
    refresh: Issued


def create_personal(
    user: Any,
    *,
    name: str,
    address: str = "",
    read_only: bool = False,
    project_id: uuid.UUID | None = None,
    days: int = PERSONAL_DAYS,
) -> Issued:
    """A personal access token that ends when it was not used for ``days``; one SQL statement."""
    issued = _new(
        user,
        Token.Kind.PERSONAL,
        name=name,
        created_address=address,
        read_only=read_only,
        project_id=project_id,
        sliding_days=days,
        expires_at=timezone.now() + dt.timedelta(days=days),
    )
    issued.token.save(force_insert=True)
    return issued


def create_pair(
    user: Any, *, address: str = "", family: uuid.UUID | None = None, until: dt.datetime | None = None
) -> Pair:
    """Access and refresh token of one family; one SQL statement.

    Parameters
    ----------
    family, until
        Family and end of the refresh token that is being renewed: a family ends 30 days after the sign-in.
    """
    now = timezone.now()
    shared: dict[str, Any] = {"family": family or uuid7(), "created_address": address}
    access = _new(user, Token.Kind.ACCESS, expires_at=now + dt.timedelta(seconds=ACCESS_SECONDS), **shared)
    refresh = _new(user, Token.Kind.REFRESH, expires_at=until or now + dt.timedelta(days=REFRESH_DAYS), **shared)
    Token.objects.bulk_create([access.token, refresh.token])
    return Pair(access, refresh)


def _new(user: Any, kind: str, **values: Any) -> Issued:
    key_id, raw = new_text()
    return Issued(Token(user=user, kind=kind, key_id=key_id, digest=digest_of(raw), **values), raw)


# --- recognising ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """What one SELECT tells about a token and its person, as the driver gives it."""

    id: int
    digest: str
    expires_at: Any
    last_used_at: Any
    sliding_days: int | None
    read_only: Any
    project_id: Any
    user_id: int
    email: str
    is_superuser: Any


def authenticate(raw: str, *, address: str = "", request_id: str = "") -> Actor | None:
    """The person for whom a token acts, or None when it is not valid.

    One SQL statement, and one more at most once a minute that notes the use and moves the end of a personal token.
    """
    key_id = parse_key_id(raw)
    if key_id is None:
        return None
    row, now = _find(key_id), timezone.now()
    if not matches(raw, row.digest if row else NO_DIGEST) or row is None or _moment(row.expires_at) <= now:
        return None
    if row.last_used_at is None or _moment(row.last_used_at) <= now - NOTE_EVERY:
        _note_use(row, now=now, address=address)
    return Actor(
        user_id=row.user_id,
        email=row.email,
        is_admin=bool(row.is_superuser),
        via="token",
        token_id=row.id,
        read_only=bool(row.read_only),
        project_id=_uuid(row.project_id),
        request_id=request_id,
    )


def _find(key_id: str) -> _Row | None:
    # By hand: this runs before every request, and the ORM would take longer than the database does.
    users = get_user_model()._meta.db_table
    found = database.rows_of_prepared(
        "SELECT t.id, t.digest, t.expires_at, t.last_used_at, t.sliding_days, t.read_only, t.project_id,"
        " u.id, u.email, u.is_superuser"
        f" FROM {Token._meta.db_table} t JOIN {users} u ON u.id = t.user_id"
        " WHERE t.key_id = %s AND t.kind <> 'refresh' AND t.revoked_at IS NULL AND u.is_active",
        [key_id],
    )
    return _Row(*found[0]) if found else None


def _note_use(row: _Row, *, now: dt.datetime, address: str) -> None:
    changes: dict[str, Any] = {"last_used_at": now, "last_used_address": address}
    if row.sliding_days is not None:
        changes["expires_at"] = now + dt.timedelta(days=row.sliding_days)
    # The condition again: of many requests at once, one writes; and a token revoked meanwhile stays as it is.
    due = Q(last_used_at=None) | Q(last_used_at__lte=now - NOTE_EVERY)
    try:
        Token.objects.filter(due, pk=row.id, revoked_at=None).update(**changes)
    except OperationalError:
        # A reader is not refused because SQLite is busy with a long write; the next request notes it.
        if connection.in_atomic_block:
            raise


def _moment(value: Any) -> dt.datetime:
    """A time as either driver gives it: SQLite keeps UTC as text without a zone."""
    moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _uuid(value: Any) -> uuid.UUID | None:
    return uuid.UUID(value) if isinstance(value, str) else value


# --- renewing and ending -------------------------------------------------------------------------------------------


def find_refresh(raw: str) -> Token:
    """The refresh token with this text, its user loaded; one query.

    A token that was used before shows that somebody else has a copy: its whole family ends.

    Raises
    ------
    NotSignedIn
        If it is unknown, used, revoked, expired, or its user may not sign in.
    """
    key_id = parse_key_id(raw)
    found = Token.objects.select_related("user").filter(key_id=key_id, kind=Token.Kind.REFRESH).first()
    if not matches(raw, found.digest if found else NO_DIGEST) or found is None:
        raise NotSignedIn(BAD_REFRESH)
    if found.used_at:
        revoke(Token.objects.filter(family=found.family))
    if found.used_at or found.revoked_at or found.expires_at <= timezone.now() or not found.user.is_active:
        raise NotSignedIn(BAD_REFRESH)
    return found


def rotate(token: Token, *, address: str) -> Pair:
    """The next pair of a family; the refresh token given stops working."""
    with transaction.atomic():
        unused = Token.objects.filter(pk=token.pk, used_at=None, revoked_at=None)
        if unused.update(used_at=timezone.now()):
            return create_pair(token.user, address=address, family=token.family, until=token.expires_at)
    # Two came at once with the same token: the same as a second use.
    revoke(Token.objects.filter(family=token.family))
    raise NotSignedIn(BAD_REFRESH)


def personal_tokens(user_id: int) -> QuerySet[Token]:
    """Personal tokens of a person that were not revoked, newest first."""
    return Token.objects.filter(user_id=user_id, kind=Token.Kind.PERSONAL, revoked_at=None).order_by("-id")


def revoke(chosen: QuerySet[Token]) -> int:
    """End tokens now; how many there were to end."""
    return chosen.filter(revoked_at=None).update(revoked_at=timezone.now())
