"""Lists as streams: all that JSON would show in pages, record by record, of one moment."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.api.streams import BROKEN, in_pieces, told_when_broken
from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import specs
from brainstem.core.query import stream as streams
from brainstem.core.query.syntax import Query

from ..people import Person, unique

pytestmark = pytest.mark.slow

NDJSON = "application/x-ndjson"


@pytest.fixture
def sessions(lab, alice):
    """Seven sessions of Alice's, one of them with something in it."""
    made = [lab.add("session", tags=["a", "ü"])["id"] for _ in range(7)]
    lab.add("epoch", session=made[0])
    lab.add("dataacquisition", session=made[0])
    return made


def lines(person: Person, path: str, query: str = "", **extra) -> list[dict]:
    answer = person.get(path, quote(query, safe="=&{}[]*.-"), **({"HTTP_ACCEPT": NDJSON} | extra))
    assert answer.status == 200, answer.body
    assert answer.headers["Content-Type"] == NDJSON
    return [json.loads(line) for line in answer.text.splitlines()]


def paged(person: Person, path: str, query: str = "") -> list[dict]:
    found, cursor = [], ""
    while cursor is not None:
        answer = person.get(path, quote(query, safe="=&{}[]*.-") + f"&limit=3&cursor={cursor}")
        assert answer.status == 200, answer.body
        found += answer.records
        following = answer.body["next"]
        cursor = following.partition("cursor=")[2].partition("&")[0] if following else None
    return found


QUERIES = [
    "",
    "sort[]=-name",
    "include[]=projects.*&include[]=epochs.*&include[]=dataacquisition.*",
    "filter{tags}=ü&exclude[]=description",
    "filter{name}=nothing is called so",
    "search=session",
]


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_a_stream_has_the_records_of_all_pages_in_their_order(sessions, alice, query):
    assert lines(alice, "stem/session", query) == paged(alice, "stem/session", query)


def test_a_stream_of_more_than_a_batch_is_whole(sessions, alice, monkeypatch):
    for batch in (1, 2, 7, 8):
        monkeypatch.setattr(streams, "BATCH", batch)
        assert [one["id"] for one in lines(alice, "stem/session")] == [
            one["id"] for one in paged(alice, "stem/session")
        ]


def test_limit_and_offset_are_heeded_and_have_no_most(sessions, alice):
    ids = [one["id"] for one in paged(alice, "stem/session")]
    assert [one["id"] for one in lines(alice, "stem/session", "limit=2&offset=3")] == ids[3:5]
    assert len(lines(alice, "stem/session", "limit=100000")) == len(ids)
    assert [one["id"] for one in lines(alice, "stem/session", "page=2&per_page=3")] == ids[3:6]
    assert len(lines(alice, "stem/session", "page=1")) == len(ids)


def test_a_header_tells_the_count(sessions, alice):
    for query in ("", "limit=1", "filter{id}=" + sessions[0], "filter{name}=none"):
        answer = alice.get("stem/session", query, HTTP_ACCEPT=NDJSON)
        assert answer.headers["X-Total-Count"] == str(alice.get("stem/session", query).body["count"])


def test_head_tells_the_count_alone(sessions, alice):
    answer = alice.request("head", "stem/session", HTTP_ACCEPT=NDJSON)
    assert (answer.status, answer.text, int(answer.headers["X-Total-Count"]) >= 7) == (200, "", True)


@pytest.mark.parametrize(
    ("accept", "query", "kind"),
    [
        ("application/x-ndjson", "", NDJSON),
        ("application/ndjson", "", NDJSON),
        ("", "format=ndjson", NDJSON),
        ("application/json", "format=ndjson", NDJSON),
        ("application/x-ndjson", "format=json", "application/json"),
        ("application/x-ndjson;q=0.5, application/json", "", "application/json"),
        ("application/x-ndjson, application/json;q=0.9", "", NDJSON),
        ("application/x-ndjson;q=0", "", "application/json"),
        ("application/x-ndjson;q=much, */*", "", "application/json"),
        ("application/x-ndjson;charset*=nonsense'en'x", "", "application/json"),
        ("text/html, */*", "", "application/json"),
        ("*/*", "", "application/json"),
        ("", "format=xml", "application/json"),
    ],
)
def test_the_format_is_chosen_by_header_or_query(alice, accept, query, kind):
    answer = alice.get("stem/project", query, **({"HTTP_ACCEPT": accept} if accept else {}))
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)


