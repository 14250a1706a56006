"""Rich text: what is ordinary passes as it always did, and what would keep a parser busy is refused in one pass."""

from __future__ import annotations

import random
import re
from contextlib import suppress
from time import process_time

import nh3
import pytest

from brainstem.core.text import markup
from brainstem.core.text.markup import RICH_TEXT_ATTRIBUTES, RICH_TEXT_TAGS, sanitise, sanitised

from ..people import unique

ORDINARY = [
    "<p>Hello <b>world</b></p>", "<p>x<div>y</div>z</p>", '<img src="http://a/b.png" alt="p<0.05">',
    "<a href='http://x/?a=1&b=2' target=_blank>y</a>", "<script>alert(1)</script>x", '<b onclick="x">y</b>',
    "<a href=http://x/?a=b&c>z</a>", "<ul><li>1<li>2</ul>", "<table><tr><td colspan=2>x<td>y</table>",
    "<br/><hr />", "<!-- c --><p>z", "<style>p{a:b}</style>q", '<a href="javascript:x">y</a>', "<H1>Up</H1>",
    "<a title='say \"hi\"' href=\"mailto:a@b.c\">u</a>", "<p\n>x</p\n>", "<img src=x.png/>", '<a href="/x" href="/y">z</a>',
    '<a x="1"y="2" href="/q">z</a>', '<p "x">y</p>', "<svg><p>x</p></svg>", "<font color=red>r</font>", "<img alt>",
]  # fmt: skip
PIECES = ["<p>", "</p>", "<b>", "</b>", "<b x=1>", "<ul>", "<li>", "</li>", "</ul>", "<table>", "<tr>", "<td>", "</td>",
          "</table>", "x", "&amp;", '<a href="/x">', "</a>", "<div>", "</div>", '<span style="q">', "</span>", "<br>",
          "<font size=1>", "</font>", "<pre>", "</pre>", "<h1>", "</h1>"]  # fmt: skip


def plainly(text: str) -> str:
    """What the sanitiser says without our measuring before it, once it says nothing new of its own answer."""
    schemes = {"http", "https", "mailto", "ftp"}
    for _ in range(4):
        text = nh3.clean(text, tags=RICH_TEXT_TAGS, attributes=RICH_TEXT_ATTRIBUTES, url_schemes=schemes)
    return text


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_text_is_sanitised_as_before(text):
    assert sanitise(text) == (plainly(text) if "<" in text or "&" in text else text)


def test_whatever_tags_are_put_together_the_answer_is_the_sanitisers():
    chance = random.Random(7)
    for _ in range(2000):
        text = "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 14)))
        if not _has_a_word_in_brackets(text):
            assert sanitise(text) == plainly(text), text


def _has_a_word_in_brackets(text: str) -> bool:
    """Whether an element that is not kept has no end, or an end no beginning."""
    return ("<div>" in text) != ("</div>" in text) or ("</font>" in text and "<font" not in text)


TYPED = [
    "Mice <P30 excluded; second cohort", "p < 0.05 & n > 3", "a < b", "x<y and y<z", "x <y and z> w", "5 &lt; 6 &amp; 7",
    "Mice <P30 excluded> and >P60", "see <alice@example.org>, <https://doi.org/10.1126/x>", "R&D at AT&T &copy 2024", "I <3 mice",
    "age <i or so> b", "a <b and c> d", "</3 of them", "what <?> else <!>", "1<2>0", "<", "<>", "< p >", "a\r\nb & c\xa0d", "&amp;lt;",
    "<P30 (n=5), diet = high", "see <source> for <label> and <time>", "</section> ends", "Ca<sup or so", "dose<b",
]  # fmt: skip


