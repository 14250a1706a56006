"""Announcements on top of every page: what is to be said, from when until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from brainstem.apps.users import events
from brainstem.apps.users.notice_models import LONGEST_ANNOUNCEMENT, LONGEST_LINK, Announcement
from brainstem.core.access.caller import caller_of
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Invalid
from brainstem.core.text.lines import one_line
from brainstem.core.text.numbers import whole_of

from .. import zone
from ..cells import noted_cell
from ..sending import refuse_unknown
from .entering import for_administrators

FIELDS = ("text", "link", "starts_at", "ends_at")
USUAL = dt.timedelta(days=7)
MOST = 50


@for_administrators
def announcements(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What is announced, was and will be; sent as a form, a new one, or the end of one."""
    if request.method != "POST":
        return _shown(request)
    sent = request.POST
    refuse_unknown(sent, ("_do", "id", *FIELDS))
    act = sent.get("_do", "")
    if act == "end":
        return _ended(request, sent.get("id", ""))
    if act != "add":
        raise Invalid.at("_do", "Expected one of add, end.")
    try:
        values = _read(sent)
    except Invalid as error:
        return _shown(request, {name: " ".join(texts) for name, texts in error.errors.items()})
    made = Announcement.objects.create(**values, made_by_id=viewer.actor.user_id)
    _log(request, f"Made: {made.text}")
    messages.success(request, "The announcement is on the pages at its time.")
    return HttpResponseRedirect(reverse("super-announcements"), status=303)


def _ended(request: HttpRequest, text: str) -> HttpResponse:
    number = whole_of(text, below=2**63)
    found = Announcement.objects.filter(pk=number).first() if number is not None else None
    if found is None:
        messages.error(request, "It was removed meanwhile.")
    else:
        found.delete()
        _log(request, f"Removed: {found.text}")
        messages.success(request, "The announcement was removed.")
    return HttpResponseRedirect(reverse("super-announcements"), status=303)


def _log(request: HttpRequest, about: str) -> None:
    events.record(request.user, events.Kind.ANNOUNCED, **caller_of(request.META), about=about)


def _read(sent: Mapping[str, str]) -> dict[str, Any]:
    """The values of a form.

    Raises
    ------
    Invalid
        With all that is wrong, by field.
    """
    text, link, starts, ends = Invalid.of_all(
        lambda: _text(sent.get("text", "")),
        lambda: _link(sent.get("link", "").strip()),
        lambda: _moment(sent.get("starts_at", ""), "starts_at") or timezone.now(),
        lambda: _moment(sent.get("ends_at", ""), "ends_at"),
    )
    if ends is None:
        raise Invalid.at("ends_at", "Say until when it is shown.")
    if ends <= max(starts, timezone.now()):
        raise Invalid.at("ends_at", "Expected a time that is still to come, and after the beginning.")
    return {"text": text, "link": link, "starts_at": starts, "ends_at": ends}


def _text(text: str) -> str:
    found = one_line(text)
    if not found:
        raise Invalid.at("text", "Type what is to be announced.")
    if len(found) > LONGEST_ANNOUNCEMENT:
        raise Invalid.at("text", f"At most {LONGEST_ANNOUNCEMENT} characters; this has {len(found)}.")
    return found


def _link(text: str) -> str:
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or len(text) > LONGEST_LINK or "\x00" in text:
        raise Invalid.at("link", f"Expected an address that begins with https://, at most {LONGEST_LINK} characters.")
    return text


def _moment(text: str, name: str) -> dt.datetime | None:
    """A moment as browsers send it, in the time zone of the page."""
    if not text.strip():
        return None
    try:
        found = parse_datetime(text.strip())
    except ValueError:
        found = None
    if found is None:
        raise Invalid.at(name, "Expected a date and a time, such as 2026-12-01T08:00.")
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _shown(request: HttpRequest, wrong: Mapping[str, str] | None = None) -> HttpResponse:
    now = timezone.now()
    usual = {"starts_at": _typed(now), "ends_at": _typed(now + USUAL)}
    rows = [
        {
            "id": one.pk,
            "text": one.text,
            "link": one.link,
            "starts": noted_cell(one.starts_at.isoformat()),
            "ends": noted_cell(one.ends_at.isoformat()),
            "by": (one.made_by.get_full_name() or one.made_by.email) if one.made_by else "",
            "state": "Over" if one.ends_at <= now else "Planned" if one.starts_at > now else "Shown",
        }
        for one in Announcement.objects.select_related("made_by").order_by("-ends_at")[:MOST]
    ]
    values = {name: request.POST.get(name, usual.get(name, "")) for name in FIELDS}
    context = {
        "rows": rows,
        "wrong": wrong or {},
        "values": values,
        "zone": zone.current(),
        "most": LONGEST_ANNOUNCEMENT,
    }
    return render(request, "portal/super/announcements.html", context, status=422 if wrong else 200)


def _typed(moment: dt.datetime) -> str:
    return timezone.localtime(moment).replace(tzinfo=None).isoformat(timespec="minutes")


__all__ = ["announcements"]
