"""Records of several requests as one list: each once, in the order of the server. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Callable

from .errors import ValidationError
from .record import Field, Record, fields_of, read_date, read_datetime

Row = dict[str, Any]
UNKNOWN = frozenset({"json", "m2m", "reverse_m2m", "fk", "tags"})
ORDERS: dict[str, Callable[[str], Any]] = {"datetime": read_datetime, "date": read_date}


def merged(
    record: type[Record] | None, parts: Iterable[Iterable[Row]], *, sort: Sequence[str], offset: int, limit: int | None
) -> list[Row]:
    """The records of all parts.

    Sorted as servers do: by code point, what is not set last, equals by their ids.
    """
    found = list({row.get("id", id(row)): row for part in parts for row in part}.values())
    found.sort(key=lambda row: str(row.get("id", "")).zfill(40))  # ids of people are numbers
    for path in reversed(sort):
        name, value = path.lstrip("+-"), _order(record, path)
        given = [row for row in found if row.get(name) is not None]
        given.sort(key=lambda row, name=name, value=value: value(row[name]), reverse=path.startswith("-"))  # type: ignore[misc]
        found = given + [row for row in found if row.get(name) is None]
    return found[offset:] if limit is None else found[offset : offset + limit]


def check_sort(record: type[Record] | None, sort: Iterable[str]) -> None:
    """Refuse an order that is known to the server only.

    Raises
    ------
    ValidationError
        If records are sorted by anything but fields of their own.
    """
    for path in sort:
        _order(record, path)


def _order(record: type[Record] | None, path: str) -> Callable[[Any], Any]:
    name = path.lstrip("+-")
    field: Field | None = fields_of(record).get(name) if record else None
    if field is None or field.kind in UNKNOWN or field.kind == "duration":
        raise ValidationError(
            f"sort: '{path}' is not available for a list with this many filter values, which is read in parts.",
            advice="Sort by a plain field of the records, or sort the result.",
        )
    return ORDERS.get(field.kind, _itself)


def _itself(value: object) -> Any:
    return value
