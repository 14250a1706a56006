"""Publishing a project: everything that becomes visible, what stays hidden and what is missing; and taking it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from brainstem.api.call import Call
from brainstem.api.writing import written
from brainstem.core.errors import Conflict, Invalid, Missing
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, routes
from brainstem.core.model.trees import Role
from brainstem.core.query.syntax import Query
from brainstem.core.review import flow
from brainstem.core.sharing.publishing import preview_publishing, preview_withdrawing, public_since
from brainstem.web.notices import tell

from . import words, zone
from .cells import NONE, noted_cell
from .chips import Link
from .deleting import Affected, Part, Told
from .gathering import Gathering
from .navigation import sections
from .record import fetched
from .sending import refuse_unknown
from .where import Where, page, path_of

SHOWN = 5  # of each model
SENT = ("_do", "_sure", "also")
PUBLISH, ALSO, WITHDRAW = "publish", "also", "withdraw"
# What readers of a public project look for first, where it has such fields.
RECOMMENDED = ("description", "download_links", "user_roles")
# The licence under which others may use the data: no field of its own, but a name in the free ones.
FREE, LICENCES = "extra_fields", ("license", "licence")
TITLES = {
    "becomes_visible": "Becomes visible for everyone",
    "visible_already": "Visible already",
    "stays_private": "Named, but stays private",
    "disappears": "Disappears from the public portal",
    "stays_public": "Stays public, through other projects",
}


@dataclass(frozen=True)
class Attribute:
    """A private personal attribute that the project names: its own publication is decided by its owners."""

    value: str
    name: str
    kind: str
    url: str
    used: str
    may: bool
    ticked: bool


@dataclass(frozen=True)
class Refusal:
    """Why nothing was published, and what was chosen."""

    status: int = 200
    message: str = ""
    sure: str = ""
    typed: str = ""
    also: tuple[str, ...] = ()


NOTHING_REFUSED = Refusal()


@page
def publish(where: Where, record_id: str) -> HttpResponse:
    """What publishing a project would show, for its owners; sent as a form, the publication, or its end."""
    if not where.writes or not where.spec.tree.is_project:
        raise Missing
    if where.request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    pk = where.parse_id(record_id)
    if where.request.method == "POST":
        return _decided(where, pk)
    return _shown(where, pk)


# -- doing it ----------------------------------------------------------------------------------------------------------


def _decided(where: Where, pk: RecordId) -> HttpResponse:
    sent = where.request.POST
    told: Told = preview_publishing(where.spec, pk, viewer=where.viewer)  # refuses all but owners
    refuse_unknown(sent, SENT)
    act, also, typed = sent.get("_do", ""), tuple(dict.fromkeys(sent.getlist("also"))), sent.get("_sure", "")
    if act not in (PUBLISH, ALSO, WITHDRAW):
        raise Invalid.at("_do", f"Expected one of {PUBLISH}, {ALSO}, {WITHDRAW}.")
    name = _name(where, pk)
    attributes = {one.value: one for one in _attributes(where, told["stays_private"], also) if one.may}
    if act != ALSO and typed.strip() != name.strip():
        return _shown(where, pk, Refusal(422, sure=f"Type the name of the project: {name}", typed=typed, also=also))
    if act == ALSO and not also:
        return _shown(where, pk, Refusal(422, "Tick what is to be published."))
    if any(one not in attributes for one in also):
        text = (
            "Something that you ticked is public already, is no longer named, or is not yours to publish. Tick again."
        )
        return _shown(where, pk, Refusal(422, text, typed=typed))

    def do() -> HttpResponse:
        if act != ALSO:
            flow.change(where.spec, pk, {"is_public": act == PUBLISH}, viewer=where.viewer)
        for value in also if act != WITHDRAW else ():
            spec, attribute = _parsed(value)
            flow.change(spec, attribute, {"is_public": True}, viewer=where.viewer)
        return HttpResponseRedirect(f"{where.record_path(pk)}publish/", status=303)

    try:
        response = written(Call(where.request, where.spec, where.viewer, pk), do, query=Query())
    except (Conflict, Invalid) as error:
        return _shown(where, pk, Refusal(409, str(error), typed=typed, also=also))
    tell(where.request, _said(act, name, len(also)), response, portal=where.portal, onward=response.headers["Location"])
    return response


def _said(act: str, name: str, also: int) -> str:
    more = f"{also} personal attribute{'' if also == 1 else 's'}"
    if act == ALSO:
        return f"{more} {'is' if also == 1 else 'are'} public now."
    if act == WITHDRAW:
        return f"{name} is private again."
    return f"{name} is public now" + (f", with {more}." if also else ".")


def _name(where: Where, pk: RecordId) -> str:
    found = fetched(where.spec, pk, where.viewer, base=where.base)
    return str(found["name"])


def _parsed(value: str) -> tuple[Spec, RecordId]:
    app, segment, record_id = value.split("/")
    spec = routes()[app, segment]
    found: RecordId = spec.parse_id(record_id, below=2**31)  # type: ignore[assignment]
    return spec, found


# -- the page ----------------------------------------------------------------------------------------------------------


def _shown(where: Where, pk: RecordId, refusal: Refusal = NOTHING_REFUSED) -> HttpResponse:
    spec = where.spec
    told: Told = preview_publishing(spec, pk, viewer=where.viewer)
    is_public = bool(told["is_public"])
    withdrawn: Told = preview_withdrawing(spec, pk, viewer=where.viewer) if is_public else {}
    found = fetched(spec, pk, where.viewer, base=where.base)
    attributes = _attributes(where, told["stays_private"], refusal.also)
    named = {one.value for one in attributes}
    shown = ("disappears", "stays_public") if is_public else ("becomes_visible", "visible_already")
    since = public_since(spec, pk) if is_public else None
    context = {
        "where": where,
        "title": str(found["name"]),
        "models": words.models_name(spec),
        "url": where.record_path(pk),
        "api_url": f"/api{where.record_path(pk)}publish_preview/",
        "public_url": f"{path_of('public', spec)}{pk}/",
        "is_public": is_public,
        "since": noted_cell(since.isoformat()) if since else NONE,
        "ago": zone.ago(since.isoformat()) if since else "",
        "parts": _parts(where, {**told, **withdrawn}, shown),
        "private": _parts(where, {"stays_private": _without(told["stays_private"], named)}, ("stays_private",)),
        "attributes": attributes,
        "may_publish": any(one.may for one in attributes),
        "files": sum(int(one["count"]) for one in told["files"]["models"]),
        "missing": _missing(spec, found),
        "lacks_licence": _lacks_licence(spec, found),
        "undescribed": [] if is_public else _undescribed(told["becomes_visible"]),
        "refusal": refusal,
    }
    return render(where.request, "portal/publish.html", context, status=refusal.status)


def _missing(spec: Spec, found: Mapping[str, object]) -> list[str]:
    """The fields that readers look for, and that the project leaves empty."""
    names = [name for name in RECOMMENDED if name in spec.columns and not found.get(name)]
    return [words.field_name(spec, name) for name in names]


def _lacks_licence(spec: Spec, found: Mapping[str, object]) -> bool:
    """Whether a project does not say under which licence others may use its data."""
    free = found.get(FREE)
    return FREE in spec.columns and not (isinstance(free, dict) and any(free.get(name) for name in LICENCES))


def _undescribed(told: Told) -> list[tuple[str, int, int]]:
    """Of each model that becomes visible, how many have no description."""
    rows = []
    for each in told["models"]:
        spec = _spec(each)
        if spec is not None and "description" in spec.columns and not spec.tree.is_project:
            ids = [one["id"] for one in each["records"]]
            number = spec.model._default_manager.filter(pk__in=ids, description="").count()
            rows.append((words.models_name(spec), number, len(ids)))
    return [row for row in rows if row[1]]


def _spec(told: Told) -> Spec | None:
    app, _, segment = str(told["model"]).partition("/")
    return routes().get((app, segment))


# -- attributes --------------------------------------------------------------------------------------------------------


def _attributes(where: Where, told: Told, ticked: Sequence[str]) -> list[Attribute]:
    """The private personal attributes that the project names; owners of one may publish it too."""
    found = []
    for each in told["models"]:
        spec = _spec(each)
        if spec is None or not spec.tree.is_root or spec.tree.is_project:
            continue
        ids = [one["id"] for one in each["records"]]
        mine = where.viewer.editable(spec, ids, level=Role.OWNER)
        for one in each["records"]:
            value = f"{spec.app}/{spec.segment}/{one['id']}"
            path = f"{path_of(where.portal, spec)}{one['id']}/"
            found.append(
                Attribute(
                    value,
                    str(one["name"]),
                    words.model_name(spec),
                    path,
                    _used(one.get("used_by", ())),
                    one["id"] in mine,
                    value in ticked,
                )
            )
    return found


def _used(told: Iterable[Told]) -> str:
    """What names it, in words: "3 behaviors and 1 session"."""
    found = []
    for each in told:
        spec, number = _spec(each), int(each["count"])
        if spec is not None:
            found.append(words.counted(spec, number))
    return f"{', '.join(found[:-1])} and {found[-1]}" if len(found) > 1 else "".join(found)


def _without(told: Told, named: set[str]) -> Told:
    """The same without the attributes that are listed by themselves."""
    models = []
    for each in told["models"]:
        records = [one for one in each["records"] if f"{each['model']}/{one['id']}" not in named]
        if records:
            models.append({**each, "records": records, "count": len(records)})
    return {"models": models, "hidden": told["hidden"]}


# -- counts ------------------------------------------------------------------------------------------------------------


def _parts(where: Where, told: Told, names: Iterable[str]) -> list[Part]:
    """What a preview says, by model, with the first records of each; one statement for their names."""
    gathering = Gathering(where.viewer)
    for name in names:
        for each in told[name]["models"]:
            if (spec := _spec(each)) is not None:
                gathering.name(spec, [one["id"] for one in each["records"][:SHOWN]])
    gathering.run()
    parts = []
    for name in names:
        models = tuple(_affected(where, each, gathering) for each in sorted(told[name]["models"], key=_place))
        if models or told[name]["hidden"]:
            parts.append(Part(name, TITLES[name], models, bool(told[name]["hidden"])))
    return parts


def _place(told: Told) -> int:
    """Models in the order of the side bar, the others after them."""
    order = _order()
    name = str(told["model"])
    return order.index(name) if name in order else len(order)


@cache
def _order() -> tuple[str, ...]:
    items = [item for section in sections("private") for item in section.items]
    return tuple(f"{one.spec.app}/{one.spec.segment}" for item in items for one in (item, *item.below))


def _affected(where: Where, told: Told, gathering: Gathering) -> Affected:
    spec, first = _spec(told), told["records"][:SHOWN]
    if spec is None:
        return Affected(str(told["model"]), int(told["count"]), tuple(Link(str(one["name"]), "") for one in first))
    path = path_of(where.portal, spec)
    links = tuple(Link(gathering.caption(spec, one["id"]) or str(one["name"]), f"{path}{one['id']}/") for one in first)
    return Affected(words.models_name(spec), int(told["count"]), links)


__all__ = ["publish"]
