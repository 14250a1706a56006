"""The frame of every page: navigation by app, the portals, breadcrumbs, and the signed-in user."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from brainstem import __version__
from brainstem.api.addresses import address_of
from brainstem.apps.users.signed_in import Announced, active_projects, announcements, inbox
from brainstem.core.model.registry import Spec, routes, specs

from . import formats
from .look import Look

if TYPE_CHECKING:
    from .portal.navigation import Navigation

# In the order in which a lab fills them, with the names that the field uses.
APPS = {
    "stem": "Research",
    "modules": "Modules",
    "personal_attributes": "Personal attributes",
    "users": "People",
    "dissemination": "Dissemination",
    "resources": "Resources",
    "taxonomies": "Taxonomies",
}
PRIVATE, PUBLIC, SUPER = "private", "public", "super"
PORTALS = {PRIVATE: "Private", PUBLIC: "Public", SUPER: "Super"}
START = "stem/project"  # the start page of a portal
# Pages below a list or a record that the public portal has not.
WRITING = frozenset(
    {
        "access", "add", "bulk", "change", "delete", "deleted", "duplicate", "field", "grid", "history", "manage",
        "publish", "review",
    }
)  # fmt: skip
SETTINGS = {
    "Profile": "account_profile",
    "Email": "account_email",
    "Password": "account_change_password",
    "Two-factor": "mfa_index",
    "Tokens": "account_tokens",
    "Sessions": "usersessions_list",
    "Security log": "account_security",
    "Notices": "account_notices",
    "Connections": "socialaccount_connections",
    "Your data": "account_export",
    "Invite people": "account_invite",
}
FOR_ADMINISTRATORS = {"account_invite"}
# The design system, from values to pages; layers give their order, files only keep them apart.
STYLES = tuple(
    f"brainstem/ui/{name}.css" for name in ("tokens", "elements", "shell", "controls", "lists", "records", "narrow")
)


@dataclass(frozen=True)
class Entry:
    """One model in the navigation."""

    label: str
    url: str
    api_url: str

    def holds(self, path: str) -> bool:
        """Whether a page is the model's, or that of one of its records."""
        return path.startswith((self.url, self.api_url))

    def beside(self, path: str) -> str:
        """Its URL, seen from this page: from pages of the API to pages of the API."""
        return self.api_url if path.startswith("/api/") else self.url


@dataclass(frozen=True)
class Section:
    """One app in the navigation."""

    app: str
    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Link:
    """A link; ``current`` if it leads to this page."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Place:
    """The parts of a page's URL, if present: portal, model, and what follows the model."""

    prefix: str
    portal: str
    spec: Spec | None
    record: str = ""
    below: str = ""

    def within(self, portal: str, query: str = "") -> str:
        """The same place in another portal; its projects if that has no such model."""
        if self.spec is None or not offered(self.spec, portal):
            return f"/{self.prefix}{portal}/{START}/"
        left = WRITING if portal == PUBLIC else ()
        parts = [part for part in (self.record, self.below) if part]
        rest = "".join(f"{part}/" for part in parts if part not in left)
        asked = f"?{query}" if query and not set(parts) & set(left) else ""  # it was for another page
        return f"/{self.prefix}{portal}/{self.spec.app}/{self.spec.segment}/{rest}{asked}"


def place_of(path: str) -> Place | None:
    """The place that the path of a page names; None for pages outside the portals."""
    address = address_of(path)
    if address is None:
        return None
    spec = routes().get((address.app, address.model))
    if address.app and spec is None:
        return None
    return Place(address.prefix, address.portal, spec, address.record_id, address.action)


def offered(spec: Spec, portal: str) -> bool:
    """Whether a portal has a model."""
    return portal == SUPER or portal in spec.resource.portals


def label_of(spec: Spec) -> str:
    """A model's plural for people: "Data acquisitions"."""
    name = str(spec.model._meta.verbose_name_plural)
    return name[:1].upper() + name[1:]


def portal_of(request: HttpRequest) -> str:
    """The portal of a page: the one in its URL, else the private one if the user is signed in."""
    place = place_of(request.path)
    if place is not None:
        return place.portal
    if _is_super(request):
        return SUPER
    return PRIVATE if request.user.is_authenticated else PUBLIC


def _is_super(request: HttpRequest) -> bool:
    """Whether this is a page of administrators that belongs to no model."""
    return request.path.startswith(f"/{SUPER}/") and getattr(request.user, "is_superuser", False)


def portals_of(request: HttpRequest) -> list[Link]:
    """The portals that the caller may use, each at the same place as this page."""
    user: Any = request.user
    mine = [PUBLIC]
    if user.is_authenticated:
        mine = [PRIVATE, PUBLIC, SUPER] if user.is_superuser else [PRIVATE, PUBLIC]
    place = place_of(request.path)
    at = SUPER if _is_super(request) else ""
    here = place or Place("api/" if request.path.startswith("/api/") else "", at, None)
    query = request.META.get("QUERY_STRING", "")
    return [Link(PORTALS[portal], here.within(portal, query), current=portal == here.portal) for portal in mine]