@pytest.mark.parametrize("text", TYPED)
def test_a_text_without_a_tag_is_kept_as_it_was_typed(text):
    assert sanitise(text) == text
    assert not markup.is_markup(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<p>p < 0.05 & n > 3</p>", "<p>p < 0.05 & n > 3</p>"),
        ("<p>R&D &amp; 5 &lt; 6\xa0m</p>", "<p>R&D &amp; 5 &lt; 6\xa0m</p>"),
        ("<b>Mice</b> <P30 excluded", "<b>Mice</b> &lt;P30 excluded"),
        ("<b>see</b> <alice@example.org> </3", "<b>see</b> &lt;alice@example.org> &lt;/3"),
        ("<script>alert(1)</script>p < 0.05", "p < 0.05"),
        ("<div>R&D</div>", "R&D"),
        ("run <script> and wait", "run &lt;script> and wait"),
        ("<b>run</b> <script> and <source>", "<b>run</b> &lt;script> and &lt;source>"),
        ("<label>x</label><wbr>y", "xy"),
        ("<o:p>from an office</o:p>", "from an office"),
        ("<!-- x --><p>y</p><!doctype html>", "<p>y</p>"),
        ("<b>\ue000\ue001</b> < \ue002", "<b>\ue000\ue001</b> < \ue002"),
    ],
)
def test_among_tags_only_a_sign_that_would_begin_another_one_is_written_otherwise(typed, kept):
    assert sanitise(typed) == kept
    assert sanitise(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "<x onclick=alert(1)>y", "<x\nONCLICK = alert(1)", "<P30 style=x:y", '<a href="x', "<a href='javascript:alert(1)'",
        "<<div></div>img src=x onerror=alert(1)>", "<script and b", "<iframe src=x", "<svg/onload=alert(1)", "<?><x onclick=a>",
        '<? <a title="> <img src=x onerror=alert(1)>">z</a>', "<b>x</b><x onclick=alert(1)>", "<b title='<x onclick=a>'>t</b>",
        "</x onclick=alert(1)>", "<textarea><b title='</textarea><img src=x onerror=alert(1)>'>", "<<b>script>alert(1)</b>",
    ],
)  # fmt: skip
def test_nothing_that_was_kept_acts_even_where_it_is_shown_as_html(text):
    kept = sanitise(text)
    shown = nh3.clean(kept, tags={*RICH_TEXT_TAGS, "x", "script", "svg", "iframe"}, clean_content_tags=set())
    assert not ACTS.search(_outside_quotes(shown)), kept
    assert not re.search(r"<(script|svg|iframe|img[^>]*onerror|x)", _outside_quotes(kept), re.IGNORECASE), kept
    assert sanitise(kept) == kept


ACTS = re.compile(r"<[^>]*(\bon[a-z]+\s*=|javascript:)", re.IGNORECASE)


def _outside_quotes(html: str) -> str:
    """What is no value of an attribute."""
    return re.sub(r"=\"[^\"]*\"", "=", html)


def test_what_was_sanitised_stays_as_it_is():
    for text in ORDINARY:
        assert sanitise(sanitise(text)) == sanitise(text)


def test_whatever_was_typed_comes_back_when_it_is_written_again():
    chance = random.Random(11)
    pieces = [
        *PIECES,
        "<",
        ">",
        "&",
        "<P30 ",
        "<!",
        "</",
        "<?",
        "<!--",
        "-->",
        "=",
        "'",
        '"',
        " onclick=a ",
        "lt;",
        "\xa0",
    ]
    for _ in range(2000):
        kept = sanitise("".join(chance.choice(pieces) for _ in range(chance.randint(1, 12))))
        assert sanitise(kept) == kept


REFUSED = {
    "fonts": ("".join(f"<font size={n}><p>" for n in range(4000)), "inside more than 100 others"),
    "divs": ("<div>" * 20_000 + "</div>" * 10_000, "inside more than 100 others"),
    "lists": ("<ul><li>" * 4000, "inside more than 100 others"),
    "tables": ("".join(f"<b><table><td></b></table><p>{n}" for n in range(1200)), "inside more than 100 others"),
    "tags": ("<p>x" * 20_000, "at most 10000 tags"),
    "attributes": ("<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">", "at most 50 attributes"),
    "characters": ("x" * 200_001, "at most 200000 characters"),
    "signs": ("<b>x</b>" + "<P" * 9_000 + " " * 170_000, "at most 200000 characters"),
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
    "blanks": "<a" + " " * 100_000, "slashes": "<a" + "/" * 100_000, "ends": "</div>" * 9900, "comments": "<!--" * 25_000, "comment": "<!--" * 25_000 + "-->",
    "ampersands": "&" * 39_000, "marks": "<b>" + "\u0301\u0327" * 50_000, "name": "<" + "a" * 100_000, "walls": "<table>" * 99 + "</b>" * 9000,
    "prose": "<P30 " * 9_900, "words": "<p " + "word " * 30_000 + ">", "handlers": "<x on" + "on" * 90_000, "mixed": "<b>x</b>" + "<P30 " * 9_900,
    "equal": "<x onclick " + " " * 100_000 + "<y onclick=" * 5000, "signs": "<" * 199_999, "closed up": "<x>" * 9_900,
}  # fmt: skip


@pytest.mark.parametrize("text", BUSY.values(), ids=BUSY)
def test_a_hostile_text_is_answered_at_once(text):
    # What takes its time over them takes seconds; markup that a parser sorts out anew is read up to four times.
    assert _best(lambda: _tried(text)) < 0.4


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
    monkeypatch.setattr(nh3, "clean", watched)
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
    monkeypatch.setattr(nh3, "clean", lambda *args, **kwargs: calls.append(1) or real(*args, **kwargs))
    with sanitised(["<p>x</p>", "plain", "<ul>" * 200]):
        assert sanitise("<p>x</p>") == "<p>x</p>"
        with pytest.raises(ValueError, match="100 others"):
            sanitise("<ul>" * 200)
    assert len(calls) == 1
