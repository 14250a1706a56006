"""Rich text: what is ordinary passes as it always did, and what would keep a parser busy is refused in one pass."""

from __future__ import annotations

import random
from contextlib import suppress
from time import process_time

import nh3
import pytest

from brainstem.core import markup
from brainstem.core.markup import RICH_TEXT_ATTRIBUTES, RICH_TEXT_TAGS, sanitise, sanitised

from ..people import unique

ORDINARY = [
    "<p>Hello <b>world</b></p>", "a < b", "<p>x<div>y</div>z</p>", '<img src="http://a/b.png" alt="p<0.05">',
    "<a href='http://x/?a=1&b=2' target=_blank>y</a>", "<script>alert(1)</script>x", '<b onclick="x">y</b>',
    "<a href=http://x/?a=b&c>z</a>", "<ul><li>1<li>2</ul>", "<table><tr><td colspan=2>x<td>y</table>", "5 &lt; 6 &amp; 7",
    "<br/><hr />", "<!-- c --><p>z", "<style>p{a:b}</style>q", '<a href="javascript:x">y</a>', "<H1>Up</H1>",
    "<a title='say \"hi\"' href=\"mailto:a@b.c\">u</a>", "<p\n>x</p\n>", "<img src=x.png/>", '<a href="/x" href="/y">z</a>',
    '<a x="1"y="2" href="/q">z</a>', '<p "x">y</p>', "<svg><p>x</p></svg>", "<font color=red>r</font>", "<img alt>",
]  # fmt: skip
PIECES = ["<p>", "</p>", "<b>", "</b>", "<b x=1>", "<ul>", "<li>", "</li>", "</ul>", "<table>", "<tr>", "<td>", "</td>",
          "</table>", "x", "&amp;", '<a href="/x">', "</a>", "<div>", "</div>", '<span style="q">', "</span>", "<br>",
          "<font size=1>", "</font>", "<pre>", "</pre>", "<h1>", "</h1>"]  # fmt: skip


def plainly(text: str) -> str:
    """What the sanitiser says without our measuring before it."""
    return nh3.clean(
        text, tags=RICH_TEXT_TAGS, attributes=RICH_TEXT_ATTRIBUTES, url_schemes={"http", "https", "mailto", "ftp"}
    )


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_text_is_sanitised_as_before(text):
    assert sanitise(text) == (plainly(text) if "<" in text or "&" in text else text)


def test_whatever_tags_are_put_together_the_answer_is_the_sanitisers():
    chance = random.Random(7)
    for _ in range(2000):
        text = "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 14)))
        assert sanitise(text) == plainly(text), text


def test_a_sign_that_begins_no_tag_is_kept_as_a_sign():
    assert sanitise("x<y and y<z") == "x&lt;y and y&lt;z"
    assert sanitise('<a href="x') == '&lt;a href="x'


def test_what_was_sanitised_stays_as_it_is():
    for text in ORDINARY:
        assert sanitise(sanitise(text)) == sanitise(text)


REFUSED = {
    "fonts": ("".join(f"<font size={n}><p>" for n in range(4000)), "in more than 100 others"),
    "divs": ("<div>" * 40_000, "in more than 100 others"),
    "lists": ("<ul><li>" * 4000, "in more than 100 others"),
    "tables": ("".join(f"<b><table><td></b></table><p>{n}" for n in range(1200)), "in more than 100 others"),
    "tags": ("<p>x" * 20_000, "at most 10000 tags"),
    "attributes": ("<p " + " ".join(f"a{n}" for n in range(30_000)) + ">", "at most 50 attributes"),
    "characters": ("x" * 200_001, "at most 200000 characters"),
    "signs": ("<" * 199_999, "at most 200000 characters"),
}


@pytest.mark.parametrize(("text", "why"), REFUSED.values(), ids=REFUSED)
def test_more_markup_than_anybody_writes_is_refused(text, why):
    started = process_time()
    with pytest.raises(ValueError, match=why):
        sanitise(text)
    assert process_time() - started < 0.3


