"""Everything of a list: as a stream, by cursor, or by offset with several connections."""

from __future__ import annotations

import gc
import threading
import time
import uuid
import warnings

import pytest

from brainstem_api_tools import AuthenticationError, BrainstemClient, PermissionDenied, RetryPolicy
from brainstem_api_tools.loading import Listing
from brainstem_api_tools.progress import bar

SESSIONS = "/api/private/stem/session/"
NUMBER = 430


@pytest.fixture(scope="module")
def lab(served):
    """A project with more sessions than three pages hold: a client, and the id of the project."""
    with BrainstemClient(token=served.token("alice"), url=served.url) as client:
        project = client.projects.create(name=uuid.uuid4().hex)
        client.bulk_create("session", [{"name": f"all {at:04d}", "projects": [project]} for at in range(NUMBER)])
        yield client, project
        client.projects.delete(project.id)


def names(records) -> list[str]:
    return [one["name"] for one in records]


WANTED = [f"all {at:04d}" for at in range(NUMBER)]


# --- against a real server ---


def test_all_records_come_in_order(lab):
    client, project = lab

    assert names(client.sessions.list(projects=project, sort="name").all()) == WANTED


def test_all_records_come_in_one_transfer_where_the_server_streams(lab, served):
    _, project = lab
    with BrainstemClient(token=served.token("alice"), url=served.url) as client:
        asked = recorded(client)
        client.sessions.list(projects=project).all()

    assert len(asked) == 1
    assert client._core.facts.streams is True


def test_records_come_one_by_one_in_order(lab):
    client, project = lab

    assert names(client.sessions.list(projects=project, sort="-name")) == WANTED[::-1]


def test_who_goes_through_a_list_asks_for_no_more_than_a_page_ahead(lab):
    client, project = lab
    asked = recorded(client)
    going = iter(client.sessions.list(projects=project, sort="name"))
    next(going)
    time.sleep(0.5)
    going.close()

    assert len(asked) <= 2


def test_nothing_runs_on_after_a_list_was_left(lab):
    client, project = lab
    going = iter(client.sessions.list(projects=project))
    next(going)
    going.close()

    assert not [one for one in threading.enumerate() if one.name.startswith("brainstem")]


@pytest.mark.parametrize("limit", [0, 1, 100, 101, 250, 1000])
def test_limit_holds_over_all_ways(lab, limit):
    client, project = lab
    query = client.sessions.list(projects=project, sort="name", limit=limit)

    assert names(query) == names(query.all()) == WANTED[:limit]


def test_streams_and_pages_hold_the_same(lab):
    client, project = lab
    query = client.sessions.list(projects=project, sort="-name", include=["projects"])

    assert query.all() == list(query)


def test_load_all_gives_what_pages_hold(lab):
    client, project = lab
    found = client.load("session", filters={"projects.id": project.id}, sort=["name"], load_all=True)
    first = client.load("session", filters={"projects.id": project.id}, sort=["name"], limit=100, offset=0).json()

    assert names(found["sessions"]) == WANTED
    assert {key: value for key, value in found.items() if key != "sessions"} == {
        key: value for key, value in first.items() if key != "sessions"
    }
    assert found["sessions"][:100] == first["sessions"]


@pytest.mark.parametrize("offset", [1, 100, 429, 430, 1000])
def test_load_all_begins_at_an_offset(lab, offset):
    client, project = lab
    found = client.load(
        "session", filters={"projects.id": project.id}, sort=["name"], load_all=True, limit=20, offset=offset
    )

    assert names(found["sessions"]) == WANTED[offset:]


@pytest.mark.parametrize("connections", [1, 3, 30])
def test_pages_by_offset_come_in_order_whatever_the_connections(lab, connections):
    client, project = lab
    core = client._core
    url = f"{core.base}private/stem/session/?filter{{projects}}={project.id}&sort[]=name"
    listing = Listing(
        core, client._run, lambda url: core.ask_checked("GET", url), url, [], size=7, connections=connections
    )

    parts = listing.by_offset(listing._page(listing._at(0, 7)))
    assert [one["name"] for part in parts for one in part] == WANTED


def test_wrong_query_is_refused_as_ever(lab):
    client, _ = lab
    with pytest.raises(Exception, match="nmae"):
        client.sessions.list(filters={"nmae": "x"}).all()


def test_token_that_is_not_valid_is_told_as_by_released_clients(served):
    with BrainstemClient(token="bst_wrong", url=served.url) as client, pytest.raises(AuthenticationError):
        client.load("session", load_all=True)


# --- servers that neither stream nor know cursors ---


class Pages:
    """The answers of such a server, by offset."""

    def __init__(self, scripted, records, *, largest=100):
        self.records, self.largest, self.at_once, self.most = records, largest, 0, 0
        self.lock = threading.Lock()
        scripted.by_query["GET " + SESSIONS] = self.answer
        self.before = lambda offset: None

    def answer(self, query):
        offset, limit = int(query.get("offset", 0)), min(int(query.get("limit", 20)), self.largest)
        with self.lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        time.sleep(0.02)
        found = self.before(offset)
        records = list(self.records)
        with self.lock:
            self.at_once -= 1
        return found or (200, {"sessions": records[offset : offset + limit], "count": len(records), "next": None})


