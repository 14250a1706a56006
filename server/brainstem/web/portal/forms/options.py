"""``/{portal}/{app}/{model}/options/``: records to choose from in one control of a form, as a fragment of a page.

``GET ?field=strain&search=black&species=...`` finds by words, ``POST`` with ``names`` finds many by their whole names
at once. Both ask as ``options/`` of the API does, narrowed by what was chosen before; ``all=true`` lifts that.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from brainstem.core.errors import UnknownName
from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.choices import context_of, contexts
from brainstem.core.text.shown import shown
from brainstem.core.text.words import nearest

from ..faces import face_of
from . import offers
from .description import form_of, selectors
from .doors import Door, to_choose
from .nodes import Group, Node, Rows
from .offers import Pick
from .pickers import LONGEST_SEARCH, Pickers
from .relations import Many, One
from .resolving import resolved
from .views import page_of_forms

ITSELF = "id"  # asks for the records of the model themselves, such as the cohort that selected subjects are added to
OWN = ("field", "search", "all", "names", "csrfmiddlewaretoken")


@page_of_forms
def options(request: HttpRequest, portal: str, app: str, model: str) -> HttpResponse:
    """What one control offers: what was searched for, or what has one of these names."""
    door = to_choose(request, portal, app, model)
    sent = request.POST if request.method == "POST" else request.GET
    asked = _asked(door, sent)
    if request.method == "POST":
        answer = {"resolved": resolved(asked, sent.get("names", ""))}
        return _fragment(request, "portal/forms/resolved.html", answer)
    found = offers.found(asked, sent.get("search", "")[:LONGEST_SEARCH])
    return _fragment(request, "portal/forms/options.html", {"found": found, "italic": face_of(asked.target).italic})


def _fragment(request: HttpRequest, template: str, context: Mapping[str, object]) -> HttpResponse:
    response = render(request, template, context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _asked(door: Door, sent: Mapping[str, str]) -> Pick:
    """What is asked for.

    Raises
    ------
    UnknownName
        For a field that is chosen in no form of the model, and for parameters that mean nothing here.
    """
    spec, name = door.spec, sent.get("field", "")
    known = {*OWN, *contexts(spec), *selectors(spec)}
    for one in sent:
        if one not in known:
            raise UnknownName.at(one, f"There is no parameter {shown(one)}.{nearest(one, known)}")
    given = {one: text.replace("\x00", " ") for one, text in sent.items() if one not in OWN and text}
    lifted = frozenset({name} if sent.get("all") else ())
    pickers = Pickers(spec, door.viewer, settings.BRAINSTEM_URL, given, lifted=lifted)
    fields = _fields(spec, given)
    if name in fields:
        return Pick(door, pickers, name, specs()[fields[name]])
    if name == ITSELF and "change" in spec.resource.verbs:
        return Pick(door, pickers, name, spec)
    if (target := _narrowing(pickers, name)) is not None:
        return Pick(door, pickers, name, target)
    raise UnknownName.at("field", f"No records are chosen for {shown(name)}.{nearest(name, fields)}")


def _fields(spec: Spec, given: Mapping[str, str]) -> dict[str, str]:
    """The controls in which records are chosen -> label of their model."""
    found: dict[str, str] = {}
    for node in form_of(spec, given, zone="UTC").nodes:
        _collect(node, node.key, found)
    return found


def _collect(node: Node, name: str, found: dict[str, str]) -> None:
    if isinstance(node, One | Many):
        found[name] = node.target
    parts = node.parts if isinstance(node, Group) else node.row.parts if isinstance(node, Rows) else ()
    for part in parts:
        _collect(part, f"{name}.{part.key}", found)


def _narrowing(pickers: Pickers, name: str) -> Spec | None:
    """The records of a select that narrows another one."""
    for field in pickers.spec.relations:
        if pickers.spec.writable(field) and name in pickers.narrowing(field):
            leaf = context_of(pickers.spec, field, name)
            if leaf is not None and leaf.relation is not None:
                return specs()[leaf.relation.target]
    return None


__all__ = ["ITSELF", "options"]
