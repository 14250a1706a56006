"""``_routes.py``: which app a model stands under, and what its records are called."""

from __future__ import annotations

from typing import Any

HEAD = '''"""Model -> app, as they stand in addresses. Written by client/tools/generate.py; do not edit."""

from __future__ import annotations

from enum import Enum

'''
# What a name meant in the calls of 0.x: assays went by the name of today's paradigms.
OLDER = {"behavioralparadigm": "personal_attributes"}


def routes(contract: dict[str, Any]) -> dict[str, str]:
    """Every model, and every other name that has no model of its own."""
    found = {entry["model"]: entry["app"] for entry in contract.values()}
    for entry in contract.values():
        for alias in entry["model_aliases"]:
            found.setdefault(alias, entry["app"])
    return dict(sorted(found.items()))


def text(contract: dict[str, Any]) -> str:
    """The module."""
    found = routes(contract)
    plurals = {entry["plural_key"].replace(" ", "_"): entry["model"] for entry in contract.values()}
    tables = {"ROUTES": found, "OLDER_ROUTES": OLDER, "PLURALS": dict(sorted(plurals.items()))}
    return HEAD + "\n".join(_table(name, rows) for name, rows in tables.items()) + _members(found)


def _members(rows: dict[str, str]) -> str:
    """A member for each, written out: type checkers and editors know no others."""
    lines = "".join(f'    {model} = "{model}"\n' for model in rows)
    about = '    """The models, under every name that released clients have for them."""\n\n'
    return f"\n\nclass ModelType(Enum):\n{about}{lines}"


def _table(name: str, rows: dict[str, str]) -> str:
    lines = "".join(f'    "{model}": "{app}",\n' for model, app in rows.items())
    return f"{name} = {{\n{lines}}}\n"
