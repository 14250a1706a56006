"""One process of the benchmark, for one database: migrates it, builds its lab, times its requests, or tells its memory.

``python -m benchmarks.one migrate|build|time|memory|token ...``, with ``DATABASE_URL`` set; answers on the last line,
as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "server")]
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"


def main(arguments: list[str]) -> None:
    """Do what is asked and print the answer."""
    import django  # noqa: PLC0415 - the peers' addresses are found by the path above

    django.setup()
    match arguments:
        case ["migrate"]:
            from django.core.management import call_command  # noqa: PLC0415 - after Django is set up
            from django.db import connection  # noqa: PLC0415

            call_command("migrate", verbosity=0)
            if connection.vendor == "sqlite":
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the file alone will be copied
        case ["build", sessions, kind]:
            from benchmarks import lab  # noqa: PLC0415 - after Django is set up

            started = time.perf_counter()
            lab.build(int(sessions), everything=kind == "open")
            print(json.dumps({"built": int(sessions), "seconds": round(time.perf_counter() - started, 1)}))
        case ["time", seconds, rounds]:
            from benchmarks import timing  # noqa: PLC0415 - after Django is set up

            print(json.dumps(timing.measure(float(seconds), int(rounds))))
        case ["token"]:
            from benchmarks import timing  # noqa: PLC0415 - after Django is set up

            print(json.dumps({"token": timing.reader().raw}))
        case ["memory", contestant]:
            from benchmarks import timing  # noqa: PLC0415 - after Django is set up

            print(json.dumps(timing.memory(contestant)))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
