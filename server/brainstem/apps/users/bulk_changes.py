"""Changes of many records that people have looked at: which records, at which versions, and how far each has come.

Nobody else sees them. They are kept beside imports, of which each is a plan too, and are gone some weeks after the last
step. What is kept of one is its owner's business alone; here it is text.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from brainstem.core.errors import Missing
from brainstem.core.model.ids import uuid_of
from brainstem.core.models import TableImport

from .imports import BULK, KEPT

MOST_KEPT = 10


def find(user_id: int, change_id: str, *, lock: bool = False) -> TableImport:
    """A change of one person; with ``lock``, others wait until the transaction ends.

    Raises
    ------
    Missing
        If they have none with this id.
    """
    rows = of(user_id).select_for_update() if lock else of(user_id)
    key = uuid_of(change_id)
    found = rows.filter(pk=key).first() if key else None
    if found is None:
        raise Missing("There is no such change of yours.")
    return found


@transaction.atomic
def begin(one: TableImport) -> None:
    """Store a new change; the oldest ones make room for it."""
    one.kind = BULK
    keep(one)
    rows = TableImport.objects.filter(user_id=one.user_id, kind=BULK).order_by("-updated_at", "-id")
    TableImport.objects.filter(pk__in=[*rows.values_list("pk", flat=True)[MOST_KEPT:]]).delete()


def keep(one: TableImport) -> None:
    """Store how far a change has come."""
    one.size = sum(len(text) for text in (one.asked, one.source, one.plan, one.summary))
    one.updated_at = timezone.now()
    one.save()


def of(user_id: int) -> QuerySet[TableImport]:
    """All that one person has."""
    return TableImport.objects.filter(user_id=user_id, kind=BULK, updated_at__gt=timezone.now() - KEPT)


__all__ = ["begin", "find", "keep", "of"]
