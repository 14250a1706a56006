"""Drafts of forms without a browser: who is offered which, what they draw, and when they end."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brainstem.apps.users import own_data
from brainstem.apps.users.draft_models import Draft
from brainstem.core.access.actor import Actor
from brainstem.core.models import Change, Event

from ..lab import path_of
from ..people import Person
from .pages import Reader
from .paper import Desk, Paper

ADD = "stem/session/add"
KEY = "form.private.stem.session.add."
BEFORE = int(dt.datetime(2100, 1, 2, 12, 2, tzinfo=dt.UTC).timestamp() * 1000)


def pairs_of(paper: Paper) -> list[tuple[str, str]]:
    """What a browser would send of a form, as its script keeps it."""
    left_out = ("csrfmiddlewaretoken", "_do", "_draft")
    return [
        (name, text)
        for name, texts in paper.data("save").items()
        if name not in left_out
        for text in (texts if isinstance(texts, list) else [texts])
    ]


def keep(who: Person, key: str, paper: Paper, **more: Any) -> str:
    """Keep a draft as the script of a form does; its version."""
    content = {"title": "Add session", "pairs": pairs_of(paper), "files": {}} | more
    answer = who.put(f"drafts/{key}", content)
    assert answer.status in (200, 201), answer.text
    return str(answer.headers["ETag"]).strip('"')


def keys(who: Person) -> list[str]:
    return [one["key"] for one in who.get("drafts").body["drafts"]]


def offers(page: Any) -> list[str]:
    """The drafts that a page offers to continue."""
    return re.findall(r'<p id="draft-(\w+)">', page.text)


def written(desk: Desk, path: str, **values: str) -> Paper:
    paper = desk.open(path)
    for name, text in values.items():
        paper.write(name.replace("__", "."), text)
    return paper


def test_a_draft_is_offered_continued_and_ends_when_the_form_is_saved(lab, alice):
    lab["project"]
    alice.user.time_zone = "Europe/Copenhagen"
    alice.user.save()
    desk, reader, before = Desk(alice), Reader(alice), Change.objects.count()
    keep(alice, f"{KEY}abc", written(desk, ADD, name="Day 1", description="of the  maze\n"))
    now = timezone.now()
    page = reader.get(f"/private/{ADD}/")
    assert offers(page) == ["abc"]
    assert re.search(r"Continue what you wrote (on [\d-]+ )?at \d\d:\d\d: Day 1 Continue Discard", page.words)
    keep(alice, f"{KEY}abc", written(desk, ADD, name="Day 1", description="of the  maze\n"), at=BEFORE)
    Draft.objects.update(updated_at=now.replace(year=2100, month=1, day=20))
    assert "what you wrote on 2100-01-02 at 13:02: Day 1" in reader.get(f"/private/{ADD}/").words
    Draft.objects.update(updated_at=now)
    assert "Go on writing Add session: Day 1" in reader.get("/private/").words
    assert f"/private/{ADD}/?_draft=abc" in reader.get("/private/").links
    paper = desk.open(ADD, _draft="abc")
    assert (paper.values("name"), paper.values("description")) == (["Day 1"], ["of the  maze\r\n"])
    assert Change.objects.count() == before
    refused = written(desk, ADD)  # Another form of the same kind leaves the draft alone.
    refused.write("name", "")
    desk.refused(ADD, refused)
    assert keys(alice) == [f"{KEY}abc"]
    again = desk.again(ADD, paper)
    assert again.values("_draft") == paper.values("_draft")
    made = desk.save(ADD, again)
    assert alice.get(f"stem/session/{made}").record["name"] == "Day 1"
    assert keys(alice) == []
    assert offers(reader.get(f"/private/{ADD}/")) == []
    assert "Go on writing" not in reader.get("/private/").words


def test_each_tab_keeps_a_draft_of_its_own_and_ends_no_other_one(lab, alice):
    lab["project"]
    desk, reader = Desk(alice), Reader(alice)
    first = keep(alice, f"{KEY}aaa", written(desk, ADD, name="first"))
    keep(alice, f"{KEY}bbb", written(desk, ADD, name="second"))
    assert offers(reader.get(f"/private/{ADD}/")) == ["bbb", "aaa"]
    paper = desk.open(ADD, _draft="aaa")
    assert paper.values("_draft") == [f"aaa {first}"]
    keep(alice, f"{KEY}aaa", written(desk, ADD, name="written again"))
    desk.save(ADD, paper)
    assert sorted(keys(alice)) == [f"{KEY}aaa", f"{KEY}bbb"]
    # Discarding deletes what was read, and nothing that was written since.
    kept = reader.post(f"/private/{ADD}/?projects=x", _discard=f"aaa {first}")
    assert (kept.status, kept.to) == (303, f"/private/{ADD}/?projects=x")
    assert "is still kept" in reader.get(kept.to).words
    version = Draft.objects.get(key=f"{KEY}aaa").version
    assert reader.post(f"/private/{ADD}/", _discard=f"aaa {version}").status == 303
    assert reader.post(f"/private/{ADD}/", _discard="nothing there").status == 303
    assert keys(alice) == [f"{KEY}bbb"]
    # A page's own draft ends whatever it holds.
    paper = written(desk, ADD, name="third")
    assert desk.client.post(f"/private/{ADD}/", paper.data("save") | {"_draft": "bbb"}).status_code == 303
    assert keys(alice) == []


def test_nobody_else_is_offered_shown_or_rid_of_a_draft(lab, alice, dana, admin):
    made = lab["session"]
    change = f"stem/session/{made}/change"
    desk = Desk(alice)
    keep(alice, f"{KEY}abc", written(desk, ADD, name="very secret"))
    keep(alice, f"form.private.stem.session.{made}.change.abc", written(desk, change, name="very secret"))
    super_key = f"form.super.stem.session.{made}.change.abc"
    for who, portal in ((dana, "private"), (admin, "private"), (admin, "super")):
        reader, here = Reader(who), who.through(portal)
        for path in (f"/{portal}/", f"/{portal}/{change}/", f"/{portal}/{change}/?_draft=abc"):
            page = reader.get(path)
            if who is dana or portal == "super" or path == "/private/":
                assert page.status == 200, (path, who.email)
            assert "very secret" not in page.text
            assert offers(page) == []
        reader.post(f"/{portal}/{change}/", _discard="abc")
        assert keys(here.through("private")) == []
    assert len(keys(alice)) == 2
    # A draft belongs to one form of one record in one portal.
    other = lab.add("session")["id"]
    reader = Reader(alice)
    for path in (f"stem/session/{other}/change", f"stem/session/{made}/duplicate", "stem/subject/add"):
        assert offers(reader.get(f"/private/{path}/")) == []
        assert "no longer kept" in reader.get(f"/private/{path}/?_draft=abc").words
    keep(admin, super_key, written(Desk(admin, "super"), change, name="of the administrator"))
    assert "of the administrator" in Reader(admin).get(f"/super/{change}/?_draft=abc").text
    assert "of the administrator" not in Reader(alice).get(f"/private/{change}/").text


def test_a_draft_goes_with_the_right_to_the_form_after_30_days_and_into_ones_own_data(lab, alice, dana):
    made = lab["session"]
    change, key = f"stem/session/{made}/change", f"form.private.stem.session.{made}.change.abc"
    keep(dana, key, written(Desk(dana), change, name="of Dana"), title="Edit Day 1")
    reader = Reader(dana)
    assert "Go on writing Edit Day 1" in reader.get("/private/").words
    archive = own_data.archive(dana.user, actor=Actor.in_browser(dana.user, request_id=""))
    kept = zipfile.ZipFile(io.BytesIO(archive))
    assert any("of Dana" in kept.read(name).decode() for name in kept.namelist() if name.startswith("drafts/"))
    project = alice.get(f"stem/project/{lab['project']}").record
    groups = {name: {"is_member": True} for name in project["groups"]}
    assert alice.patch(f"stem/project/{lab['project']}", {"groups": groups}).status == 200
    assert reader.get(f"/private/{change}/?_draft=abc").status in (403, 404)
    assert len(keys(dana)) == 1
    Draft.objects.update(updated_at=timezone.now() - dt.timedelta(days=30, seconds=1))
    page = reader.get("/private/")
    assert "Go on writing" not in page.words
    keep(alice, key, written(Desk(alice), change, name="of Alice"))
    Draft.objects.update(updated_at=timezone.now() - dt.timedelta(days=30, seconds=1))
    page = Reader(alice).get(f"/private/{change}/?_draft=abc")
    assert "no longer kept" in page.words
    assert "of Alice" not in page.text
    assert offers(page) == []


def test_a_draft_of_a_change_meets_the_record_as_it_is_by_now(lab, alice, dana):
    made = lab.add("subject", genotype="wt", genetic_line="x", description="old")["id"]
    path, key = f"stem/subject/{made}/change", f"form.private.stem.subject.{made}.change.abc"
    desk, other = Desk(alice), Desk(dana)
    keep(alice, key, written(desk, path, genotype="from Alice", genetic_line="only Alice"))
    assert "The record has changed since" not in Reader(alice).get(f"/private/{path}/").words
    other.save(path, written(other, path, genotype="from Dana", description="only Dana"))
    assert "The record has changed since." in Reader(alice).get(f"/private/{path}/").words
    before = Change.objects.count()
    paper = desk.open(path, _draft="abc")
    assert (paper.values("description"), paper.values("genetic_line")) == (["only Dana"], ["only Alice"])
    assert {"wt", "from Alice", "from Dana", "Before", "Merged without asking: Description."} <= set(paper.texts)
    assert (Change.objects.count(), keys(alice)) == (before, [key])
    # It may be overtaken once more before it is saved.
    other.save(path, written(other, path, genotype="again from Dana"))
    asked = desk.refused(path, paper)
    assert {"from Dana", "from Alice", "again from Dana", "Before"} <= set(asked.texts)
    # The question is part of the draft: it is asked again, with the side that was chosen.
    asked.write("_take.genotype", "theirs")
    keep(alice, key, asked)
    again = desk.open(path, _draft="abc")
    assert {"from Dana", "from Alice", "again from Dana", "Before"} <= set(again.texts)
    assert again.values("_take.genotype") == ["theirs"]
    drawn = desk.again(path, again)  # and so it is when something else draws the form again
    assert drawn.values("_take.genotype") == ["theirs"]
    drawn.write("name", "")
    refused = desk.refused(path, drawn)
    assert refused.values("_take.genotype") == ["theirs"]
    refused.write("name", "a name")
    desk.save(path, refused)
    after = alice.get(f"stem/subject/{made}").record
    assert [after[one] for one in ("genotype", "genetic_line", "description")] == [
        "again from Dana", "only Alice", "only Dana",
    ]  # fmt: skip
    assert keys(alice) == []
    # What only others changed is in the form when it is continued, and the form says so.
    keep(alice, key, written(desk, path, genotype="of Alice"))
    other.save(path, written(other, path, genetic_line="of Dana"))
    page = Reader(alice).get(f"/private/{path}/?_draft=abc")
    assert re.search(r"saved this record while you wrote \(Dana, [\d: -]+\)\. Their changes are in the form: Genetic line\.", page.words)  # fmt: skip
    desk.save(path, desk.open(path, _draft="abc"))
    after = alice.get(f"stem/subject/{made}").record
    assert (after["genotype"], after["genetic_line"]) == ("of Alice", "of Dana")


def test_a_side_that_was_chosen_in_a_draft_is_for_what_was_shown(lab, alice, dana):
    """Somebody took the other side, left the form, and meanwhile the other one wrote something else: both come back."""
    made = lab.add("subject", genotype="wt")["id"]
    path, key = f"stem/subject/{made}/change", f"form.private.stem.subject.{made}.change.abc"
    desk, other = Desk(alice), Desk(dana)
    paper = written(desk, path, genotype="of Alice")
    other.save(path, written(other, path, genotype="of Dana"))
    asked = desk.refused(path, paper)
    asked.write("_take.genotype", "theirs")
    keep(alice, key, asked)
    other.save(path, written(other, path, genotype="of Dana, later"))
    again = desk.open(path, _draft="abc")
    assert {"of Dana", "of Dana, later", "of Alice"} <= set(again.texts)
    assert again.values("genotype") == ["of Alice"]


def test_a_draft_is_no_record_and_nobody_is_told_of_it(lab, alice, dana, mailoutbox):
    made = lab["session"]
    counts = (Change.objects.count(), Event.objects.count())
    keep(alice, f"form.private.stem.session.{made}.change.abc", written(Desk(alice), f"stem/session/{made}/change"))
    keep(alice, f"{KEY}abc", written(Desk(alice), ADD, name="only a draft"))
    assert (Change.objects.count(), Event.objects.count(), mailoutbox) == (*counts, [])
    for who in (alice, dana):
        assert "only a draft" not in who.get("stem/session", "limit=100").text
        assert "only a draft" not in Reader(who).get("/private/stem/session/", search="draft").text.partition("<main")[2].partition("<tbody")[2]  # fmt: skip


def test_drafts_of_every_kind_of_form_come_back_with_rows_types_and_files_to_choose_again(lab, alice):
    desk = Desk(alice)
    path = f"modules/procedure/{lab['procedure']}/duplicate"
    paper = desk.open(path)
    paper.write("_copies", "3")
    paper.write("notes", "kept")
    paper.write("type", "VirusInjection")
    keep(alice, f"form.private.modules.procedure.{lab['procedure']}.duplicate.abc", paper)
    back = desk.open(path, _draft="abc")
    assert (back.values("_copies"), back.values("notes")) == (["3"], ["kept"])
    assert back.values("type") == ["VirusInjection"]
    path = f"personal_attributes/setup/{lab['setup']}/change"
    key = f"form.private.personal_attributes.setup.{lab['setup']}.change.abc"
    keep(alice, key, desk.open(path), files={"image": "rig.png"})
    assert "Choose rig.png again" in Reader(alice).get(f"/private/{path}/?_draft=abc").words


@pytest.mark.parametrize(
    "content",
    [
        [], {}, None, "text", {"pairs": 1}, {"pairs": [1]}, {"pairs": [["a"]]}, {"pairs": [["a", "b"]], "files": 3},
        {"pairs": [["a", "b"]] * 20_000}, {"pairs": [["a." * 50, "b"], ["0.0", "x"], ["_base", "x y:z"], ["_take.a", ""],
        ["_zone", "No/Where"], ["type", "None"], ["projects", "x"], ["_kept", "x"]], "at": "never", "title": 3},
        {"pairs": [], "at": 1e300}, {"pairs": [], "at": -1e12}, {"pairs": [["name", "<script>alert(1)</script>"]]},
    ],
    ids=lambda content: json.dumps(content)[:30],
)  # fmt: skip
def test_whatever_a_program_left_under_such_a_key_draws_a_form(lab, alice, content):
    lab["project"]
    assert alice.put(f"drafts/{KEY}abc", content).status == 201
    reader = Reader(alice)
    for path in (f"/private/{ADD}/", f"/private/{ADD}/?_draft=abc", "/private/"):
        page = reader.get(path)
        assert page.status == 200
        assert "<script>alert" not in page.text
    for name in ("x" * 500, "A.b", "abc.", "../x", "\0"):
        assert reader.get(f"/private/{ADD}/", _draft=name).status == 200
    for key in ("form.private.x", "form.private.stem.session.a.b.c.d", "form.private.no.model.add.abc"):
        assert alice.put(f"drafts/{key}", {"pairs": [], "title": "x"}).status == 201
    assert reader.get("/private/").status == 200


def test_drafts_take_one_statement_of_a_form_and_of_the_start_page(lab, alice):
    made, desk = lab["session"], Desk(alice)
    change = f"{path_of('session')}/{made}/change"

    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.client.get(path).status_code == 200
        return len([one for one in captured if "draft" in one["sql"].lower()])

    for number in range(3):
        keep(alice, f"form.private.stem.session.{made}.change.a{number}", written(desk, change, name=f"a{number}"))
        assert [statements(path) for path in (f"/private/{change}/", "/private/")] == [1, 1]
        assert statements(f"/private/{change}/?_draft=a0") == 1
