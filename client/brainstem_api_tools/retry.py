"""When a request is sent again, and after how long. Pure.

Reading, replacing and deleting may be repeated, and so may a change of fields. A creation may not, unless the server
cannot have seen it, has refused to look at it (429), or is known to remember ``Idempotency-Key``: a server tells so by
any header of its answers that starts with ``Idempotency-``.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Callable

from .redirects import arrived
from .wire import Answer, Conversation, Failure, NoAnswer, Outcome, Request, Wait, retry_after

BUSY = frozenset({429, 502, 503, 504})
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"})
NOT_LOOKED_AT = 429


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long to repeat requests.

    Attributes
    ----------
    tries : int
        Maximum number of requests, including the first.
    first_s, longest_s : float
        Pause after the first failure, doubled after each further one, and its upper bound. A random part, up to half,
        is subtracted so that many clients do not return at once.
    patience_s : float
        Maximum total wait, even if ``Retry-After`` asks for more; after that, the last answer is returned to the
        caller.
    silence_s : float
        No further try begins after this long without any sign of the server.
    """

    tries: int = 4
    first_s: float = 0.5
    longest_s: float = 20.0
    patience_s: float = 60.0
    silence_s: float = 10.0
    statuses: frozenset[int] = BUSY
    chance: Callable[[], float] = random.random

    def pause(self, outcome: Outcome, *, tried: int, repeatable: bool) -> float | None:
        """Seconds to wait before the next try; None if there is to be none."""
        if tried >= self.tries or not self._worth_it(outcome, repeatable):
            return None
        asked = retry_after(outcome.headers) if isinstance(outcome, Answer) else None
        if asked is not None:
            return asked if asked <= self.patience_s else None
        return min(self.longest_s, self.first_s * 2.0 ** (tried - 1)) * (1 - self.chance() / 2)

    def _worth_it(self, outcome: Outcome, repeatable: bool) -> bool:
        if isinstance(outcome, Answer):
            return outcome.status in self.statuses and (repeatable or outcome.status == NOT_LOOKED_AT)
        return isinstance(outcome, Failure) and outcome.passing and (repeatable or not outcome.sent)


@dataclass
class ServerFacts:
    """What is known about a server from its answers so far."""

    remembers_keys: bool | None = None
    streams: bool | None = None  # whether lists come as a stream of records
    keeps_history: bool | None = None  # whether it is a server that may know the past

    def notice(self, answer: Answer) -> None:
        """Learn from an answer."""
        if any(name.startswith("idempotency-") for name in answer.headers):
            self.remembers_keys = True


def exchange(
    request: Request, *, policy: RetryPolicy, facts: ServerFacts, repeatable: bool | None = None
) -> Conversation[Answer]:
    """The answer to a request, after as many tries as are safe and useful.

    Raises
    ------
    NoAnswer
        If there was none, even at the last try.
    """
    may_repeat = request.method in REPEATABLE if repeatable is None else repeatable
    tried, silent, waited = 0, 0.0, 0.0
    while True:
        outcome = yield from arrived(request)
        tried += 1
        silent += outcome.silent_s if isinstance(outcome, Failure) else 0.0
        if isinstance(outcome, Answer):
            facts.notice(outcome)
        keyed = "Idempotency-Key" in request.headers
        if keyed and not may_repeat and _is_unclear(outcome) and tried < policy.tries:
            may_repeat = yield from _remembers_keys(request, facts)
        pause = policy.pause(outcome, tried=tried, repeatable=may_repeat)
        if pause is None or silent >= policy.silence_s or waited + pause > policy.patience_s:
            return _settled(outcome, tried)
        waited += pause
        yield Wait(pause)


def _is_unclear(outcome: Outcome) -> bool:
    """Whether the request may have been carried out without confirmation."""
    if isinstance(outcome, Answer):
        return outcome.status in BUSY and outcome.status != NOT_LOOKED_AT
    return isinstance(outcome, Failure) and outcome.sent


def _remembers_keys(request: Request, facts: ServerFacts) -> Conversation[bool]:
    """Whether the server recognises a repeated creation by its key; asked once, with OPTIONS."""
    if facts.remembers_keys is None:
        headers = {name: value for name, value in request.headers.items() if name != "Idempotency-Key"}
        answer = yield from arrived(Request("OPTIONS", request.url.partition("?")[0], headers))
        if isinstance(answer, Answer):
            facts.notice(answer)
            facts.remembers_keys = bool(facts.remembers_keys) if answer.ok else None
    return bool(facts.remembers_keys)


def _settled(outcome: Outcome, tried: int) -> Answer:
    if isinstance(outcome, Answer):
        return replace(outcome, tries=tried)
    assert isinstance(outcome, Failure)
    raise NoAnswer(outcome.error, outcome.sentence)
