"""What is hidden is hidden in the past too: two worlds that differ in it give the same bytes about every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from brainstem.core.model.registry import specs

from ..access.comparison import Seen, read
from ..access.questions import Ask, readable, records_of, told_apart, values_of_rows
from ..access.worlds import HIDDEN, Hidden, World, path_of, visible_world
from ..access.writes import Scribe

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
Listed = dict[str, dict[str, list[Any]]]
READERS = ("owner", "member", "contributor", "stranger", "bound")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[tuple[World, list[str], Listed]]:
    """A lab with a past, times in it, and what each reader reads today."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = visible_world()
        times = [_now()]
        _change(made)
        yield made, [*times, _now()], {name: records_of(made.readers[name]) for name in READERS}
        transaction.set_rollback(True)


def _now() -> str:
    return timezone.now().isoformat().replace("+00:00", "Z")


def _change(world: World) -> None:
    """Something of everything: fields, links, tags, roles, and records that go and come."""
    lab, alice = world.lab, world.alice
    alice.patch(f"stem/session/{lab['session']}", {"description": "Changed.", "tags": ["new"], "datastorage": []})
    alice.patch(f"stem/subject/{lab['subject']}", {"genotype": "KO", "licenses": []})
    alice.patch(
        f"stem/project/{lab['project']}", {"description": "Changed.", "users": {world.bob.email: {"can_change": True}}}
    )
    alice.patch(f"modules/procedure/{lab['procedure']}", {"notes": "Changed.", "brain_region": lab["brainregion"]})
    alice.patch(f"{path_of('setup')}/{lab['setup']}", {"location": "Room 9"})
    for name in ("epoch", "collection", "behavior"):
        assert alice.delete(f"{path_of(name)}/{lab.add(name)['id']}").status == 204
    lab.add("session", tags=["late"]), lab.add("subject")


@pytest.mark.parametrize("case", HIDDEN)
def test_something_hidden_changes_no_answer_about_the_past(world, case):
    told = differences(*world, case, reads=20)
    assert not told, "\n".join(told)


def differences(world: World, times: list[str], listed: Listed, case: str, *, reads: int) -> list[str]:
    """What readers can tell the worlds apart by."""
    before = values_of_rows()
    with transaction.atomic():
        HIDDEN[case](Hidden(world))
        latest = _now()
        seen, hidden = told_apart(before, values_of_rows())
        rounds = []
        for name in READERS:
            scribe = Scribe(f"{case} {name}", world.readers[name].portal, seen, hidden, listed[name])
            rounds.append((name, _questions(scribe, [*times, latest], reads)))
        beside = [[read(world.readers[name], ask) for ask in asks] for name, asks in rounds]
        transaction.set_rollback(True)
    found = []
    for (name, asks), told in zip(rounds, beside, strict=True):
        for ask, there in zip(asks, told, strict=True):
            here = read(world.readers[name], ask)
            if here != there:
                found.append(f"{name}: {ask}\n  {_shown(there)}\n  {_shown(here)}")
    return found


def _questions(scribe: Scribe, times: list[str], number: int) -> list[Ask]:
    models = [spec for spec in specs().values() if readable(spec, scribe.portal)]
    asks = [one for one in scribe.reads(number) if one.method == "get"]
    asks += [Ask("get", f"{spec.app}/{spec.segment}", "limit=100") for spec in scribe.pick.sample(models, 6)]
    return [_about(one, scribe.pick.choice(times)) for one in asks]


def _about(ask: Ask, at: str) -> Ask:
    return replace(ask, query="&".join(filter(None, [ask.query, f"as_of={at}"])))


def _shown(answers: list[Seen]) -> str:
    return " | ".join(f"{one.status} {one.text[:600]}" for one in answers)
