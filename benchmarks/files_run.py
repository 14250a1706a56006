"""How many of our files have a part in a request: those in which a function runs, as a reader would have to open them.

``python benchmarks/files_run.py [--list] [--database sqlite]``. The requests go through the whole application in this
process. Each is made before it is counted, so that nothing is imported any more, and is counted twice: as usual, and as
the first of its shape, whose SQL is not written yet. They are figures to know, not to bring down by merging files.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "server")]

from benchmarks import databases  # noqa: E402

# The SQL of a request is kept when it is asked for the second time.
WARM_UP = 3
OURS = f"{ROOT / 'server' / 'brainstem'}{os.sep}"


def files_of(request: Callable[[], Any]) -> set[str]:
    """Files below ``server/brainstem`` of which a function is called during a request."""
    found: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(OURS):
            found.add(frame.f_code.co_filename.removeprefix(OURS))

    sys.setprofile(note)
    try:
        request()
    finally:
        sys.setprofile(None)
    return found


def requests() -> dict[str, Callable[[], Any]]:
    """The four requests, for a lab with a person who has a few records."""
    from django.test import Client  # noqa: PLC0415 - once Django is set up

    from tests.lab import Lab  # noqa: PLC0415
    from tests.people import PASSWORD, person, unique  # noqa: PLC0415

    alice = person("alice")
    lab = Lab(alice, person("admin", admin=True))
    subject = lab["subject"]

    def checked(answer: Any, *expected: int) -> Any:
        status = getattr(answer, "status", None) or answer.status_code
        assert status in expected, (status, getattr(answer, "body", answer))
        return answer

    def add_two() -> Any:
        rows = [{"name": unique("Session"), "projects": [lab["project"]]} for _ in range(2)]
        return alice.post("stem/session/bulk", {"create": rows})

    def sign_in() -> Any:
        return Client().post("/account/login/", {"login": alice.email, "password": PASSWORD})

    query = "filter{name.icontains}=s&sort[]=-name&include[]=projects.*"
    return {
        "GET list": lambda: checked(alice.get("stem/subject", query), 200),
        "PATCH": lambda: checked(alice.patch(f"stem/subject/{subject}", {"genotype": unique("wt")}), 200),
        "bulk": lambda: checked(add_two(), 200, 201),
        "sign-in": lambda: checked(sign_in(), 302),
    }


def main() -> None:
    """Print a number for each request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="Print the names of the files too.")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    arguments = parser.parse_args()
    os.environ |= {
        "DATABASE_URL": databases.migrated(arguments.database, "files_run"),
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "BENCH_URLCONF": "brainstem.config.urls",
    }
    import django  # noqa: PLC0415 - once it is known which database

    django.setup()
    from django.test.utils import setup_test_environment  # noqa: PLC0415

    from brainstem.core.query.run import forget_compiled  # noqa: PLC0415

    setup_test_environment()
    for name, request in requests().items():
        for _ in range(WARM_UP):
            request()
        usual = files_of(request)
        forget_compiled()
        first = files_of(request)
        print(f"{name:10} {len(usual):4} files, {len(first)} when its SQL is not written yet")
        if arguments.list:
            print("".join(f"    {file}\n" for file in sorted(usual)), end="")


if __name__ == "__main__":
    main()
