"""The address of a list -> the query of the API that it stands for, and what in it cannot be understood.

Conditions are named as fields (``?sex=F``, ``?date_time.gte=2026-01-01``); ``filter{...}`` is understood too. They go
through the same corridor as those of the API, so names, operators, scopes and errors are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from urllib.parse import urlencode

from django.db import connection

from brainstem.apps.users.list_models import DEFAULT
from brainstem.apps.users.signed_in import Saved, active_projects, kept, kept_columns, saved_views
from brainstem.apps.users.time_zones import UTC
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import QueryError
from brainstem.core.model.registry import Spec
from brainstem.core.query.names import Condition
from brainstem.core.query.plan import plan
from brainstem.core.query.syntax import Filter, Query, Sort, parse
from brainstem.core.query.values import parameters
from brainstem.core.sql.dialect import DIALECTS
from brainstem.core.text.numbers import whole_of
from brainstem.core.text.shown import shown
from brainstem.core.text.words import nearest
from brainstem.web import formats

from . import layers, words
from .active import ACTIVE, OFF, active_filter
from .address import PLACE, STEPS, Address, Pairs
from .columns import Column, column_names, column_of
from .days import in_zone
from .faces import face_of
from .layout import LAYOUT, Layout, layout_of
from .where import Where
from .zone import zone_for

PER, MOST = 50, 1000
MOST_COLUMNS = 30
PARAMETERS = frozenset({"search", "sort", "view", "as", "per", "density", ACTIVE, *LAYOUT}) | PLACE | STEPS
MINE = "mine"
EVERYTHING = "all"  # the view that is none, for those whose list opens with one
NOTHING_KEPT: Mapping[str, object] = MappingProxyType({})
_FILTER = re.compile(r"filter\{(-?)([^{}]*)\}")


@dataclass(frozen=True)
class Asked:
    """What the address of a list asks for.

    Attributes
    ----------
    query : Query
        For the corridor, without what cannot be understood; its moments are in UTC.
    filters : tuple
        The filters of the query as they were written.
    pairs : tuple
        The parameter that each filter was written as; those of a view have none.
    problems : dict
        Parameter -> what is wrong with it. While there are any, no rows are shown.
    stored : Saved
        The saved view that the address names; None if it names another one, or none.
    inherited : bool
        Whether the filter is that of the saved view.
    outdated : bool
        Whether what is wrong is wrong in the saved view.
    spelled : Address
        The address with the filter of its view written out, as links need it that change the filter.
    changed : tuple of str
        The layers that the address says differently from the saved view.
    withheld : dict
        Conditions of a saved view that name what the viewer may not see -> those of their values that may be shown.
    opens_with : str
        The view that the list opens with when its address says nothing.
    """

    spec: Spec
    viewer: Viewer
    address: Address
    query: Query
    filters: tuple[Filter, ...]
    pairs: tuple[tuple[str, str] | None, ...]
    conditions: tuple[Condition, ...]
    columns: tuple[Column, ...]
    layout: Layout
    active: Filter | None
    page: int
    per: int
    view: str
    sort: str
    type: str
    problems: dict[str, str]
    density: str = ""
    stored: Saved | None = None
    inherited: bool = False
    outdated: bool = False
    spelled: Address = field(default_factory=lambda: Address(""))
    changed: tuple[str, ...] = ()
    withheld: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    opens_with: str = ""

    @property
    def words(self) -> str:
        """The words that the list is searched for, if they may be shown."""
        return "" if any(name == "search" for name, _ in self.withheld) else " ".join(self.query.search)

    @property
    def plain(self) -> Address:
        """The list without a view, filter or columns."""
        return Address(self.address.path, (("view", EVERYTHING),) if self.opens_with else ())

    @property
    def is_narrowed(self) -> bool:
        """Whether not all records are asked for."""
        return bool(self.query.filters or self.query.search)

    @property
    def api_query(self) -> str:
        """The same as a query string of the API."""
        pairs = [(one.written, one.value) for one in self.query.filters]
        if self.query.search:
            pairs.append(("search", " ".join(self.query.search)))
        pairs += [("sort[]", one.written) for one in self.query.sorts]
        return urlencode(pairs)


def asked_in(where: Where, address: Address | None = None) -> Asked:
    """Read the address of a list for who looks: with the columns that they keep, and their active projects."""
    address = address or Address.of(where.list_path, where.request.META.get("QUERY_STRING", ""))
    user, label, keeps = where.request.user, where.spec.label, where.portal != "public"
    views = saved_views(user, label) if keeps else []
    opens_with = str((kept(user, DEFAULT, label) or {}).get("view", "")) if keeps else ""
    if opens_with not in {one.slug for one in views} | dict(views_of(where.spec, where.viewer)).keys():
        opens_with = ""
    if opens_with and not address.first("view"):
        view = ("view", EVERYTHING if address.pairs else opens_with)
        address = replace(address, pairs=(view, *address.pairs))
    asked = asked_of(
        where.spec,
        where.viewer,
        address,
        zone=zone_for(where.request),
        active=active_projects(user) if where.portal == "private" else (),
        layout_kept=kept_columns(user, label) if keeps else {},
        views=views,
    )
    return replace(asked, opens_with=opens_with)


def asked_of(
    spec: Spec,
    viewer: Viewer,
    address: Address,
    *,
    zone: str = UTC,
    active: Sequence[str] = (),
    layout_kept: Mapping[str, object] = NOTHING_KEPT,
    views: Sequence[Saved] = (),
) -> Asked:
    """Read the address of a list.

    Parameters
    ----------
    zone
        That of days and times for which the address names none.
    active
        Ids of the projects that the person works on, which the list is limited to unless the address says otherwise.
    layout_kept
        The columns that the person keeps for this list.
    views
        The saved views of this list that the person sees.
    """
    problems: dict[str, str] = {}
    view = address.first("view")
    stored = next((one for one in views if one.slug == view), None)
    base: Pairs = Address.of(address.path, stored.query).pairs if stored is not None else ()
    inherited = stored is not None and layers.FILTER not in layers.said(address.pairs)
    whole = replace(address, pairs=layers.merged(address.pairs, base)) if stored is not None else address
    written = [pair for pair in whole.pairs if pair[0] not in PARAMETERS]
    filters: list[tuple[Filter, tuple[str, str] | None]] = []
    for pair in written:
        try:
            filters += [(one, pair) for one in parse(urlencode({_as_filter(pair[0]): pair[1]})).filters]
        except QueryError as error:
            problems[pair[0]] = " ".join(next(iter(error.errors.values())))
    limit = active_filter(spec, active) if whole.first(ACTIVE) != OFF else None
    if limit is not None and any(one.path[: len(limit.path) - 1] == limit.path[:-1] for one, _ in filters):
        limit = None
    filters += [(limit, None)] if limit is not None else []
    if stored is None:
        filters += [(one, None) for one in _of_view(spec, viewer, view, problems)]
    sort = whole.first("sort")
    query = Query(
        search=tuple(whole.first("search").split()[:10]),
        sorts=tuple(sorts_of(spec, viewer, sort or face_of(spec).sort)),
    )
    understood = _understood(spec, viewer, query, filters, problems)
    if inherited:
        problems = _gone(spec, problems, understood)
    outdated = inherited and bool(problems)
    page, per = _number(address, "page", 1, 2**31, problems), _number(whole, "per", PER, MOST, problems)
    query = replace(query, filters=tuple(one for one, _ in understood), limit=per, offset=(page - 1) * per)
    if _wrong_sort(spec, viewer, query, problems):
        if stored is not None and not address.first("sort"):  # what it sorted by is gone
            del problems["sort"]
            sort = ""
        query = replace(query, sorts=tuple(sorts_of(spec, viewer, face_of(spec).sort)) if not sort else ())
    conditions = tuple(group[0] for group in plan(query, spec, viewer.view.way_in.hides).conditions)
    said = query.filters
    in_utc = tuple(in_zone(one, about, zone) for one, about in zip(said, conditions, strict=True))
    query = replace(query, filters=in_utc)
    layout = layout_of(whole, layout_kept, problems)
    columns = _columns(spec, viewer, address, layout, problems)
    density = _density(whole, problems)
    type_name = next((one.value for one in query.filters if one.path == ("type",) and not one.negated), "")
    return Asked(
        spec=spec,
        viewer=viewer,
        address=address,
        query=query,
        filters=said,
        pairs=tuple(pair for _, pair in understood),
        conditions=conditions,
        columns=columns,
        layout=replace(layout, columns=tuple(column.key for column in columns)),
        active=limit,
        page=page,
        per=per,
        view=view,
        sort=sort or face_of(spec).sort,
        type=type_name,
        problems=problems,
        density=density,
        stored=stored,
        inherited=inherited,
        outdated=outdated,
        spelled=replace(address, pairs=layers.spelled(address.pairs, base)) if stored is not None else address,
        changed=layers.changed(address.pairs, base) if stored is not None else (),
    )


def _as_filter(name: str) -> str:
    return name if _FILTER.fullmatch(name) else f"filter{{{name}}}"


def _understood(
    spec: Spec,
    viewer: Viewer,
    query: Query,
    filters: list[tuple[Filter, tuple[str, str] | None]],
    problems: dict[str, str],
) -> list[tuple[Filter, tuple[str, str] | None]]:
    """The filters that can be asked; the others become problems, each under the name that it was written with."""
    settled = [one for one, _ in filters if one.path[-1] in ("type", "coordinates_system")]
    kept = []
    for one, pair in filters:
        others = tuple(other for other in settled if other is not one)
        try:
            for condition in plan(
                replace(query, filters=(one, *others), sorts=()), spec, viewer.view.way_in.hides
            ).conditions[0]:
                parameters(condition.leaf, condition.operator, one.value, one.written, DIALECTS[connection.vendor])
        except QueryError as error:
            problems[pair[0] if pair else "view"] = " ".join(next(iter(error.errors.values())))
            continue
        kept.append((one, pair))
    return kept


def _gone(
    spec: Spec, problems: Mapping[str, str], filters: Sequence[tuple[Filter, tuple[str, str] | None]]
) -> dict[str, str]:
    """What of a saved view's filter cannot be asked any more, by its names alone: values may name what is hidden."""
    models = words.models_name(spec).lower()
    found = dict.fromkeys(problems, f"{models} have no such field any more, or no such values of it.")
    types = words.choices_of(spec, "type")
    for one, pair in filters:
        if pair is not None and one.path[0] == "type" and types and {*one.value.split(",")} - types.keys():
            found[pair[0]] = f"there is no such type of {models} any more."
    return found


