"""History that an earlier version wrote is told as events and differences, all of it, on a lab of any size."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ..served import SERVER, environment_of, new_database

pytestmark = pytest.mark.slow

OLD = [("core", "0002_first_release_links")]
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
call_command("migrate", "core", "0002", stdout=io.StringIO())
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, started = peak(), time.monotonic()
call_command("migrate", "core", "0003", stdout=io.StringIO())
print(round(peak() - before), round(time.monotonic() - started, 1))
"""


@pytest.fixture
def old(tmp_path):
    """The environment of a lab as the former version left it, without any records."""
    with new_database(tmp_path, migrated=False) as url:
        environment = environment_of("http://localhost:8000", url, tmp_path)
        run(environment, "-m", "brainstem.config", "migrate", "core", "0002")
        yield environment


def run(environment, *arguments, text=""):
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=environment, cwd=SERVER, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def migrated(environment, lines, deletions=()):
    """What history tells after the migration."""
    run(environment, "-c", WRITE, text=json.dumps({"lines": lines, "deletions": list(deletions)}))
    run(environment, "-m", "brainstem.config", "migrate")
    return json.loads(run(environment, "-c", READ))


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


def test_the_life_of_a_record_is_told_as_before(old):
    lines = [
        line(1, "create", after=state()),
        line(2, before=state(), after=state(description="x", tags=["a"], updated_at="later")),
        line(3, "detach", before=state(projects=[id_of(8), id_of(9)]), after=state(projects=[id_of(8)])),
        line(4, "delete", before=state(description="x")),
    ]
    found = migrated(old, lines)
    assert [(one["action"], one["life"], one["event_id"]) for one in found["changes"]] == [
        ("create", 1, id_of(1)), ("change", 0, id_of(2)), ("detach", 0, id_of(3)), ("delete", -1, id_of(4)),
    ]  # fmt: skip
    assert [(one["before"], one["after"]) for one in found["changes"]] == [
        (None, state()),
        (
            {"description": "", "tags": [], "updated_at": "2026-01-01T10:00:00+00:00"},
            {"description": "x", "tags": ["a"]},
        ),
        ({"projects": [id_of(8), id_of(9)]}, {"projects": [id_of(8)]}),
        (state(description="x"), None),
    ]
    assert {one["record_id"] for one in found["changes"]} == {id_of(1)}
    assert [one["at"] for one in found["changes"]] == [one["at"] for one in lines]
    assert found["events"][id_of(2)] == {
        "at": "2026-01-01T10:00:02Z", "transaction": 0, "actor_id": 7, "actor_email": "alice@lab.example",
        "via": "token", "means": "", "client": "", "token_id": 3, "token_name": "", "request_id": "r1",
        "portal": "private",
    }  # fmt: skip


def test_changes_of_one_write_are_one_event_of_its_first_moment(old):
    lines = [line(n, "delete", event=5, record=n, before=state()) for n in (5, 6, 7)]
    found = migrated(old, lines)
    assert {one["event_id"] for one in found["changes"]} == {id_of(5)}
    assert [*found["events"]] == [id_of(5)]
    assert found["events"][id_of(5)]["at"] == "2026-01-01T10:00:05Z"
    assert [one["at"][-3:] for one in found["changes"]] == ["05Z", "06Z", "07Z"]


def test_changes_in_which_nothing_differs_are_left_out_with_their_events(old):
    lines = [
        line(1, before=state(), after=state()),
        line(2, before=state(), after=state(updated_at="later")),
        line(3, before=state(projects=[id_of(8), id_of(9)]), after=state(projects=[id_of(9), id_of(8)])),
        line(4, before=state(), after=state(name="B")),
    ]
    found = migrated(old, lines)
    assert [one["event_id"] for one in found["changes"]] == [id_of(4)] == [*found["events"]]


