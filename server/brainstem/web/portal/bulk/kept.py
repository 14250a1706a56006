"""A change of many records as it is kept for its person: what is done, with which records, and how far it has come."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from brainstem.apps.users import bulk_changes
from brainstem.core.bulk.writing import MAX_ROWS
from brainstem.core.errors import Missing, QueryError
from brainstem.core.models import TableImport
from brainstem.core.query.syntax import Filter, Query

from ..address import Address
from ..asking import Asked, asked_in
from ..column import Values
from ..forms.sent import tree_of
from ..selection import IDS, Selection, reading_of
from ..where import Where
from .change import Change, Deletion, MemberChange, Versions, change_of
from .offers import DELETE, offers_of

STEP = MAX_ROWS  # so many records at once, all of them or none
MOST = 50_000


@dataclass(frozen=True)
class Step:
    """What one step did: its event in the history, and how many records changed."""

    event: str
    changed: int
    same: int
    gone: int


@dataclass(frozen=True)
class Kept:
    """A change and its records.

    Attributes
    ----------
    title : str
        What is done, in words: "Add tags".
    rows : tuple
        Id and version of each record as they were when somebody looked at the change, in the order of the list.
    done : int
        Of how many of them is settled what became of them.
    left_out : frozenset of str
        Ids of records that are not changed.
    refused : tuple
        Id and reason of each record that cannot be changed, as far as is known.
    looked : tuple of int
        How many records were looked at, and of these how many change and how many stay as they are.
    """

    one: TableImport
    title: str
    what: str
    how: str
    pairs: tuple[tuple[str, str], ...]
    type: str
    query: str
    count: int
    by_query: bool
    rows: tuple[tuple[str, str], ...]
    looked: tuple[int, int, int] = (0, 0, 0)
    refused: tuple[tuple[str, str], ...] = ()
    problem: str = ""
    done: int = 0
    steps: tuple[Step, ...] = ()
    left_out: frozenset[str] = frozenset()

    @property
    def has_begun(self) -> bool:
        """Whether anything was done yet."""
        return bool(self.done or self.steps)

    @property
    def is_over(self) -> bool:
        """Whether all records are done."""
        return self.done >= len(self.rows)

    @property
    def in_steps(self) -> bool:
        """Whether there are more records than are changed at once."""
        return len(self.rows) > STEP

    @property
    def next_rows(self) -> list[tuple[str, str]]:
        """The records of the next step."""
        return [row for row in self.rows[self.done : self.done + STEP] if row[0] not in self.left_out]

    @property
    def versions(self) -> Versions:
        """Id -> version."""
        return dict(self.rows)

    def change(self, where: Where) -> Change:
        """What is done.

        Raises
        ------
        Missing
            If this can no longer be changed by the person.
        """
        if self.what == DELETE:
            return Deletion(where.spec)
        offer = offers_of(where, self.type).get(self.what)
        if offer is None or self.how not in offer.hows:
            raise Missing("What was to be changed is no longer offered.")
        sent = tree_of(_gathered(self.pairs))
        change = change_of(offer, self.how, sent, spec=where.spec, viewer=where.viewer, base=where.base)
        if isinstance(change, MemberChange):
            return replace(change, held=frozenset(map(str, change.stored()[0])))
        return change

    def selection(self, where: Where) -> Selection:
        """The records as they were selected.

        Raises
        ------
        QueryError
            If the list can no longer be asked for like this.
        """
        asked = asked_in(where, Address.of(where.list_path, self.query))
        if asked.problems:
            raise QueryError({name: [text] for name, text in asked.problems.items()})
        if self.by_query:
            return Selection(asked, replace(asked.query, offset=0), self.count, by_query=True)
        return Selection(asked, _among(asked.query, [row[0] for row in self.rows]), self.count, by_query=False)


def _gathered(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for name, text in pairs:
        found.setdefault(name, []).append(text)
    return list(found.items())


def _among(query: Query, ids: Sequence[str]) -> Query:
    return replace(query, filters=(Filter((IDS, "in"), False, ",".join(ids)),), search=(), offset=0)


def read(where: Where, rows: Sequence[tuple[str, str]], change: Change) -> list[Values]:
    """The records of some rows as they are now, in that order, with the keys that a change needs; one statement."""
    if not rows:
        return []
    query = Query(filters=(Filter((IDS, "in"), False, ",".join(one for one, _ in rows)),), limit=len(rows))
    records = {str(one["id"]): one for one in reading_of(where, query, change.needs)}
    return [records[one] for one, _ in rows if one in records]


# -- storing -----------------------------------------------------------------------------------------------------------


def begun(where: Where, kept: Kept) -> Kept:
    """Store a new change."""
    one = kept.one
    one.user_id, one.name = where.viewer.actor.user_id or 0, _place(where)
    about: dict[str, Any] = {name: getattr(kept, name) for name in ABOUT}
    one.asked = json.dumps(about)
    one.source = "\n".join(" ".join(row) for row in kept.rows)
    _fill(one, kept)
    bulk_changes.begin(one)
    return kept


def found(where: Where, change_id: str, *, lock: bool = False) -> Kept:
    """A change of this person in the list of this model.

    Raises
    ------
    Missing
        If there is none.
    """
    one = bulk_changes.find(where.viewer.actor.user_id or 0, change_id, lock=lock)
    if one.name != _place(where):
        raise Missing("There is no such change of yours.")
    about, told, plan = json.loads(one.asked), json.loads(one.summary), json.loads(one.plan)
    rows = tuple((key, version) for key, _, version in (line.partition(" ") for line in one.source.split("\n") if line))
    return Kept(
        one,
        rows=rows,
        **about | {"pairs": tuple((name, text) for name, text in about["pairs"])},
        looked=(told["looked"][0], told["looked"][1], told["looked"][2]),
        refused=tuple((key, text) for key, text in told["refused"]),
        problem=told["problem"],
        done=plan["done"],
        steps=tuple(Step(**step) for step in plan["steps"]),
        left_out=frozenset(plan["left_out"]),
    )


def stored(kept: Kept) -> Kept:
    """Store how far it has come."""
    _fill(kept.one, kept)
    bulk_changes.keep(kept.one)
    return kept


ABOUT = ("title", "what", "how", "pairs", "type", "query", "count", "by_query")


def _fill(one: TableImport, kept: Kept) -> None:
    told = {"looked": kept.looked, "refused": kept.refused, "problem": kept.problem}
    steps = [vars(step) for step in kept.steps]
    one.summary = json.dumps(told)
    one.plan = json.dumps({"done": kept.done, "steps": steps, "left_out": sorted(kept.left_out)})
    one.state = TableImport.COMMITTED if kept.is_over else TableImport.PLANNED


def _place(where: Where) -> str:
    return f"{where.portal} {where.spec.label}"


def query_of(asked: Asked) -> str:
    """The address of a list, as it is kept."""
    return asked.address.elsewhere("").url.removeprefix("?")


__all__ = ["MOST", "STEP", "Kept", "Step", "begun", "found", "query_of", "read", "stored"]
