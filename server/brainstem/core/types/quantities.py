"""Quantities and codes in details: their canonical form, and what is wrong with invalid quantities.

A quantity is ``{"value": 12, "unit": "nL"}``; ``12``, ``"12 nL"`` and ``{"value": 12}`` are turned into one. Knows the
parts of a schema that define them, but no files.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ..text.numbers import advice, float_of, measured, plain
from ..text.shown import shown
from .units import convert, spelled

LONGEST_ERROR = 300
_KEYS = ("value", "unit")
Place = tuple[str | int, ...]

# -- canonical form ----------------------------------------------------------------------------------------------------


def normalised(value: Any, schema: Mapping[str, Any]) -> object:
    """The value with every quantity as value and unit, and units and codes in canonical spelling."""
    for option in schema.get("anyOf", ()):
        if is_quantity(option):
            return _quantity(value, option) if isinstance(value, dict | str) else value
    if is_quantity(schema):
        return _quantity(value, schema)
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        return {key: normalised(item, properties[key]) if key in properties else item for key, item in value.items()}
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [normalised(item, schema["items"]) for item in value]
    if isinstance(value, str) and "enum" in schema:
        return spelled(value, [one for one in schema["enum"] if isinstance(one, str)]) or value
    return value


def is_quantity(schema: Mapping[str, Any]) -> bool:
    """Whether a part of a schema defines a quantity."""
    return bool({"value", "unit"} <= schema.get("properties", {}).keys())


def _quantity(value: object, schema: Mapping[str, Any]) -> object:
    """``12``, ``"12 mm"`` or ``{"value": 12}`` as value and unit."""
    unit = schema["properties"]["unit"]
    allowed = [one for one in unit.get("enum", ()) if isinstance(one, str)]
    default = schema.get("default", {}).get("unit") or (allowed[0] if allowed else None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"value": value, "unit": default} if default else {"value": value}
    if isinstance(value, str):
        return _quantity_of_text(value, allowed, default)
    if isinstance(value, dict) and isinstance(value.get("unit"), str):
        return value | {"unit": spelled(value["unit"], allowed) or value["unit"]}
    if isinstance(value, dict) and value.get("unit") is None and value.get("value") is not None and default:
        return value | {"unit": default}
    return value


def _quantity_of_text(text: str, allowed: list[str], default: str | None) -> object:
    number, word = measured(text) or (None, "")
    unit = spelled(word, allowed) if word else default
    return text if number is None or unit is None else {"value": plain(number), "unit": unit}


# -- invalid quantities ------------------------------------------------------------------------------------------------


def wrong_quantities(value: object, schema: Mapping[str, Any], place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Path and error of every value that is not a number with a unit, or is out of range."""
    if is_quantity(schema):
        if wrong := _wrong_quantity(value, schema):
            yield (*place, *wrong[0]), wrong[1]
    elif options := [option for option in schema.get("anyOf", ()) if is_quantity(option)]:
        if not _is_number(value):  # A bare number belongs to the other option of the schema.
            yield from wrong_quantities(value, options[0], place)
    elif isinstance(value, dict):
        for key, below in schema.get("properties", {}).items():
            if key in value:
                yield from wrong_quantities(value[key], below, (*place, key))
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for at, row in enumerate(value):
            yield from wrong_quantities(row, schema["items"], (*place, at))


def _wrong_quantity(value: object, schema: Mapping[str, Any]) -> tuple[Place, str] | None:
    """Path and error of a quantity."""
    unit = schema["properties"]["unit"]
    allowed = [one for one in unit.get("enum", ()) if isinstance(one, str)]
    if not isinstance(value, dict):
        return (), _right(value, allowed)
    for key in value:
        if key not in _KEYS and (meant := difflib.get_close_matches(str(key)[:20].lower(), _KEYS, n=1, cutoff=0.7)):
            return (), f"A quantity has no key {shown(key)}. Did you mean '{meant[0]}'?{_units(allowed)}"
    given, number = value.get("unit"), value.get("value")
    if "value" not in value:
        return ((), _right(value, allowed)) if value.keys() - {"unit"} else None
    if not _is_number(number) or not isinstance(given, str | None):
        wrong, key = (given, "unit") if _is_number(number) else (number, "value")
        return (key,), _right(wrong, allowed, f" as its {key}")
    exact = Decimal(str(number)) if float_of(number) is not None else None
    if exact is None or convert(exact, given or "") is None:
        size = f"{within(str(number), 40)} {given if given in allowed else ''}".rstrip()
        return (), f"{size} is out of range."
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _right(value: object, allowed: list[str], place: str = "") -> str:
    """Error message for a value that is not a quantity."""
    names = {dict: "an object", list: "a list", bool: "a boolean", type(None): "null"}
    got = names.get(type(value)) or shown(value)
    better = advice(value) if isinstance(value, str) else ""
    example = f"300 {allowed[0] if allowed else 'nL'}"
    return f"Expected a number with a unit, such as {example}, got {got}{place}.{better}{_units(allowed)}"


def _units(allowed: list[str]) -> str:
    return f" Units: {', '.join(allowed)}." if allowed else ""


def within(text: str, longest: int = LONGEST_ERROR) -> str:
    """The text, truncated if it is too long for a message."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def written(place: Place) -> str:
    """A path as a message prefix: ``probe.depth: ``."""
    return ".".join(map(str, place)) + ": " if place else ""
