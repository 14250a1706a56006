"""Who wrote a record last, as far as the person at the form may know."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.db.models import Q

from brainstem.core.history.wire import state_key
from brainstem.core.model.registry import user_spec
from brainstem.core.models import Change
from brainstem.web import formats

from .doors import Door


def last_writer(door: Door, zone: str, fields: Iterable[str]) -> str:
    """Name and time of the last change of any of these fields: ``Dana Diaz, 2026-02-01 14:07``.

    Of the last change of all, if history tells none of these fields. Two queries, three with the name.
    """
    lines = Change.objects.filter(model=door.spec.label, record_id=door.record_id).order_by("-id")
    told = [key for name in fields if (key := state_key(door.spec, name))]
    about = lines.filter(reduce(or_, (Q(after__has_key=key) for key in told))).first() if told else None
    line = about or lines.first()
    if line is None:
        return ""
    actor_id = line.event.actor_id
    at = formats.moment(line.at.astimezone(ZoneInfo(zone)))
    if actor_id is None or not door.viewer.seen(user_spec(), [actor_id]):
        return at
    person = user_spec().model._default_manager.filter(pk=actor_id).first()
    return f"{person.full_name or person.email}, {at}" if person is not None else at
