"""Backups of uploads in a bucket: saved with their checksums, restored to any storage."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.management.base import CommandError

from brainstem.config.backup.making import back_up
from brainstem.config.backup.restoring import restore, verify
from brainstem.config.bucket import Bucket

from ..buckets import PREFIX, asked, keys, made
from ..places import somewhere

pytestmark = pytest.mark.databases

PORTRAIT = "pictures/alice.jpg"


@pytest.fixture
def lab(tmp_path, bucket):
    """A migrated place whose uploads are in a bucket: an account and a portrait."""
    with somewhere(tmp_path / "lab") as found:
        found.add_person("alice", picture=b"a portrait")
        bucket.put(PORTRAIT, found.place.uploads / PORTRAIT)
        (found.place.uploads / PORTRAIT).unlink()
        yield replace(found, place=replace(found.place, bucket=bucket))


@pytest.fixture
def out(tmp_path):
    """The folder of the backups."""
    return tmp_path / "backups"


def content_of(bucket, path) -> bytes:
    return asked().get_object(Bucket=bucket.bucket_name, Key=f"{PREFIX}/{path}")["Body"].read()


def test_files_of_a_bucket_are_saved_once_and_can_be_restored(lab, out):
    first, second = back_up(lab.place, out), back_up(lab.place, out)
    assert [(file.path, file.size) for file in first.manifest.files] == [(PORTRAIT, 10)]
    assert first.manifest.absent == []
    assert (first.copied, second.copied) == (1, 0)
    assert (second.folder / "uploads" / PORTRAIT).samefile(first.folder / "uploads" / PORTRAIT)
    assert verify(lab.place, out).name == second.folder.name
    assert sorted(path.name for path in second.folder.iterdir() if path.name.startswith(".")) == []


def test_rows_and_files_come_back_to_another_bucket(lab, out, tmp_path):
    back_up(lab.place, out)
    with somewhere(tmp_path / "empty", migrated=False) as empty, made() as name:
        other = Bucket(bucket_name=name, location=PREFIX)
        restore(replace(empty.place, bucket=other), out)
        assert empty.rows("SELECT picture FROM users_user") == [(PORTRAIT,)]
        assert keys(name) == {f"{PREFIX}/{PORTRAIT}"}
        assert content_of(other, PORTRAIT) == b"a portrait"
        assert empty.files() == {}


def test_what_was_in_a_bucket_comes_back_to_a_folder_and_the_other_way_round(lab, out, tmp_path, bucket):
    back_up(lab.place, out)
    with somewhere(tmp_path / "empty", migrated=False) as empty:
        restore(empty.place, out)
        assert empty.files() == {PORTRAIT: b"a portrait"}
        empty.store("permit.txt", b"a permit")
        back_up(empty.place, out)
    restore(lab.place, out, force=True)
    assert content_of(bucket, "permit.txt") == b"a permit"


def test_a_bucket_that_is_not_empty_is_refused_unless_it_may_be_replaced(lab, out, bucket, tmp_path):
    back_up(lab.place, out)
    asked().put_object(Bucket=bucket.bucket_name, Key=f"{PREFIX}/pictures/bob.jpg", Body=b"another")
    asked().put_object(Bucket=bucket.bucket_name, Key="others/notes.txt", Body=b"not ours")
    with somewhere(tmp_path / "empty", migrated=False) as empty:
        place = replace(empty.place, bucket=bucket)
        with pytest.raises(CommandError, match=rf"is not empty: s3://.+/{PREFIX} has 2 files; to replace them"):
            restore(place, out)
        restore(place, out, force=True)
    assert keys(bucket.bucket_name) == {f"{PREFIX}/{PORTRAIT}", "others/notes.txt"}


def test_a_damaged_backup_leaves_the_bucket_as_it_was(lab, out, bucket):
    saved = back_up(lab.place, out).folder / "uploads" / PORTRAIT
    saved.write_bytes(b"b portrait")
    with pytest.raises(CommandError, match="has changed; nothing was changed"):
        restore(lab.place, out, force=True)
    assert content_of(bucket, PORTRAIT) == b"a portrait"


def test_a_file_that_is_gone_from_the_bucket_is_told(lab, out, bucket):
    bucket.remove(PORTRAIT)
    assert back_up(lab.place, out).manifest.absent == [PORTRAIT]


@pytest.mark.parametrize("key", ["../outside.txt", "/etc/cron", "a//b.txt", "./c.txt"])
def test_an_object_whose_key_is_no_path_is_never_written_anywhere(key, lab, out, bucket):
    asked().put_object(Bucket=bucket.bucket_name, Key=f"{PREFIX}/{key}", Body=b"a trap")
    with pytest.raises(CommandError, match=r"has an object that is no upload: .+ Remove it"):
        back_up(lab.place, out)
    assert [path for path in out.rglob("*") if path.name != ".lock"] == []


def test_what_consoles_put_into_buckets_to_show_folders_is_no_file(lab, out, bucket):
    asked().put_object(Bucket=bucket.bucket_name, Key=f"{PREFIX}/pictures/", Body=b"")
    assert [file.path for file in back_up(lab.place, out).manifest.files] == [PORTRAIT]


def test_a_bucket_that_cannot_be_read_makes_no_backup(s3, out):
    with somewhere(out.parent / "other") as other:
        place = replace(other.place, bucket=Bucket(bucket_name="not-there"))
        with pytest.raises(OSError, match="s3://not-there cannot be used"):
            back_up(place, out)
    assert [path for path in out.rglob("*") if path.name != ".lock"] == []
