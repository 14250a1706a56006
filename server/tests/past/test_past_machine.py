"""Whatever is done to a lab, an answer about a time is the one that was given then.

After every step of a random history, people are asked about the lab, and the answers are kept. In the end each is held
against what is said about its time. Those whose rights have changed must see nothing that they do not see today.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from brainstem.apps.users.models import Membership
from brainstem.core.models import ObjectRole

from ..lab import path_of
from ..people import Person, person
from .clock import Clock
from .steps import LISTS, Steps

DICE = st.randoms(use_true_random=True)
# Who has which role follows from today's, and groups that are gone since are left out: see docs/history.md.
OF_TODAY = frozenset({"authenticated_groups", "contributors", "groups_own_json"})


@dataclass
class Then:
    """What people were told at a time, and who held which roles."""

    at: str
    told: dict[tuple[str, str], Any] = field(default_factory=dict)
    roles: dict[str, dict[Any, int]] = field(default_factory=dict)
    there: set[Any] = field(default_factory=set)


class Past(RuleBasedStateMachine):
    """A lab in which something is written every minute."""

    clock: Clock
    done: Counter[Any]

    @initialize(dice=DICE)
    def start(self, dice: random.Random) -> None:
        self.before = transaction.savepoint()
        self.rng = random.Random(dice.random())
        alice, bob, admin = person("alice"), person("bob"), person("admin", admin=True)
        self.people = {"alice": alice, "bob": bob, "admin": admin.through("super")}
        self.lab = Steps(alice, bob, admin, self.rng)
        self.lab.start()
        self.kept: list[Then] = []
        self._ask()

    @rule()
    def write(self) -> None:
        for _ in range(self.rng.randint(1, 3)):
            self.lab.step()
        self._ask()

    def teardown(self) -> None:
        if hasattr(self, "kept"):
            try:
                self._compare()
            finally:
                self.done.update(self.lab.done)
                transaction.savepoint_rollback(self.before)

    # -- what is asked ----------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        asked = self._questions()
        told = {(name, one): _told(who, one) for name, who in self.people.items() for one in asked}
        then = Then(self.clock.tick(), told, {name: _roles(who) for name, who in self.people.items()})
        then.there = {one for held in then.roles.values() for one in held}
        self.kept.append(then)

    def _questions(self) -> list[str]:
        found = self.rng.sample(LISTS, 12)
        for kind in self.rng.sample(sorted(self.lab.ids), 8):
            if (one := self.lab.one(kind)) is not None:
                found.append(f"{path_of(kind)}/{one}")
        for kind, below in (
            ("session", "behaviors"),
            ("project", "sessions"),
            ("project", "cohorts"),
            ("subject", "licenses"),
        ):
            if (one := self.lab.one(kind)) is not None:
                found.append(f"{path_of(kind)}/{one}/{below}?limit=3")
        return found

    # -- what is found ----------------------------------------------------------------------------------------------

    def _compare(self) -> None:
        for then in self.kept:
            for (name, question), told in then.told.items():
                found = _told(self.people[name], question, as_of=then.at)
                # What others see has also changed where a record has moved to another project since.
                if name == "admin":
                    assert found == told, _difference(name, question, told, found)
                elif found[0] == 200:
                    self._only_seen_today(name, question, found[1], then)

    def _only_seen_today(self, name: str, question: str, found: Any, then: Then) -> None:
        """Every record that still exists, and is shown as it was, is one that is shown today."""
        path = question.partition("?")[0]
        if path.count("/") > 1 or "include" in question:
            return
        shown = {one["id"] for one in next(iter(found.values()))}
        everyone = _ids(self.people["admin"], path)
        seen = _ids(self.people[name], path)
        assert shown & everyone <= seen, (name, question)


def _ids(who: Person, path: str) -> set[Any]:
    return set(who.get(path, "limit=100").ids)


def _roles(who: Person) -> dict[Any, int]:
    held = dict(ObjectRole.objects.filter(user_id=who.user.pk).values_list("object_id", "level"))
    return held | dict(Membership.objects.filter(user_id=who.user.pk).values_list("group_id", "level"))


def _told(who: Person, question: str, *, as_of: str = "") -> tuple[int, Any]:
    sign = "&" if "?" in question else "?"
    answer = who.get(question + (f"{sign}as_of={as_of}" if as_of else ""))
    body = json.loads(_plain(answer.text, as_of)) if answer.text else None
    return answer.status, _without(body) if answer.status == 200 else None


def _plain(text: str, as_of: str) -> str:
    """Without the time in links to other pages."""
    return text.replace(f"&as_of={as_of.replace(':', '%3A')}", "").replace(f"?as_of={as_of.replace(':', '%3A')}", "?")


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without(one) for key, one in value.items() if key not in OF_TODAY}
    return [_without(one) for one in value] if isinstance(value, list) else value


def _difference(name: str, question: str, told: Any, found: Any) -> str:
    return f"{name} asked {question}\nthen: {json.dumps(told)[:6000]}\nnow:  {json.dumps(found)[:6000]}"


def walk(clock: Clock, *, other: int = 0, examples: int = 3, steps: int = 12) -> Counter[Any]:
    """Run the machine; how often each step had which status."""
    done: Counter[Any] = Counter()
    machine = type("Past", (Past,), {"clock": clock, "done": done})
    run_state_machine_as_test(
        seed(other)(machine),
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
            phases=[Phase.generate], report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    return done


@pytest.mark.slow
@pytest.mark.databases
def test_what_is_said_about_a_time_is_what_was_said_then(db, clock):
    done = walk(clock, other=random.randrange(10**6))
    assert sum(done.values()) > 25
