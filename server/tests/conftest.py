"""What every test may use, and the report by which runs on two databases are compared."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from django.db import connections

from .handlers import share_middleware
from .lab import Lab
from .people import Person, join_group, person, unique
from .templates import copy_sqlite, postgres_template

REPORT = os.environ.get("BRAINSTEM_TEST_REPORT")
LEFT_OUT = "left out"
STARTS_PROCESSES = {"served", "Served", "subprocess", "new_database", "manage", "running", "DATABASE", "databases_of"}
ONLY_DATABASE = os.environ.get("BRAINSTEM_TEST_ONLY_DATABASE") == "on"
_outcomes: dict[str, str] = {}

share_middleware()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot differ between databases, where a second run is after that only."""
    if not ONLY_DATABASE:
        return
    kept = [item for item in items if touches_database(item)]
    left_out = list(set(items).difference(kept))
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept
    _outcomes.update({item.nodeid: LEFT_OUT for item in left_out})


def touches_database(item: pytest.Item) -> bool:
    """Whether a test asks the database, itself or through a server of its own, and without a browser.

    What a page shows in a browser is made of what tests without one see on both databases.
    """
    fixtures = set(getattr(item, "fixturenames", ()))
    if "browser" in fixtures:
        return False
    if fixtures & {"db", "transactional_db"} or item.get_closest_marker("django_db"):
        return True
    # Servers and commands that are started with the environment of the tests have its database.
    definitions = item._fixtureinfo.name2fixturedefs.values()  # as pytest's own --fixtures-per-test reads them
    makers = [item.function, *(one.func for found in definitions for one in found)]
    return any(STARTS_PROCESSES & getattr(maker, "__globals__", {}).keys() for maker in makers)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember how each test ended; with pytest-xdist this runs in the main process too."""
    if report.when == "call" or report.outcome != "passed":
        worst = _outcomes.get(report.nodeid)
        _outcomes[report.nodeid] = report.outcome if worst in {None, "passed"} else worst


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the outcomes for ``tests/both.py``."""
    if hasattr(session.config, "workerinput"):
        session.config.workeroutput["facts"] = dict(_facts)
        session.config.workeroutput["left_out"] = [name for name, said in _outcomes.items() if said == LEFT_OUT]
    if REPORT and not hasattr(session.config, "workerinput"):
        Path(REPORT).write_text(json.dumps(_outcomes, indent=0, sort_keys=True))


# --- facts of the contract -----------------------------------------------------------------------------------------

_facts: Counter[str] = Counter()


@pytest.fixture(scope="session")
def facts() -> Counter[str]:
    """Counts what was held against the contract, by kind; the sum stands at the end of the run."""
    return _facts


def pytest_testnodedown(node, error) -> None:
    """Take over the counts of a worker of pytest-xdist."""
    found = getattr(node, "workeroutput", {})
    _facts.update(found.get("facts", {}))
    _outcomes.update(dict.fromkeys(found.get("left_out", ()), LEFT_OUT))


def pytest_terminal_summary(terminalreporter) -> None:
    """Say how much of the contract was checked."""
    if _facts:
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(_facts.items()))
        terminalreporter.write_line(f"contract: {sum(_facts.values())} facts checked ({kinds})")


@pytest.fixture(scope="session")
def shared_folder() -> Path | None:
    """The contract and the example data beside the repository, or None where they are absent."""
    folder = Path(__file__).resolve().parents[2].parent / "shared"
    return folder if folder.is_dir() else None


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
