"""Docstrings of what is made from the contract. Pure.

Used where classes are made and where their stubs are written, so that ``help()`` and editors agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .contract import FieldFacts, Models

WORDS = {
    "integer": "int", "positive_integer": "int", "number": "float", "boolean": "bool", "datetime": "datetime",
    "date": "date", "json": "Any", "tags": "list of str",
}  # fmt: skip
LISTS = frozenset({"m2m", "reverse_m2m"})


def of_record(model: str, models: Models) -> str:
    """The documentation of the class of a model's records."""
    facts = models[model]
    lines = [facts["description"], "", "Attributes", "----------"]
    for name, field in facts["fields"].items():
        lines += [f"{name} : {type_in_words(field, models)}", f"    {field['help']}"]
    return "\n".join(lines) + "\n"


def type_in_words(field: FieldFacts, models: Models) -> str:
    """``list of str or Project``."""
    found = WORDS.get(field["kind"], "str")
    if related := field.get("related"):
        found = f"{key_type(related, models)} or {models[related]['record']}"
    if field["kind"] in LISTS:
        found = f"list of {found}"
    return f"{found} or None" if field.get("nullable") and found != "Any" else found


def key_type(model: str, models: Models) -> str:
    """The type of a model's ids."""
    return "int" if models[model]["fields"]["id"]["kind"] == "integer" else "str"
