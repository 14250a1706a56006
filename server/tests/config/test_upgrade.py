"""The previous release serves on, with the tables of this one, until it is replaced."""

from __future__ import annotations

import json
import subprocess
import tarfile
import urllib.error
import urllib.request
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest

from ..places import somewhere
from ..served import ADD_PEOPLE, PASSWORD, PEOPLE, SERVER, Served, environment_of, free_port, manage, running

ROOT = SERVER.parent
# The commit that the previous release was made from; the release before the first one is a development version.
PREVIOUS = "46d1979e104cda9877df3431bf89a8f62e94fd08"


def previous_server(folder: Path) -> Path:
    """The code of the previous release, as its server folder."""
    command = ["git", "archive", "--format=tar", PREVIOUS, "server"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip(
            f"The previous release, commit {PREVIOUS}, is not in this copy of the repository: git fetch --unshallow"
        )
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "server"


@contextmanager
def served_by(code: Path, database: str, folder: Path):
    """A server that runs other code."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = environment_of(url, database, folder) | {"DJANGO_SETTINGS_MODULE": "brainstem.config.settings"}
    environment["PYTHONPATH"] = str(code)
    with running(environment, "--no-tasks", port=port, folder=folder, code=code):
        yield Served(url, environment)


def sign_in_page(served: Served) -> int:
    try:
        with urllib.request.urlopen(f"{served.url}/account/login/", timeout=30) as response:
            return 200 if "Password" in response.read().decode() else 0
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def has(served: Served, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"{served.url}{path}", timeout=30):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return False


def used(served: Served, name: str) -> dict[str, int]:
    """What comes of what people do most."""
    found = {}

    def send(what, *asked):
        try:
            found[what], body = served.send(*asked, who="alice")
        except AssertionError:  # an error without a code: Django's own page about a failure
            found[what], body = 500, {}
        return body

    made = send("create project", "POST", "private/stem/project/", {"name": name})
    project = made["project"]["id"] if "project" in made else "x"
    made = send("create", "POST", "private/stem/session/", {"name": name, "projects": [project]})
    session = made["session"]["id"] if "session" in made else "x"
    send("record", "GET", f"private/stem/session/{session}/?include[]=projects")
    send("list", "GET", "private/stem/session/?sort[]=-name&limit=20")
    send("filter", "GET", "private/stem/session/?filter{projects.name.icontains}=e")
    send("change", "PATCH", f"private/stem/session/{session}/", {"description": "changed"})
    send("history", "GET", f"private/stem/session/{session}/history/")
    send("delete", "DELETE", f"private/stem/session/{session}/")
    return found | {"sign in": sign_in_page(served)}


GOOD = {"create project": 201, "create": 201, "record": 200, "list": 200, "filter": 200, "change": 200, "history": 200,
        "delete": 204, "sign in": 200}  # fmt: skip
EXPANDED = [
    "ALTER TABLE stem_session ADD COLUMN later_text varchar(100) NULL",
    "ALTER TABLE stem_session ADD COLUMN later_number integer NOT NULL DEFAULT 7",
    "CREATE TABLE stem_later (id integer PRIMARY KEY, session_id integer NULL)",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('stem', '9999_later', '2027-01-01 00:00:00')",
]


@pytest.mark.slow
def test_the_previous_release_serves_on_with_the_tables_of_this_one(tmp_path):
    code = previous_server(tmp_path / "previous")
    assert not (code / "tests/config/test_upgrade.py").exists()
    with somewhere(tmp_path / "lab") as its:
        for statement in EXPANDED:  # as the next releases will
            its.rows(statement)
        people = {f"{name}@lab.example": PASSWORD for name in PEOPLE}
        manage(environment_of("http://127.0.0.1:1", its.url, tmp_path), "-c", ADD_PEOPLE, text=json.dumps(people))
        with served_by(code, its.url, tmp_path) as served:
            assert used(served, "Before") == GOOD
            assert has(served, "/healthz")
            assert not has(served, "/readyz")  # it is other code: this address is newer
            assert its.rows("SELECT count(*) FROM stem_session WHERE later_number <> 7") == [(0,)]
            # Something that our check of migrations refuses, which shows that this test notices it.
            its.rows("ALTER TABLE stem_session RENAME COLUMN description TO about")
            broken = used(served, "After")
            assert {what for what, status in broken.items() if status != GOOD[what]} >= {"create", "record", "list"}
