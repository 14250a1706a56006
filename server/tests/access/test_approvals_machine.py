"""Four people and two catalogues, in any order of steps: what happens is what a plain model of the flow says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ..people import Person, person

PATHS = ("resources/supplier", "dissemination/journal")
PEOPLE = ("alice", "bob", "charlie", "admin")
AUTHORS = ("alice", "bob", "admin")
FIELDS = st.dictionaries(
    st.sampled_from(["name", "description", "website"]), st.sampled_from(["A", "B", "C"]), min_size=1
)
NAMES = st.sampled_from(["", *"ABCDE"])
BLANK = {"name": "", "description": "", "website": ""}


def typed(fields: dict[str, str]) -> dict[str, str]:
    """The fields as they are sent."""
    return {key: f"{value}.org" if key == "website" else value for key, value in fields.items()}


def meant(fields: dict[str, str]) -> dict[str, str]:
    """The fields as they are kept: a web address gets its scheme."""
    return {key: f"http://{value}" if key == "website" else value for key, value in typed(fields).items()}


@dataclass
class Proposal:
    """What is known of one: who made it, what it would make of which record, where it stands."""

    id: str
    path: str
    author: str
    asks: dict[str, str]
    shown: dict[str, str]
    record: str | None = None
    status: str = "Pending"

    @property
    def is_open(self) -> bool:
        return self.status in ("Pending", "Revision requested")


@dataclass
class Known:
    """What there should be."""

    records: dict[str, dict[str, dict[str, str]]] = field(default_factory=lambda: {path: {} for path in PATHS})
    proposals: dict[str, Proposal] = field(default_factory=dict)

    def taken(self, path: str, name: str | None, but: str | None = None) -> bool:
        return any(one["name"] == name for key, one in self.records[path].items() if key != but)


class Flow(RuleBasedStateMachine):
    """Alice and Bob propose, Charlie is a stranger, the administrator decides; everybody tries everything."""

    @initialize()
    def start(self) -> None:
        self.before = transaction.savepoint()
        self.known = Known()
        self.people: dict[str, Person] = {name: person(name, admin=name == "admin") for name in PEOPLE}
        for path in PATHS:
            made = self.people["admin"].make(path, name="Z")
            self.known.records[path][made["id"]] = BLANK | {"name": "Z"}

    def teardown(self) -> None:
        if hasattr(self, "before"):
            transaction.savepoint_rollback(self.before)

    def _proposal(self, data: Any) -> Proposal:
        return data.draw(st.sampled_from(list(self.known.proposals.values())))

    def _keep(self, path: str, who: str, answer: Any, asks: dict[str, str], record: str | None) -> None:
        assert list(answer.body) == [f"{path.rpartition('/')[2]}_approval"]
        shown = (BLANK if record is None else self.known.records[path][record]) | asks
        proposal = Proposal(answer.id, path, who, asks, shown, record)
        assert {key: answer.record[key] for key in shown} == shown
        self.known.proposals[answer.id] = proposal

    # -- steps -----------------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(AUTHORS), path=st.sampled_from(PATHS), name=NAMES, fields=FIELDS)
    def add(self, who: str, path: str, name: str, fields: dict[str, str]) -> None:
        fields |= {"name": name} if name else {}
        answer, asks = self.people[who].post(path, typed(fields)), meant(fields)
        if "name" not in asks or self.known.taken(path, asks["name"]):
            assert (answer.status, list(answer.body)) == (400, ["name"])
        elif who == "admin":
            assert answer.status == 201
            self.known.records[path][answer.id] = BLANK | asks
        else:
            assert answer.status == 201
            self._keep(path, who, answer, asks, None)

    @precondition(lambda self: any(self.known.records.values()))
    @rule(who=st.sampled_from(AUTHORS), data=st.data(), fields=FIELDS)
    def change(self, who: str, data: Any, fields: dict[str, str]) -> None:
        path, key = data.draw(st.sampled_from([(p, key) for p in PATHS for key in self.known.records[p]]))
        answer, record = self.people[who].patch(f"{path}/{key}", typed(fields)), self.known.records[path][key]
        asks = {name: value for name, value in meant(fields).items() if record[name] != value}
        if asks and self.known.taken(path, asks.get("name"), key):
            assert (answer.status, list(answer.body)) == (400, ["name"])
        elif who == "admin":
            assert answer.status == 200
            record.update(asks)
        elif not asks:
            assert (answer.status, list(answer.body)) == (400, ["non_field_errors"])
        else:
            assert answer.status == 200
            self._keep(path, who, answer, asks, key)

    @precondition(lambda self: self.known.proposals)
    @rule(who=st.sampled_from(PEOPLE), data=st.data(), fields=FIELDS)
    def amend(self, who: str, data: Any, fields: dict[str, str]) -> None:
        one = self._proposal(data)
        answer = self.people[who].patch(f"{one.path}approval/{one.id}", typed(fields))
        record = BLANK if one.record is None else self.known.records[one.path].get(one.record)
        new = {key: value for key, value in meant(fields).items() if one.shown[key] != value}
        if who not in (one.author, "admin"):
            assert answer.status == 404
        elif not one.is_open:
            assert answer.status == 409
        elif who != one.author:
            assert answer.status == 403
        elif not new:
            assert answer.status == 200
        elif record is None:
            assert answer.status == 409
        else:
            asks = one.asks | new
            if one.record is not None:
                asks = {key: value for key, value in asks.items() if record[key] != value}
            if not asks or self.known.taken(one.path, asks.get("name"), one.record):
                assert answer.status == 400
                return
            assert (answer.status, answer.record["status"]) == (200, "Pending")
            one.asks, one.shown, one.status = asks, record | asks, "Pending"

    @precondition(lambda self: self.known.proposals)
    @rule(
        who=st.sampled_from((*PEOPLE, "admin", "admin")),
        data=st.data(),
        action=st.sampled_from(["accept", "accept", "reject", "request_revision"]),
        method=st.sampled_from(["patch", "post"]),
    )
    def decide(self, who: str, data: Any, action: str, method: str) -> None:
        one = self._proposal(data)
        answer = self.people[who].request(method, f"{one.path}approval/{one.id}/{action}", {"comment": "Because."})
        if who not in (one.author, "admin"):
            assert answer.status == 404
        elif who != "admin":
            assert answer.status == 403
        elif not one.is_open:
            assert answer.status == 409
        elif action == "accept":
            self._accepted(one, answer)
        else:
            assert answer.status == 200
            one.status = {"reject": "Rejected", "request_revision": "Revision requested"}[action]

    @precondition(lambda self: any(one.is_open for one in self.known.proposals.values()))
    @rule(data=st.data())
    def accept(self, data: Any) -> None:
        """The step that leads on, often."""
        one = data.draw(st.sampled_from([one for one in self.known.proposals.values() if one.is_open]))
        self._accepted(one, self.people["admin"].patch(f"{one.path}approval/{one.id}/accept"))

    def _accepted(self, one: Proposal, answer: Any) -> None:
        records = self.known.records[one.path]
        if one.record is not None and one.record not in records:
            assert answer.status == 409
            return
        now = BLANK if one.record is None else records[one.record]
        asks = {key: value for key, value in one.asks.items() if now[key] != value}
        if self.known.taken(one.path, asks.get("name"), one.record):
            assert (answer.status, list(answer.body)) == (400, ["name"])
            return
        assert (answer.status, answer.record["status"]) == (200, "Accepted")
        one.status = "Accepted"
        if one.record is None:
            [made] = self.people["charlie"].get(one.path, f"filter{{name}}={one.asks['name']}").records
            assert made["created_by"] == self.people[one.author].user.pk
            records[made["id"]] = BLANK | one.asks
        else:
            now.update(asks)

    @precondition(lambda self: any(self.known.records.values()))
    @rule(who=st.sampled_from(PEOPLE), data=st.data())
    def delete(self, who: str, data: Any) -> None:
        path, key = data.draw(st.sampled_from([(p, key) for p in PATHS for key in self.known.records[p]]))
        assert self.people[who].delete(f"{path}/{key}").status == (204 if who == "admin" else 403)
        if who == "admin":
            del self.known.records[path][key]

    # -- what always holds -----------------------------------------------------------------------------------------

    @invariant()
    def the_catalogues_hold_what_was_accepted_and_nothing_else(self) -> None:
        for path in PATHS:
            shown = self.people["charlie"].get(path, "limit=100").records
            assert {one["id"]: {key: one[key] for key in BLANK} for one in shown} == self.known.records[path]

    @invariant()
    def everyone_sees_their_own_proposals_as_they_stand(self) -> None:
        for name in ("alice", "bob", "charlie"):
            for path in PATHS:
                answer = self.people[name].get(f"{path}approval", "limit=100")
                mine = {one.id: one for one in self.known.proposals.values() if (one.author, one.path) == (name, path)}
                assert {one["id"]: one["status"] for one in answer.records} == {k: p.status for k, p in mine.items()}
                assert answer.body["count"] == len(mine)
                for one in answer.records:
                    assert {key: one[key] for key in BLANK} == mine[one["id"]].shown

    @invariant()
    def no_proposal_is_found_by_others(self) -> None:
        for one in list(self.known.proposals.values())[-3:]:
            for name in {"alice", "bob", "charlie"} - {one.author}:
                assert self.people[name].get(f"{one.path}approval/{one.id}").status == 404


@pytest.mark.slow
@pytest.mark.django_db
def test_no_order_of_steps_lets_anyone_approve_their_own_or_shows_what_is_pending():
    run_state_machine_as_test(
        Flow,
        settings=settings(
            max_examples=16, stateful_step_count=30, deadline=None, database=None, report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
