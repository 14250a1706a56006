"""Rich text: what was typed is kept as it was typed, and of markup only what is harmless.

Texts come in two forms. Most are plain: without a tag, and kept character by character, so that ``p < 0.05 & n > 3`` is
found as such and compares equal. The others are HTML, in which tags are reduced to the harmless ones, and only a sign
that a reader of HTML would take for the beginning of a tag is written as ``&lt;``. Whoever shows a text escapes it, or
sanitises it once more: see :func:`is_markup`.

Reading a text takes no time worth speaking of, either. A parser of HTML mends whatever it is given, and some of what it
does grows with the square of its input: each attribute of a tag is compared with those before it, each tag with those
that are still open, and formatting that was not closed is opened again in every paragraph after it. So a text is
measured in one pass first; what then goes to the parser has few tags, none of them deep, and only the attributes that
may stay.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import nh3

RICH_TEXT_TAGS = {
    "a", "b", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p",
    "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
RICH_TEXT_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_SCHEMES = {"http", "https", "mailto", "ftp"}

MAX_CHARACTERS = 200_000
MAX_TAGS = 10_000
MAX_DEPTH = 100
MAX_ATTRIBUTES = 50
# A heading in a heading, or a list between the cells of a table, is sorted out differently when it is read again.
_ROUNDS = 4

# A tag as the standard reads it, piece by piece: no piece begins with a sign that the one before it takes.
_NAME = re.compile(r"</?([a-zA-Z][^\s/><]*)")
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s/>=<][^\s/>=<]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'><][^\s><]*)?)?""")
_END = re.compile(r"[\s/]*>")
# What a reader of HTML may take for the beginning of a tag or comment; any other "<" is a sign to everybody.
_OPENER = re.compile(r"<(?=/?[a-zA-Z]|[/!?])")
_DOCTYPE = re.compile(r"<!doctype\b[^<>]*>", re.IGNORECASE)
# Attributes that can act, at the beginning of a word: so that each word is looked at once.
_ACTS = re.compile(r"(?<![a-zA-Z])(?:on[a-zA-Z]+|style|src[a-zA-Z]*|href|[a-zA-Z]*action)\s*=", re.IGNORECASE)

# Elements of HTML that are not kept, though their contents mostly are. What has any other name is no tag but a text:
# <P30 excluded, x <y and z> w, <alice@example.org>.
_DROPPED = {
    "abbr", "acronym", "address", "applet", "area", "article", "aside", "audio", "base", "basefont", "bdi", "bdo",
    "bgsound", "big", "blink", "body", "button", "canvas", "caption", "center", "cite", "col", "colgroup", "data",
    "datalist", "dd", "del", "details", "dfn", "dialog", "dir", "div", "dl", "dt", "embed", "fieldset",
    "figcaption", "figure", "font", "footer", "form", "frame", "frameset", "head", "header", "hgroup", "html",
    "iframe", "image", "input", "ins", "isindex", "kbd", "keygen", "label", "legend", "link", "listing", "main",
    "map", "mark", "marquee", "math", "menu", "menuitem", "meta", "meter", "nav", "nobr", "noembed", "noframes",
    "noscript", "object", "optgroup", "option", "output", "param", "picture", "plaintext", "portal", "progress",
    "q", "rb", "rp", "rt", "rtc", "ruby", "samp", "script", "search", "section", "select", "slot", "small",
    "source", "spacer", "strike", "style", "summary", "svg", "template", "textarea", "tfoot", "time", "title",
    "track", "tt", "var", "video", "wbr", "xmp",
}  # fmt: skip
# What office programs put between angle brackets: <o:p>.
_OFFICE = re.compile(r"(?:o|w|v|m|x|st1):[a-z]+", re.IGNORECASE)
# Attributes that stand without a value. A kept tag with any other word in it is a text: x <a or b> y.
_ALONE = {"checked", "compact", "disabled", "hidden", "inert", "ismap", "itemscope", "noshade", "nowrap", "reversed"}
_WORD = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9.,;:()%+*-]*")

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# What begins ends what is written without an end: <li>one<li>two.
_ENDS_OPEN = {
    "li": {"li", "p"}, "p": {"p"}, "tr": {"tr", "td", "th", "p"}, "td": {"td", "th", "p"}, "th": {"td", "th", "p"},
    "dd": {"dd", "dt", "p"}, "dt": {"dd", "dt", "p"}, "tbody": {"tr", "td", "th", "p", "thead", "tbody"},
}  # fmt: skip
# Behind the beginning of one of these, the end of a tag that was opened before it is not looked for.
_WALLS = {"table", "td", "th", "caption"}
# Contents of another kind, to which other rules apply; their tags would not stay anyway.
_FOREIGN = {"applet", "marquee", "math", "object", "select", "svg", "template"}

