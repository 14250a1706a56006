"""Limits of rate of a server with two workers: they count together, and our client waits as it is told."""

from __future__ import annotations

import json
import urllib.request

import pytest

from brainstem_api_tools import BrainstemClient

from ..metrics_text import read
from ..served import free_port, running, served  # noqa: F401

pytestmark = pytest.mark.slow

MOST, OWED = 40, 4  # rows; those owed are made up for in six seconds


@pytest.fixture
def url(served, tmp_path):  # noqa: F811
    port = free_port()
    settings = {
        "BRAINSTEM_THROTTLE": "on",
        "BRAINSTEM_RATE_COST_TOKEN": str(MOST),
        "BRAINSTEM_TASKS_BESIDE": "off",
    }
    with running(served.environment | settings, "--workers", "2", port=port, folder=tmp_path):
        yield f"http://127.0.0.1:{port}"


def limited(url) -> float:
    with urllib.request.urlopen(f"{url}/metrics", timeout=30) as answer:
        return read(answer.read().decode()).value("brainstem_limited_total", limit="cost_token")


def test_a_client_that_has_asked_for_too_much_waits_as_long_as_it_is_told_and_goes_on(served, url):  # noqa: F811
    token = served.token("alice")
    rows = {"create": [{"name": f"P{at}"} for at in range(MOST + OWED)]}
    address = f"{url}/api/private/stem/project/bulk/?return=ids"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urllib.request.urlopen(
        urllib.request.Request(address, json.dumps(rows).encode(), headers), timeout=120
    ) as done:
        assert done.status == 200
    with BrainstemClient(token=token, url=url) as client:
        assert client.load("project").status_code == 200
    assert limited(url) > 0
