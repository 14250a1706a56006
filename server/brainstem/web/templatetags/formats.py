"""Tags of the pages of accounts for dates and times, in the formats of the person whose account it is."""

from __future__ import annotations

import datetime as dt

from django.template import Context, Library
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from brainstem.apps.users.formats import formats_of
from brainstem.web import formats

register = Library()


@register.simple_tag(takes_context=True)
def day(context: Context, at: dt.date) -> SafeString:
    """A day, or that of a moment."""
    with formats.shown_as(formats_of(context["user"])):
        return _time(at, formats.day(timezone.localtime(at) if isinstance(at, dt.datetime) else at))


@register.simple_tag(takes_context=True)
def moment(context: Context, at: dt.datetime) -> SafeString:
    """A moment to the minute."""
    with formats.shown_as(formats_of(context["user"])):
        return _time(at, formats.moment(timezone.localtime(at)))


def _time(at: dt.date, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), text)
