"""Answers that grow when they are unpacked, never end, or are nested without end: read up to a limit, then refused."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import threading
import tracemalloc
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest
import requests

from brainstem_api_tools import AsyncBrainstemClient, BrainstemClient, async_transport, streams, transport
from brainstem_api_tools.errors import BrainstemError
from brainstem_api_tools.wire import Answer

REFUSED = (BrainstemError, requests.RequestException, httpx2.HTTPError)
MEGABYTE = 1024 * 1024
GZIP = {"Content-Encoding": "gzip"}


@pytest.fixture
def answering():
    """A server that gives one answer to everything; gives its address."""
    servers = []

    def start(content: bytes, headers: dict[str, str]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(content)

            def log_message(self, *_) -> None:
                pass

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, kwargs={"poll_interval": 0.02}).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


FINE = json.dumps({"sessions": [{"id": "1"}]}).encode()


@pytest.fixture
def limit(monkeypatch):
    for module in (transport, async_transport):
        monkeypatch.setattr(module, "MOST_BYTES", 4 * MEGABYTE)


def bomb() -> bytes:
    return gzip.compress(b" " * (200 * MEGABYTE) + FINE)


def ask(url: str) -> object:
    with BrainstemClient(token="t", url=url) as client:
        return client.load("session").json()


def ask_waiting(url: str) -> object:
    async def asked() -> object:
        async with AsyncBrainstemClient(token="t", url=url) as client:
            return (await client.load("session")).json()

    return asyncio.run(asked())


@pytest.mark.parametrize("way", [ask, ask_waiting])
def test_an_answer_that_unpacks_to_far_more_is_refused_in_bounded_memory(answering, limit, way):
    url = answering(bomb(), GZIP)
    tracemalloc.start()
    with pytest.raises(REFUSED, match="larger than"):
        way(url)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 120 * MEGABYTE


@pytest.mark.parametrize("way", [ask, ask_waiting])
def test_an_answer_that_is_packed_and_small_is_read(answering, limit, way):
    assert way(answering(gzip.compress(FINE), GZIP)) == json.loads(FINE)


@pytest.mark.parametrize("way", [ask, ask_waiting])
def test_an_answer_without_end_is_refused(answering, limit, way):
    with pytest.raises(REFUSED, match="larger than"):
        way(answering(b" " * (5 * MEGABYTE), {}))


def test_an_answer_that_is_nested_without_end_is_taken_for_one_that_is_no_json():
    assert Answer(200, {}, b"[" * 100_000).body == "[" * 100_000
    assert Answer(200, {}, b"[[1]]").body == [[1]]


def test_a_record_of_a_stream_that_does_not_end_breaks_it_off(monkeypatch):
    class Endless:
        headers = {"Transfer-Encoding": "chunked"}

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def iter_content(self, size):
            yield b'{"id": 1}\n'
            for _ in range(100):
                yield b"x" * MEGABYTE
            raise AssertionError("read on")

    monkeypatch.setattr(streams, "MOST_OF_A_LINE", 8 * MEGABYTE)
    found = streams.batches(Endless(), None)
    assert next(found) == [{"id": 1}]
    with pytest.raises(streams.Cut, match="is incomplete"):
        next(found)
