"""Where the Chromium is that the tests of the pages drive: Debian's, another one of this machine, or Playwright's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = "Tests of the pages need Chromium: apt-get install chromium, or name one in CHROMIUM=/path/to/chromium."


def executable(own: str) -> str:
    """Path of a Chromium; ``own`` is where Playwright would keep its own, fetched when there is no other.

    Raises
    ------
    RuntimeError
        If there is none and none can be fetched.
    """
    named = os.environ.get("CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    if not Path(own).exists():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if not Path(own).exists():
        raise RuntimeError(MISSING)
    return own
