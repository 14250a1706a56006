"""The answer to a form in a dialog: the record that it added, to be chosen in the form behind it."""

from __future__ import annotations

import json
from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render

from brainstem.core.model.registry import spec_of
from brainstem.core.query.run import fetch_page
from brainstem.core.query.syntax import Filter

from ..naming import name_of, query_of
from ..words import model_name
from .doors import Door
from .saving import Written


def made_in_dialog(door: Door, written: Written) -> HttpResponse:
    """The new record by its name; of a proposal only that it was sent. One statement."""
    context: dict[str, object] = {"model": model_name(door.spec), "remarks": written.remarks}
    if spec_of(written.record) is door.spec:
        label = _label(door, str(written.record.pk))
        context |= {"id": str(written.record.pk), "label": label}
    response = render(door.request, "portal/forms/made.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _label(door: Door, record_id: str) -> str:
    spec = door.spec
    query = replace(query_of(spec.label), filters=(Filter(("id",), False, record_id),), limit=1)
    page = fetch_page(spec, query, viewer=door.viewer, base="", offered=True)
    return name_of(spec.label, json.loads(page.records[0])) if page.records else record_id


__all__ = ["made_in_dialog"]
