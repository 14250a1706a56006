"""A backup is one point of rows and files, copies no file twice, and is readable by its owner alone."""

from __future__ import annotations

import json
import stat
from dataclasses import replace

import pytest
from django.core.management.base import CommandError

from brainstem.config.backup import folders
from brainstem.config.backup.making import back_up
from brainstem.config.backup.postgres_programs import programs
from brainstem.config.backup.restoring import restore, verify

from ..places import somewhere, writing
from ..served import environment_of
from ..waiting import eventually

pytestmark = pytest.mark.databases

# Portraits are the only files that a server removes.
WRITER = """
import itertools
import django
django.setup()
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from brainstem.apps.users import pictures
from brainstem.core.model.ids import uuid7
users = get_user_model().objects
alice = users.create_user(email="alice@lab.example", password=None)
for number in itertools.count(1):
    pictures.replace(alice, ContentFile(b"x" * 5000, name=f"{uuid7()}.jpg"))
    other = users.create_user(email=f"person{number}@lab.example", password=None)
    pictures.replace(other, ContentFile(b"y" * 5000, name=f"{uuid7()}.jpg"))
    if number == 1:
        print("writing", flush=True)
"""


@pytest.fixture
def lab(tmp_path):
    """A migrated place with two accounts, a portrait and a document."""
    with somewhere(tmp_path / "lab") as found:
        found.add_person("alice", picture=b"a portrait")
        found.add_person("bob")
        found.store("personal_attributes/license/1/abc-permit.txt", b"a permit")
        yield found


@pytest.fixture
def out(tmp_path):
    """The folder of the backups."""
    return tmp_path / "backups"


def names_in(out):
    return sorted(path.name for path in out.iterdir())


def has_more_people(place, manifest):
    """Whether a place has more accounts than were saved."""
    return lambda: place.counts()["users_user"] > manifest.tables["users_user"].rows


def manifest_of(backup):
    return json.loads((backup / "manifest.json").read_text())


def test_the_manifest_counts_what_is_there_and_names_every_file(lab, out):
    told = manifest_of(back_up(lab.place, out).folder)
    assert {name: table["rows"] for name, table in told["tables"].items()} == lab.counts()
    assert told["tables"]["users_user"]["rows"] == 2
    assert "core.0001_first_release" in told["migrations"]
    assert [(file["path"], file["size"]) for file in told["files"]] == [
        ("personal_attributes/license/1/abc-permit.txt", 8),
        ("pictures/alice.jpg", 10),
    ]
    assert told["absent"] == []


def test_a_backup_and_all_in_it_is_closed_to_others(lab, out):
    back_up(lab.place, out)
    modes = {stat.S_IMODE(path.lstat().st_mode) for path in [out, *out.rglob("*")] if path.is_dir()}
    assert modes == {0o700}
    assert {stat.S_IMODE(path.lstat().st_mode) for path in out.rglob("*") if path.is_file()} == {0o600}


def test_a_second_backup_copies_no_file_again(lab, out):
    first, second = back_up(lab.place, out), back_up(lab.place, out)
    assert (first.copied, second.copied) == (2, 0)
    for name in lab.files():
        assert (first.folder / "uploads" / name).samefile(second.folder / "uploads" / name)


def test_a_file_that_changed_is_copied_and_the_earlier_backup_keeps_its_own(lab, out):
    first = back_up(lab.place, out).folder
    lab.store("pictures/alice.jpg", b"b portrait")
    second = back_up(lab.place, out)
    assert second.copied == 1
    assert (first / "uploads/pictures/alice.jpg").read_bytes() == b"a portrait"
    assert (second.folder / "uploads/pictures/alice.jpg").read_bytes() == b"b portrait"


def test_a_file_with_an_odd_name_is_a_file_like_others(lab, out):
    lab.store("odd\n\\name é.txt", b"odd")
    back_up(lab.place, out)
    assert "odd\n\\name é.txt" in [file.path for file in verify(lab.place, out).manifest.files]


