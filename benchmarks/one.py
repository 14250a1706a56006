"""One process of the benchmark, for one database: builds its lab, times its requests, or tells its memory.

``python -m benchmarks.one build|time|memory|token ...``, with ``DATABASE_URL`` set; answers on the last line, as JSON.
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
        case ["build", sessions, kind]:
            from benchmarks import lab  # noqa: PLC0415 - after Django is set up

            started = time.perf_counter()
            lab.build(int(sessions), everything=kind == "open")
            print(json.dumps({"built": int(sessions), "seconds": round(time.perf_counter() - started, 1)}))
        case ["time", seconds]:
            from benchmarks import timing  # noqa: PLC0415 - after Django is set up

            print(json.dumps(timing.measure(float(seconds))))
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
