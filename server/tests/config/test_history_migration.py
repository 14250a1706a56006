"""History that an earlier version wrote is told as events and differences, all of it, on a lab of any size."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager

import pytest

from ..served import SERVER, environment_of, new_database

pytestmark = pytest.mark.slow

# Bring an empty database to where the former version left it. No signals: what they install needs all tables.
SET_UP = """
import django; django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

executor, old = MigrationExecutor(connection), ("core", "0002_first_release_links")
graph = executor.loader.graph
others = [one for one in graph.leaf_nodes() if ("core", "0003_history") not in graph.forwards_plan(one)]
executor.migrate([old, *others])
"""
# Standard input: lines of the former format, and deletions.
WRITE = """
import django; django.setup()
import datetime as dt, json, sys
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

given = json.load(sys.stdin)
apps = MigrationExecutor(connection).loader.project_state([("core", "0002_first_release_links")]).apps
Change, Deletion = (apps.get_model("core", name) for name in ("Change", "Deletion"))
for field in Change._meta.fields:
    if field.name == "at":
        field.auto_now_add = False
Change.objects.bulk_create((Change(**line) for line in given["lines"]), batch_size=500)
Deletion.objects.bulk_create(Deletion(**one) for one in given["deletions"])
"""
READ = """
import django; django.setup()
import json
from django.core.serializers.json import DjangoJSONEncoder
from brainstem.core.models import Change, Deletion, Event

keep = ("at", "transaction", "actor_id", "actor_email", "via", "means", "client", "token_id", "token_name",
        "request_id", "portal")
told = [
    {name: getattr(one, name) for name in ("event_id", "at", "action", "model", "record_id", "life", "before", "after")}
    for one in Change.objects.order_by("id")
]
events = {str(one.pk): {name: getattr(one, name) for name in keep} for one in Event.objects.all()}
deletions = [
    {name: getattr(one, name) for name in ("id", "event", "model", "record_id", "rows", "owners", "undone_at")}
    for one in Deletion.objects.order_by("id")
]
print(json.dumps({"changes": told, "events": events, "deletions": deletions}, cls=DjangoJSONEncoder))
"""
# Lines of one log and of many sessions; then the memory that migrating them takes, in MB, and the time.
MANY = """
import django; django.setup()
import datetime as dt, sys, uuid
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

apps = MigrationExecutor(connection).loader.project_state([("core", "0002_first_release_links")]).apps
Change = apps.get_model("core", "Change")
for field in Change._meta.fields:
    if field.name == "at":
        field.auto_now_add = False
number, start = int(sys.argv[1]), dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
state = {f"field_{n}": "some text of a field" for n in range(20)} | {"description": "x" * 1000}
def line(n):
    # Bulk writes of a thousand rows share event and moment.
    shared = n // 1000
    return Change(id=uuid.UUID(int=n + 1), event=uuid.UUID(int=shared + 1), at=start + dt.timedelta(seconds=shared),
        via="token", action="change", model="stem.Session", record_id=str(uuid.UUID(int=n % 5000 + 1)),
        before=state | {"name": str(n)}, after=state | {"name": str(n + 1)})
for begin in range(0, number, 1000):
    Change.objects.bulk_create(map(line, range(begin, min(begin + 1000, number))), batch_size=500)
