"""Where each number of a worker is kept: cells of eight bytes, in an order that all workers share.

There are few labels and they are known, so every series has its cell from the start: counting is an addition, and no
series can be added by sending requests.
"""

from __future__ import annotations

from functools import cache

from .labels import LIMITS, PORTALS, STANDINGS, STATUSES, VERBS, models

CELL = 8
# Upper bounds of the buckets of a histogram, in seconds.
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
PID, STARTED, STARTS, COMPILED, HEAD = range(5)
BUCKETS = len(BOUNDS) + 1  # with the one for everything above
SUM = BUCKETS
WIDTH = BUCKETS + 1


class Layout:
    """Cells of one worker.

    Attributes
    ----------
    cells : int
        How many there are.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self.models = names
        self._model = {name: place for place, name in enumerate(names)}
        self._verb = {name: place for place, name in enumerate(VERBS)}
        self._status = {name: place for place, name in enumerate(STATUSES)}
        self._portal = {name: place for place, name in enumerate(PORTALS)}
        self._refused = HEAD
        self._requests = self._refused + len(STATUSES)
        self._seconds = self._requests + len(names) * len(VERBS) * len(STATUSES) * len(PORTALS)
        self._database = self._seconds + len(PORTALS) * WIDTH
        self._limited = self._database + len(PORTALS) * WIDTH
        self._running = self._limited + len(LIMITS)
        self.cells = self._running + 2 * len(STANDINGS)

    def requests(self, model: str, verb: str, status: str, portal: str) -> int:
        """The cell of requests of this kind; an unknown verb is ``other``."""
        verbs, statuses, portals = len(VERBS), len(STATUSES), len(PORTALS)
        place = self._model[model] * verbs + self._verb.get(verb, verbs - 1)
        return self._requests + (place * statuses + self._status[status]) * portals + self._portal[portal]

    def refused(self, status: str) -> int:
        """The cell of requests that were refused before the application saw them."""
        return self._refused + self._status[status]

    def seconds(self, portal: str) -> int:
        """The first cell of the histogram of seconds of requests."""
        return self._seconds + self._portal[portal] * WIDTH

    def database(self, portal: str) -> int:
        """The first cell of the histogram of seconds spent in the database."""
        return self._database + self._portal[portal] * WIDTH

    def limited(self, limit: str) -> int:
        """The cell of requests that ran into a limit."""
        return self._limited + LIMITS.index(limit)

    def running(self, standing: str) -> int:
        """The cell of requests that are being handled; the next one is of those that wait for a thread."""
        return self._running + 2 * STANDINGS.index(standing)


@cache
def layout() -> Layout:
    """That of this version of the server."""
    return Layout(models())


__all__ = ["BOUNDS", "BUCKETS", "CELL", "COMPILED", "PID", "STARTED", "STARTS", "SUM", "Layout", "layout"]
