"""``contract.json``: what the client needs to know of the server's models."""

from __future__ import annotations

import json
import re
from typing import Any

PLURALS = {"dataacquisition": "data acquisitions", "subjectlogs": "logs", "procedurelogs": "logs"}
FLAGS = ("required", "read_only", "nullable")


def of_contract(contract: dict[str, Any]) -> dict[str, Any]:
    """Model -> facts, as ``brainstem_api_tools.contract`` declares them."""
    entries = sorted(contract.values(), key=lambda entry: entry["model"])
    paths = project_paths(contract)
    return {entry["model"]: _model(entry) | {"project_path": paths[entry["model"]]} for entry in entries}


def project_paths(contract: dict[str, Any]) -> dict[str, str]:
    """Model -> the way from its records to their projects; empty where they belong to none."""
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

    return {model: path(model) for model in known}


def text(models: dict[str, Any]) -> str:
    """The file: a line for each field, so that a change of one shows as one."""
    return "{\n" + ",\n".join(f"{_json(model)}: {_model_text(about)}" for model, about in models.items()) + "\n}\n"


def _model_text(about: dict[str, Any]) -> str:
    rest = ", ".join(f"{_json(key)}: {_json(value)}" for key, value in about.items() if key != "fields")
    fields = ",\n".join(f"  {_json(name)}: {_json(field)}" for name, field in about["fields"].items())
    return f'{{{rest}, "fields": {{\n{fields}\n}}}}'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _model(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "record": "".join(word.capitalize() for word in entry["name"].split()),
        "app": entry["app"],
        "singular": entry["singular_key"],
        "plural": entry["plural_key"],
        "description": entry["description"],
        "other_names": entry["model_aliases"],
        "aliases": list(entry["filter_aliases"]),
        "fields": {name: _field(name, entry["fields"][name]) for name in _in_order(entry)},
    }


def _in_order(entry: dict[str, Any]) -> list[str]:
    """Names of fields as they stand in a record, then those that do not."""
    return sorted(entry["fields"], key=lambda name: (entry["keys"] + [name]).index(name))


def _field(name: str, field: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": field["type"], "help": field.get("help_text") or _default_help(name)}
    if "related" in field:
        found["related"] = field["related"].split("/")[1]
    found |= {flag: True for flag in FLAGS if field.get(flag)}
    if "choices" in field:
        found["choices"] = [choice["value"] for choice in field["choices"]]
    return found


def _default_help(name: str) -> str:
    if name == "tags":
        return "Words to find the record by."
    return f"{PLURALS.get(name, name).replace('_', ' ').capitalize()} of the record."
