"""Whatever breaks, nothing that was acknowledged is lost, and every refusal is a clear one."""

from __future__ import annotations

import os
import sqlite3

import pytest

from ..templates import connected, named
from . import crowd
from .asking import Outcome
from .cases import FAULTS, SHORT
from .load import at_work
from .restored import back_up, restored
from .site import DATABASE, wait_for
from .trial import lab, tried

KIND = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def its(tmp_path_factory):
    """A served lab, on a database that nobody else uses."""
    with lab(KIND, tmp_path_factory.mktemp("faults"), **dict(SHORT.settings)) as found:
        yield found


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_nothing_is_lost_when(fault, its):
    if missing := fault.missing(its):
        pytest.skip(missing)
    found = tried(its, fault, SHORT)
    assert (found.failures, found.lost) == (0, []), found.row()
    assert found.tally.requests >= 2 * SHORT.progress
    assert found.tasks > 0
    assert found.refused > 0 or not fault.refuses, found.row()


def test_many_people_are_served_and_no_process_grows(its):
    seen = crowd.gathered(its, crowd.SHORT)
    # A machine that is busy with other tests may ask some to try again, within the short limits of this lab.
    assert (seen.tally.strange, seen.tally.outcomes[Outcome.CUT]) == ([], 0), seen.row()
    assert (seen.checked.lost, seen.checked.doubled, seen.growth_mb > crowd.MOST_GROWTH_MB) == ([], [], False)
    assert seen.tally.outcomes[Outcome.DONE] > crowd.SHORT.readers


def test_nothing_is_lost_when_an_empty_machine_takes_over_from_a_backup(its, tmp_path):
    with at_work(its.url, its.token, its.facts, writers=2, readers=0) as load:
        wait_for(lambda: load.done() > SHORT.progress, 60, "subjects are added")
    with at_work(its.url, its.token, its.facts, writers=1, readers=1):
        back_up(its, tmp_path / "backups")
    with restored(its, tmp_path / "backups", tmp_path / "elsewhere") as caller:
        found = load.check(caller)
        assert (found.lost, found.doubled) == ([], [])
        assert load.writers[0].known
        assert caller.tally.outcomes[Outcome.DONE] > 0


@pytest.mark.control
def test_a_loss_is_noticed(its):
    with at_work(its.url, its.token, its.facts, writers=1, readers=0) as load:
        wait_for(lambda: len(load.writers[0].known) > 3, 60, "subjects are added")
    one = next(one for one in load.writers[0].known.values() if len(one.may_be) == 1 and None not in one.may_be)
    change = f"UPDATE stem_subject SET description = 'as before' WHERE name = '{one.name}'"
    if its.cluster is None:
        with sqlite3.connect(its.data / "lab.sqlite3") as file:
            assert file.execute(change).rowcount == 1
        file.close()
    else:
        with connected(named(its.cluster.url_now, DATABASE)) as database:
            assert database.execute(change.encode()).rowcount == 1
    caller = its.caller()
    [lost] = load.check(caller).lost
    caller.close()
    assert "is 'as before', not" in lost
