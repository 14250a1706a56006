"""One process of ``history_as_of.py``, for one database: fills its history, or times its requests.

``python -m benchmarks.past filled|fill|time ...``, with ``DATABASE_URL`` set; answers on the last line, as JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import statistics
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "server")]
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"

YEARS = dt.timedelta(days=730)
MONTH = dt.timedelta(days=30)
DELETED = 0.01  # of all changes
BEHAVIORS = 0.05
PATH = "/api/private/stem/session/"
Line = tuple[str, str, str, int, Any, Any]


@dataclass(frozen=True)
class Asked:
    """One request."""

    name: str
    query_string: str
    record: str = ""


def fill(changes: int) -> dict[str, Any]:
    """Write the history of a lab; each line is (action, model, id, life, before, after)."""
    from django.db import connection  # noqa: PLC0415 - after Django is set up

    from benchmarks import lab  # noqa: PLC0415 - after Django is set up
    from brainstem.core.models import Change  # noqa: PLC0415

    started, now = time.perf_counter(), dt.datetime.now(dt.UTC)
    event = Change._meta.get_field("event").get_db_prep_save(uuid.uuid4(), connection)
    columns = ["event_id", "at", "action", "model", "record_id", "life", "before", "after"]
    sessions, chance = _sessions(), random.Random(changes)
    lines = _lines(sessions, _behaviors(), changes=changes, chance=chance)

    def rows() -> Iterator[tuple[Any, ...]]:
        for number, (action, model, pk, life, before, after) in enumerate(lines):
            at = (now - YEARS + YEARS * (number / changes)).replace(tzinfo=None)
            yield event, f"{at}", action, model, pk, life, _text(before), _text(after)

    lab._write(Change._meta.db_table, columns, rows())
    _analyze()
    return {"changes": Change.objects.count(), "seconds": round(time.perf_counter() - started)}


def _text(state: Any) -> str | None:
    return None if state is None else json.dumps(state)


def _sessions() -> list[dict[str, Any]]:
    from brainstem.core.model.registry import specs  # noqa: PLC0415 - after Django is set up

    return list(specs()["stem.Session"].model.objects.order_by("id").values("id", "audience_id", "created_by_id"))


def _lines(
    sessions: list[dict[str, Any]], behaviors: list[str], *, changes: int, chance: random.Random
) -> Iterator[Line]:
    """Additions in the order of ids, and between them changes of what is there, and of what has been deleted since."""
    each, born = changes / len(sessions), 0
    for number in range(changes):
        if number >= born * each and born < len(sessions):
            yield "create", "stem.Session", str(sessions[born]["id"]), 1, None, _state(sessions[born], chance)
            born += 1
        elif chance.random() < DELETED:
            # Added at the same time as one that is still there: the server's ids grow with time.
            one = sessions[chance.randrange(max(1, born))]
            gone = dict(one, id=uuid.UUID(int=one["id"].int ^ (1 + chance.getrandbits(32))))
            yield "delete", "stem.Session", str(gone["id"]), -1, _state(gone, chance), None
        elif chance.random() < BEHAVIORS and behaviors:
            yield "change", "modules.Behavior", chance.choice(behaviors), 0, *_pair("notes", chance)
        else:
            yield "change", "stem.Session", str(sessions[chance.randrange(max(1, born))]["id"]), 0, *_changed(chance)


def _behaviors() -> list[str]:
    from brainstem.core.model.registry import specs  # noqa: PLC0415 - after Django is set up

    return [
        str(pk) for pk in specs()["modules.Behavior"].model.objects.order_by("id").values_list("pk", flat=True)[:50_000]
    ]


def _pair(name: str, chance: random.Random) -> tuple[Any, Any]:
    time_before = "2025-01-01T10:00:00.123456+00:00"
    return {name: f"before {chance.random()}", "updated_at": time_before}, {name: f"after {chance.random()}"}


def _changed(chance: random.Random) -> tuple[Any, Any]:
    """Before and after of a change of one field of a session."""
    kind = chance.choice(("description", "description", "name_used_in_storage", "date_time", "extra_fields", "tags"))
    before, after = _pair(kind, chance)
    if kind == "date_time":
        before["date_time"], after["date_time"] = "2025-01-01T10:00:00+00:00", None
    elif kind == "extra_fields":
        before["extra_fields"], after["extra_fields"] = {"a": chance.random()}, {"a": 1, "b": "x"}
    elif kind == "tags":
        before["tags"], after["tags"] = ["red"], ["red", "blue"]
    return before, after


def _state(session: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    times = dict.fromkeys(("created_at", "updated_at", "date_time"), "2025-01-01T10:00:00+00:00")
    texts = {"name": f"Session {chance.random()}", "description": "What was done. " * 5, "name_used_in_storage": ""}
    lists: dict[str, Any] = {"extra_fields": {}, "download_links": [], "projects": [], "datastorage": [], "tags": []}
    return {**session, "id": str(session["id"]), **times, **texts, **lists}


def _analyze() -> None:
    from django.db import connection  # noqa: PLC0415 - after Django is set up

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE core_change" if connection.vendor == "postgresql" else "ANALYZE")


def measure(rounds: int) -> dict[str, Any]:
    """Name -> median and 90th percentile of now, and of a month ago, in ms."""
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - after Django is set up

    from benchmarks.timing import Door, reader  # noqa: PLC0415 - after Django is set up

    door: Any = Door(get_wsgi_application(), PATH, reader().raw)
    first = json.loads(door(Asked("first", "limit=20&cursor=")))
    middle = first["sessions"][10]["id"]
    deep = first["count"] // 2
    moment = (dt.datetime.now(dt.UTC) - MONTH).strftime("%Y-%m-%dT%H:%MZ")
    wanted = [
        Asked("list 20", "limit=20"),
        Asked("list 20 by cursor", "limit=20&" + first["next"].partition("?")[2].replace("limit=20&", "")),
        Asked("list 20 in the middle", f"limit=20&offset={deep}"),
        Asked("list 100", "limit=100"),
        Asked("list 20, 2 includes", "limit=20&include[]=behaviors&include[]=projects"),
        Asked("detail", "", middle),
        Asked("filter by text", "limit=20&filter{name.icontains}=pfc_mouse"),
        Asked("newest first", "limit=20&sort[]=-created_at"),
    ]
    return {one.name: _times(door, one, moment, rounds) for one in wanted}


def _times(door: Any, asked: Asked, moment: str, rounds: int) -> list[Any]:
    query = "&".join(filter(None, [asked.query_string, f"as_of={moment}"]))
    both = [asked, Asked(asked.name, query, asked.record)]
    found: list[list[float]] = [[], []]
    for _ in range(rounds + 1):
        for one, times in zip(both, found, strict=True):
            started = time.perf_counter()
            door(one)
            times.append((time.perf_counter() - started) * 1000)
    return [_told(times[1:]) for times in found]


def _told(times: list[float]) -> tuple[float, float]:
    return statistics.median(times), sorted(times)[int(len(times) * 0.9)]


def main(command: list[str]) -> None:
    """Do what is asked and print the answer."""
    import django  # noqa: PLC0415 - the settings are found by the path above

    django.setup()
    from brainstem.core.models import Change  # noqa: PLC0415 - after Django is set up

    match command:
        case ["filled"]:
            print(json.dumps({"filled": Change.objects.exists()}))
        case ["fill", changes]:
            print(json.dumps(fill(int(changes))))
        case ["time", rounds]:
            print(json.dumps(measure(int(rounds))))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
