"""Dry runs: what a server would store of many records, and what it would refuse, without writing. No network here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .bulk import NO_BULK, SIZE, BulkError, Numbered, Target, Written, added, body_of, matched, numbers_of
from .core import Core, reached
from .errors import BrainstemError, messages_by_field
from .names import Name
from .tables import rows_of
from .wire import Answer, Conversation

NOT_OFFERED = "This server does not support dry runs: what it would refuse shows only when it is written."
ROUNDS = 20  # Rows that are right beside a wrong one may be wrong without it; in practice there are two.
Change = dict[str, dict[str, Any]]


@dataclass
class Rehearsal:
    """What a server would do with rows, by row number, counted from 0.

    Attributes
    ----------
    stored : dict of int to dict
        The record as it would be read afterwards; the id of a new one is None.
    changes : dict of int to dict
        For rows that update a record: field -> ``{"from": ..., "to": ...}``, empty if nothing would change.
    wrong : dict of int to dict
        Field -> messages, for rows that would be refused.
    """

    stored: dict[int, dict[str, Any]] = field(default_factory=dict)
    changes: dict[int, Change] = field(default_factory=dict)
    wrong: dict[int, dict[str, list[str]]] = field(default_factory=dict)

    def checked(self) -> Rehearsal:
        """The same.

        Raises
        ------
        BulkError
            If rows would be refused.
        """
        if self.wrong:
            raise BulkError(self.wrong, Written(), status=400, advice="Nothing was written: this was a dry run.")
        return self


def offered(target: Target) -> Conversation[bool]:
    """Whether the server supports dry runs; a server that does not would write."""
    answer = yield from reached(target.core.ask("OPTIONS", f"{target.url}bulk/"))
    return answer.ok and isinstance(answer.body, dict) and answer.body.get("dry_run") is True


def of_rows(
    core: Core, model: Name, given: object, *, key: str = "", portal: Name = "private", size: int = SIZE
) -> Conversation[Rehearsal]:
    """What ``bulk.create`` would do with rows; with a ``key``, what ``bulk.upsert`` would do."""
    target = Target.of(core, model, portal)
    rows = rows_of(given, target.record)
    numbered = (yield from matched(target, rows, key)) if key else added(target, rows)
    return (yield from rehearse(target, numbered, size))


def rehearse(target: Target, rows: Sequence[Numbered], size: int = SIZE) -> Conversation[Rehearsal]:
    """What the server would do with rows (number, id or nothing, fields), in the same parts as they would be written.

    Rows that would be refused are reported and left out, so that the others are checked as well.

    Raises
    ------
    BrainstemError
        If the server does not support dry runs, or refuses the whole request.
    """
    if not (yield from offered(target)):
        raise BrainstemError(NOT_OFFERED, advice="Ask its administrator to upgrade it.")
    found = Rehearsal()
    for start in range(0, len(rows), size):
        yield from _rehearse_part(target, list(rows[start : start + size]), found)
    return found


def _rehearse_part(target: Target, left: list[Numbered], found: Rehearsal) -> Conversation[None]:
    for _ in range(ROUNDS):
        if not left:
            return
        answer = yield from _asked(target, left)
        if answer.ok:
            _take(answer.checked(), left, found)
            return
        refused = _refused(answer, left, found)
        if not refused:
            answer.checked()  # refused as a whole: raises
        left = [row for row in left if row[0] not in refused]


def _asked(target: Target, rows: Sequence[Numbered]) -> Conversation[Answer]:
    url = f"{target.url}bulk/?dry_run=true"
    answer = yield from reached(target.core.ask("POST", url, body_of(rows), repeatable=True, strict=True))
    if answer.status in NO_BULK:
        raise BrainstemError(NOT_OFFERED, status=answer.status)
    return answer


def _take(body: object, rows: Sequence[Numbered], found: Rehearsal) -> None:
    if not isinstance(body, Mapping) or body.get("dry_run") is not True:
        raise BrainstemError("The server did not answer with a dry run.", body=body)
    numbers = numbers_of(rows)
    found.stored.update(zip(numbers["create"], body["created"]))
    found.stored.update(zip(numbers["update"], body["updated"]))
    found.changes.update(zip(numbers["update"], body["changes"]))


def _refused(answer: Answer, rows: Sequence[Numbered], found: Rehearsal) -> set[int]:
    """Record the rows that are refused, and return their numbers."""
    body = answer.body
    errors = body.get("errors") if isinstance(body, dict) else None
    if not isinstance(errors, list):
        return set()
    numbers = numbers_of(rows)
    named = {numbers[one["operation"]][one["index"]]: one for one in errors}
    for at, one in named.items():
        if one.get("unchanged"):  # as it is already, which who may only propose is told as an error
            found.changes[at] = {}
        else:
            found.wrong[at] = messages_by_field(one["errors"])
    return set(named)
