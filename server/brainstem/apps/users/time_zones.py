"""Time zones of people: pages show times in them, the API always in UTC."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

UTC = "UTC"
# Names of the database that are no places, such as SystemV/EST5 or posixrules.
_NO_PLACES = ("Etc/", "SystemV/", "US/")


@cache
def zones() -> tuple[str, ...]:
    """Names to choose from: UTC, then the places of the IANA database."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(_NO_PLACES))
    return UTC, *sorted(places)


def is_zone(name: str) -> bool:
    """Whether the IANA database has this zone."""
    if name in zones():
        return True
    try:
        return bool(name) and len(name) < 64 and ZoneInfo(name) is not None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def zone_of(user: object) -> str:
    """The zone in which a person reads and writes times."""
    name = str(getattr(user, "time_zone", "") or UTC)
    return name if is_zone(name) else UTC
