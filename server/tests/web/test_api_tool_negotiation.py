"""Who gets the page and who gets JSON: browsers the one, programs the other, and each the whole answer."""

import io
import json
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
ACCEPTED = {
    "chrome": (CHROME, True),
    "firefox": (FIREFOX, True),
    "html alone": ("text/html", True),
    "html first": ("application/json;q=0.9, text/html", True),
    "any text before the rest": ("text/*, */*;q=0.5", False),
    "html by a range, json worse": ("text/html;q=0.5, application/*;q=0.4", True),
    "upper case": ("TEXT/HTML, */*;q=0.1", True),
    "nothing": ("", False),
    "anything": ("*/*", False),
    "json": ("application/json", False),
    "json first": ("application/json, text/html;q=0.9", False),
    "both alike": ("text/html, application/json", False),
    "html refused": ("text/html;q=0, */*", False),
    "json by the range, better": ("text/html;q=0.5, */*;q=0.8", False),
    "no number": ("text/html;q=high, */*;q=0.1", False),
    "a charset nobody knows": ("text/html;level*=nonsense'en'1, */*;q=0.1", False),
    "more than anybody sends": (f"text/html{', image/x' * 1000}", False),
    "a picture": ("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", False),
    "a script": ("*/*;q=0.8,application/signed-exchange;v=b3", False),
}


@pytest.fixture
def browser_of(lab):
    """A browser of somebody, signed in, as Django's client."""

    def new(person=None) -> Client:
        client = Client(headers={"accept": CHROME})
        if person is not None:
            client.force_login(person.user)
        return client

    return new


def text_of(page) -> str:
    """The answer that stands in a page."""
    return unescape(page.content.decode().split('<pre id="answer"', 1)[1].split(">", 1)[1].split("</pre>")[0])


def is_page(answer) -> bool:
    return answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(("accept", "page"), ACCEPTED.values(), ids=ACCEPTED)
def test_who_prefers_a_page_gets_one(client, db, accept, page):
    answer = client.get("/api/public/stem/project/", headers={"accept": accept})
    assert is_page(answer) == page
    assert {"accept", "authorization"} <= {one.strip().lower() for one in answer.headers["Vary"].split(",")}


def test_java_gets_json_with_its_token(alice):
    headers = {"accept": JAVA, "authorization": f"Bearer {alice.token}"}
    assert Client().get("/api/private/stem/project/", headers=headers).json()["count"] == 0


def test_programs_get_what_they_got(lab, browser_of, settings):
    path = f"/api/private/stem/session/{lab['session']}/"
    client = browser_of(lab.owner)
    for accept in ("*/*", "application/json", ""):
        answer = client.get(path, headers={"accept": accept})
        settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "browsable" not in one]
        bare = Client()
        bare.force_login(lab.owner.user)
        before = bare.get(path, headers={"accept": accept})
        assert answer.content == before.content
        left_out = {"Vary", "X-Request-ID"}
        assert {k: v for k, v in answer.headers.items() if k not in left_out} == {
            k: v for k, v in before.headers.items() if k not in left_out
        }


def addresses(lab) -> dict[str, tuple[str, int]]:
    session = f"/api/private/stem/session/{lab['session']}/"
    return {
        "index": ("/api/", 200),
        "list": ("/api/private/stem/session/?filter{name.startswith}=Se&sort[]=-name", 200),
        "record": (session, 200),
        "without the slash": (session.rstrip("/"), 200),
        "with includes": (session + "?include[]=projects.*", 200),
        "relation": (session + "projects/", 200),
        "explanation": (session + "access/", 200),
        "preview": (session + "delete_preview/", 200),
        "choices": ("/api/private/modules/dataacquisition/options/?field=type", 200),
        "type schema": ("/api/public/schemas/Equipment/Camera/", 200),
        "unknown name": ("/api/private/stem/session/?filter{nmae}=x", 400),
        "administrators": ("/api/super/stem/session/", 403),
        "no record": ("/api/private/stem/session/01a1ff82-b1bc-7aee-91b7-b7d3148c9a0d/", 404),
        "no model": ("/api/private/stem/sesion/", 404),
        "nothing": ("/api/nothing/at/all/here/", 404),
        "wrong method": ("/api/token/", 405),
    }


def test_a_page_holds_the_very_answer_with_its_status(lab, browser_of):
    client = browser_of(lab.owner)
    for name, (path, status) in addresses(lab).items():
        page = client.get(path)
        data = client.get(path, headers={"accept": "*/*"})
        assert (page.status_code, data.status_code) == (status, status), name
        assert is_page(page), name
        assert text_of(page) == data.content.decode(), name
        assert page.headers["Cache-Control"] == "private, no-store"
        assert page.headers.get("Allow") == data.headers.get("Allow"), name


def test_the_slash_at_the_end_makes_no_difference(lab, browser_of):
    path = f"/api/private/stem/session/{lab['session']}"
    for address in (path, f"{path}/"):
        page = browser_of(lab.owner).get(address).content.decode()
        assert f'<a href="{path}/projects/">' in page
        assert f'<a href="{path}/access/">' in page


def test_every_list_has_its_pages(lab, browser_of):
    lab["session"], lab["subject"]
    lists = {
        "/api/private/stem/session/?limit=1&page=1": "1-1 of 1",
        f"/api/private/stem/project/{lab['project']}/subjects/": "1-1 of 1",
        "/api/private/modules/dataacquisition/options/?field=type&limit=5&offset=5": "6-10 of ",
        "/api/private/stem/session/?offset=100": "0 of 1",
        "/api/private/stem/session/?cursor=": "1 in all, read by cursor",
    }
    for path, label in lists.items():
        assert f'api-count">{label}' in browser_of(lab.owner).get(path).content.decode(), path


