"""What is no answer of a BrainSTEM server: one sentence with the address, and never taken for success."""

from __future__ import annotations

import socket
import time

import httpx2
import pytest

from brainstem_api_tools import BrainstemClient, BrainstemError, ConnectionFailed, RetryPolicy
from brainstem_api_tools.errors import NotAnAnswer, ServerError

from .rawserver import answer, caller, raw_server

pytestmark = pytest.mark.slow

PAGE = b"<!DOCTYPE html><html><body><h1>Welcome to the guest network</h1></body></html>"
NONE = {
    "page": answer("200 OK", PAGE, "text/html"),
    "page without its length": b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE,
    "page that says it is JSON": answer("200 OK", PAGE),
    "nothing": answer("200 OK"),
    "blanks": answer("200 OK", b" \n"),
    "broken JSON": answer("200 OK", b'{"sessions": [{"id": 1}, '),
    "text": answer("200 OK", b"OK", "text/plain"),
    "other JSON": answer("200 OK", b'{"status": "ok"}'),
    "a number": answer("200 OK", b"1"),
    "null": answer("200 OK", b"null"),
    "page of a proxy": answer("502 Bad Gateway", PAGE, "text/html"),
    "empty page of a proxy": answer("504 Gateway Timeout", b"", "text/html"),
    "sign-in of a network": answer("511 Network Authentication Required", PAGE, "text/html"),
    "page that refuses": answer("403 Forbidden", PAGE, "text/html"),
}
CUT = {
    "cut body": answer("200 OK", b'{"sessions": [', Content_Length="5000"),
    "cut head": b"HTTP/1.1 200 OK\r\nContent-",
    "closed": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
}
READING = {
    "list": lambda client: client.sessions.list().all(),
    "get": lambda client: client.sessions.get("x"),
    "count": lambda client: client.sessions.list().count(),
    "first": lambda client: client.sessions.list().first(),
    "load_all": lambda client: client.load("session", load_all=True),
    "data_path": lambda client: client.data_path("x"),
}
WRITING = {
    "create": lambda client: client.sessions.create(name="n", projects=["x"]),
    "update": lambda client: client.sessions.update("x", name="n"),
    "delete": lambda client: client.sessions.delete("x"),
    "bulk_create": lambda client: client.bulk_create("session", [{"name": "n", "projects": ["x"]}]),
    "upsert": lambda client: client.upsert("session", [{"name": "n", "projects": ["x"]}]),
}
LOADING = ["load", "session"]
COMMANDS = {
    "load": LOADING,
    "load one": [*LOADING, "--id", "x"],
    "all": [*LOADING, "--all"],
    "csv": [*LOADING, "--output", "csv"],
    "table": [*LOADING, "--output", "table", "--all"],
    "save": ["save", "session", "--data", "{}"],
    "delete": ["delete", "session", "--id", "x"],
    "whoami": ["whoami"],
    "fields": ["fields", "session"],
    "login": ["login"],
}


@pytest.fixture(scope="module")
def raw():
    with raw_server() as server:
        yield server


@pytest.fixture(scope="module", params=[False, True], ids=["sync", "async"])
def call(request, raw):
    """Makes a call with one of the clients; what it gives."""
    with caller(raw.url, request.param, retries=RetryPolicy(tries=2, first_s=0.01)) as made:
        yield made


def say(raw, reply: bytes | None) -> None:
    raw.reply = lambda *_: reply


def is_one_sentence(text: str, url: str) -> bool:
    return (
        url in text and "\n" not in text and "Traceback" not in text and " object at 0x" not in text and "<" not in text
    )


@pytest.mark.parametrize("name", [*NONE, *CUT])
def test_what_is_no_answer_is_an_error_of_the_tree_that_names_the_server(raw, call, name):
    say(raw, {**NONE, **CUT}[name])
    for what, ask in {**READING, **WRITING}.items():
        if (what, name) == ("delete", "other JSON"):
            continue  # the body of a deletion says nothing
        # A call of 2.0.0 raises errors of the HTTP library for refusals, and where there is no answer.
        refused = what == "load_all" and (name in CUT or name in {"page that refuses", *list(NONE)[-4:]})
        with pytest.raises((OSError, httpx2.HTTPError) if refused else BrainstemError) as error:
            call(ask)
        assert refused or is_one_sentence(str(error.value), raw.url), (what, str(error.value))