def breadcrumbs(path: str, record: str = "") -> list[Link]:
    """The breadcrumbs of a page in a portal: Private, Research, Sessions, and the name of the record."""
    place = place_of(path)
    if place is None:
        return []
    top = Link(PORTALS[place.portal], f"/{place.prefix}{place.portal}/{START}/")
    if place.spec is None:
        return [top]
    model = f"/{place.prefix}{place.portal}/{place.spec.app}/{place.spec.segment}/"
    crumbs = [top, Link(APPS.get(place.spec.app, place.spec.app), ""), Link(label_of(place.spec), model)]
    if place.record:
        crumbs.append(Link(record or place.record, f"{model}{place.record}/"))
    return crumbs


@cache
def sections(portal: str) -> tuple[Section, ...]:
    """The navigation of a portal; the same for everyone, since models are no secret."""
    found: dict[str, list[Entry]] = {app: [] for app in APPS}
    for spec in specs().values():
        if offered(spec, portal):
            where = f"{portal}/{spec.app}/{spec.segment}/"
            found.setdefault(spec.app, []).append(Entry(label_of(spec), f"/{where}", f"/api/{where}"))
    return tuple(
        Section(app, APPS.get(app, app.replace("_", " ").capitalize()), tuple(entries))
        for app, entries in found.items()
        if entries
    )


def context(request: HttpRequest) -> dict[str, object]:
    """Context processor: ``shell`` for the templates. Queries the database only for the signed-in user."""
    return {"shell": Shell(request)}


class Shell:
    """The data of a page's frame, computed only when a template uses it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    version = __version__

    @property
    def portal(self) -> str:
        """Name of the portal."""
        return portal_of(self._request)

    @property
    def portals(self) -> list[Link]:
        """The portals that the caller may use."""
        return portals_of(self._request)

    @property
    def breadcrumbs(self) -> list[Link]:
        """The breadcrumbs of this page; empty outside the portals."""
        return breadcrumbs(self._request.path)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The navigation of the portal."""
        return sections(self.portal)

    @property
    def navigation(self) -> list[tuple[Section, bool, list[Link]]]:
        """Each section, whether it is open, and its links; that of this page is open, else the first."""
        path, found = self._request.path, []
        place = place_of(path)
        # An older name of a model leads to the same entry.
        here = place.within(place.portal) if place and place.spec else path
        for section in self.sections:
            links = [Link(entry.label, entry.beside(path), current=entry.holds(here)) for entry in section.entries]
            found.append((section, any(link.current for link in links), links))
        if found and not any(here for _, here, _ in found):
            found[0] = (found[0][0], True, found[0][2])
        return found

    @property
    def settings_pages(self) -> list[tuple[str, str]]:
        """Label and URL of each account page that is relevant for the user."""
        hidden = set() if self._request.user.is_superuser else set(FOR_ADMINISTRATORS)
        if not settings.SOCIALACCOUNT_PROVIDERS:
            hidden.add("socialaccount_connections")
        return [(label, reverse(name)) for label, name in SETTINGS.items() if name not in hidden]

    @property
    def bar(self) -> Navigation:
        """The side bar of the portals' pages."""
        from .portal.navigation import Navigation  # noqa: PLC0415 - it needs what only pages load

        return Navigation(self._request, self.portal)

    @property
    def operator_links(self) -> list[tuple[str, str]]:
        """What the operator of this server says: imprint, privacy, terms."""
        links = {
            "Imprint": settings.BRAINSTEM_IMPRINT_URL,
            "Privacy": settings.BRAINSTEM_PRIVACY_URL,
            "Terms": settings.BRAINSTEM_TERMS_URL,
        }
        return [(label, url) for label, url in links.items() if url]

    @property
    def look(self) -> Look:
        """Colours and density, as this browser's user chose them."""
        return Look.of(self._request)

    @property
    def zone(self) -> str:
        """The time zone in which this page shows times."""
        from .portal import zone  # noqa: PLC0415

        return zone.current()

    @property
    def locales(self) -> formats.Locales:
        """The languages in which scripts write dates and numbers as this page does."""
        return formats.locales()

    styles = STYLES

    @property
    def active_projects(self) -> int:
        """How many projects lists and numbers are limited to; 0 for all."""
        return len(active_projects(self._request.user))

    @property
    def inbox(self) -> int:
        """How many things wait for the person."""
        return len(inbox(self._request.user)[0])

    @property
    def announcements(self) -> list[Announced]:
        """What administrators announce, and the person has not closed."""
        return announcements(self._request.user)

    @property
    def signup_open(self) -> bool:
        """Whether anyone may register."""
        return bool(settings.BRAINSTEM_REGISTRATION == "open")