_known: ContextVar[dict[str, str] | None] = ContextVar("sanitised", default=None)


def sanitise(html: str) -> str:
    """The text as it is kept: a plain one as it is, of one with tags only the harmless ones.

    What was kept comes back as it is.

    Raises
    ------
    ValueError
        The text is longer, or has more tags or deeper ones, than anybody writes.
    """
    _refuse_long(html)
    if "<" not in html:
        return html
    known = _known.get()
    if known is not None and html in known:
        return known[html]
    for _ in range(_ROUNDS):
        clean = _cleaned(html)
        _refuse_long(clean)  # Signs become longer; and what is kept must be taken when it is sent back.
        if clean == html:
            break
        html = clean
    return html


def _cleaned(html: str) -> str:
    signs = _Signs.unlike(html)
    measured = _measured(html, signs)
    if measured is None:
        return _harmless(html)
    clean = nh3.clean(measured, tags=RICH_TEXT_TAGS, attributes=RICH_TEXT_ATTRIBUTES, url_schemes=_SCHEMES)
    return signs.put_back(clean)


def is_markup(text: str) -> bool:
    """Whether a text that was kept is HTML; otherwise it is plain, and escaped whole where it is shown as HTML."""
    return "<" in text and _measured(text, _Signs.unlike(text)) is not None


@contextmanager
def sanitised(texts: Iterable[str]) -> Iterator[None]:
    """Sanitise texts now, before a transaction begins, for when :func:`sanitise` is asked for them inside it.

    What cannot be sanitised is refused there, where it is known which field it is.
    """
    known = dict(_known.get() or {})
    for text in texts:
        if text not in known and "<" in text:
            try:
                known[text] = sanitise(text)
            except ValueError:
                continue
    token = _known.set(known)
    try:
        yield
    finally:
        _known.reset(token)


def _refuse_long(html: str) -> None:
    if len(html) > MAX_CHARACTERS:
        raise ValueError(f"Ensure this text has at most {MAX_CHARACTERS} characters (it has {len(html)}).")


@dataclass(frozen=True)
class _Signs:
    """Characters that stand for ``&``, ``<``, ``>`` and a protected space while a parser of HTML has the text."""

    ampersand: str
    less: str
    greater: str
    blank: str

    @classmethod
    def unlike(cls, text: str) -> _Signs:
        """Characters that a text has none of."""
        used = set(text)
        free = (sign for code in range(0xE000, 0x10FFFE) if (sign := chr(code)) not in used and code & 0xFFFE != 0xFFFE)
        return cls(*islice(free, 4))

    @cached_property
    def _away(self) -> dict[int, str]:
        return str.maketrans({"&": self.ampersand, "<": self.less, ">": self.greater, "\xa0": self.blank})

    def put_in(self, text: str) -> str:
        """A piece between tags, in which nothing is left that a parser would change."""
        return text.translate(self._away)

    def put_back(self, html: str) -> str:
        """What the parser made, with the signs as they were typed."""
        # What stood between a sign and the next letter may be gone; together they would begin a tag.
        html = re.sub(f"{self.less}(?=[a-zA-Z/!?])", "&lt;", html).replace(self.less, "<")
        return html.replace(self.ampersand, "&").replace(self.greater, ">").replace(self.blank, "\xa0")


