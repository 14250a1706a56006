"""Limits on sign-in attempts: per address, per email and address, and per email overall.

Counted in the database, so that all workers share the counts; each count is one SQL statement. Per address every
attempt counts, per email only failures do, so a script may sign in as often as it likes. The overall limit of an email
never applies to an address its owner came from before, and a browser in which the owner signed in before has only its
own limit, so that nobody can lock an owner out, not even from the same address.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import time

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils.crypto import salted_hmac

from brainstem.core.access.caller import network_of
from brainstem.core.errors import Throttled

from .token_models import SignInBucket

_PURPOSE = "brainstem.apps.users.throttle"


@dataclass(frozen=True)
class Limit:
    """At most ``tries`` attempts in each window of ``seconds``."""

    name: str
    tries: int
    seconds: int

    def ends(self, now: int) -> int:
        """End of the window in which ``now`` lies, in seconds since 1970."""
        return now - now % self.seconds + self.seconds


BY_ADDRESS = Limit("address", tries=300, seconds=300)
BY_ADDRESS_AND_EMAIL = Limit("address and email", tries=10, seconds=300)
BY_EMAIL = Limit("email", tries=100, seconds=3600)
BY_BROWSER = Limit("known browser", tries=100, seconds=3600)


@dataclass(frozen=True)
class Waits:
    """Seconds until the next attempt is allowed (0: now), here and at an address the owner never used."""

    here: int
    elsewhere: int


def is_on() -> bool:
    """Whether limits are enforced; attempts are counted anyway, so the work is the same."""
    return bool(settings.BRAINSTEM_THROTTLE)


def count_try(email: str, *, address: str) -> Waits:
    """Count one sign-in attempt, and delete old windows; two SQL statements."""
    now = int(time())
    network = network_of(address)
    counted = {BY_ADDRESS: (network, 1), BY_ADDRESS_AND_EMAIL: (f"{network} {email}", 0), BY_EMAIL: (email, 0)}
    tries = _add(counted, now)
    _forget(now)
    here = BY_ADDRESS.ends(now) - now if tries[BY_ADDRESS] > BY_ADDRESS.tries else 0
    if tries[BY_ADDRESS_AND_EMAIL] >= BY_ADDRESS_AND_EMAIL.tries:
        here = max(here, BY_ADDRESS_AND_EMAIL.ends(now) - now)
    return Waits(here, BY_EMAIL.ends(now) - now if tries[BY_EMAIL] >= BY_EMAIL.tries else 0)


def count_failure(email: str, *, address: str, failures: int = 1) -> None:
    """Count wrong credentials for an email; one SQL statement."""
    pair = f"{network_of(address)} {email}"
    _add({BY_ADDRESS_AND_EMAIL: (pair, failures), BY_EMAIL: (email, failures)}, int(time()))


def refuse(seconds: int, message: str = "Too many sign-in attempts.") -> None:
    """Raise Throttled if there is a wait and limits are enforced."""
    if seconds and is_on():
        raise Throttled(f"{message} Try again in {seconds} seconds.", seconds=seconds)


def spend(limits: dict[Limit, str], message: str) -> None:
    """Count one use of each limit by its key, and delete old windows; two SQL statements.

    Raises
    ------
    Throttled
        If there were too many; how long to wait is added to the message.
    """
    now = int(time())
    used = _add({limit: (value, 1) for limit, value in limits.items()}, now)
    _forget(now)
    wait = max((limit.ends(now) - now for limit, tries in used.items() if tries > limit.tries), default=0)
    refuse(wait, message)


def count(limit: Limit, value: str) -> int:
    """Count one more for a value, and delete old windows; returns seconds to wait if that is too many, else 0."""
    now = int(time())
    tries = _add({limit: (value, 1)}, now)[limit]
    if tries == 1:
        _forget(now)
    return limit.ends(now) - now if tries > limit.tries else 0


def waits(limit: Limit, value: str) -> int:
    """Seconds to wait until one more for a value is allowed, 0 for now. Counts nothing."""
    now = int(time())
    full = SignInBucket.objects.filter(key=_key(limit, value, now), tries__gte=limit.tries).exists()
    return limit.ends(now) - now if full else 0


def tries(limit: Limit, value: str) -> int:
    """The count for a value in the current window."""
    found = SignInBucket.objects.filter(key=_key(limit, value, int(time()))).values_list("tries", flat=True)
    return found.first() or 0


def once(name: str, value: str, *, seconds: int) -> bool:
    """Whether this was not done in the last ``seconds``; counts as done from now on. One SQL statement.

    Of many who ask at once, exactly one gets True.
    """
    now, table = int(time()), SignInBucket._meta.db_table
    key = _keyed(f"once {name}|{value}")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, ends, tries) VALUES (%s, %s, 1)"
            f" ON CONFLICT (key) DO UPDATE SET ends = excluded.ends WHERE {table}.ends <= %s RETURNING key",
            [key, now + seconds, now],
        )
        return cursor.fetchone() is not None


def take_back(limit: Limit, value: str) -> None:
    """Uncount one attempt for a value, because it succeeded."""
    SignInBucket.objects.filter(key=_key(limit, value, int(time())), tries__gt=0).update(tries=F("tries") - 1)


def _add(counted: dict[Limit, tuple[str, int]], now: int) -> dict[Limit, int]:
    """Add to several counters at once; returns their new values."""
    limits = {_key(limit, value, now): limit for limit, (value, _) in counted.items()}
    # Sorted, so that two workers lock the same rows in the same order and cannot deadlock.
    keys = sorted(limits)
    rows = ", ".join(["(%s, %s, %s)"] * len(keys))
    parameters = [item for key in keys for item in (key, limits[key].ends(now), counted[limits[key]][1])]
    table = SignInBucket._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, ends, tries) VALUES {rows}"
            f" ON CONFLICT (key) DO UPDATE SET tries = {table}.tries + excluded.tries RETURNING key, tries",
            parameters,
        )
        return {limits[key]: tries for key, tries in cursor.fetchall()}


def _forget(now: int) -> None:
    SignInBucket.objects.filter(ends__lt=now - BY_EMAIL.seconds).delete()


def _key(limit: Limit, value: str, now: int) -> str:
    return _keyed(f"{limit.name}|{limit.ends(now)}|{value}")


def _keyed(text: str) -> str:
    # Hashed, so that the table is no record of who tried to sign in from where.
    return salted_hmac(_PURPOSE, text, algorithm="sha256").hexdigest()
