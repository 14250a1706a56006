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
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"brainstem-server: {error}")
