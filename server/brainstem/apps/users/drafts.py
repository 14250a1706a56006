"""Drafts: what a person has typed and not sent yet, by a key of their choice. Nobody else ever sees them.

They are no records: they have no history, no roles and no place in a portal, and are gone some weeks after the last
write. How much a person may keep is limited.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from brainstem.core.errors import Conflict, Invalid, Missing
from brainstem.core.text.shown import shown

from .draft_models import Draft

MEGABYTE = 1024 * 1024
KEPT = dt.timedelta(days=30)
MOST_DRAFTS = 200
MOST_BYTES = 20 * MEGABYTE
# Only ASCII: keys are chosen by programs, and stand in URLs.
KEY = re.compile(r"[A-Za-z0-9_.-]{1,200}")
# May raise an error, given the draft as it is, if the caller expected it to be different.
Check = Callable[[Draft | None], None]


def parse_key(text: str) -> str:
    """The key of a draft.

    Raises
    ------
    Invalid
        If it is not one; ``.`` and ``..`` are not, since browsers take them for folders.
    """
    if not KEY.fullmatch(text) or text in (".", ".."):
        right = "1 to 200 letters (A to Z, a to z), digits, and the signs _ . -, such as session-add"
        raise Invalid.at("key", f"The key of a draft has {right}; got {shown(text)}.")
    return text


def of(user_id: int) -> QuerySet[Draft]:
    """The drafts of one person, last written first, without their content."""
    return _kept(user_id).defer("content").order_by("-updated_at", "-id")


def below(user_id: int, prefix: str, *, most: int) -> list[Draft]:
    """The drafts of one person whose keys start like this, last written first, with their content; one query."""
    found = _kept(user_id).filter(key__startswith=prefix).order_by("-updated_at", "-id")[:most]
    # The LIKE of SQLite takes upper and lower case for the same.
    return [draft for draft in found if draft.key.startswith(prefix)]


def find(user_id: int, key: str) -> Draft:
    """A draft of one person, with its content; one query.

    Raises
    ------
    Missing
        If there is none under this key.
    """
    found = _kept(user_id).filter(key=key).first()
    if found is None:
        raise _missing(key)
    return found


@transaction.atomic
def put(user_id: int, key: str, content: str, *, check: Check) -> tuple[Draft, bool]:
    """Store a draft, in the place of an earlier one under its key; returns it, and whether it is new.

    Of two writers at once, the last one wins, unless its ``check`` refuses that.

    Raises
    ------
    Conflict
        If the person has too many drafts, or too large ones.
    """
    _take_turns(user_id)
    _old().filter(user_id=user_id).delete()
    before = of(user_id).filter(key=key).first()
    check(before)
    data = content.encode()
    _refuse_too_much(user_id, key, size=len(data))
    values = {"content": content, "size": len(data), "digest": hashlib.sha256(data).hexdigest()}
    return Draft.objects.update_or_create(user_id=user_id, key=key, defaults=values | {"updated_at": timezone.now()})


@transaction.atomic
def delete(user_id: int, key: str, *, check: Check) -> None:
    """Delete a draft.

    Raises
    ------
    Missing
        If there is none under this key.
    """
    _take_turns(user_id)
    before = of(user_id).filter(key=key).first()
    if before is None:
        raise _missing(key)
    check(before)
    before.delete()


def expired() -> QuerySet[Draft]:
    """Drafts of everyone that nobody has written to for too long."""
    return _old()


def _kept(user_id: int) -> QuerySet[Draft]:
    return Draft.objects.filter(user_id=user_id, updated_at__gt=timezone.now() - KEPT)


def _old() -> QuerySet[Draft]:
    return Draft.objects.filter(updated_at__lte=timezone.now() - KEPT)


def _missing(key: str) -> Missing:
    return Missing(f"You have no draft {key!r}. Drafts are kept for {KEPT.days} days after the last write.")


def _take_turns(user_id: int) -> None:
    """Serialize the writes of one person, so that checks and limits hold; SQLite has one writer anyway."""
    list(get_user_model()._default_manager.filter(pk=user_id).select_for_update(no_key=True).values_list("pk"))


def _refuse_too_much(user_id: int, key: str, *, size: int) -> None:
    others = Draft.objects.filter(user_id=user_id).exclude(key=key).aggregate(n=Count("id"), size=Sum("size"))
    if others["n"] >= MOST_DRAFTS:
        raise Conflict(f"You have {others['n']} drafts, and no more are kept. Delete one that you no longer need.")
    total = (others["size"] or 0) + size
    if total > MOST_BYTES:
        most = MOST_BYTES // MEGABYTE
        raise Conflict(
            f"Your drafts would have {total / MEGABYTE:.1f} MB with this one, and at most {most} MB are kept."
            " Delete one that you no longer need."
        )


__all__ = ["KEPT", "KEY", "MOST_BYTES", "MOST_DRAFTS", "below", "delete", "expired", "find", "of", "parse_key", "put"]
