"""A contestant of ``history.py``: writes sessions through the whole application, and says how long that took.

A process of its own, with the code and the database that the environment names. Reads commands as lines of JSON, and
answers each with one; whatever else is printed goes to standard error.
"""

from __future__ import annotations

import gc
import io
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any

# Before an installed server.
sys.path.insert(0, os.environ["BENCH_CODE"])
CONTESTANT = os.environ["BENCH_CONTESTANT"]
OURS = "/api/private/stem/session/"
PATH = OURS if CONTESTANT in ("ours", "before") else "/peer/session/"
AT_ONCE = 100
WORDS = ("linear", "track", "theta", "ripple", "sleep", "novelty", "reward", "lap", "place", "probe", "shank", "drift")


class Worker:
    """A lab with some sessions, and what can be done to them."""

    def __init__(self) -> None:
        self.chance = random.Random(1)
        self.sessions: list[str] = []
        self.number = 0

    def prepare(self, *, sessions: int) -> dict[str, Any]:
        """Tables, a person and a project, and sessions to write to."""
        import django  # noqa: PLC0415

        django.setup()
        if CONTESTANT == "simple":
            _keep_history()
        from django.contrib.auth import get_user_model  # noqa: PLC0415
        from django.core.management import call_command  # noqa: PLC0415
        from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

        from brainstem.apps.users.tokens import create_personal  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        if CONTESTANT == "simple":
            _create_tables()
        user = get_user_model().objects.create_superuser(email="admin@example.org", password=None)
        self.raw, self.application = create_personal(user, name="benchmark").raw, get_wsgi_application()
        self.projects = [self.send("POST", "/api/private/stem/project/", {"name": f"Project {n}"}) for n in range(2)]
        while len(self.sessions) < sessions:
            self.bulk(min(AT_ONCE, sessions - len(self.sessions)))
        gc.collect()
        gc.freeze()
        return {}

    # -- writes --------------------------------------------------------------------------------------------------------

    def patch(self, times: int) -> list[float]:
        """Change one field of a session, each time another one."""
        return [self._timed("PATCH", f"{PATH}{self.chance.choice(self.sessions)}/", one) for one in self._some(times)]

    def create(self, times: int) -> list[float]:
        """Add a session."""
        return [self._timed("POST", PATH, self._session()) for _ in range(times)]

    def delete(self, times: int) -> list[float]:
        """Delete a session."""
        gone = [self.sessions.pop(self.chance.randrange(len(self.sessions))) for _ in range(times)]
        return [self._timed("DELETE", f"{PATH}{one}/") for one in gone]

    def bulk(self, rows: int) -> list[float]:
        """Add sessions with one request; the peers have none for this, and add them one by one."""
        if PATH == OURS:
            started = time.perf_counter()
            made = self.request("POST", f"{PATH}bulk/", {"create": [self._session() for _ in range(rows)]})
            took = time.perf_counter() - started
            self.sessions += made["created"]
            return [took * 1000 / rows]
        return self.create(rows)

    def _some(self, times: int) -> Iterator[dict[str, Any]]:
        for _ in range(times):
            self.number += 1
            hour, n = f"2026-03-{self.number % 27 + 1:02}T{self.number % 24:02}:15:00Z", self.number
            yield (
                {"description": self._text(12)},
                {"name_used_in_storage": f"rat{n:05}/session_{n}"},
                {"date_time": hour},
                {"name": f"Session {n} again"},
                {"extra_fields": {"rig": "B", "weight_g": n % 400, "notes": self._text(4)}},
                {"tags": sorted(self.chance.sample(WORDS, 2))},
            )[n % 6]

    def _session(self) -> dict[str, Any]:
        self.number += 1
        n = self.number
        return {
            "name": f"Session {n}", "description": self._text(40), "projects": [self.projects[n % 2]],
            "date_time": "2026-01-31T12:00:00Z", "name_used_in_storage": f"rat{n:05}/session_{n}",
            "extra_fields": {"rig": "A", "weight_g": n % 400, "notes": self._text(4)},
            "tags": sorted(self.chance.sample(WORDS, 2)),
        }  # fmt: skip

    def _text(self, words: int) -> str:
        return " ".join(self.chance.choices(WORDS, k=words))

    # -- reads ---------------------------------------------------------------------------------------------------------

    def read(self, times: int) -> list[tuple[float, float]]:
        """Read a session, and then again with its ETag while nothing has changed."""
        found = []
        for one in self.chance.choices(self.sessions, k=times):
            path = f"{PATH}{one}/"
            # The first read fills caches, and is of no interest.
            tag = self.answered("GET", path)[1]["ETag"]
            first = self._time_of("GET", path, expected="200")
            found.append((first, self._time_of("GET", path, expected="304", HTTP_IF_NONE_MATCH=tag)))
        return found

    def _time_of(self, method: str, path: str, *, expected: str, **headers: str) -> float:
        started = time.perf_counter()
        status, _, _ = self.answered(method, path, **headers)
        took = (time.perf_counter() - started) * 1000
        if not status.startswith(expected):
            raise SystemExit(f"{CONTESTANT}: {method} {path}: {status} rather than {expected}")
        return took

    # -- requests ------------------------------------------------------------------------------------------------------

    def _timed(self, method: str, path: str, body: object = None) -> float:
        started = time.perf_counter()
        answer = self.request(method, path, body)
        took = (time.perf_counter() - started) * 1000
        if method == "POST":
            self.sessions.append(_record(answer)["id"])
        return took

    def send(self, method: str, path: str, body: object) -> str:
        """The id of what a request added."""
        return str(_record(self.request(method, path, body))["id"])

    def request(self, method: str, path: str, body: object = None) -> Any:
        """The parsed body of an answer."""
        status, _, found = self.answered(method, path, body)
        if not status.startswith("2"):
            raise SystemExit(f"{CONTESTANT}: {method} {path} {body}: {status} {found[:500]!r}")
        return json.loads(found) if found else None

    def answered(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[str, dict[str, str], bytes]:
        """Status, headers and body of an answer."""
        content = b"" if body is None else json.dumps(body).encode()
        head: list[tuple[str, dict[str, str]]] = []
        environ = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "",
            "SERVER_NAME": "localhost", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost:8000", "HTTP_AUTHORIZATION": f"Bearer {self.raw}", "REMOTE_ADDR": "127.0.0.1",
            "HTTP_USER_AGENT": "brainstem_api_tools/3.0.0", "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(content)), "wsgi.input": io.BytesIO(content), "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http", "wsgi.version": (1, 0), "wsgi.multithread": False, "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        } | headers  # fmt: skip
        answer = self.application(environ, lambda text, sent: head.append((text, dict(sent))))
        found = b"".join(answer)
        answer.close()
        return *head[0], found

    # -- sizes ---------------------------------------------------------------------------------------------------------

    def rows(self) -> list[float]:
        """Bytes of the rows that each write since the last time left in the history."""
        from benchmarks import history_sizes  # noqa: PLC0415

        return history_sizes.new_rows(CONTESTANT)

    def tables(self) -> int:
        """Bytes of all tables of the history, with their indexes."""
        from benchmarks import history_sizes  # noqa: PLC0415

        return history_sizes.tables(CONTESTANT)


def _record(answer: dict[str, Any]) -> dict[str, Any]:
    """The record in an answer, which ours names."""
    return answer if "id" in answer else dict(next(iter(answer.values())))


def _keep_history() -> None:
    """Have django-simple-history record sessions with their links, before anything else reads the models."""
    from simple_history import register  # noqa: PLC0415 - only where it is a contestant

    from brainstem.apps.stem.models.session import Session  # noqa: PLC0415

    register(Session, app="brainstem.apps.stem", m2m_fields=["projects", "tags"])


def _create_tables() -> None:
    from django.apps import apps  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model.__name__.startswith("Historical"):
                editor.create_model(model)


def main() -> None:
    """Do what is asked until the input ends."""
    worker, answers = Worker(), sys.stdout
    for line in sys.stdin:
        asked = json.loads(line)
        with redirect_stdout(sys.stderr):
            found = getattr(worker, asked.pop("do"))(**asked)
        answers.write(json.dumps(found) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