def test_kinds_of_errors_tell_apart_who_is_at_fault(raw, call):
    for name, kind in [("page", NotAnAnswer), ("page of a proxy", ServerError), ("cut body", ConnectionFailed)]:
        say(raw, {**NONE, **CUT}[name])
        with pytest.raises(kind):
            call(READING["list"])


def test_page_in_the_place_of_a_stream_is_no_empty_list(raw, call):
    def reply(_method, path):
        return NONE["page"] if "offset" in path or "cursor" in path else answer("200 OK", b"", "application/x-ndjson")

    raw.reply = reply
    with pytest.raises(NotAnAnswer):
        call(lambda client: client.sessions.list().all())


def test_answer_without_all_ids_is_no_success_of_bulk(raw, call):
    say(raw, answer("200 OK", b'{"created": []}'))

    with pytest.raises(NotAnAnswer, match="all 1 rows"):
        call(WRITING["bulk_create"])


@pytest.mark.parametrize("name", [*NONE, *CUT])
def test_command_ends_with_1_and_one_sentence(raw, command, name, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    say(raw, {**NONE, **CUT}[name])
    for what, arguments in COMMANDS.items():
        if name == "other JSON" and what in {"delete", "login", "fields"}:
            continue  # of a deletion and a token the body says nothing; other servers describe models otherwise
        if (what, name) == ("fields", "page that refuses"):
            continue  # a server that does not describe its models
        code, shown, said = command(*arguments, "--url", raw.url)

        assert (code, shown) == (1, ""), (what, shown, said)
        assert said.startswith("brainstem: "), what
        assert is_one_sentence(said.strip(), raw.url), (what, said)


# --- nobody there ---


def test_server_that_is_down_is_one_sentence(command):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        code, shown, said = command("load", "session", "--url", url)

    assert (code, shown) == (1, "")
    assert said == f"brainstem: {url}/ cannot be reached: the connection was refused.\n"


def test_name_that_is_none_is_one_sentence(command, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    said = command("load", "session", "--url", "http://no-such-host.invalid")[2]

    assert is_one_sentence(said.strip(), "http://no-such-host.invalid/")


@pytest.mark.parametrize("awaits", [False, True], ids=["sync", "async"])
def test_silent_server_is_given_up_after_the_time_limit(raw, awaits):
    say(raw, None)
    began = time.monotonic()
    with (
        caller(raw.url, awaits, timeout=0.5, retries=RetryPolicy(tries=2)) as call,
        pytest.raises(ConnectionFailed, match=r"did not answer within 0\.5 s") as error,
    ):
        call(READING["list"])

    assert is_one_sentence(str(error.value), raw.url)
    assert time.monotonic() - began < 5


def test_silence_is_not_asked_for_again_and_again(raw):
    """With the limits that hold unless said otherwise, one try takes all the silence that is borne."""
    say(raw, None)
    raw.seen.clear()
    policy = RetryPolicy(silence_s=0.4)
    client = BrainstemClient(token="bst_x", url=raw.url, timeout=0.5, retries=policy)
    with client, pytest.raises(ConnectionFailed):
        client.sessions.get("x")

    assert len(raw.seen) == 1


def test_connection_is_waited_for_10_seconds_unless_said_otherwise(raw):
    for given, expected in [
        ({}, (10, 30)),
        ({"timeout": 4}, (4, 4)),
        ({"timeout": 60}, (10, 60)),
        ({"timeout": (1, 2)}, (1, 2)),
    ]:
        with BrainstemClient(token="bst_x", url=raw.url, **given) as client:
            assert client._transport.timeout == expected


@pytest.fixture
def full():
    """Address of a server whose queue of connections is full, so that it takes none and refuses none."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        address = listening.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        time.sleep(0.2)
        yield f"http://127.0.0.1:{address[1]}"
        for one in waiting:
            one.close()


def test_server_that_takes_no_connection_is_given_up_too(full):
    began = time.monotonic()
    client = BrainstemClient(token="bst_x", url=full, timeout=(0.5, 30), retries=RetryPolicy(silence_s=0.4))
    with client, pytest.raises(ConnectionFailed, match=r"no connection within 0\.5 s"):
        client.sessions.get("x")

    assert time.monotonic() - began < 10


def test_waits_that_a_server_asks_for_are_bounded_in_all(raw, monkeypatch):
    waits = []
    monkeypatch.setattr("time.sleep", waits.append)
    say(raw, answer("503 Busy", b"{}", Retry_After="40"))
    with BrainstemClient(token="bst_x", url=raw.url) as client:
        assert client.load("session").status_code == 503

    assert waits == [40.0]
