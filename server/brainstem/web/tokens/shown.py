"""How a token is shown in the list of its owner's tokens."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from django.utils.timesince import timesince

from brainstem.apps.users.token_models import Token
from brainstem.apps.users.tokens import live_tokens

GONE = "a project that you can no longer see"


@dataclass(frozen=True)
class Row:
    """One token, or one sign-in with its tokens."""

    token: Token
    limits: list[str]
    expired: bool
    used_at: dt.datetime | None
    used_address: str | None

    @property
    def name(self) -> str:
        """The name given by its owner, or by the program."""
        return self.token.name or "Signed-in program"

    @property
    def used_ago(self) -> str:
        """How long ago a program last used it, in the largest unit: "3 days ago"."""
        if self.used_at is None:
            return ""
        ago = timesince(self.used_at, depth=1)
        return "just now" if ago.startswith("0") else f"{ago} ago"


def rows_of(user: Any, projects: dict[uuid.UUID, str]) -> list[Row]:
    """A person's tokens, newest first; one query."""
    family = Token.objects.filter(family=OuterRef("family")).order_by(F("last_used_at").desc(nulls_last=True))
    found = live_tokens(user).annotate(
        family_used_at=Subquery(family.values("last_used_at")[:1]),
        family_used_address=Subquery(family.values("last_used_address")[:1]),
    )
    return [_row(token, projects) for token in found]


def _row(token: Token, projects: dict[uuid.UUID, str]) -> Row:
    renews = token.kind == Token.Kind.REFRESH
    return Row(
        token,
        limits=_limits(token, projects),
        expired=token.expires_at <= timezone.now(),
        used_at=token.family_used_at if renews else token.last_used_at,  # type: ignore[attr-defined]
        used_address=token.family_used_address if renews else token.last_used_address,  # type: ignore[attr-defined]
    )


def _limits(token: Token, projects: dict[uuid.UUID, str]) -> list[str]:
    limits = ["Read only" if token.read_only else "Full access"]
    if token.project_id:
        limits.append(f"Only {projects.get(token.project_id, GONE)}")
    return limits
