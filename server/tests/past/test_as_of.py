"""``?as_of=``: where it is offered, which times it may be, and whose rights count."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brainstem.api import as_of as door

from ..people import join_group, unique

pytestmark = pytest.mark.databases


@pytest.fixture
def told(clock, lab, alice):
    """A session with a behavior, and a time when it was called what it is called here."""
    session = lab.add("session", description="one", tags=["red"])
    behavior = lab.add("behavior", session=session["id"])
    at = clock.tick()
    alice.patch(f"stem/session/{session['id']}", {"description": "two", "tags": []})
    clock.tick()
    return session | {"at": at, "behavior": behavior["id"]}


# -- where it is offered ------------------------------------------------------------------------------------------------


def test_a_record_is_shown_as_it_stood(told, alice):
    path = f"stem/session/{told['id']}"
    assert alice.get(path).record["description"] == "two"
    then = alice.get(path, f"as_of={told['at']}").record
    assert (then["description"], then["tags"], then["updated_at"]) == ("one", ["red"], told["updated_at"])


def test_a_list_is_filtered_by_what_was(told, alice):
    assert alice.get("stem/session", "filter{description}=one").body["count"] == 0
    then = alice.get("stem/session", f"filter{{description}}=one&as_of={told['at']}")
    assert (then.body["count"], then.ids) == (1, [told["id"]])


def test_a_list_below_a_record_is_that_of_then(told, lab, alice, clock):
    alice.delete(f"modules/behavior/{told['behavior']}")
    path = f"stem/session/{told['id']}/behaviors"
    assert alice.get(path).ids == []
    assert alice.get(path, f"as_of={told['at']}").ids == [told["behavior"]]


def test_a_stream_is_that_of_then(told, lab, alice):
    lab.add("session")
    answer = alice.get("stem/session", f"format=ndjson&as_of={told['at']}&include[]=behaviors")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.headers["X-Total-Count"] == str(len(lines))
    one = next(line for line in lines if line["id"] == told["id"])
    assert (one["description"], [each["id"] for each in one["behaviors"]]) == ("one", [told["behavior"]])


def test_an_arrow_stream_is_that_of_then(told, alice):
    pa = pytest.importorskip("pyarrow")
    answer = alice.client.get(
        f"/api/private/stem/session/?format=arrow&as_of={told['at']}",
        headers={"Authorization": f"Bearer {alice.token}"},
    )
    rows = pa.ipc.open_stream(b"".join(answer)).read_all().to_pylist()
    assert [one["description"] for one in rows if one["id"] == told["id"]] == ["one"]


def test_pages_keep_the_time(told, lab, alice, clock):
    lab.add("session"), lab.add("session")
    at = clock.tick()
    lab.add("session", name="~~ later")
    for window in ("limit=1", "limit=1&page=1", "limit=1&cursor="):
        found, query = [], f"{window}&as_of={at}"
        while query:
            page = alice.get("stem/session", query)
            found += page.ids
            query = (page.body["next"] or "").partition("?")[2]
        assert len(found) == len(set(found)) == alice.get("stem/session", f"as_of={at}").body["count"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_past_is_not_written(told, alice, method):
    path = "stem/session" if method == "post" else f"stem/session/{told['id']}"
    answer = alice.request(method, f"{path}?as_of={told['at']}", {"name": unique("Session"), "projects": []})
    assert (answer.status, [*answer.body]) == (400, ["as_of"])
    assert alice.get(f"stem/session/{told['id']}").record["description"] == "two"


@pytest.mark.parametrize("below", ["bulk", "bulk?dry_run=true"])
def test_many_writes_are_refused_too(told, alice, below):
    sign = "&" if "?" in below else "?"
    answer = alice.post(f"stem/session/{below}{sign}as_of={told['at']}", {"delete": [told["id"]]})
    assert (answer.status, [*answer.body]) == (400, ["as_of"])
    assert alice.get(f"stem/session/{told['id']}").status == 200


@pytest.mark.parametrize("path", ["stem/session", "stem/project", "taxonomies/strain"])
def test_the_public_portal_shows_no_past(told, lab, nobody, path):
    answer = nobody.get(path, f"as_of={told['at']}")
    assert (answer.status, [*answer.body]) == (400, ["as_of"])


def test_what_is_only_as_it_is_says_so(told, lab, alice):
    for path in (f"stem/session/{told['id']}/access", f"modules/dataacquisition/{lab['dataacquisition']}/image",
                 "stem/session/options?field=projects"):  # fmt: skip
        answer = alice.get(f"{path}{'&' if '?' in path else '?'}as_of={told['at']}")
        assert (answer.status, [*answer.body]) == (400, ["as_of"]), path


def test_administrators_see_the_past_of_everything(told, admin):
    then = admin.get(f"stem/session/{told['id']}", f"as_of={told['at']}", portal="super").record
    assert then["description"] == "one"


# -- which times --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-13-01", "2026-02-30T10:00Z", "10:00", "2026-03-01T12:00+02:00", "x" * 500, "\u0661"],
)
def test_a_malformed_time_is_refused(told, alice, text):
    for path in ("stem/session", f"stem/session/{told['id']}", f"stem/session/{told['id']}/behaviors"):
        answer = alice.get(path, f"as_of={text}")  # of the plus, a URL makes a space
        assert (answer.status, [*answer.body]) == (400, ["as_of"])
        assert "2026-03-01T12:00Z" in answer.body["as_of"][0]
    assert ("%2B" in answer.body["as_of"][0]) == ("+" in text)


def test_the_future_is_refused(told, alice, clock):
    later = (clock.now + dt.timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    answer = alice.get("stem/session", f"as_of={later}")
    assert answer.status == 400
    assert "in the future" in answer.body["as_of"][0]
    assert alice.get("stem/session", f"as_of={clock.now:%Y-%m-%dT%H:%M:%SZ}").status == 200


def test_a_time_before_the_history_that_is_kept_is_refused(told, alice, clock, monkeypatch):
    monkeypatch.setattr(door, "kept_since", lambda: clock.now - dt.timedelta(minutes=1))
    answer = alice.get("stem/session", f"as_of={told['at']}")
    assert answer.status == 400
    assert "kept since" in answer.body["as_of"][0]
    assert alice.get("stem/session", f"as_of={clock.now:%Y-%m-%dT%H:%M:%SZ}").status == 200


@pytest.mark.parametrize(
    "form", ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%%2B00:00"]
)
def test_a_time_without_a_zone_is_utc(told, alice, form):
    at = dt.datetime.fromisoformat(told["at"])
    assert alice.get(f"stem/session/{told['id']}", f"as_of={at.strftime(form)}").record["description"] == "one"


def test_a_date_is_its_midnight_in_utc(clock, lab, alice):
    clock.now = clock.now.replace(hour=23, minute=59)
    session = lab.add("session", description="one")
    clock.tick()
    tomorrow = clock.now + dt.timedelta(minutes=1)
    clock.now = tomorrow
    alice.patch(f"stem/session/{session['id']}", {"description": "two"})
    assert alice.get(f"stem/session/{session['id']}", f"as_of={tomorrow:%Y-%m-%d}").record["description"] == "one"


def test_a_record_that_did_not_exist_says_so_to_those_who_see_it(told, alice, charlie):
    path, early = f"stem/session/{told['id']}", "as_of=2020-01-01"
    answer = alice.get(path, early)
    assert answer.status == 404
    assert "did not exist at 2020-01-01T00:00:00Z" in answer.body["detail"]
    below = alice.get(f"{path}/behaviors", early)
    assert (below.status, below.body) == (404, answer.body)
    stranger = charlie.get(path, early)
    assert (stranger.status, stranger.body) == (404, charlie.get(path).body)
    assert alice.get("stem/session", early).body["count"] == 0


def test_nobodys_id_is_unknown_in_the_past_too(told, alice):
    path = "stem/session/0193d7a0-0000-7000-8000-000000000000"
    assert alice.get(path, f"as_of={told['at']}").body == alice.get(path).body


# -- today's rights ----------------------------------------------------------------------------------------------------


def test_who_has_left_a_project_sees_nothing_of_its_past(told, lab, alice, bob):
    path = f"stem/session/{told['id']}"
    assert bob.get(path, f"as_of={told['at']}").status == 200
    alice.patch(f"stem/project/{lab['project']}", {"users": {bob.email: {"remove": True}}})
    assert bob.get(path, f"as_of={told['at']}").status == 404
    assert bob.get("stem/session", f"as_of={told['at']}").body["count"] == 0
    assert bob.get("stem/project", f"as_of={told['at']}&include[]=sessions").records == []


def test_who_has_come_to_a_project_sees_its_past(told, lab, alice, charlie):
    alice.patch(f"stem/project/{lab['project']}", {"users": {charlie.email: {}}})
    assert charlie.get(f"stem/session/{told['id']}", f"as_of={told['at']}").record["description"] == "one"


def test_a_session_that_has_moved_is_seen_by_those_who_see_it_now(told, lab, alice, bob, clock):
    hidden = alice.make("stem/project", name=unique("Project"))["id"]
    alice.patch(f"stem/session/{told['id']}", {"projects": [hidden]})
    clock.tick()
    assert bob.get(f"stem/session/{told['id']}", f"as_of={told['at']}").status == 404
    for path in (f"stem/project/{lab['project']}", f"stem/project/{lab['project']}?include[]=sessions"):
        then = bob.get(f"{path}{'&' if '?' in path else '?'}as_of={told['at']}")
        assert told["id"] not in then.text


def test_a_project_of_then_is_not_named_to_those_who_do_not_see_it(clock, lab, alice, bob):
    secret = alice.make("stem/project", name="Secret plan")["id"]
    session = lab.add("session", projects=[secret])
    collection = lab.add("collection", project=secret)
    at = clock.tick()
    assert alice.patch(f"stem/session/{session['id']}", {"projects": [lab["project"]]}).status == 200
    clock.tick()
    asked = f"include[]=projects&as_of={at}"
    assert bob.get(f"stem/session/{session['id']}", asked).record["projects"] == []
    assert bob.get("stem/session", f"filter{{projects}}={secret}&as_of={at}").body["count"] == 0
    assert bob.get("stem/session", f"filter{{projects.name}}=Secret plan&as_of={at}").body["count"] == 0
    assert bob.get(f"stem/collection/{collection['id']}", f"as_of={at}").status == 404
    assert alice.get(f"stem/session/{session['id']}", asked).record["projects"][0]["name"] == "Secret plan"


def test_a_part_of_a_session_that_was_elsewhere_does_not_name_it(clock, lab, alice, bob):
    secret = alice.make("stem/project", name=unique("Project"))["id"]
    there = lab.add("session", projects=[secret], name="Secret session")
    path = f"modules/dataacquisition/{lab.add('dataacquisition', session=there['id'])['id']}"
    at = clock.tick()
    assert alice.patch(path, {"session": lab["session"]}).status == 200
    clock.tick()
    then = bob.get(path, f"include[]=session&as_of={at}")
    assert then.record["session"] is None
    assert "Secret" not in then.text
    asked = f"filter{{session.name}}=Secret session&as_of={at}"
    assert (
        bob.get("modules/dataacquisition", asked).body["count"],
        alice.get("modules/dataacquisition", asked).body["count"],
    ) == (0, 1)
    assert bob.get(f"stem/session/{lab['session']}/dataacquisition", f"as_of={at}").records == []
    assert alice.get(path, f"as_of={at}").record["session"] == there["id"]


def test_a_deleted_record_is_seen_by_the_people_of_its_project(told, lab, alice, bob, charlie, clock):
    alice.delete(f"stem/session/{told['id']}")
    clock.tick()
    path = f"stem/session/{told['id']}"
    assert bob.get(path, f"as_of={told['at']}").record["tags"] == ["red"]
    assert bob.get(path).status == charlie.get(path, f"as_of={told['at']}").status == 404
    assert told["id"] in bob.get("stem/session", f"as_of={told['at']}").ids
    assert told["id"] not in charlie.get("stem/session", f"as_of={told['at']}").ids


def test_what_went_with_its_project_is_left_to_administrators(told, lab, alice, admin, clock):
    assert alice.delete(f"stem/project/{lab['project']}").status == 204
    clock.tick()
    path, query = f"stem/session/{told['id']}", f"as_of={told['at']}&include[]=projects"
    assert alice.get(path, query).status == 404
    then = admin.get(path, query, portal="super").record
    assert (then["description"], then["projects"][0]["id"]) == ("one", lab["project"])
    assert (
        alice.email
        in admin.get(f"stem/project/{lab['project']}", f"as_of={told['at']}", portal="super").record["users"]
    )


def test_a_private_attribute_that_was_public_is_hidden(clock, lab, alice, bob):
    setup = lab.add("setup", is_public=True)
    behavior = lab.add("behavior", setup=setup["id"])
    at = clock.tick()
    assert bob.get(f"modules/behavior/{behavior['id']}", f"as_of={at}").record["setup"] == setup["id"]
    alice.patch(f"personal_attributes/setup/{setup['id']}", {"is_public": False})
    clock.tick()
    assert bob.get(f"modules/behavior/{behavior['id']}", f"as_of={at}&include[]=setup").record["setup"] is None
    then = alice.get(f"personal_attributes/setup/{setup['id']}", f"as_of={at}").record
    assert then["is_public"] is True


def test_roles_are_those_of_then(clock, lab, alice, bob):
    path = f"stem/project/{lab['project']}"
    then, at = alice.get(path).record, clock.tick()
    group = join_group(unique("Group"), alice.user)
    alice.patch(path, {"users": {bob.email: {"is_manager": True}}, "groups": {group.name: {}}})
    clock.tick()
    found = alice.get(path, f"as_of={at}").record
    assert (found["users"], found["groups"]) == (then["users"], then["groups"])
    assert alice.get(path).record["users"][bob.email]["is_manager"] is True


def test_roles_of_then_are_shown_to_those_who_may_see_them_today(clock, lab, alice, charlie):
    setup = lab.add("setup", is_public=True)
    behavior_path = f"modules/behavior/{lab.add('behavior', setup=setup['id'])['id']}"
    alice.patch(f"stem/project/{lab['project']}", {"users": {charlie.email: {}}})
    at = clock.tick()
    alice.patch(f"personal_attributes/setup/{setup['id']}", {"users": {lab.admin.email: {}}})
    clock.tick()
    then = charlie.get(behavior_path, f"include[]=setup&as_of={at}").record["setup"]
    assert (then["users"], then["groups"], then["authenticated_groups"]) == ({}, {}, [])
    assert alice.get(behavior_path, f"include[]=setup&as_of={at}").record["setup"]["users"]


def test_who_has_left_the_server_is_not_named(clock, lab, alice, dana, admin):
    session = lab.add("session")
    log = alice.make("stem/project", name=unique("Project"))
    alice.patch(f"stem/project/{log['id']}", {"users": {dana.email: {"can_change": True}}})
    theirs = dana.make("stem/session", name=unique("Session"), projects=[log["id"]])
    at = clock.tick()
    assert admin.delete(f"users/user/{dana.user.pk}", portal="super").status == 204
    clock.tick()
    assert session["created_by"] == alice.user.pk
    assert alice.get(f"stem/session/{theirs['id']}", f"as_of={at}").record["created_by"] is None
    assert alice.get(f"users/user/{theirs['created_by']}", f"as_of={at}").status == 404
    assert theirs["created_by"] not in alice.get("users/user", f"as_of={at}&limit=100").ids
    boss = admin.through("super")
    assert boss.get(f"stem/session/{theirs['id']}", f"as_of={at}").record["created_by"] == theirs["created_by"]


# -- how it is asked -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("levels", [1, 4, 8])
def test_includes_go_as_deep_as_today(clock, lab, alice, levels):
    lab["behavior"], lab["procedure"]
    path = [
        "behaviors",
        "subjects",
        "procedures",
        "consumablestock",
        "consumable",
        "supplier",
        "created_by",
        "active_projects",
    ]
    query = f"include[]={'.'.join(path[:levels])}"
    now, at = alice.get("stem/session", query), clock.tick()
    assert now.status == 200, now.body
    alice.patch(f"stem/session/{lab['session']}", {"name": unique("Session")})
    then = alice.get("stem/session", f"{query}&as_of={at}")
    assert then.body == now.body


def test_a_question_without_a_time_does_not_look_into_history(lab, alice):
    session = lab["session"]
    with CaptureQueriesContext(connection) as asked:
        alice.get("stem/session", "include[]=behaviors&filter{tags.isnull}=true&sort[]=projects.name")
        alice.get(f"stem/session/{session}")
    # Only for the version of the record, which is its ETag.
    assert not [one["sql"] for one in asked if "core_change c" in one["sql"]]


@pytest.mark.parametrize("path", ["stem/session?limit=5", "stem/session?limit=5&include[]=behaviors.setup&sort[]=name"])
def test_a_list_of_the_past_is_one_statement(told, alice, path):
    with CaptureQueriesContext(connection) as asked:
        alice.get(f"{path}&as_of={told['at']}")
    assert len([one for one in asked if "core_change" in one["sql"]]) == 1


def test_a_question_about_the_past_keeps_to_the_budget(told, lab, alice, settings):
    for _ in range(5):
        lab.add("session", description="x" * 400)
    settings.BRAINSTEM_MAX_ANSWER_BYTES = 1500
    for path in (
        "stem/session",
        f"stem/project/{lab['project']}?include[]=sessions",
        "stem/project?include[]=sessions",
    ):
        answer = alice.get(path, f"as_of={told['at']}") if "?" not in path else alice.get(f"{path}&as_of={told['at']}")
        assert answer.status in (200, 400)
    at = timezone.now().isoformat().replace("+00:00", "Z")
    for path in (
        "stem/session?limit=100",
        f"stem/project/{lab['project']}?include[]=sessions",
        "stem/project?include[]=sessions",
    ):
        answer = alice.get(f"{path}&as_of={at}")
        assert answer.status == 400
        assert "larger than" in answer.body["non_field_errors"][0]
