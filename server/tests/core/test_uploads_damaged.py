"""Files that have been lost or damaged in storage: their records stay usable, and nobody gets a failure of the server."""

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage

from .test_uploads import picture, send, upload


@pytest.fixture
def stored(lab, alice):
    """The URL of a picture, and its file."""
    address = f"personal_attributes/setup/{lab['setup']}"
    before = set(settings.MEDIA_ROOT.rglob("*"))
    answer = send(alice, "patch", address, image=upload("rig.png", picture()))
    assert answer.status == 200
    [file] = [one for one in set(settings.MEDIA_ROOT.rglob("*")) - before if one.is_file()]
    return address, answer.record["image"].removeprefix("http://localhost:8000"), file


def fetched(alice, url):
    response = alice.client.get(url, headers={"Authorization": f"Bearer {alice.token}"})
    return response.status_code, b"".join(response)


def test_a_lost_file_is_not_found_and_its_record_can_be_read_and_mended(stored, alice):
    address, url, file = stored
    assert fetched(alice, url) == (200, picture())
    file.unlink()
    assert fetched(alice, url)[0] == 404
    assert alice.get(address).status == 200
    answer = send(alice, "patch", address, image=upload("rig.png", picture()))
    assert answer.status == 200
    assert fetched(alice, answer.record["image"].removeprefix("http://localhost:8000")) == (200, picture())


def test_a_folder_in_the_place_of_a_file_is_not_found(stored, alice):
    _, url, file = stored
    file.unlink()
    file.mkdir()
    assert fetched(alice, url)[0] == 404


def test_a_damaged_file_is_passed_on_as_it_is_with_its_length(stored, alice):
    _, url, file = stored
    file.write_bytes(b"\0" * 10)
    assert fetched(alice, url) == (200, b"\0" * 10)


def test_a_file_that_cannot_be_read_is_said_to_be_unavailable(stored, alice, monkeypatch):
    _, url, _ = stored
    before = fetched(alice, url)

    def fail(*_):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "_open", fail)
        assert fetched(alice, url)[0] == 503
    assert fetched(alice, url) == before


def test_a_record_with_a_lost_file_can_be_deleted(stored, alice):
    address, _, file = stored
    file.unlink()
    assert alice.delete(address).status == 204
