"""``brainstem-server``: Django's command line, plus ``serve``, ``doctor`` and what the apps add."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Run one command; a setting that is wrong is one message, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brainstem.config.settings")
    try:
        execute_from_command_line(spelled(sys.argv))
    except ImproperlyConfigured as error:
        sys.exit(f"brainstem-server: {error}")


def spelled(arguments: list[str]) -> list[str]:
    """The arguments with the command as its module is called: people write hyphens, Python's names have none."""
    program, *rest = arguments
    return [
        program,
        *(word if place or word.startswith("-") else word.replace("-", "_") for place, word in enumerate(rest)),
    ]
