"""What happened in a list, and what a person did over all models: a line for each write, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Missing, QueryError
from brainstem.core.history.differences import fields_told
from brainstem.core.history.grouped import Groups, of_list, of_person
from brainstem.core.model.registry import Spec, routes, specs, user_spec
from brainstem.core.text.shown import shown

from .. import words
from ..gathering import Gathering
from ..where import Where, answered, page, viewer_in
from .narrowing import MODEL, Narrowing, bar, narrowing_of, people_of
from .writes import Write, ask_for, single_ones, types_of, writes_of

PER = 20
TEMPLATE = "portal/history/list.html"


@page
def list_history(where: Where) -> HttpResponse:
    """What happened to the records of a list that the viewer may change, or could if they had not been deleted."""
    if not where.writes:
        raise Missing
    if where.request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET"])
    spec, viewer = where.spec, where.viewer
    fields = fields_told(spec, viewer.shows)
    path = f"{where.list_path}history/"
    narrowed = narrowing_of(where.request.GET.dict(), path, viewer=viewer, per=PER, fields=fields)
    found = of_list(spec, narrowed.asked, viewer=viewer)
    gathering = Gathering(viewer)
    writes = _drawn(found, gathering, narrowed)
    people = people_of([group.entries[0] for group in found.groups], narrowed, gathering)
    models = words.models_name(spec)
    context = {
        "heading": f"History of {models.lower()}",
        "crumbs": [(models, where.list_path)],
        "bar": bar(narrowed, spec=spec, fields=fields, people=people, own=str(viewer.actor.user_id)),
        "deleted_url": f"{where.list_path}deleted/" if where.may_restore else "",
        "api_url": narrowed.api_url,
        "empty": f"No {words.model_name(spec)} that you may change was changed",
        "has_people": True,
    }
    return _page(where.request, narrowed, found, writes, context)


def history_of_person(request: HttpRequest, portal: str) -> HttpResponse:
    """What the viewer did over all models, or somebody else as far as the viewer may read of it."""

    def enter() -> HttpResponse:
        viewer = viewer_in(request, portal)
        if portal == "public":
            raise Missing
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        return _of_person(request, viewer)

    return answered(request, enter)


def _of_person(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    path, usual = f"/{viewer.portal}/history/", {} if viewer.is_super else {"by": "me"}
    narrowed = narrowing_of(request.GET.dict(), path, viewer=viewer, per=PER, usual=usual, others=(MODEL,))
    asked = narrowed.asked
    found = of_person(asked, viewer=viewer, spec=_spec_in(narrowed.given.get(MODEL, ""), viewer))
    gathering = Gathering(viewer)
    writes = _drawn(found, gathering, narrowed)
    mine = asked.by == viewer.actor.user_id
    people = people_of([group.entries[0] for group in found.groups], narrowed, gathering)
    context = {
        "heading": _heading(asked.by, mine, people),
        "crumbs": [(viewer.portal.capitalize(), f"/{viewer.portal}/")],
        "bar": bar(
            narrowed,
            people=people,
            hides=() if viewer.is_super else ("by",),
            models=_models(viewer),
            own=str(viewer.actor.user_id),
        ),
        "empty": "Nothing was written" if asked.by is None or mine else "Nothing that you may see was written",
        "shows_model": True,
        "has_people": asked.by is None,
    }
    return _page(request, narrowed, found, writes, context)


def _heading(by: int | None, mine: bool, people: Sequence[tuple[str, str]]) -> str:
    if by is None:
        return "Changes by everyone"
    return "Your changes" if mine else f"Changes by {dict(people)[str(by)]}"


def _spec_in(text: str, viewer: Viewer) -> Spec | None:
    """The model that an address names by its path: ``stem/subject``."""
    if not text:
        return None
    app, _, segment = text.partition("/")
    found = routes().get((app, segment))
    if found is None or not _told(found, viewer):
        raise QueryError.at(MODEL, f"Expected a kind of record such as stem/subject, got {shown(text)}.")
    return found


def _models(viewer: Viewer) -> list[tuple[str, str]]:
    found = [(f"{one.app}/{one.segment}", words.models_name(one)) for one in specs().values() if _told(one, viewer)]
    return sorted(found, key=lambda one: one[1].lower())


def _told(spec: Spec, viewer: Viewer) -> bool:
    return viewer.is_super or viewer.portal in spec.resource.portals


# -- what they share ---------------------------------------------------------------------------------------------------


def _drawn(found: Groups, gathering: Gathering, narrowed: Narrowing) -> list[Write]:
    if narrowed.asked.by is not None:
        gathering.name(user_spec(), [narrowed.asked.by])
    ask_for(found.groups, gathering)
    gathering.run()
    return writes_of(found.groups, gathering, types_of(single_ones(found.groups)))


def _page(
    request: HttpRequest, narrowed: Narrowing, found: Groups, writes: list[Write], context: dict[str, object]
) -> HttpResponse:
    shared = {
        "writes": writes,
        "here": narrowed.here,
        "is_narrow": narrowed.is_narrow,
        "older": narrowed.address(cursor=found.next_cursor) if found.next_cursor else "",
        "newest": narrowed.address() if narrowed.asked.cursor else "",
    }
    return render(request, TEMPLATE, shared | context)


__all__ = ["history_of_person", "list_history"]
