"""The past of records, against a real server: what the client asks for is what the server offers."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import pytest

from brainstem_api_tools import AsyncBrainstemClient, BrainstemWarning, Conflict, NotFound, ValidationError
from brainstem_api_tools.entries import Entry


@pytest.fixture
def session(client, project):
    """A session of the test's own."""
    return client.sessions.create(name=f"{project.name} 1", projects=[project], description="first", tags=["pilot"])


def now() -> datetime:
    """A moment that is neither that of the last write nor of the next one."""
    time.sleep(0.02)
    found = datetime.now(UTC)
    time.sleep(0.02)
    return found


# --- saving -------------------------------------------------------------------------------------------------------------


def test_saved_changes_are_there(client, session):
    read = client.sessions.get(session.id)
    read.description = "<p>second</p>"
    read.tags.append("opto")
    assert read.save() is read

    found = client.sessions.get(session.id)
    assert (found.description, sorted(found.tags)) == ("<p>second</p>", ["opto", "pilot"])


def test_who_read_an_older_version_is_told_the_three_values(client, session):
    mine, theirs = client.sessions.get(session.id), client.sessions.get(session.id)
    theirs.name = f"{session.name} theirs"
    theirs.save()
    mine.name = f"{session.name} mine"
    with pytest.raises(Conflict) as caught:
        mine.save()

    assert caught.value.changed["name"] == {
        "base": session.name, "theirs": f"{session.name} theirs", "yours": f"{session.name} mine"
    }  # fmt: skip
    assert client.sessions.get(session.id).name == f"{session.name} theirs"
    mine.refresh()
    mine.name = f"{session.name} mine"
    mine.save()
    assert client.sessions.get(session.id).name == f"{session.name} mine"


def test_changes_of_different_fields_and_elements_are_merged(client, session):
    mine, theirs = client.sessions.get(session.id), client.sessions.get(session.id)
    theirs.name = f"{session.name} theirs"
    theirs.tags.append("theirs")
    theirs.save()
    mine.description = "mine"
    mine.tags.append("mine")
    with pytest.warns(BrainstemWarning, match="Others have changed"):
        mine.save(on_conflict="merge")

    found = client.sessions.get(session.id)
    assert (found.name, found.description) == (f"{session.name} theirs", "mine")
    assert sorted(found.tags) == ["mine", "pilot", "theirs"]


def test_the_same_field_changed_by_both_is_not_merged(client, session):
    mine, theirs = client.sessions.get(session.id), client.sessions.get(session.id)
    theirs.description = "theirs"
    theirs.save()
    mine.description = "mine"
    with pytest.raises(Conflict) as caught:
        mine.save(on_conflict="merge")

    assert caught.value.theirs == {"description": "theirs"}
    assert client.sessions.get(session.id).description == "theirs"


@pytest.mark.parametrize("include_version", [True, False])
def test_record_of_a_list_does_not_overwrite_either(client, project, session, include_version):
    mine = client.sessions.list(projects=project, include_version=include_version).first()
    client.sessions.update(session.id, description="theirs")
    mine.description = "mine"
    with pytest.raises(Conflict) as caught:
        mine.save()

    assert caught.value.theirs["description"] == "theirs"


def test_record_can_be_saved_again_and_again(client, session):
    for number in range(3):
        session.description = str(number)
        session.save()
    assert client.sessions.get(session.id).description == "2"


# --- history ------------------------------------------------------------------------------------------------------------


def test_history_tells_who_changed_what(client, session):
    session.description = "second"
    session.save()
    entries = session.history().all()

    assert [one.action for one in entries] == ["change", "create"]
    assert isinstance(entries[0], Entry)
    assert entries[0].changes["description"] == ("first", "second")
    assert (entries[0].user, entries[0].record) == (client.load("user", id="me").json()["user"]["id"], session.id)
    assert entries[0].date_time >= entries[1].date_time
    assert entries[0].event != entries[1].event
    assert "updated_at" not in entries[0].changes


def test_long_history_is_read_in_pages(client, session):
    for number in range(105):
        client.sessions.update(session.id, description=str(number))
    entries = session.history().all()

    assert len(entries) == 106
    assert [one.id for one in session.history(limit=3)] == [one.id for one in entries[:3]]


def test_history_is_for_who_may_change_the_record(as_person, session):
    with pytest.raises(NotFound):
        as_person("charlie").sessions.get(session.id)
    stranger = as_person("charlie")
    with pytest.raises(NotFound):
        list(type(session)(session.data, _source_of(stranger)).history())


def _source_of(client):
    return client.projects._source("private")


