"""Rich text: only harmless markup is kept, and only so much of it that reading it takes no time worth speaking of.

A parser of HTML mends whatever it is given, and some of what it does grows with the square of its input: each attribute
of a tag is compared with those before it, each tag with those that are still open, and formatting that was not closed
is opened again in every paragraph after it. So a text is measured in one pass first; what then goes to the parser has
few tags, none of them deep, and only the attributes that may stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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

# A tag as the standard reads it, piece by piece: no piece begins with a sign that the one before it takes.
_NAME = re.compile(r"</?([a-zA-Z][^\s/><]*)")
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s/>=<][^\s/>=<]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'><][^\s><]*)?)?""")
_END = re.compile(r"[\s/]*>")
_START = re.compile(r"<(?=/?[a-zA-Z])")

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
    """The same text with only harmless markup left; plain text passes unchanged.

    Raises
    ------
    ValueError
        The text is longer, or has more tags or deeper ones, than anybody writes.
    """
    if "<" not in html and "&" not in html:
        _refuse_long(html)
        return html
    known = _known.get()
    if known is not None and html in known:
        return known[html]
    import nh3  # noqa: PLC0415 - who only reads does without

    clean = nh3.clean(_measured(html), tags=RICH_TEXT_TAGS, attributes=RICH_TEXT_ATTRIBUTES, url_schemes=_SCHEMES)
    _refuse_long(clean)  # Signs become longer; and what is kept must be taken when it is sent back.
    return clean


@contextmanager
def sanitised(texts: Iterable[str]) -> Iterator[None]:
    """Sanitise texts now, before a transaction begins, for when :func:`sanitise` is asked for them inside it.

    What cannot be sanitised is refused there, where it is known which field it is.
    """
    known = dict(_known.get() or {})
    for text in texts:
        if text not in known and ("<" in text or "&" in text):
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


def _measured(html: str) -> str:
    """The text with tags that hold only what may stay, and every other "<" before a letter written as "&lt;".

    A text in which every tag is known has no place where a parser could read another one.
    """
    _refuse_long(html)
    parts: list[str] = []
    open_tags: list[str] = []
    number = at = 0
    while (start := _START.search(html, at)) is not None:
        parts.append(html[at : start.start()])
        number += 1
        if number > MAX_TAGS:
            raise ValueError(f"Ensure this text has at most {MAX_TAGS} tags.")
        written, name, at = _tag(html, start.start())
        parts.append(written)
        if name:
            _note(open_tags, name, ends=written.startswith("</"))
        if len(open_tags) > MAX_DEPTH:
            raise ValueError(f"Ensure no tag of this text lies in more than {MAX_DEPTH} others.")
    parts.append(html[at:])
    return "".join(parts)


def _tag(html: str, start: int) -> tuple[str, str, int]:
    """A tag as it is handed on, its name, and where it ends; without a name where it is none."""
    opening = _NAME.match(html, start)
    assert opening is not None
    name, at = opening[1].lower(), opening.end()
    kept: list[str] = []
    for _ in range(MAX_ATTRIBUTES + 1):
        if end := _END.match(html, at):
            if name in _FOREIGN:
                return "", "", end.end()
            return f"{opening[0]}{''.join(kept)}>", name, end.end()
        attribute = _ATTRIBUTE.match(html, at)
        if attribute is None:
            return "&lt;", "", start + 1
        at = attribute.end()
        if attribute[1].lower() in RICH_TEXT_ATTRIBUTES.get(name, ()):
            kept.append(f" {attribute[1]}={_quoted(attribute[2] or '')}")
    raise ValueError(f"Ensure every tag of this text has at most {MAX_ATTRIBUTES} attributes.")


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
