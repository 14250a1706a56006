"""Controls for single values: texts, numbers, choices, dates. Pure: no database, no request."""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from brainstem.core.text import numbers, times
from brainstem.core.text.shown import shown
from brainstem.core.text.words import truth_of

from .nodes import ABSENT, Canonical, Node, Reading
from .sent import Sent, plain_breaks

YES = "true"
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class Unreadable(ValueError):
    """A text that is no value of its control; the message says what would be."""


@dataclass(frozen=True)
class Option:
    """One choice: its text in the form, its label, and the value that it stands for."""

    text: str
    label: str
    value: object = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Leaf(Node):
    """A single control. ``empty`` is the value of one that was emptied; ``suggestions`` do not bind."""

    empty: Any = ABSENT
    suggestions: tuple[str, ...] = ()
    hint: str = ""  # shown in the empty control

    def fits(self, value: object) -> bool:
        """Whether the control can show this value."""
        return isinstance(value, str)

    def texts(self, value: object) -> list[str]:
        """The texts of a value that fits."""
        return [text_of(value)]

    @abstractmethod
    def parsed(self, texts: list[str], kept: object) -> object:
        """The value of typed texts.

        Raises
        ------
        Unreadable
            If it is none.
        """

    def draw(self, value: object) -> Sent:
        """The control with the value's texts; no control for a value that it cannot show."""
        if value is ABSENT or value is None:
            return Sent([""])
        return Sent(self.texts(value)) if self.fits(value) else Sent()

    def canonical(self, sent: Sent) -> Canonical:
        """The texts, with plain line breaks."""
        return [plain_breaks(text) for text in sent.texts or ()]

    def changed(self, sent: Sent, kept: object, *, at: str, reading: Reading) -> object:
        """The typed value; the text itself if it is unreadable, so that the writer also sees it."""
        texts = sent.texts or []
        if not any(text.strip() for text in texts):
            return self.empty
        try:
            return self.parsed(texts, kept)
        except Unreadable as error:
            reading.error(at, str(error))
            return texts[-1]


@dataclass(frozen=True, kw_only=True)
class Text(Leaf):
    """A text of one line, or of several."""

    kind = "text"

    lines: int = 1
    mode: str = ""  # the keyboard of a phone: "url", "email"
    rich: bool = False

    def fits(self, value: object) -> bool:
        """Numbers too: older values may be."""
        return isinstance(value, str | int | float)

    def parsed(self, texts: list[str], kept: object) -> object:  # noqa: ARG002
        """The text as typed."""
        return texts[-1]


@dataclass(frozen=True, kw_only=True)
class Number(Leaf):
    """A number."""

    kind = "number"

    whole: bool = False

    def fits(self, value: object) -> bool:
        """Texts too, which older values may be."""
        return isinstance(value, str | int | float) and not isinstance(value, bool)

    def parsed(self, texts: list[str], kept: object) -> object:  # noqa: ARG002
        """The number."""
        return whole(texts[-1]) if self.whole else number(texts[-1])


@dataclass(frozen=True, kw_only=True)
class Switch(Leaf):
    """Yes or no, as a check box after a hidden control, without which nothing would be sent for no."""

    kind = "switch"

    def fits(self, value: object) -> bool:
        """Only booleans."""
        return isinstance(value, bool)

    def draw(self, value: object) -> Sent:
        """Ticked if the value is true."""
        if value is ABSENT or value is None:
            return Sent([""])
        return Sent(["", YES] if value is True else [""]) if self.fits(value) else Sent()

    def canonical(self, sent: Sent) -> Canonical:
        """Whether it is ticked; else the text that was sent instead."""
        if sent.texts is None:
            return None
        found = truth_of(sent.text) if sent.text.strip() else False
        return sent.text if found is None else found

    def changed(self, sent: Sent, kept: object, *, at: str, reading: Reading) -> object:
        """The boolean; no is a value too."""
        if not sent.text.strip():
            return False
        return super().changed(sent, kept, at=at, reading=reading)

    def parsed(self, texts: list[str], kept: object) -> object:  # noqa: ARG002
        """The boolean."""
        return _truth(texts[-1])


def _truth(text: str) -> bool:
    found = truth_of(text)
    if found is None:
        raise Unreadable(f"Expected true or false, got {shown(text)}.")
    return found


