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

# What stands between thousands, and before decimals, in the formats in which more than a stored number is understood.
_SIGNS: Mapping[str, tuple[str, str]] = {COMMA: (",", "."), DOT: (".", ","), SPACE: (" ", ",")}
_TYPED_NUMBER = re.compile(r"[0-9.,\s]+")
THOUSAND = 3  # digits
_LONGEST = 60
_TYPED = (Number, Quantity, Span)


def as_stored(form: Form, sent: Sent, number_format: str) -> Sent:
    """What a form sends, with its numbers as they are stored."""
    if number_format not in _SIGNS:
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
    typed = text.strip()
    sign = typed[:1] if typed[:1] in ("+", "-") else ""
    found = _TYPED_NUMBER.match(typed, len(sign)) if len(typed) <= _LONGEST else None
    if found is None:
        return text
    written = found[0].rstrip()
    plain = _plain(" ".join(written.split()), *_SIGNS[number_format])
    return text if plain is None else f"{sign}{plain}{typed[len(sign) + len(written) :]}"


def _plain(written: str, between: str, point: str) -> str | None:
    """The digits of a number with a decimal point; None if its signs do not say which number it is."""
    if between == " " and point not in written:
        point = "."
    whole, mark, decimals = written.partition(point)
    groups = whole.split(between)
    if mark and not decimals.isdigit():
        return None
    if len(groups) > 1:
        rest = all(len(one) == THOUSAND and one.isdigit() for one in groups[1:])
        if not (rest and groups[0].isdigit() and len(groups[0]) <= THOUSAND):
            return None
        # A single point may be one of decimals.
        if between == "." and not mark and len(groups) == 2:
            return None
    elif not mark or not (whole.isdigit() or not whole):
        return None
    return f"{''.join(groups)}{'.' if mark else ''}{decimals}"


__all__ = ["as_stored", "stored"]