BUSY = {
    "quotes": '<a x="' * 9000, "open": "<b " * 9000, "unclosed": "".join(f"<b x={n}></p><p>x" for n in range(2400)),
    "closed": "".join(f"<p><font size={n}></p>" for n in range(2400)), "svg": "<div><svg></div>" * 2400,
    "blanks": "<a" + " " * 100_000, "slashes": "<a" + "/" * 100_000, "ends": "</div>" * 9900, "comments": "<!--" * 25_000,
    "ampersands": "&" * 39_000, "marks": "<b>" + "\u0301\u0327" * 50_000, "name": "<" + "a" * 100_000, "walls": "<table>" * 99 + "</b>" * 9000,
}  # fmt: skip


@pytest.mark.parametrize("text", BUSY.values(), ids=BUSY)
def test_a_hostile_text_is_answered_at_once(text):
    assert _best(lambda: _tried(text)) < 0.1


def test_a_long_ordinary_text_is_taken():
    text = "".join(
        f"<h2>Day {n}</h2><p>Some <b>words</b> and a <a href='https://lab.example/{n}'>link</a>.</p><ul><li>x</li></ul>"
        for n in range(700)
    )
    assert sanitise(text).count("<h2>") == 700


def _tried(text: str) -> None:
    with suppress(ValueError):
        sanitise(text)


def _best(do, times: int = 3) -> float:
    found = []
    for _ in range(times):
        started = process_time()
        do()
        found.append(process_time() - started)
    return min(found)


# -- over HTTP ----------------------------------------------------------------------------------------------------------


def test_a_text_with_too_much_markup_is_named_and_nothing_is_written(lab, alice):
    session = lab.add("session", description="keep")
    address = f"stem/session/{session['id']}"
    for row in (REFUSED["fonts"], REFUSED["characters"]):
        answer = alice.patch(address, {"description": row[0]})
        assert (answer.status, row[1] in answer.body["description"][0]) == (400, True)
    assert alice.get(address).record == session
    assert alice.patch(address, {"description": "<p>new</p>"}).record["description"] == "<p>new</p>"


@pytest.mark.parametrize("way", ["post", "put", "patch", "bulk", "once", "proposal", "amended"])
def test_nothing_is_sanitised_inside_a_transaction(lab, alice, monkeypatch, way):
    from django.db import connection

    depth, seen = len(connection.savepoint_ids), []
    real = nh3.clean

    def watched(*args, **kwargs):
        seen.append(len(connection.savepoint_ids))
        return real(*args, **kwargs)

    session = lab.payload("session")
    device = lab.payload("hardwaredevice") if way in ("proposal", "amended") else {}
    made = lab.add("session") if way in ("put", "patch") else {}
    proposal = alice.post("resources/hardwaredevice", device).record if way == "amended" else {}
    monkeypatch.setattr(markup.nh3, "clean", watched)
    text = f"<p>{unique('text')}</p><script>x</script>"
    answer = {
        "post": lambda: alice.post("stem/session", session | {"description": text}),
        "put": lambda: alice.put(f"stem/session/{made['id']}", session | {"description": text}),
        "patch": lambda: alice.patch(f"stem/session/{made['id']}", {"description": text}),
        "bulk": lambda: alice.post("stem/session/bulk", {"create": [session | {"description": text}]}),
        "once": lambda: alice.request(
            "post", "stem/session", session | {"description": text}, HTTP_IDEMPOTENCY_KEY=unique("k").replace(" ", "")
        ),
        "proposal": lambda: alice.post("resources/hardwaredevice", device | {"description": text}),
        "amended": lambda: alice.patch(f"resources/hardwaredeviceapproval/{proposal['id']}", {"description": text}),
    }[way]()
    assert answer.status in (200, 201), answer.body
    assert seen
    assert set(seen) == {depth}


def test_a_text_that_is_sanitised_ahead_is_sanitised_once(monkeypatch):
    calls = []
    real = nh3.clean
    monkeypatch.setattr(markup.nh3, "clean", lambda *args, **kwargs: calls.append(1) or real(*args, **kwargs))
    with sanitised(["<p>x</p>", "plain", "<div>" * 200]):
        assert sanitise("<p>x</p>") == "<p>x</p>"
        with pytest.raises(ValueError, match="100 others"):
            sanitise("<div>" * 200)
    assert len(calls) == 1
