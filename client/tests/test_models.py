"""``client.sessions`` and the like: typed records, names and values checked before anything is sent."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from brainstem_api_tools import (
    AuthenticationError,
    BrainstemClient,
    Conflict,
    ConnectionFailed,
    NotFound,
    PermissionDenied,
    RateLimited,
    RetryPolicy,
    ServerError,
    ValidationError,
)
from brainstem_api_tools.models import ATTRIBUTES, Project, Session
from brainstem_api_tools.paging import Pages

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = json.loads((ROOT / "server" / "contract" / "models.json").read_text())


@pytest.fixture
def project(client):
    """A project of the test's own."""
    made = client.projects.create(name=uuid.uuid4().hex, description="of a test")
    yield made
    client.projects.delete(made.id)


@pytest.fixture
def sessions(client, project):
    """Three sessions of the project, a day apart."""
    days = [datetime(2026, 1, day, 9, tzinfo=UTC) for day in (1, 2, 3)]
    return [client.sessions.create(name=f"{project.name} {day.day}", projects=[project], date_time=day) for day in days]


# --- records ---


def test_created_record_has_attributes_of_their_types(project, sessions):
    assert isinstance(sessions[0], Session)
    assert sessions[0].date_time == datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert isinstance(sessions[0].created_at, datetime)
    assert sessions[0].projects == [project.id]
    assert sessions[0]["date_time"].startswith("2026-01-01T09:00:00")


def test_included_records_are_records(client, project, sessions):
    found = client.sessions.get(sessions[0].id, include=["projects"])

    assert isinstance(found.projects[0], Project)
    assert found.projects[0].description == "of a test"


def test_attribute_that_does_not_exist_names_the_nearest(project):
    with pytest.raises(AttributeError, match="Did you mean 'description'"):
        _ = project.descripton


def test_attribute_that_is_set_is_saved(client, project):
    project.description = "<p>saved</p>"
    assert project.save() is project

    assert client.projects.get(project.id).description == "<p>saved</p>"


def test_key_that_this_client_does_not_know_can_be_read():
    assert Session({"id": "x", "new_field": 3}).new_field == 3


def test_update_changes_some_fields(client, project):
    changed = client.projects.update(project.id, description="<p>changed</p>")

    assert changed.description == "<p>changed</p>"
    assert changed.name == project.name


def test_deleted_record_is_not_found(client, project, sessions):
    client.sessions.delete(sessions[0])

    with pytest.raises(NotFound, match="404"):
        client.sessions.get(sessions[0].id)


# --- lists ---


def test_list_goes_through_all_pages_as_they_are_asked_for(client, project, sessions):
    found = client.sessions.list(projects=project, sort="-name")
    pages = found.pages()
    pages.size = 1
    names = []
    while not pages.done:
        names += [one.name[-1] for one in client._run(found.ask(pages))]

    assert names == ["3", "2", "1"]


@pytest.mark.parametrize(
    ("where", "days"),
    [
        ({"name__endswith": " 2"}, "2"),
        ({"date_time__gte": datetime(2026, 1, 2, tzinfo=UTC)}, "23"),
        ({"projects__name__startswith": "no such"}, ""),
        ({"date_time": None}, ""),
        ({"date_time__isnull": False}, "123"),
        ({"tags": "none"}, ""),
        ({"extra_fields__water_ml__gt": 1}, ""),
        ({"filters": {"-name.endswith": "2"}}, "13"),
        ({"search": "no such word"}, ""),
        ({"limit": 2}, "12"),
    ],
    ids=str,
)
def test_filter(client, project, sessions, where, days):
    found = client.sessions.list(projects=project.id, sort="name", **where)

    assert "".join(one.name[-1] for one in found) == days


def test_filter_by_several_ids(client, sessions):
    found = client.sessions.list(id__in=[sessions[0].id, sessions[2]], sort="name")

    assert [one.name[-1] for one in found] == ["1", "3"]


