"""Quotas of records: whatever would exceed one is refused as a whole, everything else goes on."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.apps.stem.models.epoch import Epoch
from brainstem.apps.stem.models.session import Session
from brainstem.core.access import quotas
from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import specs
from brainstem.core.models import Event, ProjectQuota
from brainstem.core.undo import restoring

from ..interleaving import interleaved, stops
from ..lab import Lab
from ..people import Person, person, unique


def limit(project: str, records: int | None) -> None:
    ProjectQuota.objects.update_or_create(project_id=project, defaults={"records": records})


def held(project: str) -> int:
    return quotas.used_by_projects([uuid.UUID(project)])[uuid.UUID(project)].records


def room(project: str, number: int) -> None:
    """Leave a project room for so many records; fewer than none if it holds too many."""
    most = held(project) + number
    assert most > 0  # 0 is no limit
    limit(project, most)


def payload(*projects: str) -> dict[str, object]:
    return {"name": unique("Session"), "projects": list(projects)}


def assert_refused(answer, *words: str) -> None:
    assert (answer.status, answer.headers.get("Brainstem-Error-Code")) == (409, "quota_exceeded"), answer.body
    assert all(word in answer.body["detail"] for word in words), answer.body


@pytest.fixture
def project(lab) -> str:
    """With three sessions."""
    lab["session"], lab.add("session"), lab.add("session")
    return lab["project"]


@pytest.fixture
def other(alice) -> str:
    return alice.make("stem/project", name=unique("Other"))["id"]


# -- single records ----------------------------------------------------------------------------------------------------


def test_a_record_beyond_the_quota_is_refused_and_says_why(alice, lab, project):
    room(project, 1)
    most = held(project) + 1
    assert alice.post("stem/session", payload(project)).status == 201
    events = Event.objects.count()
    refused = alice.post("stem/session", payload(project))
    name = alice.get(f"stem/project/{project}").record["name"]
    assert_refused(refused, name, f"may hold {most:,} records", f"would hold {most + 1:,}", "administrator", "Delete")
    assert (held(project), Event.objects.count()) == (most, events)


def test_a_record_below_another_counts_too(alice, lab, project):
    room(project, 1)
    epoch = {"session": lab["session"], "name": unique("Epoch")}
    assert alice.post("stem/epoch", epoch).status == 201
    assert_refused(alice.post("stem/epoch", epoch | {"name": unique("Epoch")}))


def test_changing_and_deleting_are_possible_beyond_the_quota_and_make_room(alice, lab, project):
    second = alice.make("stem/session", **payload(project))["id"]
    room(project, -1)
    assert alice.patch(f"stem/session/{lab['session']}", {"description": "Longer than before."}).status == 200
    assert_refused(alice.post("stem/session", payload(project)))
    assert alice.delete(f"stem/session/{second}").status == 204
    assert_refused(alice.post("stem/session", payload(project)))
    assert alice.delete(f"stem/session/{lab['session']}").status == 204
    assert alice.post("stem/session", payload(project)).status == 201


def test_other_projects_are_not_concerned(alice, project, other):
    room(project, 0)
    assert_refused(alice.post("stem/session", payload(project)))
    assert alice.post("stem/session", payload(other)).status == 201
    assert_refused(alice.post("stem/session", payload(project, other)))


# -- which quota holds ---------------------------------------------------------------------------------------------------


def test_the_quota_of_a_project_takes_the_place_of_the_default(alice, project, other, settings):
    settings.BRAINSTEM_QUOTA_PROJECT_RECORDS = held(project)
    assert_refused(alice.post("stem/session", payload(project)))
    limit(project, None)
    assert_refused(alice.post("stem/session", payload(project)))
    limit(project, 0)
    assert alice.post("stem/session", payload(project)).status == 201
    assert alice.post("stem/session", payload(other)).status == 201


def test_the_server_as_a_whole_has_a_quota(alice, project, other, settings):
    settings.BRAINSTEM_QUOTA_RECORDS = quotas.used_on_server().records + 1
    made = alice.make("stem/session", **payload(project))["id"]
    assert_refused(alice.post("stem/session", payload(other)), "This server may hold", "in all")
    assert alice.patch(f"stem/session/{made}", {"projects": [project, other]}).status == 200
    assert alice.delete(f"stem/session/{made}").status == 204
    assert alice.post("stem/session", payload(other)).status == 201


def test_without_quotas_a_write_sends_no_statement_about_them(alice, lab, project):
    with CaptureQueriesContext(connection) as plain:
        assert alice.post("stem/session", payload(project)).status == 201
    about = [one["sql"] for one in plain if "quota" in one["sql"] or "audiencecount" in one["sql"]]
    assert [sql.split("(")[0].rpartition(";")[2].strip(' "') for sql in about] == ['INSERT INTO "core_event']
    room(project, 5)
    with CaptureQueriesContext(connection) as limited:
        assert alice.post("stem/session", payload(project)).status == 201
    assert len(limited) > len(plain)


# -- many records ------------------------------------------------------------------------------------------------------


def test_rows_are_refused_together_and_a_dry_run_says_so(alice, project):
    room(project, 2)
    rows = {"create": [payload(project) for _ in range(3)]}
    before = held(project)
    assert_refused(alice.post("stem/session/bulk?dry_run=true", rows))
    assert_refused(alice.post("stem/session/bulk", rows))
    assert held(project) == before
    assert alice.post("stem/session/bulk", {"create": rows["create"][:2]}).status == 200
    assert held(project) == before + 2


def test_rows_that_take_the_place_of_deleted_ones_are_no_growth(alice, lab, project):
    room(project, -1)
    swap = {"create": [payload(project)], "delete": [lab["session"]]}
    assert_refused(alice.post("stem/session/bulk", swap | {"create": [payload(project), payload(project)]}))
    assert alice.post("stem/session/bulk", swap).status == 200


def test_an_import_is_refused_as_a_whole(alice, lab, project):
    lab["subject"]
    name = alice.get(f"stem/project/{project}").record["name"]
    strain = alice.get(f"taxonomies/strain/{lab['strain']}").record["name"]
    rows = "\n".join(f"{unique('S')},F,{name},{strain}" for _ in range(3))
    sent = {"text": f"name,sex,project__name,strain\n{rows}", "model": "stem/subject"}
    planned = alice.post("imports/?kind=table", sent).body["import"]
    before = held(project)
    room(project, 2)
    assert_refused(alice.post(f"imports/{planned['id']}/commit/"))
    assert held(project) == before
    room(project, 3)
    assert alice.post(f"imports/{planned['id']}/commit/").status == 200
    assert held(project) == before + 3


# -- moving ------------------------------------------------------------------------------------------------------------


def test_records_that_join_a_project_count_with_all_that_is_below(alice, lab, project, other):
    lab["epoch"]
    session = f"stem/session/{lab['session']}"
    number = 1 + Epoch.objects.filter(session=lab["session"]).count()
    limit(other, number - 1)
    assert_refused(alice.patch(session, {"projects": [project, other]}))
    assert held(other) == 0
    limit(other, number)
    assert alice.patch(session, {"projects": [project, other]}).status == 200
    assert held(other) == number


def test_a_record_leaves_one_of_its_projects_though_both_are_full(alice, lab, project, other):
    session = f"stem/session/{lab['session']}"
    assert alice.patch(session, {"projects": [project, other]}).status == 200
    assert alice.post("stem/session", payload(other)).status == 201
    room(project, -1)
    room(other, -1)
    assert alice.patch(session, {"projects": [other]}).status == 200
    assert_refused(alice.patch(session, {"projects": [project, other]}))


# -- restoring ---------------------------------------------------------------------------------------------------------


def test_what_was_deleted_comes_back_only_where_there_is_room(alice, lab, project):
    lab["epoch"]
    deleted = alice.delete(f"stem/session/{lab['session']}")
    event, full = deleted.headers["Brainstem-Event"], held(project) + 1
    limit(project, full)
    assert_refused(alice.post(f"stem/session/deleted/{lab['session']}/restore/"))
    assert_refused(alice.post(f"history/{event}/undo/"))
    assert not Session.objects.filter(pk=lab["session"]).exists()
    limit(project, full + 1)
    undone = alice.post(f"history/{event}/undo/")
    assert undone.status == 200, undone.body
    room(project, -1)
    assert alice.post(f"history/{undone.headers['Brainstem-Event']}/undo/").status == 200
    room(project, 2)
    assert alice.post(f"stem/session/deleted/{lab['session']}/restore/").status == 200


def test_a_deleted_project_comes_back_with_its_quota_and_what_is_shared_with_another(lab, alice, project, other):
    shared = alice.make("stem/session", **payload(project, other))["id"]
    room(project, 0)
    most = held(project)
    assert alice.delete(f"stem/project/{project}").status == 204
    assert not ProjectQuota.objects.filter(project_id=project).exists()
    restoring.undelete(specs()["stem.Project"], uuid.UUID(project), viewer=Viewer(Actor(via="command"), ""))
    assert held(project) == most
    assert project in alice.get(f"stem/session/{shared}").record["projects"]
    assert_refused(alice.post("stem/session", payload(project)))


# -- what one does not see ---------------------------------------------------------------------------------------------


def test_a_project_that_one_does_not_see_is_not_named(alice, bob, lab, project, other):
    session = alice.make("stem/session", **payload(project, other))["id"]
    assert alice.patch(f"stem/project/{project}", {"users": {bob.email: {"can_change": True}}}).status == 200
    room(other, 0)
    name = alice.get(f"stem/project/{other}").record["name"]
    epoch = {"session": session, "name": unique("Epoch")}
    told, silent = alice.post("stem/epoch", epoch), bob.post("stem/epoch", epoch)
    assert_refused(told, name)
    assert_refused(silent, "A project that this belongs to")
    assert name not in silent.text
    room(other, 1)
    assert bob.post("stem/epoch", epoch).status == 201


# -- asking ------------------------------------------------------------------------------------------------------------


def test_managers_see_what_a_project_holds_and_others_do_not(alice, bob, charlie, nobody, project, settings):
    where = f"stem/project/{project}/usage"
    files = {"used": 0, "quota": None}
    assert alice.get(where).body == {"usage": {"records": {"used": 3, "quota": None}, "file_bytes": files}}
    settings.BRAINSTEM_QUOTA_PROJECT_RECORDS = 10
    assert alice.get(where).body["usage"]["records"] == {"used": 3, "quota": 10}
    limit(project, 20)
    assert Person(alice.user, read_only=True).get(where).body["usage"]["records"] == {"used": 3, "quota": 20}
    assert (bob.get(where).status, charlie.get(where).status, nobody.get(where).status) == (403, 404, 404)
    assert alice.patch(f"stem/project/{project}", {"is_public": True}).status == 200
    assert nobody.get(where).status == 404
    assert alice.post(where).status == 405


# -- two at once -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("whose", ["project", "server"])
@pytest.mark.django_db(transaction=True)
def test_of_two_writers_who_meet_at_the_edge_one_is_refused(settings, whose):
    alice, admin = person("alice"), person("admin", admin=True)
    lab = Lab(alice, admin)
    project, strain = lab["project"], lab["strain"]
    subject = {"name": "", "projects": [project], "strain": strain, "sex": "F"}
    writer, met = Person(alice.user), 0
    for stop in stops():
        if whose == "project":
            room(project, 1)
        else:
            settings.BRAINSTEM_QUOTA_RECORDS = quotas.used_on_server().records + 1
        session, mouse = payload(project), subject | {"name": unique("Subject")}
        answers = interleaved(
            lambda session=session: alice.post("stem/session", session),
            lambda mouse=mouse: writer.post("stem/subject", mouse),
            stop=stop,
        )
        if answers is None:
            break
        met += 1
        assert sorted(one.status for one in answers) == [201, 409], (stop, [one.body for one in answers])
    assert met > 2
