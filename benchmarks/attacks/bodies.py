"""Bodies and headers that are larger, deeper or denser than they look."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from . import wire
from .base import REFUSED, Scale, Target, at_once, attack, shared_out

MEGABYTE = 1024 * 1024
BOUNDARY = "----------abuse"
PROJECTS = "/api/private/stem/project/"
SIGN_IN_PAGE = "/account/login/"
TOKEN = "/api/token/"
REPORTS = "/csp-report/"


@attack("300 MB of multipart to the sign-in page", expected=REFUSED | {403, 405})
def multipart(target: Target, scale: Scale) -> list[int]:
    """A file that nobody asked for, to a page that anybody may post to."""
    start = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'.encode()
    end = f"\r\n--{BOUNDARY}--\r\n".encode()
    megabytes = scale.of(300)

    def body() -> Iterator[bytes]:
        yield start
        for _ in range(megabytes * 16):
            yield bytes(wire.PIECE)
        yield end

    # With a cookie, the form is looked into for the token that belongs to it.
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Cookie": f"csrftoken={'a' * 32}"}
    length = len(start) + megabytes * MEGABYTE + len(end)
    return at_once(2, lambda _: wire.send(
        target.port, "POST", SIGN_IN_PAGE, headers=kind, body=body(), length=length, seconds=scale.patience_seconds
    ).status)  # fmt: skip


@attack("300 MB of chunks without a length", expected=REFUSED | {401, 411, 415})
def chunks(target: Target, scale: Scale) -> list[int]:
    """The same amount to the API, in chunks, so that no header tells how much will come."""
    one = b"10000\r\n" + b" " * wire.PIECE + b"\r\n"

    def body() -> Iterator[bytes]:
        for _ in range(scale.of(300) * 16):
            yield one
        yield b"0\r\n\r\n"

    # No Content-Length: it would contradict the chunks.
    first = wire.head("POST", TOKEN, {"Transfer-Encoding": "chunked", "Content-Type": "application/json"})
    return at_once(2, lambda _: wire.send_raw(target.port, first, body(), seconds=scale.patience_seconds).status)


@attack("deep JSON", expected={400, 413})
def deep_json(target: Target, scale: Scale) -> list[int]:
    """A hundred thousand lists, one in the other."""
    texts = ["[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000]
    return [_post(target, scale, path, text) for path in (TOKEN, PROJECTS) for text in texts]


@attack("dense JSON", expected={400, 413})
def dense_json(target: Target, scale: Scale) -> list[int]:
    """Ten megabytes of which every three become an object of many times their size."""
    text = '{"a":[' + ",".join(["{}"] * 3_200_000) + "]}"
    return at_once(2, lambda _: _post(target, scale, PROJECTS, text))


def _post(target: Target, scale: Scale, path: str, text: str) -> int:
    headers = {} if path == TOKEN else target.mallory
    return wire.send_json(target.port, "POST", path, text, headers=headers, seconds=scale.patience_seconds).status


@attack("headers of 100 kB", expected=REFUSED | {200, 404, 414})
def large_headers(target: Target, scale: Scale) -> list[int]:
    """One long header, many short ones, a long address, and a cookie of a thousand parts."""
    many = {f"X-{n}": "a" * 50 for n in range(1500)}
    tries: list[tuple[str, dict[str, str]]] = [
        ("/healthz", {name: "a" * 100_000}) for name in ("X-Long", "Authorization", "X-Forwarded-For", "Accept")
    ]
    tries += [
        ("/healthz", many),
        ("/healthz", {"Cookie": "; ".join(f"{n}={'a' * 40}" for n in range(2000))}),
        ("/api/public/stem/session/?search=" + "a" * 100_000, {}),
        ("/account/login/?next=/" + "a/" * 50_000, {}),
        ("/healthz", {"Accept": "text/html;q=0.1," * 6000}),
    ]
    return [
        wire.send(target.port, "GET", path, headers=headers, seconds=scale.patience_seconds).status
        for path, headers in tries
    ]


@attack("gzip bombs as bodies", expected=REFUSED | {401, 415})
def gzip_bombs(target: Target, scale: Scale) -> list[int]:
    """300 MB that are 300 kB on the wire, to whoever may unpack them."""
    bomb = gzip.compress(bytes(scale.of(300) * MEGABYTE), 9)
    kinds = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    return [
        wire.send(
            target.port, "POST", path, headers=kinds, body=bomb, seconds=scale.patience_seconds
        ).status for path in (TOKEN, PROJECTS)
    ]  # fmt: skip


@attack("floods of content policy reports", expected=REFUSED | {204})
def reports(target: Target, scale: Scale) -> list[int]:
    """Two thousand reports of what no browser saw, each as long as a report may be, and longer."""
    kind = {"Content-Type": "application/csp-report"}
    body = b'{"csp-report": {"blocked-uri": "' + b"\x1b[31m\n" * 1300 + b'"}}'
    return shared_out(
        range(scale.of(2000)),
        lambda _: (
            wire.send(target.port, "POST", REPORTS, headers=kind, body=body, seconds=scale.patience_seconds).status
        ),
        hands=4,
    )