def test_count_and_first(client, project, sessions):
    found = client.sessions.list(projects=project, sort="-date_time")

    assert found.count() == 3
    assert found.first().name.endswith("3")
    assert len(found.all()) == 3
    assert client.sessions.list(name="no such").first() is None


def test_list_with_included_records(client, project, sessions):
    assert {one.projects[0].name for one in client.sessions.list(projects=project, include="projects")} == {
        project.name
    }


def test_public_portal_is_a_word_away(client, project):
    assert client.projects.list(portal="public", id=project.id).count() == 0


def test_list_goes_on_by_offset_where_there_are_no_cursors(scripted):
    pages = [{"sessions": [{"id": 1}, {"id": 2}], "count": 3}, {"sessions": [{"id": 3}], "count": 3}]
    scripted.answer("GET", "/api/private/stem/session/", *[(200, page) for page in pages])
    with BrainstemClient(token="t", url=scripted.url) as client:
        assert [one.id for one in client.sessions.list()] == [1, 2, 3]


def test_cursor_is_followed_at_the_address_of_the_client():
    pages = Pages("https://lab.example.org/api/x/", [])
    assert pages.next_url().endswith("?limit=100&cursor=")
    pages.take({"x": [{}], "count": 9, "next": "https://elsewhere.example.org/api/x/?limit=100&cursor=abc"})

    assert pages.next_url() == "https://lab.example.org/api/x/?limit=100&cursor=abc"
    pages.take({"x": [{}], "count": 9, "next": None})
    assert pages.done


# --- refused before anything is sent ---


@pytest.fixture
def mute(scripted):
    """A client of a server that answers nothing: whoever asks it fails the test."""
    with BrainstemClient(token="t", url=scripted.url) as client:
        yield client
        assert scripted.seen == []


@pytest.mark.parametrize(
    ("call", "field", "message"),
    [
        (lambda c: c.sessions.create(nmae="x", projects=[]), "nmae", "Did you mean 'name'"),
        (lambda c: c.sessions.create(name="x"), "projects", "required"),
        (lambda c: c.sessions.create(name="x", projects=[], created_at="2026"), "created_at", "set by the server"),
        (lambda c: c.sessions.update("x", date_time=datetime(2026, 1, 1)),  # noqa: DTZ001
        "date_time", "no time zone"),
        (lambda c: c.sessions.list(nmae="x"), "nmae", "Did you mean 'name'"),
        (lambda c: c.sessions.list(projects__nmae="x"), "projects__nmae", "Project has no field 'nmae'"),
        (lambda c: c.sessions.list(name__icontain="x"), "name__icontain", "icontains"),
        (lambda c: c.sessions.list(sort="nmae"), "sort: nmae", "Did you mean 'name'"),
        (lambda c: c.sessions.get("x", include=["behavior"]), "include: behavior", "Did you mean 'behaviors'"),
    ],
)  # fmt: skip
def test_wrong_name_or_value_is_refused_naming_the_right_one(mute, call, field, message):
    with pytest.raises(ValidationError) as caught:
        call(mute)

    assert message in caught.value.errors[field][0]
    assert caught.value.status is None


def test_all_that_is_wrong_is_said_at_once(mute):
    with pytest.raises(ValidationError) as caught:
        mute.subjects.create(id="x", nmae="x")

    assert {"id", "nmae", "name", "projects"} <= set(caught.value.errors)


def test_model_that_does_not_exist_names_the_nearest(mute):
    with pytest.raises(AttributeError, match="Did you mean 'sessions'"):
        _ = mute.sesions


# --- errors ---


