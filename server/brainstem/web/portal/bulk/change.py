"""A change of many records: what it makes of each, and the rows of the API's bulk by which it is written."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from brainstem.core.access.viewer import Viewer
from brainstem.core.bulk.writing import Rows
from brainstem.core.errors import Invalid
from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.run import fetch_record
from brainstem.core.query.syntax import Query
from brainstem.core.write.meeting import MERGED_WITH, REQUIRED

from ..column import Values
from ..forms.description import selectors
from ..forms.leaves import Switch
from ..forms.merging import Base
from ..forms.nodes import ABSENT, Reading
from ..forms.reading import read_form
from ..forms.relations import id_of
from ..forms.sent import Sent
from .offers import ADD, CLEAR, INTO, REMOVE, SET, Offer

NOTHING: tuple[object, ...] = (ABSENT, None, "", [], {})
Versions = Mapping[str, str]  # id -> the version that was looked at
Payload = dict[str, object]


@dataclass(frozen=True)
class Portion:
    """What is written of some records: the rows, of which model, and the ids of those that change.

    Row number n is about ``ids[n]``, unless one row is about all of them (``is_one``).
    """

    spec: Spec
    rows: Rows
    ids: tuple[str, ...]
    is_one: bool = False


@dataclass(frozen=True)
class Change(ABC):
    """A change of many records."""

    spec: Spec

    @property
    @abstractmethod
    def needs(self) -> frozenset[str]:
        """The keys of a record that it has to know."""

    @abstractmethod
    def differences(self, record: Values) -> dict[str, dict[str, object]]:
        """What becomes of a record, as histories tell it: key -> before and after; empty if it stays as it is."""

    @abstractmethod
    def portion(self, records: Sequence[Values], versions: Versions) -> Portion:
        """The rows by which records are changed."""


@dataclass(frozen=True)
class FieldChange(Change):
    """One field of each record: set, cleared, or with more or fewer elements."""

    offer: Offer
    how: str
    sent: Sent

    @property
    def needs(self) -> frozenset[str]:
        return frozenset({self.offer.path[0], *selectors(self.spec)})

    def differences(self, record: Values) -> dict[str, dict[str, object]]:
        return {key: {"from": record.get(key), "to": value} for key, value in self.payload(record).items()}

    def portion(self, records: Sequence[Values], versions: Versions) -> Portion:
        rows = [
            {"id": record["id"], **payload, MERGED_WITH: versions[str(record["id"])]}
            for record in records
            if (payload := self.payload(record))
        ]
        return Portion(self.spec, Rows(update=rows), tuple(str(row["id"]) for row in rows))

    def payload(self, record: Values) -> Payload:
        """What is written to a record; empty if it has that already."""
        if self.how in (ADD, REMOVE):
            return self._listed(record)
        drawn = {node.key: node.draw(ABSENT) for node in self.offer.form.nodes}
        sent = Sent(parts=drawn) if self.how == CLEAR else self.sent
        return read_form(self.offer.form, sent, record, Base()).payload

    def _listed(self, record: Values) -> Payload:
        key, *below = self.offer.path
        held = record.get(key)
        value = held.get(below[0]) if below and isinstance(held, dict) else None if below else held
        before = value if isinstance(value, list) else []
        after = with_elements(before, self.wanted(Reading())) if self.how == ADD else self._without(before)
        if after == before:
            return {}
        return {key: {**(held if isinstance(held, dict) else {}), below[0]: after} if below else after}

    def _without(self, before: list[object]) -> list[object]:
        gone = set(map(str, self.wanted(Reading())))
        return [one for one in before if str(one) not in gone]

    def wanted(self, reading: Reading) -> list[object]:
        """The elements that were chosen."""
        found = self.value(reading)
        return found if isinstance(found, list) else []

    def value(self, reading: Reading) -> object:
        """What was typed or chosen; errors are noted."""
        return self.offer.node.read(self.sent.at(*self.offer.path), ABSENT, at=self.offer.name, reading=reading)


@dataclass(frozen=True)
class MemberChange(Change):
    """The records are added to the list of another one, or removed from it; that one is what is written."""

    offer: Offer
    how: str
    record_id: str
    viewer: Viewer
    base: str
    held: frozenset[str] = field(default_factory=frozenset)

    @property
    def other(self) -> Spec:
        """The model of the record with the list."""
        return specs()[self.offer.relation.source] if self.offer.relation is not None else self.spec

    @property
    def key(self) -> str:
        """Its list."""
        return self.offer.name.rpartition(".")[2]

    @property
    def needs(self) -> frozenset[str]:
        return frozenset()

    def differences(self, record: Values) -> dict[str, dict[str, object]]:
        there = str(record["id"]) in self.held
        return {} if there is (self.how == ADD) else {INTO: {"from": there, "to": not there}}

    def portion(self, records: Sequence[Values], versions: Versions) -> Portion:  # noqa: ARG002
        now, version = self.stored()
        there = set(map(str, now))
        moved = [record["id"] for record in records if (str(record["id"]) in there) is (self.how == REMOVE)]
        gone = set(map(str, moved))
        after = [*now, *moved] if self.how == ADD else [one for one in now if str(one) not in gone]
        row = {"id": id_of(self.record_id), self.key: after, MERGED_WITH: version}
        return Portion(self.other, Rows(update=[row] if moved else []), tuple(map(str, moved)), is_one=True)

    def stored(self) -> tuple[list[object], str]:
        """The list as it is, and the version of its record.

        Raises
        ------
        Invalid
            If the person does not see the record.
        """
        left_out = tuple((key,) for key in self.other.keys if key not in ("id", self.key))
        query, other = Query(excludes=left_out), self.other
        try:
            record_id: Any = other.parse_id(self.record_id, below=2**31)
            found = fetch_record(other, record_id, query, viewer=self.viewer, base=self.base)
        except ValueError:
            found = None
        if found is None:
            raise Invalid.at(
                INTO, f"There is no such {other.singular_name}, or you may not see it. Choose another one."
            )
        value = json.loads(found.text).get(self.key)
        return (value if isinstance(value, list) else []), found.version


@dataclass(frozen=True)
class Deletion(Change):
    """The records are deleted, as they were looked at."""

    @property
    def needs(self) -> frozenset[str]:
        return frozenset()

    def differences(self, record: Values) -> dict[str, dict[str, object]]:  # noqa: ARG002
        return {INTO: {"from": True, "to": False}}

    def portion(self, records: Sequence[Values], versions: Versions) -> Portion:
        rows = [{"id": one["id"], REQUIRED: versions[str(one["id"])]} for one in records]
        return Portion(self.spec, Rows(delete=rows), tuple(str(row["id"]) for row in rows))


def with_elements(before: list[object], more: Iterable[object]) -> list[object]:
    """A list with the elements that it lacks at its end."""
    there = set(map(str, before))
    return [*before, *(one for one in more if str(one) not in there)]


def change_of(offer: Offer, how: str, sent: Sent, *, spec: Spec, viewer: Viewer, base: str) -> Change:
    """The change that was chosen; whether it can be, :func:`wrong_with` says."""
    if offer.relation is not None:
        return MemberChange(spec, offer, how, sent.at(INTO).text.strip(), viewer, base)
    return FieldChange(spec, offer, how, sent)


def wrong_with(change: Change) -> dict[str, list[str]]:
    """What is wrong with what was chosen, by the name of the control; one statement at most."""
    if isinstance(change, MemberChange):
        if not change.record_id:
            return {INTO: [f"Choose the {change.other.singular_name}."]}
        try:
            change.stored()
        except Invalid as error:
            return {name: list(texts) for name, texts in error.errors.items()}
    if not isinstance(change, FieldChange) or change.how == CLEAR:
        return {}
    name, reading = change.offer.name, Reading()
    value = change.value(reading)
    if not reading.errors and value in NOTHING and not isinstance(change.offer.node, Switch):
        advice = ", or choose Clear" if change.how == SET and CLEAR in change.offer.hows else ""
        what = {ADD: "what to add", REMOVE: "what to remove"}.get(change.how, "the new value")
        reading.error(name, f"Say {what}{advice}.")
    return {one: list(texts) for one, texts in reading.errors.items()}


__all__ = ["Change", "Deletion", "FieldChange", "MemberChange", "Portion", "change_of", "wrong_with"]
