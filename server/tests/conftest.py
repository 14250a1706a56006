"""What every test may use, and the report by which runs on two databases are compared."""

import json
import os
from pathlib import Path

import pytest

REPORT = os.environ.get("BRAINSTEM_TEST_REPORT")
_outcomes: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember how each test ended; with pytest-xdist this runs in the main process too."""
    if report.when == "call" or report.outcome != "passed":
        worst = _outcomes.get(report.nodeid)
        _outcomes[report.nodeid] = report.outcome if worst in {None, "passed"} else worst


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the outcomes for ``tests/both.py``."""
    if REPORT and not hasattr(session.config, "workerinput"):
        Path(REPORT).write_text(json.dumps(_outcomes, indent=0, sort_keys=True))


@pytest.fixture(scope="session")
def shared_folder() -> Path | None:
    """The contract and the example data beside the repository, or None where they are absent."""
    folder = Path(__file__).resolve().parents[2].parent / "shared"
    return folder if folder.is_dir() else None
