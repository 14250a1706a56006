"""The daily digest: everything that somebody wants once a day, in one email in their morning."""

from __future__ import annotations

from itertools import groupby

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from ..models import Notice
from ..tasks.queue import background, chore, queue
from .gathering import FIRST_FEW, TOPICS, addressed, is_new, lasting, lines_of
from .message import compose
from .sending import deliver
from .wishes import DAILY, Recipient, recipients


@chore
def mornings() -> None:
    """Queue the digests of those in whose place it is past seven, for what happened before."""
    rows = Notice.objects.filter(person_id__isnull=False).order_by()
    held = list(rows.values_list("person_id", "topic").annotate(oldest=Min("at")))
    people, now = recipients({person for person, _, _ in held}) if held else {}, timezone.now()
    due = {
        person
        for person, topic, oldest in held
        if person in people and people[person].wish(topic) == DAILY and oldest < people[person].last_morning(now)
    }
    for person in sorted(due):
        queue(digest, person_id=person)


@background()
def digest(*, person_id: int) -> None:
    """Send what a person wants daily, with what has happened since their morning, in one email."""
    one = recipients([person_id]).get(person_id)
    wanted = [name for name in TOPICS if one is not None and one.wish(name) == DAILY]
    with transaction.atomic():
        # Locked, so that of two workers that were both told only one sends.
        rows = list(Notice.objects.select_for_update().filter(person_id=person_id, topic__in=wanted).order_by("pk"))
        news = [row for row in lasting(rows) if is_new(row)]
        if one is not None and news:
            _send(one, news)
        Notice.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _send(one: Recipient, news: list[Notice]) -> None:
    order = list(TOPICS)
    ordered = sorted(news, key=lambda row: (order.index(row.topic), row.pk))
    parts = []
    for topic, group in groupby(ordered, key=lambda row: row.topic):
        rows = list(group)
        parts.append({"title": TOPICS[topic].words, "lines": lines_of(rows), "more": len(rows) - FIRST_FEW})
    deliver(addressed(compose("news/digest", {"number": len(news), "parts": parts}), one))


__all__ = ["digest", "mornings"]