def test_state_of_the_past_is_read(client, project, session):
    before = now()
    session.name, session.description = f"{project.name} new", "second"
    session.save()
    client.sessions.create(name=f"{project.name} later", projects=[project])

    assert session.as_of(before).description == "first"
    then = client.as_of(before)
    assert then.sessions.get(session.id).name == f"{project.name} 1"
    assert [one.name for one in then.sessions.list(projects=project)] == [f"{project.name} 1"]
    assert [one.name for one in then.sessions.list(projects=project).all()] == [f"{project.name} 1"]
    assert then.sessions.list(projects=project).count() == 1
    assert client.sessions.list(projects=project).count() == 2
    with pytest.raises(ValidationError, match="can only read"):
        then.sessions.delete(session)


def test_time_before_the_record_is_refused(session):
    with pytest.raises((NotFound, ValidationError)):
        session.as_of("2001-01-01")


# --- taking back --------------------------------------------------------------------------------------------------------


def test_undo_takes_a_change_back_and_can_be_undone(client, session):
    session.description = "second"
    session.save()
    again = client.undo(session.history().first())
    assert session.refresh().description == "first"
    client.undo(again)
    assert session.refresh().description == "second"


def test_undo_of_what_has_moved_on_is_refused_with_the_fields(client, session):
    session.description = "second"
    session.save()
    event = session.history().first().event
    session.description = "third"
    session.save()
    with pytest.raises(Conflict) as caught:
        client.undo(event)

    assert list(caught.value.changed) == ["description"]
    assert session.refresh().description == "third"


def test_upsert_is_undone_as_a_unit(client, project, session):
    rows = [{"name": session.name, "description": "new"}, {"name": f"{project.name} 2", "projects": [project.id]}]
    (event,) = client.upsert("session", rows).events
    client.undo(event)

    assert client.sessions.get(session.id).description == "first"
    assert client.sessions.list(projects=project).count() == 1


def test_revert_goes_back_to_the_state_after_an_event(client, session):
    made = session.history().first()
    for text in ("second", "third"):
        session.description = text
        session.save()

    assert session.revert(made) is session
    assert session.description == "first"
    assert len(session.history().all()) == 4


def test_unknown_event_is_refused(client):
    with pytest.raises((NotFound, ValidationError)):
        client.undo("0199a000-0000-7000-8000-000000000001")


def test_deleted_record_is_listed_and_restored(client, session):
    client.sessions.delete(session)
    assert session.id in [one.id for one in client.deleted("session")]
    restored = client.restore("session", session.id)

    assert (restored.id, restored.description) == (session.id, "first")
    assert session.id not in [one.id for one in client.deleted("session")]
    assert client.sessions.get(session.id).tags == ["pilot"]


# --- what changed -------------------------------------------------------------------------------------------------------


def test_feed_tells_what_changed_since(client, session):
    feed = client.changes()
    list(feed)
    session.description = "second"
    session.save()
    client.sessions.delete(session)
    found = [one for one in client.changes(since=feed.cursor) if one.id == session.id]

    assert [one.action for one in found] == ["change", "delete"]
    assert found[0].model.replace("/", ".").lower() == "stem.session"
    assert found[0].version
    assert [one for one in feed if one.id == session.id] == found
    assert list(feed) == []


def test_feed_refuses_a_cursor_that_is_none(client):
    with pytest.raises(ValidationError):
        list(client.changes(since="no cursor"))


# --- the command line, and awaited --------------------------------------------------------------------------------------


def test_import_is_undone_with_what_it_said(command, client, project, tmp_path):
    table = tmp_path / "sessions.csv"
    table.write_text(f"name,projects\n{project.name} 1,{project.id}\n{project.name} 2,{project.id}\n")
    _, shown, _ = command("import", str(table), "--model", "session")
    undo = shown.partition("To take it back: brainstem ")[2].split()
    made = client.sessions.list(projects=project).first()
    assert "import" in made.history().first().via

    code, shown, _ = command(*undo)
    assert (code, client.sessions.list(projects=project).count()) == (0, 0)
    again = shown.partition("brainstem undo ")[2].split()[0]
    assert command("undo", again)[0] == 0
    assert client.sessions.list(projects=project).count() == 2


def test_commands_show_history_and_restore(command, client, session):
    code, shown, _ = command("history", "session", session.id)
    assert code == 0
    assert "create" in shown
    client.sessions.delete(session)
    assert session.name in command("deleted", "session", "--output", "csv")[1]
    assert command("restore", "session", session.id)[0] == 0
    assert client.sessions.get(session.id).description == "first"


def test_all_of_it_can_be_awaited(served, session):
    async def work() -> None:
        async with AsyncBrainstemClient(token=served.token("alice"), url=served.url) as client:
            before = now()
            read = await client.sessions.get(session.id)
            read.description = "second"
            await read.save()
            assert [one.action async for one in read.history()] == ["change", "create"]
            assert (await read.as_of(before)).description == "first"
            assert (await client.as_of(before).sessions.get(session.id)).description == "first"
            await client.undo(await read.history().first())
            assert (await read.refresh()).description == "first"
            await client.sessions.delete(read)
            assert (await client.restore("session", read)).id == read.id
            assert [one.id async for one in client.changes(since="start") if one.id == read.id]

    asyncio.run(work())
