"""News that stay in a person's inbox until they put them away, and announcements to everybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from brainstem.core.mail.gathering import on_kept

from .notice_models import Announcement, News

LASTS = dt.timedelta(days=60)
LONGEST = 300


@on_kept
def keep(topic: str, people: Sequence[int], text: str, address: str) -> None:
    """Keep news for these people, and forget those that nobody put away for two months."""
    News.objects.filter(person_id__in=people, at__lt=timezone.now() - LASTS).delete()
    path = address.removeprefix(settings.BRAINSTEM_URL)
    News.objects.bulk_create(
        News(person_id=one, topic=topic, text=text[:LONGEST], address=path[:LONGEST]) for one in people
    )


def of(person_id: int) -> QuerySet[News]:
    """A person's news, newest first."""
    return News.objects.filter(person_id=person_id).order_by("-id")


def shown_now() -> QuerySet[Announcement]:
    """Announcements whose time has come and is not over, newest first."""
    now = timezone.now()
    return Announcement.objects.filter(starts_at__lte=now, ends_at__gt=now).order_by("-id")


__all__ = ["keep", "of", "shown_now"]