def _measured(html: str, signs: _Signs) -> str | None:
    """The text with tags that hold only what may stay, and signs put away between them; None where there are no tags.

    A text in which every tag is known has no place where a parser could read another one.
    """
    parts: list[str] = []
    open_tags: list[str] = []
    number, at, has_tags = 0, 0, False
    last_comment = html.rfind("-->")  # So that none is looked for in vain, over and over.
    while (start := _OPENER.search(html, at)) is not None:
        parts.append(signs.put_in(html[at : start.start()]))
        written, name, at = _tag(html, start.start(), last_comment)
        parts.append(written)
        number += 1
        has_tags = has_tags or written != _TEXT
        if number > MAX_TAGS:
            raise ValueError(f"Ensure this text has at most {MAX_TAGS} tags.")
        if name:
            _note(open_tags, name, ends=written.startswith("</"))
        if len(open_tags) > MAX_DEPTH:
            raise ValueError(f"Ensure no tag of this text lies in more than {MAX_DEPTH} others.")
    if not has_tags:
        return None
    parts.append(signs.put_in(html[at:]))
    return "".join(parts)


def _harmless(text: str) -> str:
    """A text without tags as it is, but for signs that would begin one that acts if somebody showed it as HTML."""
    acts = [found.start() for found in _ACTS.finditer(text)]
    ends = [found.start() for found in re.finditer(">", text)]

    def sign(opener: re.Match[str]) -> str:
        start = opener.start()
        place, end = bisect_left(acts, start), bisect_left(ends, start)
        until = ends[end] if end < len(ends) else len(text)
        name = _NAME.match(text, start)
        risky = (place < len(acts) and acts[place] < until) or (name is not None and _is_dropped(name[1].lower()))
        return _TEXT if risky else "<"

    return _OPENER.sub(sign, text)


def _is_dropped(name: str) -> bool:
    return name in _DROPPED or _OFFICE.fullmatch(name) is not None


_TEXT = "&lt;"


def _tag(html: str, start: int, last_comment: int) -> tuple[str, str, int]:
    """A tag as it is handed on, its name, and where it ends; without a name where it is none, ``&lt;`` where a text."""
    opening = _NAME.match(html, start)
    if opening is None:
        return _aside(html, start, last_comment)
    name, at = opening[1].lower(), opening.end()
    if name not in RICH_TEXT_TAGS and not _is_dropped(name):
        return _TEXT, "", start + 1
    kept: list[str] = []
    for _ in range(MAX_ATTRIBUTES + 1):
        if end := _END.match(html, at):
            if name in _FOREIGN:
                return "", "", end.end()
            return f"{opening[0]}{''.join(kept)}>", name, end.end()
        attribute = _ATTRIBUTE.match(html, at)
        if attribute is None or (name in RICH_TEXT_TAGS and _is_prose(name, attribute)):
            return _TEXT, "", start + 1
        at = attribute.end()
        if attribute[1].lower() in RICH_TEXT_ATTRIBUTES.get(name, ()):
            kept.append(f" {attribute[1]}={_quoted(attribute[2] or '')}")
    raise ValueError(f"Ensure every tag of this text has at most {MAX_ATTRIBUTES} attributes.")


def _aside(html: str, start: int, last_comment: int) -> tuple[str, str, int]:
    """A comment or a doctype, which is left out; anything else that begins like one is a text."""
    if html.startswith("<!--", start) and last_comment >= start + 4:
        return "", "", html.index("-->", start + 4) + 3
    if doctype := _DOCTYPE.match(html, start):
        return "", "", doctype.end()
    return _TEXT, "", start + 1


def _is_prose(name: str, attribute: re.Match[str]) -> bool:
    """Whether what stands at the place of an attribute is a word of a sentence."""
    word = attribute[1].lower()
    known = word in _ALONE or word in RICH_TEXT_ATTRIBUTES.get(name, ())
    return "=" not in attribute[0] and not known and _WORD.fullmatch(word) is not None


def _quoted(value: str) -> str:
    if value[:1] not in ('"', "'"):
        value = '"' + value.replace('"', "&quot;") + '"'
    return value.replace("<", "&lt;")


def _note(open_tags: list[str], name: str, *, ends: bool) -> None:
    """Follow which tags are open, as a parser does; where in doubt, more of them."""
    if not ends:
        if name not in _VOID:
            closed = _ENDS_OPEN.get(name, ())
            while open_tags and open_tags[-1] in closed:
                open_tags.pop()
            open_tags.append(name)
        return
    for back in range(1, len(open_tags) + 1):
        if open_tags[-back] == name:
            del open_tags[-back:]
            return
        if open_tags[-back] in _WALLS and name not in _WALLS and name not in ("tr", "thead", "tbody"):
            return
