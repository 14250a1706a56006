"""Values of Python, NumPy and pandas as JSON has them, or an error that says where there is no such value. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

from .durations import iso_duration
from .errors import ValidationError
from .record import Record

DEEPEST = 100
MISSING = frozenset({"NAType", "NaTType"})  # of pandas: their values are equal to nothing, and NA cannot be asked


class NotSendable(ValidationError, TypeError):
    """A value that JSON has no word for."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}" if where else what, errors={where: [what]}, advice="Nothing was sent.")
        self.where, self.what = where, what


def is_missing(value: object) -> bool:
    """Whether a cell of a table holds nothing: None, NaN, NaT or NA."""
    if value is None or type(value).__name__ in MISSING:
        return True
    if isinstance(value, (float, Decimal)):
        return math.isnan(value)
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    return kind in {"f", "M", "m"} and getattr(value, "ndim", 1) == 0 and bool(value != value)  # noqa: PLR0124


def sendable(value: object, where: str = "", *, depth: int = 0) -> Any:
    """The value as texts, numbers, lists and objects.

    Records become their ids, times and durations ISO 8601, ``NaT`` and ``NA`` null.

    Raises
    ------
    NotSendable
        If there is no such form; NaN and infinity are none, since JSON has no numbers for them.
    """
    if depth > DEEPEST:
        raise NotSendable(where[:200], "It is nested too deeply, or holds itself.")
    value = plain_of(value, where)
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, Mapping):
        return {
            _key(key, where): sendable(one, f"{where}.{key}" if where else str(key), depth=depth + 1)
            for key, one in value.items()
        }
    if isinstance(value, (set, frozenset)):
        value = sorted(value, key=lambda one: (type(one).__name__, str(one)))
    if isinstance(value, (list, tuple)):
        return [sendable(one, f"{where}[{at}]", depth=depth + 1) for at, one in enumerate(value)]
    if isinstance(value, (float, Decimal)):
        return _number(value, where)
    if isinstance(value, timedelta):
        return iso_duration(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise NotSendable(where, f"{value!r:.80} cannot be sent as JSON.")


def plain_of(value: Any, where: str = "") -> Any:
    """The value as one of Python's own types, where it is one of NumPy, pandas or this client."""
    if type(value).__name__ in MISSING:
        return None
    if isinstance(value, Record):
        return value["id"]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (UUID, PurePath)):
        return str(value)
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind == "c":
        raise NotSendable(where, f"{value} is complex, which JSON has no number for.")
    if kind in {"M", "m"} and getattr(value, "ndim", 1) == 0:
        return _moment(value)
    if hasattr(value, "tolist"):
        # As objects, since times in nanoseconds would become whole numbers.
        return list(value.astype("O")) if kind in {"M", "m"} else value.tolist()
    return value


def _moment(value: Any) -> Any:
    """A scalar ``datetime64`` or ``timedelta64``; days stay days."""
    if value != value:  # noqa: PLR0124  # NaT
        return None
    if str(value.dtype) == "datetime64[D]":
        return value.item()
    return value.astype(f"{'datetime64' if value.dtype.kind == 'M' else 'timedelta64'}[us]").item()


def _number(value: float | Decimal, where: str) -> float | int:
    if not math.isfinite(value):
        advice = " Leave it out, or give None." if math.isnan(value) else ""
        raise NotSendable(where, f"{value} is no number that JSON has.{advice}")
    if isinstance(value, float):
        return float(value)
    number = float(value)
    if math.isinf(number):
        raise NotSendable(where, f"{value:.6g} is larger than any number that can be kept.")
    is_whole = value == value.to_integral_value() and abs(value) < Decimal(2**63)
    return int(value) if is_whole else number


def _key(key: object, where: str) -> str:
    plain = plain_of(key, where)
    if isinstance(plain, str):
        return plain
    if isinstance(plain, int) and not isinstance(plain, bool):
        return str(plain)
    raise NotSendable(where, f"{key!r:.80} is no name of a field: names are texts.")
