"""Connections that break in the middle: nothing is lost, nothing is doubled."""

from __future__ import annotations

import uuid
from collections import Counter

import pytest

from brainstem_api_tools import BrainstemClient, ConnectionFailed, RetryPolicy
from tests.proxy import Harm, proxy_of

pytestmark = pytest.mark.slow

NUMBER = 330
WANTED = [f"read {at:04d}" for at in range(NUMBER)]
ROWS = [f"written {at:02d}" for at in range(60)]
PATIENCE_S = 3.0


@pytest.fixture(scope="module")
def project(served):
    """A project with more sessions than three pages hold."""
    with BrainstemClient(token=served.token("alice"), url=served.url) as client:
        made = client.projects.create(name=uuid.uuid4().hex)
        client.bulk_create("session", [{"name": name, "projects": [made], "description": "x" * 500} for name in WANTED])
        yield made
        client.projects.delete(made.id)


@pytest.fixture
def proxy(served):
    """What stands between client and server."""
    with proxy_of(served.url) as found:
        yield found


@pytest.fixture
def broken(served, proxy):
    """Alice's client, behind the proxy."""
    retries = RetryPolicy(tries=3, first_s=0.01)
    with BrainstemClient(token=served.token("alice"), url=proxy.url, retries=retries, timeout=(5, 20)) as client:
        yield client


def names(records) -> list[str]:
    return [one["name"] for one in records]


def sessions_of(client, project) -> Counter[str]:
    return Counter(names(client.sessions.list(projects=project)))


# --- reading ---


@pytest.mark.parametrize("after", [0, 10, 400, 5_000, 100_000, 200_000])
def test_stream_that_is_cut_is_read_again_in_pages(broken, proxy, project, after):
    proxy.break_once("GET /api/private/stem/session/", Harm(after=after))

    assert names(broken.sessions.list(projects=project, sort="name").all()) == WANTED


@pytest.mark.parametrize("after", [0, 10, 400, 5_000, 50_000])
def test_page_that_is_cut_is_asked_for_again(broken, proxy, project, after):
    proxy.break_once("cursor=", Harm(after=after))
    proxy.break_once("cursor=c", Harm(after=after))

    assert names(broken.sessions.list(projects=project, sort="name")) == WANTED


@pytest.mark.parametrize("after", [0, 400, 5_000, 100_000])
def test_load_all_misses_nothing_when_transfers_are_cut(broken, proxy, project, after):
    proxy.break_once("offset=0", Harm(after=after))
    proxy.break_once("GET /api/private/stem/session/", Harm(after=after))
    found = broken.load("session", filters={"projects.id": project.id}, sort=["name"], load_all=True)

    assert names(found["sessions"]) == WANTED


@pytest.mark.parametrize("after", [0, 400, 50_000])
def test_transfer_that_stalls_is_given_up_and_read_again(served, proxy, project, after):
    proxy.break_once("GET /api/private/stem/session/", Harm(after=after, stall_s=2 * PATIENCE_S))
    retries = RetryPolicy(tries=6, first_s=0.01)
    with BrainstemClient(token=served.token("alice"), url=proxy.url, retries=retries, timeout=PATIENCE_S) as client:
        assert names(client.sessions.list(projects=project, sort="name").all()) == WANTED


def test_stream_that_is_cut_shows_in_no_table(broken, proxy, project):
    proxy.break_once("GET /api/private/stem/session/", Harm(after=100_000))

    assert broken.sessions.list(projects=project, sort="name").to_arrow()["name"].to_pylist() == WANTED


def test_server_that_never_answers_whole_is_an_error_of_the_tree(broken, proxy, project):
    for _ in range(20):
        proxy.break_once("GET /api/private/stem/session/", Harm(after=400))

    with pytest.raises(ConnectionFailed):
        broken.sessions.list(projects=project).all()


# --- writing ---


@pytest.fixture
def target(client):
    """A project to write into."""
    made = client.projects.create(name=uuid.uuid4().hex)
    yield made
    client.projects.delete(made.id)


@pytest.mark.parametrize("after", [0, 10, 300])
def test_record_whose_answer_gets_lost_is_there_once(broken, client, proxy, target, after):
    proxy.break_once("POST /api/private/stem/session/", Harm(after=after))
    made = broken.sessions.create(name="once", projects=[target])

    assert sessions_of(client, target) == {"once": 1}
    assert client.sessions.get(made.id).name == "once"


@pytest.mark.parametrize("after", [0, 10, 300])
def test_released_save_whose_answer_gets_lost_is_done_once(broken, client, proxy, target, after):
    proxy.break_once("POST /api/private/stem/session/", Harm(after=after))
    response = broken.save("session", data={"name": "once", "projects": [target.id]})

    assert response.status_code == 201
    assert sessions_of(client, target) == {"once": 1}


@pytest.mark.parametrize("after", [0, 10, 300])
def test_rows_whose_answer_gets_lost_are_there_once(broken, client, proxy, target, after):
    proxy.break_once("POST /api/private/stem/session/bulk/", Harm(after=after))
    ids = broken.bulk_create("session", [{"name": name, "projects": [target]} for name in ROWS], size=20)

    assert sessions_of(client, target) == dict.fromkeys(ROWS, 1)
    assert [client.sessions.get(one).name for one in (ids[0], ids[59])] == [ROWS[0], ROWS[59]]


def test_rows_that_are_changed_while_connections_break_are_changed_once(broken, client, proxy, target):
    rows = [{"name": name, "projects": [target.id]} for name in ROWS[:30]]
    broken.upsert("session", rows[:20], size=10)
    proxy.break_once("POST /api/private/stem/session/bulk/", Harm(after=0))
    proxy.break_once("POST /api/private/stem/session/bulk/", Harm(after=50))
    written = broken.upsert("session", [{**row, "description": "new"} for row in rows], size=10)

    assert (len(written.created), len(written.updated)) == (10, 20)
    assert sessions_of(client, target) == dict.fromkeys(ROWS[:30], 1)
    assert {one.description for one in client.sessions.list(projects=target)} == {"new"}


def test_deletion_whose_answer_gets_lost_is_a_deletion(broken, client, proxy, target):
    made = client.sessions.create(name="gone", projects=[target])
    proxy.break_once("DELETE", Harm(after=0))
    broken.sessions.delete(made.id)

    assert not sessions_of(client, target)
