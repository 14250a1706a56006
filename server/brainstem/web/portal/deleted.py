"""What was deleted and can be brought back: a list for each model, and what stands where a record was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from brainstem.api.call import Call
from brainstem.api.undoing import restores
from brainstem.api.writing import written
from brainstem.core.errors import BrainstemError, Conflict, Forbidden, Invalid, Missing
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import routes
from brainstem.core.query.syntax import Query
from brainstem.core.text.numbers import whole_of
from brainstem.core.undo.deleted import Deleted, restore_record
from brainstem.core.undo.deleted import deleted as deleted_records
from brainstem.web import formats
from brainstem.web.notices import tell

from . import words, zone
from .cells import Cell, noted_cell
from .history.refusals import NOTHING, Refusal, refusal_of
from .where import Where, page

PER = 50
LONGEST = 200


@dataclass(frozen=True)
class Row:
    """A deleted record: when and by whom, and what went with it."""

    id: str
    name: str
    when: Cell
    ago: str
    who: str
    along: tuple[str, ...]
    restore_url: str
    history_url: str
    event_url: str


@page
def deleted(where: Where) -> HttpResponse:
    """The deleted records of a model that the viewer may restore, newest first."""
    _refuse_unless_offered(where)
    if where.request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET"])
    return _listed(where)


@page
def restore(where: Where, record_id: str) -> HttpResponse:
    """Bring a record back, with everything that was deleted along with it."""
    _refuse_unless_offered(where)
    if where.request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    pk = where.parse_id(record_id)
    call = Call(where.request, where.spec, where.viewer, pk)

    def act() -> HttpResponse:
        restore_record(where.spec, pk, viewer=where.viewer)
        return HttpResponseRedirect(where.record_path(pk), status=303)

    try:
        response = written(call, act, query=Query())
    except (Conflict, Forbidden, Invalid) as error:
        return _refused(where, pk, error)
    name = words.sentence(words.model_name(where.spec))
    tell(where.request, f"{name} restored.", response, portal=where.portal, onward=where.record_path(pk))
    return response


def gone(where: Where, pk: RecordId) -> HttpResponse | None:
    """What stands at the address of a deleted record for those who may restore it; None for everybody else."""
    if not where.writes or not restores(where.spec, where.portal):
        return None
    found, _ = deleted_records(where.spec, viewer=where.viewer, record_id=pk, limit=1)
    return _gone(where, found[0]) if found else None


def _gone(where: Where, one: Deleted, refusal: Refusal = NOTHING) -> HttpResponse:
    context = _context(where, [one]) | {"refusal": refusal}
    return render(where.request, "portal/history/gone.html", context, status=refusal.status if refusal else 404)


def _refused(where: Where, pk: RecordId, error: BrainstemError) -> HttpResponse:
    refusal = refusal_of(error, what="Restoring it", viewer=where.viewer)
    found, _ = deleted_records(where.spec, viewer=where.viewer, record_id=pk, limit=1)
    if not found:
        raise error
    return _gone(where, found[0], refusal)


def _refuse_unless_offered(where: Where) -> None:
    if not where.writes or not restores(where.spec, where.portal):
        raise Missing


def _listed(where: Where) -> HttpResponse:
    given = where.request.GET
    search = given.get("search", "")[:LONGEST].replace("\x00", "")
    at = max(1, whole_of(given.get("page", "1"), below=2**31) or 1)
    window: Any = {"offset": (at - 1) * PER, "limit": PER}
    found, count = deleted_records(where.spec, viewer=where.viewer, words=search.split(), **window)
    last = (at - 1) * PER + len(found)
    path = f"{where.list_path}deleted/"
    kept = {"search": search} if search else {}
    context = _context(where, found) | {
        "count": count,
        "search": search,
        "path": path,
        "first": last - len(found) + 1,
        "last": last,
        "before": f"{path}?{urlencode(kept | {'page': at - 1})}" if at > 1 else "",
        "after": f"{path}?{urlencode(kept | {'page': at + 1})}" if last < count else "",
        "api_url": f"/api{path}" + (f"?{urlencode(kept)}" if kept else ""),
    }
    return render(where.request, "portal/history/deleted.html", context)


def _context(where: Where, found: Sequence[Deleted]) -> dict[str, object]:
    return {
        "where": where,
        "model": words.model_name(where.spec),
        "models": words.models_name(where.spec),
        "rows": [_row(where, one) for one in found],
    }


def _row(where: Where, one: Deleted) -> Row:
    at = one.deleted_at.isoformat()
    return Row(
        id=str(one.id),
        name=one.name,
        when=noted_cell(at),
        ago=zone.ago(at),
        who=one.deleted_by_name or "Somebody",
        along=tuple(_along(path, number) for path, number in one.along.items()),
        restore_url=f"{where.list_path}deleted/{one.id}/restore/",
        history_url=f"{where.record_path(one.id)}history/",
        event_url=f"/{where.portal}/history/{one.event}/",
    )


def _along(path: str, number: int) -> str:
    app, _, segment = path.partition("/")
    spec = routes()[app, segment]
    return (
        f"1 {words.model_name(spec)}" if number == 1 else f"{formats.count(number)} {words.models_name(spec).lower()}"
    )


__all__ = ["deleted", "gone", "restore"]
