"""Tokens: how they are created, authenticated, renewed and revoked.

Creation and revocation are recorded in the security log of the account. Not here: their format (:mod:`.token_text`),
passwords and two-factor (:mod:`.signin`), and the device flow (:mod:`.devices`).
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

from brainstem.apps.users.models import User
from brainstem.core.access.actor import Actor
from brainstem.core.errors import Code, NotSignedIn
from brainstem.core.model.ids import uuid7
from brainstem.core.sql import database
from brainstem.core.sql.along import Along
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
    """A new token with its text, which exists only here and is shown once."""

    token: Token
    raw: str


@dataclass(frozen=True)
class Pair:
    """An access token and the refresh token for the next pair."""

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
    """A personal access token that expires when unused for ``days``; two SQL statements.

    Parameters
    ----------
    agent
        User agent of the browser or program that asked for it.
    form_key
        Identifies the submitted form: the database refuses a second token with the same key (IntegrityError).
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


def create_pair(user: User, *, address: str = "", agent: str = "") -> Pair:
    """Access and refresh token of a new family, which expires after 30 days; two SQL statements."""
    until = timezone.now() + dt.timedelta(days=REFRESH_DAYS)
    with transaction.atomic(savepoint=False):
        pair = _pair(user, family=uuid7(), until=until, address=address)
        events.record(user, events.Kind.TOKEN_MADE, address=address, agent=agent, about=about_of(pair.refresh.token))
    return pair


def _pair(user: User, *, family: uuid.UUID | None, until: dt.datetime, address: str) -> Pair:
    shared: dict[str, object] = {"family": family, "created_address": address}
    soon = timezone.now() + dt.timedelta(seconds=ACCESS_SECONDS)
    access = _new(user, Token.Kind.ACCESS, expires_at=soon, **shared)
    refresh = _new(user, Token.Kind.REFRESH, expires_at=until, **shared)
    Token.objects.bulk_create([access.token, refresh.token])
    return Pair(access, refresh)


def _new(user: User, kind: str, **values: Any) -> Issued:
    key_id, raw = new_text()
    return Issued(Token(user=user, kind=kind, key_id=key_id, digest=digest_of(raw), **values), raw)


def about_of(token: Token) -> str:
    """How the security log names a token: by its prefix, which is not secret."""
    return f"{token.name or token.get_kind_display()} ({token.prefix})"


# --- authenticating ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """A token and its user as one SELECT returns them, in the driver's types."""

    id: int
    digest: str
    expires_at: object
    last_used_at: object
    sliding_days: int | None
    read_only: object
    project_id: Any
    user_id: int
    email: str
    is_superuser: object
    name: str


def authenticate(
    raw: str, *, address: str = "", request_id: str = "", client: str = "", along: Along | None = None
) -> Actor | None:
    """The actor that a token authenticates, or None if it is not valid.

    One SQL statement, which asks ``along`` as well, plus at most one a minute that records the use and extends a
    personal token; while others write, that is left to a later request.
    """
    key_id = parse_key_id(raw)
    if key_id is None:
        return None
    row, now = _find(key_id, along), timezone.now()
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
        token_name=row.name,
        client=client,
    )


def _find(key_id: str, along: Along | None) -> _Row | None:
    # Raw SQL: this runs before every request, and the ORM would take longer than the database.
    users = get_user_model()._meta.db_table
    asked, values = (f", ({along.expression})", along.values) if along else ("", ())
    found = database.rows_of_prepared(
        "SELECT t.id, t.digest, t.expires_at, t.last_used_at, t.sliding_days, t.read_only, t.project_id,"
        f" u.id, u.email, u.is_superuser, t.name{asked}"
        f" FROM {Token._meta.db_table} t JOIN {users} u ON u.id = t.user_id"
        " WHERE t.key_id = %s AND t.kind <> 'refresh' AND t.revoked_at IS NULL AND u.is_active",
        [*values, key_id],
    )
    if found and along:
        *row, along.answer = found[0]
        return _Row(*row)
    return _Row(*found[0]) if found else None


def _note_use(row: _Row, *, now: dt.datetime, address: str) -> None:
    changes: dict[str, Any] = {"last_used_at": now, "last_used_address": address}
    if row.sliding_days is not None:
        changes["expires_at"] = now + dt.timedelta(days=row.sliding_days)
    # Repeats the condition: of many parallel requests one writes, and a token revoked meanwhile stays revoked.
    due = Q(last_used_at=None) | Q(last_used_at__lte=now - NOTE_EVERY)
    update_if_free(Token.objects.filter(due, pk=row.id, revoked_at=None), **changes)


def _moment(value: Any) -> dt.datetime:
    """A time as either driver returns it: SQLite stores UTC as text without a zone."""
    moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _uuid(value: Any) -> uuid.UUID | None:
    return uuid.UUID(value) if isinstance(value, str) else value


# --- renewing and revoking -----------------------------------------------------------------------------------------


def find_refresh(raw: str, *, address: str = "", agent: str = "") -> Token:
    """The refresh token with this text, its user loaded; one query.

    Reuse of a refresh token means that someone else has a copy, so its whole family is revoked.

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
    """The next pair of a family; the given refresh token stops working."""
    with transaction.atomic():
        unused = Token.objects.filter(pk=token.pk, used_at=None, revoked_at=None)
        if unused.update(used_at=timezone.now()):
            return _pair(token.user, family=token.family, until=token.expires_at, address=address)
    # Two parallel requests with the same token: treated as reuse.
    revoke(Token.objects.filter(family=token.family), address=address, agent=agent)
    raise NotSignedIn(BAD_REFRESH, code=Code.INVALID_TOKEN)


def personal_tokens(user_id: int) -> QuerySet[Token]:
    """Personal tokens of a user that are not revoked, newest first."""
    return Token.objects.filter(user_id=user_id, kind=Token.Kind.PERSONAL, revoked_at=None).order_by("-id")


def live_tokens(user: Any) -> QuerySet[Token]:
    """Personal tokens of a user, and the refresh token of each sign-in that is still renewable, newest first."""
    renewing = Q(kind=Token.Kind.REFRESH, used_at=None, expires_at__gt=timezone.now())
    mine = Token.objects.filter(user=user, revoked_at=None)
    return mine.filter(Q(kind=Token.Kind.PERSONAL) | renewing).order_by("-id")


def of_person(user: Any) -> QuerySet[Token]:
    """All tokens of a user, of every kind."""
    return Token.objects.filter(user=user)


def revoke(chosen: QuerySet[Token], *, address: str = "", agent: str = "") -> int:
    """Revoke tokens now; returns how many were valid. At most three SQL statements.

    The security log gets a line for each token that was still valid; for a family, for its refresh token.
    """
    now = timezone.now()
    usable = Q(used_at=None, expires_at__gt=now) & ~Q(kind=Token.Kind.ACCESS)
    with transaction.atomic():
        standing = chosen.filter(revoked_at=None)
        # Locked: of two who revoke the same token at once, one finds it and logs it.
        ended = list(standing.filter(usable).order_by("pk").select_for_update(of=("self",), no_key=True))
        count = standing.update(revoked_at=now)
        told = [(token.user_id, about_of(token)) for token in ended]
        events.record_each(events.Kind.TOKEN_REVOKED, told, address=address, agent=agent)
    return count


def whole_families(chosen: QuerySet[Token]) -> QuerySet[Token]:
    """The tokens, and all others from the same sign-in as one of them."""
    families = chosen.exclude(family=None).order_by().values("family")
    return Token.objects.filter(Q(pk__in=chosen.order_by().values("pk")) | Q(family__in=families))