"""
MIGRATE = """
import django; django.setup()
import io, resource, time
from django.core.management import call_command
import brainstem.config.urls
call_command("showmigrations", stdout=io.StringIO())
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, started = peak(), time.monotonic()
call_command("migrate", stdout=io.StringIO())
print(round(peak() - before), round(time.monotonic() - started, 1))
"""
COUNT = """
import django; django.setup()
from brainstem.core.models import Change, Event
print(Change.objects.count(), Event.objects.count())
"""


@contextmanager
def old_lab(folder):
    """The environment of a lab as the former version left it, without any records."""
    with new_database(folder, migrated=False) as url:
        environment = environment_of("http://localhost:8000", url, folder)
        run(environment, "-c", SET_UP)
        yield environment


def run(environment, *arguments, text=""):
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=environment, cwd=SERVER, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def id_of(number: int) -> str:
    return f"01970000-0000-7000-8000-{number:012}"


def line(number, action="change", *, event=None, record=1, before=None, after=None, **values):
    """A line of the former format; a second later than the one before it."""
    shared = {"model": "stem.Session", "record_id": id_of(record), "actor_id": 7, "actor_email": "alice@lab.example"}
    return (
        shared
        | {"id": id_of(number), "event": id_of(event or number), "at": f"2026-01-01T10:00:{number:02}Z"}
        | {"via": "token", "token_id": 3, "request_id": "r1", "portal": "private", "action": action}
        | {"before": before, "after": after}
        | values
    )


def state(**values):
    return {"name": "A", "description": "", "tags": [], "updated_at": "2026-01-01T10:00:00+00:00"} | values


LIFE = [
    line(1, "create", after=state()),
    line(2, before=state(), after=state(description="x", tags=["a"], updated_at="later")),
    line(3, "detach", before=state(projects=[id_of(8), id_of(9)]), after=state(projects=[id_of(8)])),
    line(4, "delete", before=state(description="x")),
]
TOGETHER = [line(n, "delete", event=5, record=n, before=state()) for n in (5, 6, 7)]
NOTHING = [
    line(11, record=11, before=state(), after=state()),
    line(12, record=11, before=state(), after=state(updated_at="later")),
    line(13, record=11, before=state(ids=[id_of(8), id_of(9)]), after=state(ids=[id_of(9), id_of(8)])),
    line(14, record=11, before=state(), after=state(name="B")),
]
FIRST, SECOND, CHANGED = ({"date_time": f"2026-01-0{n}T10:00:00Z", "notes": str(n)} for n in (1, 2, 3))
ENTRIES = [
    line(21, "add_entry", record=21, before={"entries": []}, after={"entries": [SECOND]}),
    line(22, "change_entry", record=21, before={"entries": [SECOND]}, after={"entries": [CHANGED]}),
    line(23, "remove_entry", record=21, before={"entries": [CHANGED]}, after={"entries": []}),
    line(24, record=21, before={"entries": [FIRST, SECOND]}, after={"entries": [FIRST, CHANGED]}),
]
BY_COMMAND = {"via": "command", "actor_id": None, "actor_email": "", "token_id": None}
PERSON = {"model": "users.User", "record_id": "42"}
NUMBERED = [
    line(31, "deactivate", before={"a": 1}, after={"a": 2}, **PERSON),
    line(32, "activate", before={"a": 2}, after={"a": 1}, **PERSON, **BY_COMMAND),
]
DELETED = [
    line(41, "delete", record=41, model="stem.Project", before=state()),
    line(42, "delete", record=42, before=state()),
    line(43, "undelete", event=42, record=42, after=state(), **BY_COMMAND),
    line(44, "undelete", event=42, record=43, after=state(), **BY_COMMAND),
]
GRANTS = [
    {"model": "core.UserGrant", "values": {"object_id": id_of(on), "user_id": user, "level": level}}
    for on, user, level in ((41, 9, 4), (41, 5, 4), (41, 6, 3), (99, 1, 4))
]
MEMBER = {"model": "users.Membership", "values": {"group_id": 12, "user_id": 8, "level": 4}}
DELETIONS = [
    {"event": id_of(41), "model": "stem.Project", "record_id": id_of(41), "rows": GRANTS, "detached": []},
    {"event": id_of(42), "model": "stem.Session", "record_id": id_of(42), "rows": [], "detached": [],
     "undone_at": "2026-01-01T10:00:43Z"},
    {"event": id_of(44), "model": "users.Group", "record_id": "12", "rows": [MEMBER], "detached": []},
]  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What history tells of all of these after the migration."""
    lines = [*LIFE, *TOGETHER, *NOTHING, *ENTRIES, *NUMBERED, *DELETED]
    with old_lab(tmp_path_factory.mktemp("old")) as environment:
        run(environment, "-c", WRITE, text=json.dumps({"lines": lines, "deletions": DELETIONS}))
        run(environment, "-m", "brainstem.config", "migrate")
        return json.loads(run(environment, "-c", READ))


def of(told, lines):
    """The changes that came of some lines, in order."""
    moments = {one["at"] for one in lines}
    return [one for one in told["changes"] if one["at"] in moments]


