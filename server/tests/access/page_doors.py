"""Every door of the portals: its address, how it is asked, and what the contract lets it answer.

A door is a URL pattern. The matrix asks those of :data:`DOORS` for every model, and those of :data:`ROOMS` once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import resolve

from brainstem.core.model.registry import specs
from brainstem.core.query.choices import relation_fields
from brainstem.core.write.proposals import approvals_of
from brainstem.web.portal import urls as pages
from brainstem.web.portal.forms import urls as forms
from brainstem.web.portal.forms.alone import units_of
from brainstem.web.portal.tabs import others_of, tabs_of

from ..web.pages import Page, Reader
from .permissions_model import Model, Person

# What the API answers -> what a page does.
AS_PAGE = {"401": "302", "204": "200", "405": "404"}
Expect = Callable[[Model, str, Person, str, bool], str]


@dataclass(frozen=True)
class Door:
    """A page of a model: where it is below the list, what is sent to it, and what the contract says of it.

    ``path`` names with ``{row}`` and the like what a :class:`Place` has. ``shows`` is what has to be on the page if it
    is there; without it the status says everything.
    """

    path: str
    expected: Expect
    sent: dict[str, str] | None = None
    shows: str = ""
    when_open: bool = False
    by_few: bool = True  # asked by few people, as who may is decided where another door is asked by everybody
    unseen: str = "404"  # of what is sent about a row that is not seen
    refuses: str = ""  # status of what is sent wrongly on purpose, by somebody who might have sent it rightly


@dataclass(frozen=True)
class Place:
    """What doors are asked about, of one model in one portal."""

    portal: str
    list: str
    row: str
    gone: str
    event: str
    first: str
    tab: str
    choice: str
    field: str

    @classmethod
    def of(cls, world: Any, portal: str, model: str) -> Place:
        """Rows and events of the matrix."""
        first, event = world.events.get(model, ("", "nothing"))
        tabs = [tab.name for tab in (*tabs_of(_spec(model), portal), *others_of(_spec(model), portal))]
        path, gone = f"/{portal}/{world.paths[model]}/", str(world.gone.get(model))
        choice = next(iter(relation_fields(_spec(model))), "")
        field = next(iter(fields_of(_spec(model), portal)), "")
        row = str(world.rows[model])
        return cls(portal, path, row, gone, event, first, next(iter(tabs), ""), choice, field)

    def fill(self, text: str) -> str:
        """A path, or something to send or to look for."""
        return text.format_map(vars(self))


def fields_of(spec: Any, portal: str) -> list[str]:
    """Fields that can be changed by themselves, whatever the type of a record."""
    return [name for name, unit in units_of(spec, {}, portal=portal).items() if not unit.leads]


def _spec(model: str) -> Any:
    return next(spec for spec in specs().values() if spec.segment == model)


def ask(door: Door, place: Place, reader: Reader) -> str:
    """What a door answers, in the words of the matrix; nothing that was sent stays."""
    path = place.fill(door.path)
    if door.sent is None:
        return _told(door, place, reader.get(path))
    with transaction.atomic():
        page = reader.post(path, **{name: place.fill(value) for name, value in door.sent.items()})
        transaction.set_rollback(True)
    return _told(door, place, page)


def _told(door: Door, place: Place, page: Page) -> str:
    status = (
        "200"
        if page.status == 303 or str(page.status) == door.refuses
        else "404"
        if str(page.status) == door.unseen
        else str(page.status)
    )
    if not door.shows or page.status != 200:
        return status
    return f"200 with{'' if place.fill(door.shows) in page.text else 'out'} it"


# -- what the contract says --------------------------------------------------------------------------------------------


def as_api(verb: str) -> Expect:
    """As the API answers, in the words of pages."""

    def expected(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
        found = rules.expected(portal, person, model, verb, is_open=is_open)
        return AS_PAGE.get(found, found.removesuffix(" with people").removesuffix(" as a proposal"))

    return expected


def _listed(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
    """What everybody gets who gets the list, whatever is on it."""
    return as_api("list")(rules, portal, person, model, is_open)[:3]


def _form(verb: str, expected: Expect) -> Expect:
    """What no form is for is not there, for visitors neither."""

    def of_form(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
        return expected(rules, portal, person, model, is_open) if rules.offers(model, verb) else "404"

    return of_form


def _adding(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
    """A form to add opens to those who may add anywhere; where, is asked when it is sent."""
    found = rules.expected(portal, person, model, "add", is_open=is_open)
    refused = portal == "super" or rules.who[model].get("add") == "administrators"
    return AS_PAGE.get(found, found if found == "404" or (found == "403" and refused) else "200")


def _copying(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
    found = _adding(rules, portal, person, model, is_open)
    return as_api("detail")(rules, portal, person, model, is_open) if found == "200" else found


def _choosing(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
    """What can be chosen is for everybody who has the forms; what is listed there, is as everywhere."""
    if portal == "public" or not (rules.offers(model, "add") or rules.offers(model, "change")):
        return "404"
    return _listed(rules, portal, person, model, is_open)


def _tags(expected: Expect) -> Expect:
    """Nothing of it in the public portal, nor of models without tags."""

    def of_tags(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
        found = expected(rules, portal, person, model, is_open)
        lacks = portal == "public" or all(one["name"] != "tags" for one in rules.models[model]["fields"])
        return "404" if lacks and found not in ("302", "403" if portal == "super" else "") else found

    return of_tags


def _views(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
    """Those of a list are for everybody who has the list; nothing is saved in the public portal."""
    return "404" if portal == "public" else _listed(rules, portal, person, model, is_open)


def _no_view(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
    """A view that one does not see is not there."""
    found = _views(rules, portal, person, model, is_open)
    return "404" if found == "200" else found


def _many(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
    """As one record is changed, but nothing is proposed for many at once."""
    found = as_api("PATCH")(rules, portal, person, model, is_open)
    if found in ("302", "403" if portal == "super" else ""):
        return found
    proposes = approvals_of(_spec(model)) is not None and not person.admin
    return "404" if portal == "public" or proposes else found


def _grid(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
    """For everybody who has the list, where an import could change and add such records."""
    found = _views(rules, portal, person, model, is_open)
    proposes = approvals_of(_spec(model)) is not None and not person.admin
    lacks = portal != "private" or proposes or not (rules.offers(model, "add") and rules.offers(model, "change"))
    return "404" if found == "200" and lacks else found


def _managing(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
    """Roles are given on projects, groups and personal attributes, by those who may ask who has them."""
    found = as_api("GET access")(rules, portal, person, model, is_open)
    lacks = not _spec(model).tree.holds_roles or portal == "public"
    return "404" if lacks and found not in ("302", "403" if portal == "super" else "") else found


def _joining(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
    """Groups are joined by people who are signed in, in the private portal; elsewhere there is no such page."""
    found = as_api("detail")(rules, portal, person, model, is_open)
    lacks = portal != "private" or "join" not in _spec(model).resource.actions
    return "404" if lacks and found not in ("302", "403" if portal == "super" else "") else found


def _looking_back(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
    """The history of a list is for everybody who has the list; what is told there, is as everywhere."""
    return "404" if portal == "public" else _listed(rules, portal, person, model, is_open)


def _reverting(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
    """Who may not read the history, of which the button is a part, finds none."""
    history = as_api("GET history")(rules, portal, person, model, is_open)
    return as_api("POST revert")(rules, portal, person, model, is_open) if history == "200" else history


def _restoring(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
    """What was deleted is restored from its list; what of it, is asked when it is sent."""
    return as_api("GET deleted")(rules, portal, person, model, is_open)[:3]


def _by_id(rules: Model, portal: str, person: Person, model: str, is_open: bool) -> str:
    """Leads to the record in whichever portal the person sees it."""
    if rules.models[model]["id_type"] != "uuid":
        return "404"
    own = () if person.token == "none" else ("private",)
    portals = [one for one in (*own, "public") if one in rules.portals(model)]
    if any(rules.sees(one, person, model, is_open=is_open) for one in portals):
        return "200"
    return "302" if person.token == "none" else "404"


_CONFIRMED = {"confirmed": "1"}
DOORS: dict[str, Door] = {
    "list": Door("{list}?id={row}", as_api("list"), shows='href="{list}{row}/"', when_open=True, by_few=False),
    "detail": Door("{list}{row}/", as_api("detail"), when_open=True, by_few=False),
    "card": Door("{list}{row}/card/", as_api("detail"), when_open=True, by_few=False),
    "tab": Door("{list}{row}/{tab}/", as_api("detail"), when_open=True),
    "history": Door("{list}{row}/history/", as_api("GET history"), when_open=True, by_few=False),
    "list history": Door("{list}history/", _looking_back, by_few=False),
    "event": Door("/{portal}/history/{event}/", as_api("GET history")),
    "access": Door("{list}{row}/access/", as_api("GET access")),
    "manage": Door("{list}{row}/manage/", _managing, by_few=False),
    # Nobody is asked: what is sent is refused by name where the door is open.
    "join": Door("{list}{row}/join/", _joining),
    "join, sent": Door("{list}{row}/join/", _joining, {"_do": "ask", "nothing_of_the_kind": "1"}, refuses="422"),
    # Nobody is changed: what is sent is refused by name where the door is open.
    "manage, sent": Door("{list}{row}/manage/", _managing, {"_do": "nothing_of_the_kind"}, refuses="422"),
    "manage, inviting": Door(
        "{list}{row}/manage/", _managing, {"_do": "invite", "addresses": "nobody-at-all"}, refuses="422"
    ),
    "export": Door("{list}export/csv/?columns=id&id={row}", as_api("list"), shows="{row}", when_open=True),
    "columns": Door("{list}columns/", _listed, {"column": "id"}),
    "views": Door("{list}views/", _views),
    "views, opened with": Door("{list}views/", _views, {"_do": "open", "view": ""}),
    "views, of others": Door("{list}views/", _no_view, {"_do": "delete", "view": "nobody-2222"}),
    "add": Door("{list}add/", _form("add", _adding)),
    "change": Door("{list}{row}/change/", _form("change", as_api("PATCH"))),
    # What is sent is refused by name where the door is open: nothing is written, whatever the field.
    "field": Door("{list}{row}/field/?name={field}", _form("change", as_api("PATCH"))),
    "field, sent": Door(
        "{list}{row}/field/?name={field}", _form("change", as_api("PATCH")), {"nothing_of_the_kind": "1"}, refuses="422"
    ),
    "duplicate": Door("{list}{row}/duplicate/", _form("add", _copying)),
    "tags": Door("{list}tags/", _form("change", _tags(_listed))),
    "options": Door("{list}options/?field={choice}", _choosing),
    "options, by name": Door("{list}options/", _choosing, {"field": "{choice}", "names": "Nobody"}),
    "delete": Door("{list}{row}/delete/", as_api("DELETE"), by_few=False),
    # Of a selection, rows that are not seen are gone.
    "selected/delete": Door("{list}selected/delete/", as_api("DELETE"), {"id": "{row}"}, by_few=False, unseen="409"),
    "selected/tags": Door("{list}selected/tags/", _tags(as_api("PATCH")), {"id": "{row}"}, unseen="409"),
    "bulk": Door("{list}bulk/?id={row}", _many, unseen="409"),
    "bulk, sent": Door("{list}bulk/", _many, {"id": "{row}", "_do": "save"}, by_few=False, unseen="409", refuses="422"),
    "bulk, of others": Door("{list}bulk/nothing/", _no_view),
    "grid": Door("{list}grid/", _grid),
    "grid, sent": Door("{list}grid/", _grid, {"rows": "nothing"}, refuses="422"),
    "deleted": Door("{list}deleted/", as_api("GET deleted"), shows='href="{list}{gone}/history/"', by_few=False),
    # The API says whether something was done, a page leads on.
    "undo": Door("/{portal}/history/{event}/undo/", as_api("POST undo"), _CONFIRMED, by_few=False),
    "undo, shown": Door("/{portal}/history/{event}/undo/", as_api("POST undo")),
    "revert": Door("{list}{row}/history/revert/", _reverting, {"to": "{first}"}),
    "restore": Door("{list}deleted/{gone}/restore/", as_api("POST restore"), _CONFIRMED, by_few=False),
    # Nothing is chosen: what is sent is refused where the door is open.
    "restore, several": Door("{list}deleted/restore/", _restoring, {"next": "/"}, refuses="422"),
    "by id": Door("/r/{row}/", _by_id, when_open=True),
    "review": Door("{list}{row}/review/", as_api("GET difference"), by_few=False),
    "review, sent": Door("{list}{row}/review/", as_api("PATCH reject"), {"_do": "reject", "comment": "No."}),
    "publish": Door("{list}{row}/publish/", as_api("GET publish_preview"), by_few=False),
    "publish, sent": Door(
        "{list}{row}/publish/", as_api("GET publish_preview"), {"_do": "publish", "_sure": ""}, refuses="422"
    ),
}
# Verbs that models have or have not: what they lack is a page that is not there.
NEEDS = {"history": "GET history", "event": "POST revert", "access": "GET access",
         "manage": "GET access", "manage, sent": "GET access", "manage, inviting": "GET access", "deleted": "GET deleted",
         "undo": "POST undo", "undo, shown": "POST undo",
         "restore, several": "GET deleted", "revert": "POST revert", "restore": "POST restore", "review": "GET difference",
         "review, sent": "PATCH reject", "publish": "GET publish_preview",
         "publish, sent": "GET publish_preview"}  # fmt: skip
NO_IMPORT = "/private/import-tool/00000000-0000-0000-0000-000000000000/"
# Pages that are not of a model: the address, and the status for visitors, people and administrators.
ROOMS = {
    "/private/": (302, 200, 200), "/public/": (200, 200, 200), "/super/": (302, 403, 200), "/keyboard/": (200, 200, 200),
    "/private/active/": (302, 200, 200), "/private/approvals/": (302, 200, 200), "/private/inbox/": (302, 200, 200),
    "/private/import-tool/": (302, 200, 200), "/private/import-tool/template/csv/?of=stem/subject": (302, 200, 200),
    NO_IMPORT: (302, 404, 404), f"{NO_IMPORT}columns/": (302, 404, 404), f"{NO_IMPORT}review/": (302, 404, 404),
    "/private/pins/": (302, 200, 200), "/private/history/": (302, 200, 200), "/super/history/": (302, 403, 200),
    "/public/history/": (404, 404, 404), "/super/people/": (302, 403, 200),
    "/super/people/1000000000/": (302, 403, 404),
    "/super/announcements/": (302, 403, 200), "/super/server/": (302, 403, 200), "/register": (302, 302, 302),
}  # fmt: skip


def known_doors() -> set[str]:
    """The URL patterns of the portals."""
    return {str(one.pattern) for one in (*forms.urlpatterns, *pages.urlpatterns)}


def doors_at(addresses: Iterable[str]) -> set[str]:
    """The URL patterns that addresses lead to."""
    return {str(resolve(address.partition("?")[0]).route) for address in addresses}
