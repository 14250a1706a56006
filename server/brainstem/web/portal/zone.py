"""Moments as the pages show them: in the zone and the formats of the person who looks; pages name the zone once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from brainstem.apps.users.formats import USUAL, Formats, formats_of
from brainstem.apps.users.time_zones import UTC, zone_of
from brainstem.web import formats


def zone_for(request: HttpRequest) -> str:
    """The zone of a page: that of the person's profile; UTC in the public portal, which is the same for everyone."""
    return UTC if _is_public(request) else zone_of(request.user)


def formats_for(request: HttpRequest) -> Formats:
    """The formats of a page, in the same way."""
    return USUAL if _is_public(request) else formats_of(request.user)


def _is_public(request: HttpRequest) -> bool:
    return request.path.startswith("/public/")


@contextmanager
def shown_in(name: str, as_in: Formats = USUAL) -> Iterator[None]:
    """While this lasts, moments are shown in this zone, and everything in these formats."""
    with timezone.override(ZoneInfo(name)), formats.shown_as(as_in):
        yield


def current() -> str:
    """The name of the zone in which moments are shown."""
    return timezone.get_current_timezone_name()


def moment(text: str) -> str:
    """``2026-11-28 10:02`` for a moment on the wire; with seconds where there are some."""
    found = local(text)
    return formats.moment(found, seconds=bool(found.second))


def minute(text: str) -> str:
    """The same to the minute, for what the server noted itself."""
    return formats.moment(local(text))


def ago(text: str) -> str:
    """How long ago a moment was, roughly: "5 minutes ago", "yesterday", "3 weeks ago"."""
    found = local(text)
    now = timezone.localtime()
    minutes = int((now - found).total_seconds() // 60)
    days = (now.date() - found.date()).days
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return _counted(minutes, "minute")
    if days == 0 or minutes < 6 * 60:
        return _counted(minutes // 60, "hour")
    if days == 1:
        return "yesterday"
    if days < 14:
        return _counted(days, "day")
    if days < 60:
        return _counted(days // 7, "week")
    return _counted(days * 12 // 365, "month") if days < 2 * 365 else _counted(days // 365, "year")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'} ago"


def local(text: str) -> dt.datetime:
    """A moment on the wire, in the zone of the page."""
    return timezone.localtime(dt.datetime.fromisoformat(text))


def day(text: str) -> dt.date:
    """The day of a date or moment on the wire."""
    return dt.date.fromisoformat(text[:10])


def today() -> dt.date:
    """The day that it is in the zone in which moments are shown."""
    return timezone.localdate()