def test_the_life_of_a_record_is_told_as_before(told):
    found = of(told, LIFE)
    assert [(one["action"], one["life"], one["event_id"]) for one in found] == [
        ("create", 1, id_of(1)), ("change", 0, id_of(2)), ("detach", 0, id_of(3)), ("delete", -1, id_of(4)),
    ]  # fmt: skip
    assert [(one["before"], one["after"]) for one in found] == [
        (None, state()),
        (
            {"description": "", "tags": [], "updated_at": "2026-01-01T10:00:00+00:00"},
            {"description": "x", "tags": ["a"]},
        ),
        ({"projects": [id_of(8), id_of(9)]}, {"projects": [id_of(8)]}),
        (state(description="x"), None),
    ]
    assert {one["record_id"] for one in found} == {id_of(1)}
    assert [one["at"] for one in found] == [one["at"] for one in LIFE]
    assert told["events"][id_of(2)] == {
        "at": "2026-01-01T10:00:02Z", "transaction": 0, "actor_id": 7, "actor_email": "alice@lab.example",
        "via": "token", "means": "", "client": "", "token_id": 3, "token_name": "", "request_id": "r1",
        "portal": "private",
    }  # fmt: skip


def test_changes_of_one_write_are_one_event_of_its_first_moment(told):
    found = of(told, TOGETHER)
    assert {one["event_id"] for one in found} == {id_of(5)}
    assert told["events"][id_of(5)]["at"] == "2026-01-01T10:00:05Z"
    assert [one["at"][-3:] for one in found] == ["05Z", "06Z", "07Z"]
    assert not {id_of(6), id_of(7)} & told["events"].keys()


def test_changes_in_which_nothing_differs_are_left_out_with_their_events(told):
    assert [one["event_id"] for one in of(told, NOTHING)] == [id_of(14)]
    assert {id_of(n) for n in (11, 12, 13, 14)} & told["events"].keys() == {id_of(14)}


def test_entries_of_logs_are_told_as_what_was_removed_and_added(told):
    found = of(told, ENTRIES)
    assert [(one["before"]["entries"], one["after"]["entries"]) for one in found] == [
        ([], [SECOND]), ([SECOND], [CHANGED]), ([CHANGED], []), ([SECOND], [CHANGED]),
    ]  # fmt: skip
    assert [one["after"]["~"] for one in found] == [["entries"]] * 4


def test_records_with_numbers_for_ids_keep_them(told):
    assert [one["record_id"] for one in of(told, NUMBERED)] == ["42", "42"]
    event = told["events"][id_of(32)]
    assert (event["via"], event["actor_id"], event["token_id"]) == ("command", None, None)


def test_deletions_can_still_be_undone_by_their_owners(told):
    assert [(one["event"], one["owners"], one["undone_at"]) for one in told["deletions"]] == [
        (id_of(41), [5, 9], None), (id_of(42), [], "2026-01-01T10:00:43Z"), (id_of(44), [8], None),
    ]  # fmt: skip
    assert [one["id"] for one in told["deletions"]] == [one["event"] for one in DELETIONS]
    assert told["deletions"][0]["rows"] == GRANTS


def test_restoring_is_an_event_of_its_own(told):
    deleted, restored, with_it = (one["event_id"] for one in of(told, DELETED)[1:])
    assert (deleted, restored == with_it, restored != deleted) == (id_of(42), True, True)
    assert (told["events"][deleted]["via"], told["events"][restored]["via"]) == ("token", "command")
    assert told["events"][restored]["at"] == "2026-01-01T10:00:43Z"
    assert [one["life"] for one in of(told, DELETED)] == [-1, -1, 1, 1]


def test_every_event_has_changes_and_every_change_an_event(told):
    assert told["events"].keys() == {one["event_id"] for one in told["changes"]}


def test_the_memory_that_a_migration_takes_does_not_grow_with_the_history(tmp_path):
    with old_lab(tmp_path) as environment:
        run(environment, "-c", MANY, "20000")
        grown, _ = map(float, run(environment, "-c", MIGRATE).split())
        assert grown < 100, f"{grown} MB"
        assert run(environment, "-c", COUNT).split() == ["20000", "20"]
