"""What was deleted and can be brought back: a list for each model, and what stands where a record was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from brainstem.api.call import Call
from brainstem.api.responses import STATUS
from brainstem.api.undoing import restores
from brainstem.api.writing import written
from brainstem.core.errors import BrainstemError, Conflict, Forbidden, Invalid, Missing
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import routes, user_spec
from brainstem.core.query.syntax import Query
from brainstem.core.text.numbers import whole_of
from brainstem.core.undo.deleted import Deleted, Wanted, gone_along
from brainstem.core.undo.deleted import deleted as deleted_records
from brainstem.core.undo.recovering import hindered, restore_record, restore_records
from brainstem.web.notices import onward_of, tell

from . import words, zone
from .cells import Cell, noted_cell
from .gathering import Gathering
from .history.narrowing import bar, narrowing_of, people_of
from .history.refusals import NOTHING, Refusal, refusal_of
from .where import Where, page

PER = 50
ALONG = 20  # of what went with something else
LONGEST = 200
OTHERS = ("search", "page")


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
    onward = onward_of(where.request, usual=where.record_path(pk))

    def act() -> HttpResponse:
        restore_record(where.spec, pk, viewer=where.viewer)
        return HttpResponseRedirect(onward, status=303)

    try:
        response = written(call, act, query=Query())
    except (Conflict, Forbidden, Invalid) as error:
        return _refused(where, pk, error)
    name = words.sentence(words.model_name(where.spec))
    tell(where.request, f"{name} restored.", response, portal=where.portal, onward=onward)
    return response


@page
def restore_chosen(where: Where) -> HttpResponse:
    """Bring several records back, all or none; if that is refused, the page says which of them could come back."""
    _refuse_unless_offered(where)
    if where.request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    path = f"{where.list_path}deleted/"
    ids = [where.parse_id(one) for one in dict.fromkeys(where.request.POST.getlist("id"))]
    onward = onward_of(where.request, usual=path)
    if not ids:
        return _listed(where, problem="Tick what is to be restored.", status=422)
    if len(ids) > PER:
        return _listed(where, problem=f"Restore at most {PER} at once, or undo the whole deletion.", status=422)
    call = Call(where.request, where.spec, where.viewer)

    def act() -> HttpResponse:
        restore_records(where.spec, ids, viewer=where.viewer)
        return HttpResponseRedirect(onward, status=303)

    try:
        response = written(call, act, query=Query())
    except Missing:
        return _listed(where, problem="Some of it is not deleted any more. Choose again.", status=409)
    except (Conflict, Forbidden, Invalid) as error:
        return _hindered(where, ids, error)
    told = f"{words.counted(where.spec, len(ids))} restored."
    tell(where.request, told, response, portal=where.portal, onward=onward)
    return response


def _hindered(where: Where, ids: Sequence[RecordId], error: BrainstemError) -> HttpResponse:
    """Which of the chosen records cannot come back and why, with a way to restore the others."""
    reasons = hindered(where.spec, ids, viewer=where.viewer)
    found, _ = deleted_records(where.spec, viewer=where.viewer, wanted=Wanted(ids=ids), limit=PER)
    others = [one for one in found if one.id not in reasons]
    context = _context(where, others) | {
        "path": f"{where.list_path}deleted/",
        "message": error.message,
        "reasons": [(one.name, reasons[one.id]) for one in found if one.id in reasons],
        "what": words.counted(where.spec, len(others)),
    }
    return render(where.request, "portal/history/hindered.html", context, status=STATUS.get(type(error), 400))


def gone(where: Where, pk: RecordId) -> HttpResponse | None:
    """What stands at the address of a deleted record for those who may restore it; None for everybody else."""
    if not where.writes or not restores(where.spec, where.portal):
        return None
    found, _ = deleted_records(where.spec, viewer=where.viewer, wanted=Wanted(ids=[pk]), limit=1)
    return _gone(where, found[0]) if found else None


def _gone(where: Where, one: Deleted, refusal: Refusal = NOTHING) -> HttpResponse:
    context = _context(where, [one]) | {"refusal": refusal}
    return render(where.request, "portal/history/gone.html", context, status=refusal.status if refusal else 404)


def _refused(where: Where, pk: RecordId, error: BrainstemError) -> HttpResponse:
    refusal = refusal_of(error, what="Restoring it", viewer=where.viewer)
    found, _ = deleted_records(where.spec, viewer=where.viewer, wanted=Wanted(ids=[pk]), limit=1)
    if not found:
        raise error
    return _gone(where, found[0], refusal)


def _refuse_unless_offered(where: Where) -> None:
    if not where.writes or not restores(where.spec, where.portal):
        raise Missing


def _listed(where: Where, problem: str = "", status: int = 200) -> HttpResponse:
    viewer, path = where.viewer, f"{where.list_path}deleted/"
    sent = {} if problem else where.request.GET.dict()
    narrowed = narrowing_of(sent, path, viewer=viewer, per=PER, others=OTHERS)
    given, asked = narrowed.given, narrowed.asked
    search = given.get("search", "")[:LONGEST].replace("\x00", "")
    at = max(1, whole_of(given.get("page", "1"), below=2**31) or 1)
    wanted = Wanted(words=search.split(), by=asked.by, since=asked.since, until=asked.until)
    found, count = deleted_records(where.spec, viewer=viewer, wanted=wanted, offset=(at - 1) * PER, limit=PER)
    along = gone_along(where.spec, viewer=viewer, wanted=wanted, limit=ALONG) if search and at == 1 else []
    last = (at - 1) * PER + len(found)
    gathering = Gathering(viewer)
    if asked.by is not None:
        gathering.name(user_spec(), [asked.by])
        gathering.run()
    made = [{"user": one.deleted_by, "user_name": one.deleted_by_name, "via": ""} for one in found]
    people = people_of([one for one in made if one["user_name"]], narrowed, gathering)
    context = _context(where, found) | {
        "along": [_row(where, one) for one in along],
        "problem": problem,
        "count": count,
        "search": search,
        "path": path,
        "here": narrowed.here,
        "is_narrow": narrowed.is_narrow,
        "bar": bar(narrowed, people=people, kinds=False, own=str(viewer.actor.user_id)),
        "kept": [(name, value) for name, value in given.items() if name not in ("search", "page")],
        "first": last - len(found) + 1,
        "last": last,
        "before": narrowed.address(page=str(at - 1)) if at > 1 else "",
        "after": narrowed.address(page=str(at + 1)) if last < count else "",
        "api_url": f"/api{path}" + (f"?{urlencode({'search': search})}" if search else ""),
    }
    return render(where.request, "portal/history/deleted.html", context, status=status)


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
    return words.counted(routes()[app, segment], number)


__all__ = ["deleted", "gone", "restore", "restore_chosen"]
