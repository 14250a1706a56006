"""A served server does what is queued, in a process of its own that ends with it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ..served import SERVER, environment_of, free_port, manage, new_database, running

ATTEMPTS = """
import sys, time, django
django.setup()
from django.db import connection
from django_tasks_db.models import DBTaskResult
from brainstem.core.models import TaskWorker
for _ in range(300):
    if TaskWorker.objects.exists() and not DBTaskResult.objects.exists():
        break
    time.sleep(0.2)
else:
    sys.exit("The task was not done.")
"""


def ended(pid: int, seconds: float = 30) -> bool:
    """Whether a process that is not our child ends in time; one that nobody has buried yet has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
def test_serve_does_what_is_queued_by_another_process(tmp_path):
    port = free_port()
    with new_database(tmp_path) as database:
        environment = environment_of(f"http://127.0.0.1:{port}", database, tmp_path)
        environment["EMAIL_URL"] = f"filemail:///{tmp_path}/mails"
        with running(environment, port=port, folder=tmp_path):
            manage(environment, "-m", "brainstem.config", "invite", "zoe@lab.example")
            manage(environment, "-c", ATTEMPTS)
    [sent] = (tmp_path / "mails").iterdir()
    assert "To: zoe@lab.example" in sent.read_text()


STARTER = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "brainstem.config", "tasks", "--beside", str(os.getpid())])
print(child.pid, flush=True)
time.sleep(120)
"""


def test_a_worker_ends_when_its_server_is_killed(tmp_path):
    # No tables: it waits for them, as for a database that is gone.
    environment = environment_of("http://127.0.0.1:1", f"sqlite:///{tmp_path}/empty.sqlite3", tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", STARTER], env=environment, cwd=SERVER, stdout=subprocess.PIPE, text=True
    ) as server:
        pid = int(server.stdout.readline())
        server.send_signal(signal.SIGKILL)
        server.wait(10)
        try:
            assert ended(pid)
        finally:
            if not ended(pid, 0.1):
                os.kill(pid, signal.SIGKILL)
