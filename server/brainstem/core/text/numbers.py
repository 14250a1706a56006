"""Numbers from outside -> numbers that can be kept: the one place where a text or a JSON value becomes a number. Pure.

What is too long is refused before it is looked at, and no text is converted before its size is known: ``1e999999999``
is a short text for a number that no computer can hold. A number that can be kept is a finite double, everywhere.

Digits are those of ASCII: no ``1_000``, no full-width digits, no ``inf``, no ``nan``; Python itself would take them.
"""

from __future__ import annotations

import math
import re
import sys
from decimal import Decimal

LONGEST = 60
LARGEST_WHOLE = 2**63 - 1
# What our databases compute with units, which may have more digits than anybody types.
LONGEST_COMPUTED = 1200

# Every part begins with a sign that the part before it cannot have, so that no text is tried in two ways.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_COMMA = re.compile(r"([+-]?[0-9]+),([0-9]+)(?![0-9,.])")
_LARGEST = Decimal(str(sys.float_info.max))
_SMALLEST = Decimal("5e-324")


def decimal_of(text: str, *, longest: int = LONGEST) -> Decimal | None:
    """The number that a text is, with blanks around it; None if it is none that can be kept."""
    if not text or len(text) > longest:
        return None
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        return None
    number = Decimal(stripped)
    return number if is_double(number) else None


def float_of(value: object) -> float | None:
    """A JSON number, or a text of one, as a float; None if it is none that can be kept."""
    if isinstance(value, str):
        number = decimal_of(value)
        return None if number is None else float(number)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        return None
    return float(value) if math.isfinite(value) else None


def whole_of(value: object, *, below: int = LARGEST_WHOLE + 1) -> int | None:
    """A whole JSON number, or a text of one, as an int whose size is less than ``below``; else None."""
    if isinstance(value, str):
        text = value.strip() if len(value) <= LONGEST else ""
        found = int(text) if _WHOLE.fullmatch(text) else None
    elif isinstance(value, bool):
        found = None
    elif isinstance(value, float):
        found = int(value) if value.is_integer() and abs(value) < below else None
    else:
        found = value if isinstance(value, int) else None
    return found if found is not None and abs(found) < below else None


def is_double(number: Decimal) -> bool:
    """Whether a number is finite as a double, and not so small that nothing is left of it."""
    return number.is_finite() and (not number or _SMALLEST <= abs(number) <= _LARGEST)


def measured(text: str) -> tuple[Decimal, str] | None:
    """A text such as ``300 nL`` as its number and the word behind it, which may be empty.

    None if the text begins with no number that can be kept, or is longer than any quantity.

    >>> measured("300 nL")
    (Decimal('300'), 'nL')
    """
    if len(text) > LONGEST:
        return None
    stripped = text.strip()
    match = _NUMBER.match(stripped)
    number = decimal_of(match[0]) if match else None
    if match is None or number is None:
        return None
    unit = stripped[match.end() :].lstrip()
    # 1e5000: the rest of a number that is too long is no unit.
    return None if unit[:1].isdigit() or unit[:1] in (".", "_") else (number, unit)


def advice(text: str) -> str:
    """How a number with a comma would be right, as a sentence behind others; empty for any other text.

    >>> advice("1,5 nL")
    ' Write 1.5.'
    """
    match = _COMMA.match(text.strip()) if len(text) <= LONGEST else None
    if match is None:
        return ""
    whole, rest = match[1], match[2]
    return f" Write {whole}.{rest}{f', or {whole}{rest} if that is meant' if len(rest) == 3 else ''}."


def plain(number: Decimal) -> int | float:
    """A number as JSON keeps it: whole ones that every reader keeps exactly as such, others as a double."""
    whole = number == number.to_integral_value() and number.as_tuple().exponent in range(20)
    return int(number) if whole and abs(number) < 2**53 else float(number)
