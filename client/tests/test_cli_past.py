"""``brainstem history``, ``undo``, ``deleted``, ``restore``; and what ``import`` says of how it is undone."""

from __future__ import annotations

import json

import pytest

from brainstem_api_tools import BrainstemClient

ONE, LIST = "/api/private/stem/session/x/", "/api/private/stem/session/"
EVENTS = [f"0199a000-0000-7000-8000-00000000000{number}" for number in range(3)]
ENTRY = {
    "id": "e1", "event": EVENTS[0], "action": "change", "date_time": "2026-03-01T12:00:00Z", "user": 3,
    "user_name": "Alice Andersen", "via": "API", "model": "stem/session", "record": "x",
    "changes": {"name": {"from": "Day\n1", "to": "x" * 100}},
}  # fmt: skip


@pytest.fixture
def said(scripted, command):
    """Runs ``brainstem`` against a server that answers as it is told."""
    scripted.answer("GET", "/api/", (200, {"name": "BrainSTEM server"}))
    return lambda *words: command(*words, environment={"BRAINSTEM_URL": scripted.url, "BRAINSTEM_TOKEN": "t"})


def test_history_says_who_changed_what(scripted, said):
    scripted.answer("GET", f"{ONE}history/", (200, {"history": [ENTRY, ENTRY], "next": None, "count": 2}))
    code, shown, _ = said("history", "session", "x", "--limit", "1")

    assert code == 0
    first, event, change = shown.splitlines()
    assert first.startswith("2026-0")
    assert first.endswith("change  Alice Andersen (API)")
    assert event == f"  event {EVENTS[0]}"
    assert change.startswith('  name: "Day\\n1" -> "xxx')
    assert change.endswith("…")


def test_history_as_json_is_what_the_server_sent(scripted, said):
    scripted.answer("GET", f"{ONE}history/", (200, {"history": [ENTRY], "next": None, "count": 1}))
    assert json.loads(said("history", "session", "x", "--output", "json")[1]) == [ENTRY]


def test_history_of_nothing_is_said(scripted, said):
    scripted.answer("GET", f"{ONE}history/", (200, {"history": [], "next": None, "count": 0}))
    assert said("history", "session", "x")[1] == "Nothing is known of earlier changes of this session.\n"


def test_several_events_are_undone_newest_first(scripted, said):
    for event in EVENTS:
        again = f"again-{event[-1]}"
        scripted.answer("POST", f"/api/private/history/{event}/undo/", (200, {}, {"Brainstem-Event": again}))
    code, shown, _ = said("undo", EVENTS[1], EVENTS[2], EVENTS[0], EVENTS[2])

    assert code == 0
    assert [path.split("/")[4] for method, path, _, _ in scripted.seen if method == "POST"] == EVENTS[::-1]
    assert shown.splitlines()[0] == f"Undone: {EVENTS[2]} (brainstem undo again-2 brings it back)"


def test_undo_that_is_refused_says_what_was_undone_before(scripted, said):
    scripted.answer("POST", f"/api/private/history/{EVENTS[2]}/undo/", (200, {}))
    scripted.answer("POST", f"/api/private/history/{EVENTS[1]}/undo/", (409, {"detail": "name was changed since."}))
    code, shown, told = said("undo", *EVENTS)

    assert (code, shown) == (1, f"Undone: {EVENTS[2]}\n")
    assert f"Undone before that: {EVENTS[2]}" in told
    assert "name was changed since." in told
    assert not [path for _, path, _, _ in scripted.seen if EVENTS[0] in path]


def test_undo_of_no_event_sends_nothing(scripted, said):
    code, _, told = said("undo", EVENTS[0], "no/event")

    assert (code, scripted.seen) == (1, [])
    assert "is not an event" in told


@pytest.mark.parametrize(("output", "shown"), [("table", "Day 1"), ("json", '"name": "Day 1"'), ("csv", "x,Day 1")])
def test_deleted_records_are_listed(scripted, said, output, shown):
    rows = [{"id": "x", "name": "Day 1"}]
    scripted.answer("GET", f"{LIST}deleted/", (200, {"deleted": rows, "next": None, "count": 1}))
    code, found, _ = said("deleted", "sessions", "--output", output)

    assert code == 0
    assert shown in found


