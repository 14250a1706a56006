"""Uploads in a bucket: it is closed to others, and what happens when it is away."""

from __future__ import annotations

import datetime as dt
import socket
import urllib.error
import urllib.request

import pytest
from django.core.files.base import ContentFile

from brainstem.api import writing
from brainstem.apps.personal_attributes.models.setup import Setup
from brainstem.apps.users import pictures
from brainstem.config import diagnosis_of_files, readiness
from brainstem.config.bucket import Bucket
from brainstem.config.files_url import storages
from brainstem.config.front.unread import File as Unread
from brainstem.core.errors import TookTooLong
from brainstem.core.model.stored_files import StorageAway

from ..buckets import PREFIX, asked, keys
from ..core.test_uploads import picture, send, upload

# -- closed to others ----------------------------------------------------------------------------------------------------


def status_of(url: str) -> int:
    """The status that a stranger gets."""
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_file_is_stored_below_the_prefix_as_bytes_that_nobody_opens(bucket, lab, alice):
    path = f"personal_attributes/license/{lab['license']}"
    assert send(alice, "patch", path, license_document=upload("permit.txt", b"<script>")).status == 200
    [key] = keys(bucket.bucket_name)
    assert key.startswith(f"{PREFIX}/personal_attributes/license/{lab['license']}/")
    client = asked()
    told = client.head_object(Bucket=bucket.bucket_name, Key=key)
    assert (told["ContentType"], told["ContentDisposition"]) == ("application/octet-stream", "attachment")
    grants = client.get_object_acl(Bucket=bucket.bucket_name, Key=key)["Grants"]
    assert [one["Grantee"]["Type"] for one in grants] == ["CanonicalUser"]


def test_without_a_key_it_is_neither_read_nor_listed(bucket, s3):
    bucket.save("a.txt", ContentFile(b"a"))
    assert status_of(f"{s3}/{bucket.bucket_name}/{PREFIX}/a.txt") == 403
    assert status_of(f"{s3}/{bucket.bucket_name}") == 403
    with bucket.open("a.txt") as file:
        assert file.read() == b"a"


def test_no_name_leads_out_of_the_prefix(bucket):
    for name in ("../outside.txt", "/etc/passwd", "a/../../../outside.txt"):
        with pytest.raises(Exception, match=r"Attempted access|Detected path traversal"):
            bucket.save(name, ContentFile(b"a"))
    assert keys(bucket.bucket_name) == set()


def test_two_files_of_one_name_are_two(bucket):
    names = {bucket.save("a.txt", ContentFile(content)) for content in (b"a", b"b")}
    assert len(names) == len(keys(bucket.bucket_name)) == 2


def test_what_is_kept_for_a_slow_reader_is_counted_unless_it_is_there_anyway(stored_in, lab, alice):
    content = picture() + bytes(300_000)
    answer = send(alice, "patch", f"personal_attributes/setup/{lab['setup']}", image=upload("rig.png", content))
    assert answer.status == 200, answer.body
    with Setup.objects.get(pk=lab["setup"]).image.open("rb") as stored:
        assert Unread(stored).size == (len(content) if stored_in == "bucket" else 0)
        assert stored.read() == content


def test_a_file_of_a_write_that_fails_is_not_kept(bucket, lab, alice, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        assert len(keys(bucket.bucket_name)) == 1
        raise TookTooLong(60)

    address = f"personal_attributes/setup/{lab['setup']}"
    with monkeypatch.context() as patched:
        patched.setattr(writing, "fetch_record", fail)
        assert send(alice, "patch", address, image=upload("rig.png", picture())).status == 503
    assert keys(bucket.bucket_name) == set()
    assert alice.get(address).record["image"] is None


# -- away ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def away(bucket):
    """Removes the bucket, and puts it back."""
    client = asked()

    def leave():
        for key in keys(bucket.bucket_name):
            client.delete_object(Bucket=bucket.bucket_name, Key=key)
        client.delete_bucket(Bucket=bucket.bucket_name)

    yield leave
    client.create_bucket(Bucket=bucket.bucket_name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})


