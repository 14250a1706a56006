"""Pages show nobody more than the API does: the permission matrix, and the two worlds, asked of pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from brainstem.core.model.registry import specs
from brainstem.core.models import Event
from brainstem.web.portal.tabs import others_of, tabs_of

from ..contract import documented
from ..web.pages import Page, Reader
from .permissions_model import PEOPLE, PORTALS, Model
from .permissions_world import build
from .questions import values_of_rows
from .test_permissions import MODELS
from .worlds import HIDDEN, Hidden, visible_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# Pages know people who are signed in with a browser; tokens open none.
BROWSERS = [person for person in PEOPLE if person.token in ("full", "none")]
# What the API answers -> what a page does.
AS_PAGE = {"401": "302", "204": "200", "405": "404"}
ASKED = ("list", "detail", "card", "GET history", "GET deleted", "DELETE")
# What is sent; the API says whether it was done, a page leads on.
SENT = ("POST undo", "POST restore")
WHEN_OPEN = ("list", "detail", "card", "GET history")

# -- the permission matrix -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rules() -> Model:
    """The contract as rules."""
    return Model(documented.read("permissions"), documented.read("models"))


@pytest.fixture(scope="module")
def matrix(django_db_setup, django_db_blocker) -> Iterator[tuple[Any, dict[str, Reader]]]:
    """Built once, with a browser for each person; gone with the transaction in which everything happens."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = build()
        readers = {one.name: Reader(world.users[one.name] if one.token == "full" else None) for one in BROWSERS}
        yield world, readers
        transaction.set_rollback(True)


PAGES = {"detail": "", "card": "card/", "GET history": "history/", "DELETE": "delete/"}


def _found(reader: Reader, world: Any, portal: str, model: str, verb: str) -> str:
    """What a page answers, in the words of the matrix."""
    path, row = f"/{portal}/{world.paths[model]}/", world.rows[model]
    if verb in ("list", "GET deleted"):
        page = reader.get(path, id=row) if verb == "list" else reader.get(f"{path}deleted/")
        if page.status != 200:
            return str(page.status)
        it = f"{path}{row}/" if verb == "list" else f"{path}{world.gone.get(model)}/history/"
        return "200 with it" if it in page.links else "200 without it"
    if verb in SENT:
        return _sent(reader, world, portal, model, verb)
    return str(reader.get(f"{path}{row}/{PAGES[verb]}").status)


def _sent(reader: Reader, world: Any, portal: str, model: str, verb: str) -> str:
    """What a button leads to; nothing of it stays."""
    _, event = world.events.get(model, ("", "nothing"))
    undo = f"/{portal}/history/{event}/undo/"
    restore = f"/{portal}/{world.paths[model]}/deleted/{world.gone.get(model)}/restore/"
    with transaction.atomic():
        page = reader.post(undo if verb == "POST undo" else restore, confirmed="1")
        transaction.set_rollback(True)
    return "200" if page.status == 303 else str(page.status)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("portal", PORTALS)
def test_pages_let_everyone_see_and_delete_exactly_what_the_contract_says(rules, matrix, facts, portal, model):
    world, readers = matrix
    asked, path = {*rules.actions(model), "list", "detail", "card", "DELETE"}, f"/{portal}/{world.paths[model]}/"
    wrong = []
    for is_open in (False, True):
        with transaction.atomic():
            if is_open:
                world.open_roots()
            for person in BROWSERS:
                for verb in WHEN_OPEN if is_open else [one for one in (*ASKED, *SENT) if one in asked]:
                    as_api = "detail" if verb == "card" else verb
                    expected = rules.expected(portal, person, model, as_api, is_open=is_open)
                    expected = AS_PAGE.get(expected, expected.removesuffix(" with people"))
                    found = _found(readers[person.name], world, portal, model, verb)
                    facts["cells of the permission matrix, as pages"] += 1
                    if found != expected:
                        wrong.append(f"{portal} {person.name} {model} {verb}: expected {expected}, got {found}")
                    if verb == "DELETE" and found in ("200", "403", "404"):
                        # Of a selection, rows that are not seen are gone.
                        several = str(readers[person.name].post(f"{path}selected/delete/", id=world.rows[model]).status)
                        if several not in ((found, "409") if found == "404" else (found,)):
                            wrong.append(f"{portal} {person.name} {model} selected: expected {found}, got {several}")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


# -- two worlds -----------------------------------------------------------------------------------------------------------

