"""Compares the answers of the contestants, then times them, taking turns; runs inside a process set up for Django."""

from __future__ import annotations

import gc
import io
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import psycopg
from django.contrib.auth import get_user_model
from django.core.wsgi import get_wsgi_application
from django.db import connection

from brainstem.apps.users.token_models import Token
from brainstem.apps.users.token_text import parse_key_id
from brainstem.apps.users.tokens import create_personal

from . import lab
from .bare_peer import Bare
from .questions import Question, questions

PATHS = {"ours": "/api/private/stem/session/", "drf": "/peer/session/"}
Ask = Callable[[Question], bytes]


class Door:
    """A contestant behind the whole WSGI application, middleware and all."""

    def __init__(self, application: Any, path: str, raw: str) -> None:
        self.application, self.path, self.raw = application, path, raw

    def __call__(self, question: Question) -> bytes:
        status: list[str] = []
        answer = self.application(self.environ(question), lambda text, _headers: status.append(text))
        body = b"".join(answer)
        answer.close()
        if not status[0].startswith("200"):
            raise SystemExit(f"{self.path} {question.name}: {status[0]} {body[:500]!r}")
        return body

    def environ(self, question: Question) -> dict[str, Any]:
        """A GET request as a WSGI server hands it over."""
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": f"{self.path}{question.record}/" if question.record else self.path,
            "QUERY_STRING": question.query_string,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost:8000",
            "HTTP_AUTHORIZATION": f"Bearer {self.raw}",
            "HTTP_ACCEPT": "application/json",
            "HTTP_USER_AGENT": "benchmark",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(b""),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }


@dataclass(frozen=True)
class Reader:
    """Who asks."""

    id: int
    raw: str


def reader() -> Reader:
    """The lab's reader with a new token."""
    user = get_user_model().objects.get(email=lab.READER)
    return Reader(user.pk, create_personal(user, name="benchmark").raw)


def contestants(who: Reader) -> dict[str, Ask]:
    """Ours, the two peers."""
    application = get_wsgi_application()
    bare = Bare(os.environ["DATABASE_URL"], key=str(parse_key_id(who.raw)), user=who.id)
    return {
        "ours": Door(application, PATHS["ours"], who.raw),
        "drf": Door(application, PATHS["drf"], who.raw),
        "bare": bare.answer,
    }


def asked(ours: Ask) -> list[Question]:
    """The questions for this lab: what the reader sees decides the deep page."""
    first = json.loads(ours(Question("first")))
    visible = first["count"]
    middle = json.loads(ours(Question("middle", offset=visible // 2)))["sessions"][0]
    return questions(visible, middle["id"], "pfc_mouse")


def compare(found: dict[str, Ask], wanted: list[Question]) -> None:
    """All give the same JSON; otherwise nothing is timed."""
    for question in wanted:
        answers = {name: _comparable(json.loads(ask(question))) for name, ask in found.items()}
        for name, answer in answers.items():
            if answer != answers["ours"]:
                difference = _difference(answers["ours"], answer)
                raise SystemExit(f"{question.name}: {name} does not answer as ours does: {difference}")
        body = answers["ours"]
        if "sessions" in body and not body["sessions"]:
            raise SystemExit(f"{question.name}: an empty page proves nothing")


def _comparable(body: dict[str, Any]) -> dict[str, Any]:
    """Addresses of other pages by their parameters: the peer lives at another path."""
    return body | {
        name: sorted(parse_qsl(urlsplit(body[name]).query)) for name in ("next", "previous") if body.get(name)
    }


def _difference(one: Any, other: Any, at: str = "") -> str:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next((_difference(one[key], other[key], f"{at}.{key}") for key in one if one[key] != other[key]), "")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return next((_difference(a, b, f"{at}[{n}]") for n, (a, b) in pairs if a != b), "")
    return f"{at}: {str(one)[:300]} / {str(other)[:300]}"


# -- statements -------------------------------------------------------------------------------------------------------


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement that the driver sends, whoever asks for it."""
    sent: list[str] = []
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        connection.connection.set_trace_callback(sent.append)
        try:
            yield sent
        finally:
            connection.connection.set_trace_callback(None)
        return
    plain = psycopg.Cursor.execute

    def execute(self: Any, query: Any, *arguments: Any, **named: Any) -> Any:
        sent.append(str(query))
        return plain(self, query, *arguments, **named)

    psycopg.Cursor.execute = execute  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        psycopg.Cursor.execute = plain  # type: ignore[method-assign]


def statements(ask: Ask, question: Question) -> dict[str, float]:
    """Statements of a request, the note of last use left out and (the first of a minute) with it."""
    ask(question)
    with counted() as sent:
        ask(question)
    usual = len(sent)
    Token.objects.update(last_used_at=None)
    with counted() as sent:
        ask(question)
    return {"statements": usual, "statements_with_note": len(sent)}


# -- time -------------------------------------------------------------------------------------------------------------


def measure(seconds: float, rounds: int) -> dict[str, Any]:
    """Every question to every contestant, in so many turns; ``seconds`` for each pair."""
    who = reader()
    found = contestants(who)
    wanted = asked(found["ours"])
    compare(found, wanted)
    # What is loaded stays; without this, full collections would be most of the peer's slowest requests.
    gc.collect()
    gc.freeze()
    result: dict[str, Any] = {"sessions_seen": json.loads(found["ours"](Question("first")))["count"], "questions": {}}
    for question in wanted:
        row = _race(found, question, seconds, rounds=rounds)
        for name in ("ours", "drf"):
            row[name] |= statements(found[name], question)
        row["bare"] |= {"statements": 2, "statements_with_note": 2}
        row["bytes"] = len(found["ours"](question))
        result["questions"][question.name] = row
    return result


def _race(found: dict[str, Ask], question: Question, seconds: float, *, rounds: int) -> dict[str, Any]:
    rates: dict[str, list[float]] = {name: [] for name in found}
    times: dict[str, list[float]] = {name: [] for name in found}
    for ask in found.values():
        for _ in range(rounds + 1):  # caches, prepared statements
            ask(question)
    for _ in range(rounds):
        for name, ask in found.items():
            taken = _turn(ask, question, seconds / rounds)
            times[name] += taken
            rates[name].append(len(taken) / sum(taken))
    return {name: _summary(rates[name], times[name]) for name in found}


def _turn(ask: Ask, question: Question, seconds: float) -> list[float]:
    taken: list[float] = []
    ends = time.perf_counter() + seconds
    while len(taken) < 3 or time.perf_counter() < ends:
        started = time.perf_counter()
        ask(question)
        taken.append(time.perf_counter() - started)
    return taken


def _summary(rates: list[float], times: list[float]) -> dict[str, Any]:
    ordered = sorted(times)
    return {
        "per_second": round(statistics.median(rates), 1),
        "p50_ms": round(ordered[len(ordered) // 2] * 1000, 3),
        "p99_ms": round(ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1000, 3),
        "requests": len(times),
    }


# -- memory -----------------------------------------------------------------------------------------------------------


def memory(contestant: str) -> dict[str, Any]:
    """Resident memory of this process after pages of 100, with and without includes."""
    who = reader()
    ask = Door(get_wsgi_application(), PATHS[contestant], who.raw)
    seen = json.loads(ask(Question("first")))["count"]
    for included in (False, True):
        for offset in range(0, min(3000, seen), 100):
            ask(Question("", limit=100, offset=offset, included=included))
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {"rss_mb": round(int(fields["VmRSS"].split()[0]) / 1024, 1)}
