"""Who sees a record and why: a sentence for each person. For those who manage it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from brainstem.core.errors import Missing
from brainstem.core.sharing.explain import explain
from brainstem.core.text.addresses import plain_address

from . import words
from .gathering import Gathering
from .reasons import Way, sentence_of
from .record import fetched
from .rows import named_elsewhere, title_of
from .where import Where, page

LONGEST = 254  # of an address


@dataclass(frozen=True)
class Person:
    """Somebody who sees the record, and why."""

    id: str
    name: str
    email: str
    role: str
    url: str
    sentence: str


@page
def access(where: Where, record_id: str) -> HttpResponse:
    """The people who see a record, each with the reason; ``?person=`` asks for one by email address or id."""
    if not where.writes:
        raise Missing
    pk = where.parse_id(record_id)
    if where.request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET"])
    told: Way = explain(where.spec, pk, viewer=where.viewer)
    found = fetched(where.spec, pk, where.viewer, base=where.base)
    gathering = Gathering(where.viewer)
    if named_elsewhere(where.spec):
        gathering.name(where.spec, [pk])
    gathering.run()
    people = [_person(where, one) for one in told["people"]]
    asked = where.request.GET.get("person", "").strip()[:LONGEST]
    context = {
        "where": where,
        "title": title_of(where.spec, found, gathering),
        "model": words.model_name(where.spec),
        "models": words.models_name(where.spec),
        "url": where.record_path(pk),
        "told": told,
        "people": people,
        "asked": asked,
        "can_manage": where.spec.tree.holds_roles,
        "answer": _answer(asked, people) if asked else None,
    }
    return render(where.request, "portal/access.html", context)


def _person(where: Where, told: Way) -> Person:
    name = str(told["name"] or told["email"])
    return Person(
        str(told["user"]),
        name,
        str(told["email"]),
        words.sentence(str(told["role"])),
        f"/{where.portal}/users/user/{told['user']}/",
        sentence_of(name, told["paths"], where.spec),
    )


def _answer(asked: str, people: list[Person]) -> Person | None:
    """The person who is asked about; None if no role that the viewer may know of lets them see the record."""
    return next((one for one in people if asked in (one.id, one.name) or plain_address(asked) == one.email), None)


__all__ = ["access"]
