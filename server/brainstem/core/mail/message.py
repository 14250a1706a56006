"""An email as a list of plain texts, from which both the plain and the HTML form are made.

No text is treated as markup: the name of a project can become neither a link nor a heading in an email.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template, render_to_string

PIECES, PREVIEW = "mail_pieces", "mail_preview"
WIDTH = 76
LONGEST_SUBJECT = 150
# Tells autoresponders ("out of office") not to reply.
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}

_BLANKS = re.compile(r"(\s+)")


@dataclass(frozen=True)
class Piece:
    """One part of an email, such as a paragraph; ``extra`` is the URL of an action or the name of a fact."""

    kind: str
    text: str
    extra: str = ""


@dataclass(frozen=True)
class Message:
    """The content of an email."""

    subject: str
    preheader: str
    pieces: tuple[Piece, ...]

    def text(self) -> str:
        """The plain text form."""
        blocks = []
        for kind, group in groupby(self.pieces, key=lambda piece: piece.kind):
            between = "\n" if kind == "fact" else "\n\n"
            blocks.append(between.join(_TEXT[kind](piece) for piece in group))
        return "\n\n".join([*blocks, f"-- \nBrainSTEM, {settings.BRAINSTEM_URL}/"]) + "\n"

    def html(self) -> str:
        """The HTML form."""
        groups = [(kind, list(group)) for kind, group in groupby(self.pieces, key=lambda piece: piece.kind)]
        return render_to_string("mails/frame.html", {"message": self, "groups": groups, "url": settings.BRAINSTEM_URL})

    def to(self, *addresses: str, headers: dict[str, str] | None = None) -> EmailMultiAlternatives:
        """The email itself, in both forms."""
        mail = EmailMultiAlternatives(self.subject, self.text(), to=addresses, headers=HEADERS | (headers or {}))
        mail.attach_alternative(self.html(), "text/html")
        return mail


def compose(name: str, context: dict[str, object], *, preview: bool = False) -> Message:
    """The email of this name, such as ``joining/offered``.

    Parameters
    ----------
    preview : bool
        Whether to fill in the sample values of the template.
    """
    pieces: list[Piece] = []
    template: Any = get_template(f"mails/{name}.txt")
    own = {PIECES: pieces, PREVIEW: preview, "server_url": settings.BRAINSTEM_URL}
    template.template.render(Context(context | own, autoescape=False))
    return message_of(pieces)


def message_of(pieces: list[Piece]) -> Message:
    """The message made of these parts; one of them is the subject."""
    single = {piece.kind: piece.text for piece in pieces}
    shown = tuple(piece for piece in pieces if piece.kind not in ("subject", "preheader"))
    first = next((piece.text for piece in shown if piece.kind == "p"), "")
    subject = textwrap.shorten(single["subject"], LONGEST_SUBJECT, placeholder="…")
    return Message(subject, single.get("preheader", first), shown)


def without_links(text: str) -> str:
    """Untrusted text without anything that an email program would turn into a link.

    Otherwise anyone who can invite or propose could make this server email their links under its name.
    """
    return "".join("[link]" if _is_link(word) else word for word in _BLANKS.split(text))


def _is_link(word: str) -> bool:
    host, slash, _ = word.partition("/")
    return "://" in word or word.lower().startswith("www.") or (bool(slash) and "." in host.strip("."))


def _wrapped(piece: Piece, indent: str = "") -> str:
    lines = piece.text.splitlines() or [""]
    return "\n".join(
        textwrap.fill(
            line, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )
        or indent.rstrip()
        for line in lines
    )


_TEXT: dict[str, Callable[[Piece], str]] = {
    "p": _wrapped,
    "footnote": _wrapped,
    "quote": lambda piece: _wrapped(piece, "> "),
    "code": lambda piece: f"    {piece.text}",
    "fact": lambda piece: f"{piece.extra + ':':<10} {piece.text}",
    "action": lambda piece: f"{piece.text}:\n{piece.extra}",
    "choice": lambda piece: f"{piece.text}:\n{piece.extra}",
}