def test_entries_of_logs_are_told_as_what_was_removed_and_added(old):
    first, second, changed = ({"date_time": f"2026-01-0{n}T10:00:00Z", "notes": str(n)} for n in (1, 2, 3))
    lines = [
        line(1, "add_entry", before={"entries": []}, after={"entries": [second]}),
        line(2, "change_entry", before={"entries": [second]}, after={"entries": [changed]}),
        line(3, "remove_entry", before={"entries": [changed]}, after={"entries": []}),
        line(4, before={"entries": [first, second]}, after={"entries": [first, changed]}),
    ]
    found = migrated(old, lines)
    assert [(one["before"]["entries"], one["after"]["entries"]) for one in found["changes"]] == [
        ([], [second]), ([second], [changed]), ([changed], []), ([second], [changed]),
    ]  # fmt: skip
    assert {str(one["after"]["~"]) for one in found["changes"]} == {"['entries']"}


def test_records_with_numbers_for_ids_keep_them(old):
    lines = [line(1, "deactivate", model="users.User", record_id="42", before={"a": 1}, after={"a": 2})]
    lines.append(line(2, "activate", model="users.User", record_id="42", via="command", actor_id=None, token_id=None,
                      before={"a": 2}, after={"a": 1}))  # fmt: skip
    found = migrated(old, lines)
    assert [one["record_id"] for one in found["changes"]] == ["42", "42"]
    told = found["events"][id_of(2)]
    assert (told["via"], told["actor_id"], told["token_id"]) == ("command", None, None)


def test_deletions_can_still_be_undone_by_their_owners_and_restoring_is_an_event_of_its_own(old):
    lines = [
        line(1, "delete", model="stem.Project", before=state()),
        line(2, "delete", record=2, before=state()),
        line(3, "undelete", event=2, record=2, after=state(), actor_id=None, actor_email="", via="command"),
        line(4, "undelete", event=2, record=3, after=state(), actor_id=None, actor_email="", via="command"),
    ]
    grants = [
        {"model": "core.UserGrant", "values": {"object_id": id_of(1), "user_id": user, "level": level}}
        for user, level in ((9, 4), (5, 4), (6, 3))
    ]
    other = {"model": "core.UserGrant", "values": {"object_id": id_of(99), "user_id": 1, "level": 4}}
    member = {"model": "users.Membership", "values": {"group_id": 12, "user_id": 8, "level": 4}}
    deletions = [
        {"event": id_of(1), "model": "stem.Project", "record_id": id_of(1), "rows": [*grants, other], "detached": []},
        {"event": id_of(2), "model": "stem.Session", "record_id": id_of(2), "rows": [], "detached": [],
         "undone_at": "2026-01-01T10:00:03Z"},
        {"event": id_of(4), "model": "users.Group", "record_id": "12", "rows": [member], "detached": []},
    ]  # fmt: skip
    found = migrated(old, lines, deletions)
    assert [(one["event"], one["owners"], one["undone_at"]) for one in found["deletions"]] == [
        (id_of(1), [5, 9], None), (id_of(2), [], "2026-01-01T10:00:03Z"), (id_of(4), [8], None),
    ]  # fmt: skip
    assert [one["id"] for one in found["deletions"]] == [one["event"] for one in deletions]
    assert found["deletions"][0]["rows"] == [*grants, other]
    deleted, restored, with_it = (one["event_id"] for one in found["changes"][1:])
    assert (deleted, restored == with_it, restored != deleted) == (id_of(2), True, True)
    assert (found["events"][deleted]["via"], found["events"][restored]["via"]) == ("token", "command")
    assert found["events"][restored]["at"] == "2026-01-01T10:00:03Z"
    assert [one["life"] for one in found["changes"]] == [-1, -1, 1, 1]


def test_a_lab_without_history_migrates(old):
    assert migrated(old, []) == {"changes": [], "events": {}, "deletions": []}


def test_the_memory_that_a_migration_takes_does_not_grow_with_the_history(old):
    number = 20_000
    run(old, "-c", MANY, str(number))
    grown, _ = map(float, run(old, "-c", MIGRATE).split())
    assert grown < 60, f"{grown} MB"
    found = run(old, "-c", "import django; django.setup()\nfrom brainstem.core.models import Change, Event\n"
                "print(Change.objects.count(), Event.objects.count())")  # fmt: skip
    assert found.split() == [str(number), str(number // 1000)]
