"""``.../grid/``: a list as a table to edit. What was typed becomes the plan of an import, to be reviewed there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from brainstem.api.imports import begin
from brainstem.core.errors import BrainstemError, Invalid, Missing
from brainstem.core.query.run import fetch_page

from .. import words
from ..asking import Asked
from ..bulk.offers import changeable
from ..column import Values
from ..gathering import Gathering
from ..rows import ask as ask_names
from ..rows import own_title, title_of
from ..selection import list_asked
from ..where import Where, page
from ..zone import zone_for
from .cells import GridColumn, ask, cell_of, columns_of
from .planning import MOST_ROWS, sheets_of, typed_in

ROWS = "rows"
SAID = ("key", "title", "kind", "options", "codes")  # of a column, to the script
METHODS = ("GET", "HEAD", "POST")
NOT_YOURS = "You may not change this record."


def plan_url(import_id: object) -> str:
    """Where a plan is reviewed and committed."""
    return f"/private/import-tool/{import_id}/"


def editable_as_table(where: Where) -> bool:
    """Whether a list is edited as a table: where imports are, of what can be changed and added through them."""
    return where.portal == "private" and changeable(where) and "add" in where.spec.resource.verbs


@page
def grid(where: Where) -> HttpResponse:
    """The table; sent as a form, the plan of what was typed."""
    if not editable_as_table(where):
        raise Missing
    if where.request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    asked = list_asked(where)
    columns = columns_of(where, asked.columns, asked.type)
    if where.request.method != "POST":
        return _page(where, asked, columns)
    try:
        return HttpResponseRedirect(plan_url(_planned(where, columns, asked.type)), status=303)
    except BrainstemError as error:
        errors = error.errors.values() if isinstance(error, Invalid) else [[error.message]]
        texts = [text for found in errors for text in found]
        return _page(where, asked, columns, problems=texts, typed=where.request.POST.get(ROWS, ""))


def _planned(where: Where, columns: Sequence[GridColumn], type_name: str) -> object:
    """The id of a new plan of what was typed."""
    rows = typed_in(where.request.POST.get(ROWS, ""), columns)
    sheets, clears = sheets_of(rows, columns, type_name=type_name)
    if not sheets:
        raise Invalid.at(ROWS, "Nothing was changed yet. Change a cell first, or paste rows below the last one.")
    model = f"{where.spec.app}/{where.spec.segment}"
    options: dict[str, Any] = {
        "models": {sheet.name: model for sheet in sheets},
        "columns": {sheet.name: {head: head for head in sheet.heads} for sheet in sheets},
        "timezone": zone_for(where.request),
        "empty": "clear" if clears else "keep",
    }
    name = f"{words.models_name(where.spec)} edited as a table"
    one, _ = begin(where.request, where.viewer.actor, sheets, name=name, options=options)
    return one.pk


def _page(
    where: Where, asked: Asked, columns: Sequence[GridColumn], *, problems: Sequence[str] = (), typed: str = ""
) -> HttpResponse:
    records, count = _records(where, asked, columns)
    gathering = Gathering(where.viewer)
    ask(columns, records, where.spec, gathering)
    ask_names(records, where.spec, (), gathering)
    gathering.run()
    free = where.editable([where.parse_id(str(one["id"])) for one in records])
    rows = [_row(where, one, columns, gathering, is_free=where.parse_id(str(one["id"])) in free) for one in records]
    table = {
        "columns": [{name: getattr(one, name) for name in SAID} for one in columns],
        "rows": rows,
        "typed": typed,
        "adds": where.may_add,
        "most": MOST_ROWS,
    }
    context = {
        "where": where,
        "models": words.models_name(where.spec),
        "model": words.model_name(where.spec),
        "count": count,
        "shown": len(records),
        "table": table,
        "problems": problems,
        "zone": zone_for(where.request),
        "back": asked.address.url,
        "action": asked.address.elsewhere(f"{where.list_path}grid/").url,
        "bulk": asked.address.elsewhere(f"{where.list_path}bulk/").url,
    }
    return render(where.request, "portal/grid.html", context, status=422 if problems else 200)


def _records(where: Where, asked: Asked, columns: Sequence[GridColumn]) -> tuple[list[Values], int]:
    """The first thousand rows of the list, and how many it has; one statement."""
    needed = {"id", *own_title(where.spec), *(key for one in columns for key in one.column.needs)}
    left_out = tuple((key,) for key in where.spec.keys if key not in needed)
    query = replace(asked.query, limit=MOST_ROWS, offset=0, excludes=left_out)
    found = fetch_page(where.spec, query, viewer=where.viewer, base=where.base)
    return [json.loads(record) for record in found.records], found.count


def _row(
    where: Where, record: Values, columns: Sequence[GridColumn], gathering: Gathering, *, is_free: bool
) -> dict[str, object]:
    cells = [cell_of(one, record, where.spec, gathering) for one in columns]
    locks = {str(at): NOT_YOURS if not is_free else one.why for at, one in enumerate(cells) if one.why or not is_free}
    title = title_of(where.spec, record, gathering)
    return {"id": str(record["id"]), "title": title, "cells": [one.text for one in cells], "locks": locks}


__all__ = ["editable_as_table", "grid", "plan_url"]