@dataclass(frozen=True, kw_only=True)
class Choice(Leaf):
    """One of some values."""

    kind = "choice"

    options: tuple[Option, ...] = ()

    def fits(self, value: object) -> bool:
        """A value that is no longer among the options is shown as one more."""
        return isinstance(value, str | int | float)

    def parsed(self, texts: list[str], kept: object) -> object:  # noqa: ARG002
        """The value of the option."""
        return option_value(self.options, texts[-1])


@dataclass(frozen=True, kw_only=True)
class Truth(Choice):
    """Yes, no, or not said: a check box could not tell the last two apart."""

    options: tuple[Option, ...] = (Option(YES, "Yes", True), Option("false", "No", False))

    def parsed(self, texts: list[str], kept: object) -> object:  # noqa: ARG002
        """The boolean."""
        return _truth(texts[-1])


@dataclass(frozen=True, kw_only=True)
class Scalar(Leaf):
    """A text or a number. A number is one if it is written like one; quotation marks keep it a text."""

    kind = "text"

    lines: int = 1
    mode: str = ""
    rich: bool = False

    def fits(self, value: object) -> bool:
        """Texts and numbers."""
        return isinstance(value, str | int | float) and not isinstance(value, bool)

    def texts(self, value: object) -> list[str]:
        """A text that could be taken for something else is quoted."""
        text = text_of(value)
        return [f'"{text}"' if isinstance(value, str) and self.parsed([text], None) != value else text]

    def parsed(self, texts: list[str], kept: object) -> object:  # noqa: ARG002
        """The number or text."""
        text = texts[-1]
        if len(text) > 1 and text[0] == text[-1] == '"':
            return text[1:-1]
        found = numbers.decimal_of(text) if _JSON_NUMBER.fullmatch(text) else None
        return text if found is None else exact(found)


@dataclass(frozen=True, kw_only=True)
class Day(Leaf):
    """A date."""

    kind = "day"

    def parsed(self, texts: list[str], kept: object) -> object:  # noqa: ARG002
        """The date as text."""
        text = texts[-1].strip()
        if times.day_of(text) is None:
            raise Unreadable(f"Expected a date such as 2026-01-31, got {shown(text)}.")
        return text


@dataclass(frozen=True, kw_only=True)
class Span(Leaf):
    """A duration: ``1:30:00``, ``90 min`` or ``5400`` seconds."""

    kind = "span"

    def parsed(self, texts: list[str], kept: object) -> object:  # noqa: ARG002
        """The duration as hours, minutes and seconds."""
        text = texts[-1].strip()
        seconds = _seconds(text)
        if seconds is None and times.span_of(text) is None:
            raise Unreadable(f"Expected a duration as h:mm:ss, such as 0:30:00, or 30 min, got {shown(text)}.")
        return text if seconds is None else seconds


# -- texts ------------------------------------------------------------------------------------------------------------


def text_of(value: object) -> str:
    """A single value as it is typed."""
    if isinstance(value, bool):
        return YES if value else "false"
    if isinstance(value, float):
        return repr(value)
    return "" if value is None else str(value)


def number(text: str) -> int | float:
    """The number in a text; decimal commas are explained."""
    found = numbers.decimal_of(text)
    if found is None:
        raise Unreadable(f"Expected a number such as 12.5 or 1e-3, got {shown(text)}.{numbers.advice(text)}")
    return exact(found)


def exact(found: Decimal) -> int | float:
    """A number for JSON: integers as such, as far as they can be stored."""
    is_whole = found.as_tuple().exponent == 0 and abs(found) <= numbers.LARGEST_WHOLE
    return int(found) if is_whole else numbers.plain(found)


def whole(text: str) -> int:
    """The integer in a text."""
    found = numbers.whole_of(text)
    if found is None:
        raise Unreadable(f"Expected an integer, got {shown(text)}.{numbers.advice(text)}")
    return found


def option_value(options: tuple[Option, ...], text: str) -> Any:
    """The value of the option with this text."""
    for option in options:
        if option.text == text:
            return option.text if option.value is None else option.value
    valid = ", ".join(option.text for option in options)
    raise Unreadable(f"{shown(text)} is not a valid choice. Valid choices: {valid}.")


_SECONDS = {"ms": 0.001, "s": 1, "sec": 1, "min": 60, "h": 3600}


def _seconds(text: str) -> float | None:
    measured = numbers.measured(text)
    if measured is None or measured[1] not in _SECONDS:
        return None
    return float(measured[0]) * _SECONDS[measured[1]]
