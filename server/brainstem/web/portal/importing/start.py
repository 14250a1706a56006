"""The start of the import tool: templates to fill in, a table to send, and the imports so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from brainstem.apps.users import import_reviews, imports
from brainstem.apps.users.time_zones import zone_of
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import BrainstemError, Invalid
from brainstem.core.models import ImportReview, TableImport
from brainstem.core.tables.reading import MOST_BYTES, read_file, read_pasted
from brainstem.core.tables.sheets import MOST_ROWS, Sheet, Unreadable
from brainstem.web import formats

from .. import words, zone
from ..sending import refuse_unknown
from ..where import answered, viewer_in
from . import engine
from .kinds import Kind, kinds, spec_of_path, spec_of_sheet
from .opened import HOME, name_of
from .refused import Refused

FIELDS = ("_do", "model", "text", "file", "dates")
PLAN = "plan"
DATES = {
    "": "Ask me if it is not clear",
    "day": "The day comes first: 3/4 is 3 April",
    "month": "The month comes first: 3/4 is March 4",
}
ANSWERS = {
    ImportReview.WAITING: ("clock", "attention", "Waits for your review"),
    ImportReview.FINE: ("ok", "ok", "You said it is fine"),
    ImportReview.REVISE: ("attention", "", "You asked for changes"),
}


@dataclass(frozen=True)
class Kept:
    """An import in a list."""

    name: str
    url: str
    icon: str
    tone: str
    state: str
    about: str
    ago: str
    owner: str = ""


def start(request: HttpRequest) -> HttpResponse:
    """Where an import begins; sent as a form, it is planned."""
    return answered(request, lambda: _page(request))


def _page(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    viewer = viewer_in(request, "private")
    if request.method != "POST":
        return _shown(request, viewer, Refused())
    refuse_unknown({**request.POST, **request.FILES}, FIELDS)
    try:
        return _planned(request)
    except BrainstemError as error:
        return _shown(request, viewer, Refused.of(error, request.POST.dict()))


# -- a table that was sent ---------------------------------------------------------------------------------------------


def _planned(request: HttpRequest) -> HttpResponse:
    file, text = request.FILES.get("file"), request.POST.get("text", "").replace("\r\n", "\n")
    if file is not None and text.strip():
        raise Invalid.at("text", "Choose a file or paste a table, not both.")
    if file is None and not text.strip():
        raise Invalid.at("file", "Choose a file, or paste a table below.")
    sheets = _sheets(file, text)
    options = {
        "models": _models(sheets, request.POST.get("model", "")),
        "timezone": zone_of(request.user),
        "dates": request.POST.get("dates", ""),
    }
    if file is not None:
        file.seek(0)
        answer = engine.plan_file(request, file, options)
    else:
        answer = engine.plan_text(request, text, options)
    unknown = any(
        "problem" in column for sheet in answer.body["import"].get("sheets", ()) for column in sheet["columns"]
    )
    return HttpResponseRedirect(f"{HOME}{answer.id}/{'columns/' if unknown else ''}", status=303)


def _sheets(file: UploadedFile[Any] | None, text: str) -> list[Sheet]:
    """The tables, to see what they are called; the API reads them again."""
    try:
        return read_file(file.read(), name="") if file is not None else read_pasted(text)
    except Unreadable as error:
        raise Invalid.at("file" if file is not None else "text", str(error)) from error


def _models(sheets: Sequence[Sheet], chosen: str) -> Mapping[str, str]:
    """Name of a sheet -> model: as it is called, or else as chosen; empty to leave it out, as those without rows."""
    spec = spec_of_path(chosen) if chosen else None
    if chosen and spec is None:
        raise Invalid.at("model", "Choose what the rows are.")
    if not any(sheet.lines for sheet in sheets):
        raise Invalid.at("file", "There are no rows below the names of the columns.")
    found: dict[str, str] = {}
    for sheet in sheets:
        called = spec_of_sheet(sheet.name) if len(sheets) > 1 or spec is None else None
        one = called or spec
        found[sheet.name] = f"{one.app}/{one.segment}" if one is not None and sheet.lines else ""
    if not any(found.values()):
        raise Invalid.at("model", "Choose what the rows are: no sheet is called after a kind of record.")
    return found


# -- the page ----------------------------------------------------------------------------------------------------------


def _shown(request: HttpRequest, viewer: Viewer, refused: Refused) -> HttpResponse:
    user_id = viewer.actor.user_id or 0
    offered = kinds(viewer)
    chosen = refused.sent.get("model", request.GET.get("model", ""))
    spec = spec_of_path(chosen)
    context = {
        "portal": "private",
        "home": HOME,
        "kinds": offered,
        "typed": [(one, _types(one)) for _, some in offered for one in some if _types(one)],
        "chosen": chosen,
        "chosen_name": words.models_name(spec) if spec is not None else "",
        "chosen_url": f"/private/{chosen}/" if spec is not None else "",
        "dates": DATES,
        "date": refused.sent.get("dates", ""),
        "own": [_own(one) for one in imports.of(user_id)],
        "shared": [_shared(one) for one in import_reviews.of_person(user_id)],
        "refused": refused,
        "megabytes": MOST_BYTES // 2**20,
        "most": MOST_ROWS,
        "kept_days": imports.KEPT.days,
    }
    return render(request, "portal/importing/start.html", context, status=refused.status)


def _types(kind: Kind) -> list[tuple[str, str]]:
    """The types whose templates have columns of their own, with their labels."""
    if "details" not in kind.spec.columns or not words.type_group(kind.spec):
        return []
    return sorted(words.choices_of(kind.spec, "type").items(), key=lambda one: one[1])


def _own(one: TableImport) -> Kept:
    counts = orjson.loads(one.summary or "{}").get("counts", {})
    wrong, rows = counts.get("wrong", 0), sum(counts.values())
    icon, tone, state = {
        TableImport.COMMITTED: ("ok", "ok", "Imported"),
        "planning": ("clock", "", "Being checked"),
        "committing": ("clock", "", "Being imported"),
    }.get(
        one.state, ("limit", "limit", f"{formats.count(wrong)} wrong") if wrong else ("circle", "", "Not imported yet")
    )
    return Kept(
        name_of(one), f"{HOME}{one.pk}/", icon, tone, state, f"{formats.count(rows)} row{'' if rows == 1 else 's'}",
        zone.ago(one.updated_at.isoformat()),
    )  # fmt: skip


def _shared(review: ImportReview) -> Kept:
    one = review.table_import
    icon, tone, state = ANSWERS[review.answer]
    if one.state == TableImport.COMMITTED and review.answer == ImportReview.WAITING:
        icon, tone, state = "ok", "ok", "Imported meanwhile"
    return Kept(
        name_of(one), f"{HOME}{one.pk}/", icon, tone, state, review.note,
        zone.ago(review.asked_at.isoformat()), one.user.get_full_name() or "",
    )  # fmt: skip


__all__ = ["start"]
