"""The list of a model: chips for its conditions, a table of its records, and what to do next where there are none."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from brainstem.core.errors import QueryError
from brainstem.core.model.registry import project_spec
from brainstem.core.query.beside import Groups, Total, total_of
from brainstem.core.text.shown import shown
from brainstem.web import formats

from . import chips, layers, pins, viewing, withheld, words
from .active import ACTIVE
from .address import MORE, Address
from .asking import EVERYTHING, MOST, PER, Asked, asked_in
from .builder import Builder, builder_of, fields_of, finished
from .bulk.offers import changeable, shortcuts
from .chips import Link
from .columns import Column, Values, column_names, column_of
from .exports import FORMATS, available
from .faces import face_of
from .gathering import Gathering
from .grid.pages import editable_as_table
from .importing.kinds import import_url
from .layout import LAYOUT, MOST_PINNED
from .rows import ask, fetch, lines_of, place_class, rows_of
from .selected import acts_of
from .where import Where, page

ALL = "all"
KEPT = frozenset({"sort", ACTIVE, "per", "density", *LAYOUT})  # what removing all filters leaves


@dataclass(frozen=True)
class Head:
    """The head of a column: its words, and the address that sorts by it."""

    column: Column
    url: str
    order: str
    place: str = ""


@dataclass(frozen=True)
class Choice:
    """A column in the chooser, and its width if it has one."""

    key: str
    label: str
    shown: bool
    width: int = 0


@dataclass(frozen=True)
class Pager:
    """Where the rows stand among all that match."""

    first: int
    last: int
    count: int
    before: str = ""
    after: str = ""
    more: str = ""
    rows: str = ""


@page
def listing(where: Where) -> HttpResponse:
    """The list of a model in a portal."""
    address = Address.of(where.list_path, where.request.META.get("QUERY_STRING", ""))
    asked = asked_in(where, address)
    if asked.address.first("_field"):
        asked = withheld.guarded_alone(asked)
    if to := finished(asked):
        return HttpResponseRedirect(to)
    builder = _builder(asked)
    records, count = ([], 0) if asked.problems else _fetched(asked)
    gathering = _gathered(where, asked, records, count)
    asked = withheld.guarded(asked, gathering, found=bool(records))
    context = _context(where, asked, gathering, records, count) | {"builder": builder}
    template = "portal/more.html" if address.first(MORE) and records else "portal/list.html"
    return render(where.request, template, context, status=400 if asked.problems and not asked.outdated else 200)


def _builder(asked: Asked) -> Builder | None:
    try:
        return builder_of(asked)
    except QueryError as error:
        asked.problems["_field"] = " ".join(next(iter(error.errors.values())))
        return None


def _fetched(asked: Asked) -> tuple[list[Values], int]:
    try:
        return fetch(asked.spec, asked.query, asked.columns, viewer=asked.viewer)
    except QueryError as error:
        asked.problems["filter"] = str(error)
        return [], 0


def _gathered(where: Where, asked: Asked, records: list[Values], count: int) -> Gathering:
    gathering = Gathering(where.viewer)
    ask(records, where.spec, asked.columns, gathering)
    chips.ask(asked, gathering)
    withheld.ask(asked, gathering)
    pins.ask(where.request, gathering)
    if asked.is_narrowed:
        gathering.ask(ALL, total_of(where.spec, asked.active))
    if words.type_group(where.spec):
        gathering.ask("types", Groups(where.spec, "type", asked.active))
    if not count and where.spec.in_project_tree and where.portal == "private":
        gathering.ask("projects", Total(project_spec()))
    gathering.run()
    pins.told(where.request, gathering)
    return gathering


def _context(where: Where, asked: Asked, gathering: Gathering, records: list[Values], count: int) -> dict[str, object]:
    spec = where.spec
    total = int((gathering.told(ALL).get("n") or ("0", None, None))[0] or 0) if asked.is_narrowed else count
    found = rows_of(records, spec, asked.columns, gathering)
    return {
        "where": where,
        "asked": asked,
        "face": face_of(spec),
        "title": words.models_name(spec),
        "model": words.model_name(spec),
        "about": (spec.model.__doc__ or "").strip(),
        "heads": [
            replace(_head(asked, column), place=place_class(number, numeric=column.numeric, layout=asked.layout))
            for number, column in enumerate(asked.columns)
        ],
        "name_head": _name_head(asked),
        "rows": lines_of(found, asked.columns, asked.layout, first=(asked.page - 1) * asked.per + 1),
        "name_class": asked.layout.classes(-1),
        "layout": asked.layout,
        "columns_path": f"{where.list_path}columns/",
        "pins": range(MOST_PINNED + 1),
        "count": count,
        "total": total,
        "chips": chips.chips_of(asked, gathering),
        "problems": [(shown(name), text, asked.spelled.without(name).url) for name, text in asked.problems.items()],
        "views": viewing.row_of(where, asked, total),
        "menu": viewing.menu_of(where, asked),
        "density": asked.density,
        "densities": layers.DENSITIES if asked.stored and asked.density else ("", *layers.DENSITIES),
        "pers": sorted({PER, 100, 200, 500, MOST, asked.per}),
        "types": _types(asked, gathering),
        "presets": chips.presets(asked),
        "fields": fields_of(asked),
        "chooser": _chooser(asked),
        "pager": _pager(asked, len(found), count),
        "empty": _empty(where, asked, gathering, count, total) if not found else "",
        "clear": _cleared(asked).url,
        "kept": asked.spelled.without("search").pairs,
        "kept_by_builder": asked.address.without().pairs,
        "api_url": _api_url(where, asked),
        "exports": _exports(where, asked, count),
        "acts": acts_of(where),
        "changeable": changeable(where),
        "shortcuts": shortcuts(where),
        "grid": asked.address.elsewhere(f"{where.list_path}grid/").url if editable_as_table(where) else "",
        "selected_path": f"{where.list_path}selected/",
        "list_query": asked.address.elsewhere("").url,
        "may_add": where.may_add,
        "imports": import_url(spec, where.viewer) if where.portal == "private" and where.writes else "",
    }


def _cleared(asked: Asked) -> Address:
    """Without any filter, in the same view."""
    kept = tuple(one for one in asked.address.pairs if one[0] in KEPT or one == ("view", EVERYTHING))
    if asked.stored is not None:
        kept = (("view", asked.stored.slug), *kept, layers.NO_FILTER)
    return replace(asked.address, pairs=kept)


def _api_url(where: Where, asked: Asked) -> str:
    """The same as a request; empty if that would name what the viewer may not see."""
    if asked.withheld:
        return ""
    path = f"/api/{where.portal}/{where.spec.app}/{where.spec.segment}/"
    return f"{path}?{asked.api_query}" if asked.api_query else path


def _head(asked: Asked, column: Column) -> Head:
    return Head(column, *_sorting(asked, column.key)) if column.sort else Head(column, "", "")


def _sorting(asked: Asked, key: str) -> tuple[str, str]:
    """The address that sorts by a column, the other way where it already does; and its present order."""
    first = asked.sort.split(",")[0]
    order = {key: "ascending", f"-{key}": "descending"}.get(first, "")
    return asked.address.having(sort=f"-{key}" if order == "ascending" else key).url, order


def _name_head(asked: Asked) -> Head | None:
    title = face_of(asked.spec).title
    own = title[0] if title and "." not in title[0] else ""
    column = column_of(asked.spec, own, asked.viewer.view) if own else None
    if column is None:
        return None
    # Names that are made of several values are sorted by the first of them.
    named = column if len(title) == 1 else replace(column, label="Name")
    return Head(named, *_sorting(asked, own))


def _types(asked: Asked, gathering: Gathering) -> list[Link]:
    """The types that there are, most frequent first, as chips above the list."""
    counts = {name: int(texts[0] or 0) for name, texts in gathering.told("types").items()}
    if not counts:
        return []
    labels = words.choices_of(asked.spec, "type")
    found = [Link("All", asked.spelled.without("type").url, not asked.type, formats.count(sum(counts.values())))]
    for name, number in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        url = asked.spelled.having(type=name).url
        found.append(Link(labels.get(name, name), url, asked.type == name, formats.count(number)))
    return found


def _chooser(asked: Asked) -> list[Choice]:
    """The columns shown, in order; then those that can be added."""
    shown_now = [column.key for column in asked.columns]
    found = [Choice(one.key, one.label, True, asked.layout.widths.get(one.key, 0)) for one in asked.columns]
    for name in column_names(asked.spec, asked.viewer.view, type_name=asked.type):
        if name not in shown_now:
            other = column_of(asked.spec, name, asked.viewer.view)
            assert other is not None
            found.append(Choice(name, other.label, False))
    return found


def _pager(asked: Asked, shown_rows: int, count: int) -> Pager:
    first = (asked.page - 1) * asked.per + 1
    last = first + shown_rows - 1
    before = asked.address.at(page=str(asked.page - 1) if asked.page > 2 else "").url if asked.page > 1 else ""
    after = asked.address.at(page=asked.page + 1).url if last < count else ""
    goes_on = bool(asked.address.first(MORE))  # the rows before these are shown as well
    more = rows = ""
    if last < min(count, MOST) and (asked.page == 1 or goes_on):
        more = asked.address.at(page="", per=min(MOST, last + PER)).url + f"#row-{last}"
        if last % PER == 0:
            per = PER if asked.stored is not None else ""
            rows = asked.address.at(page=last // PER + 1, per=per, **{MORE: 1}).url
    if goes_on:
        return Pager(1, last, count, "", after, more, rows)
    return Pager(first, last, count, before, after, more, rows)


def _empty(where: Where, asked: Asked, gathering: Gathering, count: int, total: int) -> str:
    """Which of the empty states it is: "problem", "page", "filtered", "unseen" or "new"."""
    if asked.problems:
        return "problem"
    if count:
        return "page"
    if asked.is_narrowed and (total or asked.active):
        return "filtered"
    projects = gathering.told("projects").get("n")
    if projects is not None and not int(projects[0] or 0):
        return "unseen"
    return "new" if where.portal != "public" else "nothing"


def _exports(where: Where, asked: Asked, count: int) -> list[Link]:
    if not count:
        return []
    found = []
    for name in available():
        path = f"{where.list_path}export/{name}/"
        found.append(Link(FORMATS[name].label, asked.address.elsewhere(path).url))
    return found


__all__ = ["listing"]
