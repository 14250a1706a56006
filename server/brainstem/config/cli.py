"""``brainstem-server``: Django's command line, plus ``serve``, ``doctor`` and what the apps add."""

from __future__ import annotations

import os
import secrets
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from brainstem import __version__


def main() -> None:
    """Run one command; a setting that is wrong is one message, not a traceback."""
    if sys.argv[1:] in (["--version"], ["version"]):
        sys.stdout.write(f"{__version__}\n")
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brainstem.config.settings")
    if asks_for_help(sys.argv[1:]):
        # Nothing will run: what a command does must be told before the server is set up.
        os.environ.update(DEBUG="on", SECRET_KEY=secrets.token_urlsafe(64))
    try:
        execute_from_command_line(spelled(sys.argv))
    except ImproperlyConfigured as error:
        sys.exit(f"brainstem-server: {error}")


def asks_for_help(words: list[str]) -> bool:
    """Whether the command line only tells what there is."""
    options = words[: words.index("--")] if "--" in words else words
    return not words or words[0] == "help" or not {"-h", "--help"}.isdisjoint(options)


def spelled(arguments: list[str]) -> list[str]:
    """The arguments with the command as its module is called: people write hyphens, Python's names have none."""
    program, *rest = arguments
    return [
        program,
        *(word if place or word.startswith("-") else word.replace("-", "_") for place, word in enumerate(rest)),
    ]