def test_restored_record_is_named(scripted, said):
    scripted.answer("POST", f"{LIST}deleted/x/restore/", (200, {}, {"Brainstem-Event": EVENTS[1]}))
    assert said("restore", "session", "x")[1] == f"Restored: session x (brainstem undo {EVENTS[1]} deletes it again)\n"


@pytest.mark.parametrize(
    "words", [("history", "session", "x"), ("undo", EVENTS[0]), ("deleted", "session"), ("restore", "session", "x")]
)
def test_server_without_history_is_said_to_have_none(scripted, said, words):
    scripted.answer("GET", "/api/", (404, {}))
    for method, path in (
        ("GET", f"{ONE}history/"), ("GET", f"{LIST}deleted/"), ("POST", f"{LIST}deleted/x/restore/"),
        ("POST", f"/api/private/history/{EVENTS[0]}/undo/"),
    ):  # fmt: skip
        scripted.answer(method, path, (404, {"detail": "Not found."}))
    code, _, told = said(*words)

    assert (code, "does not offer" in told) == (1, True)


# --- import -------------------------------------------------------------------------------------------------------------


def test_import_says_how_it_is_undone(command, client, project, tmp_path):
    table = tmp_path / "sessions.csv"
    table.write_text(f"name,projects\n{project.name} 1,{project.id}\n")
    code, shown, _ = command("import", str(table), "--model", "session")

    assert code == 0
    (line,) = [line for line in shown.splitlines() if line.startswith("To take it back: brainstem undo ")]
    assert len(line.rpartition(" ")[2]) == 36
    _, again, _ = command("import", str(table), "--model", "session")
    assert "undo" not in again


def test_import_row_by_row_names_all_events_newest_first(command, client, project, tmp_path):
    table = tmp_path / "sessions.csv"
    rows = "".join(f"{project.name} {number},{project.id}\n" for number in range(501))
    table.write_text(f"name,projects\n{rows}")
    _, shown, _ = command("import", str(table), "--model", "session", "--quiet", "--partial")

    (line,) = [line for line in shown.splitlines() if line.startswith("To take it back: brainstem undo ")]
    events = line.removeprefix("To take it back: brainstem undo ").split()
    assert len(events) == 2
    assert events == sorted(events, reverse=True)


def test_import_says_that_it_is_one_and_other_writes_do_not(scripted, listed):
    from brainstem_api_tools.bulk import Target, Written, write

    scripted.answer("POST", f"{LIST}bulk/", (200, {"created": ["a"]}, {"Brainstem-Event": EVENTS[0]}))
    for means, header in (("import", "import"), ("", None)):
        written = Written()
        target = Target.of(listed._core, "session", "private", means=means)
        listed._run(write(target, [(0, "", {"name": "a"})], written))
        assert scripted.seen[-1][2].get("Brainstem-Means") == header
        assert written.events == [EVENTS[0]]


def test_upsert_has_the_events_of_all_requests(client, project):
    rows = [{"name": f"{project.name} {number}", "projects": [project.id]} for number in range(5)]
    written = client.upsert("session", rows, size=2)

    assert len(written.events) == 3
    assert written.events == sorted(written.events)
    assert client.upsert("session", rows, size=5).created == []


def test_server_that_takes_rows_one_by_one_names_an_event_for_each(scripted):
    scripted.answer("POST", f"{LIST}bulk/", (404, {}))
    answers = [
        (201, {"session": {"id": name}}, {"Brainstem-Event": event})
        for name, event in zip("ab", EVENTS[:2], strict=True)
    ]
    scripted.answer("POST", LIST, *answers)
    scripted.by_query[f"GET {LIST}"] = lambda query: (200, {"sessions": [], "count": 0})
    with BrainstemClient(token="t", url=scripted.url) as client:
        written = client.upsert("session", [{"name": name, "projects": ["p"]} for name in "ab"])

    assert (written.created, written.events) == (["a", "b"], EVENTS[:2])
