"""What a run exchanges with ``tests/both.py``: how tests ended, what they did, and which to leave out."""

from __future__ import annotations

import gc
import json
import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from .shapes import NOTES, Watch, watch

REPORT = os.environ.get("BRAINSTEM_TEST_REPORT")  # file to write
WATCHED = os.environ.get("BRAINSTEM_TEST_WATCH") == "on"
LEFT_OUT = os.environ.get("BRAINSTEM_TEST_LEFT_OUT")  # file with ids of tests
SHARE = int(os.environ.get("BRAINSTEM_TEST_SHARE") or 1)  # run one test in so many, always the same
# Processes started by these tests are clients: they have no database, and what they ask of a server is noted there.
CLIENT = Path(__file__).resolve().parents[2] / "client"
# A module that asks for the kind of database tests what differs between them; others say so by their mark.
ASKS_FOR_DATABASE = re.compile(r"^(?!\s*#).*\b(?:connection\.vendor|DIALECTS)\b", re.MULTILINE)


@cache
def asks_for_database(path: Path) -> bool:
    return ASKS_FOR_DATABASE.search(path.read_text(encoding="utf-8")) is not None


def is_chosen(test: str, share: int = SHARE) -> bool:
    """Whether a test is one of the share that is run."""
    return zlib.crc32(test.encode()) % share == 0


class Reporter:
    """A plugin of pytest."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.seen: dict[str, dict[str, Any]] = {}
        self.watch: Watch | None = None
        self.notes = Path(tempfile.gettempdir()) / f"brainstem-shapes-{os.getpid()}"
        if WATCHED:
            os.environ[NOTES] = str(self.notes)
            self.watch = watch()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Mark tests of pages, and deselect tests that need not run."""
        for item in items:
            if "browser" in getattr(item, "fixturenames", ()):
                item.add_marker("browser")
        named = json.loads(Path(LEFT_OUT).read_text()) if LEFT_OUT else {}
        left = [item for item in items if item.nodeid in named or not is_chosen(item.nodeid)]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item.nodeid not in named and is_chosen(item.nodeid)]

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Iterator[None]:
        """Look for no garbage among thousands of modules and tests, neither now nor later."""
        gc.disable()
        try:
            return (yield)
        finally:
            gc.freeze()
            gc.enable()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Record what a test does with the database."""
        if self.watch is None:
            return (yield)
        self.watch.begin()
        try:
            return (yield)
        finally:
            seen = self.watch.end().as_dict()
            self.seen[item.nodeid] = seen | {
                "processes": seen["processes"] and not item.path.is_relative_to(CLIENT),
                "about": item.get_closest_marker("databases") is not None or asks_for_database(item.path),
                "control": item.get_closest_marker("control") is not None,
                "browser": item.get_closest_marker("browser") is not None,
            }

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember how each test ended; with pytest-xdist this runs in the main process too."""
        if report.when == "call" or report.outcome != "passed":
            worst = self.outcomes.get(report.nodeid)
            self.outcomes[report.nodeid] = report.outcome if worst in {None, "passed"} else worst

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what a pytest-xdist worker saw."""
        self.seen.update(getattr(node, "workeroutput", {}).get("seen", {}))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report, or pass it to the process that does."""
        self.notes.unlink(missing_ok=True)
        if hasattr(session.config, "workerinput"):
            session.config.workeroutput["seen"] = self.seen
        elif REPORT:
            Path(REPORT).write_text(json.dumps({"outcomes": self.outcomes, "seen": self.seen}, sort_keys=True))
