"""Rich text: text is stored as typed, and only harmless markup is kept.

Texts come in two forms. Most are plain: without tags, stored character by character, so that ``p < 0.05 & n > 3`` can
be searched for and compares equal. The others are HTML, reduced to harmless tags, in which only characters that an HTML
parser would take for the start of a tag are written as ``&lt;``. Code that displays a text must escape it, or sanitise
it again: see :func:`is_markup`.

The time this takes is bounded too. HTML parsers repair any input, and some of that is quadratic: each attribute of a
tag is compared with the previous ones, each tag with all open ones, and unclosed formatting is reopened in every
following paragraph. So a text is measured in one pass first; what then reaches the parser has few tags, little nesting,
and only allowed attributes.
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

from .html_names import (
    ALONE,
    DROPPED,
    ENDS_OPEN,
    FOREIGN,
    RICH_TEXT_ATTRIBUTES,
    RICH_TEXT_TAGS,
    SWALLOWING,
    VOID,
    WALLS,
)

_SCHEMES = {"http", "https", "mailto", "ftp"}

MAX_CHARACTERS = 200_000
MAX_TAGS = 10_000
MAX_DEPTH = 100
MAX_ATTRIBUTES = 50
# A heading in a heading, or a list between table cells, is rearranged differently when parsed again.
_ROUNDS = 4

# A tag as defined by the standard, piece by piece: no piece starts with a character that the previous one accepts.
_NAME = re.compile(r"</?([a-zA-Z][^\s/><]*)")
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s/>=<][^\s/>=<]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'><][^\s><]*)?)?""")
_END = re.compile(r"[\s/]*>")
# What an HTML parser may take for the start of a tag or comment; any other "<" is always text.
_OPENER = re.compile(r"<(?=/?[a-zA-Z]|[/!?])")
_DOCTYPE = re.compile(r"<!doctype\b[^<>]*>", re.IGNORECASE)
_NAMES = re.compile(r"<(/?[a-zA-Z][^\s/><]*)")
_LONGEST_HANDLER = 40

# Namespaced tags of office programs: <o:p>.
_OFFICE = re.compile(r"(?:o|w|v|m|x|st1):[a-z]+", re.IGNORECASE)
_WORD = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9.,;:()%+*-]*")

_known: ContextVar[dict[str, str] | None] = ContextVar("sanitised", default=None)


def sanitise(html: str) -> str:
    """The text as stored: plain text unchanged, HTML reduced to harmless tags.

    Idempotent: stored text comes back unchanged.

    Raises
    ------
    ValueError
        If the text is longer, or has more tags or deeper nesting, than anyone writes.
    """
    _refuse_long(html)
    if "<" not in html:
        return html
    known = _known.get()
    if known is not None and html in known:
        return known[html]
    for _ in range(_ROUNDS):
        clean = _cleaned(html)
        _refuse_long(clean)  # Escaped characters are longer, and stored text must be accepted when sent back.
        if clean == html:
            break
        html = clean
    return html


def _cleaned(html: str) -> str:
    signs = _Signs.unlike(html)
    measured = _measured(html, signs)
    if measured is None:
        return _harmless(html)
    import nh3  # noqa: PLC0415 - who only reads does without

    clean = nh3.clean(measured, tags=RICH_TEXT_TAGS, attributes=RICH_TEXT_ATTRIBUTES, url_schemes=_SCHEMES)
    return signs.put_back(clean)


def is_markup(text: str) -> bool:
    """Whether a stored text is HTML; otherwise it is plain and must be escaped when shown as HTML."""
    return "<" in text and _measured(text, _Signs.unlike(text)) is not None


@contextmanager
def sanitised(texts: Iterable[str]) -> Iterator[None]:
    """Sanitise texts before a transaction starts, so that :func:`sanitise` finds them ready inside it.

    Texts that cannot be sanitised are refused there, where the field is known.
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
    """Placeholders for ``&``, ``<``, ``>`` and the non-breaking space while an HTML parser handles the text."""

    ampersand: str
    less: str
    greater: str
    blank: str

    @classmethod
    def unlike(cls, text: str) -> _Signs:
        """Placeholders that do not occur in a text."""
        used = set(text)
        free = (sign for code in range(0xE000, 0x10FFFE) if (sign := chr(code)) not in used and code & 0xFFFE != 0xFFFE)
        return cls(*islice(free, 4))

    @cached_property
    def _away(self) -> dict[int, str]:
        return str.maketrans({"&": self.ampersand, "<": self.less, ">": self.greater, "\xa0": self.blank})

    def put_in(self, text: str) -> str:
        """Text between tags with placeholders inserted, so that a parser changes nothing."""
        return text.translate(self._away)

    def put_back(self, html: str) -> str:
        """The parser's output with the original characters restored."""
        # What was between "<" and the next letter may be gone, and together they would start a tag.
        html = re.sub(f"{self.less}(?=[a-zA-Z/!?])", "&lt;", html).replace(self.less, "<")
        return html.replace(self.ampersand, "&").replace(self.greater, ">").replace(self.blank, "\xa0")


@dataclass(frozen=True)
class _There:
    """Caches whether a text contains something, so that nothing is searched for repeatedly."""

    names: set[str]
    last_comment: int

    def is_alone(self, name: str) -> bool:
        """Whether a removable element has only a start or only an end in the text: then it is a word in brackets."""
        if name.removeprefix("/") not in DROPPED or name == "wbr":
            return False
        return (name[1:] if name.startswith("/") else f"/{name}") not in self.names


