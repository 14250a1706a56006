"""What share of a write goes into typed details: their normalisation and validation, of a procedure sent over WSGI.

``python benchmarks/details.py [--writes 300] [--database sqlite|postgresql]``, in a new database of its own.

Every request passes the whole application, middleware and all; inside it the clock runs while details and coordinates
are checked. The types take turns, each with the example of its schema. Prints the share by round; aim: below 5 %.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "server")]
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
os.environ["BENCH_URLCONF"] = "brainstem.config.urls"

from benchmarks import databases  # noqa: E402

ROUNDS = 7
AIM = 0.05
Send = Callable[[str, dict[str, Any]], dict[str, Any]]


class Clock:
    """Adds up the time that is spent in functions."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, function: Callable[..., None]) -> Callable[..., None]:
        """The same function, whose time counts."""

        def run(*arguments: Any) -> None:
            started = time.perf_counter()
            try:
                function(*arguments)
            finally:
                self.seconds += time.perf_counter() - started

        return run


def sender(raw: str) -> Send:
    """POST to an address of the private portal of this process; the record that was made."""
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - after Django is set up

    application = get_wsgi_application()

    def send(path: str, fields: dict[str, Any]) -> dict[str, Any]:
        body, status = json.dumps(fields).encode(), []
        environ = {
            "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": f"/api/private/{path}/", "QUERY_STRING": "",
            "SERVER_NAME": "localhost", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost:8000", "HTTP_AUTHORIZATION": f"Bearer {raw}", "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http", "wsgi.version": (1, 0), "wsgi.multithread": False,
            "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip
        answer = application(environ, lambda text, _headers: status.append(text))
        content = b"".join(answer)
        answer.close()
        if not status[0].startswith("201"):
            raise SystemExit(f"{path}: {status[0]} {content[:500]!r}")
        return dict(next(iter(json.loads(content).values())))

    return send


def prepared() -> tuple[Send, str]:
    """An administrator who sends, and the subject of all procedures."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - after Django is set up
    from django.core.management import call_command  # noqa: PLC0415

    from brainstem.apps.users.tokens import create_personal  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    user = get_user_model().objects.create_superuser(email="admin@example.org", password=None)
    send = sender(create_personal(user, name="benchmark").raw)
    project = send("stem/project", {"name": "Project"})["id"]
    species = send("taxonomies/species", {"name": "Mus musculus"})["id"]
    strain = send("taxonomies/strain", {"name": "C57BL/6J", "species": species})["id"]
    subject = {"name": "Subject", "projects": [project], "strain": strain, "sex": "M"}
    return send, str(send("stem/subject", subject)["id"])


def payloads(subject: str) -> list[dict[str, Any]]:
    """A procedure of each type with the example of its schema, somewhere in the brain."""
    from brainstem.core.types.schemas import current, schemas  # noqa: PLC0415 - after Django is set up

    newest = [current("Procedure", name) for name in schemas()["Procedure"]]
    places = [current("Coordinates", name) for name in schemas()["Coordinates"]]
    return [
        {
            "subject": subject, "type": schema.name, "details": schema.body["examples"][0],
            "coordinates_system": place.name, "coordinates_details": place.body["examples"][0],
        }
        for number, schema in enumerate(newest) if schema is not None
        for place in [places[number % len(places)]] if place is not None
    ]  # fmt: skip


def measured(writes: int, rounds: int) -> list[tuple[float, float]]:
    """(Seconds of a write, seconds of it in details) for each round."""
    from brainstem.core.write import details  # noqa: PLC0415 - after Django is set up

    (send, subject), clock = prepared(), Clock()
    for part in (details._check_type, details._check_details):
        setattr(details, part.__name__, clock.timed(part))
    procedures = payloads(subject)
    for procedure in procedures:  # Validators are compiled once in each process.
        send("modules/procedure", procedure)
    found = []
    for _ in range(rounds):
        clock.seconds, started = 0.0, time.perf_counter()
        for number in range(writes):
            send("modules/procedure", procedures[number % len(procedures)])
        found.append(((time.perf_counter() - started) / writes, clock.seconds / writes))
    return found


def main() -> None:
    """Measure and print; exit with 1 where the aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writes", type=int, default=300, help="In each of the rounds.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--aim", type=float, default=AIM, help="Exit with 1 where the share is not below this.")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    wanted = parser.parse_args()
    os.environ["DATABASE_URL"] = databases.migrated(wanted.database, "details")
    import django  # noqa: PLC0415 - the settings read the address of the database

    django.setup()
    found = measured(wanted.writes, wanted.rounds)
    shares = [details / write for write, details in found]
    for (write, details), share in zip(found, shares, strict=True):
        print(f"a write {write * 1000:7.2f} ms   details {details * 1000:6.3f} ms   share {share:6.2%}")
    share = statistics.median(shares)
    print(f"median share of details in a write: {share:.2%} (aim: below {wanted.aim:.0%})")
    sys.exit(share >= wanted.aim)


if __name__ == "__main__":
    main()
