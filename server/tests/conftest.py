"""What every test may use."""

import os
from collections import Counter
from pathlib import Path

import pytest
from django.db import connections

from .handlers import share_middleware
from .lab import Lab
from .people import Person, join_group, person, unique
from .reporter import Reporter
from .templates import copy_sqlite, postgres_template

share_middleware()


def pytest_configure(config: pytest.Config) -> None:
    """Take part in a run on two databases; not as hooks of this file, which know nothing of the client's tests."""
    config.pluginmanager.register(Reporter())


# --- facts of the contract -----------------------------------------------------------------------------------------

_facts: Counter[str] = Counter()


@pytest.fixture(scope="session")
def facts() -> Counter[str]:
    """Counts what was held against the contract, by kind; the sum stands at the end of the run."""
    return _facts


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the counts of a worker of pytest-xdist over."""
    if hasattr(session.config, "workerinput"):
        session.config.workeroutput["facts"] = dict(_facts)


def pytest_testnodedown(node, error) -> None:
    """Take over the counts of a worker of pytest-xdist."""
    _facts.update(getattr(node, "workeroutput", {}).get("facts", {}))


def pytest_terminal_summary(terminalreporter) -> None:
    """Say how much of the contract was checked."""
    if _facts:
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(_facts.items()))
        terminalreporter.write_line(f"contract: {sum(_facts.values())} facts checked ({kinds})")


# --- the database ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Start from a migrated database; whatever a package or a signal adds after migrations is added as ever."""
    database = connections.databases["default"]
    if database["ENGINE"].endswith("sqlite3"):
        copy_sqlite(Path(database["TEST"]["NAME"]))
    else:
        database["TEST"]["TEMPLATE"] = postgres_template(os.environ["DATABASE_URL"])


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """On SQLite the file is there already, and goes with the folder of the process."""
    return connections.databases["default"]["ENGINE"].endswith("sqlite3")


# --- people ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def alice(db):
    """Owns the lab."""
    return person("alice")


@pytest.fixture
def bob(db):
    """A member of the project, once ``lab`` is asked for."""
    return person("bob")


@pytest.fixture
def charlie(db):
    """A stranger."""
    return person("charlie")


@pytest.fixture
def dana(db):
    """Comes through a group, once ``lab`` is asked for."""
    return person("dana")


@pytest.fixture
def admin(db):
    """An administrator."""
    return person("admin", admin=True)


@pytest.fixture
def nobody(db):
    """Somebody without an account, in the public portal."""
    return Person(portal="public")


@pytest.fixture
def lab(alice, bob, dana, admin):
    """Alice's lab: Bob is a member of the project, Dana a contributor through a group."""
    made = Lab(alice, admin)
    group = join_group(unique("Group"), alice.user, dana.user)
    changed = alice.patch(
        f"stem/project/{made['project']}",
        {"users": {bob.email: {}}, "groups": {group.name: {"can_change": True}}},
    )
    assert changed.status == 200, changed.body
    return made
