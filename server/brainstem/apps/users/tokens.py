"""Tokens: how they are made, recognised, renewed and ended.

Each making and ending is written into the log of the account. Not here: their text (:mod:`.token_text`), passwords and
two-factor (:mod:`.signin`), and the device flow (:mod:`.devices`).
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from brainstem.core.access.actor import Actor
from brainstem.core.errors import Code, NotSignedIn
from brainstem.core.model.ids import uuid7
from brainstem.core.sql import database
from brainstem.core.sql.noting import update_if_free

from . import events
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
    agent: str = "",
    read_only: bool = False,
    project_id: uuid.UUID | None = None,
    days: int = PERSONAL_DAYS,
    form_key: str | None = None,
) -> Issued:
    """A personal access token that ends when it was not used for ``days``; two SQL statements.

    Parameters
    ----------
    agent
        What the browser or program that asked for it calls itself.
    form_key
        Names the form that was sent: a second token with the same key is refused by the database (IntegrityError).
    """
    issued = _new(
        user,
        Token.Kind.PERSONAL,
        name=name,
        created_address=address,
        read_only=read_only,
        project_id=project_id,
        sliding_days=days,
        expires_at=timezone.now() + dt.timedelta(days=days),
        form_key=form_key,
    )
    with transaction.atomic(savepoint=False):
        issued.token.save(force_insert=True)
        events.record(user, events.Kind.TOKEN_MADE, address=address, agent=agent, about=about_of(issued.token))
    return issued


def create_pair(user: Any, *, address: str = "", agent: str = "") -> Pair:
    """Access and refresh token of a new family, which ends after 30 days; two SQL statements."""
    until = timezone.now() + dt.timedelta(days=REFRESH_DAYS)
    with transaction.atomic(savepoint=False):
        pair = _pair(user, family=uuid7(), until=until, address=address)
        events.record(user, events.Kind.TOKEN_MADE, address=address, agent=agent, about=about_of(pair.refresh.token))
    return pair


def _pair(user: Any, *, family: uuid.UUID | None, until: dt.datetime, address: str) -> Pair:
    shared: dict[str, Any] = {"family": family, "created_address": address}
    soon = timezone.now() + dt.timedelta(seconds=ACCESS_SECONDS)
    access = _new(user, Token.Kind.ACCESS, expires_at=soon, **shared)
    refresh = _new(user, Token.Kind.REFRESH, expires_at=until, **shared)
    Token.objects.bulk_create([access.token, refresh.token])
    return Pair(access, refresh)


def _new(user: Any, kind: str, **values: Any) -> Issued:
    key_id, raw = new_text()
    return Issued(Token(user=user, kind=kind, key_id=key_id, digest=digest_of(raw), **values), raw)


def about_of(token: Token) -> str:
    """How the log of an account names a token: its prefix tells which, and is no secret."""
    return f"{token.name or token.get_kind_display()} ({token.prefix})"


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

    One SQL statement, and one more at most once a minute that notes the use and moves the end of a personal token;
    while others write, that is left to a later request.
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
    update_if_free(Token.objects.filter(due, pk=row.id, revoked_at=None), **changes)


def _moment(value: Any) -> dt.datetime:
    """A time as either driver gives it: SQLite keeps UTC as text without a zone."""
    moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _uuid(value: Any) -> uuid.UUID | None:
    return uuid.UUID(value) if isinstance(value, str) else value


# --- renewing and ending -------------------------------------------------------------------------------------------


def find_refresh(raw: str, *, address: str = "", agent: str = "") -> Token:
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
        raise NotSignedIn(BAD_REFRESH, code=Code.INVALID_TOKEN)
    if found.used_at:
        revoke(Token.objects.filter(family=found.family), address=address, agent=agent)
    if found.used_at or found.revoked_at or found.expires_at <= timezone.now() or not found.user.is_active:
        raise NotSignedIn(BAD_REFRESH, code=Code.INVALID_TOKEN)
    return found


def rotate(token: Token, *, address: str, agent: str = "") -> Pair:
    """The next pair of a family; the refresh token given stops working."""
    with transaction.atomic():
        unused = Token.objects.filter(pk=token.pk, used_at=None, revoked_at=None)
        if unused.update(used_at=timezone.now()):
            return _pair(token.user, family=token.family, until=token.expires_at, address=address)
    # Two came at once with the same token: the same as a second use.
    revoke(Token.objects.filter(family=token.family), address=address, agent=agent)
    raise NotSignedIn(BAD_REFRESH, code=Code.INVALID_TOKEN)


def personal_tokens(user_id: int) -> QuerySet[Token]:
    """Personal tokens of a person that were not revoked, newest first."""
    return Token.objects.filter(user_id=user_id, kind=Token.Kind.PERSONAL, revoked_at=None).order_by("-id")


def live_tokens(user: Any) -> QuerySet[Token]:
    """Personal tokens of a person, and the refresh token of each sign-in that can still renew itself, newest first."""
    renewing = Q(kind=Token.Kind.REFRESH, used_at=None, expires_at__gt=timezone.now())
    mine = Token.objects.filter(user=user, revoked_at=None)
    return mine.filter(Q(kind=Token.Kind.PERSONAL) | renewing).order_by("-id")


def of_person(user: Any) -> QuerySet[Token]:
    """All tokens of a person, of every kind."""
    return Token.objects.filter(user=user)


def revoke(chosen: QuerySet[Token], *, address: str = "", agent: str = "") -> int:
    """End tokens now; how many there were to end. Three SQL statements at most.

    The log of each account gets a line for every one that could still be used: of a family, for its refresh token.
    """
    now = timezone.now()
    usable = Q(used_at=None, expires_at__gt=now) & ~Q(kind=Token.Kind.ACCESS)
    with transaction.atomic():
        standing = chosen.filter(revoked_at=None)
        # Held: of two who revoke the same token at once, one finds it and writes it down.
        ended = list(standing.filter(usable).order_by("pk").select_for_update(of=("self",), no_key=True))
        count = standing.update(revoked_at=now)
        told = [(token.user_id, about_of(token)) for token in ended]
        events.record_each(events.Kind.TOKEN_REVOKED, told, address=address, agent=agent)
    return count


def whole_families(chosen: QuerySet[Token]) -> QuerySet[Token]:
    """The tokens, and all that come from the same sign-in as one of them."""
    families = chosen.exclude(family=None).order_by().values("family")
    return Token.objects.filter(Q(pk__in=chosen.order_by().values("pk")) | Q(family__in=families))
