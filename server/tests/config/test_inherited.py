"""A socket that systemd opened: the server serves on it, and refuses anything else that is passed to it."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest

from ..served import SERVER, START_SECONDS, environment_of, free_port, new_database

# What systemd does: puts the descriptor third and names the process, which then becomes the server.
PASS = """
import os, sys
descriptor, count, pid, *command = sys.argv[1:]
if descriptor != "-":
    os.dup2(int(descriptor), 3)
os.environ.update(LISTEN_FDS=count, LISTEN_PID=pid or str(os.getpid()), LISTEN_FDNAMES="brainstem-server.socket")
os.execv(sys.executable, [sys.executable, *command])
"""
TAKE = """
import os
from brainstem.config.front import inherited
try:
    found = inherited.listener(os.environ)
except ValueError as error:
    print("refused:", error)
else:
    print(found.getsockname()[1] if found else None, sorted(name for name in os.environ if name.startswith("LISTEN")))
    print(found is not None and os.get_inheritable(found.fileno()))
"""
SERVE = ("-m", "brainstem.config", "serve", "--no-tasks", "--threads", "1", "--port", "1")


def listening(family=socket.AF_INET, address=("127.0.0.1", 0)):
    return socket.create_server(address, family=family)


def connection():
    with listening() as other:
        return socket.create_connection(other.getsockname())


def passing(descriptor, *command, count="1", pid=""):
    return [sys.executable, "-c", PASS, str(descriptor), count, pid, *command]


def taken(passed, **told):
    """What the server says about what it was passed."""
    done = subprocess.run(
        passing(passed.fileno() if passed else "-", "-c", TAKE, **told), cwd=SERVER, capture_output=True, text=True,
        check=False, pass_fds=[passed.fileno()] if passed else [], timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_socket_is_taken_and_not_announced_to_other_processes():
    with listening() as passed:
        assert taken(passed) == f"{passed.getsockname()[1]} []\nFalse\n"


def test_without_an_announcement_there_is_none():
    bare = {name: value for name, value in os.environ.items() if not name.startswith("LISTEN")}
    done = subprocess.run(
        [sys.executable, "-c", TAKE], cwd=SERVER, env=bare, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == "None []\nFalse\n"


@pytest.mark.parametrize("pid", ["1", "01", "nobody"])
def test_a_socket_for_another_process_is_refused(pid):
    with listening() as passed:
        assert taken(passed, pid=pid).startswith(f"refused: LISTEN_PID is '{pid}', but this is process ")


@pytest.mark.parametrize("count", ["", "0", "2", "-1", "one"])
def test_any_number_of_sockets_but_one_is_refused(count):
    with listening() as passed:
        assert taken(passed, count=count).startswith(f"refused: LISTEN_FDS is '{count}'")


@pytest.mark.parametrize(
    "passed",
    [
        pytest.param(lambda folder: socket.socket(), id="not listening"),
        pytest.param(lambda folder: socket.socket(type=socket.SOCK_DGRAM), id="UDP"),
        pytest.param(lambda folder: connection(), id="a connection"),
        pytest.param(lambda folder: listening(socket.AF_UNIX, str(folder / "socket")), id="Unix"),
    ],
)
def test_a_socket_that_cannot_be_served_on_is_refused(passed, tmp_path):
    with passed(tmp_path) as found:
        assert taken(found).startswith("refused: File descriptor 3 is not a TCP socket that listens")


def test_a_file_is_no_socket(tmp_path):
    with (tmp_path / "file").open("wb") as file:
        assert taken(file).startswith("refused: File descriptor 3 is not a socket.")


def test_nothing_at_all_is_no_socket():
    assert taken(None).startswith("refused: File descriptor 3 is not a socket.")


# -- the server itself ------------------------------------------------------------------------------------------------


@contextmanager
def served_on(passed, environment, log):
    with log.open("wb") as output:
        process = subprocess.Popen(
            passing(passed.fileno(), *SERVE), cwd=SERVER, env=environment, pass_fds=[passed.fileno()],
            stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def asked(port):
    """A connection on which somebody waits for an answer, whether or not the server runs."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    connection.request("GET", "/healthz")
    return connection


def answer(connection):
    found = connection.getresponse()
    found.read()
    connection.close()
    return found.status


@pytest.mark.slow
def test_who_asks_while_the_server_restarts_is_answered(tmp_path):
    with new_database(tmp_path, migrated=False) as database, listening() as passed:
        port = passed.getsockname()[1]
        environment = environment_of(f"http://127.0.0.1:{port}", database, tmp_path)
        for start in ("first", "second"):
            early, log = asked(port), tmp_path / start
            with served_on(passed, environment, log):
                assert answer(early) == 200
            assert f"Listening on 127.0.0.1:{port} (" in log.read_text()


@pytest.mark.slow
def test_a_socket_that_is_refused_is_one_sentence_and_nothing_is_served(tmp_path):
    with new_database(tmp_path, migrated=False) as database, socket.socket() as passed:
        environment = environment_of("http://127.0.0.1:1", database, tmp_path)
        with served_on(passed, environment, tmp_path / "log") as process:
            assert process.wait(START_SECONDS) == 1
    said = (tmp_path / "log").read_text()
    assert said.count("\n") == 1
    assert "is not a TCP socket that listens" in said


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("systemd-socket-activate") is None, reason="systemd is not installed")
def test_systemd_itself_passes_a_socket_that_is_served_on(tmp_path):
    port = free_port()
    with new_database(tmp_path, migrated=False) as database:
        environment = environment_of(f"http://127.0.0.1:{port}", database, tmp_path)
        settings = [f"--setenv={name}" for name in environment]
        command = ["systemd-socket-activate", f"--listen=127.0.0.1:{port}", *settings, sys.executable, *SERVE]
        with subprocess.Popen(
            command, cwd=SERVER, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        ) as process:
            try:
                while "Listening on" not in process.stderr.readline():  # it is about to
                    assert process.poll() is None
                assert answer(asked(port)) == 200
            finally:
                process.terminate()
                process.wait(30)
