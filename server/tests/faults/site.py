"""A lab served as in production, with several workers and a worker of tasks, whose processes can be ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path

from ..served import SERVER, Served, free_port, running
from ..templates import connected, copy_sqlite, named, postgres_template
from . import clock
from .asking import Caller, Outcome, Tally
from .cluster import DISK_MB, Cluster
from .disk import small_disk
from .load import SUBJECTS
from .mailbox import Mailbox, mailbox

DATABASE = "lab"
PERSON = "alice"
WELL_S = 60.0
PAUSE_S = 0.05  # between two emails that are queued: about as many as the worker does
ADD_PERSON = """
import sys, django
django.setup()
from django.contrib.auth import get_user_model
from brainstem.apps.users import tokens
users = get_user_model().objects
for name in ("alice", "admin"):
    add = users.create_superuser if name == "admin" else users.create_user
    user = add(email=f"{name}@lab.example", password=None)
    print(tokens.create_personal(user, name="faults", address="127.0.0.1").raw)
"""


@dataclass
class Site:
    """A running lab."""

    url: str
    folder: Path
    environment: dict[str, str] = field(repr=False)
    token: str = field(repr=False)
    facts: dict[str, str]  # ids of a project and a strain
    process: subprocess.Popen[bytes] = field(repr=False)
    mails: Mailbox = field(repr=False)
    cluster: Cluster | None = None

    @property
    def disk(self) -> Path:
        """Where the database is."""
        return self.cluster.folder if self.cluster else self.data

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def workers(self) -> list[int]:
        """Processes that serve."""
        return self._children("brainstem.config.front")

    def task_workers(self) -> list[int]:
        """Processes that do tasks."""
        return self._children("tasks")

    def _children(self, word: str) -> list[int]:
        found = []
        for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            with_words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if word.encode() in with_words:
                found.append(int(pid))
        return found

    def caller(self, tally: Tally | None = None) -> Caller:
        """Somebody who may write."""
        return Caller(self.url, self.token, tally or Tally())

    def is_well(self) -> bool:
        """Whether reading and the page to sign in work, and the server says that it is ready."""
        return not self.trouble()

    def trouble(self) -> str:
        """What is not well; empty if nothing is."""
        caller = self.caller()
        said = {path: caller.send("GET", path) for path in ("/readyz", f"{SUBJECTS}?limit=1", "/account/login/")}
        caller.close()
        return "".join(f"{path}: {one}\n" for path, one in said.items() if one.outcome is not Outcome.DONE)

    def time(self) -> float:
        """Seconds since 1970 by the clock of the server."""
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=10) as response:
            return parsedate_to_datetime(response.headers["Date"]).timestamp()

    def log(self) -> str:
        """What the server has logged."""
        return (self.folder / "served.log").read_text()


class Queue:
    """A program beside the server that queues emails, one after the other, and what it knows to be queued."""

    def __init__(self, site: Site) -> None:
        self.queued: list[str] = []
        self._stop = threading.Event()
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("queueing.py"))],
            env=site.environment, cwd=SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"
        self._thread = threading.Thread(target=self._work)

    def _work(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        while not self._stop.is_set():
            print(f"person-{os.getpid()}-{time.monotonic_ns()}@lab.example", file=self._process.stdin, flush=True)
            said = self._process.stdout.readline().split()
            if said[:1] == ["queued"]:
                self.queued.append(said[1])
            self._stop.wait(PAUSE_S)

    def __enter__(self) -> Queue:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._process.communicate()


def wait_for(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Return when something is true.

    Raises
    ------
    TimeoutError
        If it does not become true in time.
    """
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"After {seconds:.0f} s it still does not hold that {what}.")
        time.sleep(0.1)


def kill(pids: list[int]) -> None:
    """End processes as an out-of-memory killer does."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


@contextmanager
def site(folder: Path, *, cluster: Cluster | None = None, workers: int = 2, **settings: str) -> Iterator[Site]:
    """A lab on a PostgreSQL server of its own, or in a SQLite file."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    (folder / "data").mkdir(parents=True)
    with small_disk(folder / "data", DISK_MB), mailbox() as mails:
        environment = _environment(url, _database(folder, cluster), folder) | {"EMAIL_URL": mails.url} | settings
        environment |= clock.settings_of(folder)
        alice, admin = _people(environment)
        with running(environment, "--workers", str(workers), port=port, folder=folder) as process:
            facts = _facts(Served(url, environment, {"admin": admin, "alice": alice}))
            yield Site(url, folder, environment, alice, facts, process, mails, cluster)


def _facts(served: Served) -> dict[str, str]:
    strain = served.one("taxonomies/strain", "C57BL/6J", species=served.one("taxonomies/species", "Mus musculus"))
    status, body = served.send("POST", "private/stem/project/", {"name": "Under load"}, who="alice")
    assert status == 201, body
    return {"project": str(body["project"]["id"]), "strain": strain}


def _people(environment: dict[str, str]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", ADD_PERSON], env=environment, cwd=SERVER, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def _database(folder: Path, cluster: Cluster | None) -> str:
    if cluster is None:
        copy_sqlite(folder / "data" / "lab.sqlite3")
        return f"sqlite:///{folder / 'data' / 'lab.sqlite3'}"
    template = postgres_template(cluster.url)
    with connected(cluster.url) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE "{template}"'.encode())
    return named(cluster.url_with_standby, DATABASE)


def _environment(url: str, database: str, folder: Path) -> dict[str, str]:
    """As in production, but for the address."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BRAINSTEM_", "DJANGO_"))}
    kept.pop("DEBUG", None)
    return kept | {
        "DJANGO_SETTINGS_MODULE": "brainstem.config.settings",
        "PYTHONPATH": str(SERVER),
        "DATABASE_URL": database,
        "BRAINSTEM_DATA_DIR": str(folder / "data"),
        "BRAINSTEM_URL": url,
        "BRAINSTEM_THROTTLE": "off",
        "BRAINSTEM_MAX_CONNECTIONS_PER_ADDRESS": "1000",  # everybody is on this machine
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECRET_KEY": "of-a-lab-that-breaks-and-is-gone-in-minutes-" + "xyzabc" * 6,
        "LOG_LEVEL": "WARNING",
    }