def test_a_related_list_streams_too(sessions, lab, alice):
    path = f"stem/project/{lab['project']}/sessions/"
    assert [one["id"] for one in lines(alice, path)] == [one["id"] for one in paged(alice, path)]
    assert alice.get("stem/project/00000000-0000-7000-8000-000000000000/sessions/", HTTP_ACCEPT=NDJSON).status == 404


def test_a_stream_shows_what_the_caller_may_see(sessions, lab, alice, bob, charlie, nobody, admin):
    assert len(lines(bob, "stem/session")) == len(lines(alice, "stem/session"))
    assert lines(charlie, "stem/session") == []
    assert lines(nobody, "stem/session") == []
    assert len(lines(admin.through("super"), "stem/session")) >= 7
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    shown = lines(nobody, "stem/session")
    assert len(shown) == len(lines(alice, "stem/session"))
    assert {one["created_by"] for one in shown} == {None}


def test_a_mistake_is_told_as_json_before_the_first_byte(alice):
    for query in ("filter{nmae}=x", "sort[]=nothing", "limit=x", "cursor=abc", "page=2&offset=1"):
        answer = alice.get("stem/session", query, HTTP_ACCEPT=NDJSON)
        assert (answer.status, answer.headers["Content-Type"]) == (400, "application/json"), query
    assert Person().get("stem/session", HTTP_ACCEPT=NDJSON).status == 401


def test_a_stream_is_one_statement_beside_the_tokens(sessions, alice, monkeypatch):
    monkeypatch.setattr(streams, "BATCH", 2)
    alice.get("stem/session")
    with CaptureQueriesContext(connection) as captured:
        lines(alice, "stem/session", "include[]=epochs.*")
    found = [one["sql"] for one in captured if "SELECT" in one["sql"]]
    assert len(found) == 2, found


def test_a_stream_that_is_not_read_to_its_end_lets_go_of_its_cursor(sessions, alice, monkeypatch):
    monkeypatch.setattr(streams, "BATCH", 1)
    spec, actor = specs()["stem.Session"], Actor(user_id=alice.user.pk)
    blocks = len(connection.savepoint_ids)
    for read in (0, 1, 2):
        stream = streams.open_stream(spec, Query(), viewer=Viewer(actor, "private"), base="")
        for _ in range(read):
            next(stream.batches)
        stream.close()
        assert len(connection.savepoint_ids) == blocks
    assert alice.get("stem/session").status == 200


def test_what_is_long_is_sent_in_pieces_so_that_slow_readers_fill_no_memory():
    chunks = [b"x" * 200_000, b"", b"y" * 10]
    pieces = list(in_pieces(chunks))
    assert b"".join(pieces) == b"".join(chunks)
    assert max(map(len, pieces)) <= 64 * 1024


def test_a_stream_that_breaks_is_not_read_as_a_whole_one():
    def breaking():
        yield b'{"id": 1}\n'
        raise OSError("gone")

    found = told_when_broken(breaking(), BROKEN["ndjson"])
    assert json.loads(next(found)) == {"id": 1}
    with pytest.raises(ValueError, match="Unterminated string"):
        json.loads(next(found))
    with pytest.raises(OSError, match="gone"):
        next(found)


# -- as served --------------------------------------------------------------------------------------------------------

CUT = """
import sys, django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                   " WHERE pid <> pg_backend_pid() AND datname = current_database()")
"""
FILL = """
import sys, django
django.setup()
from django.contrib.auth import get_user_model
from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.bulk.writing import Rows, write_rows
from brainstem.core.model.registry import specs
user = get_user_model().objects.get(email=sys.argv[1])
actor = Actor(user_id=user.pk, email=user.email, via="command")
for _ in range(int(sys.argv[3])):
    rows = [{"name": f"many {_} {n}", "projects": [sys.argv[2]], "description": "x" * 10000} for n in range(1000)]
    write_rows(specs()["stem.Session"], Rows(rows), viewer=Viewer(actor, "private"))
"""


