"""The side bar, as data: models in groups, under the names that people know, and in the order that they expect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import Spec, routes
from brainstem.web.acting import looking

from . import pins, words
from .faces import face_of
from .where import can_add, offered, path_of

# Heading -> models, each with those that stand below it.
GROUPS: Mapping[str, Sequence[tuple[str, Sequence[str]]]] = {
    "Research": (
        ("stem/project", ()),
        ("stem/subject", ("modules/procedure", "modules/procedurelog", "modules/subjectlog", "stem/cohort",
                          "stem/breeding")),
        ("stem/session", ("stem/epoch", "modules/behavior", "modules/dataacquisition", "modules/manipulation",
                          "stem/collection")),
    ),
    "Personal attributes": (
        ("personal_attributes/behavioralassay", ()),
        ("personal_attributes/datastorage", ()),
        ("personal_attributes/inventory", ("modules/consumablestock",)),
        ("personal_attributes/setup", ("modules/equipment",)),
        ("personal_attributes/license", ()),
    ),
    "Resources": (("resources/consumable", ()), ("resources/hardwaredevice", ()), ("resources/supplier", ())),
    "Taxonomies": (
        ("taxonomies/behavioralcategory", ()),
        ("taxonomies/behavioralparadigm", ()),
        ("taxonomies/brainregion", ()),
        ("taxonomies/regulatoryauthority", ()),
        ("taxonomies/setuptype", ()),
        ("taxonomies/species", ()),
        ("taxonomies/strain", ()),
    ),
    "Dissemination": (("dissemination/publication", ()), ("dissemination/journal", ())),
    "People": (("users/user", ()), ("users/group", ()), ("users/laboratory", ())),
}  # fmt: skip
# The key that leads there after g.
GO = {"stem/project": "p", "stem/subject": "s", "stem/session": "e"}
# What a phone has room for at its lower edge.
BOTTOM = ("stem/subject", "stem/session", "stem/project")


@dataclass(frozen=True)
class Item:
    """A model in the side bar."""

    spec: Spec
    label: str
    icon: str
    url: str
    below: tuple[Item, ...] = ()
    add: str = ""
    current: bool = False
    go: str = ""


@dataclass(frozen=True)
class Section:
    """Models under a heading."""

    title: str
    items: tuple[Item, ...]


@cache
def sections(portal: str) -> tuple[Section, ...]:
    """The side bar of a portal; models that no group names stand in the last one, so that none is out of reach."""
    named = {path for group in GROUPS.values() for path, below in group for path in (path, *below)}
    found = [Section(title, _items(group, portal)) for title, group in GROUPS.items()]
    rest = [
        (f"{spec.app}/{spec.segment}", ())
        for spec in dict.fromkeys(routes().values())
        if f"{spec.app}/{spec.segment}" not in named and not spec.tree.keeps_proposals and _is_for_people(spec)
    ]
    if rest:
        found.append(Section("Others", _items(rest, portal)))
    return tuple(section for section in found if section.items)


def _is_for_people(spec: Spec) -> bool:
    """Whether people look for such records by themselves, rather than in others."""
    return spec.tree.offer is None and "add" in spec.resource.verbs and spec.label != "stem.SessionDataStorage"


def _items(group: Sequence[tuple[str, Sequence[str]]], portal: str) -> tuple[Item, ...]:
    return tuple(
        _item(spec, portal, _items([(one, ()) for one in below], portal))
        for path, below in group
        if (spec := _spec(path)) is not None and offered(spec, portal)
    )


def _spec(path: str) -> Spec | None:
    app, _, segment = path.partition("/")
    return routes().get((app, segment))


def _item(spec: Spec, portal: str, below: tuple[Item, ...]) -> Item:
    go = GO.get(f"{spec.app}/{spec.segment}", "")
    return Item(spec, words.models_name(spec), face_of(spec).icon, path_of(portal, spec), below, go=go)


class Navigation:
    """The side bar and the bottom bar of one page."""

    def __init__(self, request: HttpRequest, portal: str) -> None:
        self.portal = portal
        self._path, self._request = request.path, request
        self._viewer = viewer = looking(request, portal) if portal != "public" else None
        self._adds = viewer is not None and not viewer.actor.is_anonymous
        self._admin = viewer is not None and viewer.actor.is_admin

    @property
    def side(self) -> SafeString:
        """The models of the side bar, with that of this page marked, and a plus where the viewer may add."""
        return _drawn(self.portal, self._here, self._adds, self._admin)

    @property
    def pinned(self) -> list[tuple[pins.Shown, bool]]:
        """What the viewer has pinned, and whether this page is it."""
        if self._viewer is None or self._viewer.actor.is_anonymous or self.portal != pins.PORTAL:
            return []
        here = (self._path, self._request.get_full_path())
        return [(one, one.url in here) for one in pins.shown(self._request, self._viewer)]

    @property
    def bottom(self) -> list[tuple[Item, bool]]:
        """What a phone shows at its lower edge, and whether this page is there."""
        found = [spec for path in BOTTOM if (spec := _spec(path)) is not None and offered(spec, self.portal)]
        return [(one, one.url == self._here) for one in (_item(spec, self.portal, ()) for spec in found)]

    @property
    def _here(self) -> str:
        """Address of the list that this page belongs to."""
        parts = self._path.split("/")
        return "/".join(parts[:4]) + "/" if len(parts) > 4 else ""

    @property
    def is_start(self) -> bool:
        """Whether this is the start page of the portal."""
        return self._path == f"/{self.portal}/"


@lru_cache(maxsize=256)
def _drawn(portal: str, here: str, adds: bool, admin: bool) -> SafeString:
    """The models of a side bar as HTML: the same for everybody of the same standing, so it is drawn once."""
    viewer = Viewer(Actor(user_id=0, is_admin=admin), portal)

    def shown(item: Item) -> Item:
        add = f"{item.url}add/" if adds and can_add(item.spec, viewer) else ""
        return replace(item, add=add, current=item.url == here, below=tuple(map(shown, item.below)))

    found = [Section(one.title, tuple(map(shown, one.items))) for one in sections(portal)]
    return render_to_string("portal/models.html", {"sections": found})


__all__ = ["Item", "Navigation", "Section", "sections"]
