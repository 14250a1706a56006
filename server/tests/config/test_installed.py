"""The server as ``pip install`` puts it on a machine without the repository: set up, examined, tried and served."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import venv
import zipfile
from contextlib import contextmanager
from pathlib import Path

import django
import pytest

from brainstem.config.env_file import read
from brainstem.config.first_run import LOCAL_HOSTS

from ..served import SERVER, free_port, new_database, wait_until_healthy

pytestmark = pytest.mark.slow

ROOT = SERVER.parent
EMAIL, PASSWORD = "ada@lab.example", "seventeen grey herons"
MAIL = "smtp+tls://lab:password@mail.lab.example:587"
ALICE = {"username": "alice@example.org", "password": "demo-alice-hippocampus"}
# Everything that a server and its worker load, and where it comes from.
LOADED = """
import json, sys
import brainstem.config.wsgi
import brainstem.config.front.worker
import brainstem.config.housekeeping
from django.urls import get_resolver
get_resolver().url_patterns
files = [one.__file__ for one in list(sys.modules.values()) if getattr(one, "__file__", None)]
print(json.dumps({"brainstem": brainstem.__file__, "files": files, "path": sys.path}))
"""


def outside(*command, cwd, **settings):
    """Run a program to its end with nothing in its environment but these settings."""
    bare = {"PATH": os.defpath, "HOME": str(cwd), "LANG": "C.UTF-8"}
    return subprocess.run(
        list(map(str, command)), cwd=cwd, env=bare | settings, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of a copy, since building leaves files beside the source."""
    folder = tmp_path_factory.mktemp("wheel")
    left_out = shutil.ignore_patterns("tests", "__pycache__", "*.egg-info", "build")
    shutil.copytree(SERVER, folder / "server", symlinks=True, ignore=left_out)
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    done = outside(*pip, "--wheel-dir", folder, folder / "server", cwd=folder)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def programs(wheel, tmp_path_factory):
    """Folder of the programs of an environment with the wheel, and other people's packages from the one of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "--no-deps", "--no-index"]
    done = outside(*pip, "--quiet", "--disable-pip-version-check", wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    (packages,) = folder.glob("lib/python*/site-packages")
    # A path in a .pth file is searched, but its own .pth files, which lead to the repository, are not read.
    (packages / "others.pth").write_text(str(Path(django.__file__).parents[1]))
    return folder / "bin"


@pytest.fixture
def run(programs, tmp_path):
    """Runs the command in an empty folder."""

    def command(*arguments, **settings):
        return outside(programs / "brainstem-server", *arguments, cwd=tmp_path, **settings)

    return command


def test_everything_of_the_package_is_in_the_wheel(wheel):
    files = [path for path in (SERVER / "brainstem").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    wanted = {str(path.relative_to(SERVER)) for path in files}
    wanted |= {f"brainstem/contract/{path.name}" for path in (SERVER / "contract").glob("*.json")}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == wanted
    for part in ("templates/brainstem/base.html", "static/", "migrations/0001_first_release.py", "type_schemas/"):
        assert any(part in name for name in packed), part


def test_nothing_is_imported_from_the_repository(programs, tmp_path):
    done = outside(programs / "python", "-c", LOADED, cwd=tmp_path, DEBUG="on", BRAINSTEM_DATA_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    (packages,) = programs.parent.glob("lib/python*/site-packages")
    assert found["brainstem"] == str(packages / "brainstem" / "__init__.py")
    ours = [name for name in found["files"] if "/brainstem/" in name]
    assert len(ours) > 300
    assert [name for name in ours if not name.startswith(f"{packages}/brainstem/")] == []
    sources = tuple(f"{ROOT / part}{os.sep}" for part in ("server", "client"))
    assert [name for name in found["files"] if name.startswith(sources)] == []
    assert {str(ROOT), str(SERVER), str(ROOT / "client")}.isdisjoint(found["path"])


def test_the_contract_files_come_along_and_are_those_of_the_code(run, tmp_path):
    done = run("contract", "--check", DEBUG="on", BRAINSTEM_DATA_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr


# -- init and doctor ---------------------------------------------------------------------------------------------------


@pytest.fixture
def database(tmp_path):
    """Settings that name an empty PostgreSQL database, if there is one; SQLite needs none."""
    with new_database(tmp_path, migrated=False) as url:
        yield {"DATABASE_URL": url} if url.startswith("postgres") else {}


def test_a_server_is_set_up_by_init_and_doctor_says_what_is_left(run, tmp_path, database):
    env_file = tmp_path / "lab" / "brainstem.env"
    done = run("init", "lab", **database)
    assert done.returncode == 1
    assert "There is no administrator yet." in done.stderr
    assert "Loading the catalogue." in done.stdout
    written = env_file.read_bytes()
    key = read(env_file)["SECRET_KEY"]

    done = run("init", "lab", "--email", EMAIL, BRAINSTEM_ADMIN_PASSWORD=PASSWORD)
    assert done.returncode == 0, done.stderr
    assert f"{EMAIL} is the administrator." in done.stdout
    next_commands = [line.strip() for line in done.stdout.partition("\nNext:\n")[2].splitlines()]
    assert next_commands[0] == f"export BRAINSTEM_ENV_FILE={env_file}"

    again = run("init", "lab", "--email", "eve@lab.example", BRAINSTEM_ADMIN_PASSWORD=PASSWORD)
    assert again.returncode == 0, again.stderr
    for part in (
        "nothing in it was changed",
        "database is there",
        "catalogue has entries",
        "is an administrator already",
    ):
        assert part in again.stdout
    assert env_file.read_bytes() == written
    told = done.stdout + done.stderr + again.stdout + again.stderr
    assert key not in told
    assert PASSWORD not in told

    examined = run("doctor", BRAINSTEM_ENV_FILE=str(env_file))
    assert examined.returncode == 1
    assert examined.stdout == (
        "- EMAIL_URL is not set: emails are printed, not sent. "
        "Set it to your mail server: EMAIL_URL=smtp+tls://user:password@mail.example.org:587\n"
    )
    assert "1 to fix." in examined.stderr
    mended = env_file.read_text().replace("#EMAIL_URL=smtp", f"EMAIL_URL={MAIL}\n#EMAIL_URL=smtp")
    env_file.write_text(mended)
    examined = run("doctor", BRAINSTEM_ENV_FILE=str(env_file))
    assert (examined.returncode, examined.stdout) == (0, "Ready.\n"), examined.stderr


# -- demo --serve ------------------------------------------------------------------------------------------------------


@contextmanager
def demo(programs, folder, *options, **settings):
    """``demo --serve`` for the duration of the block; its URL, its port, and the file with what it prints."""
    port, printed = free_port(), folder / "printed.txt"
    bare = {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8"}
    with printed.open("wb") as output:
        process = subprocess.Popen(
            [str(programs / "brainstem-server"), "demo", "--serve", "--port", str(port), *options], cwd=folder,
            env=bare | settings, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", process, printed, seconds=300)
        yield f"http://127.0.0.1:{port}", port, printed
        process.terminate()
        assert process.wait(30) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # its workers are in the process group of its own
            process.wait()


def fetched(url, *, data=None, **headers):
    """Status, type and body of a response."""
    body = None if data is None else urllib.parse.urlencode(data).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as response:
            return response.status, response.headers.get_content_type(), response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get_content_type(), error.read()


def is_listening(host, port):
    with socket.socket() as probe:
        probe.settimeout(10)
        return probe.connect_ex((host, port)) == 0


def test_a_demo_is_served_from_an_empty_folder_and_goes_on_after_a_restart(programs, tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    with new_database(tmp_path) as url:
        settings = {"DATABASE_URL": url}
        with demo(programs, folder, "--no-tasks", **settings) as (server, port, printed):
            text = printed.read_text()
            assert f"{ALICE['username']:<18} {ALICE['password']}" in text
            assert "its passwords are known to everyone" in text
            status, kind, page = fetched(f"{server}/public/")
            assert (status, kind) == (200, "text/html")
            style = re.search(rb'<link[^>]+href="(/static/[^"]+\.css[^"]*)"', page)[1].decode()
            assert fetched(f"{server}{style}")[:2] == (200, "text/css")
            status, _, body = fetched(f"{server}/api/public/stem/project/")
            assert [one["name"] for one in json.loads(body)["projects"]] == [
                "Open recordings of hippocampal place cells"
            ]
            assert fetched(f"{server}/api/private/stem/session/")[0] == 401
            status, _, body = fetched(f"{server}/api/token/", data=ALICE)
            assert status == 200
            bearer = {"Authorization": f"Bearer {json.loads(body)['token']}"}
            assert not is_listening("127.0.0.2", port)
            status, _, body = fetched(f"{server}/nowhere/")
            assert (status, b"DEBUG" in body) == (404, False)
        kept = folder / "brainstem-demo"
        assert kept.stat().st_mode & 0o777 == 0o700
        key = (kept / "secret_key").read_text()
        assert (kept / "secret_key").stat().st_mode & 0o777 == 0o600
        assert key not in printed.read_text()
        with demo(programs, folder, "--no-tasks", "--host", "0.0.0.0", **settings) as (server, port, printed):
            assert "The demo lab already exists." in printed.read_text()
            assert "whoever reaches that address can use it" in printed.read_text()
            assert is_listening("127.0.0.2", port)
            assert fetched(f"{server}/api/private/stem/session/", **bearer)[0] == 200
    assert {path.name for path in folder.iterdir()} == {"brainstem-demo", "printed.txt"}


def test_a_demo_stays_out_of_the_database_of_a_lab(programs, tmp_path):
    with new_database(tmp_path) as url:
        settings = {"DATABASE_URL": url, "SECRET_KEY": "abcdefghij" * 6, "ALLOWED_HOSTS": ",".join(LOCAL_HOSTS)}
        settings |= {"BRAINSTEM_URL": "http://localhost:8000", "BRAINSTEM_ADMIN_PASSWORD": PASSWORD}
        made = ("init", "lab", "--no-catalogue", "--email", EMAIL)
        done = outside(programs / "brainstem-server", *made, cwd=tmp_path, **settings)
        assert done.returncode == 0, done.stderr
        done = outside(programs / "brainstem-server", "demo", "--serve", cwd=tmp_path, **settings)
    assert done.returncode == 1
    assert "known passwords do not belong there" in done.stderr
    assert "Listening" not in done.stdout