def _density(address: Address, problems: dict[str, str]) -> str:
    text = address.first("density")
    if text and text not in layers.DENSITIES:
        problems["density"] = f"Expected {' or '.join(layers.DENSITIES)}, got {shown(text)}."
        return ""
    return text


def _of_view(spec: Spec, viewer: Viewer, name: str, problems: dict[str, str]) -> Iterator[Filter]:
    if name in ("", EVERYTHING):
        return
    known = dict(views_of(spec, viewer))
    if name not in known:
        problems["view"] = f"There is no view {shown(name)}.{nearest(name, known)}"
    elif name == MINE:
        yield Filter(("created_by",), False, str(viewer.actor.user_id))
    else:
        yield from (
            Filter(tuple(path.split(".")), False, value) for path, value in face_of(spec).views[name][1].items()
        )


def views_of(spec: Spec, viewer: Viewer) -> list[tuple[str, str]]:
    """Name and label of each view that comes with a list."""
    found = [(name, label) for name, (label, _) in face_of(spec).views.items()]
    mine = viewer.actor.user_id is not None and viewer.shows(spec, "created_by") and not spec.tree.is_people
    return [*found, (MINE, "Added by me")] if mine else found


def sorts_of(spec: Spec, viewer: Viewer, text: str) -> Iterator[Sort]:
    """By the names of columns, as they are shown, or by any path that the API sorts by."""
    for name in [one for one in text.split(",") if one.strip()][:5]:
        plain = name.strip().removeprefix("-")
        column = column_of(spec, plain, viewer.view)
        target = column.sort if column is not None and column.sort else plain
        descending = name.strip().startswith("-") != target.startswith("-")
        yield Sort(tuple(target.removeprefix("-").split(".")), descending)


