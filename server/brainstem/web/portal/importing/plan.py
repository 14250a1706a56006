"""The page of an import: its plan, row by row, with everything that is done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from brainstem.api import imports
from brainstem.apps.users import import_reviews
from brainstem.core.imports.steps import ACTIONS, CHANGED, CREATED, WRONG, Plan
from brainstem.core.text.numbers import whole_of
from brainstem.web import formats

from .. import words, zone
from ..chips import Link
from ..where import answered, viewer_in
from . import doing
from .groups import Group, groups_of
from .lines import MARKS, Part, part_of, rows_of
from .opened import HOME, Opened, opened
from .refused import Refused

PER = 50
AUTOMATIC = 500  # rows of a plan that is made again as soon as a cell is left
ALL = "all"


@dataclass(frozen=True)
class Asked:
    """Which rows an address asks for."""

    show: str = ""
    page: int = 1
    edit: str = ""

    @classmethod
    def of(cls, request: HttpRequest, counts: Mapping[str, int]) -> Asked:
        """From the query string; at first, what is wrong."""
        show = request.GET.get("show", "")
        if show not in (*ACTIONS, ALL):
            show = WRONG if counts.get(WRONG) else ALL
        page = whole_of(request.GET.get("page", ""), below=2**31) or 1
        return cls(show, max(1, page), request.GET.get("edit", "")[:40])

    @property
    def action(self) -> str:
        """What the rows do; empty for all."""
        return "" if self.show == ALL else self.show

    def at(self, **changed: object) -> str:
        """The query string of other rows."""
        return "?" + urlencode({"show": self.show, **({"page": self.page} if self.page > 1 else {}), **changed})


@dataclass(frozen=True)
class Rows:
    """The rows of a page, and the links to the others."""

    parts: list[Part]
    first: int
    last: int
    count: int
    before: str
    after: str


@dataclass(frozen=True)
class Progress:
    """How far a worker has got."""

    is_planning: bool
    done: int
    total: int
    has_worker: bool


@dataclass
class Page:
    """Everything that the template needs besides the import itself."""

    asked: Asked
    tabs: list[Link]
    rows: Rows
    groups: list[Group]
    more_groups: int
    written: list[str]
    problems: list[str]
    refused: Refused
    reviews: Sequence[object] = ()
    progress: Progress | None = None
    unknown: int = 0


def plan_page(request: HttpRequest, import_id: str) -> HttpResponse:
    """A plan; sent as a form, what is done with it."""
    return answered(request, lambda: _page(request, import_id))


def _page(request: HttpRequest, import_id: str) -> HttpResponse:
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    viewer = viewer_in(request, "private")
    one = opened(request, viewer, import_id)
    if request.method != "POST":
        return shown(one, _last_refusal(one))
    asked = Asked.of(request, one.summary.get("counts", {}))
    done = doing.done(one, onward=one.url + asked.at())
    if isinstance(done, HttpResponse):
        return done
    return shown(opened(request, viewer, import_id), done)


def _last_refusal(one: Opened) -> Refused:
    """Why the last attempt of a worker to write it has written nothing."""
    told = orjson.loads(getattr(one.one, "refusal", "") or "null")
    return Refused.moved(told) if isinstance(told, dict) and one.is_mine and not one.is_done else Refused()


def shown(one: Opened, refused: Refused) -> HttpResponse:
    """The page, with what was refused."""
    counts = one.summary.get("counts", {})
    asked = Asked.of(one.request, counts)
    plan = Plan([]) if one.is_working else one.plan
    groups, more = groups_of(one, plan)
    page = Page(
        asked,
        _tabs(one, asked, counts),
        _rows(one, plan, asked, refused),
        groups,
        more,
        _written(plan),
        refused.problems,
        refused,
        import_reviews.of_import(one.one) if one.is_mine else (),
        _progress(one) if one.is_working else None,
        sum("problem" in column for sheet in one.summary.get("sheets", ()) for column in sheet["columns"]),
    )
    context = {
        "portal": "private", "one": one, "page": page, "home": HOME, "counts": counts,
        "ready": bool(one.summary.get("ready")) and not one.is_working,
        "total": sum(counts.values()), "query": asked.at(),
        "rows_to_write": counts.get(CREATED, 0) + counts.get(CHANGED, 0),
        "ago": zone.ago(one.one.updated_at.isoformat()),
        "automatic": sum(counts.values()) <= AUTOMATIC,
        "longest": import_reviews.LONGEST,
    }  # fmt: skip
    return render(one.request, "portal/importing/plan.html", context, status=refused.status)


def _tabs(one: Opened, asked: Asked, counts: Mapping[str, int]) -> list[Link]:
    links = [("All rows", ALL, sum(counts.values()))]
    links += [(MARKS[action][2], action, counts.get(action, 0)) for action in ACTIONS]
    return [
        Link(
            label,
            f"{one.url}?{urlencode({'show': show})}",
            current=show == asked.show,
            number=formats.count(number),
        )
        for label, show, number in links
    ]


def _rows(one: Opened, plan: Plan, asked: Asked, refused: Refused) -> Rows:
    found = rows_of(plan, asked.action)
    last_page = max(1, -(-len(found) // PER))
    page = min(asked.page, last_page)
    first = (page - 1) * PER
    labels = {
        table.number: {column["field"]: column["label"] for column in sheet["columns"] if "field" in column}
        for table, sheet in zip(plan.tables, one.summary.get("sheets", ()), strict=False)
    }
    parts = part_of(
        found[first : first + PER], labels, one.viewer,
        corrects=one.may_correct, is_mine=one.is_mine, edit=asked.edit, sent=refused.sent,
    )  # fmt: skip
    return Rows(
        parts, first + 1 if found else 0, min(first + PER, len(found)), len(found),
        one.url + asked.at(page=page - 1) if page > 1 else "",
        one.url + asked.at(page=page + 1) if page < last_page else "",
    )  # fmt: skip


def _written(plan: Plan) -> list[str]:
    """What committing writes, in words: "12 subjects created", "3 subjects changed"."""
    found: dict[tuple[str, str, str], int] = {}
    for table in plan.tables:
        for step in table.steps:
            if step.action in (CREATED, CHANGED):
                spec = table.spec
                key = (words.model_name(spec), words.models_name(spec).lower(), step.action)
                found[key] = found.get(key, 0) + 1
    return [f"{formats.count(n)} {one if n == 1 else many} {action}" for (one, many, action), n in found.items()]


def _progress(one: Opened) -> Progress:
    facts = imports.facts_of(one.one)
    done, total = int(facts.get("done") or 0), int(facts.get("total") or 0)
    return Progress(one.one.state == "planning", done, total, facts.get("worker") is not False)


__all__ = ["plan_page", "shown"]
