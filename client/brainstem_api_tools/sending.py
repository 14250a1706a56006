"""Values of Python, NumPy and pandas as JSON, or an error that says which value has no such form. Pure."""

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
    """A value that JSON cannot represent."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}" if where else what, errors={where: [what]}, advice="Nothing was sent.")
        self.where, self.what = where, what


def is_missing(value: object) -> bool:
    """Whether a cell of a table is empty: None, NaN, NaT or NA."""
    if value is None or type(value).__name__ in MISSING:
        return True
    if isinstance(value, (float, Decimal)):
        return math.isnan(value)
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    return kind in {"f", "M", "m"} and getattr(value, "ndim", 1) == 0 and bool(value != value)  # noqa: PLR0124


def sendable(value: object, where: str = "", *, depth: int = 0) -> Any:
    """The value as strings, numbers, lists and objects.

    Records become their ids, times and durations ISO 8601, ``NaT`` and ``NA`` null.

    Raises
    ------
    NotSendable
        If it has no such form, like NaN and infinity, which JSON cannot represent.
    """
    if depth > DEEPEST:
        raise NotSendable(where[:200], "It is nested too deeply, or contains itself.")
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
    """A value of NumPy, pandas or this client as one of Python's own types."""
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
        raise NotSendable(where, f"{value} is complex, which JSON cannot represent.")
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
        advice = " Leave it out, or use None." if math.isnan(value) else ""
        raise NotSendable(where, f"{value} is not a number in JSON.{advice}")
    if isinstance(value, float):
        return float(value)
    number = float(value)
    if math.isinf(number):
        raise NotSendable(where, f"{value:.6g} is too large to be stored.")
    is_whole = value == value.to_integral_value() and abs(value) < Decimal(2**63)
    return int(value) if is_whole else number


def _key(key: object, where: str) -> str:
    plain = plain_of(key, where)
    if isinstance(plain, str):
        return plain
    if isinstance(plain, int) and not isinstance(plain, bool):
        return str(plain)
    raise NotSendable(where, f"{key!r:.80} is not a field name: names are strings.")
