"""Importing a table: reading, planning and committing it, with the memory it takes and how long another writer waits.

``python benchmarks/imports.py [--rows 10000] [--databases sqlite postgresql] [--peer]``. The table is read, planned as
new rows and committed, planned again with every row the same, and planned and committed with every row changed; then a
workbook of as many rows in four sheets, which name each other, is planned and committed; on an empty database, through
the whole application. With ``--peer``, django-import-export plans (a dry run) and imports the
same rows into the same table in the same run; pip installs the version of ``imports_peer.txt`` into ``var``.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "server"))

from benchmarks import databases, imports_workbook  # noqa: E402


def measure(rows: int) -> None:
    """Measure in this process, whose settings name an empty database."""
    import django  # noqa: PLC0415 - the process that starts this one has no settings

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - after Django is set up

    from tests.lab import Lab  # noqa: PLC0415 - after Django is set up
    from tests.people import person  # noqa: PLC0415 - after Django is set up

    call_command("migrate", verbosity=0)
    alice = person("alice")
    lab = Lab(alice, person("admin", admin=True))
    project = alice.get(f"stem/project/{lab['project']}").record["name"]
    strain = alice.get(f"taxonomies/strain/{lab['strain']}").record["name"]
    before = _peak()

    def table(changed: int = 0, prefix: str = "M") -> str:
        heads = "name,sex,project__name,strain,birth_date,genotype,tags\n"
        return heads + "".join(
            f"{prefix}_{at:05},{'F' if at % 2 else 'M'},{project},{strain},2026-01-{1 + at % 28:02},"
            f"{'hom' if at < changed else 'wt'},pilot\n"
            for at in range(rows)
        )

    one = _timed("plan, all new", lambda: _plan(alice, table()), rows)
    _commit(alice, one, rows)
    same = _timed("plan, all the same", lambda: _plan(alice, table()), rows)
    _expect(same, "same", rows)
    changed = _timed("plan, all changed", lambda: _plan(alice, table(rows)), rows)
    _expect(changed, "changed", rows)
    _commit(alice, changed, rows)
    _print_memory(before)
    _several(alice, lab, project, strain, rows)
    _print_memory(before)
    _peer(table(prefix="P"), alice, lab, rows)


def _several(alice: Any, lab: Any, project: str, strain: str, rows: int) -> None:
    """A workbook whose rows name new rows of its other sheets."""
    content = imports_workbook.workbook(
        rows, project=project, strain=strain, setup=lab["setup"], assay=lab["behavioralassay"]
    )
    one = _timed("plan, four sheets", lambda: imports_workbook.planned(alice, content), rows)
    _expect(one, "created", rows // len(imports_workbook.HEADS) * len(imports_workbook.HEADS))
    _commit(alice, one, rows)


def _print_memory(before: float) -> None:
    print(f"{'memory':24} {_peak() - before:8.0f} MB more than before, {_peak():.0f} MB in all")


def _plan(alice: Any, text: str) -> Any:
    return _ok(alice.post("imports/?kind=table", {"text": text, "model": "stem/subject"}), 201)["import"]


def _commit(alice: Any, one: Any, rows: int) -> None:
    from brainstem.core.imports import committing  # noqa: PLC0415 - after Django is set up

    save, used = committing._in_one, [0.0]

    def measured(*arguments: Any, **named: Any) -> Any:
        started = time.process_time()
        try:
            return save(*arguments, **named)
        finally:
            used[0] = time.process_time() - started

    committing._in_one = measured
    with _Writer() as other:
        _timed("commit", lambda: _ok(alice.post(f"imports/{one['id']}/commit/"), 200), rows)
    committing._in_one = save
    print(f"{'another writer waited':24} {other.longest:8.2f} s at most; the transaction took {used[0]:.2f} s of CPU")


def _expect(one: Any, action: str, number: int) -> None:
    if one["counts"][action] != number or one["counts"]["wrong"]:
        raise SystemExit(f"{one['counts']} {one['groups'][:3]}")


def _timed(name: str, do: Callable[[], Any], rows: int) -> Any:
    started, used = time.perf_counter(), time.process_time()
    found = do()
    took = time.perf_counter() - started
    print(f"{name:24} {took:8.2f} s  {rows / took:8.0f} rows/s  {time.process_time() - used:8.2f} s of CPU", flush=True)
    return found


def _ok(answer: Any, status: int) -> Any:
    if answer.status != status:
        raise SystemExit(f"{answer.status} {str(answer.body)[:500]}")
    return answer.body


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class _Writer:
    """Somebody else, who writes all the time; remembers the longest wait in seconds."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._name = uuid.uuid4()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> _Writer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _write(self) -> None:
        from django.db import connection  # noqa: PLC0415 - after Django is set up

        from brainstem.core.models import Tag  # noqa: PLC0415 - after Django is set up

        number = 0
        while not self._over.is_set():
            started = time.perf_counter()
            number += 1
            Tag.objects.create(name=f"bench {self._name} {number}")
            self.longest = max(self.longest, time.perf_counter() - started)
            time.sleep(0.02)
        connection.close()


