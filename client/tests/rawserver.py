"""A server that answers with whatever bytes it is told, or with silence."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from brainstem_api_tools import AsyncBrainstemClient, BrainstemClient


@dataclass
class Raw:
    """What the server answers, and the requests that it got: (method, path, headers, body)."""

    url: str = ""
    reply: Callable[[str, str], bytes | None] = lambda method, path: b""
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


def answer(status: str, body: bytes = b"", kind: str = "application/json", **headers: str) -> bytes:
    """An answer of HTTP that ends the connection."""
    lines = [f"HTTP/1.1 {status}", "Connection: close"]
    if kind:
        lines.append(f"Content-Type: {kind}")
    lines += [
        f"{name.replace('_', '-')}: {value}" for name, value in {"Content_Length": str(len(body)), **headers}.items()
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


@contextmanager
def raw_server() -> Iterator[Raw]:
    """The server, as long as the block lasts; a reply of None is silence."""
    raw, over = Raw(), threading.Event()
    listening = socket.create_server(("127.0.0.1", 0), backlog=50)
    listening.settimeout(0.1)
    raw.url = f"http://127.0.0.1:{listening.getsockname()[1]}"

    def serve(connection: socket.socket) -> None:
        connection.settimeout(10)
        with connection, connection.makefile("rb") as lines:
            first = lines.readline().decode().split()
            if len(first) < 2:
                return
            headers = {}
            while line := lines.readline().strip():
                name, _, value = line.decode().partition(":")
                headers[name.lower()] = value.strip()
            body = lines.read(int(headers.get("content-length") or 0))
            raw.seen.append((first[0], first[1], headers, body))
            reply = raw.reply(first[0], first[1])
            if reply is None:
                over.wait(10)
            else:
                connection.sendall(reply)

    def accept() -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
            except TimeoutError:
                continue
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield raw
    finally:
        over.set()
        thread.join()
        listening.close()


@contextmanager
def caller(url: str, awaits: bool, **more: Any) -> Iterator[Callable[[Callable[[Any], Any]], Any]]:
    """Makes calls with a client, the one that waits or the one that is awaited; what they give."""
    if not awaits:
        with BrainstemClient(token="bst_secret", url=url, **more) as client:
            yield lambda ask: ask(client)
        return
    with asyncio.Runner() as runner:
        awaited = AsyncBrainstemClient(token="bst_secret", url=url, **more)

        async def asked(ask: Callable[[Any], Any]) -> Any:
            return await ask(awaited)

        yield lambda ask: runner.run(asked(ask))
        runner.run(awaited.close())
