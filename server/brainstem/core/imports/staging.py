"""Reading and checking new records before the transaction that saves them, so that others wait only for the saving.

SQLite has one writer: a transaction that also reads and checks thousands of rows would keep everybody else waiting.
What was staged is only saved if nobody has written anything since; otherwise it is staged again, and at last within
the transaction. PostgreSQL has many writers, and its rules lock rows while they check, so nothing is staged there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from ..access.viewer import Viewer
from ..errors import BrainstemError
from ..models import Event, ObjectRole
from ..write.batch import Drafted, draft_together, goes_together, save_together
from ..write.tags import refuse_too_many_new
from .steps import CREATED, Place, Step, Table

TRIES = 3
Stamp = tuple[object, ...]


class Outdated(Exception):
    """Somebody has written since the records were staged."""


@dataclass(frozen=True)
class Staged:
    """Checked new records of tables, by the number of the table, and the state of the history at the time."""

    stamp: Stamp
    drafts: Mapping[int, tuple[Drafted, Sequence[Place]]]

    def refuse_outdated(self, viewer: Viewer) -> None:
        """Called within the transaction, before anything is written.

        Raises
        ------
        Outdated
            If somebody has written since.
        """
        if self.stamp != _stamp(viewer):
            raise Outdated

    def save(self, table: Table) -> dict[Place, object | BrainstemError]:
        """Save the records of a table within the caller's transaction; those that are refused have their error."""
        if table.number not in self.drafts:
            return {}
        drafted, places = self.drafts[table.number]
        return {places[number]: one for number, one in save_together(table.spec, drafted).items()}


def has_one_writer() -> bool:
    """Whether everybody else waits while one writes."""
    return connection.vendor == "sqlite"


def stage(tables: Sequence[Table], *, viewer: Viewer) -> Staged:
    """Read and check the new records of tables, outside of a transaction.

    Rows that refer to rows of other tables are left for the transaction, where those exist.
    """
    stamp = _stamp(viewer)
    drafts = {}
    for table in tables:
        steps = [step for step in table.steps if is_staged(table, step)]
        if table.spec.has_tags:
            refuse_too_many_new([step.payload for step in steps])
        if steps:
            payloads = {number: step.payload for number, step in enumerate(steps)}
            drafted = draft_together(table.spec, payloads, viewer=viewer)
            drafts[table.number] = drafted, [step.place for step in steps]
    return Staged(stamp, drafts)


def is_staged(table: Table, step: Step) -> bool:
    """Whether a row can be checked before the transaction."""
    return step.action == CREATED and not step.refs and not step.entry and goes_together(table.spec)


def _stamp(viewer: Viewer) -> Stamp:
    """What is different once anybody has written a record, or the writer's roles have changed."""
    roles = ObjectRole.objects.filter(user_id=viewer.actor.user_id or 0).order_by("object_id", "level")
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    return last, *roles.values_list("object_id", "level")


__all__ = ["TRIES", "Outdated", "Staged", "has_one_writer", "is_staged", "stage"]