def test_a_write_with_a_file_fails_as_a_whole_and_may_be_repeated(away, lab, alice, caplog):
    address = f"personal_attributes/setup/{lab['setup']}"
    before = alice.get(address).record
    away()
    answer = send(alice, "patch", address, image=upload("rig.png", picture()), description="changed")
    assert (answer.status, answer.headers["Brainstem-Error-Code"], answer.headers["Retry-After"]) == (503, "busy", "5")
    assert "NoSuchBucket" in caplog.text or "Not Found" in caplog.text
    assert "bucket" not in str(answer.body).lower()
    assert alice.get(address).record == before
    assert alice.patch(address, {"description": "changed"}).status == 200


def test_a_file_of_a_bucket_that_is_away_is_503_and_one_that_is_lost_404(away, bucket, lab, alice, charlie):
    address = f"personal_attributes/setup/{lab['setup']}"
    assert send(alice, "patch", address, image=upload("rig.png", picture())).status == 200
    bucket.remove(next(iter(keys(bucket.bucket_name))).removeprefix(f"{PREFIX}/"))
    assert alice.get(f"{address}/image/").status == 404
    away()
    assert alice.get(f"{address}/image/").status == 503
    assert charlie.get(f"{address}/image/").status == 404


def test_a_page_says_that_files_are_away(away, alice, client):
    pictures.replace(alice.user, ContentFile(b"a picture", name="me.jpg"))
    away()
    client.force_login(alice.user)
    client.raise_request_exception = False
    answer = client.get(f"/account/picture/{alice.user.pk}/", headers={"Accept": "text/html"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "cannot read or write its files" in answer.content.decode()


def test_a_server_whose_bucket_is_away_is_not_ready(away, client, db):
    assert readiness._tried("storage", readiness._storage)
    away()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["wrong"]) == (503, ["storage"])


def test_a_probe_asks_a_silent_storage_once_and_gives_up(s3, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(StorageAway, match="s3://lab-files cannot be used: Read timeout"):
            Bucket(bucket_name="lab-files").reach()
        silent.settimeout(0)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()


# -- doctor ----------------------------------------------------------------------------------------------------------------


def found() -> list[str]:
    return [str(one) for one in diagnosis_of_files.about_the_bucket()]


def test_a_bucket_that_works_is_well_and_left_as_it_was(bucket):
    assert found() == []
    assert keys(bucket.bucket_name) == set()


def test_a_bucket_that_is_away_is_found(away):
    away()
    [finding] = found()
    assert finding.startswith("BRAINSTEM_FILES_URL names a bucket that does not work: s3://")
    assert "s3:PutObject" in finding


def test_an_address_that_is_none_is_found(s3, settings, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "not a URL")
    settings.STORAGES = storages("s3://lab-files")
    [finding] = found()
    assert "AWS_ENDPOINT_URL or AWS_DEFAULT_REGION cannot be used" in finding


def test_a_file_that_anyone_can_read_is_noticed_though_nobody_can_list_it(bucket):
    name = bucket.save("a.txt", ContentFile(b"a"))
    assert not bucket._is_open(name)
    asked().put_object_acl(Bucket=bucket.bucket_name, Key=f"{PREFIX}/{name}", ACL="public-read")
    assert bucket._is_open(name)


def test_a_bucket_that_anyone_can_list_is_found(bucket):
    asked().put_bucket_acl(Bucket=bucket.bucket_name, ACL="public-read")
    [finding] = found()
    assert "names a bucket that anyone can read" in finding


# -- portraits -------------------------------------------------------------------------------------------------------------


def test_a_replaced_portrait_stays_for_a_day_since_a_backup_elsewhere_may_need_it(
    bucket, alice, django_capture_on_commit_callbacks, monkeypatch
):
    waits, later = [], pictures.later
    monkeypatch.setattr(pictures, "later", lambda task, **more: [waits.append(more["wait"]), later(task, **more)])
    pictures.replace(alice.user, ContentFile(b"a picture", name="first.jpg"))
    with django_capture_on_commit_callbacks() as queued:
        pictures.replace(alice.user, None)
    assert bucket.exists("pictures/first.jpg")
    assert waits == [dt.timedelta(days=1)]
    [run] = queued
    run()
    assert keys(bucket.bucket_name) == set()
