"""Pictures and documents: what may come in, who gets it back, and that nothing in it can act."""

from __future__ import annotations

import errno
import io

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

wherever_files_are = pytest.mark.usefixtures("stored_in")

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, "red").save(stream, kind)
    return stream.getvalue()


def send(person, method, path, **fields):
    if method == "post":  # Django's client encodes forms of POST itself.
        return person.request(method, path, fields, content_type=MULTIPART_CONTENT)
    return person.request(method, path, encode_multipart(BOUNDARY, fields), content_type=MULTIPART_CONTENT)


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def address(lab):
    return f"personal_attributes/setup/{lab['setup']}"


@wherever_files_are
def test_a_picture_is_kept_and_served_to_who_sees_the_record(lab, alice, charlie, address):
    content = picture()
    answer = send(alice, "patch", address, image=upload("my rig.png", content))
    assert answer.status == 200, answer.body
    url = answer.record["image"].removeprefix("http://localhost:8000")
    served = alice.client.get(url, headers={"Authorization": f"Bearer {alice.token}"})
    assert (served.status_code, b"".join(served), served["Content-Type"]) == (200, content, "image/png")
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served["Content-Security-Policy"]
    assert charlie.get(url).status == 404
    assert charlie.get(url.replace("private", "public")).status == 404


def test_a_full_disk_is_no_error_of_the_server_and_takes_the_picture_later(lab, alice, address, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    before = alice.get(address).record
    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "_save", full)
        answer = send(alice, "patch", address, image=upload("rig.png", picture()))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert answer.body == {"detail": "The server cannot read or write its files at the moment; try again later."}
    assert alice.get(address).record == before
    assert send(alice, "patch", address, image=upload("rig.png", picture())).status == 200


def test_the_picture_of_a_public_setup_stays_private(lab, alice, nobody, address):
    send(alice, "patch", address, image=upload("rig.png", picture()))
    assert alice.patch(address, {"is_public": True}).status == 200
    assert nobody.get(address).record["image"] is None
    assert nobody.get(f"{address}/image/").status == 404
    assert nobody.get("personal_attributes/setup", "filter{image.isnull}=false").status == 400


@wherever_files_are
def test_a_picture_of_an_acquisition_is_public_with_its_project(lab, alice, nobody):
    made = lab.add("dataacquisition")
    path = f"modules/dataacquisition/{made['id']}"
    assert send(alice, "patch", path, image=upload("trace.jpg", picture("JPEG"))).status == 200
    assert nobody.get(f"{path}/image/").status == 404
    alice.patch(f"stem/project/{lab['project']}", {"is_public": True})
    url = nobody.get(path).record["image"].removeprefix("http://localhost:8000")
    served = nobody.client.get(url)
    assert (served.status_code, b"".join(served)[:2]) == (200, b"\xff\xd8")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rig.png", b"<html><script>alert(1)</script>"),
        ("rig.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        ("rig.png", b""),
        ("rig.png", b"GIF89a"),
        ("rig.bmp", picture("BMP")),
        ("rig.png", picture()[:30]),
    ],
)
def test_what_is_no_picture_is_refused(alice, address, name, content):
    answer = send(alice, "patch", address, image=upload(name, content))
    assert (answer.status, list(answer.body)) == (400, ["image"])


@wherever_files_are
def test_a_picture_under_a_false_name_gets_its_own_ending(alice, address):
    answer = send(alice, "patch", address, image=upload("rig.html", picture()))
    assert answer.status == 200
    url = answer.record["image"].removeprefix("http://localhost:8000")
    served = alice.client.get(url, headers={"Authorization": f"Bearer {alice.token}"})
    assert (served["Content-Type"], b"".join(served)) == ("image/png", picture())


def test_a_file_that_is_too_large_is_refused(alice, address, settings):
    settings.BRAINSTEM_MAX_IMAGE_BYTES = 1024
    answer = send(alice, "patch", address, image=upload("rig.png", picture(size=(400, 400)) + b"x" * 2000))
    assert (answer.status, list(answer.body)) == (400, ["image"])


@pytest.mark.parametrize(("name", "content", "status"), [
    ("permit.pdf", PDF, 200), ("permit.txt", b"valid until 2027", 200), ("permit.docx", b"PK\x03\x04rest", 200),
    ("permit.pdf", b"MZ\x90", 400), ("permit.exe", b"MZ\x90", 400), ("permit.html", b"<p>", 400), ("permit", PDF, 400),
])  # fmt: skip
def test_a_document_is_told_by_its_content(lab, alice, name, content, status):
    path = f"personal_attributes/license/{lab['license']}"
    answer = send(alice, "patch", path, license_document=upload(name, content))
    assert answer.status == status, answer.body
    if status == 200:
        served = alice.client.get(
            answer.record["license_document"].removeprefix("http://localhost:8000"),
            headers={"Authorization": f"Bearer {alice.token}"},
        )
        assert b"".join(served) == content
        assert served["Content-Disposition"].startswith("attachment")


@wherever_files_are
def test_a_form_makes_a_record_with_lists_objects_and_a_file(lab, alice):
    answer = send(
        alice, "post", "modules/dataacquisition", session=lab["session"], type="ExtracellularEphys",
        procedures=[lab["procedure"]], details='{"fileName": "a.dat"}', image=upload("a.png", picture()),
    )  # fmt: skip
    assert answer.status == 201, answer.body
    assert answer.record["procedures"] == [lab["procedure"]]
    assert answer.record["details"] == {"fileName": "a.dat"}
    assert answer.record["image"]


@wherever_files_are
def test_a_picture_stays_when_its_address_is_sent_back_and_goes_with_null(alice, address):
    record = send(alice, "patch", address, image=upload("rig.png", picture())).record
    assert alice.patch(address, record).record["image"] == record["image"]
    assert alice.put(address, {key: record[key] for key in ("name", "setup_type")}).record["image"] == record["image"]
    assert alice.patch(address, {"image": None}).record["image"] is None


def test_others_cannot_upload(bob, charlie, alice, address):
    assert send(charlie, "patch", address, image=upload("rig.png", picture())).status == 404
    alice.patch(address, {"users": {bob.email: {}}})
    assert send(bob, "patch", address, image=upload("rig.png", picture())).status == 403


@wherever_files_are
def test_a_phones_jpeg_with_two_frames_is_a_jpeg(alice, address):
    stream = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    frames[0].save(stream, "MPO", save_all=True, append_images=frames[1:])
    answer = send(alice, "patch", address, image=upload("IMG_0001.JPG", stream.getvalue()))
    assert answer.status == 200, answer.body
    served = alice.client.get(answer.record["image"], headers={"Authorization": f"Bearer {alice.token}"})
    assert (served.status_code, served["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(served) == stream.getvalue()
    nameless = send(alice, "patch", address, image=upload("photo", stream.getvalue()))
    assert nameless.record["image"].endswith(("image/", ".jpg"))
    assert send(alice, "patch", address, image=upload("IMG_0001.JPG", stream.getvalue()[:40])).status == 400
