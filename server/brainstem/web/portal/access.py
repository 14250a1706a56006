"""Who sees a record and why: the people, and the roles that give them access. For those who manage it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from brainstem.core.errors import Missing
from brainstem.core.sharing.explain import explain

from . import words
from .gathering import Gathering
from .record import fetched
from .rows import named_elsewhere, title_of
from .where import Where, page


@page
def access(where: Where, record_id: str) -> HttpResponse:
    """The people who see a record, each with the ways in which they do."""
    if not where.writes:
        raise Missing
    pk = where.parse_id(record_id)
    told: Mapping[str, Any] = explain(where.spec, pk, viewer=where.viewer)
    found = fetched(where.spec, pk, where.viewer, base=where.base)
    gathering = Gathering(where.viewer)
    if named_elsewhere(where.spec):
        gathering.name(where.spec, [pk])
    gathering.run()
    context = {
        "where": where,
        "title": title_of(where.spec, found, gathering),
        "model": words.model_name(where.spec),
        "models": words.models_name(where.spec),
        "url": where.record_path(pk),
        "told": told,
        "people": [
            {"name": one["name"] or one["email"], "email": one["email"], "role": words.sentence(str(one["role"])),
             "url": f"/{where.portal}/users/user/{one['user']}/", "ways": [_way(path) for path in one["paths"]]}
            for one in told["people"]
        ],
    }  # fmt: skip
    return render(where.request, "portal/access.html", context)


def _way(path: Mapping[str, Any]) -> str:
    """One reason as a sentence: "Contributor of Theta maze, through the group Imaging"."""
    holders = [
        value for name, value in path.items() if name not in ("via", "role", "group") and isinstance(value, Mapping)
    ]
    text = words.sentence(str(path["role"]))
    if path["via"] == "author":
        return "Proposed it"
    if holders:
        text += f" of {holders[0]['name']}"
    group = path.get("group")
    return f"{text}, through the group {group['name']}" if isinstance(group, Mapping) else text


__all__ = ["access"]
