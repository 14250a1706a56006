"""Values of filters mean the same in every spelling: nothing, what is not set, many, and several for one field."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from brainstem_api_tools import AsyncBrainstemClient, ModelType, ValidationError
from brainstem_api_tools.filters import NOTHING, alternatives
from brainstem_api_tools.merging import merged
from brainstem_api_tools.record import record_class

NUMBER = 110  # more than a page
SESSION = record_class("session")


@pytest.fixture(scope="module")
def lab(served):
    """A project of Alice with many sessions: its id, and the ids of the sessions in their order."""
    from brainstem_api_tools import BrainstemClient

    with BrainstemClient(token=served.token("alice"), url=served.url) as client:
        project = client.projects.create(name=uuid.uuid4().hex).id
        rows = [
            {"name": f"many {NUMBER - at:03d}", "projects": [project], "tags": ["odd"] if at % 2 else []}
            for at in range(NUMBER)
        ]
        rows[0]["date_time"] = "2025-06-01T09:00:00.500Z"
        rows[1]["date_time"] = "2025-06-01T09:00:00Z"
        rows[2]["name"] = "many, many"
        yield project, client.bulk_create("session", rows)
        client.projects.delete(project)


@pytest.fixture
def everywhere(client, served, lab):
    """The ids of Alice's sessions of the project that fit one filter, asked in all spellings: they all agree."""
    project, _ = lab

    def ask(path: str, value, **more) -> list[str]:
        def given():
            return value() if callable(value) else value

        async def awaited():
            async with AsyncBrainstemClient(token=served.token("alice"), url=served.url) as other:
                found = await other.sessions.list(filters={"projects": project, path: given()}, **more).all()
                rows = await other.load("session", filters={"projects": project, path: given()}, load_all=True)
                return [one.id for one in found], [one["id"] for one in rows["sessions"]]

        lists = [
            [one.id for one in client.sessions.list(filters={"projects": project, path: given()}, **more)],
            [one.id for one in client.sessions.list(filters={"projects": project, path: given()}, **more).all()],
            [
                one["id"]
                for one in client.load("session", filters={"projects": project, path: given()}, load_all=True)[
                    "sessions"
                ]
            ],
            *asyncio.run(awaited()),
        ]
        if not path.startswith("-"):
            named = {path.replace(".", "__"): given()}
            lists.append([one.id for one in client.sessions.list(projects=project, **named, **more)])
        assert all(one == lists[0] for one in lists) or more, [len(one) for one in lists]
        return lists[0]

    return ask


EMPTY = {
    "list": [], "tuple": (), "set": set(), "iterator": lambda: iter(()), "generator": lambda: (one for one in ()),
    "dict keys": {}.keys(), "array": np.array([]), "series": pd.Series([], dtype=object), "index": pd.Index([]),
}  # fmt: skip


def test_empty_list_finds_nothing_in_any_spelling(everywhere, client, lab):
    assert everywhere("name.in", []) == []
    assert everywhere("tags", ()) == []
    assert client.sessions.list(projects=lab[0], name__in=[]).count() == 0
    assert client.load("session", filters={"name.in": []}).json()["count"] == 0


@pytest.mark.parametrize("empty", EMPTY.values(), ids=EMPTY)
@pytest.mark.parametrize("path", ["name.in", "name", "id.in", "projects", "date_time.range", "behaviors.setup.in"])
def test_anything_that_is_empty_asks_for_nothing(empty, path):
    value = empty() if callable(empty) else empty

    assert alternatives({path: value}) == [[NOTHING]]


@pytest.mark.parametrize("path", ["-name.in", "-tags", "name.ne"])
def test_leaving_out_nothing_leaves_everything(path):
    assert alternatives({path: []}) == [[]]


def test_leaving_out_nothing_leaves_everything_on_the_server(everywhere, lab):
    assert everywhere("-name.in", []) == lab[1]


def test_loader_with_an_empty_list_finds_nothing(client, lab):
    assert client.load_session(name=[]).json()["count"] == 0
    assert client.load_session(projects=lab[0]).json()["count"] == NUMBER


def test_2000_ids_find_each_record_once_in_its_order(everywhere, lab):
    _, ids = lab
    asked = [*(str(uuid.uuid4()) for _ in range(2000 - NUMBER)), *reversed(ids), *ids]

    assert everywhere("id.in", asked) == ids


def test_2000_ids_are_counted_limited_and_sorted(client, lab):
    _, ids = lab
    asked = [*(str(uuid.uuid4()) for _ in range(2000)), *ids]
    found = client.sessions.list(id__in=asked, sort=["-name"], limit=5)
    expected = client.sessions.list(projects=lab[0], sort=["-name"], limit=5)

    assert [one.id for one in found] == [one.id for one in expected]
    assert client.sessions.list(id__in=asked).count() == NUMBER
    assert client.sessions.list(id__in=asked).first().id == ids[0]
    times = client.sessions.list(id__in=asked, sort=["date_time"])[:2]
    assert [one.id for one in times] == [ids[1], ids[0]]


@pytest.mark.parametrize("sort", ["-name", "date_time", "-date_time", "created_at"])
def test_lists_in_parts_are_sorted_as_the_server_sorts(client, lab, sort):
    project, ids = lab
    asked = [*ids, *(str(uuid.uuid4()) for _ in range(400))]
    query = client.sessions.list(id__in=asked, sort=[sort])

    assert len(query.queries) > 1
    assert [one.id for one in query] == [one.id for one in client.sessions.list(projects=project, sort=[sort])]


