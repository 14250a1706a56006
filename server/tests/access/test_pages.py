"""Pages show nobody more than the API does: the permission matrix, and the two worlds, asked of pages."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction

from brainstem.core.model.registry import specs
from brainstem.core.models import Event
from brainstem.core.query.choices import contexts
from brainstem.web.portal.tabs import others_of, tabs_of

from ..contract import documented
from ..surroundings import THOROUGH
from ..web.pages import Page, Reader
from .page_doors import DOORS, NEEDS, NO_IMPORT, ROOMS, Door, Place, ask, doors_at, fields_of, known_doors
from .permissions_model import PEOPLE, PORTALS, Model
from .permissions_world import build
from .questions import values_of_rows
from .test_permissions import MODELS
from .worlds import HIDDEN, VIEWS, Hidden, visible_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# Pages know people who are signed in with a browser; tokens open none.
BROWSERS = [person for person in PEOPLE if person.token in ("full", "none")]
# Those whose rights differ. Who sees nothing of a portal is one in it.
FEW = {
    "private": ("anonymous", "stranger", "member", "contributor", "manager", "owner", "administrator"),
    "public": ("anonymous", "owner"),
    "super": ("owner", "administrator"),
}

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


def asks(portal: str, model: str, name: str, door: Door) -> list[Any]:
    """Who asks at a door.

    Who may do what with which model, the matrix of the API asks of everybody; pages ask the same code. So a door is tried
    by four of those whose rights differ, and by two where it is known from another door; who these are changes from model to
    model. A thorough run has each door tried by everybody, and by all whose rights differ.
    """
    few = [person for person in BROWSERS if person.name in FEW[portal]]
    if THOROUGH:
        return few if door.by_few else BROWSERS
    return random.Random(f"{portal} {model} {name}").sample(few, min(2 if door.by_few else 4, len(few)))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("portal", PORTALS)
def test_every_page_lets_everyone_do_exactly_what_the_contract_says(rules, matrix, facts, portal, model):
    world, readers = matrix
    place, actions, wrong = Place.of(world, portal, model), rules.actions(model), []
    for is_open in (False, True):
        with transaction.atomic():
            if is_open:
                world.open_roots()
            for name, door in DOORS.items():
                lacks = (name in NEEDS and NEEDS[name] not in actions) or (name == "tab" and not place.tab)
                lacks = lacks or (name.startswith("options") and not place.choice)
                if lacks or (is_open and not door.when_open):
                    continue
                for person in asks(portal, model, name, door):
                    expected = door.expected(rules, portal, person, model, is_open)
                    found = ask(door, place, readers[person.name])
                    facts["cells of the permission matrix, as pages"] += 1
                    if found != expected:
                        wrong.append(f"{portal} {person.name} {model} {name}: expected {expected}, got {found}")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def test_pages_of_no_model_are_for_whom_they_are(matrix):
    world, readers = matrix
    for path, statuses in ROOMS.items():
        found = [readers[name].get(path).status for name in ("anonymous", "stranger", "administrator")]
        assert tuple(found) == statuses, path
    project = f'value="{world.rows["project"]}"'
    assert project in readers["member"].get("/private/active/").text
    assert project not in readers["stranger"].get("/private/active/").text


# -- two worlds -----------------------------------------------------------------------------------------------------------

READERS = ("owner", "member", "contributor", "stranger", "anonymous")
_DAYS = "|".join(f"{dt.datetime.now(tz=dt.UTC) + dt.timedelta(days=days):%Y-%m-%d}" for days in range(2))
_CHANGES = re.compile(
    rf'value="(?:{_DAYS})T[\d:.]+"|'  # a copy is of now
    r'(?<=</p><form method="post" action=)"/private/history/[0-9a-f-]{36}/undo/"|'  # the notice of what was just done
    r'name="csrfmiddlewaretoken" value="[^"]+"|request <code id="request-id">[^<]+|just now|\d+ (?:minute|hour)s? ago'
)

_NEW_VIEW = re.compile(r"(?<=[?]view=copy-)\w{6}$")  # names of views end in random letters


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
    found = [f"/{portal}/", "/keyboard/", "/private/active/", "/private/pins/", "/register"]
    found += ["/private/approvals/", "/private/inbox/", "/private/import-tool/", "/private/import-tool/template/xlsx/"]
    found += [f"/private/import-tool/template/xlsx/?of=modules/{one}" for one in ("consumablestock", "equipment")]
    found += [f"{NO_IMPORT}{below}" for below in ("", "columns/", "review/")]
    found += ["/super/people/", "/super/people/1/", "/super/announcements/", "/super/server/"]
    found += [
        f"/{portal}/{path}?view={slug}{more}" for path, slug in VIEWS for more in ("", "&_field=sex&_op=eq&_value=F")
    ]
    found += [f"/{portal}/{path}views/?view={slug}" for path, slug in VIEWS]
    found += [f"/{portal}/history/{event}/{more}" for event in past.events for more in ("", "undo/")]
    # Of oneself, of everybody who may have done something, and of somebody who is not there.
    found += [f"/{portal}/history/{asked}" for asked in ("", "?by=999999", "?action=delete", "?model=stem/subject")]
    found += [f"/{portal}/history/?by={one}" for one in ids.get("users.User", [])]
    for spec in specs().values():
        path = f"/{portal}/{spec.app}/{spec.segment}/"
        found += [f"{path}deleted/", f"{path}deleted/?search=e", f"{path}deleted/?by=me", f"{path}history/"]
        found += [f"{path}history/?action={kind}" for kind in ("change", "delete")]
        found += [f"{path}bulk/", f"{path}bulk/?search=e", f"{path}bulk/nothing/", f"{path}grid/"]
        found += [f"{path}options/?field=id"]
        found += [path, f"{path}views/", f"{path}?per=200&sort=-updated_at", f"{path}export/csv/"]
        tabs = [tab.name for tab in (*tabs_of(spec, portal), *others_of(spec, portal))]
        relations = [name for name in spec.relations if spec.writable(name)]
        found += [f"{path}?_field={name}" for name in relations]
        # A form that is filled in with what is hidden; names are told of what was chosen.
        chosen = [(name, hidden.get(spec.relations[name].target, [])[:1]) for name in relations]
        found += [f"{path}add/", f"{path}add/?{urlencode([(name, ids[0]) for name, ids in chosen if ids])}"]
        found += [f"{path}tags/", f"{path}tags/?q=t"]
        for name, _ in chosen:
            found += [f"{path}options/?field={name}", f"{path}options/?field={name}&search=e"]
            found += [
                f"{path}options/?{urlencode({'field': name, other: hidden_ids[0]})}"
                for other, hidden_ids in chosen
                if hidden_ids and other in contexts(spec, name)
            ]
        for one in [*ids.get(spec.label, [])[-1:], *hidden.get(spec.label, [])[:1]]:
            found += [f"{path}{one}/", f"/r/{one}/", f"{path}{one}/access/", f"{path}{one}/card/"]
            found += [f"{path}{one}/join/"]
            found += [f"{path}{one}/manage/", f"{path}{one}/access/?person=1"]
            found += [f"{path}{one}/history/", f"{path}{one}/history/?by=me"]
            found += [f"{path}{one}/review/", f"{path}{one}/publish/"]
            found += [f"{path}{one}/{name}/" for name in (*tabs, "change", "duplicate", "delete")]
            found += [f"{path}{one}/field/?name={name}" for name in [*fields_of(spec, portal)[:3], "nothing"]]
        found += [f"{path}{one}/" for one in past.deleted.get(spec.label, [])]
    return found


def _sendings(
    portal: str, ids: dict[str, list[Any]], hidden: dict[str, list[Any]], past: Past
) -> list[tuple[str, dict[str, Any]]]:
    """What is sent: selected rows, the newest, those with one that is hidden, and all that match; and what is taken back."""
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
        for rows in ([*some], [*some, *other]):
            found += [
                (f"{path}bulk/", {"id": rows}),
                (f"{path}bulk/", {"id": rows, "_what": "projects", "_do": "save"}),
            ]
        found += [(f"{path}bulk/", {"id": some, "_what": "stem.Cohort.subjects", "_do": "save", "into": hidden.get("stem.Cohort", [])[:1]})]  # fmt: skip
        found += [(f"{path}bulk/nothing/", {"_do": "apply", "_at": "0"})]
        found += [(f"{path}grid/", {"rows": '[{"number": 1, "id": "", "cells": {}}]'})]
        found += [(f"{path}columns/", {"column": ["id", "name"]})]
        for name in (name for name in spec.relations if spec.writable(name)):
            target = spec.relations[name].target
            names = [*ids.get(target, [])[-2:], *hidden.get(target, [])[:2], "Nobody"]
            found += [(f"{path}options/", {"field": name, "names": "\n".join(map(str, names))})]
        found += [
            ("/private/pins/", {"model": spec.label, "kind": "record", "name": one, "_do": "add"}) for one in other
        ]
        found += [(f"{path}deleted/{one}/restore/", {}) for one in past.deleted.get(spec.label, [])]
        found += [(f"{path}deleted/restore/", {"id": past.deleted[spec.label]})] if spec.label in past.deleted else []
        found += [(f"{path}{one}/history/revert/", {"to": past.events[-1]}) for one in (*some[-1:], *other)]
        found += [
            (f"{path}{one}/manage/", {"_do": "invite", "addresses": "nobody-at-all"}) for one in (*some[-1:], *other)
        ]
        for one in (*some[-1:], *other):
            found += [("/private/inbox/", {"_do": act, "model": spec.label, "id": one}) for act in ("accept", "cancel")]
            found += [(f"{path}{one}/review/", {"_do": "accept"})]
            found += [(f"{path}{one}/join/", {"_do": act}) for act in ("ask", "cancel", "leave")]
            found += [(f"{path}{one}/publish/", {"_do": "publish", "_sure": ""})]
        field = next(iter(fields_of(spec, portal)), "")
        # Refused by name, as a proposal that is written has a new address.
        more = {field: "1", "nothing_of_the_kind": "1"}
        found += [(f"{path}{one}/field/?name={field}", more) for one in (*some[-1:], *other)]
    found += [(f"/{portal}/history/{event}/undo/", {"confirmed": "1", "next": "/"}) for event in past.events[::3]]
    for path, slug in VIEWS:
        found += [(f"/{portal}/{path}views/", {"_do": act, "view": slug}) for act in ("open", "delete")]
        found += [(f"/{portal}/{path}views/?view={slug}", {"_do": act, "name": "Copy"}) for act in ("save", "save_as")]
        label = "stem.Subject"
        found += [
            ("/private/pins/", {"model": label, "kind": "view", "name": slug, "_do": "add", "next": "/keyboard/"})
        ]
    found += [("/private/import-tool/", {"model": "stem/subject", "text": "", "dates": ""})]
    found += [(NO_IMPORT, {"_do": act}) for act in ("cells", "commit", "forget", "answer")]
    return [*found, ("/private/active/", {"project": hidden["stem.Project"][:1]})]


def _seen(page: Page) -> tuple[int, str, str]:
    return page.status, _NEW_VIEW.sub("", page.to), _CHANGES.sub("", page.text)


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
        sendings = _sendings(portal, known, more, past)
        if not THOROUGH:
            addresses, sendings = _share(addresses, reader), _share(sendings, reader)
        beside = _asked(browser, addresses, sendings)
        transaction.set_rollback(True)
    alone = _asked(browser, addresses, sendings)
    addresses += [f"{path} {sent}" for path, sent in sendings]
    facts["pages alike in two worlds"] += len(addresses)
    different = [path for path, one, other in zip(addresses, beside, alone, strict=True) if one != other]
    assert not different, _told(
        different[0], beside[addresses.index(different[0])], alone[addresses.index(different[0])]
    )
    assert sum(status == 200 for status, _, _ in alone) > 30


def _share(asked: list[Any], reader: str) -> list[Any]:
    """What one of the readers asks of all that is asked: half of it in the public portal, an eighth in the private one."""
    turns = random.Random(len(READERS))
    shares = [turns.randrange(8) for _ in asked]
    mine = range(4) if reader == "anonymous" else (READERS.index(reader),)
    return [one for one, share in zip(asked, shares, strict=True) if share in mine]


def _asked(
    browser: Reader, addresses: list[str], sendings: list[tuple[str, dict[str, Any]]]
) -> list[tuple[int, str, str]]:
    found = [_without_hidden(_seen(browser.get(path))) for path in addresses]
    for path, sent in sendings:
        with transaction.atomic():  # nothing of it stays
            found.append(_without_hidden(_seen(browser.post(path, **sent))))
            transaction.set_rollback(True)
    return found


def test_every_door_is_asked_about():
    """Who adds a page adds it to both tests above."""
    nil = "00000000-0000-0000-0000-000000000000"
    one = {label: [nil] for label in specs()}
    world = SimpleNamespace(paths={"subject": "stem/subject"}, rows={"subject": nil}, gone={}, events={})
    place = Place.of(world, "private", "subject")
    assert doors_at([*(place.fill(door.path) for door in DOORS.values()), *ROOMS]) == known_doors()
    past = Past([nil], one)
    addresses = [*_addresses("private", one, one, past), *(path for path, _ in _sendings("private", one, one, past))]
    assert doors_at(addresses) == known_doors()


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
