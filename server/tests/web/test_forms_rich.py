"""The editor of rich text: it makes what the server keeps, and leaves alone what nobody touched."""

from __future__ import annotations

import pytest

from brainstem.core.text.html_names import RICH_TEXT_TAGS
from brainstem.core.text.markup import sanitise

from .visitor import Visitor

pytestmark = pytest.mark.slow

EVERYTHING = (
    "<h1>1</h1><h2>2</h2><h3>3</h3><h4>4</h4><h5>5</h5><h6>6</h6>"
    "<p><b>b</b> <strong>strong</strong> <i>i</i> <em>em</em> <u>u</u> <s>s</s> <sub>x</sub> <sup>y</sup> <code>c</code>"
    ' <span>span</span> <a href="https://example.org/?a=1&b=2" title="t" rel="noopener noreferrer">a</a><br>next</p>'
    '<blockquote><p>q</p></blockquote><pre>a\n  b</pre><hr><p><img src="https://example.org/x.png" alt="x" width="3"></p>'
    "<ul><li>one<ul><li>inner</li></ul></li></ul><ol><li>1</li></ol>"
    '<table><thead><tr><th>h</th><th>i</th></tr></thead><tbody><tr><td colspan="2">n &lt;b & p < 0.05</td></tr></tbody></table>'
)
PASTED = (
    '<meta charset="utf-8"><style>p { color: red }</style><p style="color:red" onclick="__ran(1)">styled <b style="x:y">b</b>'
    '<a href="javascript:__ran(2)">bad</a><img src="https://evil.example/x.png" onerror="__ran(3)"></p>'
    "<script>__ran(4)</script><iframe src='https://evil.example'></iframe>"
)
PASTE = """(box, markup) => {
  const data = new DataTransfer();
  data.setData("text/html", markup);
  box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


class Editor:
    """The description of a session, opened by a person with a browser."""

    def __init__(self, visitor: Visitor, lab, text: str) -> None:
        self.lab, self.page, self.visitor = lab, visitor.page, visitor
        self.id = lab.add("session", description=text)["id"]
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.open()

    def open(self) -> None:
        self.visitor.go(f"/private/stem/session/{self.id}/change/")
        self.page.locator("label[for=f-description]").click()
        self.box.wait_for()

    @property
    def box(self):
        return self.page.locator(".rich .rich-text")

    @property
    def text(self) -> str:
        return self.page.locator("[name=description]").input_value()

    def save(self) -> str:
        with self.page.expect_navigation():
            self.page.keyboard.press("Control+Enter")
        assert "left out" not in self.visitor.text
        return str(self.lab.owner.get(f"stem/session/{self.id}").record["description"])


@pytest.fixture
def editor(visit, lab, alice):
    """Opens an editor of a text."""
    visitor = visit()
    visitor.sign_in(alice.user)
    return lambda text: Editor(visitor, lab, text)


def test_the_editor_comes_only_when_somebody_goes_to_the_field(visit, lab, alice):
    visitor, asked = visit(), list[str]()
    visitor.sign_in(alice.user)
    visitor.page.on("request", lambda request: asked.append(request.url))
    visitor.go(f"/private/stem/session/{lab['session']}/change/")
    visitor.page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "prosemirror" in url]
    visitor.page.locator("[name=description]").focus()
    visitor.page.locator(".rich .rich-text").wait_for()
    assert [url for url in asked if "prosemirror" in url]
    visitor.look("form-rich")


def test_a_text_stays_as_it_was_until_it_is_changed_and_after_that_is_undone(editor):
    for text in ("", "n = 3 & p < 0.05\n\nx <y and z> w", EVERYTHING, "<p>a</p>\n<p>b</p>"):
        opened = editor(sanitise(text))
        assert opened.text == sanitise(text)
        opened.page.keyboard.type("x")
        assert opened.text != sanitise(text)
        opened.page.keyboard.press("Control+z")
        assert opened.text == sanitise(text)
        assert opened.save() == sanitise(text)


@pytest.mark.parametrize("goes_on", [True, False], ids=["goes on", "stays"])
def test_an_editor_that_comes_late_takes_nobody_from_where_they_are(visit, lab, alice, goes_on):
    visitor = visit()
    visitor.sign_in(alice.user)
    page, held = visitor.page, visitor.hold("**/rich/editor.js*")
    page.on("dialog", lambda dialog: dialog.accept())
    made = lab.add("session", description="one\ntwo")["id"]
    visitor.go(f"/private/stem/session/{made}/change/")
    area, tags = page.locator("textarea[name=description]"), page.locator("[name=tags]")
    with page.expect_request("**/rich/editor.js*"):
        area.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" thr")
    if goes_on:
        tags.focus()
        page.keyboard.type("pil")
    held[0].continue_()
    page.locator(".rich .rich-text").wait_for()
    page.keyboard.type("ee" if not goes_on else "ot")
    assert tags.input_value() == ("pilot" if goes_on else "")
    assert area.input_value() == ("one\ntwo thr" if goes_on else "one\ntwo three")


def test_plain_text_stays_plain_until_it_is_formatted(editor):
    opened = editor("one & two\np < 0.05")
    opened.page.keyboard.press("Control+End")
    opened.page.keyboard.type(", n > 3")
    assert opened.text == "one & two\np < 0.05, n > 3"
    opened.page.keyboard.press("Enter")
    opened.page.keyboard.type("<b>no tag</b>")
    assert opened.save() == "<p>one & two</p><p>p < 0.05, n > 3</p><p>&lt;b>no tag&lt;/b></p>"


def test_the_editor_has_a_place_for_everything_that_the_server_keeps(editor):
    text = sanitise(EVERYTHING)
    assert all(f"<{tag}" in text for tag in RICH_TEXT_TAGS)
    opened = editor(text)
    opened.page.keyboard.press("Control+Home")
    opened.page.keyboard.type("x")
    made = opened.text
    assert sanitise(made) == made
    same = {"b": "strong", "i": "em", "thead": "tbody", "span": "p"}  # what the editor writes instead
    assert all(f"<{same.get(tag, tag)}" in made for tag in RICH_TEXT_TAGS)
    assert "n &lt;b & p < 0.05" in made
    assert opened.save() == made


def test_what_is_pasted_loses_its_looks_and_everything_that_acts(editor):
    opened = editor("before ")
    ran: list[object] = []
    opened.visitor.context.expose_function("__ran", lambda number: ran.append(("ran", number)))
    opened.page.keyboard.press("Control+End")
    opened.box.evaluate(PASTE, PASTED)
    assert opened.text == ('<p>before styled <strong>b</strong>bad<img src="https://evil.example/x.png"></p>')
    made = opened.text
    assert opened.save() == made
    assert ran == []


def test_text_is_formatted_by_keyboard_alone(editor):
    opened = editor("")
    keys = opened.page.keyboard
    keys.type("See ")
    keys.press("Control+b")
    keys.type("all")
    keys.press("Control+b")
    keys.press("Shift+Home")
    keys.press("Control+k")
    keys.press("Control+a")
    keys.type("https://example.org")
    keys.press("Enter")
    keys.press("End")
    keys.press("Enter")
    keys.press("Alt+F10")
    for _ in range(8):
        keys.press("ArrowRight")
    assert opened.page.evaluate("document.activeElement.ariaLabel") == "List"
    keys.press("Enter")
    keys.type("one")
    keys.press("Enter")
    keys.type("two")
    keys.press("Tab")
    assert not opened.page.evaluate("document.activeElement.matches('.rich-text')")
    link = '<a href="https://example.org" rel="noopener noreferrer">'
    assert opened.text == f"<p>{link}See <strong>all</strong></a></p><ul><li>one</li><li>two</li></ul>"
