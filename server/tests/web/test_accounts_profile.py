"""One's profile and portrait in the browser: the same checks and history as over the API, and safe pictures."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from brainstem.core.models import Change

PAGE, UPLOAD = "/account/profile/", "/account/picture/"
FILLED = {
    "first_name": "Alice",
    "last_name": "Ångström",
    "orcid_id": "0000-0002-1825-0097",
    "google_scholar": "https://scholar.google.com/citations?user=x",
    "website": "https://lab.example/alice",
}


def image(kind="PNG", *, size=(900, 600), **more) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, "teal").save(kept, kind, **more)
    return kept.getvalue()


def with_place() -> bytes:
    """A photograph that tells where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "the secret place"
    return image("JPEG", exif=exif)


@pytest.fixture
def client_of_alice(alice):
    client = Client()
    client.force_login(alice.user)
    return client


@pytest.fixture
def put(client_of_alice):
    def upload(content, name="me.png", kind="image/png"):
        return client_of_alice.post(UPLOAD, {"picture": SimpleUploadedFile(name, content, kind)})

    return upload


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_person_fills_in_their_profile(visit, alice, phone):
    visitor = visit(phone=phone)
    visitor.sign_in(alice.user)
    visitor.go(PAGE)
    visitor.fill(**FILLED | {"orcid_id": "0000-0002-1825-0098"})
    visitor.press("Save profile")
    assert "wrong digit" in visitor.text
    visitor.look("account-profile-refused")
    visitor.fill(orcid_id=FILLED["orcid_id"])
    visitor.press("Save profile")
    assert "Your profile has been saved." in visitor.text
    visitor.page.set_input_files(
        "[name=picture]", {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": image("JPEG")}
    )
    visitor.press("Upload picture")
    assert visitor.page.locator("img.portrait").evaluate("image => image.complete && image.naturalWidth") == 320
    visitor.look("account-profile")
    visitor.page.on("dialog", lambda dialog: dialog.accept())
    visitor.press("Remove picture")
    visitor.page.wait_for_selector("img.portrait", state="detached")
    record = alice.get("users/user/me").record
    assert {key: record[key] for key in FILLED} == FILLED | {"orcid_id": "https://orcid.org/0000-0002-1825-0097"}
    change = Change.objects.filter(record_id=str(alice.user.pk)).latest("id")
    assert (change.event.actor_id, change.event.via) == (alice.user.pk, "browser")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("website", "javascript:alert(1)"),
        ("first_name", "x" * 151),
        ("first_name", ""),
        ("atlas_preference", "none"),
        ("orcid_id", "1"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_saved(client_of_alice, alice, field, value):
    answer = client_of_alice.post(PAGE, FILLED | {"last_name": "Changed", field: value})
    assert list(answer.context["form"].errors) == [field]
    alice.user.refresh_from_db()
    assert alice.user.last_name != "Changed"


def test_an_orcid_is_taken_without_its_dashes(client_of_alice, alice):
    assert client_of_alice.post(PAGE, FILLED | {"orcid_id": "0000000218250097"}).status_code == 302
    alice.user.refresh_from_db()
    assert alice.user.orcid_id == "https://orcid.org/0000-0002-1825-0097"


def test_a_profile_is_for_who_is_signed_in(client, alice):
    for path in (PAGE, f"{UPLOAD}{alice.user.pk}/"):
        assert client.get(path)["Location"].startswith("/account/login/")


def test_a_portrait_is_drawn_anew_small_and_without_what_a_camera_wrote(put, client_of_alice, alice, bob):
    assert b"secret place" in with_place()
    assert put(with_place()).status_code == 302
    client = Client()
    client.force_login(bob.user)
    answer = client.get(f"{UPLOAD}{alice.user.pk}/")
    content = b"".join(answer.streaming_content)
    kept = Image.open(io.BytesIO(content))
    assert (kept.format, kept.size, b"secret" in content) == ("JPEG", (320, 320), False)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"].startswith("private")


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html>",
        b"",
        b"\x89PNG\r\n\x1a\n rest",
    ],
    ids=["svg", "html", "empty", "broken"],
)
def test_what_is_no_picture_is_refused(put, alice, content):
    answer = put(content)
    assert list(answer.context["picture"].errors) == ["picture"]
    alice.user.refresh_from_db()
    assert not alice.user.picture


def test_a_picture_that_hides_a_page_becomes_a_picture_only(put, client_of_alice, alice):
    assert put(image("GIF") + b"<script>alert(1)</script>", "x.html", "text/html").status_code == 302
    content = b"".join(client_of_alice.get(f"{UPLOAD}{alice.user.pk}/").streaming_content)
    assert b"script" not in content


def test_a_picture_of_very_many_pixels_is_refused(put):
    answer = put(image(size=(6000, 6000)))
    assert "6 megapixels" in str(answer.context["picture"].errors)


def test_an_old_portrait_is_deleted(put, alice):
    put(image())
    alice.user.refresh_from_db()
    first = alice.user.picture
    put(image())
    assert not first.storage.exists(first.name)
    alice.user.refresh_from_db()
    assert first.storage.exists(alice.user.picture.name)


def test_there_is_no_picture_of_who_has_none(client_of_alice, bob):
    for user_id in (bob.user.pk, 10_000_000):
        assert client_of_alice.get(f"{UPLOAD}{user_id}/").status_code == 404


def test_a_portrait_is_no_part_of_the_api(put, alice):
    put(image())
    assert "picture" not in alice.get("users/user/me").record
    assert alice.patch("users/user/me", {"picture": "x", "first_name": "A"}).status == 200
    alice.user.refresh_from_db()
    assert alice.user.picture.name.endswith(".jpg")
