"""Cells that give people and groups roles: addresses or names, in a column for each role. Pure.

An import gives roles and raises them; it neither takes a role away nor lowers one, which is done on the page of the
record.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..model.registry import Spec
from ..text.numbers import whole_of
from ..text.shown import shown
from .cells import WrongCell, json_of, parts_of
from .columns import ROLES, Column
from .json_values import Json


def add_roles(spec: Spec, values: dict[str, Json], column: Column, text: str) -> None:
    """Add to the values of a row what a cell says about who holds a role.

    Raises
    ------
    WrongCell
        If it cannot be read.
    """
    key, flag = column.target.key, column.target.lookup
    if flag:
        held = values.setdefault(key, {})
        for name in parts_of(text, commas=True):
            held.setdefault(name, {})[flag] = True
    elif spec.computed[key].kind == "authenticated_groups":
        values[key] = [_group(one) for one in parts_of(text, commas=True)]
    else:
        values[key] = _as_object(key, text)


def raised(old: Json, new: Json) -> Json:
    """The roles of a row that its record does not have yet."""
    if isinstance(new, list):
        held = {str(one.get("id") if isinstance(one, dict) else one) for one in old or ()}
        return new if {str(one) for one in new} - held else []
    names = {str(name).casefold(): flags for name, flags in (old if isinstance(old, dict) else {}).items()}
    return {name: flags for name, flags in new.items() if _level(flags) > _level(names.get(name.casefold()))}


def _level(flags: Json) -> int:
    """How much somebody may do: 0 for nothing, 1 for reading."""
    if not isinstance(flags, Mapping):
        return 0
    return 1 + max((at for at, name in enumerate(ROLES, start=1) if flags.get(name)), default=0)


def _group(text: str) -> int:
    found = whole_of(text)
    if found is None:
        raise WrongCell(f"Expected the ids of groups, got {shown(text)}. Name groups in a column groups.can_change.")
    return found


def _as_object(key: str, text: str) -> Json:
    value = json_of(text) if text[:1] == "{" else None
    if not isinstance(value, dict) or not all(isinstance(one, dict) for one in value.values()):
        example = f'{{"name": {{"can_change": true}}}}, or use the columns {", ".join(f"{key}.{one}" for one in ROLES)}'
        raise WrongCell(f"Expected an object such as {example}.")
    return value


__all__ = ["add_roles", "raised"]
