"""Limits on emails: per address, and per subject matter.

Emails about account security are never limited. Counted in the database, so that all workers share the counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import time

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from ..models import MailCount

_PURPOSE = "brainstem.core.mail.quota"
HOUR, DAY = 3600, 86_400


@dataclass(frozen=True)
class MailLimit:
    """At most so many emails in each window of so many seconds."""

    name: str
    most: int
    seconds: int


# Emails that anyone can trigger to any address: confirmations, password resets.
BY_ANYBODY = MailLimit("by anybody", most=5, seconds=HOUR)
BY_ANYBODY_A_DAY = MailLimit("by anybody", most=20, seconds=DAY)
INVITATIONS_TO_REGISTER = MailLimit("to register", most=3, seconds=DAY)
# People without an account whom one person invites.
STRANGERS = MailLimit("strangers", most=100, seconds=DAY)
# News from colleagues to one address; the excess is sent in the next hour, in one email.
NEWS = MailLimit("news", most=20, seconds=HOUR)
ONCE_A_DAY = MailLimit("once", most=1, seconds=DAY)


def spend(limit: MailLimit, value: str) -> bool:
    """Count one email; returns whether it may be sent. One SQL statement; always True if limits are off."""
    if not settings.BRAINSTEM_THROTTLE:
        return True
    now, table = int(time()), MailCount._meta.db_table
    ends = now - now % limit.seconds + limit.seconds
    # Hashed, so that the table is no record of recipients. The length of the window is included, because the last hour
    # of a day ends when the day does.
    key = salted_hmac(_PURPOSE, f"{limit.name}|{limit.seconds}|{ends}|{value}", algorithm="sha256").hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, ends, n) VALUES (%s, %s, 1)"
            f" ON CONFLICT (key) DO UPDATE SET n = {table}.n + 1 RETURNING n",
            [key, ends],
        )
        return int(cursor.fetchone()[0]) <= limit.most


def spend_all(limits: tuple[MailLimit, ...], value: str) -> bool:
    """Count one email for each limit; returns whether all allow it."""
    return all(spend(limit, value) for limit in limits)


def forget() -> None:
    """Delete counts of past windows."""
    MailCount.objects.filter(ends__lt=int(time())).delete()