def test_format_json_is_raw_everywhere(lab, browser_of):
    client = browser_of(lab.owner)
    for name, (path, status) in addresses(lab).items():
        raw = client.get(path + ("&" if "?" in path else "?") + "format=json")
        data = client.get(path, headers={"accept": "*/*"})
        assert (raw.status_code, raw.headers["Content-Type"]) == (status, "application/json"), name
        if status == 200 and "next" not in data.json():
            assert raw.content == data.content, name


def test_who_is_not_signed_in_is_shown_the_way(client, db):
    page = client.get("/api/private/stem/session/?limit=5&sort[]=name", headers={"accept": CHROME})
    assert page.status_code == 401
    assert page.headers["WWW-Authenticate"] == "Bearer"
    assert (
        "/account/login/?next=%2Fapi%2Fprivate%2Fstem%2Fsession%2F%3Flimit%3D5%26sort%5B%5D%3Dname"
        in page.content.decode()
    )
    assert text_of(page) == client.get("/api/private/stem/session/").content.decode()


def test_head_has_the_headers_of_the_page(lab, browser_of):
    client = browser_of(lab.owner)
    page, head = client.get("/api/private/stem/session/"), client.head("/api/private/stem/session/")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Type"] == page.headers["Content-Type"]


def test_streams_are_what_they_are(lab, browser_of):
    client = browser_of(lab.owner)
    lab["session"]
    for path, accept in {
        "/api/private/stem/session/?format=ndjson": CHROME,
        "/api/private/stem/session/": "text/html;q=0.5, application/x-ndjson",
    }.items():
        stream = client.get(path, headers={"accept": accept})
        assert stream.headers["Content-Type"] == "application/x-ndjson"
        assert json.loads(b"".join(stream))["id"] == lab["session"]


def test_an_uploaded_picture_is_a_picture(lab, browser_of):
    drawn = io.BytesIO()
    Image.new("RGB", (2, 2)).save(drawn, "PNG")
    path = f"/api/private/personal_attributes/setup/{lab['setup']}/"
    body = encode_multipart(BOUNDARY, {"image": SimpleUploadedFile("rig.png", drawn.getvalue())})
    assert lab.owner.request("patch", path, body, content_type=MULTIPART_CONTENT).status == 200
    client = browser_of(lab.owner)
    picture = client.get(f"{path}image/")
    assert (picture.headers["Content-Type"], b"".join(picture)) == ("image/png", drawn.getvalue())
    assert is_page(client.get(f"/api/private/personal_attributes/setup/{lab.add('setup')['id']}/image/"))


def test_a_kept_json_is_not_taken_for_the_page(client, db):
    tag = client.get("/api/schema/").headers["ETag"]
    assert client.get("/api/schema/", headers={"if-none-match": tag}).status_code == 304
    page = client.get("/api/schema/", headers={"if-none-match": tag, "accept": CHROME})
    assert (page.status_code, is_page(page), "ETag" in page.headers) == (200, True, False)


def test_a_large_answer_is_loaded_when_asked_for(client, db):
    page = client.get("/api/schema/", headers={"accept": CHROME})
    assert text_of(page) == ""
    assert "/api/schema/?format=json" in page.content.decode()
    assert len(page.content) < 40_000


def test_other_verbs_get_json(lab, browser_of):
    client = browser_of(lab.owner)
    assert not is_page(client.options("/api/private/stem/session/"))
    assert not is_page(client.post("/api/private/stem/session/", {}, content_type="application/json"))


def test_pages_are_sent_small_and_mask_their_token(lab, browser_of):
    client = browser_of(lab.owner)
    first, second = (client.get("/api/private/stem/session/", headers={"accept-encoding": "gzip"}) for _ in range(2))
    assert first.headers["Content-Encoding"] == "gzip"
    assert first.content != second.content
    assert "Content-Encoding" not in client.get("/api/private/stem/session/").headers


def facts_of(page) -> dict:
    return json.loads(page.content.decode().split('id="tool" type="application/json">')[1].split("</script>")[0])


def offered(client, path) -> list[str]:
    return facts_of(client.get(path))["methods"]


def test_only_what_one_may_do_is_offered(lab, browser_of, alice, bob, dana, charlie, admin):
    sessions, session = "/api/private/stem/session/", f"/api/private/stem/session/{lab['session']}/"
    strain = f"/api/private/taxonomies/strain/{lab['strain']}/"
    assert offered(browser_of(alice), sessions) == ["POST"]
    assert offered(browser_of(alice), session) == ["PATCH", "PUT", "DELETE"]
    assert offered(browser_of(dana), session) == ["PATCH", "PUT", "DELETE"]
    assert offered(browser_of(bob), session) == []
    assert offered(browser_of(charlie), session) == []
    assert offered(browser_of(bob), strain) == ["PATCH", "PUT"]
    assert offered(browser_of(admin), strain.replace("private", "super")) == ["PATCH", "PUT", "DELETE"]
    assert offered(browser_of(alice), "/api/private/users/user/") == []
    assert offered(browser_of(alice), f"/api/private/stem/project/{lab['project']}/invite/") == ["POST"]
    assert facts_of(browser_of(alice).get(f"/api/private/stem/project/{lab['project']}/"))["actions"] == ["invite"]


def test_the_public_portal_offers_nothing(lab, browser_of, alice):
    alice.patch(f"stem/project/{lab['project']}", {"is_public": True})
    for path in ("/api/public/stem/project/", f"/api/public/stem/project/{lab['project']}/"):
        facts = facts_of(browser_of(alice).get(path))
        assert (facts["methods"], facts["actions"], facts["status"]) == ([], [], 200)
