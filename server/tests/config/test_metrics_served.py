"""The metrics of a server with two workers: sums that survive them."""

from __future__ import annotations

import os
import signal
import socket
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from ..metrics_text import read
from ..served import environment_of, free_port, new_database, running
from ..waiting import eventually

pytestmark = pytest.mark.slow

PROJECTS = "/api/public/stem/project/"
COUNTED = {"model": "stem.Project", "portal": "public", "verb": "GET", "status": "2xx"}


class Place:
    """A server with two workers."""

    def __init__(self, port: int, supervisor: int) -> None:
        self.address = ("127.0.0.1", port)
        self.url, self._supervisor = f"http://127.0.0.1:{port}", supervisor

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return answer.read().decode()

    def metrics(self):
        return read(self.get("/metrics"))

    def counted(self) -> float:
        return self.metrics().value("brainstem_requests_total", **COUNTED)

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self._supervisor}/task/{self._supervisor}/children").read_text().split()
        return [int(pid) for pid in children if b"brainstem.config.front" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@contextmanager
def stopped(pid: int):
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("metrics"), free_port()
    with new_database(folder) as database:
        environment = environment_of(f"http://127.0.0.1:{port}", database, folder)
        with running(environment, "--workers", "2", "--no-tasks", port=port, folder=folder) as process:
            found = Place(port, process.pid)
            assert eventually(lambda: found.metrics().value("brainstem_worker_starts_total") == 2)
            yield found


def test_the_numbers_of_all_workers_are_summed_and_a_killed_worker_takes_none_along(place):
    first, second = place.workers()
    for idle in (first, second):  # so that the other one answers
        with stopped(idle):
            for _ in range(3):
                place.get(PROJECTS)
    assert [place.counted() for _ in range(3)] == [6, 6, 6]
    found = place.metrics()
    assert found.value("brainstem_request_seconds_count", portal="public") == 6
    assert found.labels("worker") == {"0", "1"}
    for number, killed in enumerate((first, second), start=3):
        os.kill(killed, signal.SIGKILL)
        assert place.counted() == 6
        assert eventually(lambda number=number: place.metrics().value("brainstem_worker_starts_total") == number)
    assert {first, second}.isdisjoint(place.workers())
    place.get(PROJECTS)
    assert place.counted() == 7


def test_a_worker_says_how_much_memory_it_has_and_since_when_it_runs(place):
    found = place.metrics()
    for worker in ("0", "1"):
        assert found.value("brainstem_worker_resident_memory_bytes", worker=worker) > 20_000_000
        assert found.value("brainstem_worker_start_time_seconds", worker=worker) > 1_700_000_000


def test_what_the_front_refuses_is_counted(place):
    before = place.metrics().value("brainstem_refusals_total", status="4xx")
    with socket.create_connection(place.address, timeout=30) as connection:
        connection.sendall(b"this is no HTTP\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")
    assert place.metrics().value("brainstem_refusals_total", status="4xx") == before + 1
