"""The search page: models by name, and projects, subjects and sessions by the words in them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from brainstem.core.errors import QueryError
from brainstem.core.model.registry import Spec, specs
from brainstem.web.reading import page_of, plain
from brainstem.web.shell import PRIVATE, PUBLIC, Entry, label_of, sections

RECORDS = ("stem.Project", "stem.Subject", "stem.Session")
SHOWN = 8
LONGEST = 200


@dataclass(frozen=True)
class Hit:
    """One record that was found."""

    name: str
    url: str
    about: str


@dataclass(frozen=True)
class Found:
    """The results of one model: the first records, the number of all, and a link to all."""

    label: str
    hits: list[Hit]
    count: int
    url: str


def search(request: HttpRequest) -> HttpResponse:
    """The results for ``q``: a fragment for htmx, otherwise the whole page."""
    words = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:LONGEST]
    portal = PRIVATE if request.user.is_authenticated and request.GET.get("portal") != PUBLIC else PUBLIC
    context = {"words": words, "portal": portal, "models": models(words, portal), "found": []}
    if words:
        context["found"] = [one for label in RECORDS if (one := records(specs()[label], request, portal, words)).count]
    part = "results" if _wants_fragment(request) else "page"
    response = render(request, f"brainstem/search/{part}.html", context)
    response.headers["Vary"] = "HX-Request, Cookie"  # a browser must not take the fragment for the page
    return response


def _wants_fragment(request: HttpRequest) -> bool:
    # Going back in the browser needs the whole page.
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def models(words: str, portal: str) -> list[Entry]:
    """Models whose names have a word starting with each of the words."""
    wanted = words.lower().split()
    entries = [entry for section in sections(portal) for entry in section.entries]
    return [entry for entry in entries if wanted and all(_begins(word, entry.label) for word in wanted)]


def _begins(word: str, label: str) -> bool:
    return any(part.startswith(word) for part in label.lower().split())


def records(spec: Spec, request: HttpRequest, portal: str, words: str) -> Found:
    """Records of a model that the caller sees and whose texts contain all the words."""
    where = f"/{portal}/{spec.app}/{spec.segment}/"
    try:
        rows, count = page_of(spec, request, portal, search=words, limit=str(SHOWN))
    except QueryError:
        rows, count = [], 0
    hits = [Hit(row["name"], f"{where}{row['id']}/", plain(row.get("description"))) for row in rows]
    return Found(label_of(spec), hits, count, f"{where}?{urlencode({'search': words})}")
