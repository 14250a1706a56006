"""Who has a response is told so with 304, unless anything in it has changed or may no longer be seen."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.api import conditional, kept_tags
from brainstem.apps.modules.models.data_acquisition import DataAcquisition
from brainstem.apps.stem.models.session import Session
from brainstem.apps.users import tokens
from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import specs
from brainstem.core.query import moments
from brainstem.core.undo.restoring import undelete
from brainstem.core.write import details_report

from ..people import Person, person, unique

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.databases]


@pytest.fixture(autouse=True)
def nothing_kept():
    conditional.kept_tags.clear()


def tag(who: Person, path: str, query: str = "") -> str:
    answer = who.get(path, query)
    assert answer.status == 200, answer.body
    return answer.headers["ETag"]


def again(who: Person, path: str, query: str = "", *, having: str):
    return who.get(path, query, HTTP_IF_NONE_MATCH=having)


def reads(ask) -> list[str]:
    """The statements of a request that read records, rather than who asks or whether something changed."""
    with CaptureQueriesContext(connection) as found:
        answer = ask()
    texts = [one["sql"] for one in found.captured_queries]
    return [answer.status, sum("stem_" in text or "users_group" in text for text in texts)]


def proven(who: Person, path: str, query: str = "") -> str:
    """The ETag of a response that is answered with 304 without reading it."""
    had = tag(who, path, query)
    assert again(who, path, query, having=had).status == 304
    assert reads(lambda: again(who, path, query, having=had)) == [304, 0]
    return had


# -- details ----------------------------------------------------------------------------------------------------------


def test_a_detail_that_the_reader_has_is_304_without_a_body(lab, alice):
    path = f"stem/session/{lab['session']}"
    had = tag(alice, path)
    for having in (had, f"W/{had}", f'"other", {had}', "*"):
        answer = again(alice, path, having=having)
        assert (answer.status, answer.text, answer.headers["ETag"]) == (304, "", had)
        head = alice.request("head", path, HTTP_IF_NONE_MATCH=having)
        assert (head.status, head.headers["ETag"]) == (304, had)
    for having in ('"other"', had.replace("-", "-0"), had.strip('"'), "", "nonsense", f'"{had.partition("-")[0][1:]}"'):
        assert again(alice, path, having=having).status == 200


def test_a_304_says_for_whom_it_holds_as_the_response_does(lab, alice):
    path = f"stem/session/{lab['session']}"
    first = alice.get(path)
    found = again(alice, path, having=first.headers["ETag"])
    for name in ("Vary", "Cache-Control"):
        assert found.headers[name] == first.headers[name]
    assert {"Authorization", "Cookie", "Accept"} <= {one.strip() for one in found.headers["Vary"].split(",")}
    assert "Content-Type" not in found.headers


def test_a_browser_gets_its_page_whatever_it_has_kept(lab, alice):
    path = f"/api/private/stem/session/{lab['session']}/"
    had = tag(alice, f"stem/session/{lab['session']}")
    alice.client.force_login(alice.user)
    page = alice.client.get(path, headers={"Accept": "text/html", "If-None-Match": had})
    assert page.status_code == 200
    assert "ETag" not in page.headers


def test_nothing_is_read_if_nothing_has_changed(lab, alice):
    path = f"stem/session/{lab['session']}"
    proven(alice, path)
    had = tag(alice, path)
    assert reads(lambda: alice.get(path))[1] > 0
    for _ in range(3):
        assert reads(lambda: again(alice, path, having=had)) == [304, 0]


def test_changes_elsewhere_leave_it_proven_and_changes_in_it_do_not(lab, alice):
    path = f"stem/session/{lab['session']}"
    had = proven(alice, path)
    assert alice.patch(f"personal_attributes/setup/{lab['setup']}", {"description": "x"}).status == 200
    had = proven(alice, path)
    lab.add("strain")
    assert reads(lambda: again(alice, path, having=had)) == [304, 0]
    assert alice.patch(path, {"description": unique("x")}).status == 200
    assert again(alice, path, having=had).status == 200


def test_somebody_else_s_proof_is_not_mine(lab, alice, bob, admin):
    path = f"stem/session/{lab['session']}"
    had = proven(alice, path)
    assert reads(lambda: again(bob, path, having=had))[1] > 0
    limited = Person(alice.user, read_only=True)
    assert reads(lambda: again(limited, path, having=had))[1] > 0
    assert reads(lambda: again(alice, path, "exclude[]=name", having=had))[1] > 0
    assert reads(lambda: again(alice.through("public"), path, having=had))[0] == 404


# -- every cause of a change ------------------------------------------------------------------------------------------


def changes():
    """Name -> what changes the detail of a session for Bob, given the lab, and Alice."""

    def patched(path, **body):
        def change(lab, alice):
            answer = alice.patch(path(lab), body)
            assert answer.status == 200, answer.body

        return change

    def added(name):
        return lambda lab, _: lab.add(name)

    def stored(lab, alice):
        alice.make("stem/sessiondatastorage", session=lab["session"], datastorage=lab["datastorage"])

    session = "stem/session/{0[session]}".format
    return {
        "its field": (patched(session, description="new"), ""),
        "its tag": (patched(session, tags=["new"]), ""),
        "a record below": (added("epoch"), ""),
        "a change of a record below": (patched("stem/epoch/{0[epoch]}".format, name="new"), "include[]=epochs"),
        "a record below deleted": (lambda lab, alice: alice.delete(f"stem/epoch/{lab['epoch']}"), ""),
        "a link that is a record": (stored, ""),
        "what is included": (patched("stem/project/{0[project]}".format, description="new"), "include[]=projects"),
    }


@pytest.mark.parametrize("cause", changes())
def test_a_change_is_seen_by_who_has_the_response_before_it(lab, alice, cause):
    change, query = changes()[cause]
    lab.add("epoch")
    assert lab["epoch"]
    path = f"stem/session/{lab['session']}"
    had = proven(alice, path, query)
    change(lab, alice)
    assert again(alice, path, query, having=had).status == 200


def rights():
    """Name -> what makes Bob lose sight of a record that he reads."""

    def taken(lab, alice, bob):
        assert alice.patch(f"stem/project/{lab['project']}", {"users": {bob.email: {"remove": True}}}).status == 200

    def moved(lab, alice, bob):
        other = alice.make("stem/project", name=unique("P"))["id"]
        assert alice.patch(f"stem/session/{lab['session']}", {"projects": [other]}).status == 200

    def deleted(lab, alice, bob):
        assert alice.delete(f"stem/project/{lab['project']}").status == 204

    def left(lab, alice, bob):
        body = {"users": {bob.email: {"remove": True}}}
        assert bob.patch(f"stem/project/{lab['project']}", body).status == 200

    return {"taken": taken, "moved": moved, "deleted": deleted, "left": left}


@pytest.mark.parametrize("cause", rights())
@pytest.mark.parametrize("name", ["session", "epoch"])
def test_what_may_no_longer_be_seen_is_never_304(lab, alice, bob, cause, name):
    path = f"stem/{name}/{lab[name]}"
    had = proven(bob, path)
    listed = proven(bob, f"stem/{name}")
    rights()[cause](lab, alice, bob)
    assert again(bob, path, having=had).status == 404
    assert again(bob, f"stem/{name}", having=listed).status == 200


def test_a_role_through_a_group_that_is_lost_is_never_304(lab, alice, dana):
    path = f"stem/epoch/{lab['epoch']}"
    had = proven(dana, path)
    name = next(iter(alice.get(f"stem/project/{lab['project']}").record["groups"]))
    group = alice.get("users/group", f"filter{{name}}={name}").ids[0]
    assert dana.post(f"users/group/{group}/leave/").status == 200
    assert again(dana, path, having=had).status == 404


def test_what_is_no_longer_public_is_never_304(lab, alice, nobody):
    project, path = f"stem/project/{lab['project']}", f"stem/epoch/{lab['epoch']}"
    assert alice.patch(project, {"is_public": True}).status == 200
    had = proven(nobody, path)
    assert alice.patch(project, {"is_public": False}).status == 200
    assert again(nobody, path, having=had).status == 404


def test_a_token_that_is_revoked_gets_no_304(lab, alice):
    other = Person(alice.user)
    path = f"stem/session/{lab['session']}"
    had = proven(other, path)
    tokens.revoke(tokens.of_person(alice.user))
    assert again(other, path, having=had).status == 401


def test_a_restored_record_is_read_again(lab, alice):
    path, epoch = f"stem/session/{lab['session']}", lab["epoch"]
    assert alice.delete(f"stem/epoch/{epoch}").status == 204
    had = proven(alice, path)
    undelete(specs()["stem.Epoch"], epoch, viewer=Viewer(Actor(via="command"), ""))
    assert again(alice, path, having=had).status == 200


def test_details_that_a_command_converts_are_in_the_history(lab, alice):
    path = f"modules/dataacquisition/{lab['dataacquisition']}"
    DataAcquisition.objects.update(type_schema_version="1.0.0", details={"sr": 30000})
    had = proven(alice, path)
    assert details_report.convert(write=True)["converted"] == 1
    found = again(alice, path, having=had)
    assert (found.status, found.record["details"]["sr"]["unit"]) == (200, "Hz")
    stale = alice.patch(path, {"description": "x"}, HTTP_IF_MATCH=had)
    assert stale.body["changed"]["details"]["base"] == {"sr": 30000}


# -- what has no history ----------------------------------------------------------------------------------------------


def test_a_change_made_in_the_database_shows_after_a_minute(lab, alice, monkeypatch):
    path = f"stem/session/{lab['session']}"
    had = proven(alice, path)
    Session.objects.filter(pk=lab["session"]).update(description="by hand")
    assert again(alice, path, having=had).status == 304
    later = kept_tags.time.monotonic() + 61
    monkeypatch.setattr(kept_tags.time, "monotonic", lambda: later)
    assert again(alice, path, having=had).status == 200


def test_people_are_always_read_because_new_accounts_have_no_history(lab, alice):
    had = tag(alice, "users/user")
    assert again(alice, "users/user", having=had).status == 304
    person("new")
    assert again(alice, "users/user", having=had).status == 200


def test_offers_are_always_read_because_they_end_by_themselves(lab, alice, charlie):
    made = alice.post(f"stem/project/{lab['project']}/invite/", {"email": charlie.email})
    path = f"stem/projectmembershipinvitation/{made.id}"
    had = tag(charlie, path)
    assert again(charlie, path, having=had).status == 304
    assert again(charlie, path, having=had).status == 304
    specs()["stem.ProjectMembershipInvitation"].model.objects.update(expires_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert again(charlie, path, having=had).status == 404


# -- lists ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["", "limit=1", "filter{name.icontains}=e&sort[]=-name", "include[]=projects.*", "cursor="]
)
def test_a_list_has_a_weak_etag_and_is_304_to_who_has_it(lab, alice, query):
    lab.add("session")
    had = proven(alice, "stem/session", query)
    assert had.startswith('W/"')
    assert again(alice, "stem/session", query, having=had.removeprefix("W/")).status == 304
    lab.add("session")
    expected = 304 if query == "limit=1" and had == tag(alice, "stem/session", query) else 200
    assert again(alice, "stem/session", query, having=had).status == expected


def test_a_list_below_a_record_is_304_until_the_record_is_hidden(lab, alice, bob):
    path = f"stem/session/{lab['session']}/epochs"
    lab.add("epoch")
    had = tag(bob, path)
    assert again(bob, path, having=had).status == 304
    assert alice.patch(f"stem/project/{lab['project']}", {"users": {bob.email: {"remove": True}}}).status == 200
    assert again(bob, path, having=had).status == 404


def test_a_stream_has_no_etag(lab, alice):
    lab.add("session")
    assert "ETag" not in alice.get("stem/session", "format=ndjson").headers


def test_what_is_kept_is_bounded():
    kept = kept_tags.KeptTags(most=3)
    for number in range(10):
        kept.keep(kept_tags.key_of(number), "t", who=(), moment="1", models=frozenset())
    assert len(kept) == 3
    kept.keep(kept_tags.key_of("long"), "t", who=(), moment="1" * 1000, models=frozenset())
    kept.keep(kept_tags.key_of("timed"), "t", who=(), moment="1", models=None)
    assert kept.get(kept_tags.key_of("long")) is kept.get(kept_tags.key_of("timed")) is None


# -- a moment ---------------------------------------------------------------------------------------------------------


def test_a_moment_is_over_once_something_is_recorded_about_a_model(lab, alice):
    assert lab["strain"]
    moment = moments.moment_now()
    assert moments.unchanged_since(moment, ["stem.Session"])
    assert alice.patch(f"stem/session/{lab['session']}", {"description": unique("x")}).status == 200
    assert not moments.unchanged_since(moment, ["stem.Session", "stem.Project"])
    assert moments.unchanged_since(moment, ["stem.Project"])
    assert moments.unchanged_since(moments.moment_now(), ["stem.Session"])
