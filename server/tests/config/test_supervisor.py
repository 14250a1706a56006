"""The processes that the server keeps running: started again when they die, and ended with it."""

import os
import signal
import sys
import threading

import pytest

from brainstem.config.front import supervisor
from brainstem.config.front.supervisor import Child

from ..waiting import eventually

PROGRAM = "import os,sys,time; open(sys.argv[1],'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + PROGRAM


def pids(path):
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def supervised(program, path, *, until, stop_s=5.0):
    """Supervise one process; SIGTERM comes as soon as ``until`` is true."""

    def stop():
        eventually(until)
        os.kill(os.getpid(), signal.SIGTERM)

    stopper = threading.Thread(target=stop)
    stopper.start()
    supervisor.supervise([Child("trial", [sys.executable, "-c", program, str(path)])], stop_s=stop_s)
    stopper.join()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(supervisor, "LIVES_S", 0.05)
    monkeypatch.setattr(supervisor, "KILL_AFTER_S", 0.3)


def test_a_process_that_dies_is_started_again_and_the_last_one_ends_with_the_server(tmp_path, caplog):
    path = tmp_path / "pids"

    def died_and_came_back():
        found = pids(path)
        if len(found) == 1 and lives(found[0]):
            os.kill(found[0], signal.SIGKILL)
        return len(found) == 2

    supervised(PROGRAM, path, until=died_and_came_back)
    assert not any(map(lives, pids(path)))
    assert "is being restarted" in caplog.text


def test_a_process_that_does_not_listen_is_killed(tmp_path):
    path = tmp_path / "pids"
    supervised(DEAF, path, until=lambda: pids(path), stop_s=0.1)
    assert not lives(pids(path)[0])


def test_the_worker_of_tasks_is_told_beside_which_process_it_runs():
    told = supervisor.tasks().command[1:]
    assert told[:-1] == ["-m", "brainstem.config", "tasks", "--beside", str(os.getpid()), "--name"]


def test_the_worker_of_tasks_keeps_its_name_for_as_long_as_the_server_runs():
    first, other = supervisor.tasks(), supervisor.tasks()
    assert len(first.command[-1]) == 16
    assert first.command[-1] != other.command[-1]
