"""The page on which the owner of a plan asks others to look at it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from brainstem.apps.users import import_reviews
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import BrainstemError, Conflict, Invalid
from brainstem.core.model.registry import user_spec
from brainstem.core.models import ImportReview
from brainstem.core.sharing.grants import people_by_email
from brainstem.core.text.addresses import plain_address
from brainstem.core.text.numbers import whole_of

from ..sending import refuse_unknown
from ..where import answered, viewer_in
from .opened import Opened, own
from .refused import Refused

FIELDS = ("_do", "person", "note", "review")
MOST_OFFERED = 200
ASK, WITHDRAW = "ask", "withdraw"
STATES = {
    ImportReview.WAITING: ("clock", "attention", "Has not answered yet"),
    ImportReview.FINE: ("ok", "ok", "Says it is fine"),
    ImportReview.REVISE: ("attention", "limit", "Asks for changes"),
}


def share(request: HttpRequest, import_id: str) -> HttpResponse:
    """Who was asked to review a plan; sent as a form, somebody is asked, or no longer."""
    return answered(request, lambda: _page(request, import_id))


def _page(request: HttpRequest, import_id: str) -> HttpResponse:
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    one = own(request, viewer_in(request, "private"), import_id)
    if request.method != "POST":
        return _shown(one, Refused())
    refuse_unknown(request.POST, FIELDS)
    try:
        said = _done(one)
    except BrainstemError as error:
        return _shown(one, Refused.of(error, request.POST.dict()))
    messages.success(request, said)
    return HttpResponseRedirect(f"{one.url}review/", status=303)


def _done(one: Opened) -> str:
    sent = one.request.POST
    if sent.get("_do") == WITHDRAW:
        import_reviews.withdraw(one.one, whole_of(sent.get("review", ""), below=2**63) or 0)
        return "They are no longer asked, and do not see the plan any more."
    if sent.get("_do") != ASK:
        raise Invalid.at("_do", f"Expected {ASK} or {WITHDRAW}.")
    if one.is_done:
        raise Conflict("This import is done, so there is nothing to review any more.")
    person = _person(sent.get("person", ""), one.viewer)
    import_reviews.ask(one.one, person.pk, note=sent.get("note", "").strip())
    return f"{person.get_full_name() or person.email} is asked to review it, and finds it in the inbox."


def _person(text: str, viewer: Viewer) -> Any:
    """Somebody by a full email address, or by a name among those whom one sees.

    Raises
    ------
    Invalid
        If there is nobody, or several are called so.
    """
    text = " ".join(text.replace("\x00", " ").split())
    if not text:
        raise Invalid.at("person", "Type an email address or a full name.")
    if "@" in text:
        found = people_by_email([text]).get(plain_address(text))
        if found is None or not found.is_active:
            raise Invalid.at("person", "Nobody with this email address has an account.")
        return found
    people = viewer.rows(user_spec()).annotate(whole=Concat(F("first_name"), Value(" "), F("last_name")))
    rows = list(people.filter(whole__iexact=text, is_active=True).order_by("pk")[:2])
    if len(rows) != 1:
        why = "Several people are called so." if rows else "Nobody whom you see is called so."
        raise Invalid.at("person", f"{why} Type the email address.")
    return rows[0]


def _shown(one: Opened, refused: Refused) -> HttpResponse:
    rows = viewer_names(one.viewer)
    reviews = [(review, *STATES[review.answer]) for review in import_reviews.of_import(one.one)]
    context = {
        "portal": "private", "one": one, "reviews": reviews, "people": rows, "refused": refused,
        "longest": import_reviews.LONGEST,
    }  # fmt: skip
    return render(one.request, "portal/importing/review.html", context, status=refused.status)


def viewer_names(viewer: Viewer) -> list[str]:
    """Names of the people whom somebody sees, to choose from."""
    people = viewer.rows(user_spec()).filter(is_active=True).exclude(pk=viewer.actor.user_id)
    names = people.order_by("last_name", "first_name", "pk").values_list("first_name", "last_name")[:MOST_OFFERED]
    return list(dict.fromkeys(f"{first} {last}".strip() for first, last in names if first or last))


__all__ = ["share"]
