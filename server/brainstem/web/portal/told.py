"""What waits in the inbox and is no record: news, and for administrators people whom they have to let in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from brainstem.apps.users import news, strangers
from brainstem.apps.users.signed_in import Awaiting
from brainstem.core.text.numbers import whole_of
from brainstem.web import formats

from . import zone

NEWS, STRANGER = "news", "stranger"


@dataclass(frozen=True)
class Told:
    """One piece of news."""

    id: int
    text: str
    address: str
    ago: str


@dataclass(frozen=True)
class Stranger:
    """Somebody without an account who is invited to a record, and whom an administrator has to let register."""

    id: int
    email: str
    who: str
    place: str
    level: str
    message: str
    until: str
    ago: str


def context(request: HttpRequest, waits: Sequence[Awaiting]) -> dict[str, object]:
    """Both lists; no statement where nothing waits, else one for news, and one and one a model for people."""
    kinds = {one.kind for one in waits}
    return {
        "news": _news(request.user.pk or 0) if NEWS in kinds else [],
        "strangers": waiting() if STRANGER in kinds else [],
    }


def put_away(request: HttpRequest, text: str, *, onward: str) -> HttpResponse:
    """Put one's own news away; those of others, and what is not there, are left alone."""
    number = whole_of(text, below=2**63)
    if number is not None:
        news.of(request.user.pk or 0).filter(pk=number).delete()
    return HttpResponseRedirect(onward, status=303)


def _news(person_id: int) -> list[Told]:
    return [Told(one.pk, one.text, one.address, zone.ago(one.at.isoformat())) for one in news.of(person_id)[:200]]


def waiting() -> list[Stranger]:
    """Everybody whom an administrator has to let register."""
    found = list(strangers.waiting())
    places = strangers.places_of(found)
    return [
        Stranger(
            one.pk,
            one.email,
            one.made_by.get_full_name() or one.made_by.email,
            places.get(one.pk, "something that is gone"),
            one.get_level_display(),
            one.message,
            formats.day(timezone.localtime(one.ends_at)),
            zone.ago(one.made_at.isoformat()),
        )
        for one in found
    ]


__all__ = ["Stranger", "Told", "context", "put_away", "waiting"]