def _measured(html: str, signs: _Signs) -> str | None:
    """The text with tags stripped of what is not allowed and placeholders between them; None if there are no tags.

    When every tag is accounted for, there is nowhere left for a parser to find another one.
    """
    parts: list[str] = []
    open_tags: list[str] = []
    number, at, has_tags = 0, 0, False
    there = _There({name.lower() for name in _NAMES.findall(html)}, html.rfind("-->"))
    while (start := _OPENER.search(html, at)) is not None:
        parts.append(signs.put_in(html[at : start.start()]))
        written, name, at = _tag(html, start.start(), there)
        parts.append(written)
        number += 1
        has_tags = has_tags or written != _TEXT
        if number > MAX_TAGS:
            raise ValueError(f"Ensure this text has at most {MAX_TAGS} tags.")
        if name:
            _note(open_tags, name, ends=written.startswith("</"))
        if len(open_tags) > MAX_DEPTH:
            raise ValueError(f"Ensure no tag in this text is nested inside more than {MAX_DEPTH} others.")
    if not has_tags:
        return None
    parts.append(signs.put_in(html[at:]))
    return "".join(parts)


def _harmless(text: str) -> str:
    """A text without tags, unchanged except where "<" would start an active tag if it were displayed as HTML."""
    acts = [found.start() for found in re.finditer("=", text) if _can_act(_word_before(text, found.start()))]
    ends = [found.start() for found in re.finditer(">", text)]

    def sign(opener: re.Match[str]) -> str:
        start = opener.start()
        place, end = bisect_left(acts, start), bisect_left(ends, start)
        until = ends[end] if end < len(ends) else len(text)
        name = _NAME.match(text, start)
        risky = (place < len(acts) and acts[place] < until) or (name is not None and name[1].lower() in SWALLOWING)
        return _TEXT if risky else "<"

    return _OPENER.sub(sign, text)


def _word_before(text: str, at: int) -> str:
    """The word before a position, ignoring spaces: possibly the name of an attribute."""
    while at and text[at - 1].isspace():
        at -= 1
    start = at
    while start and at - start <= _LONGEST_HANDLER and text[start - 1].isalpha():
        start -= 1
    return text[start:at].lower()


def _can_act(name: str) -> bool:
    return name in ("style", "href") or name.startswith(("on", "src")) or name.endswith("action")


def _is_dropped(name: str) -> bool:
    return name in DROPPED or _OFFICE.fullmatch(name) is not None


_TEXT = "&lt;"


def _tag(html: str, start: int, there: _There) -> tuple[str, str, int]:
    """A tag as passed on, its name and its end; no name if it is dropped, ``&lt;`` if it is text."""
    opening = _NAME.match(html, start)
    if opening is None:
        return _aside(html, start, there)
    name, at = opening[1].lower(), opening.end()
    if name not in RICH_TEXT_TAGS and not _is_dropped(name):
        return _TEXT, "", start + 1
    kept: list[str] = []
    for _ in range(MAX_ATTRIBUTES + 1):
        if end := _END.match(html, at):
            if at == opening.end() and there.is_alone(opening[0][1:].lower()):
                return _TEXT, "", start + 1
            if name in FOREIGN:
                return "", "", end.end()
            return f"{opening[0]}{''.join(kept)}>", name, end.end()
        attribute = _ATTRIBUTE.match(html, at)
        if attribute is None or (name in RICH_TEXT_TAGS and _is_prose(name, attribute)):
            return _TEXT, "", start + 1
        at = attribute.end()
        if attribute[1].lower() in RICH_TEXT_ATTRIBUTES.get(name, ()):
            kept.append(f" {attribute[1]}={_quoted(attribute[2] or '')}")
    raise ValueError(f"Ensure every tag in this text has at most {MAX_ATTRIBUTES} attributes.")


def _aside(html: str, start: int, there: _There) -> tuple[str, str, int]:
    """A comment or doctype, which is dropped; anything else that starts like one is text."""
    if html.startswith("<!--", start) and there.last_comment >= start + 4:
        return "", "", html.index("-->", start + 4) + 3
    if doctype := _DOCTYPE.match(html, start):
        return "", "", doctype.end()
    return _TEXT, "", start + 1


def _is_prose(name: str, attribute: re.Match[str]) -> bool:
    """Whether what looks like an attribute is a word of a sentence."""
    word = attribute[1].lower()
    known = word in ALONE or word in RICH_TEXT_ATTRIBUTES.get(name, ())
    return "=" not in attribute[0] and not known and _WORD.fullmatch(word) is not None


def _quoted(value: str) -> str:
    if value[:1] not in ('"', "'"):
        value = '"' + value.replace('"', "&quot;") + '"'
    return value.replace("<", "&lt;")


def _note(open_tags: list[str], name: str, *, ends: bool) -> None:
    """Track open tags as a parser does; when in doubt, assume more of them."""
    if not ends:
        if name not in VOID:
            closed = ENDS_OPEN.get(name, ())
            while open_tags and open_tags[-1] in closed:
                open_tags.pop()
            open_tags.append(name)
        return
    for back in range(1, len(open_tags) + 1):
        if open_tags[-back] == name:
            del open_tags[-back:]
            return
        if open_tags[-back] in WALLS and name not in WALLS and name not in ("tr", "thead", "tbody"):
            return
