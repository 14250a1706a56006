"""Docstrings and signatures of what is made from the contract. Pure.

Used where classes and loaders are made and where their stubs are written, so that ``help()`` and editors agree.
"""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .contract import FieldFacts, Models
    from .loader import Rule

WORDS = {
    "integer": "int", "positive_integer": "int", "number": "float", "boolean": "bool", "datetime": "datetime",
    "date": "date", "json": "Any", "tags": "list of str",
}  # fmt: skip
# Parameters of each loader before and after its own filters: annotation and default. Their order is that of released
# clients.
FIRST: dict[str, tuple[str, Any]] = {"portal": ("Name", "private"), "id": ("str | None", None)}
LAST: dict[str, tuple[str, Any]] = {
    "filters": ("dict[str, Any] | None", None),
    "sort": ("list[str] | None", None),
    "include": ("list[str] | None", None),
    "limit": ("int | None", None),
    "offset": ("int | None", None),
    "load_all": ("bool", False),
}
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


def of_loader(rule: Rule, plural: str) -> str:
    """The documentation of ``load_<model>``."""
    included = f", by default with their {_listed(rule.include)}" if rule.include else ""
    lines = [f"Load {plural.replace('_', ' ')}{included}.", "", "Parameters", "----------"]
    for name, path in rule.parameters().items():
        lines += [f"{name} : str", f"    {_meaning(name, path)}"]
    return "\n".join(lines) + "\n"


def signature_of(rule: Rule) -> Signature:
    """The signature of ``load_<model>``."""
    named = {"self": ("", None), **FIRST, **dict.fromkeys(rule.parameters(), ("str | None", None)), **LAST}
    return Signature([_parameter(name, *about) for name, about in named.items()], return_annotation="Any")


def _parameter(name: str, annotation: str, default: Any) -> Parameter:
    if not annotation:
        return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD)
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=annotation)


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _meaning(name: str, path: str) -> str:
    if path.endswith(".icontains"):
        return "Part of the name, upper or lower case."
    if path.endswith(".id"):
        return f"Id of one of the {name}." if name.endswith("s") and name != "species" else f"Id of the {name}."
    return "One of the tags." if name == "tags" else f"The {name}, exactly as in the record."
