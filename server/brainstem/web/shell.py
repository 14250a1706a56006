"""What every page shows around its content: navigation by app, the portal, and who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from brainstem.core.registry import Spec, specs

# In the order in which a lab fills them; the words that the field uses for them.
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
SETTINGS = {
    "Profile": "account_profile",
    "E-mail": "account_email",
    "Password": "account_change_password",
    "Two-factor": "mfa_index",
    "Tokens": "account_tokens",
    "Sessions": "usersessions_list",
    "Security log": "account_security",
    "Connections": "socialaccount_connections",
}


@dataclass(frozen=True)
class Entry:
    """One model in the navigation."""

    label: str
    url: str
    api_url: str


@dataclass(frozen=True)
class Section:
    """One app in the navigation."""

    app: str
    label: str
    entries: tuple[Entry, ...]


def label_of(spec: Spec) -> str:
    """A model's plural for people: "Data acquisitions"."""
    name = str(spec.model._meta.verbose_name_plural)
    return name[:1].upper() + name[1:]


def portal_of(request: HttpRequest) -> str:
    """The portal that a page belongs to: what its address says, else the private one for who is signed in."""
    for part in request.path.split("/")[1:3]:
        if part in (PRIVATE, PUBLIC, SUPER):
            return part
    return PRIVATE if request.user.is_authenticated else PUBLIC


@cache
def sections(portal: str) -> tuple[Section, ...]:
    """The navigation of a portal; the same for everybody, for a model is no secret."""
    found: dict[str, list[Entry]] = {app: [] for app in APPS}
    for spec in specs().values():
        if portal == SUPER or portal in spec.resource.portals:
            where = f"{portal}/{spec.app}/{spec.segment}/"
            found.setdefault(spec.app, []).append(Entry(label_of(spec), f"/{where}", f"/api/{where}"))
    return tuple(
        Section(app, APPS.get(app, app.replace("_", " ").capitalize()), tuple(entries))
        for app, entries in found.items()
        if entries
    )


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``shell`` for the templates. Nothing here asks the database."""
    return {"shell": Shell(request)}


class Shell:
    """What the frame of a page asks for; worked out only when a template does ask."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def portal(self) -> str:
        """Name of the portal."""
        return portal_of(self._request)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The navigation of the portal."""
        return sections(self.portal)

    @property
    def settings_pages(self) -> list[tuple[str, str]]:
        """Label and address of each page about one's own account."""
        return [(label, reverse(name)) for label, name in SETTINGS.items()]

    @property
    def signup_open(self) -> bool:
        """Whether anybody may register."""
        return not settings.BRAINSTEM_INVITATION_ONLY
