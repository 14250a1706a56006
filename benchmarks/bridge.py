"""The server's WSGI application behind an ASGI server, for comparison: buffers bodies, answers in a pool of threads."""

from __future__ import annotations

import asyncio
import io
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from brainstem.config.wsgi import application as wsgi

pool = ThreadPoolExecutor(int(os.environ.get("BENCH_THREADS", "8")))


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """One request, whole."""
    if scope["type"] != "http":
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    status, headers, content = await asyncio.get_running_loop().run_in_executor(pool, _answer, _environ(scope, body))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _answer(environ: dict[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    said: list[Any] = []
    result = wsgi(environ, lambda *given: said.extend(given))
    content = b"".join(result)
    result.close()
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in said[1]]
    return int(said[0][:3]), headers, content


def _environ(scope: dict[str, Any], body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"],
        "QUERY_STRING": scope["query_string"].decode() if isinstance(scope["query_string"], bytes) else "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
    }
    for name, value in scope["headers"]:
        key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        found.setdefault(key.removeprefix("HTTP_") if key.startswith("HTTP_CONTENT_") else key, value.decode("latin-1"))
    return found
