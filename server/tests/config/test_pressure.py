"""When memory is short, anonymous requests are refused before those of people who are signed in, and probes never."""

from __future__ import annotations

import json

import pytest

from brainstem.config.front.lanes import Lane, Standing
from brainstem.config.front.limits import Limits
from brainstem.config.front.pressure import Pressure, room_of_process

from ..metrics_text import read
from ..served import served  # noqa: F401
from .fronts import front

MB = 1 << 20
SIGNED_IN, ANONYMOUS = Standing.SIGNED_IN, Standing.ANONYMOUS


@pytest.mark.parametrize(
    ("room", "refused"),
    [
        (None, set()),
        (100, set()),
        (99, {"anonymous", "streams"}),
        (50, {"anonymous", "streams"}),
        (49, {"anonymous", "streams", "signed in"}),
        (-5, {"anonymous", "streams", "signed in"}),
    ],
)
def test_with_less_room_more_is_refused(room, refused):
    pressure = Pressure(100, room=lambda: room)
    pressure.look()
    asked = {
        "anonymous": (Lane.ORDINARY, ANONYMOUS),
        "streams": (Lane.STREAM, SIGNED_IN),
        "signed in": (Lane.ORDINARY, SIGNED_IN),
        "probes": (Lane.HEALTH, ANONYMOUS),
    }
    assert {name for name, one in asked.items() if pressure.refuses(*one)} == refused


def test_requests_are_taken_again_once_there_is_room():
    rooms = [10, 1000]
    pressure = Pressure(100, room=lambda: rooms.pop(0))
    assert not pressure.refuses(Lane.ORDINARY, SIGNED_IN)
    pressure.look()
    assert pressure.refuses(Lane.ORDINARY, SIGNED_IN)
    pressure.look()
    assert not pressure.refuses(Lane.ORDINARY, SIGNED_IN)


def test_a_reserve_of_0_refuses_nothing_and_does_not_look():
    pressure = Pressure(0, room=lambda: 1 // 0)
    pressure.look()
    assert not pressure.refuses(Lane.ORDINARY, ANONYMOUS)


# -- how much room there is -------------------------------------------------------------------------------------------


@pytest.fixture
def machine(tmp_path):
    """Writes the files of a system; returns how much room they leave, in MB."""

    def room(files, most=0):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        found = room_of_process(most * MB, proc=tmp_path / "proc", cgroups=tmp_path / "groups")
        return None if found is None else found / MB

    return room


def group(path, current, maximum="max", high="max", inactive=0):
    name = f"groups/{path}".rstrip("/")
    return {
        f"{name}/memory.current": f"{current * MB}\n",
        f"{name}/memory.max": f"{maximum if maximum == 'max' else maximum * MB}\n",
        f"{name}/memory.high": f"{high if high == 'max' else high * MB}\n",
        f"{name}/memory.stat": f"anon 5\ninactive_file {inactive * MB}\nactive_file 7\n",
    }


IN = {"proc/self/cgroup": "0::/system.slice/brainstem.service\n"}
SERVICE = "system.slice/brainstem.service"


@pytest.mark.parametrize(
    ("files", "most", "expected"),
    [
        ({}, 0, None),
        (IN, 0, None),
        (IN | group(SERVICE, 300), 0, None),
        (IN | group(SERVICE, 300, 1000), 0, 700),
        (IN | group(SERVICE, 300, 1000, high=750), 0, 450),
        (IN | group(SERVICE, 300, 1000, inactive=50), 0, 750),
        (IN | group(SERVICE, 300, 1000) | group("system.slice", 900, 1500), 0, 600),
        ({"proc/self/cgroup": "0::/\n"} | group("", 300, 1000), 0, 700),
        ({"proc/self/cgroup": "4:memory:/x\n"} | group("", 300, 1000), 0, None),
        ({"proc/meminfo": "MemTotal: 9000 kB\nMemAvailable:    2048 kB\n"}, 0, 2),
        (IN | group(SERVICE, 300, 1000) | {"proc/meminfo": "MemAvailable: 2048 kB\n"}, 0, 2),
        ({"proc/self/statm": "9 25600 3 4 5 6 7\n"}, 200, 100),
        ({"proc/self/statm": "9 25600 3 4 5 6 7\n"}, 0, None),
    ],
)
def test_the_closest_limit_counts(machine, monkeypatch, files, most, expected):
    monkeypatch.setattr("mmap.PAGESIZE", 4096)
    assert machine(files, most) == expected


def test_reserves_and_limits_may_be_0_and_not_less():
    found = Limits.read(lambda name, default: 0 if name == "BRAINSTEM_MEMORY_RESERVE_MB" else default)
    assert (found.memory_reserve_bytes, found.worker_bytes) == (0, 0)
    with pytest.raises(ValueError, match="BRAINSTEM_MAX_WORKER_MB is -1; it must be 1 or more, or 0 for none"):
        Limits.read(lambda name, default: -1 if name == "BRAINSTEM_MAX_WORKER_MB" else default)


# -- a served front ---------------------------------------------------------------------------------------------------


def limited(place) -> float:
    return read(place.get("/metrics")[1].decode()).value("brainstem_limited_total", limit="memory")


@pytest.mark.slow
def test_a_worker_that_is_short_of_memory_answers_people_who_are_signed_in(served, tmp_path):  # noqa: F811
    # A worker has some 100 MB: less room than the reserve, and more than half of it.
    with front(served, tmp_path, BRAINSTEM_MAX_WORKER_MB="600", BRAINSTEM_MEMORY_RESERVE_MB="700") as place:
        with place.http() as connection:
            connection.request("GET", "/api/public/stem/project/")
            answer = connection.getresponse()
            body = json.loads(answer.read())
        assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
        assert answer.headers["Brainstem-Error-Code"] == "busy"
        assert body == {"detail": "The server is short of memory. Try again in a moment."}
        assert limited(place) == 1
        status, page = place.get("/account/login/", Accept="text/html")
        assert (status, b"<h1>" in page, b"short of memory" in page) == (503, True, True)
        token = f"Bearer {served.token('alice')}"
        assert place.get("/api/private/stem/project/", Authorization=token)[0] == 200
        assert place.get("/api/private/stem/project/?format=ndjson", Authorization=token)[0] == 503


@pytest.mark.slow
def test_a_worker_without_any_room_answers_only_probes(served, tmp_path):  # noqa: F811
    with front(served, tmp_path, BRAINSTEM_MAX_WORKER_MB="1") as place:
        token = f"Bearer {served.token('alice')}"
        assert place.get("/api/private/stem/project/", Authorization=token)[0] == 503
        assert place.get("/api/public/stem/project/")[0] == 503
        assert place.get("/healthz")[0] == 200
        assert limited(place) == 2
