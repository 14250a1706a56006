"""Deleting a record from its page: what would go with it, then the deletion, through the writer of the API."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from brainstem.api.call import Call
from brainstem.api.writing import written
from brainstem.core.errors import Conflict, Invalid, Missing
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, routes
from brainstem.core.write import saving
from brainstem.core.write.deletion_preview import preview_deletion
from brainstem.web.notices import tell

from . import words
from .chips import Link
from .gathering import Gathering
from .record import fetched
from .rows import named_elsewhere, title_of
from .where import Where, page, path_of

SHOWN = 20
# Part of a preview -> what it says.
PARTS = {
    "blocked_by": "It is needed by",
    "deletes": "Deleted with it",
    "detaches": "Taken out of the project, but kept",
    "clears": "Loses a reference to it",
}

Told = Mapping[str, Any]  # what a preview says, as JSON


@dataclass(frozen=True)
class Affected:
    """Records of one model that a deletion concerns: some of them, and how many there are."""

    label: str
    count: int
    links: tuple[Link, ...]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.links)


@dataclass(frozen=True)
class Part:
    """One of the things that a deletion does."""

    name: str
    title: str
    models: tuple[Affected, ...]
    hidden: bool
    reasons: tuple[str, ...] = ()


@page
def delete(where: Where, record_id: str) -> HttpResponse:
    """What deleting a record would do; sent as a form, it does so."""
    if not where.writes or "delete" not in where.spec.resource.verbs:
        raise Missing
    pk = where.parse_id(record_id)
    if where.request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    found = fetched(where.spec, pk, where.viewer, base=where.base)
    gathering = Gathering(where.viewer)
    if named_elsewhere(where.spec):
        gathering.name(where.spec, [pk])
    gathering.run()
    title = title_of(where.spec, found, gathering)
    problem = ""
    if where.request.method == "POST":
        try:
            return _deleted(where, pk, title)
        except (Conflict, Invalid) as error:
            problem = str(error)
    preview: Told = preview_deletion(where.spec, pk, viewer=where.viewer)
    context = {
        "where": where,
        "title": title,
        "model": words.model_name(where.spec),
        "models": words.models_name(where.spec),
        "url": where.record_path(pk),
        "outcome": preview["outcome"],
        "leaves": [one["name"] for one in preview["leaves"]],
        "parts": parts_of(where, preview, [pk]),
        "problem": problem,
    }
    return render(where.request, "portal/delete.html", context, status=409 if problem else 200)


def _deleted(where: Where, pk: RecordId, title: str) -> HttpResponse:
    call = Call(where.request, where.spec, where.viewer, pk)

    def act() -> HttpResponse:
        saving.delete(where.spec, pk, viewer=where.viewer)
        return HttpResponseRedirect(where.list_path, status=303)

    response = saving.delete_ahead(where.spec, pk, partial(written, call, act), viewer=where.viewer)
    tell(where.request, f"{title} was deleted.", response, portal=where.portal, onward=where.record_path(pk))
    return response


def parts_of(where: Where, preview: Told, ids: Collection[object]) -> list[Part]:
    """What a preview says beside the records with these ids, which are deleted themselves; one statement."""
    own = frozenset(map(str, ids))
    gathering = _names(where, preview, own)
    # What is deleted itself is said above the parts; of several, those that are only taken out of a project are not.
    left_out = {name: own if name == "deletes" or preview["outcome"] == "detach" else frozenset() for name in PARTS}
    found = (_part(where, name, preview[name], left_out[name], gathering) for name in PARTS)
    return [part for part in found if part is not None]


def _names(where: Where, preview: Told, own: frozenset[str]) -> Gathering:
    """What the records are called that a preview names; one statement."""
    gathering = Gathering(where.viewer)
    for name in PARTS:
        for told in preview[name]["models"]:
            if (spec := _spec(told)) is not None:
                others = [one["id"] for one in told["records"] if str(one["id"]) not in own]
                gathering.name(spec, others[:SHOWN])
    gathering.run()
    return gathering


def _spec(told: Told) -> Spec | None:
    app, _, segment = str(told["model"]).partition("/")
    return routes().get((app, segment))


def _part(where: Where, name: str, told: Told, own: frozenset[str], gathering: Gathering) -> Part | None:
    models = tuple(one for each in told["models"] if (one := _affected(where, each, own, gathering)) is not None)
    reasons = tuple(str(one) for one in told.get("reasons", ()))
    if not models and not told["hidden"] and not reasons:
        return None
    return Part(name, PARTS[name], models, bool(told["hidden"]), reasons)


def _affected(where: Where, told: Told, own: frozenset[str], gathering: Gathering) -> Affected | None:
    spec = _spec(told)
    records = [one for one in told["records"] if spec is not where.spec or str(one["id"]) not in own]
    count = int(told["count"]) - (len(told["records"]) - len(records))
    if not count:
        return None
    if spec is None:
        return Affected(str(told["model"]), count, tuple(Link(str(one["name"]), "") for one in records[:SHOWN]))
    path = path_of(where.portal, spec)
    links = tuple(
        Link(gathering.caption(spec, one["id"]) or str(one["name"]), f"{path}{one['id']}/") for one in records[:SHOWN]
    )
    return Affected(words.models_name(spec), count, links)


__all__ = ["delete", "parts_of"]