def test_refusal_of_the_server_names_the_field_and_the_request(client, project):
    with pytest.raises(ValidationError) as caught:
        client.projects.create(name=project.name)

    assert list(caught.value.errors) == ["name"]
    assert caught.value.status == 400
    assert caught.value.request_id
    assert caught.value.request_id in str(caught.value)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AuthenticationError), (403, PermissionDenied), (404, NotFound), (409, Conflict), (412, Conflict),
        (429, RateLimited), (500, ServerError), (503, ServerError),
    ],
)  # fmt: skip
def test_each_status_is_an_error_of_its_own_kind(scripted, status, kind):
    scripted.answer(
        "GET",
        "/api/private/stem/session/x/",
        (status, {"detail": "because"}, {"X-Request-ID": "r1", "Retry-After": "99"}),
    )
    alone = BrainstemClient(token="t", url=scripted.url, retries=RetryPolicy(tries=1))
    with alone, pytest.raises(kind, match="because") as caught:
        alone.sessions.get("x")

    assert (caught.value.status, caught.value.body, caught.value.request_id) == (status, {"detail": "because"}, "r1")
    assert caught.value.advice


def test_server_that_is_not_there_is_a_failed_connection():
    alone = BrainstemClient(token="t", url="http://127.0.0.1:9", retries=RetryPolicy(tries=1))
    with alone, pytest.raises(ConnectionFailed, match="BRAINSTEM_URL"):
        alone.sessions.get("x")


def test_stranger_finds_nothing(as_person, project):
    with pytest.raises(NotFound):
        as_person("charlie").projects.get(project.id)


def test_who_may_only_propose_gets_the_proposal(client):
    name = uuid.uuid4().hex
    made = client.suppliers.create(name=name)

    assert (type(made).__name__, made.status) == ("SupplierApproval", "Pending")


def test_deletion_whose_answer_was_lost_went_well(scripted, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    scripted.answer("DELETE", "/api/private/stem/session/x/", None, (404, {"detail": "gone"}))
    with BrainstemClient(token="t", url=scripted.url) as client:
        assert client.sessions.delete("x") is None


# --- the generated classes ---


def test_every_model_of_the_contract_can_be_listed(client):
    assert set(ATTRIBUTES.values()) == {entry["model"] for entry in CONTRACT.values()}
    for name in ATTRIBUTES:
        assert getattr(client, name).list(limit=1).all() is not None, name


@pytest.mark.parametrize("name", ["data_acquisitions", "dataacquisitions", "behavioral_assays", "consumable_stocks"])
def test_names_may_have_their_words_parted(client, name):
    assert getattr(client, name).list(limit=1).all() is not None


def test_every_field_of_the_contract_is_documented():
    from brainstem_api_tools.record import fields_of, record_class

    for entry in CONTRACT.values():
        record = record_class(entry["model"])
        assert set(fields_of(record)) == set(entry["fields"]), entry["model"]
        assert all(f"{name} : " in record.__doc__ for name in entry["fields"]), entry["model"]


def test_generated_files_are_up_to_date():
    done = subprocess.run(
        [sys.executable, ROOT / "client" / "tools" / "generate.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_type_checker_knows_fields_values_and_records(tmp_path):
    file = tmp_path / "script.py"
    file.write_text(
        "from brainstem_api_tools import BrainstemClient\n"
        "client = BrainstemClient(token='t')\n"
        "session = client.sessions.create(name='x', projects=['y'])\n"
        "reveal_type(session.date_time)\n"
        "reveal_type(client.sessions.list(name__icontains='rat').first())\n"
        "client.subjects.update('x', sex='male')\n"
        "client.sessions.create(nmae='x', projects=[])\n"
        "client.sesions\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file=", "--strict", "--cache-dir", tmp_path / "cache", file],
        env={"MYPYPATH": str(ROOT / "client"), "PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    # Not what is said of the libraries behind the extras, some of which have no types.
    found = [line for line in done.stdout.splitlines() if line.startswith(file.name)]

    assert "datetime | None" in found[0].replace("Union[datetime.datetime, None]", "datetime | None"), done.stdout
    assert "Session | None" in found[1].replace("session.Session", "Session")
    assert 'Argument "sex"' in done.stdout
    assert '"nmae"' in done.stdout
    assert 'has no attribute "sesions"' in done.stdout
