"""Restoring gives back what was saved, and refuses with one sentence what it cannot, before it touches anything."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from django.core.management.base import CommandError

from brainstem.config.backup.making import back_up
from brainstem.config.backup.restoring import restore, verify

from ..places import small_lab, somewhere

pytestmark = pytest.mark.databases


@pytest.fixture
def lab(tmp_path):
    """A migrated place with an account, a portrait and a document."""
    with small_lab(tmp_path / "lab") as found:
        yield found


@pytest.fixture
def out(lab, tmp_path):
    """The folder of the backups, with one of the lab."""
    back_up(lab.place, tmp_path / "backups")
    return tmp_path / "backups"


@pytest.fixture
def empty(tmp_path):
    """A place with nothing in it."""
    with somewhere(tmp_path / "empty", migrated=False) as found:
        yield found


def the_one(out):
    [found] = out.glob("2*")
    return found


def dump_of(backup):
    [found] = [path for path in backup.iterdir() if path.name in ("brainstem.sqlite3", "brainstem.dump")]
    return found


def is_untouched(empty):
    assert empty.place.database.occupied() == ""
    assert not empty.place.uploads.exists()
    assert [path.name for path in empty.place.data.iterdir() if path.name != "brainstem.sqlite3"] == []


def resigned(backup, change):
    """The backup with another manifest, whose checksum is right."""
    path = backup / "manifest.json"
    told, before = json.loads(path.read_text()), sha256(path.read_bytes()).hexdigest()
    change(told)
    path.write_text(json.dumps(told))
    sums = backup / "SHA256SUMS"
    sums.write_text(sums.read_text().replace(before, sha256(path.read_bytes()).hexdigest()))


def test_rows_and_files_come_back(lab, out, empty):
    restore(empty.place, out)
    assert empty.counts() == lab.counts()
    query = "SELECT email, picture FROM users_user"
    assert empty.rows(query) == lab.rows(query) == [("alice@lab.example", "pictures/alice.jpg")]
    assert empty.files() == lab.files()


def test_an_empty_database_that_exists_is_used(lab, out, empty):
    if empty.url.startswith("sqlite"):
        empty.place.database.file.touch()
    else:
        empty.place.database.create()
    restore(empty.place, out)
    assert empty.counts() == lab.counts()


def test_verifying_changes_nothing(lab, out, empty):
    before = [lab.counts(), lab.files()]
    assert verify(lab.place, out).manifest.tables["users_user"].rows == 1
    assert [lab.counts(), lab.files()] == before
    verify(empty.place, out)
    is_untouched(empty)


def test_an_older_backup_is_restored_by_its_name(lab, out, empty):
    lab.add_person("bob")
    back_up(lab.place, out)
    restore(empty.place, out, name=min(path.name for path in out.glob("2*")))
    assert empty.rows("SELECT email FROM users_user") == [("alice@lab.example",)]


def test_a_backup_that_there_is_not_is_refused_with_the_names_of_the_others(out, empty):
    with pytest.raises(CommandError, match=f"no backup '2020-01-01T000000Z'.*{the_one(out).name}"):
        restore(empty.place, out, name="2020-01-01T000000Z")
    is_untouched(empty)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("truncated", "brainstem.(sqlite3|dump) has changed"),
        ("changed", "uploads/pictures/alice.jpg has changed"),
        ("missing", "uploads/pictures/alice.jpg is missing"),
        ("manifest", "manifest.json has changed"),
    ],
)
def test_a_damaged_backup_is_refused_and_touches_nothing(what, words, out, empty):
    backup = the_one(out)
    portrait = backup / "uploads/pictures/alice.jpg"
    match what:
        case "truncated":
            dump = dump_of(backup)
            dump.write_bytes(dump.read_bytes()[:-100])
        case "changed":
            portrait.write_bytes(b"b portrait")
        case "missing":
            portrait.unlink()
        case "manifest":
            (backup / "manifest.json").write_text("{}")
    for attempt in (restore, verify):
        with pytest.raises(CommandError, match=f"is damaged: {words}; nothing was changed.$"):
            attempt(empty.place, out)
    is_untouched(empty)


def test_a_place_that_is_not_empty_is_refused_unless_it_may_be_replaced(lab, out):
    lab.add_person("bob")
    lab.store("pictures/bob.jpg", b"another")
    with pytest.raises(
        CommandError, match=r"is not empty: the database .+ has \d+ tables with \d+ rows and .+ 3 files"
    ):
        restore(lab.place, out)
    assert len(lab.rows("SELECT email FROM users_user")) == 2
    restore(lab.place, out, force=True)
    assert lab.rows("SELECT email FROM users_user") == [("alice@lab.example",)]
    assert "pictures/bob.jpg" not in lab.files()


def test_uploads_alone_are_something_too(out, empty):
    kept = empty.store("notes.txt", b"mine")
    with pytest.raises(CommandError, match=r"is not empty: .+uploads has 1 file; to replace"):
        restore(empty.place, out)
    assert kept.read_bytes() == b"mine"


def test_a_database_in_use_is_not_replaced(lab, out):
    if lab.url.startswith("sqlite"):
        import sqlite3
        from urllib.parse import urlsplit

        used = sqlite3.connect(urlsplit(lab.url).path)
        used.execute("PRAGMA journal_mode = WAL")
        used.execute("SELECT count(*) FROM users_user").fetchall()
    else:
        from ..templates import connected

        used = connected(lab.url)
    lab_before = lab.files()
    with pytest.raises(CommandError, match="stop the server first"):
        restore(lab.place, out, force=True)
    used.close()
    assert lab.files() == lab_before
    restore(lab.place, out, force=True)


def test_a_dump_that_the_database_refuses_leaves_it_as_it_was(lab, out):
    if lab.url.startswith("sqlite"):
        pytest.skip("a file is replaced as a whole")
    lab.add_person("bob")
    broken = the_one(out) / "broken.dump"
    broken.write_bytes(dump_of(the_one(out)).read_bytes()[:-2000])  # its end is read last
    with pytest.raises(CommandError, match="the database is as it was"):
        lab.place.database.load(broken, replace=True)
    assert len(lab.rows("SELECT email FROM users_user")) == 2


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("version", "99.1.0", "made by version 99.1.0, .+: install brainstem-server 99.1.0 or newer"),
        ("format", 2, "has the format 2: install brainstem-server 0"),
        ("migrations", ["core.9999_later"], "has the migration core.9999_later, which this version"),
        ("kind", "oracle", "This is a backup of oracle"),
    ],
)
def test_a_backup_that_does_not_fit_is_refused_with_what_would(key, value, words, out, empty):
    resigned(the_one(out), lambda told: told.update({key: value}))
    with pytest.raises(CommandError, match=words):
        restore(empty.place, out)
    is_untouched(empty)


def test_a_migration_of_a_package_that_is_gone_is_no_newer_version(out, empty):
    resigned(the_one(out), lambda told: told["migrations"].append("sites.0001_initial"))
    restore(empty.place, out)
    assert empty.rows("SELECT email FROM users_user") == [("alice@lab.example",)]


def test_a_manifest_that_names_a_file_outside_is_refused(out, empty):
    resigned(the_one(out), lambda told: told["files"][0].update(path="../outside.txt"))
    with pytest.raises(CommandError, match=r"names a file outside of it: '../outside.txt'"):
        restore(empty.place, out)
    is_untouched(empty)


def test_a_database_that_is_not_what_was_saved_is_told(out, empty):
    resigned(the_one(out), lambda told: told["tables"]["users_user"].update(rows=7))
    with pytest.raises(CommandError, match="the table users_user has 1 rows instead of 7"):
        verify(empty.place, out)
