"""Which threads a request is given, and when there are too many: people who are signed in and others apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from brainstem.config.metrics.board import board
from brainstem.config.person import NOBODY, PLACE, Person
from brainstem.config.recognition import Recognition

from .exchange import TOO_MANY_STREAMS, Exchange
from .lanes import Lane, Standing, lane_of, shares
from .limits import Limits
from .pools import EVERYBODY, Pool
from .pressure import Pressure
from .slots import Slots

HEALTH_WAITING = 50
LOOKING_UP, LOOKING_UP_FOR_ONE = 100, 20
BUSY = "The server is busy. Try again in a moment."
SHORT_OF_MEMORY = "The server is short of memory. Try again in a moment."


class Refusal(NamedTuple):
    """How a request is refused."""

    status: int
    message: str
    retry_s: int = 2


class Admission:
    """The threads of a process; used by the event loop.

    A request whose credentials are not known yet waits for a thread that only looks credentials up. Until then it is
    nobody's: made-up credentials never get a place among those of people who are signed in.

    Parameters
    ----------
    recognition : Recognition
        Knows whose credentials a request carries.
    pressure : Pressure
        Knows whether memory is short.
    post : callable
        Has the event loop call a function.
    """

    def __init__(
        self, limits: Limits, *, threads: int, recognition: Recognition, pressure: Pressure, post: Callable[..., None]
    ) -> None:  # fmt: skip
        self.slots = Slots(limits.streams)
        self._recognition, self._pressure, self._post = recognition, pressure, post
        kinds = shares(threads, anonymous_percent=limits.anonymous_percent)
        self._pools = {
            Lane.ORDINARY: Pool("request", threads=threads, waiting=limits.waiting, shares=kinds),
            Lane.STREAM: Pool("stream", threads=limits.streams, waiting=limits.streams),
            Lane.HEALTH: Pool("health", threads=1, waiting=HEALTH_WAITING),
        }
        self._looking_up = Pool("recognition", threads=1, waiting=LOOKING_UP)
        self._looked_up_for: Counter[str] = Counter()

    @property
    def is_quiet(self) -> bool:
        """Whether no request is handled or waits."""
        return all(pool.is_quiet for pool in (*self._pools.values(), self._looking_up))

    def note_load(self) -> None:
        """Tell the metrics how busy the threads are."""
        for standing in Standing:
            running, waiting = self._pools[Lane.ORDINARY].load(standing)
            board().note_load(standing, running=running, waiting=waiting)

    def waits_too_long(self, exchange: Exchange) -> bool:
        """Whether it still waits for a thread, and gets none any more."""
        if not self.take_back(exchange):
            return False
        board().count_limited(f"threads_{exchange.standing}")
        return True

    def dispatch(self, exchange: Exchange) -> Refusal | None:
        """Hand a request to a thread, at once or as soon as it is known whose it is; or say how to refuse it."""
        exchange.lane = lane_of(exchange.environ)
        if exchange.lane is Lane.HEALTH:
            return self._admit(exchange, NOBODY)
        if self._pressure.refuses(exchange.lane, Standing.SIGNED_IN):
            return self._short_of_memory()
        person = self._recognition.at_once(exchange.environ)
        if person is None and self._look_up(exchange):
            return None
        return self._admit(exchange, person or NOBODY)

    def take_back(self, exchange: Exchange) -> bool:
        """Take a request out of its queue; False if a thread has it already, or it never had a place."""
        queue, job = exchange.queue, exchange.job
        if queue is None or job is None or not queue.forget(job):
            return False
        if queue is self._looking_up:
            self._has_looked_up(exchange.caller)
        exchange.end()
        return True

    def _look_up(self, exchange: Exchange) -> bool:
        """Find out whose it is; False if too many wait for that, of one address or in all."""
        caller = exchange.caller
        if self._looked_up_for[caller] >= LOOKING_UP_FOR_ONE:
            return False

        def look_up() -> None:
            self._post(self._found, exchange, caller, self._recognition.looked_up_apart(exchange.environ))

        if not self._looking_up.submit(look_up):
            return False
        exchange.queue, exchange.job = self._looking_up, look_up
        self._looked_up_for[caller] += 1
        return True

    def _found(self, exchange: Exchange, caller: str, person: Person) -> None:
        self._has_looked_up(caller)
        if exchange.is_gone:
            exchange.end()
        elif refused := self._admit(exchange, person):
            exchange.refuse(*refused)

    def _has_looked_up(self, caller: str) -> None:
        self._looked_up_for[caller] -= 1
        if not self._looked_up_for[caller]:
            del self._looked_up_for[caller]

    def _admit(self, exchange: Exchange, person: Person) -> Refusal | None:
        """Hand it to the threads of its lane, or say how to refuse it."""
        exchange.environ[PLACE] = person
        exchange.standing = Standing.SIGNED_IN if person.is_signed_in else Standing.ANONYMOUS
        if self._pressure.refuses(exchange.lane, exchange.standing):
            return self._short_of_memory()
        if exchange.lane is Lane.STREAM and not exchange.takes_place():
            board().count_limited("streams")
            return Refusal(429, TOO_MANY_STREAMS)
        pool, job = self._pools[exchange.lane], exchange.work
        exchange.queue, exchange.job = pool, job
        if pool.submit(job, exchange.standing if exchange.lane is Lane.ORDINARY else EVERYBODY):
            return None
        board().count_limited(f"threads_{exchange.standing}")
        return Refusal(503, BUSY)

    @staticmethod
    def _short_of_memory() -> Refusal:
        board().count_limited("memory")
        return Refusal(503, SHORT_OF_MEMORY, retry_s=10)


__all__ = ["BUSY", "Admission", "Refusal"]
