"""Writes by somebody who has an account and means ill: each is refused, or costs no more than an honest one."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Iterator

from . import wire
from .base import GAVE_UP, MAILS, Scale, Target, at_once, attack, shared_out
from .signing_in import Browser

MOST_MAILS = 3  # to an administrator, for one request
SETTLE_SECONDS = 1


def _send(target: Target, scale: Scale, method: str, path: str, data: object) -> int:
    return wire.send_json(
        target.port, method, f"/api/private/{path}", data, headers=target.mallory, seconds=scale.patience_seconds
    ).status


@attack("integer bombs in details", expected={400, 413})
def number_bombs(target: Target, scale: Scale) -> list[int]:
    """Numbers that are short to write and take gigabytes, or minutes, to hold: as texts, and as JSON has them."""
    bombs = [
        f'"{text}"' for text in ("1e3000000 nL", "9" * 200_000, "1e999999999", "9" * 200_000 + " nL", "1e-999999999 nL")
    ]
    bombs += [
        f'{{"value": {text}, "unit": "nL"}}'
        for text in ("9" * 200_000, "1e999999999", '"1e3000000"', "1" + "0" * 60_000)
    ]
    subject = target.facts["subject"]
    bodies = [
        f'{{"subject": "{subject}", "type": "VirusInjection", "details": {{"injectionVolume": {bomb}}}}}'
        for bomb in bombs
    ]
    found = shared_out(bodies, lambda body: _send(target, scale, "POST", "modules/procedure/", body), hands=2)
    orders = (f'{{"subject": "{subject}", "name": "a", "litter_size": {text}}}' for text in ("9" * 5000, "1e400"))
    return found + [_send(target, scale, "POST", "stem/breeding/", body) for body in orders]


@attack("rich text of thousands of nested tags", expected={400, 413})
def rich_text(target: Target, scale: Scale) -> list[int]:
    """4,000 pairs of tags, one in the other, no two of one size."""
    text = "".join(f"<font size={n}><p>" for n in range(4000))
    path = f"stem/project/{target.facts['project']}/"
    return at_once(2, lambda _: _send(target, scale, "PATCH", path, {"description": text}))


@attack("a bulk request with 100,000 new tags", expected={400, 413})
def bulk_tags(target: Target, scale: Scale) -> list[int]:
    """A thousand subjects, each with a hundred tags that nobody used before."""
    rows = [
        {"name": f"tagged {row}", "projects": [target.facts["project"]], "strain": target.facts["strain"], "sex": "U",
         "tags": [f"new {row} {tag}" for tag in range(100)]}
        for row in range(1000)
    ]  # fmt: skip
    return [_send(target, scale, "POST", "stem/subject/bulk/", {"create": rows})]


@attack("200 proposals in one request", expected={200, 201, 202, 400, 429})
def proposals(target: Target, scale: Scale) -> list[int]:
    """Each used to be a mail to each administrator, sent while the request waits."""
    species, before = target.facts["species"], target.mails()
    rows = [{"name": f"Strain {time.time_ns()} {n}", "species": species} for n in range(200)]
    status = _send(target, scale, "POST", "taxonomies/strain/bulk/", {"create": rows})
    time.sleep(SETTLE_SECONDS)
    sent = target.mails() - before
    return [status, *([MAILS] if sent > MOST_MAILS * target.facts["administrators"] else [])]


@attack("portraits that unpack to hundreds of megabytes", expected={200, 302, 400, 413, 429, 503})
def portraits(target: Target, scale: Scale) -> list[int]:
    """Small files with as many pixels as are let through, four at once."""
    browser = Browser(target.port, scale.patience_seconds)
    if browser.sign_in(target.facts["mallory_email"], target.facts["password"]).status != 302:
        return [GAVE_UP]
    pictures = [_png(2440, 2440, color=6), _png(20_000, 20_000)]
    return shared_out(
        [0, 0, 1, 0], lambda n: browser.upload("/account/picture/", "picture", pictures[n]).status, hands=4
    )


def _png(width: int, height: int, *, color: int = 0) -> bytes:
    """A black picture: shades of grey, or (6) colors and how transparent each pixel is."""

    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packer, row = zlib.compressobj(9), bytes(width * (4 if color == 6 else 1) + 1)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", packed) + part(b"IEND", b"")


@attack("references of 80,000 angle brackets", expected={400, 403, 413})
def angle_brackets(target: Target, scale: Scale) -> list[int]:
    """CSL-JSON whose abstract, title and names begin tags that never end."""
    signs = "<" * 80_000
    return [_send(target, scale, "POST", "dissemination/publication/", {"csl": one}) for one in _references(signs)]


def _references(signs: str) -> Iterator[dict[str, object]]:
    yield {"title": "A", "abstract": signs}
    yield {"title": signs}
    yield {"title": "A", "author": [{"family": signs}], "container-title": signs, "volume": signs}
