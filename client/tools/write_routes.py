"""``_routes.py``: which app a model stands under, and what its records are called."""

from __future__ import annotations

import re
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


def project_paths(contract: dict[str, Any]) -> dict[str, str]:
    """Every model whose records belong to projects, with the way to those; parents before what is below them."""
    known = {entry["model"]: entry for entry in contract.values()}

    def path(model: str) -> str:
        entry = known.get(model, {"tree": ""})
        in_projects = re.match(r"InProjects\(via='(\w+)'", entry["tree"])
        under = re.match(r"Under\(parent='(\w+)'", entry["tree"])
        if in_projects:
            return in_projects[1]
        parent = under and entry["fields"][under[1]]["related"].split("/")[1]
        above = path(parent) if parent else ""
        return f"{under[1]}.{above}" if under and above else ""

    found = {model: path(model) for model in sorted(known)}
    return dict(sorted((one for one in found.items() if one[1]), key=lambda one: one[1].count(".")))


def text(contract: dict[str, Any]) -> str:
    """The module."""
    found = routes(contract)
    plurals = {entry["plural_key"].replace(" ", "_"): entry["model"] for entry in contract.values()}
    tables = {
        "ROUTES": found,
        "OLDER_ROUTES": OLDER,
        "PLURALS": dict(sorted(plurals.items())),
        "PROJECT_PATHS": project_paths(contract),
    }
    return HEAD + "\n".join(_table(name, rows) for name, rows in tables.items()) + _members(found)


def _members(rows: dict[str, str]) -> str:
    """A member for each, written out: type checkers and editors know no others."""
    lines = "".join(f'    {model} = "{model}"\n' for model in rows)
    about = '    """The models, under every name that released clients have for them."""\n\n'
    return f"\n\nclass ModelType(Enum):\n{about}{lines}"


def _table(name: str, rows: dict[str, str]) -> str:
    lines = "".join(f'    "{model}": "{app}",\n' for model, app in rows.items())
    return f"{name} = {{\n{lines}}}\n"
