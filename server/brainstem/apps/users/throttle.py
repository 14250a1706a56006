"""How often signing in may be tried: from one address, for one e-mail from one address, and for one e-mail at all.

Counted in the database, so that all workers count together; each count is one SQL statement. From an address every try
counts, for an e-mail only failures do: a script may sign in as often as it likes. The limit for an e-mail at all never
holds for an address from which its owner came before, and no limit but its own for a browser in which the owner signed
in before, so that nobody can lock an owner out, not even from the same address.
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
    """At most ``tries`` in each window of ``seconds``."""

    name: str
    tries: int
    seconds: int

    def ends(self, now: int) -> int:
        """End of the window in which ``now`` lies, in seconds since 1970."""
        return now - now % self.seconds + self.seconds


BY_ADDRESS = Limit("address", tries=300, seconds=300)
BY_ADDRESS_AND_EMAIL = Limit("address and e-mail", tries=10, seconds=300)
BY_EMAIL = Limit("e-mail", tries=100, seconds=3600)
BY_BROWSER = Limit("known browser", tries=100, seconds=3600)


@dataclass(frozen=True)
class Waits:
    """Seconds until one may try again, 0 where one may now: here, and at an address that the owner never used."""

    here: int
    elsewhere: int


def is_on() -> bool:
    """Whether limits are kept; tries are counted anyway, so that switching it changes no work."""
    return bool(settings.BRAINSTEM_THROTTLE)


def count_try(email: str, *, address: str) -> Waits:
    """Count one try at signing in, and forget windows long past; two SQL statements."""
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
    """Count wrong credentials for an e-mail; one SQL statement."""
    pair = f"{network_of(address)} {email}"
    _add({BY_ADDRESS_AND_EMAIL: (pair, failures), BY_EMAIL: (email, failures)}, int(time()))


def refuse(seconds: int, message: str = "Too many attempts to sign in.") -> None:
    """Raise Throttled when there is something to wait for and limits are kept."""
    if seconds and is_on():
        raise Throttled(f"{message} Try again in {seconds} seconds.", seconds=seconds)


def spend(limits: dict[Limit, str], message: str) -> None:
    """Count one use of each limit by who or what uses it, and forget windows long past; two SQL statements.

    Raises
    ------
    Throttled
        If there were too many; the message goes on with how long to wait.
    """
    now = int(time())
    used = _add({limit: (value, 1) for limit, value in limits.items()}, now)
    _forget(now)
    wait = max((limit.ends(now) - now for limit, tries in used.items() if tries > limit.tries), default=0)
    refuse(wait, message)


def count(limit: Limit, value: str) -> int:
    """Count one more for a value, and forget windows long past; seconds to wait if that is too many, else 0."""
    now = int(time())
    tries = _add({limit: (value, 1)}, now)[limit]
    if tries == 1:
        _forget(now)
    return limit.ends(now) - now if tries > limit.tries else 0


def waits(limit: Limit, value: str) -> int:
    """Seconds to wait before one more for a value would be let through; 0 when it would. Counts nothing."""
    now = int(time())
    full = SignInBucket.objects.filter(key=_key(limit, value, now), tries__gte=limit.tries).exists()
    return limit.ends(now) - now if full else 0


def tries(limit: Limit, value: str) -> int:
    """How many were counted for a value in this window."""
    found = SignInBucket.objects.filter(key=_key(limit, value, int(time()))).values_list("tries", flat=True)
    return found.first() or 0


def once(name: str, value: str, *, seconds: int) -> bool:
    """Whether this was not done within so many seconds before; it counts as done from now on. One SQL statement.

    Of many who ask at once, one is told yes.
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
    """Count one less for a value: the try was right."""
    SignInBucket.objects.filter(key=_key(limit, value, int(time())), tries__gt=0).update(tries=F("tries") - 1)


def _add(counted: dict[Limit, tuple[str, int]], now: int) -> dict[Limit, int]:
    """Add to several counters at once; their new values."""
    limits = {_key(limit, value, now): limit for limit, (value, _) in counted.items()}
    # Sorted: two workers that touch the same rows take them in the same order, else they could wait for each other.
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
    # Hashed: the table must not become a list of who tried to sign in from where.
    return salted_hmac(_PURPOSE, text, algorithm="sha256").hexdigest()
