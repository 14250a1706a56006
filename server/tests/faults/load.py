"""People who read and write all the time, and who remember what the server has acknowledged."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from .asking import Caller, Outcome, Said, Tally

SUBJECTS = "/api/private/stem/subject/"
PAUSE_S = 0.05  # before a request is repeated
GONE: str | None = None
_numbers = count(1)


@dataclass
class Known:
    """A record that a writer has added: the descriptions that it may have; one if all is clear."""

    name: str
    may_be: set[str | None]


@dataclass
class Checked:
    """What was found when all was over."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)


class Writer:
    """Adds, changes and deletes subjects of a project; repeats what was not clearly answered."""

    def __init__(self, caller: Caller, *, project: str, strain: str, pause_s: float = 0.0) -> None:
        self.caller, self.project, self.strain, self.pause_s = caller, project, strain, pause_s
        self.known: dict[str, Known] = {}
        self.sent: set[str] = set()  # names that were sent, acknowledged or not

    def work(self, stop: threading.Event) -> None:
        """Write until told to stop."""
        for turn in count():
            if stop.is_set():
                return
            self._add(stop)
            if turn % 2:
                self._change(stop)
            if turn % 5 == 4:
                self._delete(stop)
            stop.wait(self.pause_s)

    def _until_clear(
        self, stop: threading.Event, method: str, path: str, data: object = None, *, key: str = "", expected: int = 0
    ) -> Said:
        while True:
            said = self.caller.send(method, path, data, key=key, expected=expected)
            if said.outcome is Outcome.DONE or stop.is_set():
                return said
            expected = 404 if method == "DELETE" else expected  # the first attempt may have deleted it
            time.sleep(PAUSE_S)

    def _add(self, stop: threading.Event) -> None:
        name = f"subject {next(_numbers)}"
        payload = {"name": name, "projects": [self.project], "strain": self.strain, "sex": "M", "description": name}
        self.sent.add(name)
        said = self._until_clear(stop, "POST", SUBJECTS, payload, key=f"key-{name}".replace(" ", "-"))
        if said.outcome is Outcome.DONE:
            self.known[str(said.record()["id"])] = Known(name, {name})

    def _change(self, stop: threading.Event) -> None:
        pk, one = next(reversed(self.known.items()), (None, None))
        if pk is None or one is None or GONE in one.may_be:
            return
        text = f"change {next(_numbers)}"
        one.may_be.add(text)
        said = self._until_clear(stop, "PATCH", f"{SUBJECTS}{pk}/", {"description": text})
        if said.outcome is Outcome.DONE:
            one.may_be = {text}

    def _delete(self, stop: threading.Event) -> None:
        pk, one = next(((pk, one) for pk, one in self.known.items() if GONE not in one.may_be), (None, None))
        if pk is None or one is None:
            return
        one.may_be.add(GONE)
        said = self._until_clear(stop, "DELETE", f"{SUBJECTS}{pk}/")
        if said.outcome is Outcome.DONE:
            one.may_be = {GONE}


class Reader:
    """Reads lists, records and the page to sign in."""

    def __init__(self, caller: Caller, project: str, *, pause_s: float = 0.0) -> None:
        self.caller, self.project, self.pause_s = caller, project, pause_s

    def work(self, stop: threading.Event) -> None:
        """Read until told to stop."""
        for turn in count():
            if stop.is_set():
                return
            path = (
                f"{SUBJECTS}?limit=20&sort[]=-name&offset={turn % 10}",
                f"/api/private/stem/project/{self.project}/",
                "/account/login/",
            )[turn % 3]
            if self.caller.send("GET", path).outcome is not Outcome.DONE:
                time.sleep(PAUSE_S)
            stop.wait(self.pause_s)


@dataclass
class Load:
    """Everybody who is at work, and what they have seen so far."""

    tally: Tally
    writers: list[Writer]

    def done(self) -> int:
        """How many requests have succeeded so far."""
        return self.tally.outcomes[Outcome.DONE]

    def check(self, caller: Caller) -> Checked:
        """Compare what is there with what was acknowledged."""
        there = {str(row["id"]): row for row in everything(caller)}
        found = Checked()
        for writer in self.writers:
            for pk, one in writer.known.items():
                now = there[pk]["description"] if pk in there else GONE
                if now not in one.may_be:
                    found.lost.append(f"{one.name} is {now!r}, not {one.may_be}")
        names = [str(row["name"]) for row in there.values()]
        found.doubled += sorted({name for name in names if names.count(name) > 1})
        return found


def everything(caller: Caller) -> Iterator[dict[str, Any]]:
    """All subjects that the caller sees."""
    for offset in count(0, 100):
        said = caller.send("GET", f"{SUBJECTS}?limit=100&offset={offset}&sort[]=id")
        assert said.outcome is Outcome.DONE, said
        rows = said.rows()
        yield from rows
        if len(rows) < 100:
            return


@contextmanager
def at_work(
    url: str, token: str, facts: dict[str, str], *, writers: int, readers: int, pause_s: float = 0.0
) -> Iterator[Load]:
    """People at work in threads for the duration of the block; ``pause_s`` is how long they think."""
    tally, stop = Tally(), threading.Event()
    load = Load(tally, [Writer(Caller(url, token, tally), **facts, pause_s=pause_s) for _ in range(writers)])
    reading = [Reader(Caller(url, token, tally), facts["project"], pause_s=pause_s) for _ in range(readers)]
    workers = [*load.writers, *reading]
    threads = [threading.Thread(target=one.work, args=(stop,)) for one in workers]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for one in workers:
            one.caller.close()
