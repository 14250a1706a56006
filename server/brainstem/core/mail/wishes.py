"""When people want the emails of a topic: at once, once a day in the morning where they are, or never."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth import get_user_model

NOW, DAILY, NEVER = "now", "daily", "never"
WISHES = (NOW, DAILY, NEVER)
MORNING = 7  # o'clock, in the time zone of the person


@dataclass(frozen=True)
class Recipient:
    """Somebody with an account that is open, and what they wish by topic; at once where they say nothing."""

    id: int
    email: str
    zone: str = "UTC"
    wishes: Mapping[str, str] = field(default_factory=dict)

    def wish(self, topic: str) -> str:
        """When they want the emails of a topic."""
        found = self.wishes.get(topic, NOW)
        return found if found in WISHES else NOW

    def last_morning(self, now: dt.datetime) -> dt.datetime:
        """The moment up to which a digest reports."""
        try:
            here = now.astimezone(ZoneInfo(self.zone))
        except (ZoneInfoNotFoundError, ValueError):
            here = now.astimezone(dt.UTC)
        morning = here.replace(hour=MORNING, minute=0, second=0, microsecond=0)
        return morning if morning <= here else morning - dt.timedelta(days=1)


def recipients(ids: Iterable[int] | None = None) -> dict[int, Recipient]:
    """The people with these ids by id, or all administrators, without those whose account is closed; one query."""
    people: Any = get_user_model()._default_manager.filter(is_active=True).exclude(email="")
    people = people.filter(is_superuser=True) if ids is None else people.filter(pk__in=list(ids))
    rows = people.order_by("pk").values_list("pk", "email", "time_zone", "mail_wishes")
    return {pk: Recipient(pk, str(email), zone, wishes or {}) for pk, email, zone, wishes in rows}


__all__ = ["DAILY", "MORNING", "NEVER", "NOW", "WISHES", "Recipient", "recipients"]
