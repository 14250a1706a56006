"""The HTTP front, as a served process: whoever sends or reads slowly, or opens too much, stops nobody else."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from brainstem.config.front.bodies import Body, Full, Store
from brainstem.config.front.connection import Phase
from brainstem.config.front.crowd import Crowd
from brainstem.config.front.limits import Limits, Pace
from brainstem.config.front.pools import Pool
from brainstem.config.front.slots import Slots

from ..served import served  # noqa: F401
from .fronts import LARGE_FILE, MB, PATIENCE, Place, front, rest, status

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(served, tmp_path_factory):  # noqa: F811
    with front(served, tmp_path_factory.mktemp("front")) as found:
        yield found


# -- slow senders -----------------------------------------------------------------------------------------------------


def test_half_sent_bodies_hold_up_nobody_and_are_given_up(place):
    head = "POST /api/t/echo HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: 1000\n\nhalf"
    with ExitStack() as stack:
        halves = [stack.enter_context(place.ask(head)) for _ in range(20)]  # more than there are threads
        started = time.monotonic()
        assert place.get("/api/t/echo")[0] == 200
        assert time.monotonic() - started < 1.5
        answers = [rest(half) for half in halves]
    assert {status(answer) for answer in answers} == {408}
    assert all(b"Brainstem-Error-Code: request_timeout" in answer for answer in answers)
    assert all(b"Connection: close" in answer and b"did not arrive in time" in answer for answer in answers)


def test_a_body_that_trickles_more_slowly_than_the_minimum_is_given_up(place):
    with place.ask("POST /api/t/echo HTTP/1.1\nHost: x\nContent-Length: 1000\n\n") as connection:
        connection.settimeout(0.3)
        answer, ends = b"", time.monotonic() + PATIENCE
        while not answer and time.monotonic() < ends:
            connection.sendall(b"x")
            with suppress(TimeoutError):
                answer = connection.recv(1000)
    assert status(answer) == 408


def test_a_slow_body_that_keeps_the_minimum_is_taken(place):
    with place.ask("POST /api/t/echo HTTP/1.1\nHost: x\nConnection: close\nContent-Length: 30000\n\n") as connection:
        for _ in range(30):  # 3 seconds, longer than the stretch that is measured
            connection.sendall(b"x" * 1000)
            time.sleep(0.1)
        answer = rest(connection)
    assert status(answer) == 200
    assert b'"length": 30000' in answer


@pytest.mark.parametrize("sent", ["", "GET /api/t/echo HTTP/1.1\nHost: x\nX-Half"], ids=["nothing", "half a head"])
def test_a_head_that_does_not_come_ends_the_connection(place, sent):
    with place.ask(sent) as connection:
        started = time.monotonic()
        answer = rest(connection)
    assert time.monotonic() - started < 8
    assert status(answer) == (408 if sent else 0)


def test_a_head_without_end_is_refused(place):
    with place.open() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        with suppress(ConnectionError):
            for at in range(200):
                connection.sendall(b"X-%d: %b\r\n" % (at, b"x" * 1000))
        answer = rest(connection)
    assert status(answer) == 431
    assert b"Brainstem-Error-Code: headers_too_large" in answer


def test_a_connection_that_is_kept_for_nothing_is_closed(place):
    with place.ask("GET /t/seen HTTP/1.1\nHost: x\n\n") as connection:
        assert status(connection.recv(10_000)) == 200
        started = time.monotonic()
        assert connection.recv(100) == b""
    assert 1 < time.monotonic() - started < 10


# -- slow readers -----------------------------------------------------------------------------------------------------


def test_slow_readers_of_large_answers_hold_no_thread_and_lose_the_connection(place):
    question = "GET /t/large?mb=20 HTTP/1.1\nHost: x\n\n"
    with ExitStack() as stack:
        readers = [stack.enter_context(place.ask(question, receive_buffer=4096)) for _ in range(12)]
        for reader in readers:
            assert reader.recv(1) == b"H"
        assert place.get("/t/seen", timeout=5)[0] == 200
        time.sleep(5)
        assert len(rest(readers[0])) < 20 << 20


@pytest.fixture(scope="module")
def patient(served, tmp_path_factory):  # noqa: F811
    """A front with time for slow readers, and with room for two answers of 20 MB that are not read."""
    settings = {"BRAINSTEM_STALL_SECONDS": "60", "BRAINSTEM_MAX_UNREAD_MB": "50"}
    with front(served, tmp_path_factory.mktemp("patient"), **settings) as found:
        yield found


TWENTY = "GET /t/large?mb=20 HTTP/1.1\nHost: x\n\n"


def answered(place: Place, stack: ExitStack, *, close: str = "") -> socket.socket:
    """A connection on which the first byte of 20 MB has arrived, and nothing more is read."""
    question = TWENTY.replace("\n\n", f"\n{close}\n")
    connection = stack.enter_context(place.ask(question, receive_buffer=4096))
    assert connection.recv(1) == b"H"
    return connection


def worker_of(place: Place) -> Path:
    return Path(f"/proc/{children(place.process.pid)[0]}")


def memory_mb(process: Path) -> float:
    return int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MB


def unnamed_mb(process: Path) -> float:
    """Size of the files of a process that have no name any more."""
    found = [one.stat() for one in (process / "fd").iterdir() if one.exists()]
    return sum(one.st_size for one in found if one.st_nlink == 0) / MB


def until(holds: Callable[[], bool]) -> None:
    """Wait for what happens soon, or fail."""
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.05)


def body(connection: socket.socket) -> bytes:
    answer = rest(connection)
    return answer.partition(b"\r\n\r\n")[2]


def test_answers_that_are_not_read_wait_on_disk_and_not_in_memory(patient):
    patient.get("/t/large?mb=20")
    worker = worker_of(patient)
    until(lambda: unnamed_mb(worker) < 20)  # the file of the answer that was read is closed
    before, disk = memory_mb(worker), unnamed_mb(worker)
    with ExitStack() as stack:
        readers = [answered(patient, stack, close="Connection: close\n") for _ in range(2)]
        until(lambda: unnamed_mb(worker) - disk == 40)
        assert memory_mb(worker) - before < 20
        assert [body(one) for one in readers] == [b"x" * (20 * MB)] * 2
    until(lambda: unnamed_mb(worker) <= disk)


def test_an_answer_that_waited_on_disk_is_followed_by_the_next_on_its_connection(patient):
    with patient.http() as connection:
        for _ in range(2):
            connection.request("GET", "/t/large?mb=3")
            answer = connection.getresponse()
            assert answer.headers["Content-Length"] == str(3 * MB)
            assert answer.read() == b"x" * (3 * MB)
        connection.request("GET", "/t/seen")
        assert connection.getresponse().status == 200


def test_when_more_is_unread_than_there_is_room_for_the_oldest_loses_the_connection_and_others_get_all(patient):
    with ExitStack() as stack:
        readers = [answered(patient, stack, close="Connection: close\n") for _ in range(3)]
        sizes = [len(body(one)) for one in reversed(readers)]
    assert sizes[:2] == [20 * MB] * 2
    assert sizes[2] < 20 * MB


def test_a_file_that_is_not_read_holds_no_thread(place):
    with ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(place.ask("GET /t/file HTTP/1.1\nHost: x\n\n", receive_buffer=4096))
        assert place.get("/t/seen", timeout=5)[0] == 200
        code, content = place.get("/t/file")
    assert (code, len(content)) == (200, LARGE_FILE)


def test_a_stream_that_is_not_read_loses_the_connection_and_lets_go_of_its_thread(place):
    with place.ask("GET /t/stream?mb=40 HTTP/1.1\nHost: x\n\n", receive_buffer=4096) as reader:
        assert reader.recv(1) == b"H"
        place.until(running=1)
        place.until(running=0)
        assert len(rest(reader)) < 40 << 20


# -- streams ----------------------------------------------------------------------------------------------------------


def test_more_streams_than_there_are_places_are_refused_and_others_go_on(place):
    question = "GET /t/stream?mb=40 HTTP/1.1\nHost: x\n\n"
    with place.ask(question, receive_buffer=4096) as reader:  # half of two places
        assert reader.recv(1) == b"H"
        place.until(running=1)
        with place.http() as connection:
            connection.request("GET", "/t/stream?mb=1")
            answer = connection.getresponse()
            body = json.loads(answer.read())
            assert (answer.status, answer.headers["Retry-After"]) == (429, "2")
            assert answer.headers["Brainstem-Error-Code"] == "throttled"
            assert "streamed" in body["detail"]
            connection.request("GET", "/t/seen")  # on the same connection
            assert connection.getresponse().status == 200
    place.until(running=0)
    code, content = place.get("/t/stream?mb=1")
    assert (code, len(content)) == (200, MB)


def test_what_asks_for_a_stream_is_refused_before_it_runs(place):
    with place.ask("GET /api/t/stream?mb=40&format=ndjson HTTP/1.1\nHost: x\n\n", receive_buffer=4096) as reader:
        assert reader.recv(1) == b"H"
        code, body = place.get("/api/t/stream?mb=40", Accept="application/x-ndjson")
        assert (code, "streamed" in json.loads(body)["detail"]) == (429, True)
    place.until(running=0)


def test_a_stream_that_breaks_does_not_look_whole(place):
    with place.ask("GET /t/breaks HTTP/1.1\nHost: x\n\n") as connection:
        answer = rest(connection)
    assert status(answer) == 200
    assert not answer.endswith(b"0\r\n\r\n")


# -- many requests, many connections ----------------------------------------------------------------------------------


def test_health_is_told_while_every_thread_is_busy(place):
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(place.ask("GET /t/slow?s=8 HTTP/1.1\nHost: x\n\n"))
        started = time.monotonic()
        code, body = place.get("/healthz", timeout=5)
        assert (code, json.loads(body)["status"]) == (200, "ok")
        assert time.monotonic() - started < 3
    place.until(running=0)


def test_a_server_whose_database_hangs_is_said_to_be_unwell(place):
    stuck = place.log.with_name("stuck")
    stuck.touch()
    try:
        assert place.get("/healthz")[0] == 503
    finally:
        stuck.unlink()
    assert place.get("/healthz")[0] == 200


@contextmanager
def many_files():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def flood(place: Place, stack: ExitStack, number: int) -> list[socket.socket]:
    return [stack.enter_context(place.ask("GET / HTTP/1.1\nHost: x\nX-Ha")) for _ in range(number)]


def test_a_thousand_half_heads_of_one_address_keep_nobody_out(place):
    with many_files(), ExitStack() as stack:
        flood(place, stack, 1100)
        for _ in range(5):
            started = time.monotonic()
            assert place.get("/t/seen")[0] == 200
            assert time.monotonic() - started < 1.5


@dataclass(eq=False)
class Held:
    """A connection as the crowd sees it."""

    crowd: Crowd
    address: str
    phase: Phase
    since: float
    is_over: bool = False
    has_left: bool = False

    def leave(self) -> None:
        self.has_left = True
        self.crowd.discard(self)


def come(crowd: Crowd, address: str, phase: Phase = Phase.HEAD, since: float = 100.0) -> Held:
    held = Held(crowd, address, phase, since)
    crowd.add(held)
    return held


def crowd_of(*phases: Phase, are_proxies: bool = False) -> tuple[Crowd, list[Held]]:
    """At most 8 connections, 4 of one address, and those of one address, the oldest first."""
    crowd = Crowd(Limits(connections=8, connections_per_address=4), are_proxies=are_proxies)
    return crowd, [come(crowd, "many", phase, float(at)) for at, phase in enumerate(phases)]


def test_an_address_with_its_share_of_connections_loses_its_oldest_that_does_nothing():
    crowd, held = crowd_of(Phase.WORKING, Phase.IDLE, Phase.HEAD, Phase.HEAD)
    new = come(crowd, "many")
    assert [one.has_left for one in held] == [False, False, True, False]
    assert (new.is_over, len(crowd)) == (False, 4)
    assert not come(crowd, "another").is_over
    assert len(crowd) == 5


def test_an_address_that_is_at_work_on_its_whole_share_is_refused_more():
    crowd, held = crowd_of(*[Phase.WORKING] * 4)
    assert come(crowd, "many").is_over
    assert not come(crowd, "another").is_over
    assert not any(one.has_left for one in held)


def test_a_proxy_is_bounded_by_the_number_in_all_only():
    crowd, held = crowd_of(*[Phase.HEAD] * 8, are_proxies=True)
    assert (len(crowd), any(one.has_left for one in held)) == (8, False)
    assert not come(crowd, "many").is_over
    assert [one.has_left for one in held] == [True] + [False] * 7


def test_a_newcomer_takes_the_place_of_whoever_holds_most():
    crowd, held = crowd_of(*[Phase.HEAD] * 4)
    others = [come(crowd, f"other {at}", since=-1.0) for at in range(4)]
    come(crowd, "new")
    assert [one.has_left for one in held] == [True, False, False, False]
    assert not any(one.has_left for one in others)


def test_the_answer_that_is_unread_for_longest_is_given_up_first():
    crowd, held = crowd_of(Phase.WORKING, Phase.HEAD, Phase.UNREAD, Phase.UNREAD)
    crowd.evict_reader()
    assert [one.has_left for one in held] == [False, False, True, False]


# -- sizes ------------------------------------------------------------------------------------------------------------

PAGE = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
API = {"Content-Type": "application/json"}
FORM = {"Accept": "text/html", "Content-Type": "multipart/form-data; boundary=b"}


@pytest.mark.parametrize(
    ("path", "headers", "megabytes"),
    [
        ("/account/login/", PAGE, 1),
        ("/account/login/", FORM, 1),
        ("/t/echo", FORM, 1),
        ("/api/t/echo", API, 10),
        ("/account/picture/", FORM, 11),
        ("/api/private/drafts/x/", API, 1),
    ],
)
@pytest.mark.parametrize("in_chunks", [False, True], ids=["length", "chunks"])
def test_a_body_that_is_too_large_for_its_address_is_refused(place, path, headers, megabytes, in_chunks):
    size = megabytes * MB + 1
    with place.http() as connection:
        content = (b"x" * MB for _ in range(megabytes + 1)) if in_chunks else b"x" * size
        connection.request("POST", path, content, headers, encode_chunked=in_chunks)
        answer = connection.getresponse()
        body = answer.read().decode()
    assert (answer.status, answer.headers["Connection"]) == (413, "close")
    assert f"{megabytes} MB" in body
    assert answer.headers["Brainstem-Error-Code"] == ("too_large" if path.startswith("/api/") else None)
    assert answer.headers["Content-Type"].startswith("application/json" if path.startswith("/api/") else "text/html")


@pytest.mark.parametrize("in_chunks", [False, True], ids=["length", "chunks"])
@pytest.mark.parametrize(("path", "size"), [("/t/echo", MB), ("/api/t/echo", 10 * MB), ("/api/t/echo", 0)])
def test_a_body_of_the_largest_size_arrives_whole(place, path, size, in_chunks):
    with place.http() as connection:
        content = iter([b"x" * size] if size else []) if in_chunks else b"x" * size
        connection.request("POST", path, content, API, encode_chunked=in_chunks)
        answer = connection.getresponse()
        assert answer.status == 200
        assert json.loads(answer.read())["length"] == size


def test_a_large_body_is_refused_before_it_is_sent(place):
    text = "POST /account/login/ HTTP/1.1\nHost: 127.0.0.1\nContent-Length: 300000000\nExpect: 100-continue\n\n"
    with place.ask(text) as connection:
        assert status(connection.recv(10_000)) == 413
    with place.ask(text.replace("300000000", "3").replace("/account/login/", "/t/echo")) as connection:
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        assert b'"length": 3' in connection.recv(10_000)


@pytest.mark.django_db
def test_the_limit_holds_under_other_servers_too(client, settings):
    settings.BRAINSTEM_MAX_PAGE_BODY_BYTES = 1000
    large, small = ({"login": "x" * length} for length in (2000, 10))
    assert client.post("/account/login/", large, headers={"accept": "text/html"}).status_code == 413
    assert client.post("/account/login/", small, headers={"accept": "text/html"}).status_code == 200


# -- the same connection goes on --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "kind", "expected"),
    [
        ("POST", "/api/private/stem/project/", "application/json", 401),
        ("PUT", "/api/token/", "application/json", 405),
        ("POST", "/api/nothing/", "application/json", 404),
        ("POST", "/api/token/", "text/csv", 415),
        ("POST", "/api/token/", "application/json", 400),
        ("POST", "/account/login/", "text/plain", 403),
    ],
)
@pytest.mark.parametrize("size", [10, 900_000])
def test_a_request_that_is_refused_is_followed_by_the_next_on_its_connection(place, method, path, kind, expected, size):
    with place.http() as connection:
        for _ in range(3):
            connection.request(method, path, b"{" * size, {"Content-Type": kind})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == (413 if expected in (415, 400) and size > 64 * 1024 else expected)
            if answer.will_close:
                connection.close()
        connection.request("GET", "/t/seen")
        assert connection.getresponse().status == 200


def test_requests_that_are_sent_at_once_are_answered_in_order(place):
    text = "GET /api/t/echo?n={} HTTP/1.1\nHost: x\n{}\n"
    with place.ask(text.format(1, "") + text.format(2, "") + text.format(3, "Connection: close\n")) as connection:
        answers = rest(connection)
    assert [answers.index(b'"n": "%d"' % n) for n in (1, 2, 3)] == sorted(
        answers.index(b'"n": "%d"' % n) for n in (1, 2, 3)
    )
    assert answers.count(b"HTTP/1.1 200 OK") == 3


@pytest.mark.parametrize(
    "text",
    [
        "nonsense\n\n",
        "GET / HTTP/3.0\n\n",
        "POST /api/t/echo HTTP/1.1\nHost: x\nContent-Length: 3\nTransfer-Encoding: chunked\n\n0\n\n",
        "POST /api/t/echo HTTP/1.1\nHost: x\nContent-Length: 3\nContent-Length: 4\n\nabcd",
        "POST /api/t/echo HTTP/1.1\nHost: x\nContent-Length: -3\n\n",
    ],
    ids=["no HTTP", "another version", "two framings", "two lengths", "less than nothing"],
)
def test_what_is_no_request_is_refused(place, text):
    with place.ask(text) as connection:
        answer = rest(connection)
    assert status(answer) == 400
    assert b"Brainstem-Error-Code: unreadable" in answer
    assert answer.count(b"HTTP/1.1") == 1


def test_a_header_with_an_underscore_cannot_pass_for_another(place):
    with place.ask(
        "GET /api/t/echo HTTP/1.1\nHost: x\nX_Forwarded_For: 6.6.6.6\nX-A: 1\nX-A: 2\nConnection: close\n\n"
    ) as connection:
        answer = rest(connection)
    assert b"6.6.6.6" not in answer
    assert b'"X-A": "1,2"' in answer


def test_a_head_request_gets_the_length_and_no_body(place):
    with place.ask(
        "HEAD /t/large?mb=1 HTTP/1.1\nHost: x\n\nGET /t/seen HTTP/1.1\nHost: x\nConnection: close\n\n"
    ) as one:
        head, _, after = rest(one).partition(b"\r\n\r\n")
    assert b"Content-Length: 1048576" in head
    assert after.startswith(b"HTTP/1.1 200 OK")


def test_an_offer_of_another_protocol_is_not_taken_up(place):
    with place.ask("GET /t/seen HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: h2c\n\n") as connection:
        answer = rest(connection)
    assert (status(answer), b"Connection: close" in answer) == (200, True)


def test_an_older_client_gets_streams_without_chunks(place):
    with place.ask("GET /t/stream?mb=1 HTTP/1.0\n\n") as connection:
        head, _, body = rest(connection).partition(b"\r\n\r\n")
    assert b"chunked" not in head.lower()
    assert len(body) == MB


# -- who leaves -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("abruptly", [True, False])
def test_a_client_that_leaves_stops_what_it_asked_for(place, abruptly):
    before = place.seen()["cancelled"]
    connection = place.ask("GET /t/slow?s=15 HTTP/1.1\nHost: x\n\n")
    place.until(running=1)
    if abruptly:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()
    place.until(running=0, cancelled=before + 1)


def test_a_client_that_waits_for_its_last_answer_with_half_a_connection_gets_it(place):
    with place.ask("GET /t/slow?s=3 HTTP/1.1\nHost: x\nConnection: close\n\n") as connection:
        connection.shutdown(socket.SHUT_WR)
        assert rest(connection).endswith(b"slow")
    with place.ask("GET /t/slow?s=0 HTTP/1.1\nHost: x\n\n") as connection:
        connection.shutdown(socket.SHUT_WR)
        assert rest(connection).endswith(b"slow")


# -- start and end ----------------------------------------------------------------------------------------------------


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_gone(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


def wait(until) -> None:
    ends = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_a_worker_that_dies_is_replaced_and_all_end_with_the_server(served, tmp_path):  # noqa: F811
    with front(served, tmp_path, "--workers", "2") as own:
        first, second = children(own.process.pid)
        os.kill(first, signal.SIGKILL)
        wait(lambda: len(children(own.process.pid)) == 2 and first not in children(own.process.pid))
        assert own.get("/healthz")[0] == 200
        workers = children(own.process.pid)
        assert second in workers
        own.process.kill()
        wait(lambda: all(map(is_gone, workers)))
    assert "exited with code -9" in own.log.read_text()


def test_a_server_that_is_told_to_stop_ends_its_answers_and_cuts_streams_after_a_while(served, tmp_path):  # noqa: F811
    with front(served, tmp_path, BRAINSTEM_STALL_SECONDS="60") as own:
        short = own.ask("GET /t/slow?s=1 HTTP/1.1\nHost: x\n\n")
        stream = own.ask("GET /t/stream?mb=40 HTTP/1.1\nHost: x\n\n", receive_buffer=4096)
        idle = own.open()
        with short, stream, idle:
            assert stream.recv(1) == b"H"
            own.until(running=2)
            started = time.monotonic()
            own.process.terminate()
            assert rest(short).endswith(b"slow")
            assert idle.recv(1) == b""
            assert own.process.wait(PATIENCE) == 0
            assert 2 < time.monotonic() - started < 12
            assert len(rest(stream)) < 40 << 20


def test_a_port_that_is_taken_is_named(place):
    done = subprocess.run(
        [sys.executable, "-m", "brainstem.config", "serve", "--port", str(place.port)],
        env=place.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{place.port}: Address already in use." in done.stderr


@pytest.mark.parametrize(("name", "value"), [("BRAINSTEM_MAX_STREAMS", "0"), ("BRAINSTEM_HEAD_SECONDS", "-1")])
def test_a_limit_that_is_not_positive_is_named(place, name, value):
    done = subprocess.run(
        [sys.executable, "-m", "brainstem.config", "check"],
        env=place.environment | {name: value}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"{name} is {value}; it must be 1 or more." in done.stderr


# -- parts ------------------------------------------------------------------------------------------------------------


def test_bodies_together_stay_within_their_room_and_large_ones_go_to_disk():
    store = Store(most=1_000_000)
    small, large = Body(store), Body(store)
    small.write(b"a" * 1000)
    large.write(b"b" * 200_000)
    large.write(b"c" * 200_000)
    assert (store.memory, store.total) == (1000, 401_000)
    assert large.reader().read() == b"b" * 200_000 + b"c" * 200_000
    with pytest.raises(Full):
        small.write(b"d" * 700_000)
    for body in (small, large, large):
        body.close()
    assert (store.memory, store.total) == (0, 0)


def test_jobs_that_find_no_thread_wait_up_to_a_number_and_can_be_taken_back():
    done, go = [], threading.Event()
    pool = Pool("test", threads=1, waiting=2)
    jobs = [lambda at=at: (go.wait(PATIENCE), done.append(at)) for at in range(4)]
    assert [pool.submit(job) for job in jobs] == [True, True, True, False]
    assert [pool.forget(jobs[1]), pool.forget(jobs[0])] == [True, False]
    go.set()
    wait(lambda: pool.is_quiet)
    assert done == [0, 2]


def test_one_address_gets_half_of_the_places_for_streams():
    slots = Slots(4)
    assert [slots.take("a") for _ in range(3)] == [True, True, False]
    assert [slots.take("b"), slots.take("c"), slots.take("d")] == [True, True, False]
    slots.give_back("a")
    assert slots.take("d")


@pytest.mark.parametrize(
    ("steps", "late"),
    [
        ([(0, 0), (9, 10)], False),
        ([(0, 0), (0, 11)], True),
        ([(0, 0), (100, 9), (100, 18), (200, 19)], False),
        ([(0, 0), (100, 9), (150, 20)], True),
    ],
    ids=["within the stretch", "nothing came", "fast enough", "too little came"],
)
def test_pace_is_measured_in_stretches(steps, late):
    pace = Pace(Limits(stall_s=10, slowest_bytes_s=10))
    pace.start(*steps[0])
    assert [pace.is_late(*step) for step in steps[1:]][-1] is late
