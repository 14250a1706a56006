"""One connection of a caller: requests, and what came of each."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

PATIENCE_S = 40.0  # longer than any time limit of the server


class Outcome(StrEnum):
    """What came of a request."""

    DONE = "done"
    LATER = "503"  # a clear refusal: 503 or 409 with Retry-After
    CUT = "cut"  # the connection ended without a response
    FAILED = "failed"  # anything else, including no response at all


@dataclass
class Said:
    """A response, as far as there was one."""

    outcome: Outcome
    status: int = 0
    body: bytes = b""

    def record(self) -> dict[str, object]:
        """The record in it."""
        return dict(next(iter(json.loads(self.body).values())))

    def rows(self) -> list[dict[str, Any]]:
        """The records of a list in it."""
        return list(next(iter(json.loads(self.body).values())))


@dataclass
class Tally:
    """What all callers have seen; filled by several threads."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    strange: list[str] = field(default_factory=list)  # failures
    refusals: Counter[str] = field(default_factory=Counter)  # requests to try again, and ended connections
    seconds: list[float] = field(default_factory=list)
    last_done: float = field(default_factory=time.monotonic)
    longest_gap_s: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, asked: str, said: Said, seconds: float) -> None:
        """Count one request."""
        with self._lock:
            self.outcomes[said.outcome] += 1
            self.seconds.append(seconds)
            now = time.monotonic()
            if said.outcome is Outcome.DONE:
                self.longest_gap_s = max(self.longest_gap_s, now - self.last_done)
                self.last_done = now
            if said.outcome in (Outcome.LATER, Outcome.CUT):
                self.refusals[
                    f"{asked.split(maxsplit=1)[0]} {said.status or 'cut'} {said.body[:100].decode(errors='replace')}"
                ] += 1
            if said.outcome is Outcome.FAILED:
                self.strange.append(f"{asked}: {said.status} after {seconds:.1f} s {said.body[:300]!r}")

    @property
    def requests(self) -> int:
        return sum(self.outcomes.values())

    def percentile(self, share: float) -> float:
        """Seconds within which this share of the requests was answered."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class Caller:
    """Sends one request after the other, on a connection that it keeps as long as it lasts."""

    def __init__(self, url: str, token: str, tally: Tally, *, patience_s: float = PATIENCE_S) -> None:
        self.host = str(urlsplit(url).netloc)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.tally, self.patience_s = tally, patience_s
        self.connection: http.client.HTTPConnection | None = None

    def send(self, method: str, path: str, data: object = None, *, key: str = "", expected: int = 0) -> Said:
        """One request; ``expected`` is a status below 500 that is as good as success."""
        started = time.monotonic()
        said = self._sent(method, path, data, key, expected)
        self.tally.add(f"{method} {path}", said, time.monotonic() - started)
        return said

    def _sent(self, method: str, path: str, data: object, key: str, expected: int) -> Said:
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.host, timeout=self.patience_s)
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        if path.startswith("/account/"):
            headers = {"Accept": "text/html"}
        body = None if data is None else json.dumps(data).encode()
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            read = response.read()
        except TimeoutError:
            self.close()
            return Said(Outcome.FAILED, 0, b"no response")
        except (OSError, http.client.HTTPException):
            self.close()
            return Said(Outcome.CUT)
        if response.will_close:
            self.close()
        return Said(_outcome(response, expected), response.status, read)

    def close(self) -> None:
        """Hang up."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def _outcome(response: http.client.HTTPResponse, expected: int) -> Outcome:
    if response.status < 400 or response.status == expected:
        return Outcome.DONE
    # 409: the same request is still being processed, as its first attempt has not ended yet.
    if response.status in (503, 409) and response.getheader("Retry-After"):
        return Outcome.LATER
    return Outcome.FAILED