@pytest.fixture
def plain(scripted):
    """A client of a server that answers as it is told, with three connections."""
    with BrainstemClient(
        token="t", url=scripted.url, connections=3, retries=RetryPolicy(tries=2, first_s=0.01)
    ) as client:
        yield client


def rows(number: int) -> list[dict]:
    return [{"id": f"{at}", "name": f"{at:04d}"} for at in range(number)]


def test_pages_are_loaded_at_once_but_no_more_than_allowed(scripted, plain):
    pages = Pages(scripted, rows(950))

    assert names(plain.sessions.list().all()) == [f"{at:04d}" for at in range(950)]
    assert 2 <= pages.most <= 3


def test_load_all_loads_pages_at_once(scripted, plain):
    pages = Pages(scripted, rows(950))

    assert names(plain.load("session", load_all=True)["sessions"]) == [f"{at:04d}" for at in range(950)]
    assert 2 <= pages.most <= 3


def test_pages_smaller_than_asked_for_lose_nothing(scripted, plain):
    Pages(scripted, rows(95), largest=10)

    assert len(plain.sessions.list().all()) == 95


def test_pages_are_read_a_few_ahead_only(scripted, plain):
    Pages(scripted, rows(5000))
    going = iter(plain.sessions.list())
    next(going)
    time.sleep(0.3)
    asked = len(scripted.seen)
    going.close()

    assert asked <= 1 + 3


def test_record_that_is_added_in_front_is_not_doubled(scripted, plain):
    pages = Pages(scripted, rows(400))

    def add(offset):
        if offset == 200 and len(pages.records) == 400:
            pages.records.insert(0, {"id": "new", "name": "new"})

    pages.before = add
    found = names(plain.sessions.list().all())

    assert len(found) == len(set(found))
    assert set(found) >= {f"{at:04d}" for at in range(400)}


def test_record_that_others_delete_makes_nothing_else_go_missing(scripted, plain):
    pages = Pages(scripted, rows(400))

    def delete(offset):
        if offset == 100 and len(pages.records) == 400:
            del pages.records[0]

    pages.before = delete
    found = names(plain.sessions.list().all())

    assert len(found) == len(set(found))
    assert set(found) >= {f"{at:04d}" for at in range(1, 400)}


def test_list_that_never_comes_whole_is_said_to_be_short(scripted, plain):
    scripted.answer("GET", SESSIONS, (200, {"sessions": rows(2), "count": 5}))
    with pytest.warns(UserWarning, match="2 of 5 records arrived"):
        plain.sessions.list().all()


def test_refusal_of_one_page_ends_all(scripted, plain):
    pages = Pages(scripted, rows(3000))
    pages.before = lambda offset: (403, {"detail": "no more"}) if offset == 500 else None
    with pytest.raises(PermissionDenied, match="no more"):
        plain.sessions.list().all()

    assert len(scripted.seen) < 15
    assert not [one for one in threading.enumerate() if one.name.startswith("brainstem")]


def test_server_that_does_not_stream_is_asked_once_whether_it_does(scripted, plain):
    Pages(scripted, rows(3))
    plain.sessions.list().all()
    plain.sessions.list().all()

    assert sum("ndjson" in headers["Accept"] for _, _, headers, _ in scripted.seen) == 1


@pytest.mark.parametrize("status", [406, 415])
def test_server_that_refuses_streams_gives_pages(scripted, plain, status):
    answers = {"application/json": (200, {"sessions": rows(3), "count": 3})}
    scripted.by_accept["GET " + SESSIONS] = lambda accept: answers.get(accept, (status, {"detail": "not acceptable"}))

    assert len(plain.sessions.list().all()) == 3


def test_records_without_ids_are_all_kept(scripted, plain):
    scripted.answer("GET", SESSIONS, (200, {"sessions": [{"name": "a"}, {"name": "a"}], "count": 2}))

    assert len(plain.sessions.list().all()) == 2


# --- bars ---


def test_bar_is_quiet_where_nobody_looks(lab, capfd):
    client, project = lab
    client.sessions.list(projects=project).all()

    assert capfd.readouterr() == ("", "")


def test_bar_that_is_wanted_counts_the_records(lab, capfd):
    client, project = lab
    client.sessions.list(projects=project).all(progress=True)

    assert f"{NUMBER}/{NUMBER}" in capfd.readouterr().err


def test_bar_without_tqdm_is_none(monkeypatch, capfd):
    monkeypatch.setitem(__import__("sys").modules, "tqdm.auto", None)
    with bar("records", wanted=True) as advance:
        advance(3, 3)

    assert capfd.readouterr() == ("", "")


def test_streams_that_are_left_are_closed(lab):
    client, project = lab
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        listing = client.sessions.list(projects=project)._listing()
        parts = listing.streamed()
        del parts
        gc.collect()


def recorded(client) -> list:
    """The requests that a client sends from now on."""
    asked = []
    send = client._transport.send

    def noted(request):
        asked.append(request)
        return send(request)

    client._transport.send = noted
    return asked
