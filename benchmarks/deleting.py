"""How long the preview and the deletion of a whole project take, and how long another writer waits meanwhile.

``python benchmarks/deleting.py [--records 10000] [--databases sqlite postgresql]``. On an empty database, in a process
of its own: a project of subjects with tags, each with a procedure, half of them with a log.

It fails where the deletion finds out within its transaction what goes, which on SQLite everybody else would wait for.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "server"))

from benchmarks import databases  # noqa: E402


def fill(project: Any, strain: Any, subjects: int) -> None:
    """Subjects of a project, with what hangs below them."""
    from django.apps import apps  # noqa: PLC0415 - after Django is set up

    from brainstem.core.access.audience import audience_of  # noqa: PLC0415 - after Django is set up
    from brainstem.core.model.ids import uuid7  # noqa: PLC0415 - after Django is set up

    subject, procedure, log = (
        apps.get_model(one) for one in ("stem.Subject", "modules.Procedure", "modules.SubjectLog")
    )
    audience = audience_of([project])
    ids = [uuid7() for _ in range(subjects)]
    subject.objects.bulk_create(
        subject(id=one, name=f"Mouse {n}", sex="F", strain_id=strain, audience_id=audience) for n, one in enumerate(ids)
    )
    subject.projects.through.objects.bulk_create(
        subject.projects.through(subject_id=one, project_id=project) for one in ids
    )
    tags = [apps.get_model("core.Tag").objects.create(name=f"tag {n}").pk for n in range(2)]
    subject.tags.through.objects.bulk_create(
        subject.tags.through(subject_id=one, tag_id=tag) for one in ids for tag in tags
    )
    procedure.objects.bulk_create(procedure(subject_id=one, type="Surgery", audience_id=audience) for one in ids)
    log.objects.bulk_create(log(subject_id=one, type="Weighing", audience_id=audience) for one in ids[::2])


def measure(records: int) -> None:
    """Measure in this process, whose settings name an empty database."""
    import django  # noqa: PLC0415 - the process that starts this one has no settings

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - after Django is set up
    from django.db import connection  # noqa: PLC0415 - after Django is set up

    from tests.lab import Lab  # noqa: PLC0415 - after Django is set up
    from tests.people import person  # noqa: PLC0415 - after Django is set up

    call_command("migrate", verbosity=0)
    alice, witness = person("alice"), person("witness")
    lab = Lab(alice, person("admin", admin=True))
    project, strain = lab["project"], lab["strain"]
    fill(project, strain, max(1, records * 2 // 5))
    where = f"stem/project/{project}"
    preview, (answer, asked) = _timed(lambda: _counted(alice, "get", f"{where}/delete_preview"))
    found = answer.body["delete_preview"]["deletes"]["models"]
    number = sum(one["count"] for one in found)
    waits: list[float] = []
    within: list[bool] = []
    stop = threading.Event()
    other = threading.Thread(target=_write_on, args=(witness, stop, waits))
    other.start()
    time.sleep(0.3)
    with _noting_transactions(within):
        took, (answer, done) = _timed(lambda: _counted(alice, "delete", where))
    stop.set()
    other.join()
    if answer.status != 204:
        raise SystemExit(f"{answer.status} {answer.text[:500]}")
    if within != [connection.vendor == "postgresql"]:
        raise SystemExit(f"It was found out {len(within)} times what goes, {sum(within)} times within the transaction.")
    print(
        f"{connection.vendor:10} {number:7} records: preview {preview:5.2f} s, {asked} statements; "
        f"deletion {took:5.2f} s, {done} statements; another writer waited {max(waits):5.2f} s at most",
        flush=True,
    )


def _timed(do: Any) -> tuple[float, Any]:
    started = time.perf_counter()
    found = do()
    return time.perf_counter() - started, found


def _counted(who: Any, method: str, path: str) -> tuple[Any, int]:
    from django.db import connection  # noqa: PLC0415 - after Django is set up
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - after Django is set up

    with CaptureQueriesContext(connection) as capture:
        answer = who.request(method, path)
    return answer, len(capture)


@contextmanager
def _noting_transactions(within: list[bool]) -> Iterator[None]:
    """Note each time that it is found out what a deletion takes, and whether a transaction had begun."""
    from django.db import connection  # noqa: PLC0415 - after Django is set up

    from brainstem.core.write import deletion  # noqa: PLC0415 - after Django is set up

    find_out = deletion.plan_deletion

    def noted(*arguments: Any, **named: Any) -> Any:
        within.append(connection.in_atomic_block)
        return find_out(*arguments, **named)

    with mock.patch.object(deletion, "plan_deletion", noted):
        yield


def _write_on(who: Any, stop: threading.Event, waits: list[float]) -> None:
    """Add projects, small writes of somebody else's, until told to stop."""
    from django.db import connection  # noqa: PLC0415 - after Django is set up

    while not stop.is_set():
        took, answer = _timed(lambda: who.post("stem/project", {"name": f"Another {len(waits)}"}))
        if answer.status != 201:
            raise SystemExit(f"{answer.status} {answer.text[:500]}")
        waits.append(took)
        stop.wait(0.01)
    connection.close()


def run(database: str, records: int) -> None:
    """On a database from nothing."""
    environment = os.environ | {
        "DATABASE_URL": databases.migrated(database, "deleting"),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "server"), os.environ.get("PYTHONPATH", "")]),
    }
    code = f"from benchmarks.deleting import measure; measure({records})"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)


def main() -> None:
    """Measure on each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    asked = parser.parse_args()
    for database in asked.databases:
        run(database, asked.records)


if __name__ == "__main__":
    main()
