"""The calls of released clients, where ours does better or the released ones differ among themselves."""

from __future__ import annotations

import uuid

import pytest
import requests

from brainstem_api_tools import AuthenticationError, BrainstemClient, ModelType, PortalType, RetryPolicy


@pytest.fixture
def project(client):
    """A project with three sessions: its id."""
    name = uuid.uuid4().hex
    made = client.save("project", data={"name": name}).json()["project"]["id"]
    for day in range(3):
        assert client.save("session", data={"name": f"{name} {day}", "projects": [made]}).status_code == 201
    yield made
    client.delete("project", id=made)


def test_load_gives_a_response_of_requests(client):
    assert isinstance(client.load("project"), requests.Response)


def test_members_are_as_good_as_names(client):
    response = client.load(ModelType.session, PortalType.private, limit=1)

    assert response.status_code == 200
    assert "sessions" in response.json()


def test_arguments_may_be_given_in_order(client, project):
    body = client.load("session", "private", None, None, {"projects.id": project}, ["-name"], ["projects"], 2, 1).json()

    assert [one["name"][-1] for one in body["sessions"]] == ["1", "0"]
    assert body["sessions"][0]["projects"][0]["id"] == project


def test_include_works_with_an_id(client, project):
    body = client.load("project", id=project, include=["sessions"]).json()

    assert sorted(one["name"][-1] for one in body["project"]["sessions"]) == ["0", "1", "2"]


def test_loader_includes_with_an_id_too(client, project):
    body = client.load_project(id=project).json()

    assert len({one["id"] for one in body["project"]["sessions"]}) == 3


def test_include_of_a_loader_can_be_turned_off(client, project):
    body = client.load_project(id=project, include=[]).json()

    assert all(isinstance(one, str) for one in body["project"]["sessions"])


def test_filters_hold_for_the_relation_of_a_record(client, project):
    body = client.load("project", id=project, options="sessions", filters={"name.endswith": " 1"}).json()

    assert [one["name"][-1] for one in body["sessions"]] == ["1"]


def test_load_all_follows_pages_of_any_size(client, project):
    body = client.load("session", filters={"projects.id": project}, sort=["name"], load_all=True, limit=2)

    assert [one["name"][-1] for one in body["sessions"]] == ["0", "1", "2"]
    assert body["count"] == 3


def test_load_all_misses_nothing_when_the_server_gives_less_than_was_asked_for(scripted):
    pages = [{"sessions": [{"id": at}], "count": 3} for at in range(3)]
    scripted.answer("GET", "/api/private/stem/session/", *[(200, page) for page in pages])
    with BrainstemClient(token="t", url=scripted.url, connections=1) as client:
        body = client.load("session", load_all=True, limit=500)

    assert [one["id"] for one in body["sessions"]] == [0, 1, 2]


def test_load_all_ends_when_a_page_is_empty_although_more_were_counted(scripted):
    scripted.answer(
        "GET",
        "/api/private/stem/session/",
        (200, {"sessions": [{"id": 1}], "count": 9}),
        (200, {"sessions": [], "count": 9}),
    )
    with (
        BrainstemClient(token="t", url=scripted.url) as client,
        pytest.warns(UserWarning, match="1 of 9 records arrived"),
    ):
        assert len(client.load("session", load_all=True)["sessions"]) == 1


def test_load_all_with_an_id_is_refused(client):
    with pytest.raises(ValueError, match="load_all"):
        client.load("session", id="x", load_all=True)


def test_load_all_with_a_bad_filter_raises_as_requests_does(client):
    with pytest.raises(requests.HTTPError):
        client.load("session", filters={"nmae": "x"}, load_all=True)


def test_load_all_with_a_bad_token_is_an_authentication_error(served):
    with (
        BrainstemClient(token="bst_none_none", url=served.url) as client,
        pytest.raises(AuthenticationError, match="login"),
    ):
        client.load("session", load_all=True)


def test_unknown_model_is_refused_with_the_nearest(client):
    with pytest.raises(ValueError, match="Did you mean 'session'"):
        client.load("sesion")


def test_unknown_model_is_a_404_for_the_calls_of_0_x(client):
    assert client.load_model("sesion").status_code == 404
    assert client.save_model("sesion", data={}).status_code == 404
    assert client.delete_model("sesion", id="x").status_code == 404


def test_unknown_portal_is_refused(client):
    with pytest.raises(ValueError, match="portal"):
        client.load("session", portal="secret")


def test_delete_without_an_id_is_refused_and_in_0_x_does_nothing(client):
    with pytest.raises(ValueError, match="id"):
        client.delete("session")
    assert client.delete_model("session") is None


def test_server_that_is_not_there_raises_as_requests_does():
    alone = BrainstemClient(token="t", url="http://127.0.0.1:9", retries=RetryPolicy(tries=1))
    with alone, pytest.raises(requests.ConnectionError):
        alone.load("session")


def test_public_portal_needs_no_token(served):
    with BrainstemClient(url=served.url, anonymous=True) as nobody:
        assert nobody.load("project", portal="public").status_code == 200
        assert nobody.load("project").status_code == 401


def test_netrc_does_not_take_the_place_of_the_token(served, home):
    (home / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    (home / ".netrc").chmod(0o600)
    with BrainstemClient(token=served.token("alice"), url=served.url) as client:
        assert client.load("project").status_code == 200


def test_token_does_not_show(client, served):
    assert served.token("alice") not in repr(client) + repr(client._core.credentials)
