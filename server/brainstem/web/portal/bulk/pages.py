"""``.../bulk/``: changing many records of a list; ``.../bulk/{change}/``: the look at a change, and doing it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from brainstem.api.writing import EVENT
from brainstem.core.errors import BrainstemError, Missing
from brainstem.web.notices import tell

from .. import words
from ..selection import Stopped, list_asked, matching, selection_of, stopped_page
from ..where import Where, page
from . import doing, looking
from .change import Deletion
from .choosing import again, choosing
from .kept import STEP, Kept, found
from .offers import changeable

DO, AT, SURE = "_do", "_at", "_sure"
APPLY, LEAVE, AGAIN = "apply", "leave", "again"
METHODS = ("GET", "HEAD", "POST")


@page
def bulk(where: Where) -> HttpResponse:
    """What is to be changed of selected records; without a selection, of all that the list shows."""
    if not changeable(where):
        raise Missing
    if where.request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    asked = list_asked(where)
    try:
        is_form = where.request.method == "POST"
        selection = selection_of(where, asked) if is_form else matching(where, asked)
        if not selection.count:
            raise Stopped("Nothing is selected", "No rows match. Remove a filter of the list first.")
        answer = choosing(where, asked, selection)
    except Stopped as stopped:
        return stopped_page(where, asked, stopped)
    return HttpResponseRedirect(_url(where, answer), status=303) if isinstance(answer, Kept) else answer


@page
def bulk_change(where: Where, change_id: str) -> HttpResponse:
    """A change with what it does; sent as a form, its next step is done."""
    if not where.writes:
        raise Missing
    if where.request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    kept = found(where, change_id)
    if where.request.method != "POST":
        return _shown(where, kept)
    try:
        return _done(where, kept, where.request.POST.get(DO, ""))
    except Stopped as stopped:
        return _shown(where, kept, problems=(stopped.text,), status=stopped.status)
    except Missing:
        raise
    except BrainstemError as error:
        return _shown(where, kept, problems=tuple(doing.texts_of(error)), status=409)


def _done(where: Where, kept: Kept, do: str) -> HttpResponse:
    if do == AGAIN:
        return HttpResponseRedirect(_url(where, again(where, kept)), status=303)
    if do == LEAVE and kept.refused:
        kept = doing.without(kept)
    at = where.request.POST.get(AT, "")
    if not at.isdecimal():
        return _shown(where, kept)
    if problem := _not_sure(where, kept):
        return _shown(where, kept, problems=(problem,), status=422)
    done = doing.step(where, kept, int(at))
    if done.kept.refused or done.kept.problem:
        return _shown(where, done.kept, status=409)
    if not done.kept.in_steps and done.kept.is_over:
        return _told(where, done)
    # The script of the page goes on from there by itself; it does not when somebody merely opens the page.
    return HttpResponseRedirect(f"{_url(where, done.kept)}#go-on", status=303)


def _not_sure(where: Where, kept: Kept) -> str:
    """What to type before many records are deleted."""
    if kept.has_begun or not isinstance(kept.change(where), Deletion):
        return ""
    typed = where.request.POST.get(SURE, "").replace(",", "").strip()
    return "" if typed == str(len(kept.rows)) else f"Type {len(kept.rows)} to delete {_counted(where, kept)}."


def _told(where: Where, done: doing.Done) -> HttpResponse:
    """Back to the list, with what was done."""
    kept, last = done.kept, done.kept.steps[-1]
    back = f"{where.list_path}?{kept.query}" if kept.query else where.list_path
    response = HttpResponseRedirect(back, status=303)
    if not done.did:
        messages.info(where.request, "This was done already.")
        return response
    text = f"{kept.title}: {words.counted(where.spec, last.changed)} changed."
    if last.event:
        response.headers[EVENT] = last.event
    tell(where.request, text, last.event, portal=where.portal, onward=back)
    return response


# -- the page ----------------------------------------------------------------------------------------------------------


def _shown(where: Where, kept: Kept, *, problems: tuple[str, ...] = (), status: int = 200) -> HttpResponse:
    change = None if kept.is_over else kept.change(where)
    number, changing, same = kept.looked
    left = len(kept.rows) - kept.done
    refused = [(key, text) for key, text in kept.refused if key not in kept.left_out]
    context = {
        "where": where,
        "models": words.models_name(where.spec),
        "title": kept.title,
        "what": _counted(where, kept),
        "kept": kept,
        "total": len(kept.rows),
        "left": left,
        "next": min(STEP, left),
        "changing": changing,
        "same": same,
        "looked_at": number,
        "sights": looking.sights(where, kept, change) if change is not None else (),
        "refused": looking.named_refusals(where, kept),
        "refused_count": len(refused),
        "more_refused": max(0, len(refused) - looking.SHOWN),
        "problems": [*problems, *([kept.problem] if kept.problem else [])],
        "deletes": isinstance(change, Deletion),
        "back": f"{where.list_path}?{kept.query}" if kept.query else where.list_path,
        "url": _url(where, kept),
    }
    return render(where.request, "portal/bulk/change.html", context, status=status)


def _url(where: Where, kept: Kept) -> str:
    return f"{where.list_path}bulk/{kept.one.pk}/"


def _counted(where: Where, kept: Kept) -> str:
    return words.counted(where.spec, len(kept.rows))


__all__ = ["bulk", "bulk_change"]
