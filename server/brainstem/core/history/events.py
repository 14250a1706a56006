"""The write that a request is: everything recorded in the history meanwhile shares one event."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from ..access.actor import Actor
from ..access.viewer import Viewer
from ..model.ids import uuid7
from ..models import Event
from ..sql.setwise import insert_columns
from ..text.lines import one_line

LONGEST_NAME = 100  # Of clients and tokens.


class Writing:
    """A write in progress; it is stored when it ends, if it changed anything."""

    def __init__(self, means: str = "") -> None:
        self.id = uuid7()
        self.means = means
        self.by: Viewer | None = None
        self.at: dt.datetime | None = None

    @property
    def wrote(self) -> bool:
        """Whether anything was recorded."""
        return self.by is not None

    def joined_by(self, viewer: Viewer) -> Joined:
        """The event and moment under which to record changes that someone made; the first one is its author."""
        self.by = self.by or viewer
        self.at = self.at or timezone.now()
        return Joined(self.id, self.at)

    def store(self) -> None:
        """Store who wrote, within the transaction of the write."""
        if self.by is not None and self.at is not None:
            own = {"id": self.id, "at": self.at, "portal": self.by.portal, "means": self.means}
            values = own | _values(self.by.actor)
            insert_columns(Event._meta.db_table, [(one, [values[one.attname]]) for one in _COLUMNS])
            if (heard := _heard.get()) is not None:
                transaction.on_commit(partial(heard.append, self.id), robust=True)


@dataclass(frozen=True)
class Joined:
    """Event and moment of a change."""

    event: uuid.UUID
    at: dt.datetime


IMPORT = "import"  # the means by which rows of a table are written
_writing: ContextVar[Writing | None] = ContextVar("writing", default=None)
_heard: ContextVar[list[uuid.UUID] | None] = ContextVar("heard", default=None)


@contextmanager
def events_heard() -> Iterator[list[uuid.UUID]]:
    """Ids of the events that are stored within the block, each once its transaction has committed."""
    found: list[uuid.UUID] = []
    token = _heard.set(found)
    try:
        yield found
    finally:
        _heard.reset(token)


@contextmanager
def one_event(means: str = "") -> Iterator[Writing]:
    """Everything recorded within is one event; within another one, it is part of that.

    To be opened within the transaction, so that a repeated transaction is a new event. ``means`` says how several
    records are written: "bulk" or :data:`IMPORT`.
    """
    outer = _writing.get()
    if outer is not None:
        outer.means = outer.means or means
        yield outer
        return
    writing = Writing(means)
    token = _writing.set(writing)
    try:
        yield writing
        writing.store()
    finally:
        _writing.reset(token)


def _values(actor: Actor) -> dict[str, object]:
    return {
        "actor_id": actor.user_id,
        "actor_email": actor.email,
        "via": actor.via,
        "client": one_line(actor.client, LONGEST_NAME),
        "token_id": actor.token_id,
        "token_name": one_line(actor.token_name, LONGEST_NAME),
        "request_id": actor.request_id,
    }


# The database itself sets the number of the transaction.
_COLUMNS: tuple[Any, ...] = tuple(one for one in Event._meta.concrete_fields if one.name != "transaction")


__all__ = ["IMPORT", "Joined", "Writing", "events_heard", "one_event"]
