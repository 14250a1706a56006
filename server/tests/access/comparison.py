"""Asks both worlds the same and compares what comes back, byte by byte."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ..people import Person
from .questions import Ask

OF_EACH_REQUEST = ("Date", "Expires", "X-Request-ID")  # Expires is the time of an answer that is not to be cached
_SEALED = re.compile(r'"cursor":"gAAAA[^"]*"')  # encrypted, so never twice the same
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z")


@dataclass(frozen=True)
class Seen:
    """One answer as the reader sees it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    text: str

    @property
    def is_hit(self) -> bool:
        """Whether it shows at least one row."""
        return self.status in (200, 201) and '"id"' in self.text


def read(reader: Person, ask: Ask) -> list[Seen]:
    """The answer, and those of the pages that follow it."""
    found, query = [], ask.query
    for _ in range(ask.follow + 1):
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in ask.headers}
        answer = reader.request(ask.method, ask.path + ("?" + query if query else ""), ask.body, **headers)
        found.append(_seen(answer))
        following = answer.body.get("next") if isinstance(answer.body, dict) and ask.follow else None
        if not following:
            break
        query = following.split("?", 1)[1]
    return found


def write(writer: Person, ask: Ask, known: set[str]) -> list[Seen]:
    """The answer, and how the lab looks to the writer afterwards; nothing of it stays.

    New ids and times are replaced by words, ``known`` are those that are not new.
    """
    with transaction.atomic():
        found = read(writer, ask)
        record = "/".join(ask.path.split("/")[:3])
        looks = [record, "/".join(ask.path.split("/")[:2]), "stem/project", "stem/session", "stem/subject"]
        if found[0].status < 300:
            found += [one for path in looks for one in read(writer, Ask("get", path))]
        transaction.set_rollback(True)
    return [_settled(one, known) for one in found]


def _seen(answer: Any) -> Seen:
    text = _SEALED.sub('"cursor":"..."', answer.text)
    apart = OF_EACH_REQUEST if text == answer.text else (*OF_EACH_REQUEST, "Content-Length")
    told = {name: value for name, value in answer.headers.items() if name not in apart}
    if "ETag" in told:  # Versions count all writes on the server, so they differ; what is shown does not.
        told["ETag"] = told["ETag"].rpartition("-")[2]
    return Seen(answer.status, tuple(sorted(told.items())), text)


def _settled(one: Seen, known: set[str]) -> Seen:
    def word(match: re.Match[str]) -> str:
        return match[0] if match[0] in known else "NEW"

    def settled(text: str) -> str:
        return _UUID.sub(word, _TIME.sub(word, text))

    headers = tuple((name, settled(value)) for name, value in one.headers if name not in ("Content-Length", "ETag"))
    return Seen(one.status, headers, settled(one.text))


def known_words(answers: Iterable[Any]) -> set[str]:
    """Ids and times that existed before a write."""
    text = "\n".join(map(str, answers))
    return {*_UUID.findall(text), *_TIME.findall(text)}
