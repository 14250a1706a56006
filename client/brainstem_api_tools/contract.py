"""What servers say about their models, as packaged with the client: ``contract.json``. Pure.

The file is written by ``client/tools/generate.py`` from the server's own contract. It is read when a model is first
asked for, since importing the client should cost next to nothing.
"""

from __future__ import annotations

from functools import cache
from typing import TypedDict


class FieldFacts(TypedDict, total=False):
    """One field: the arguments of ``record.Field``."""

    kind: str
    help: str
    related: str
    required: bool
    read_only: bool
    nullable: bool
    choices: list[str]


class ModelFacts(TypedDict):
    """One model; ``record`` is the name of the class of its records."""

    record: str
    app: str
    singular: str
    plural: str
    description: str
    other_names: list[str]
    aliases: list[str]  # names that filters take besides fields
    project_path: str  # from its records to their projects; empty where they belong to none
    fields: dict[str, FieldFacts]


Models = dict[str, ModelFacts]
# What a name meant in the calls of 0.x: assays went by the name of today's paradigms.
OLDER_ROUTES = {"behavioralparadigm": "personal_attributes"}


@cache
def models() -> Models:
    """Every model by its name in addresses."""
    import json
    import pkgutil

    found: Models = json.loads(pkgutil.get_data(__name__, "contract.json") or b"")
    return found


@cache
def routes() -> dict[str, str]:
    """Model -> app, as used in addresses, including other names of models."""
    found = {model: facts["app"] for model, facts in models().items()}
    for facts in models().values():
        for name in facts["other_names"]:
            found.setdefault(name, facts["app"])
    return dict(sorted(found.items()))


@cache
def project_paths() -> dict[str, str]:
    """Every model whose records belong to projects, with the way to those; parents before what is below them."""
    found = {model: facts["project_path"] for model, facts in models().items() if facts["project_path"]}
    return dict(sorted(found.items(), key=lambda one: one[1].count(".")))


@cache
def attributes() -> dict[str, str]:
    """Attribute of a client -> model."""
    return {facts["plural"].replace(" ", "_"): model for model, facts in models().items()}


@cache
def classes() -> dict[str, str]:
    """Class of records -> model."""
    return {facts["record"]: model for model, facts in models().items()}


def model_under(key: str) -> str | None:
    """The model whose record, or records, stand under a key of an answer; None if this client knows none."""
    singular = key.replace("_", "").replace(" ", "")
    return attributes().get(key.replace(" ", "_")) or (singular if singular in models() else None)
