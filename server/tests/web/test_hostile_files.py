"""A file that could be taken for a page is not, by a real browser, when its address is opened."""

from __future__ import annotations

import pytest

from tests.core.test_uploads import PDF, picture, send, upload

from .hostile import LIVE

PAGE = b"<html><body><svg/onload=__ran(1)><script>__ran(2)</script></body></html>"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("rig.png", picture() + PAGE, "image/png"),
        ("rig.html", picture("GIF") + PAGE, "image/gif"),
        ("rig.svg", picture("JPEG") + PAGE, "image/jpeg"),
    ],
)
@pytest.mark.usefixtures("stored_in")
def test_a_picture_with_a_page_behind_it_stays_a_picture(visitor, lab, alice, name, content, kind):
    answer = send(alice, "patch", f"personal_attributes/setup/{lab['setup']}", image=upload(name, content))
    assert answer.status == 200, answer.body
    ran: list[object] = []
    visitor.context.expose_function("__ran", lambda *said: ran.append(said))
    visitor.expect("Applying inline style")  # Chromium's own, with which it centres a picture
    visitor.sign_in(alice.user)
    served = visitor.go(f"/api/private/personal_attributes/setup/{lab['setup']}/image/")
    assert (served.status, served.headers["content-type"]) == (200, kind)
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in served.headers["content-security-policy"]
    assert visitor.page.evaluate(LIVE) == []
    assert visitor.page.locator("img").count() == 1
    assert not ran


@pytest.mark.parametrize(("name", "content"), [("permit.txt", PAGE), ("permit.pdf", PDF + PAGE)])
@pytest.mark.usefixtures("stored_in")
def test_a_document_is_saved_and_never_opened_in_place(visitor, lab, alice, name, content):
    path = f"personal_attributes/license/{lab['license']}"
    assert send(alice, "patch", path, license_document=upload(name, content)).status == 200
    visitor.sign_in(alice.user)
    visitor.go("/account/profile/")
    with visitor.page.expect_download() as saved:
        visitor.page.evaluate(f"location.href = '/api/private/{path}/license_document/'")
    assert saved.value.path().read_bytes() == content
    assert visitor.path == "/account/profile/"


@pytest.mark.parametrize(
    "content", [PAGE, b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"]
)
def test_a_page_is_refused_whatever_it_is_called(lab, alice, content):
    for name in ("rig.png", "rig.svg", "rig.html"):
        answer = send(alice, "patch", f"personal_attributes/setup/{lab['setup']}", image=upload(name, content))
        assert (answer.status, list(answer.body)) == (400, ["image"]), name
