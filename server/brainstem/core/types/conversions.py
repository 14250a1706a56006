"""Converts details from one schema version to the next, by declarations next to the schema files.

``type_schemas/<Model>/<Type>/<version>.converter.json`` says how to convert the previous version::

    {"from": "1.0.0", "rename": {"surfaceDepth": "depth"}, "set": {"side": "left"}, "drop": ["note"]}

Paths are dotted (``probe.depth``). Renamed keys keep their values; ``set`` only fills in missing ones.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from .schemas import FOLDER, TypeSchema, current

_KEYS = {"from", "rename", "set", "drop"}


@dataclass(frozen=True)
class Converter:
    """One version step of one type."""

    source: str
    target: str
    rename: Mapping[str, str] = field(default_factory=dict)
    fill: Mapping[str, object] = field(default_factory=dict)
    drop: tuple[str, ...] = ()

    def apply(self, value: object) -> object:
        """The payload in the target version; lists are converted row by row."""
        if isinstance(value, list):
            return [self.apply(row) for row in value]
        if not isinstance(value, dict):
            return value
        found = copy.deepcopy(value)
        for old, new in self.rename.items():
            if _has(found, old) and not _has(found, new):
                _put(found, new, _take(found, old))
        for path in self.drop:
            _take(found, path)
        for path, content in self.fill.items():
            if not _has(found, path):
                _put(found, path, copy.deepcopy(content))
        return found


@dataclass(frozen=True)
class Converted:
    """A payload converted as far towards the newest version as there are converters."""

    value: Any
    version: str
    errors: tuple[str, ...]


def parse_converter(path: Path) -> Converter:
    """Read one declaration.

    Raises
    ------
    ValueError
        If it is wrong; the message names the file and the error.
    """
    body = json.loads(path.read_text(encoding="utf-8"))
    unknown = set(body) - _KEYS
    if unknown or "from" not in body:
        raise ValueError(f"{path}: expected 'from' and any of rename, set, drop; got {sorted(body)}.")
    target = path.name.removesuffix(".converter.json")
    return Converter(body["from"], target, body.get("rename", {}), body.get("set", {}), tuple(body.get("drop", ())))


@cache
def converters(group: str, name: str) -> Mapping[str, Converter]:
    """The converters of a type by source version."""
    found = [parse_converter(path) for path in sorted((FOLDER / group / name).glob("*.converter.json"))]
    return {one.source: one for one in found}


def converted(group: str, name: str, version: str, value: object) -> Converted:
    """A stored payload converted step by step to the newest version, then normalised and validated."""
    newest: TypeSchema | None = current(group, name)
    steps = converters(group, name)
    seen = {version}
    while version in steps and steps[version].target not in seen:
        step = steps[version]
        value, version = step.apply(value), step.target
        seen.add(version)
    if newest is None:
        return Converted(value, version, (f"{name!r} is not a type of {group}.",))
    value = newest.normalised(value)
    errors = tuple(newest.errors(value))
    return Converted(value, newest.version if not errors else version, errors)


def _has(value: Mapping[str, object], path: str) -> bool:
    at: Any = value
    for key in path.split("."):
        if not isinstance(at, Mapping) or key not in at:
            return False
        at = at[key]
    return True


def _take(value: dict[str, object], path: str) -> object:
    *before, last = path.split(".")
    at: Any = value
    for key in before:
        at = at.get(key) if isinstance(at, dict) else None
    return at.pop(last, None) if isinstance(at, dict) else None


def _put(value: dict[str, Any], path: str, content: object) -> None:
    *before, last = path.split(".")
    for key in before:
        value = value.setdefault(key, {})
    value[last] = content
