"""History, states of the past, undo, deleted records and feeds of changes: as the client asks for them."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from brainstem_api_tools import AsyncBrainstemClient, BrainstemError, Conflict, NotFound, ValidationError
from brainstem_api_tools.entries import Changed, Entry
from brainstem_api_tools.past import event_of, moment_of

ONE, LIST = "/api/private/stem/session/x/", "/api/private/stem/session/"
INDEX = {"name": "BrainSTEM server", "version": "1"}
EVENT = "0199a000-0000-7000-8000-000000000001"
ENTRY = {
    "id": "e1", "event": EVENT, "action": "change", "date_time": "2026-03-01T12:00:00Z", "user": 3,
    "user_name": "Alice Andersen", "via": "API", "model": "stem/session", "record": "x",
    "changes": {"name": {"from": "Day 1", "to": "Day I"}},
}  # fmt: skip
READ = {"id": "x", "name": "Day 1", "projects": ["p"]}


@pytest.fixture
def past(scripted, listed):
    """A client of a server that keeps history."""
    scripted.answer("GET", "/api/", (200, INDEX))
    scripted.answer("GET", ONE, (200, {"session": READ}, {"ETag": '"7-aa"'}))
    return listed


def asked(scripted) -> list[str]:
    return [f"{method} {path}" for method, path, _, _ in scripted.seen]


# --- history ------------------------------------------------------------------------------------------------------------


def test_history_is_read_page_by_page(scripted, past):
    pages = {
        "": {"history": [ENTRY, {**ENTRY, "id": "e2"}], "next": "http://x/?cursor=abc", "count": 3},
        "abc": {"history": [{**ENTRY, "id": "e3", "action": "create"}], "next": None, "count": 3},
    }
    scripted.by_query[f"GET {ONE}history/"] = lambda query: (200, pages[query.get("cursor", "")])
    session = past.sessions.get("x")
    found = session.history()

    assert [one.id for one in found] == [one.id for one in found.all()] == ["e1", "e2", "e3"]
    first = found.first()
    assert isinstance(first, Entry)
    assert first.date_time == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert (first.event, first.action, first.user, first.user_name, first.via) == (
        EVENT,
        "change",
        3,
        "Alice Andersen",
        "API",
    )
    assert first.changes["name"] == ("Day 1", "Day I")
    assert first.changes["name"].before == "Day 1"
    assert len(session.history(limit=1).all()) == 1


def test_entry_of_a_newer_server_is_read():
    entry = Entry.of({"id": 5, "changes": {"a": {"to": 1}, "b": None}, "more": 1, "date_time": "soon", "user": None})

    assert (entry.id, entry.event, entry.date_time, entry.user, entry.changes) == (
        5,
        "",
        "soon",
        None,
        {"a": (None, 1)},
    )
    assert entry.data["more"] == 1
    assert Entry.of({}).changes == {}


def test_history_that_one_may_not_see_is_not_found(scripted, past):
    scripted.answer("GET", f"{ONE}history/", (404, {"detail": "No session has the id x."}))
    with pytest.raises(NotFound, match="No session has the id x"):
        past.sessions.get("x").history().all()


# --- as it was ----------------------------------------------------------------------------------------------------------

ZONE = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("time", "sent"),
    [
        (datetime(2026, 3, 1, 12, tzinfo=ZONE), "2026-03-01T12:00:00+02:00"),
        (date(2026, 3, 1), "2026-03-01"),
        ("2026-03-01T12:00Z", "2026-03-01T12:00Z"),
        ("2026-03-01", "2026-03-01"),
        (" 2026-03-01T12:00:00.5+02:00 ", "2026-03-01T12:00:00.5+02:00"),
        ("2026-03-01 12:00", "2026-03-01 12:00"),
    ],
)
def test_time_is_sent_as_iso_8601(time, sent):
    assert moment_of(time) == sent


@pytest.mark.parametrize(
    "time",
    [
        datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None),
        "",
        "yesterday",
        5,
        None,
        "2026-13-01",
        "2026-03-01T25:00Z",
        "12:00",
    ],
)
def test_what_is_no_time_is_refused_before_anything_is_sent(time, past, scripted):
    with pytest.raises(ValidationError, match="Nothing was sent"):
        past.as_of(time)
    assert scripted.seen == []


def test_everything_a_view_reads_is_as_of_its_time(scripted, past):
    moments = []

    def answer(query):
        moments.append(query.get("as_of"))
        return 200, ({"sessions": [READ], "count": 1} if "limit" in query else {"session": READ})

    scripted.by_query = {f"GET {ONE}": answer, f"GET {LIST}": answer}
    _ = past.sessions  # used before
    then = past.as_of("2026-03-01T12:00Z")
    assert then.sessions.get("x").name == "Day 1"
    assert [one.name for one in then.sessions.list()] == ["Day 1"]
    assert then.sessions.list().count() == 1
    assert then.load("session", id="x").json()["session"] == READ
    assert len(then.load("session", load_all=True)["sessions"]) == 1
    assert set(moments) == {"2026-03-01T12:00Z"}
    moments.clear()
    past.sessions.get("x")
    assert moments == [None]
    assert asked(scripted).count("GET /api/") == 1


def test_view_writes_nothing(scripted, past):
    then = past.as_of("2026-03-01")
    session = then.sessions.get("x")
    session.name = "new"
    scripted.seen.clear()
    for write in (
        session.save,
        lambda: then.sessions.create(name="a", projects=["p"]),
        lambda: then.sessions.update("x", name="a"),
        lambda: then.sessions.delete("x"),
        lambda: then.save("session", data={"name": "a"}),
        lambda: then.delete("session", id="x"),
        lambda: then.bulk_create("session", [{"name": "a", "projects": ["p"]}]),
        lambda: then.undo(EVENT),
        lambda: then.restore("session", "x"),
        lambda: then.drafts.put("d", 1),
        lambda: session.revert(EVENT),
    ):
        with pytest.raises(ValidationError, match="as of 2026-03-01 and can only read"):
            write()
    assert [one for one in asked(scripted) if not one.startswith("GET")] == []


def test_closing_a_view_leaves_the_client_open(past):
    with past.as_of("2026-03-01") as then:
        assert then.sessions.get("x").id == "x"
    assert past.sessions.get("x").id == "x"


def test_record_as_of_a_time_is_of_that_time(scripted, past):
    session = past.sessions.get("x")
    scripted.by_query[f"GET {ONE}"] = lambda query: (200, {"session": {**READ, "name": query["as_of"]}})
    then = session.as_of(date(2026, 3, 1))

    assert (then.name, session.name) == ("2026-03-01", "Day 1")
    then.name = "x"
    with pytest.raises(ValidationError, match="can only read"):
        then.save()


# --- taking back --------------------------------------------------------------------------------------------------------


def test_undo_gives_the_event_with_which_it_is_undone(scripted, past):
    path = f"/api/private/history/{EVENT}/undo/"
    scripted.answer("POST", path, (200, {"history": []}, {"Brainstem-Event": "e-2"}))
    assert past.undo(EVENT) == past.undo(Entry.of(ENTRY)) == "e-2"
    scripted.answer("POST", path, (200, {}))
    assert past.undo(EVENT) == ""


VALUES = {"base": "a", "theirs": "b", "yours": "c"}


@pytest.mark.parametrize(
    ("told", "changed"),
    [
        ({"changed": {"name": VALUES}}, {"name": VALUES}),
        ({"moved_on": {"stem/session/x": {"name": VALUES}}, "blocked_by": {}}, {"name": VALUES}),
        (
            {"moved_on": {"stem/session/x": {"name": VALUES}, "stem/session/y": {"tags": VALUES}}},
            {"stem/session/x: name": VALUES, "stem/session/y: tags": VALUES},
        ),
        ({"moved_on": {}, "blocked_by": {"models": []}}, {}),
        ({"moved_on": [1]}, {}),
    ],
)
def test_undo_that_is_refused_tells_the_fields(scripted, past, told, changed):
    scripted.answer("POST", f"/api/private/history/{EVENT}/undo/", (409, {"detail": "It was changed since.", **told}))
    with pytest.raises(Conflict, match="changed since") as caught:
        past.undo(EVENT)
    assert caught.value.changed == changed
    assert set(caught.value.theirs.values()) == ({"b"} if changed else set())


@pytest.mark.parametrize("event", ["", None, "a/b", "../x", " "])
def test_what_is_no_event_is_refused_before_anything_is_sent(event, past, scripted):
    with pytest.raises(ValidationError, match="not an event"):
        past.undo(event)
    assert scripted.seen == []
    assert event_of(f" {EVENT} ") == EVENT


def test_revert_takes_the_record_back(scripted, past):
    session = past.sessions.get("x")
    scripted.answer("POST", f"{ONE}revert/", (200, {"session": {**READ, "name": "Day 0"}}, {"ETag": '"9-cc"'}))

    assert session.revert(Entry.of(ENTRY)) is session
    assert session.name == "Day 0"
    assert scripted.bodies(f"{ONE}revert/") == [{"to": EVENT}]


def test_deleted_records_are_listed_and_restored(scripted, past):
    scripted.answer(
        "GET", f"{LIST}deleted/", (200, {"deleted": [{"id": "x", "name": "Day 1"}], "count": 1, "next": None})
    )
    scripted.answer("POST", f"{LIST}deleted/x/restore/", (200, {"session": READ}))
    (gone,) = past.deleted("session")
    assert (gone.id, gone.name) == ("x", "Day 1")
    assert past.restore("session", gone).name == "Day 1"
    scripted.answer("POST", f"{LIST}deleted/x/restore/", (200, {"restored": {"session": 1}}))
    assert past.restore("sessions", "x").projects == ["p"]


# --- what changed -------------------------------------------------------------------------------------------------------


def change(number: int) -> dict:
    return {
        "model": "stem/session", "id": f"x{number}", "action": "change", "version": str(number), "event": EVENT,
        "date_time": "2026-03-01T12:00:00Z",
    }  # fmt: skip


@pytest.fixture
def feed(scripted, past):
    """Five changes, two on a page."""

    def answer(query):
        start = int(query.get("since", "0"))
        rows = [change(number) for number in range(start, min(start + 2, 5))]
        return 200, {"changes": rows, "cursor": str(start + len(rows))}

    scripted.by_query["GET /api/private/changes/"] = answer
    return past


def test_feed_gives_every_change_once_and_says_where_to_go_on(feed):
    found = feed.changes()
    rows = list(found)

    assert [one.id for one in rows] == [f"x{number}" for number in range(5)]
    assert isinstance(rows[0], Changed)
    assert (rows[1].version, rows[1].model, rows[1].action) == ("1", "stem/session", "change")
    assert found.cursor == "5"
    assert list(found) == []
    assert [one.id for one in feed.changes(since="3")] == ["x3", "x4"]


def test_cursor_does_not_pass_what_was_not_used(feed):
    found = feed.changes()
    for one in found:
        if one.id == "x2":
            break
    assert found.cursor == "2"
    assert [one.id for one in found] == ["x2", "x3", "x4"]


def test_answer_without_a_cursor_is_none(scripted, past):
    scripted.answer("GET", "/api/private/changes/", (200, {"changes": []}))
    with pytest.raises(BrainstemError, match="without a cursor"):
        list(past.changes())


# --- servers that keep no history ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "index", [(404, {"detail": "Not found."}), (200, {"users": "http://x/"}), (200, []), (500, {})]
)
def test_server_without_history_is_said_to_have_none(scripted, listed, index):
    scripted.answer("GET", "/api/", index)
    scripted.answer("GET", ONE, (200, {"session": READ}))
    missing = {
        "GET": [f"{ONE}history/", f"{LIST}deleted/", "/api/private/changes/", "/api/private/drafts/d/"],
        "POST": [f"/api/private/history/{EVENT}/undo/", f"{ONE}revert/", f"{LIST}deleted/x/restore/"],
    }
    for method, paths in missing.items():
        for path in paths:
            scripted.answer(method, path, (404, {"detail": "Not found."}))
    session = listed.sessions.get("x")
    for what, ask in {
        "history": session.history().all,
        "deleted records": listed.deleted("session").all,
        "a feed of changes": listed.changes().all,
        "drafts": lambda: listed.drafts.get("d"),
        "undo": lambda: listed.undo(EVENT),
        "revert": lambda: session.revert(EVENT),
        "restoring deleted records": lambda: listed.restore("session", "x"),
        "states of the past": lambda: session.as_of("2026-03-01"),
    }.items():
        with pytest.raises(BrainstemError, match=f"does not offer {what}") as caught:
            ask()
        assert not isinstance(caught.value, NotFound)
    with pytest.raises(BrainstemError, match="does not offer states of the past"):
        listed.as_of("2026-03-01").sessions.list().all()
    assert session.name == "Day 1"


# --- awaited ------------------------------------------------------------------------------------------------------------


def test_the_past_can_be_awaited(scripted):
    scripted.answer("GET", "/api/", (200, INDEX))
    scripted.answer("GET", ONE, (200, {"session": READ}))
    scripted.answer("GET", f"{ONE}history/", (200, {"history": [ENTRY], "next": None, "count": 1}))
    scripted.answer("GET", f"{LIST}deleted/", (200, {"deleted": [{"id": "x"}], "next": None, "count": 1}))
    scripted.answer("POST", f"{LIST}deleted/x/restore/", (200, {"session": READ}))
    scripted.answer("POST", f"{ONE}revert/", (200, {"session": READ}))
    scripted.answer("POST", f"/api/private/history/{EVENT}/undo/", (200, {}, {"Brainstem-Event": "e-2"}))
    pages = [(200, {"changes": [change(1)], "cursor": "1"}), (200, {"changes": [], "cursor": "1"})]
    scripted.answer("GET", "/api/private/changes/", *pages)

    async def work() -> None:
        async with AsyncBrainstemClient(token="t", url=scripted.url) as client:
            session = await client.sessions.get("x")
            assert [one.id async for one in session.history()] == ["e1"]
            assert (await session.history().first()).event == EVENT
            assert (await session.as_of("2026-03-01")).id == "x"
            assert await session.revert(EVENT) is session
            assert await client.undo(EVENT) == "e-2"
            assert [one.id for one in await client.deleted("session").all()] == ["x"]
            assert (await client.restore("session", "x")).id == "x"
            feed = client.changes()
            assert [one.id async for one in feed] == ["x1"]
            assert feed.cursor == "1"
            async with client.as_of("2026-03-01") as then:
                assert (await then.sessions.get("x")).id == "x"
                with pytest.raises(ValidationError, match="can only read"):
                    await then.sessions.delete("x")
            assert (await session.refresh()).id == "x"

    asyncio.run(work())