def _wrong_sort(spec: Spec, viewer: Viewer, query: Query, problems: dict[str, str]) -> bool:
    try:
        plan(query, spec, viewer.view.way_in.hides)
    except QueryError as error:
        problems["sort"] = " ".join(next(iter(error.errors.values())))
        return True
    return False


def _number(address: Address, name: str, usual: int, most: int, problems: dict[str, str]) -> int:
    text = address.first(name)
    number = whole_of(text, below=most + 1) if text else usual
    if number is None or number < 1:
        problems[name] = f"Expected a whole number from 1 to {formats.count(most)}, got {shown(text)}."
        return usual
    return number


def _columns(
    spec: Spec, viewer: Viewer, address: Address, layout: Layout, problems: dict[str, str]
) -> tuple[Column, ...]:
    """The columns asked for, in order; those that the model's lists begin with if none are."""
    text = address.first("columns")
    names = list(layout.columns or face_of(spec).columns)
    if "as" in dict(address.pairs) and address.first("as") != "table":
        problems["as"] = f"Lists are shown as a table, not as {shown(address.first('as'))}."
    if len(names) > MOST_COLUMNS:
        problems["columns"] = f"At most {MOST_COLUMNS} columns, got {len(names)}."
        names = names[:MOST_COLUMNS]
    found = []
    title = [name for name in face_of(spec).title if "." not in name]
    for name in [one for one in dict.fromkeys(names) if one not in title]:
        column = column_of(spec, name, viewer.view)
        if column is not None:
            found.append(column)
        elif text:
            valid = column_names(spec, viewer.view)
            problems["columns"] = f"There is no column {shown(name)}.{nearest(name, valid)}"
    return tuple(found)


__all__ = ["EVERYTHING", "MOST", "MOST_COLUMNS", "PER", "Asked", "asked_in", "asked_of", "sorts_of", "views_of"]
