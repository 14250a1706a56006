"""Random histories of a lab: each event is undone at once, and records go back to what was read of them after any event."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from brainstem.core.access import audit
from brainstem.core.model.registry import Spec, routes
from brainstem.core.models import Change

from ..lab import path_of
from ..people import Answer, Person, person, unique
from .undoing import LISTS, differing, event_of, everything, revert, undo

pytestmark = [pytest.mark.django_db, pytest.mark.databases, pytest.mark.slow]

ADDED = (
    "subject", "dam", "session", "cohort", "collection", "breeding", "epoch", "behavior", "procedure", "subjectlog",
    "procedurelog", "equipment", "dataacquisition", "manipulation", "license", "setup", "project", "group",
)  # fmt: skip
TEXTS = ("description", "notes", "comments")
STEPS = 22


class Machine:
    """Writes something at random, as the owner of a lab."""

    def __init__(self, seed: int, lab: Any, people: list[Person]) -> None:
        self.pick, self.lab, self.me, self.people = random.Random(seed), lab, lab.owner, people
        self.kinds: list[Callable[[], Answer | None]] = [
            self.add, self.change, self.change, self.link, self.link, self.delete, self.bulk, self.entry, self.roles,
            self.other_side,
        ]  # fmt: skip

    def step(self) -> Answer | None:
        """One write; None if there was nothing to write, or it was refused."""
        answer = self.pick.choice(self.kinds)()
        return answer if answer is not None and answer.status < 300 and "Brainstem-Event" in answer.headers else None

    def some(self, path: str, number: int = 1) -> list[Any]:
        """Ids of records of a model, perhaps fewer."""
        ids = self.me.get(path, "limit=100&sort[]=id").ids
        return self.pick.sample(ids, min(number, len(ids)))

    def one(self) -> tuple[str, Spec, dict[str, Any]] | None:
        """A record that may perhaps be changed: its address and the record."""
        path = self.pick.choice([one for one in LISTS if one.split("/")[0] not in ("taxonomies", "resources", "users")])
        records = self.me.get(path, "limit=100&sort[]=id").records
        if not records:
            return None
        record, (app, model) = self.pick.choice(records), path.split("/")
        return f"{path}/{record['id']}", routes()[app, model], record

    def add(self) -> Answer:
        name = self.pick.choice(ADDED)
        more = {"tags": self.words()} if self.pick.random() < 0.5 else {}
        return self.me.post(path_of(name), self.lab.payload(name) | more)

    def words(self) -> list[str]:
        return self.pick.sample(["red", "green", "blue", "grey"], self.pick.randint(0, 3))

    def change(self) -> Answer | None:
        found = self.one()
        if found is None:
            return None
        address, spec, _ = found
        changes: dict[str, Any] = {name: self.pick.choice(["", "one", "two"]) for name in TEXTS if name in spec.keys}
        changes |= {"tags": self.words()} if spec.has_tags else {}
        changes |= {"extra_fields": self.map()} if "extra_fields" in spec.keys else {}
        changes |= {"name": unique("Renamed")} if "name" in spec.keys else {}
        changes |= {"order": self.pick.randint(0, 5)} if "order" in spec.columns else {}
        changes |= (
            {"date_time": self.pick.choice([None, "2026-01-02T03:04:05.678Z"])} if "date_time" in spec.keys else {}
        )
        chosen = self.pick.sample(sorted(changes), self.pick.randint(1, len(changes))) if changes else []
        return self.me.patch(address, {name: changes[name] for name in chosen})

    def map(self) -> dict[str, Any]:
        return {name: self.pick.randint(0, 3) for name in self.pick.sample(["a", "b", "c"], self.pick.randint(0, 3))}

    def link(self) -> Answer | None:
        """Change a relation of a record."""
        found = self.one()
        if found is None:
            return None
        address, spec, _ = found
        names = [name for name in spec.relations if name in spec.keys and spec.writable(name)]
        if not names:
            return None
        relation = spec.relations[self.pick.choice(names)]
        app, label = relation.target.split(".")
        path = next(one for one in routes() if routes()[one].label == f"{app}.{label}")
        ids = self.some("/".join(path), self.pick.randint(0, 3) if relation.many else 1)
        return self.me.patch(address, {relation.name: ids if relation.many else next(iter(ids), None)})

    def delete(self) -> Answer | None:
        found = self.one()
        return None if found is None or found[2]["id"] == self.lab["project"] else self.me.delete(found[0])

    def bulk(self) -> Answer:
        ids = self.some("stem/subject", 5)
        body = {
            "create": [self.lab.payload("subject") | {"tags": self.words()} for _ in range(self.pick.randint(0, 3))],
            "update": [
                {"id": one, "description": self.pick.choice(["x", "y"]), "tags": self.words()} for one in ids[:3]
            ],
            "delete": ids[3:],
        }
        return self.me.post("stem/subject/bulk/", body)

    def entry(self) -> Answer | None:
        logs = self.some("modules/subjectlog")
        if not logs:
            return None
        time = f"2026-02-0{self.pick.randint(1, 4)}T10:00:00{self.pick.choice(['', '.5'])}Z"
        action = self.pick.choice(["add_entry", "add_entry", "change_entry", "remove_entry"])
        body = {"date_time": time, "notes": self.pick.choice(["a", "b"])}
        return self.me.patch(f"modules/subjectlog/{logs[0]}/{action}/", body)

    def roles(self) -> Answer | None:
        path = self.pick.choice(["stem/project", "personal_attributes/setup", "personal_attributes/license"])
        ids = self.some(path)
        flags = [{}, {"can_change": True}, {"is_manager": True}, {"is_owner": True}, {"remove": True}]
        users = {one.email: self.pick.choice(flags) for one in self.people}
        return self.me.patch(f"{path}/{ids[0]}", {"users": users}) if ids else None

    def other_side(self) -> Answer | None:
        """Links that are stored on other records."""
        licenses = self.some("personal_attributes/license")
        if not licenses:
            return None
        changes = {"subjects": self.some("stem/subject", 3), "description": self.pick.choice(["x", "y"])}
        return self.me.patch(f"personal_attributes/license/{licenses[0]}", changes)


@pytest.fixture
def machine(lab, request):
    people = [person("eve"), person("frank")]
    for name in ADDED:
        lab[name]
    lab.add("session"), lab.add("subject"), lab.add("subjectlog")
    return Machine(request.param, lab, people)


@pytest.mark.parametrize("machine", range(6), indirect=True)
def test_each_event_is_undone_and_done_again(machine):
    me, done = machine.me, 0
    for _ in range(STEPS):
        before = everything(me)
        answer = machine.step()
        if answer is None:
            continue
        after, done = everything(me), done + 1
        first = undo(me, event_of(answer))
        assert first.status == 200, first.body
        assert differing(before, everything(me)) == [], "undone"
        assert audit.findings() == []
        second = undo(me, event_of(first))
        assert second.status == 200, second.body
        assert differing(after, everything(me)) == [], "undone again"
        assert audit.findings() == []
    assert done > STEPS // 3


@pytest.mark.parametrize("machine", range(10, 14), indirect=True)
def test_what_was_done_is_undone_from_the_end(machine):
    me = machine.me
    states, events = [everything(me)], []
    for _ in range(STEPS):
        answer = machine.step()
        if answer is not None:
            events.append(event_of(answer))
            states.append(everything(me))
    for event, state in zip(reversed(events), states[-2::-1], strict=True):
        answer = undo(me, event)
        assert answer.status == 200, answer.body
        assert differing(state, everything(me)) == []
    assert audit.findings() == []


def own(spec: Spec, record: dict[str, Any]) -> dict[str, Any]:
    """What a revert sets: the keys of a record itself, without what others say of it."""
    names = [name for name in record if spec.writable(name) or name == "entries"]
    return {name: record[name] for name in names if name not in spec.relations or spec.relations[name].owned}


@pytest.mark.parametrize("machine", range(20, 25), indirect=True)
def test_records_go_back_to_any_of_their_states(machine):
    me, told, number = machine.me, {}, 0
    for _ in range(2 * STEPS):
        answer = machine.step()
        if answer is None:
            continue
        for change in Change.objects.filter(event_id=event_of(answer)).exclude(after=None):
            spec = next(one for one in routes().values() if one.label == change.model)
            address = f"{spec.app}/{spec.segment}/{change.record_id}"
            read = me.get(address)
            if read.status == 200:
                told[address, event_of(answer)] = (spec, own(spec, read.record))
    past = [key for key in told if me.get(key[0]).status == 200]
    for address, event in machine.pick.sample(past, min(40, len(past))):
        spec, then = told[address, event]
        now = own(spec, me.get(address).record)
        answer = revert(me, address, event)
        if answer.status != 200:  # Something that it refers to is gone, or a rule does not allow it any more.
            assert answer.status in (400, 403), answer.body
            assert own(spec, me.get(address).record) == now
            continue
        number += 1
        assert own(spec, answer.record) == then
    assert number > 10
    assert audit.findings() == []
