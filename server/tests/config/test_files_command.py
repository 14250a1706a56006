"""``brainstem-server files`` copies uploads between the data folder and a bucket."""

from __future__ import annotations

import io

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from brainstem.config.files_url import storages

from ..buckets import asked


def files(way: str) -> str:
    out = io.StringIO()
    call_command("files", way, stdout=out)
    return out.getvalue()


def test_files_are_copied_to_the_bucket_and_back_once(bucket, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    (settings.MEDIA_ROOT / "pictures").mkdir(parents=True)
    (settings.MEDIA_ROOT / "pictures" / "me.jpg").write_bytes(b"a picture")
    assert files("upload").startswith("Copied 1 file from ")
    assert files("upload").startswith("Copied 0 files from ")
    bucket.save("permit.txt", ContentFile(b"a permit"))
    assert files("download").startswith("Copied 1 file from s3://")
    assert (settings.MEDIA_ROOT / "permit.txt").read_bytes() == b"a permit"
    with bucket.open("pictures/me.jpg") as file:
        assert file.read() == b"a picture"


def test_a_copy_that_was_interrupted_is_completed(bucket, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "permit.txt").write_bytes(b"a perm")
    bucket.save("permit.txt", ContentFile(b"a permit"))
    assert files("download").startswith("Copied 1 file ")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"permit.txt": b"a permit"}


def test_without_a_bucket_there_is_nothing_to_copy_to(settings):
    for way in ("upload", "download"):
        with pytest.raises(CommandError, match="BRAINSTEM_FILES_URL is not set: set it to the bucket"):
            files(way)


def test_an_object_whose_key_is_no_path_is_never_written_anywhere(bucket, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "data" / "uploads"
    asked().put_object(Bucket=bucket.bucket_name, Key=f"{bucket.location}/../outside.txt", Body=b"a trap")
    with pytest.raises(CommandError, match="has an object that is no upload"):
        files("download")
    assert list(tmp_path.iterdir()) == []


def test_a_bucket_that_is_away_is_one_sentence(s3, settings):
    settings.STORAGES = storages("s3://not-there")
    with pytest.raises(CommandError, match=r"^Cannot copy the files: s3://not-there cannot be used: .+\.$"):
        files("upload")