def test_a_file_that_rotted_in_the_earlier_backup_is_copied_anew(lab, out):
    first = back_up(lab.place, out).folder
    (first / "uploads/pictures/alice.jpg").write_bytes(b"a pertrait")
    second = back_up(lab.place, out)
    assert second.copied == 1
    assert (second.folder / "uploads/pictures/alice.jpg").read_bytes() == b"a portrait"


def test_only_the_newest_are_kept_if_so_many_are_asked_for(lab, out):
    made = [back_up(lab.place, out).folder.name for _ in range(3)]
    last = back_up(lab.place, out, keep=2)
    assert last.removed == made[:2]
    assert names_in(out) == [folders.LOCK, made[2], last.folder.name]
    assert verify(lab.place, out).name == last.folder.name


def test_what_an_interrupted_backup_left_is_removed_and_never_restored(lab, out):
    left = out / ".2026-01-31T120000Z.part"
    left.mkdir(parents=True)
    with pytest.raises(CommandError, match="There are no backups"):
        verify(lab.place, out)
    made = back_up(lab.place, out)
    assert names_in(out) == [folders.LOCK, made.folder.name]


def test_a_backup_that_fails_leaves_nothing(lab, out):
    back_up(lab.place, out)
    there = names_in(out)
    (lab.place.uploads / "pictures" / "unreadable").symlink_to("/proc/self/mem")  # even root cannot read its beginning
    with pytest.raises(OSError, match="error"):
        back_up(lab.place, out)
    assert names_in(out) == there


def test_two_backups_to_one_folder_do_not_meet(lab, out):
    with folders.alone(out), pytest.raises(CommandError, match="Another backup is being written"):
        back_up(lab.place, out)
    assert back_up(lab.place, out).folder.is_dir()


def test_a_folder_among_the_uploads_is_refused(lab):
    with pytest.raises(CommandError, match="of which it would be a backup"):
        back_up(lab.place, lab.place.uploads / "backups")


def test_programs_that_are_too_old_are_told_with_what_to_install():
    words = "pg_dump, pg_restore and psql 99 or newer are needed for PostgreSQL 99.* Install postgresql-client-99"
    with pytest.raises(CommandError, match=words):
        programs(99)


def test_no_program_is_told_the_password_by_an_argument(lab):
    if lab.url.startswith("sqlite"):
        pytest.skip("SQLite has no password")
    database = replace(lab.place.database, password="a-secret")
    call = database.program("pg_dump", 1)
    assert call.env["PGPASSWORD"] == "a-secret"
    assert "a-secret" not in str(call.args) + repr(call) + repr(database)


def test_an_upload_that_was_already_lost_is_told(lab, out):
    (lab.place.uploads / "pictures" / "alice.jpg").unlink()
    assert back_up(lab.place, out).manifest.absent == ["pictures/alice.jpg"]


@pytest.mark.slow
def test_no_row_of_a_backup_names_a_missing_file_while_another_process_writes(tmp_path, out):
    with somewhere(tmp_path / "busy") as busy:
        environment = environment_of("http://localhost:8000", busy.url, busy.place.data)
        with writing(environment, WRITER, tmp_path):
            made = []
            for _ in range(3):
                made.append(back_up(busy.place, out))
                assert eventually(has_more_people(busy, made[-1].manifest))  # it does write
    for number, one in enumerate(made):
        with somewhere(tmp_path / f"empty{number}", migrated=False) as empty:
            restore(empty.place, out, name=one.folder.name)
            assert empty.counts() == {name: table.rows for name, table in one.manifest.tables.items()}
            named = empty.rows("SELECT picture FROM users_user WHERE picture <> ''")
            assert len(named) > number  # more from backup to backup
            for (name,) in named:
                assert (empty.place.uploads / name).stat().st_size == 5000
