"""No accepted write is lost: whoever overwrites something has seen it.

Three writers change one record, a few keys at a time, from copies that may be old. Every accepted write leaves effects,
each on one thing: a field, a key, a tag, a link, an entry of a log. An effect may only go when a later accepted write
changes the same thing, and its writer had read it, in this version or with the same value. That is all this model knows: not how values
are merged, and when a write is refused.
"""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection

from ..lab import Lab
from ..people import Answer, Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MERGE = "merge=fields"
TEXTS = ("", "one", "two", "three")
Thing = tuple[str, ...]


def things_of(record: dict[str, Any]) -> dict[Thing, Any]:
    """What can be changed in a subject, piece by piece; absent pieces are not there."""
    found: dict[Thing, Any] = {
        (key,): record[key] for key in ("description", "genotype", "sex", "birth_date", "supplier")
    }
    for key in ("tags", "licenses"):
        found |= {(key, str(one)): True for one in record[key]}
    return found | {("extra_fields", name): value for name, value in record["extra_fields"].items()}


@dataclass
class Accepted:
    """A write that was accepted: what it changed, compared with what its writer had read, and its versions."""

    base: int
    version: int
    before: dict[Thing, Any]
    wanted: dict[Thing, Any]

    @property
    def effects(self) -> dict[Thing, Any]:
        """Thing -> the value that the writer gave it; None where it was removed."""
        things = self.before.keys() | self.wanted.keys()
        return {one: self.wanted.get(one) for one in things if self.wanted.get(one) != self.before.get(one)}


@dataclass
class Journal:
    """All accepted writes."""

    writes: list[Accepted] = field(default_factory=list)
    refused: int = 0

    def hold_against(self, record: dict[str, Any]) -> None:
        """Check that every effect is there, or was overwritten by somebody who knew it."""
        standing: dict[Thing, tuple[Any, int]] = {}
        for write in sorted(self.writes, key=lambda one: one.version):
            for thing, value in write.effects.items():
                held, version = standing.get(thing, (None, 0))
                if thing in standing and held == value:
                    continue  # It stands since the earlier version.
                seen = version <= write.base or write.before.get(thing) == held
                assert seen, f"{thing}: {held!r} of {version} is lost by {write}"
                standing[thing] = value, write.version
        found = things_of(record)
        for thing, (value, version) in standing.items():
            assert found.get(thing) == value, f"{thing}: {value!r} of {version} is not there"


