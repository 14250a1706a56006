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
# A heading in a heading, or a list between the cells of a table, is sorted out differently when it is read again.
_ROUNDS = 4

# A tag as the standard reads it, piece by piece: no piece begins with a sign that the one before it takes.
_NAME = re.compile(r"</?([a-zA-Z][^\s/><]*)")
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s/>=<][^\s/>=<]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'><][^\s><]*)?)?""")
_END = re.compile(r"[\s/]*>")
# What a reader of HTML may take for the beginning of a tag or comment; any other "<" is a sign to everybody.
_OPENER = re.compile(r"<(?=/?[a-zA-Z]|[/!?])")
_DOCTYPE = re.compile(r"<!doctype\b[^<>]*>", re.IGNORECASE)
_NAMES = re.compile(r"<(/?[a-zA-Z][^\s/><]*)")
_LONGEST_HANDLER = 40

# What office programs put between angle brackets: <o:p>.
_OFFICE = re.compile(r"(?:o|w|v|m|x|st1):[a-z]+", re.IGNORECASE)
_WORD = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9.,;:()%+*-]*")

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
    import nh3  # noqa: PLC0415 - who only reads does without

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


@dataclass(frozen=True)
class _There:
    """What a text has somewhere, asked once: so that nothing is looked for over and over."""

    names: set[str]
    last_comment: int

    def is_alone(self, name: str) -> bool:
        """Whether an element that is not kept has no end in the text, or an end no beginning: a word in brackets."""
        if name.removeprefix("/") not in DROPPED or name == "wbr":
            return False
        return (name[1:] if name.startswith("/") else f"/{name}") not in self.names


def _measured(html: str, signs: _Signs) -> str | None:
    """The text with tags that hold only what may stay, and signs put away between them; None where there are no tags.

    A text in which every tag is known has no place where a parser could read another one.
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
            raise ValueError(f"Ensure no tag of this text lies in more than {MAX_DEPTH} others.")
    if not has_tags:
        return None
    parts.append(signs.put_in(html[at:]))
    return "".join(parts)


def _harmless(text: str) -> str:
    """A text without tags as it is, but for signs that would begin one that acts if somebody showed it as HTML."""
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
    """The word before a place, blanks between them left out: the name of an attribute, if it is one."""
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
    """A tag as it is handed on, its name, and where it ends; without a name where it is none, ``&lt;`` where a text."""
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
    raise ValueError(f"Ensure every tag of this text has at most {MAX_ATTRIBUTES} attributes.")


def _aside(html: str, start: int, there: _There) -> tuple[str, str, int]:
    """A comment or a doctype, which is left out; anything else that begins like one is a text."""
    if html.startswith("<!--", start) and there.last_comment >= start + 4:
        return "", "", html.index("-->", start + 4) + 3
    if doctype := _DOCTYPE.match(html, start):
        return "", "", doctype.end()
    return _TEXT, "", start + 1


def _is_prose(name: str, attribute: re.Match[str]) -> bool:
    """Whether what stands at the place of an attribute is a word of a sentence."""
    word = attribute[1].lower()
    known = word in ALONE or word in RICH_TEXT_ATTRIBUTES.get(name, ())
    return "=" not in attribute[0] and not known and _WORD.fullmatch(word) is not None


def _quoted(value: str) -> str:
    if value[:1] not in ('"', "'"):
        value = '"' + value.replace('"', "&quot;") + '"'
    return value.replace("<", "&lt;")


def _note(open_tags: list[str], name: str, *, ends: bool) -> None:
    """Follow which tags are open, as a parser does; where in doubt, more of them."""
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
