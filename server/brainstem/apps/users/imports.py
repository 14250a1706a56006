"""Imports that people have begun: nobody else sees them, and they are gone some weeks after the last change.

How much a person may keep is limited; imports that have been committed make room for new ones.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from brainstem.core.errors import Conflict, Missing
from brainstem.core.model.ids import uuid_of
from brainstem.core.models import TableImport
from brainstem.core.write.rules import one_at_a_time

from .list_models import KeptList

KEPT = dt.timedelta(days=30)
MOST_IMPORTS = 20
MEGABYTE = 1024 * 1024
MOST_BYTES = 200 * MEGABYTE
TEXTS = ("asked", "source", "plan", "summary")
BULK = "bulk"  # kind of what is kept for changes of many records, which is no import
MATCHING = "import"  # kind of what is kept about the columns of a model
MOST_HEADS = 300  # of one model


def of(user_id: int) -> QuerySet[TableImport]:
    """The imports of one person, last changed first, without their tables and plans."""
    return _kept(user_id).defer("source", "plan", "asked").order_by("-updated_at", "-id")


def find(user_id: int, import_id: str, *, lock: bool = False) -> TableImport:
    """An import of one person, with its tables and plan; with ``lock``, others wait until the transaction ends.

    Raises
    ------
    Missing
        If they have none with this id.
    """
    rows, key = _kept(user_id), uuid_of(import_id)
    if lock:
        # Not its row, in which a worker notes how far it has got.
        one_at_a_time(f"import {key}")
    found = rows.filter(pk=key).first() if key else None
    if found is None:
        raise Missing(f"You have no import {import_id[:60]!r}. Imports are kept for {KEPT.days} days.")
    return found


@transaction.atomic
def keep(one: TableImport) -> None:
    """Store a new or a changed import.

    Raises
    ------
    Conflict
        If the person has too many, or too large ones; or it was changed or committed since it was read.
    """
    if not one._state.adding:
        now = find(one.user_id, str(one.pk), lock=True)
        if now.updated_at != one.updated_at or now.state == TableImport.COMMITTED:
            raise Conflict("This import was changed or committed in the meantime. Look at it again.")
    list(get_user_model()._default_manager.filter(pk=one.user_id).select_for_update(no_key=True).values_list("pk"))
    one.size = sum(len(getattr(one, name).encode()) for name in TEXTS)
    one.updated_at = timezone.now()
    others = TableImport.objects.filter(user_id=one.user_id).exclude(kind=BULK).exclude(pk=one.pk)
    done = others.filter(state=TableImport.COMMITTED)
    # Whoever corrects a file and imports it again needs its earlier plans no more, unless somebody was asked about one.
    earlier = others.filter(state=TableImport.PLANNED, name=one.name, reviews=None).exclude(name="")
    for room in (done, earlier):
        while _too_many(others, one) and (oldest := room.order_by("updated_at", "id").first()) is not None:
            oldest.delete()
    if reason := _too_many(others, one):
        raise Conflict(f"{reason} Delete an import that you no longer need.")
    one.save()


def note_committed(one: TableImport, event: uuid.UUID | None) -> None:
    """Note, in the transaction that does it, that an import is written."""
    one.state, one.event, one.updated_at = TableImport.COMMITTED, event, timezone.now()
    one.done, one.total, one.refusal = 0, 0, ""
    one.save(update_fields=["state", "event", "updated_at", "done", "total", "refusal"])


def _too_many(others: QuerySet[TableImport], one: TableImport) -> str:
    if others.count() >= MOST_IMPORTS:
        return f"You have {MOST_IMPORTS} imports, and no more are kept."
    total = one.size + (others.aggregate(size=Sum("size"))["size"] or 0)
    if total > MOST_BYTES:
        most = MOST_BYTES // MEGABYTE
        return f"Your imports would have {total / MEGABYTE:.1f} MB with this one, and at most {most} MB are kept."
    return ""


def delete(user_id: int, import_id: str) -> None:
    """Delete an import; what it has written stays.

    Raises
    ------
    Missing
        If the person has none with this id.
    """
    find(user_id, import_id).delete()


def expired() -> QuerySet[TableImport]:
    """Imports of everyone that nobody has changed for too long."""
    return TableImport.objects.filter(updated_at__lte=timezone.now() - KEPT)


def matching_of(user_id: int, label: str) -> dict[str, str]:
    """Head -> field, as the person has chosen before for this model."""
    kept = KeptList.objects.filter(owner_id=user_id, model=label, kind=MATCHING, name="").first()
    return dict(kept.content) if kept is not None and isinstance(kept.content, dict) else {}


def keep_matching(user_id: int, label: str, chosen: Mapping[str, str]) -> None:
    """Remember which fields a person has chosen for the columns of a model."""
    if not chosen:
        return
    content = matching_of(user_id, label) | dict(chosen)
    content = dict(list(content.items())[-MOST_HEADS:])
    KeptList.objects.update_or_create(
        owner_id=user_id, model=label, kind=MATCHING, name="", defaults={"content": content}
    )


def _kept(user_id: int) -> QuerySet[TableImport]:
    recent = TableImport.objects.filter(user_id=user_id, updated_at__gt=timezone.now() - KEPT)
    return recent.exclude(kind=BULK)


__all__ = [
    "BULK",
    "KEPT",
    "MOST_BYTES",
    "MOST_IMPORTS",
    "delete",
    "expired",
    "find",
    "keep",
    "keep_matching",
    "matching_of",
    "note_committed",
    "of",
]
