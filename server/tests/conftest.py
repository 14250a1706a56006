"""Fixtures for all tests."""

import os
from collections import Counter
from pathlib import Path

import pytest
from django.db import connections

from .buckets import bucket, s3, stored_in
from .emptying import empty_quickly
from .handlers import share_middleware
from .lab import Lab
from .people import Person, join_group, person, unique
from .reporter import Reporter
from .templates import copy_sqlite, postgres_template

__all__ = ["bucket", "s3", "stored_in"]  # fixtures

share_middleware()
empty_quickly()


def pytest_configure(config: pytest.Config) -> None:
    """Take part in a run on two databases; not as hooks of this file, which know nothing of the client's tests."""
    config.pluginmanager.register(Reporter())


# --- facts of the contract -----------------------------------------------------------------------------------------

_facts: Counter[str] = Counter()


@pytest.fixture(scope="session")
def facts() -> Counter[str]:
    """Counts the checks against the contract, by kind; the totals are shown at the end of the run."""
    return _facts


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Pass on the counts of a pytest-xdist worker."""
    if hasattr(session.config, "workerinput"):
        session.config.workeroutput["facts"] = dict(_facts)


def pytest_testnodedown(node, error) -> None:
    """Add the counts of a pytest-xdist worker."""
    _facts.update(getattr(node, "workeroutput", {}).get("facts", {}))


def pytest_terminal_summary(terminalreporter) -> None:
    """Say how much of the contract was checked."""
    if _facts:
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(_facts.items()))
        terminalreporter.write_line(f"contract: {sum(_facts.values())} facts checked ({kinds})")


# --- the database ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Start from a migrated database; what packages or signals add after migrations is added as usual."""
    database = connections.databases["default"]
    if database["ENGINE"].endswith("sqlite3"):
        copy_sqlite(Path(database["TEST"]["NAME"]))
    else:
        database["TEST"]["TEMPLATE"] = postgres_template(os.environ["DATABASE_URL"])


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """On SQLite the file already exists, and is deleted with the folder of the process."""
    return connections.databases["default"]["ENGINE"].endswith("sqlite3")


# --- people ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def alice(db):
    """Owns the lab."""
    return person("alice")


@pytest.fixture
def bob(db):
    """A member of the project, if ``lab`` is requested."""
    return person("bob")


@pytest.fixture
def charlie(db):
    """A stranger."""
    return person("charlie")


@pytest.fixture
def dana(db):
    """Has access through a group, if ``lab`` is requested."""
    return person("dana")


@pytest.fixture
def admin(db):
    """An administrator."""
    return person("admin", admin=True)


@pytest.fixture
def nobody(db):
    """A visitor without an account, in the public portal."""
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
