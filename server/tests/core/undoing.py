"""What tests of reverting, undoing and restoring share: events, and everything that somebody sees."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from brainstem.core.model.registry import specs

from ..people import Answer, Person

LISTS = tuple(
    f"{spec.app}/{spec.segment}"
    for spec in specs().values()
    if "private" in spec.resource.portals
    and not (spec.tree.offer or spec.tree.keeps_proposals)
    and (spec.tree.holds_roles or not spec.tree.for_everyone)
)


def event_of(answer: Answer) -> str:
    """The event of a write, which must have succeeded."""
    assert answer.status in (200, 201, 204), answer.body
    return str(answer.headers["Brainstem-Event"])


def undo(person: Person, event: object, **more: Any) -> Answer:
    return person.post(f"history/{event}/undo/", **more)


def revert(person: Person, address: str, event: object, **more: Any) -> Answer:
    return person.post(f"{address}/revert/", {"to": str(event)}, **more)


def everything(person: Person) -> dict[str, list[Any]]:
    """All records that somebody sees, without catalogues and people, with every key but the time of the last change."""
    return {path: [_settled(one) for one in _all(person, path)] for path in LISTS}


def _all(person: Person, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        page = person.get(path, f"limit=100&offset={len(found)}&sort[]=id")
        assert page.status == 200, (path, page.body)
        found += page.records
        if len(found) >= page.body["count"]:
            return found


def _settled(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != "updated_at"}


def differing(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> list[str]:
    """What differs between two answers of :func:`everything`, in a few words."""
    found = []
    for path, records in before.items():
        there = {one["id"]: one for one in after[path]}
        for one in records:
            other = there.pop(one["id"], None)
            if other is None:
                found.append(f"{path}/{one['id']} is gone")
                continue
            found += [f"{path}/{one['id']}.{key}: {one[key]} -> {other[key]}" for key in one if one[key] != other[key]]
        found += [f"{path}/{pk} is new" for pk in there]
    return found


def picture(color: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2), color).save(out, "PNG")
    return out.getvalue()


def send_picture(person: Person, address: str, color: str) -> str:
    """Give a setup a picture; returns the event."""
    image = SimpleUploadedFile(f"{color}.png", picture(color))
    form = encode_multipart(BOUNDARY, {"image": image})
    return event_of(person.request("patch", address, form, content_type=MULTIPART_CONTENT))
