"""Limits that only a served process shows: the deadlines of its settings, and the memory that it keeps."""

from __future__ import annotations

import json
import random
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.nodes import included_names

from ..served import free_port, running

pytestmark = pytest.mark.slow

SHAPES = 400
MOST_MB = 200


@dataclass
class Limited:
    """A server on which whoever writes is out of time at once."""

    url: str
    session: int

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, dict[str, str]]:
        """Status and headers of an answer."""
        headers = {"Content-Type": "application/json"} if body else {}
        request = urllib.request.Request(f"{self.url}{path}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                response.read()
                return response.status, dict(response.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers)

    def memory_mb(self) -> float:
        """Resident memory of the largest of its processes."""
        sizes = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == self.session:
                    sizes.append(int(fields[21]) * 4096 / 1024**2)
            except (OSError, ValueError, IndexError):
                continue  # it ended meanwhile
        return max(sizes)


@pytest.fixture(scope="module")
def limited(served, tmp_path_factory) -> Iterator[Limited]:
    """Another server on the same database."""
    port, folder = free_port(), tmp_path_factory.mktemp("limited")
    url = f"http://127.0.0.1:{port}"
    environment = served.environment | {"BRAINSTEM_WRITE_SECONDS": "0.000001", "BRAINSTEM_URL": url}
    with running(environment, port=port, folder=folder) as process:
        yield Limited(url, process.pid)


def test_a_worker_heeds_the_time_that_its_settings_give_to_a_write(limited, served):
    body = json.dumps({"username": served.email("alice"), "password": "wrong"}).encode()
    status, headers = limited.ask("/api/token/", body)
    assert (status, headers.get("Retry-After")) == (503, "10")


def test_a_worker_gives_readers_time_of_their_own(limited):
    assert limited.ask("/api/public/stem/session/")[0] == 200


def test_ever_new_questions_do_not_fill_a_worker(limited):
    ways = list(_ways(specs()["stem.Session"], 3, frozenset()))
    draw = random.Random(7)
    for _ in range(SHAPES):
        asked = [("include[]", way) for way in draw.sample(ways, 8)] + [("limit", "1")]
        assert limited.ask(f"/api/public/stem/session/?{urlencode(asked)}")[0] == 200
    assert limited.memory_mb() < MOST_MB


def _ways(spec: Spec, depth: int, passed: frozenset[str]) -> Iterator[str]:
    """Paths of includes that lead back nowhere."""
    passed |= {spec.label}
    for name in included_names(spec):
        relation = spec.relations.get(name)
        if relation is None or relation.target in passed:
            continue
        yield name
        if depth > 1:
            yield from (f"{name}.{rest}" for rest in _ways(specs()[relation.target], depth - 1, passed))
