"""What people pin to the side bar, and the records that they opened last."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.apps.users.list_models import KeptList
from brainstem.apps.users.own_data import archive
from brainstem.web.acting import acting
from brainstem.web.portal import pins, recents

from .pages import Reader

pytestmark = pytest.mark.databases

SUBJECTS, PINS = "/private/stem/subject/", "/private/pins/"


@pytest.fixture
def reader(alice):
    return Reader(alice)


@pytest.fixture
def mice(lab):
    return [lab.add("subject", name=f"Mouse {number}")["id"] for number in range(4)]


def record(pk, model="stem.Subject"):
    return {"model": model, "kind": "record", "name": pk}


def view(slug, model="stem.Subject"):
    return {"model": model, "kind": "view", "name": slug}


def pinned(page):
    part = page.text.partition(">Pinned<a")[2].partition("</ul>")[0]
    return re.findall(r'<span class="cut">([^<]+)</span>', part)


def opened(page):
    part = page.text.partition('id="opened"')[2].partition("</section>")[0]
    return re.findall(r'<a class="name grow" href="[^"]+">([^<]+)</a>', part)


def test_views_and_records_stand_on_top_of_the_side_bar_in_ones_own_order(reader, bob, lab, mice):
    slug = reader.post(f"{SUBJECTS}views/?sex=M", _do="save_as", name="Males").to.partition("view=")[2]
    assert pinned(reader.get(SUBJECTS)) == []
    for sent in (
        record(mice[0]),
        view(slug),
        view("mine"),
        record(str(reader.client.session["_auth_user_id"]), "users.User"),
    ):
        done = reader.post(PINS, _do="add", next=SUBJECTS, **sent)
        assert (done.status, done.to) == (303, SUBJECTS)
    reader.post(PINS, _do="add", **record(mice[0]))  # once more
    labels = ["Mouse 0", "Males", "Added by me", "Alice"]
    for path in (SUBJECTS, f"{SUBJECTS}{mice[1]}/", "/private/", "/keyboard/", f"{SUBJECTS}add/"):
        assert pinned(reader.get(path)) == labels, path
    assert pinned(reader.get("/public/")) == pinned(Reader(bob).get(SUBJECTS)) == []
    page = reader.get(f"{SUBJECTS}?view={slug}")
    assert f'href="{SUBJECTS}?view={slug}" aria-current="page"' in page.text.partition(">Pinned<a")[2]
    assert 'value="remove"' in page.text
    assert 'value="remove"' in reader.get(f"{SUBJECTS}{mice[0]}/").text
    assert 'name="_do" value="add"' in reader.get(f"{SUBJECTS}{mice[1]}/").text
    reader.post(PINS, _do="up", **view("mine"))
    reader.post(PINS, _do="up", **view("mine"))
    reader.post(PINS, _do="up", **view("mine"))
    assert pinned(reader.get(PINS)) == ["Added by me", "Mouse 0", "Males", "Alice"]
    reader.post(PINS, _do="down", **record(mice[0]))
    reader.post(PINS, _do="remove", **view(slug))
    assert pinned(reader.get(PINS)) == ["Added by me", "Mouse 0", "Alice"]
    reader.post(f"{SUBJECTS}views/", _do="delete", view=slug)
    assert reader.post(PINS, _do="add", **view(slug)).status == 404
    assert reader.post(PINS, _do="add", next="https://evil.example/", **view("mine")).to == PINS


def test_only_what_one_sees_is_pinned_and_stays_pinned_while_one_sees_it(reader, alice, bob, charlie, lab, mice):
    stranger = Reader(charlie)
    nothing = "01a22b71-eb55-708d-9472-33dfc7a63aab"
    wrong = (
        record(mice[0]),
        record(nothing),
        record("x"),
        record(mice[0], "stem.Nothing"),
        view("x"),
        view("mine", "x"),
    )
    answers = [stranger.post(PINS, _do="add", **sent) for sent in wrong]
    assert [one.status for one in answers] == [404] * len(wrong)
    assert Reader().get(PINS).status == Reader().post(PINS, _do="add", **record(mice[0])).status == 302
    member = Reader(bob)
    member.post(PINS, _do="add", **record(mice[0]))
    assert pinned(member.get(SUBJECTS)) == ["Mouse 0"]
    member.get(f"{SUBJECTS}{mice[0]}/")
    assert opened(member.get("/private/")) == ["Mouse 0"]
    for flags in ({"remove": True}, {}):
        assert alice.patch(f"stem/project/{lab['project']}", {"users": {bob.email: flags}}).status == 200
        seen = [] if flags else ["Mouse 0"]
        for path in (SUBJECTS, "/private/", PINS):
            page = member.get(path)
            assert pinned(page) == seen
            assert ("Mouse 0" in page.text) is bool(seen) or path == SUBJECTS, path
        assert opened(member.get("/private/")) == seen


def test_there_is_an_end_to_what_can_be_pinned(reader, alice, lab, mice, monkeypatch):
    monkeypatch.setattr(pins, "MOST", 2)
    for pk in mice[:2]:
        reader.post(PINS, _do="add", **record(pk))
    refused = reader.post(PINS, _do="add", **record(mice[2]))
    assert refused.status == 409
    assert "Unpin one first" in refused.words
    assert alice.delete(f"stem/subject/{mice[0]}").status in (200, 204)
    assert reader.post(PINS, _do="add", **record(mice[2])).status == 303
    assert pinned(reader.get(PINS)) == ["Mouse 1", "Mouse 2"]


def test_the_records_opened_last_stand_on_the_start_page(reader, alice, bob, lab, mice, monkeypatch):
    assert opened(reader.get("/private/")) == []
    for pk in (*mice, mice[0]):
        assert reader.get(f"{SUBJECTS}{pk}/").status == 200
    reader.get(f"/private/stem/project/{lab['project']}/")
    reader.get(f"{SUBJECTS}{mice[0]}/")
    reader.get(f"{SUBJECTS}{mice[0]}/procedures/")
    expected = opened(reader.get("/private/"))
    assert expected[0] == "Mouse 0"
    assert expected[2:] == ["Mouse 3", "Mouse 2", "Mouse 1"]
    # Cards, other portals and other people leave nothing.
    (
        reader.get(f"{SUBJECTS}{mice[1]}/card/"),
        reader.get(f"/public/stem/subject/{mice[1]}/"),
        Reader(bob).get(f"{SUBJECTS}{mice[1]}/"),
    )
    assert opened(reader.get("/private/")) == expected
    assert alice.delete(f"stem/subject/{mice[3]}").status in (200, 204)
    assert "Mouse 3" not in opened(reader.get("/private/"))
    monkeypatch.setattr(recents, "MOST", 2)
    reader.get(f"{SUBJECTS}{mice[2]}/")
    assert opened(reader.get("/private/")) == ["Mouse 2", "Mouse 0"]
    assert len(KeptList.objects.get(owner=alice.user, kind="recent").content) == 2


def test_pins_and_recents_cost_a_page_nothing_and_are_in_the_export_of_ones_data(reader, alice, lab, mice, rf):
    def statements(path):
        reader.get(path), reader.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(path).status == 200
        return len([one for one in asked if "SAVEPOINT" not in one["sql"]])

    paths = (SUBJECTS, f"{SUBJECTS}{mice[0]}/", "/private/")
    before = [statements(path) for path in paths]
    reader.post(PINS, _do="add", **record(mice[0]))
    reader.post(PINS, _do="add", **record(lab["project"], "stem.Project"))
    assert [statements(path) for path in paths] == before
    request = rf.get("/")
    request.user = alice.user
    with zipfile.ZipFile(io.BytesIO(archive(alice.user, actor=acting(request)))) as files:
        lists = {one["kind"]: one["content"] for one in json.loads(files.read("account.json"))["lists"]}
    assert lists["pins"] == [record(mice[0]), record(lab["project"], "stem.Project")]
    assert [one["id"] for one in lists["recent"]] == [mice[0]]
