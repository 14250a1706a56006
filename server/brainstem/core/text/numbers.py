"""Untrusted numbers -> storable numbers: the one place where text or JSON becomes a number. Pure.

Text that is too long is refused before it is parsed, and nothing is converted before its magnitude is known:
``1e999999999`` is a short text for a number that no computer can hold. Storable numbers are finite doubles, everywhere.

Only ASCII digits are accepted: no ``1_000``, no full-width digits, no ``inf``, no ``nan``, all of which Python accepts.
"""

from __future__ import annotations

import math
import re
import sys
from decimal import Decimal

LONGEST = 60
LARGEST_WHOLE = 2**63 - 1
# Results of unit conversions in the database, which may have more digits than anyone types.
LONGEST_COMPUTED = 1200

# Every part starts with a character that the previous part cannot contain, so there is no backtracking.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_COMMA = re.compile(r"([+-]?[0-9]+),([0-9]+)(?![0-9,.])")
_LARGEST = Decimal(str(sys.float_info.max))
_SMALLEST = Decimal("5e-324")


def decimal_of(text: str, *, longest: int = LONGEST) -> Decimal | None:
    """The number in a text, ignoring surrounding spaces; None if it is not a storable number."""
    if not text or len(text) > longest:
        return None
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        return None
    number = Decimal(stripped)
    return number if is_double(number) else None


def float_of(value: object) -> float | None:
    """A JSON number, or a number as text, as a float; None if it is not storable."""
    if isinstance(value, str):
        number = decimal_of(value)
        return None if number is None else float(number)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        return None
    return float(value) if math.isfinite(value) else None


def whole_of(value: object, *, below: int = LARGEST_WHOLE + 1) -> int | None:
    """A JSON integer, or an integer as text, as an int of magnitude less than ``below``; else None."""
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
    """Whether a number is finite as a double and does not underflow to 0."""
    return number.is_finite() and (not number or _SMALLEST <= abs(number) <= _LARGEST)


def measured(text: str) -> tuple[Decimal, str] | None:
    """A text such as ``300 nL`` as its number and the rest, which may be empty.

    None if the text does not start with a storable number, or is longer than any quantity.

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
    # 1e5000: the rest of a number that is too long is not a unit.
    return None if unit[:1].isdigit() or unit[:1] in (".", "_") else (number, unit)


def advice(text: str) -> str:
    """How to write a number with a comma correctly, as a sentence to append; empty for any other text.

    >>> advice("1,5 nL")
    ' Write 1.5.'
    """
    match = _COMMA.match(text.strip()) if len(text) <= LONGEST else None
    if match is None:
        return ""
    whole, rest = match[1], match[2]
    return f" Write {whole}.{rest}{f', or {whole}{rest} if you meant that' if len(rest) == 3 else ''}."


def plain(number: Decimal) -> int | float:
    """A number for JSON: integers that every parser represents exactly as such, others as a double."""
    whole = number == number.to_integral_value() and number.as_tuple().exponent in range(20)
    return int(number) if whole and abs(number) < 2**53 else float(number)
