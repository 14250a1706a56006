"""Numbers as people type them -> as they are stored, which is also how a form that comes back shows them. Pure.

Controls show stored numbers with a decimal point, so a point always is one: ``1.234`` is a little more than 1, whatever
the format of the person. What their format adds is understood too: a decimal comma, and signs between thousands where
these cannot be taken for anything else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from brainstem.apps.users.formats import COMMA, DOT, SPACE

from .description import Form
from .leaves import Number, Span
from .measures import Quantity
from .nodes import Group, Node, Rows
from .sent import Sent

# Each part starts with what the one before cannot contain, so there is no backtracking over long texts.
_SPACED = r"[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+"
_REST = r"(?![0-9.,])"
_WRITTEN: Mapping[str, tuple[re.Pattern[str], str]] = {
    COMMA: (re.compile(rf"[+-]?[0-9]{{1,3}}(?:,[0-9]{{3}})+(?:\.[0-9]*)?{_REST}"), "."),
    DOT: (
        re.compile(
            rf"[+-]?(?:[0-9]{{1,3}}(?:\.[0-9]{{3}})+,[0-9]+|[0-9]{{1,3}}(?:\.[0-9]{{3}}){{2,}}|[0-9]*,[0-9]+){_REST}"
        ),
        ",",
    ),
    SPACE: (re.compile(rf"[+-]?(?:{_SPACED}(?:[.,][0-9]+)?|[0-9]*,[0-9]+){_REST}"), ","),
}
_LONGEST = 60
_TYPED = (Number, Quantity, Span)


def as_stored(form: Form, sent: Sent, number_format: str) -> Sent:
    """What a form sends, with its numbers as they are stored."""
    if number_format not in _WRITTEN:
        return sent
    parts = {node.key: _read(node, sent.at(node.key), number_format) for node in form.nodes if node.key in sent.parts}
    return Sent(sent.texts, {**sent.parts, **parts})


def _read(node: Node, sent: Sent, number_format: str) -> Sent:
    parts: dict[str, Sent] = {}
    if isinstance(node, Group):
        known = {part.key: part for part in node.parts}
        parts = {key: _read(known[key], part, number_format) for key, part in sent.parts.items() if key in known}
    elif isinstance(node, Rows):
        rows = ((key, part) for key, part in sent.parts.items() if key.isdecimal())
        parts = {key: _read(node.row, part, number_format) for key, part in rows}
    elif isinstance(node, _TYPED) and sent.texts is not None:
        return Sent([stored(text, number_format) for text in sent.texts], sent.parts)
    return Sent(sent.texts, {**sent.parts, **parts})


def stored(text: str, number_format: str) -> str:
    """The text with the number that it starts with as it is stored; unchanged if the format does not explain it.

    >>> stored("1.234,5 nL", "dot")
    '1234.5 nL'
    """
    pattern, point = _WRITTEN[number_format]
    typed = text.strip()
    found = pattern.match(typed) if len(typed) <= _LONGEST else None
    if found is None:
        return text
    whole, mark, decimals = found[0].rpartition(point) if point in found[0] else (found[0], "", "")
    if number_format == SPACE and "." in found[0]:
        whole, mark, decimals = found[0].partition(".")
    digits = re.sub(r"[.,\s]", "", whole)
    return f"{digits}{f'.{decimals}' if mark else ''}{typed[found.end() :]}"


__all__ = ["as_stored", "stored"]
