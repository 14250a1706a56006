"""``brainstem-server``: Django's command line, plus ``serve``, ``doctor`` and our other commands."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import Error, connection

from brainstem import __version__

from . import env_file, first_run
from .safety import first_line


def main() -> None:
    """Run one command; wrong settings and unreachable databases are reported in one message, without a traceback."""
    if sys.argv[1:] in (["--version"], ["version"]):
        sys.stdout.write(f"{__version__}\n")
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brainstem.config.settings")
    try:
        prepare(sys.argv[1:])
        execute_from_command_line(spelled(sys.argv))
        sys.stdout.flush()
    except ImproperlyConfigured as error:
        sys.exit(f"brainstem-server: {error}")
    except Error as error:
        if "--traceback" in sys.argv or database_answers():
            raise
        sys.exit(f"brainstem-server: {unreachable(error)}")
    except BrokenPipeError:
        # The reader, such as `head`, closed the pipe. Buffered output must not be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def prepare(words: list[str]) -> None:
    """Complete the environment, from which the settings are read."""
    if asks_for_help(words):
        # Nothing will run: help must be available before the server is configured.
        os.environ.pop(env_file.VARIABLE, None)
        os.environ.update(DEBUG="on", SECRET_KEY=secrets.token_urlsafe(64))
        return
    first_run.prepare(words, os.environ)
    env_file.add_to(os.environ)
    make_data_folder()


def make_data_folder() -> None:
    """Create the data folder, which holds uploads whatever the database; if that fails, ``doctor`` says what to do."""
    with suppress(OSError):
        # It holds the database of a small lab, too, with addresses and hashes of passwords.
        Path(os.environ.get("BRAINSTEM_DATA_DIR") or "var").mkdir(mode=0o700, parents=True, exist_ok=True)


def database_answers() -> bool:
    """Whether the database can be reached."""
    try:
        connection.close()
        connection.ensure_connection()
    except Error:
        return False
    return True


def unreachable(error: Error) -> str:
    """Message for a database that cannot be reached, without the lines that drivers add."""
    return f"Cannot connect to the database ({first_line(error)}). Start it, or correct DATABASE_URL."


def asks_for_help(words: list[str]) -> bool:
    """Whether the command line only asks for help."""
    options = words[: words.index("--")] if "--" in words else words
    return not words or words[0] == "help" or not {"-h", "--help"}.isdisjoint(options)


def spelled(arguments: list[str]) -> list[str]:
    """The arguments with the command's hyphens replaced, since Python module names have none."""
    program, *rest = arguments
    return [
        program,
        *(word if place or word.startswith("-") else word.replace("-", "_") for place, word in enumerate(rest)),
    ]
