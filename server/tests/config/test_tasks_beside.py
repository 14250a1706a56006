"""The worker beside the server: there, started again when it dies, and ended with it."""

import os
import signal
import sys
import time

import pytest

from brainstem.config import tasks_beside

PROGRAM = "import os,sys,time; open(sys.argv[1],'a').write(f'{os.getpid()}\\n'); time.sleep(float(sys.argv[2]))"


def pids(path):
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def eventually(true, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return False


def lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(tasks_beside, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(tasks_beside, "LONGEST_PAUSE", 0.2)


def test_a_worker_that_dies_is_started_again_and_the_last_one_ends_with_the_server(tmp_path, caplog):
    path = tmp_path / "pids"
    with tasks_beside.tasks_beside(command=(sys.executable, "-c", PROGRAM, str(path), "60")):
        assert eventually(lambda: len(pids(path)) == 1)
        os.kill(pids(path)[0], signal.SIGKILL)
        assert eventually(lambda: len(pids(path)) == 2)
        assert lives(pids(path)[1])
    assert not lives(pids(path)[1])
    assert "is started again" in caplog.text


def test_a_worker_that_does_not_listen_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(tasks_beside, "ENDS_WITHIN", 0.3)
    path = tmp_path / "pids"
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + PROGRAM
    with tasks_beside.tasks_beside(command=(sys.executable, "-c", deaf, str(path), "60")):
        assert eventually(lambda: len(pids(path)) == 1)
    assert not lives(pids(path)[0])


def test_no_worker_is_started_where_it_is_run_elsewhere(tmp_path):
    path = tmp_path / "pids"
    with tasks_beside.tasks_beside(wanted=False, command=(sys.executable, "-c", PROGRAM, str(path), "60")):
        time.sleep(0.3)
    assert pids(path) == []