@dataclass
class Writer:
    """Somebody with a copy of the record, who changes pieces of it and sends some or all of it."""

    who: Person
    path: str
    licenses: list[str]
    suppliers: list[str]
    luck: random.Random
    copy: Answer | None = None

    def read(self) -> None:
        self.copy = self.who.get(self.path)

    def write(self, journal: Journal) -> None:
        """Change the copy, and send what changed, all of it, or a part; merged or not."""
        if self.copy is None:
            self.read()
        assert self.copy is not None
        before, tag = self.copy.record, self.copy.headers["ETag"]
        after = self._changed(before)
        sent = self._sent(before, after)
        answer = self._send(sent, tag)
        if answer.status in (409, 412):
            journal.refused += 1
            self.copy = None
            return
        assert answer.status == 200, answer.body
        base, version = (int(one.strip('"').partition("-")[0]) for one in (tag, answer.headers["ETag"]))
        wanted = things_of({**before, **{key: after[key] for key in sent if key in before}})
        journal.writes.append(Accepted(base, version, things_of(before), wanted))
        self.copy = answer if self.luck.random() < 0.5 else self.copy

    def _send(self, sent: dict[str, Any], tag: str) -> Answer:
        way = self.luck.choice(["strict", "merge", "merge", "body"])
        if way == "body":
            return self.who.patch(self.path, sent | {"_base_version": tag})
        extra = {"HTTP_PREFER": MERGE} if way == "merge" else {}
        return self.who.patch(self.path, sent, HTTP_IF_MATCH=tag, **extra)

    def _sent(self, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
        changed = [key for key in after if after[key] != before[key]]
        more = self.luck.sample(list(after), self.luck.randrange(len(after)))
        keys = self.luck.choice([changed, list(after), [*changed, *more]])
        return {key: after[key] for key in keys}

    def _changed(self, before: dict[str, Any]) -> dict[str, Any]:
        luck = self.luck
        after = {
            key: before[key]
            for key in ("description", "genotype", "sex", "birth_date", "supplier", "tags", "licenses", "extra_fields")
        }
        for key in luck.sample(list(after), luck.randint(1, 3)):
            if key in ("description", "genotype"):
                after[key] = luck.choice(TEXTS)
            elif key == "sex":
                after[key] = luck.choice("FMU")
            elif key == "birth_date":
                after[key] = luck.choice([None, "2025-01-01", "2025-01-02"])
            elif key == "supplier":
                after[key] = luck.choice([None, *self.suppliers])
            elif key == "tags":
                after[key] = self._toggled(after[key], ["a", "b", "c", "d"])
            elif key == "licenses":
                after[key] = self._toggled(after[key], self.licenses)
            else:
                after[key] = self._other_fields(after[key])
        return after

    def _toggled(self, held: list[str], offered: list[str]) -> list[str]:
        chosen = set(self.luck.sample(offered, self.luck.randint(1, 2)))
        return [one for one in held if one not in chosen] + sorted(chosen - set(held))

    def _other_fields(self, held: dict[str, Any]) -> dict[str, Any]:
        name, value = self.luck.choice("xyz"), self.luck.choice([None, 1, 2, "text"])
        return {key: one for key, one in held.items() if key != name} | ({} if value is None else {name: value})


@pytest.fixture
def lab(alice, admin):
    return Lab(alice, admin)


def writers(lab: Lab, seed: int) -> list[Writer]:
    """Three people who may change one subject."""
    path = f"stem/subject/{lab.add('subject')['id']}"
    licenses = [lab.add("license")["id"] for _ in range(3)]
    suppliers = [lab.add("supplier")["id"] for _ in range(2)]
    return [
        Writer(Person(lab.owner.user), path, licenses, suppliers, random.Random(f"{seed} {number}"))
        for number in range(3)
    ]


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_in_any_order_of_steps(lab, seed):
    people, journal, luck = writers(lab, seed), Journal(), random.Random(seed)
    for _ in range(60):
        one = luck.choice(people)
        if luck.random() < 0.3:
            one.read()
        else:
            one.write(journal)
            journal.hold_against(one.who.get(one.path).record)
    assert len(journal.writes) > 15
    assert journal.refused > 3


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_lost_at_once(lab, seed):
    people, journal, gate = writers(lab, 100 + seed), Journal(), threading.Barrier(3)

    def work(one: Writer) -> Journal:
        own = Journal()
        try:
            gate.wait()
            for _ in range(15):
                if one.luck.random() < 0.3:
                    one.read()
                one.write(own)
            return own
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        for own in pool.map(work, people):
            journal.writes += own.writes
            journal.refused += own.refused
    journal.hold_against(people[0].who.get(people[0].path).record)
    assert len(journal.writes) > 10


@pytest.mark.control
def test_the_model_notices_a_write_that_is_lost(lab):
    one, other, _ = writers(lab, 0)
    journal = Journal()
    for writer in (one, other):
        writer.read()
    for writer, text in ((one, "one"), (other, "other")):
        assert writer.copy is not None
        answer = writer.who.patch(writer.path, {"description": text})  # without any version
        base, version = (int(it.headers["ETag"].strip('"').partition("-")[0]) for it in (writer.copy, answer))
        before = things_of(writer.copy.record)
        journal.writes.append(Accepted(base, version, before, before | {("description",): text}))
    with pytest.raises(AssertionError, match="is lost"):
        journal.hold_against(one.who.get(one.path).record)


def test_entries_that_are_added_at_once_are_all_there(lab):
    log, gate = f"modules/subjectlog/{lab['subjectlog']}", threading.Barrier(3)
    had = lab.owner.get(log).headers["ETag"]

    def work(number: int) -> list[int]:
        try:
            gate.wait()
            return [_add(Person(lab.owner.user), log, number, day, had).status for day in range(1, 6)]
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert [status for found in pool.map(work, range(3)) for status in found] == [200] * 15
    assert len(lab.owner.get(log).record["entries"]) == 15


def _add(who: Person, log: str, hour: int, day: int, had: str) -> Answer:
    entry = {"date_time": f"2026-01-{day:02}T{hour:02}:00:00Z", "details": {"weight": {"value": 20, "unit": "g"}}}
    return who.patch(f"{log}/add_entry", entry, HTTP_IF_MATCH=had, HTTP_PREFER=MERGE)
