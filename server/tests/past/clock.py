"""A clock that tests move, so that what happens is apart in time."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

STEP = dt.timedelta(minutes=1)


class Clock:
    """The time of the server; every tick is a minute later."""

    def __init__(self) -> None:
        self.now = timezone.now().replace(microsecond=0) - dt.timedelta(days=1)

    def __call__(self) -> dt.datetime:
        return self.now

    def tick(self) -> str:
        """Let a minute pass; the time half a minute ago, as a query has it."""
        self.now += STEP
        return (self.now - STEP / 2).isoformat().replace("+00:00", "Z")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stops the server's clock; request it before anything that is added."""
    found = Clock()
    monkeypatch.setattr(timezone, "now", found)
    return found
