"""Servers that send requests on: the same request on the same host, and no token anywhere else."""

from __future__ import annotations

import json

import pytest

from brainstem_api_tools import BrainstemClient, RetryPolicy
from brainstem_api_tools.errors import WrongAddress
from brainstem_api_tools.redirects import arrived
from brainstem_api_tools.wire import Answer, Request

from .rawserver import answer, caller, raw_server

STATUSES = ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
DONE = answer("200 OK", b'{"session": {"id": "x"}}')
CALLS = {
    "POST": lambda client: client.save("session", data={"name": "n"}),
    "PATCH": lambda client: client.save("session", id="x", data={"name": "n"}),
    "DELETE": lambda client: client.delete("session", id="x"),
    "GET": lambda client: client.load("session", id="x"),
}


@pytest.fixture(scope="module")
def raw():
    with raw_server() as server:
        yield server


@pytest.fixture(scope="module")
def elsewhere():
    with raw_server() as server:
        server.reply = lambda *_: DONE
        yield server


@pytest.fixture(scope="module", params=[False, True], ids=["sync", "async"])
def call(request, raw):
    """Makes a call with one of the clients, to be tried once; what it gives."""
    with caller(raw.url, request.param, retries=RetryPolicy(tries=1)) as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_seen(raw, elsewhere):
    raw.seen.clear()
    yield
    assert elsewhere.seen == []


def moved(status: str, location: str):
    """Sends everything on, except what is below /new/."""
    return lambda _method, path: DONE if path.startswith("/new") else answer(status, Location=location)


@pytest.mark.parametrize("status", STATUSES)
def test_same_request_is_sent_on_to_the_same_host(raw, call, status, home):
    (home / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    raw.reply = moved(status, "/new/place/")

    for method, ask in CALLS.items():
        raw.seen.clear()
        assert call(ask).status_code == 200
        first, second = raw.seen
        assert [one[0] for one in raw.seen] == [method, method]
        assert first[3] == second[3]
        assert (second[3] == b"") is (method in {"GET", "DELETE"})
        assert {one[2]["authorization"] for one in raw.seen} == {"Bearer bst_secret"}


@pytest.mark.parametrize("status", STATUSES)
def test_nothing_is_sent_to_another_server_and_the_right_address_is_named(raw, elsewhere, call, status):
    raw.reply = lambda _method, path: answer(status, Location=f"{elsewhere.url}{path}")

    for ask in CALLS.values():
        with pytest.raises(WrongAddress, match=elsewhere.url) as error:
            call(ask)
        assert "bst_secret" not in str(error.value)


def test_typed_calls_refuse_alike(raw, elsewhere, call):
    raw.reply = lambda _method, path: answer("302 Found", Location=f"{elsewhere.url}/lab{path}")

    with pytest.raises(WrongAddress, match=f"use {elsewhere.url}/lab/ "):
        call(lambda client: client.sessions.create(name="n", projects=["x"]))
    with pytest.raises(WrongAddress):
        call(lambda client: client.bulk_create("session", [{"name": "n", "projects": ["x"]}]))


def test_password_is_not_sent_on_either(raw, elsewhere, home):
    raw.reply = lambda _method, path: answer("307 Temporary", Location=f"{elsewhere.url}{path}")
    client = BrainstemClient(anonymous=True, url=raw.url)

    with client, pytest.raises(WrongAddress):
        client._run(client._core.credentials.sign_in.token_for("alice@lab.example", "secret"))


def test_circles_end(raw, call):
    raw.reply = lambda *_: answer("302 Found", Location="/round/")

    with pytest.raises(WrongAddress, match="circles"):
        call(CALLS["POST"])
    assert len(raw.seen) == 6


@pytest.mark.parametrize("location", [None, "", "http://[", "http://127.0.0.1:x/"])
def test_redirect_to_nowhere_is_refused(raw, call, location):
    raw.reply = lambda *_: answer("302 Found", **({} if location is None else {"Location": location}))

    with pytest.raises(WrongAddress, match=raw.url):
        call(CALLS["PATCH"])


def test_command_line_names_the_right_address(raw, elsewhere, command):
    raw.reply = lambda _method, path: answer("301 Moved", Location=f"{elsewhere.url}{path}")
    code, shown, said = command("save", "session", "--data", "{}", "--url", raw.url)

    assert (code, shown) == (1, "")
    assert f"{elsewhere.url}/" in said
    assert said.count("\n") == 1


def follow(url: str, location: str) -> str:
    """The address that a redirect leads to."""
    steps = arrived(Request("POST", url, {"Authorization": "Bearer t"}, b"{}"))
    next(steps)
    request = steps.send(Answer(302, {"location": location}, b""))
    assert (request.method, request.body, request.headers["Authorization"]) == ("POST", b"{}", "Bearer t")
    return request.url


@pytest.mark.parametrize(
    ("url", "location", "expected"),
    [
        ("http://lab.example/api/a/", "https://lab.example/api/a/", "https://lab.example/api/a/"),
        ("http://lab.example:80/a/", "https://LAB.example:443/a/", "https://LAB.example:443/a/"),
        ("http://lab.example:8000/a/", "https://lab.example:8000/a/", "https://lab.example:8000/a/"),
        ("https://lab.example/a", "a/?x=1#y", "https://lab.example/a/?x=1"),
        ("https://lab.example/a", "//lab.example/b", "https://lab.example/b"),
        ("https://lab.example/a", "https://eve:pw@lab.example/b", "https://lab.example/b"),
    ],
)
def test_same_host_is_followed_also_to_https(url, location, expected):
    assert follow(url, location) == expected


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("https://lab.example/a/", "http://lab.example/a/"),
        ("https://lab.example/a/", "https://other.example/a/"),
        ("https://lab.example/a/", "https://lab.example.evil.org/a/"),
        ("https://lab.example/a/", "https://lab.example:8443/a/"),
        ("https://lab.example/a/", "https://lab.example@evil.org/a/"),
        ("http://lab.example/a/", "https://other.example/a/"),
        ("http://lab.example:8000/a/", "https://lab.example/a/"),
        ("http://lab.example/a/", "file:///etc/passwd"),
    ],
)
def test_other_hosts_ports_and_ways_back_to_http_are_refused(url, location):
    with pytest.raises(WrongAddress):
        follow(url, location)


def test_body_is_sent_whole_again(raw, call):
    raw.reply = moved("302 Found", "/new/")
    call(lambda client: client.save("session", data={"name": "n" * 100_000}))

    assert [json.loads(one[3])["name"] == "n" * 100_000 for one in raw.seen] == [True, True]
