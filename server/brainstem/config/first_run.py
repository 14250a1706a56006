"""What ``init`` and ``demo --serve`` prepare before there are settings: a file, a folder, a key."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand

from . import env_file
from .environment import development_key
from .safety import Deployment, is_local, unsafe

FILE = "brainstem.env"
TEMPLATE = Path(__file__).with_name("template.env")
LOCAL_URL = "http://localhost:8000"
LOCAL_HOSTS = ("localhost", ".localhost", "127.0.0.1", "[::1]")
DEMO_FOLDER = "brainstem-demo"
THREADS = 8


def prepare(words: list[str], environ: MutableMapping[str, str]) -> None:
    """Prepare the environment of a command line; only these two commands need it.

    Raises
    ------
    ImproperlyConfigured
        If a file or folder cannot be made, or what would be written is unsafe.
    """
    if words[:1] == ["init"]:
        _prepare_init(_parsed(words, init_arguments), environ)
    elif words[:1] == ["demo"]:
        options = _parsed(words, demo_arguments)
        if options.serve:
            _prepare_demo(options, environ)


def _parsed(words: list[str], add_arguments: Callable[[ArgumentParser], None]) -> Namespace:
    """The options as the command itself will read them, which it cannot before there are settings."""
    command = BaseCommand()
    command._called_from_command_line = True  # type: ignore[attr-defined]  # wrong options end it, as in the command
    # No abbreviations: --password would be taken for --password-stdin, and the password behind it for the folder.
    parser = command.create_parser("brainstem-server", words[0], allow_abbrev=False)
    add_arguments(parser)
    return parser.parse_args(words[1:])


# -- options -----------------------------------------------------------------------------------------------------------


def init_arguments(parser: ArgumentParser) -> None:
    """Where, under which URL, and who administers it."""
    parser.add_argument(
        "folder", nargs="?", metavar="FOLDER", help=f"Folder of the file {FILE} and of the data (the current one)."
    )
    parser.add_argument("--url", help=f"Public URL of the server: https://lab.example.org ({LOCAL_URL}).")
    parser.add_argument("--email", help="Email address of the first administrator.")
    parser.add_argument(
        "--password-stdin",
        action="store_true",
        help="Read the administrator's password from the first line of standard input. The variable "
        "BRAINSTEM_ADMIN_PASSWORD can hold it, too.",
    )
    parser.add_argument("--no-catalogue", action="store_true", help="Leave the catalogue empty.")


def demo_arguments(parser: ArgumentParser) -> None:
    """Confirmation, and how to serve."""
    parser.add_argument("--yes", action="store_true", help="Allow it on a server without DEBUG; passwords are random.")
    parser.add_argument(
        "--serve",
        action="store_true",
        help="Make a demo server of its own, with known passwords, and serve it. Its folder is BRAINSTEM_DATA_DIR, or "
        f"{DEMO_FOLDER} in the current one. The options below are for this.",
    )
    serving_arguments(parser)


def serving_arguments(parser: ArgumentParser) -> None:
    """Address, processes and threads."""
    parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (0.0.0.0: all).")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="Processes; about one per core.")
    parser.add_argument(
        "--threads", type=int, default=THREADS, help="Threads per process; each has a database connection."
    )
    parser.add_argument("--no-tasks", action="store_true", help="Run `brainstem-server tasks` elsewhere.")


# -- demo --------------------------------------------------------------------------------------------------------------


def _prepare_demo(options: Namespace, environ: MutableMapping[str, str]) -> None:
    """Settings of a server that is safe on this machine; what is set already stays."""
    environ.pop(env_file.VARIABLE, None)  # it is about another server
    folder = Path(environ.setdefault("BRAINSTEM_DATA_DIR", DEMO_FOLDER)).resolve()
    if not environ.get("SECRET_KEY"):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            environ["SECRET_KEY"] = development_key(folder)
        except OSError as error:
            raise ImproperlyConfigured(
                f"The demo cannot keep its data in {folder}: {error.strerror}. "
                "Name another folder: BRAINSTEM_DATA_DIR=/tmp/demo brainstem-server demo --serve"
            ) from error
    environ.setdefault("BRAINSTEM_URL", f"http://localhost:{options.port}")
    host = f"[{options.host}]" if ":" in options.host else options.host
    environ.setdefault("ALLOWED_HOSTS", ",".join([*LOCAL_HOSTS, host]))


# -- init --------------------------------------------------------------------------------------------------------------


def _prepare_init(options: Namespace, environ: MutableMapping[str, str]) -> None:
    path = place(options.folder, environ)
    if os.path.lexists(path):
        sys.stdout.write(f"{path} is there already; nothing in it was changed.\n")
    else:
        write(path, first_values(path, options.url, environ))
        sys.stdout.write(f"Wrote {path}: the settings, which only you can read.\n")
    environ[env_file.VARIABLE] = str(path)


def place(folder: str | None, environ: Mapping[str, str]) -> Path:
    """The file of a folder; without one, the file that is in use, or that of the current folder."""
    named = environ.get(env_file.VARIABLE)
    return (Path(named) if named and folder is None else Path(folder or ".") / FILE).absolute()


def first_values(path: Path, url: str | None, environ: Mapping[str, str]) -> dict[str, str]:
    """What a new file sets: what is set now, and the rest that a server needs.

    Raises
    ------
    ImproperlyConfigured
        If a server with these values would be unsafe.
    """
    values = {name: environ[name] for line in _lines() if environ.get(name := _setting(line))}
    if "BRAINSTEM_FILES_URL" not in values:  # Then they are keys of whoever runs this, to something else.
        values = {name: value for name, value in values.items() if not name.startswith("AWS_")}
    url = values["BRAINSTEM_URL"] = (url or values.get("BRAINSTEM_URL") or LOCAL_URL).rstrip("/")
    host = urlsplit(url).hostname or ""
    values.setdefault("ALLOWED_HOSTS", ",".join(LOCAL_HOSTS) if is_local(host) else host)
    values.setdefault("SECRET_KEY", secrets.token_urlsafe(64))
    values["BRAINSTEM_DATA_DIR"] = str(Path(values.get("BRAINSTEM_DATA_DIR") or path.parent / "data").absolute())
    if url.startswith("https://"):  # the server itself speaks no TLS
        values.setdefault("BRAINSTEM_BEHIND_PROXY", "on")
        values.setdefault("BRAINSTEM_TRUSTED_PROXIES", "1")
    deployment = Deployment(secret_key=values["SECRET_KEY"], allowed_hosts=values["ALLOWED_HOSTS"].split(","), url=url)
    if found := unsafe(deployment):
        raise ImproperlyConfigured("Nothing was written:\n" + "\n".join(f"  - {finding}" for finding in found))
    return values


def write(path: Path, values: Mapping[str, str]) -> None:
    """A new file that only its owner can read; one that exists stays as it is.

    Raises
    ------
    ImproperlyConfigured
        If it cannot be made, or a value cannot be written in it.
    """
    content = filled(values)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # O_EXCL: neither a file that appeared meanwhile nor what a link points to is overwritten.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - already open
                file.write(content)
        except OSError:
            path.unlink()  # half a file would be taken for a whole one
            raise
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be written: {error.strerror}. Name a folder of your own: brainstem-server init ~/brainstem"
        ) from error


def filled(values: Mapping[str, str]) -> str:
    """The text of a new file: all settings, explained, of which those with a value are set."""
    lines = []
    for line in _lines():
        name = _setting(line)
        try:
            lines.append(f"{name}={env_file.written(values[name])}\n" if name in values else line)
        except ValueError as error:
            raise ImproperlyConfigured(f"Nothing was written: {name} {error}") from error
    return "".join(lines)


def _lines() -> list[str]:
    return TEMPLATE.read_text(encoding="utf-8").splitlines(keepends=True)


def _setting(line: str) -> str:
    """The setting that a line of the template explains: ``#NAME=value``."""
    name = line[1:].partition("=")[0]
    return name if line[0] == "#" and "=" in line and env_file.is_name(name) else ""


def next_steps(path: Path, url: str) -> list[str]:
    """The commands that start the server, one a line."""
    parts = urlsplit(url)
    port = f" --port {parts.port}" if is_local(parts.hostname) and parts.port not in {None, 8000} else ""
    return [
        f"export {env_file.VARIABLE}={shlex.quote(str(path))}",
        "brainstem-server doctor",
        f"brainstem-server serve{port}",
    ]