def _peer(text: str, alice: Any, lab: Any, rows: int) -> None:
    """The same rows by django-import-export, which knows no roles, history, units or names of strains."""
    try:
        import tablib  # noqa: PLC0415 - only where it is installed
        from import_export import resources  # noqa: PLC0415
    except ModuleNotFoundError:
        print("no peer: --peer compares with django-import-export")
        return
    from brainstem.core.access import audience  # noqa: PLC0415 - after Django is set up
    from brainstem.core.model.registry import specs  # noqa: PLC0415 - after Django is set up

    model = specs()["stem.Subject"].model
    home = audience.audience_of([lab["project"]])

    class Subjects(resources.ModelResource):
        class Meta:
            import_id_fields = ("name",)
            fields = ("name", "sex", "strain", "birth_date", "genotype", "audience", "created_by")
            use_bulk = True

    Subjects._meta.model = model
    data = tablib.Dataset().load(text.replace("project__name", "audience"), format="csv")
    kept = tablib.Dataset(headers=["name", "sex", "strain", "birth_date", "genotype", "audience", "created_by"])
    for row in data.dict:
        kept.append([row["name"], row["sex"], lab["strain"], row["birth_date"], row["genotype"], home, alice.user.pk])
    found = resources.modelresource_factory(model, resource_class=Subjects)()
    _timed("import-export, dry run", lambda: found.import_data(kept, dry_run=True, raise_errors=True), rows)
    _timed("import-export, import", lambda: found.import_data(kept, dry_run=False, raise_errors=True), rows)


def _installed_peer() -> str:
    """The folder of the peer, which is no requirement of ours: it brings only what Django does not."""
    folder, wanted = ROOT / "var" / "imports_peer", ROOT / "benchmarks" / "imports_peer.txt"
    if not (folder / "import_export").exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--target", str(folder), "-r", str(wanted)], check=True)
    return str(folder)


def main() -> None:
    """Each database from nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--peer", action="store_true", help="compare with django-import-export, which pip installs")
    arguments = parser.parse_args()
    paths = [str(ROOT / "server"), *([_installed_peer()] if arguments.peer else [])]
    for database in arguments.databases:
        print(f"\n{database}: {arguments.rows} rows")
        environment = os.environ | {
            "DATABASE_URL": databases.migrated(database, "imports"),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "BRAINSTEM_WRITE_SECONDS": "3600",  # all is done in the request here, on machines as busy as they are
            "PYTHONPATH": os.pathsep.join([*paths, os.environ.get("PYTHONPATH", "")]),
        }
        code = f"from benchmarks.imports import measure; measure({arguments.rows})"
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
    print("done")


if __name__ == "__main__":
    main()
