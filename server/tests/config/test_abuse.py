"""Attacks on a served lab, in short: nobody else is held up, and what is too much is refused."""

import importlib
import sys

import pytest

from .conftest import DATABASE, ROOT, databases_of

sys.path.append(str(ROOT))
attacks = importlib.import_module("benchmarks.attacks")
measuring = importlib.import_module("benchmarks.attacks.measuring")
serving = importlib.import_module("benchmarks.attacks.serving")
abuse = importlib.import_module("benchmarks.abuse")


@pytest.fixture(scope="module")
def attacked(bench, tmp_path_factory):
    """A small lab, served as in production but for shorter deadlines."""
    abuse.allow_many_connections()
    url = databases_of(bench, f"migrated({DATABASE!r}, 'abuse')")
    with serving.serving(url, tmp_path_factory.mktemp("abuse"), abuse.databases.free_port(), attacks.SHORT) as served:
        yield served


@pytest.mark.slow
@pytest.mark.parametrize("attack", attacks.ATTACKS, ids=lambda attack: attack.name)
def test_a_server_holds_against(attack, attacked):
    found = measuring.measure(attacked, attack, attacks.SHORT)
    assert not found.breaches(attacks.SHORT), abuse.row(found, attacks.SHORT)
