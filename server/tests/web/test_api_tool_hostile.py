"""Nothing that people write into records, addresses or file names runs in the Web API tool."""

from urllib.parse import quote

import pytest
from django.test import Client

from brainstem.apps.stem.models.session import Session

from ..people import unique
from .test_api_tool_negotiation import CHROME

CORPUS = [
    "<script>boom()</script>",
    "</script><script>boom()</script>",
    "</pre><img src=x onerror=boom()>",
    "<!--<script>",
    "\"'><svg onload=boom()>",
    "{{7*7}}{% load x %}${boom()}",
    "javascript:boom()",
    "JaVaScRiPt:boom()",
    "data:text/html,<script>boom()</script>",
    'https://example.org/"onmouseover="boom()',
    "https://example.org/ javascript:boom()",
    "http:javascript:boom()",
    "\u202ehttps://example.org\u202d",
    "]]><![CDATA[",
]
WATCH = "window.boomed = 0; window.boom = () => { window.boomed += 1; };"


@pytest.fixture
def watched(visitor, lab):
    visitor.page.add_init_script(WATCH)
    visitor.sign_in(lab.owner.user)
    return visitor


def calm(visitor) -> bool:
    visitor.page.mouse.move(640, 450)  # over whatever is there
    return visitor.page.evaluate("window.boomed") == 0


def test_records_are_shown_not_run(watched, lab):
    extra = {f"x{number}": text for number, text in enumerate(CORPUS)}
    name = unique("</title><script>boom()</script>")
    session = lab.add("session", name=name, description=CORPUS[2], extra_fields=extra, tags=[CORPUS[0], CORPUS[4]])
    record = f"/api/private/stem/session/{session['id']}/"
    keys = lab.add("dataacquisition", session=session["id"], details=dict.fromkeys(CORPUS, 1))["id"]
    for path in (f"/api/private/modules/dataacquisition/{keys}/", "/api/private/stem/session/", record):
        watched.go(path)
        watched.press("Unfold all")
        shown = watched.page.inner_text("#tree").replace('\\"', '"')
        legible = [text.replace("\u202e", "\\u202e").replace("\u202d", "\\u202d") for text in CORPUS]
        assert [text for text in legible if text not in shown] == [], path
        assert calm(watched)
        watched.press("Text")
        assert calm(watched)
    assert watched.page.inner_text("h1") == name
    watched.press("Change")
    watched.page.locator(".api-panel:visible .field").first.wait_for()
    assert calm(watched)
    watched.press("JSON")
    watched.press("Delete")
    watched.page.locator("dialog .json").wait_for()
    assert calm(watched)


def test_only_web_addresses_become_links(watched, lab):
    links = [{"Repository": "Other", "URL": "https://example.org/a?b=c"}]
    session = lab.add(
        "session",
        extra_fields={f"x{n}": one for n, one in enumerate(CORPUS)} | {"site": "http://example.org/x"},
        download_links=links,
    )
    watched.go(f"/api/private/stem/session/{session['id']}/")
    watched.press("Unfold all")
    away = watched.page.locator("#tree a:not([href^='/'])")
    found = {one.get_attribute("href"): one.get_attribute("rel") for one in away.all()}
    assert "https://example.org/a?b=c" in found
    assert "http://example.org/x" in found
    assert all(href.startswith(("http://example.org/", "https://example.org/")) for href in found)
    assert set(found.values()) == {"noopener nofollow noreferrer"}


def test_addresses_are_shown_not_run(watched, lab):
    watched.expect("status of 40")
    for text in (CORPUS[1], CORPUS[2], CORPUS[4], CORPUS[6]):
        for path in (f"/api/private/stem/session/?filter{{name}}={quote(text)}", f"/api/private/stem/session/?{quote(text)}=1",
                     f"/api/{quote(text, safe='')}/", f"/api/private/stem/session/{quote(text, safe='')}/"):  # fmt: skip
            watched.go(path)
            assert watched.page.evaluate("window.boomed") == 0, path
        watched.go(f"/api/private/stem/session/?filter{{name.{quote(text)}}}=x")
        watched.press("Query")
        watched.press("Code")
        assert watched.page.evaluate("window.boomed") == 0
        assert watched.page.locator("a[href^='javascript' i], a[href^='data' i]").count() == 0


@pytest.mark.parametrize("text", CORPUS)
def test_the_page_as_it_is_sent_holds_no_markup_of_others(lab, text):
    session = lab.add("session", description="", extra_fields={"x": text})
    Session.objects.filter(pk=session["id"]).update(name=unique(text)[:100])  # past the checks, which refuse some
    client = Client(headers={"accept": CHROME})
    client.force_login(lab.owner.user)
    for path in (
        f"/api/private/stem/session/{session['id']}/",
        f"/api/private/stem/session/?filter{{name}}={quote(text)}&{quote(text)}=1",
    ):
        sent = client.get(path).content.decode()
        assert "<script>boom" not in sent
        assert "<img src=x" not in sent
        assert "<svg onload" not in sent
        assert sent.count("<script") == 3, "the frame's, the tool's, and the facts"


def test_the_way_to_sign_in_leads_back_to_this_site_only(client, db):
    page = client.get(
        "/api/private/stem/session/?next=https://example.org", headers={"accept": CHROME}
    ).content.decode()
    assert "?next=%2Fapi%2Fprivate%2Fstem%2Fsession%2F%3Fnext%3Dhttps%3A%2F%2Fexample.org" in page