@pytest.fixture(scope="module")
def many(served):
    """A served lab with more sessions than fit into the buffers between server and client."""
    from ..served import manage

    status, body = served.send("POST", "private/stem/project/", {"name": unique("Streamed")}, who="alice")
    assert status == 201, body
    manage(served.environment, "-c", FILL, served.email("alice"), body["project"]["id"], "4")
    return served


def raw(served, path: str, accept: str = NDJSON, *, version: str = "1.1") -> socket.socket:
    """A connection on which a stream was asked for."""
    where = urlsplit(served.url)
    connection = socket.create_connection((where.hostname, where.port), timeout=60)
    head = f"GET /api/private/{path} HTTP/{version}\r\nHost: x\r\nAccept: {accept}\r\nConnection: close\r\n"
    connection.sendall(f"{head}Authorization: Bearer {served.token('alice')}\r\n\r\n".encode())
    return connection


def rest(connection: socket.socket) -> bytes:
    found = bytearray()
    try:
        while part := connection.recv(1 << 20):
            found += part
    except ConnectionError:
        pass
    return bytes(found)


def test_a_served_stream_is_whole_and_ends_as_chunks_do(many):
    with raw(many, "stem/session/") as connection_:
        found = rest(connection_)
    head, _, body = found.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head.lower()
    assert b"x-total-count: 4000" in head.lower()
    assert body.endswith(b"0\r\n\r\n")
    assert body.count(b'"name":"many ') + body.count(b'"name": "many ') == 4000


def test_a_served_stream_of_arrow_is_whole_and_loads_neither_numpy_nor_pandas(many):
    pa = pytest.importorskip("pyarrow", reason="pyarrow is in requirements/dev.txt")
    with raw(many, "stem/session/", "application/vnd.apache.arrow.stream", version="1.0") as connection_:
        head, _, body = rest(connection_).partition(b"\r\n\r\n")
    assert b"200 OK" in head
    found = pa.ipc.open_stream(body).read_all()
    assert found.num_rows == 4000
    assert set(found["description"].to_pylist()) == {"x" * 10000}
    loaded = [path.read_text() for path in Path("/proc").glob("[0-9]*/maps") if _serves(path.parent, many.url)]
    assert any("pyarrow" in maps for maps in loaded)
    assert not any("/numpy/" in maps or "/pandas/" in maps for maps in loaded)


def _serves(process: Path, url: str) -> bool:
    """Whether a process belongs to the server: its environment says so."""
    with suppress(OSError):
        return f"BRAINSTEM_URL={url}".encode() in (process / "environ").read_bytes()
    return False


def test_clients_that_leave_in_the_middle_leave_nothing_open(many):
    for _ in range(6):  # More than the server has threads.
        with raw(many, "stem/session/") as connection_:
            assert connection_.recv(1000)
    status, body = many.send("GET", "private/stem/session/?limit=1", who="alice")
    assert (status, body["count"]) == (200, 4000)
    status, body = many.send("POST", "private/stem/project/", {"name": unique("After")}, who="alice")
    assert status == 201, body


def test_a_stream_that_breaks_in_the_middle_ends_in_a_line_that_is_no_json(many):
    if connection.vendor == "sqlite":
        return  # Nothing ends a connection there.
    from ..served import manage

    with raw(many, "stem/session/") as connection_:
        found = connection_.recv(1000)
        manage(many.environment, "-c", CUT)
        found += rest(connection_)
    assert b"200 OK" in found[:100]
    lines = [line for line in found.split(b"\n") if b'"error"' in line]
    assert len(lines) == 1
    with pytest.raises(ValueError, match="Unterminated string"):
        json.loads(lines[0].strip())
    assert found.count(b'"name": "many ') + found.count(b'"name":"many ') < 4000
    assert many.send("GET", "private/stem/session/?limit=1", who="alice")[0] == 200
