"""A record in a few lines: what the card of a chip shows, as a fragment of a page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from brainstem.core.model.registry import Spec

from . import words
from .columns import Column, column_of
from .faces import face_of
from .fields import Line
from .gathering import Gathering
from .record import badges_of, fetched
from .rows import named_elsewhere, title_of
from .where import Where, page

MOST = 6
SAID_BY_BADGES = frozenset({"is_public", "status"})


@page
def card(where: Where, record_id: str) -> HttpResponse:
    """The name of a record, what it is, and the values that its list begins with; two statements."""
    spec, pk = where.spec, where.parse_id(record_id)
    found = fetched(spec, pk, where.viewer, base=where.base)
    gathering = Gathering(where.viewer)
    columns = _columns(spec, where)
    for column in columns:
        column.ask([found], gathering)
    if named_elsewhere(spec):
        gathering.name(spec, [pk])
    gathering.run()
    lines = [Line(column.key, column.label, column.cell(found, gathering)) for column in columns]
    context = {
        "title": title_of(spec, found, gathering),
        "model": words.sentence(words.model_name(spec)),
        "face": face_of(spec),
        "badges": badges_of(where, found),
        "lines": [line for line in lines if not line.cell.is_empty and line.name not in SAID_BY_BADGES][:MOST],
    }
    response = render(where.request, "portal/card.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _columns(spec: Spec, where: Where) -> list[Column]:
    names = dict.fromkeys([*face_of(spec).facts, *face_of(spec).columns])
    return [one for name in names if (one := column_of(spec, name, where.viewer.view)) is not None]


__all__ = ["card"]