READERS = ("owner", "member", "contributor", "stranger", "anonymous")
_CHANGES = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]+"|request <code id="request-id">[^<]+|just now|\d+ (?:minute|hour)s? ago'
)


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker) -> Iterator[tuple[Any, dict[str, Reader], dict[str, list[Any]]]]:
    """The visible world, a browser for each reader, and the ids of its rows by model."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = visible_world()
        readers = {name: Reader(world.readers[name] if world.readers[name].user else None) for name in READERS}
        known = {label: sorted(ids, key=str) for (label, name), ids in values_of_rows().items() if name == "id"}
        yield world, readers, known
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Past:
    """Events of both worlds, some that are known and some that are hidden, and ids of deleted records by model."""

    events: list[Any]
    deleted: dict[str, list[Any]]

    @classmethod
    def of(cls, rows: dict[tuple[str, str], set[Any]], known: set[Any]) -> Past:
        """A selection of each kind."""
        events = sorted(rows["", "event"], key=str)
        some = [[one for one in events if (one in known) is is_known][-12:] for is_known in (True, False)]
        gone = {label: sorted(ids, key=str)[:2] for (label, name), ids in rows.items() if name == "deleted"}
        return cls([*some[0], *some[1]], gone)


def _addresses(portal: str, ids: dict[str, list[Any]], hidden: dict[str, list[Any]], past: Past) -> list[str]:
    """Each list, as it is and sorted and with every column; the newest records with their tabs; and what is hidden."""
    found = [f"/{portal}/"]
    found += [f"/{portal}/history/{event}/" for event in past.events]
    for spec in specs().values():
        path = f"/{portal}/{spec.app}/{spec.segment}/"
        found += [f"{path}deleted/", f"{path}deleted/?search=e"]
        found += [path, f"{path}?per=200&sort=-updated_at", f"{path}export/csv/"]
        tabs = [tab.name for tab in (*tabs_of(spec, portal), *others_of(spec, portal))]
        found += [f"{path}?_field={name}" for name in spec.relations if spec.writable(name)]
        for one in [*ids.get(spec.label, [])[-1:], *hidden.get(spec.label, [])[:1]]:
            found += [f"{path}{one}/", f"/r/{one}/", f"{path}{one}/access/", f"{path}{one}/card/"]
            found += [f"{path}{one}/history/", f"{path}{one}/history/?by=me"]
            found += [f"{path}{one}/{name}/" for name in tabs]
        found += [f"{path}{one}/" for one in past.deleted.get(spec.label, [])]
    return found


def _selections(
    portal: str, ids: dict[str, list[Any]], hidden: dict[str, list[Any]]
) -> list[tuple[str, dict[str, Any]]]:
    """What is sent of selected rows: the newest, those with one that is hidden, and all that match."""
    found: list[tuple[str, dict[str, Any]]] = []
    for spec in specs().values():
        path, some, other = (
            f"/{portal}/{spec.app}/{spec.segment}/",
            ids.get(spec.label, [])[-3:],
            hidden.get(spec.label, [])[:1],
        )
        for act in ("selected/delete/", "selected/tags/", "export/csv/"):
            found += [(f"{path}{act}", {"id": rows}) for rows in (some, [*some, *other]) if rows]
            found += [(f"{path}{act}", {"all": number}) for number in (1, len(ids.get(spec.label, []))) if number]
    return found


def _seen(page: Page) -> tuple[int, str, str]:
    return page.status, page.to, _CHANGES.sub("", page.text)


@pytest.mark.parametrize("reader", READERS)
def test_nothing_hidden_changes_a_byte_of_any_page(stage, facts, reader):
    world, readers, known = stage
    known_events = set(Event.objects.values_list("pk", flat=True))
    browser, portal = readers[reader], "public" if reader == "anonymous" else "private"
    with transaction.atomic():
        hidden = Hidden(world)
        for one in HIDDEN.values():
            one(hidden)
        rows = values_of_rows()
        after = {label: ids for (label, name), ids in rows.items() if name == "id"}
        past = Past.of(rows, known_events)
        more = {label: sorted(ids - set(known.get(label, [])), key=str) for label, ids in after.items()}
        addresses = _addresses(portal, known, more, past)
        selections = _selections(portal, known, more)
        beside = _asked(browser, addresses, selections)
        transaction.set_rollback(True)
    alone = _asked(browser, addresses, selections)
    addresses += [f"{path} {sent}" for path, sent in selections]
    facts["pages alike in two worlds"] += len(addresses)
    different = [path for path, one, other in zip(addresses, beside, alone, strict=True) if one != other]
    assert not different, _told(
        different[0], beside[addresses.index(different[0])], alone[addresses.index(different[0])]
    )
    assert sum(status == 200 for status, _, _ in alone) > 100


def _asked(
    browser: Reader, addresses: list[str], selections: list[tuple[str, dict[str, Any]]]
) -> list[tuple[int, str, str]]:
    found = [_seen(browser.get(path)) for path in addresses]
    return found + [_without_hidden(_seen(browser.post(path, **sent))) for path, sent in selections]


# A preview says that something hidden goes along, as that of the API does; neither what nor how much.
_HIDDEN = re.compile(
    r'<section class="card" aria-labelledby="part-\w+">(?:(?!</section>).)*<dl class="props"></dl>\s*'
    r'<p class="muted small">And some that you may not see\.</p>\s*</div></section>'
    r'|<p class="muted small">And some that you may not see\.</p>',
    re.DOTALL,
)


def _without_hidden(seen: tuple[int, str, str]) -> tuple[int, str, str]:
    status, to, text = seen
    return status, to, " ".join(_HIDDEN.sub("", text).split())


def _told(path: str, beside: tuple[int, str, str], alone: tuple[int, str, str]) -> str:
    start = next((at for at, pair in enumerate(zip(beside[2], alone[2], strict=False)) if len(set(pair)) > 1), 0)
    return f"{path}\n {beside[0]} ...{beside[2][start - 100 : start + 200]}\n {alone[0]} ...{alone[2][start - 100 : start + 200]}"