def test_order_that_only_the_server_knows_is_refused_for_lists_in_parts(client):
    asked = [str(uuid.uuid4()) for _ in range(2000)]
    with pytest.raises(ValidationError, match=r"'projects\.name' is not available"):
        client.sessions.list(id__in=asked, sort=["projects.name"])
    with pytest.raises(ValidationError, match="not available"):
        client.load("session", filters={"id.in": asked}, sort=["tags"], load_all=True)


def test_page_with_too_many_values_says_what_reads_them(client):
    with pytest.raises(ValidationError, match="load_all=True"):
        client.load("session", filters={"id.in": [str(uuid.uuid4()) for _ in range(2000)]})
    assert client.load("session", filters={"id.in": [str(uuid.uuid4()) for _ in range(100)]}).json()["count"] == 0


def test_value_with_a_comma_is_one_value(everywhere, lab):
    assert everywhere("name.in", ["many, many"]) == [lab[1][2]]
    assert everywhere("name.in", ["many, many", f"many {NUMBER:03d}"]) == [lab[1][0], lab[1][2]]


def test_none_asks_for_what_is_not_set_in_any_spelling(everywhere, client, lab):
    project, ids = lab

    assert everywhere("date_time", None) == ids[2:]
    assert everywhere("-date_time", None) == ids[:2]
    assert everywhere("date_time.ne", None) == ids[:2]
    assert client.load("session", filters={"projects": project, "date_time": None}).json()["count"] == NUMBER - 2


@pytest.mark.parametrize(
    "value", [None, [None], ["a", None], [float("nan")], float("nan"), pd.NaT, [pd.NA], float("inf")]
)
@pytest.mark.parametrize("path", ["name.icontains", "date_time.in"])
def test_nothing_among_values_is_refused_and_not_left_out(client, path, value):
    with pytest.raises(ValidationError, match="Nothing was sent"):
        client.sessions.list(filters={path: value})
    with pytest.raises(ValidationError):
        client.load("session", filters={path: value})


@pytest.mark.parametrize("value", [b"x", {"a": 1}, [["x"]]], ids=str)
def test_what_is_no_value_is_refused(value):
    with pytest.raises(ValidationError, match="not a value"):
        alternatives({"name": value})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (np.bool_(False), "false"),
        (np.float64(1.5), "1.5"),
        (np.int64(3), "3"),
        (np.array(3), "3"),
        (np.str_("a"), "a"),
        (Decimal("1.50"), "1.50"),
        (ModelType.session, "session"),
        (datetime(2025, 6, 1, tzinfo=UTC), "2025-06-01T00:00:00+00:00"),
        (pd.Timestamp("2025-06-01", tz="UTC"), "2025-06-01T00:00:00+00:00"),
        (np.datetime64("2025-06-01"), "2025-06-01"),
        (timedelta(minutes=90), "P0DT1H30M0S"),
        (np.timedelta64(90, "m"), "P0DT1H30M0S"),
        (SESSION({"id": "x"}), "x"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
    ids=str,
)
def test_values_become_texts(value, text):
    assert alternatives({"name": value}) == [[("filter{name}", text)]]


def test_lists_become_commas_with_in_and_conditions_otherwise():
    assert alternatives({"name.in": np.array(["a", "b", "a"])}) == [[("filter{name.in}", "a,b")]]
    assert alternatives({"tags": ["a", "b"]}) == [[("filter{tags}", "a"), ("filter{tags}", "b")]]
    assert alternatives({"x.range": (1, 2)}) == [[("filter{x.range}", "1,2")]]
    assert alternatives({"-name.in": ["a", "b, c"]}) == [[("filter{-name.in}", "a"), ("filter{-name}", "b, c")]]


def test_too_many_requests_are_refused():
    many = [str(uuid.uuid4()) for _ in range(4000)]
    with pytest.raises(ValidationError, match="200 requests"):
        alternatives({"id.in": many, "projects.in": many})
    with pytest.raises(ValidationError, match="too many to exclude"):
        alternatives({"-id.in": many})


def test_durations_are_read_by_the_server(client):
    assert client.epochs.list(start__gte=timedelta(hours=-1, seconds=0.5)).count() >= 0


def test_merged_lists_have_each_record_once_and_what_is_not_set_last():
    parts = [
        [{"id": "c", "name": None}, {"id": "b", "name": "B"}],
        [{"id": "b", "name": "B"}, {"id": "a", "name": "a"}],
    ]

    assert [one["id"] for one in merged(SESSION, parts, sort=[], offset=0, limit=None)] == ["a", "b", "c"]
    assert [one["id"] for one in merged(SESSION, parts, sort=["name"], offset=0, limit=None)] == ["b", "a", "c"]
    assert [one["id"] for one in merged(SESSION, parts, sort=["-name"], offset=1, limit=1)] == ["b"]


def names_of(command, *filters: str) -> list[str]:
    code, shown, said = command("load", "session", "--all", "--filters", *filters)
    assert code == 0, said
    return [one["name"] for one in json.loads(shown)["sessions"]]


def test_filters_given_twice_must_both_hold(command, lab):
    project, _ = lab
    both = (f"projects={project}", "name.icontains=many", "name.icontains=, ")

    assert names_of(command, *both) == ["many, many"]
    assert names_of(command, f"projects={project}", "name=many, many", "name=many 001") == []
    assert names_of(command, f"projects={project}", "name.in=many 001", "name.in=many 002,many 004") == [
        "many 004", "many 002", "many 001",
    ]  # fmt: skip
    page = json.loads(command("load", "session", "--filters", *both)[1])
    assert page["count"] == 1
