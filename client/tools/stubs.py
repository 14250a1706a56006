"""Stubs of what the client makes from ``contract.json`` when it runs, for type checkers and editors."""

from __future__ import annotations

from textwrap import indent
from typing import Any

from brainstem_api_tools import documentation
from brainstem_api_tools.documentation import LISTS, key_type
from brainstem_api_tools.loader import RULES, docstring_of, signature_of

NOTE = "Written by client/tools/generate.py; do not edit."
TYPES = {
    "integer": "int", "positive_integer": "int", "number": "float", "boolean": "bool", "datetime": "datetime",
    "date": "date", "json": "Any",
}  # fmt: skip
TEXTS = ("icontains", "startswith", "in", "isnull")
ORDERED = ("gt", "gte", "lt", "lte", "isnull")
FEW = ("in", "isnull")
Facts = dict[str, Any]
Models = dict[str, Facts]


def texts(contract: Facts, models: Models) -> dict[str, str]:
    """Name of a file in the package -> text."""
    entries = {entry["model"]: entry for entry in contract.values()}
    found = {f"models/{model}.pyi": _module(model, entries[model], models) for model in models}
    return found | {
        "models/__init__.pyi": _index(models),
        "attributes.pyi": _attributes(models),
        "model_type.pyi": _model_type(models),
        "loaders.pyi": _loaders(models),
    }


# --- one model ---


def _module(model: str, entry: Facts, models: Models) -> str:
    about = models[model]
    name, fields = about["record"], about["fields"]
    related = sorted({field["related"] for field in fields.values() if "related" in field} - {model})
    imports = "".join(f"from .{other} import {models[other]['record']}\n" for other in related)
    declared = "".join(f"    {key}: {_read(field, models)}\n" for key, field in fields.items())
    return f'''"""{about["description"]}

{NOTE}
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Generic, Literal

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
{imports}
class {name}(Record):
{_docstring(documentation.of_record(model, models), 1)}
{declared}
class {name}Calls(Resource[{name}, Many, One, Done], Generic[Many, One, Done]):
{_docstring(about["description"], 1)}
    def list(
        self,
        *,
        portal: Name = ...,
        sort: str | Iterable[str] = ...,
        include: str | Iterable[str] = ...,
        search: str = ...,
        limit: int | None = ...,
        filters: Mapping[str, Any] | None = ...,
        include_version: bool = ...,
{_filters(entry)}        **where: Any,
    ) -> Many: ...
    def get(self, id: Any, *, include: str | Iterable[str] = ..., portal: Name = ...) -> One: ...
{_writes(entry, fields, models)}'''


def _docstring(text: str, level: int) -> str:
    return indent(f'"""{text}"""', "    " * level)


def _read(field: Facts, models: Models) -> str:
    """The type of an attribute."""
    found = _one_type(field, models)
    if field["kind"] in LISTS:
        found = f"list[{found}]"
    return _or_none(field, "list[str]" if field["kind"] == "tags" else found)


def _sent(field: Facts, models: Models) -> str:
    """The type of what may be given."""
    found = _one_type(field, models)
    if field["kind"] in LISTS:
        found = f"Sequence[{found}]"
    if field["kind"] in {"date", "datetime"}:
        found = f"{found} | str"
    return _or_none(field, "Sequence[str]" if field["kind"] == "tags" else found)


def _or_none(field: Facts, found: str) -> str:
    return f"{found} | None" if field.get("nullable") and found != "Any" else found


def _one_type(field: Facts, models: Models) -> str:
    if related := field.get("related"):
        return f"{key_type(related, models)} | {models[related]['record']}"
    if "choices" in field:
        return f"Literal[{', '.join(map(repr, field['choices']))}]"
    return TYPES.get(field["kind"], "str")


# --- its calls ---


def _filters(entry: Facts) -> str:
    found = []
    for key, field in entry["fields"].items():
        operators = field.get("operators", [])
        if "eq" not in operators or field["type"] == "json":
            continue
        wanted = FEW if "related" in field or field["type"] in {"uuid", "boolean"} else ORDERED
        wanted = TEXTS if "icontains" in operators else wanted
        found += [f"        {key}{f'__{one}' if one else ''}: Any = ...,\n" for one in ("", *wanted)]
    return "".join(found)


def _writes(entry: Facts, fields: Facts, models: Models) -> str:
    writable = {key: field for key, field in fields.items() if not field.get("read_only")}
    required = {key: field for key, field in writable.items() if field.get("required")}
    optional = {key: field for key, field in writable.items() if key not in required}
    text = _call("create", "", required, optional, models) if "add" in entry["verbs"] else ""
    return text + (_call("update", "id: Any, ", {}, writable, models) if "change" in entry["verbs"] else "")


def _call(name: str, first: str, required: Facts, optional: Facts, models: Models) -> str:
    given = "".join(f"        {key}: {_sent(field, models)},\n" for key, field in required.items())
    given += "".join(f"        {key}: {_sent(field, models)} = ...,\n" for key, field in optional.items())
    return f"    def {name}(self, {first}*,\n{given}        portal: Name = ...) -> One: ...\n"


# --- all models ---


def _index(models: Models) -> str:
    # With an alias, which in stubs means that the name may be imported from here.
    pairs = [(model, about["record"]) for model, about in models.items()]
    imports = "".join(f"from .{model} import {name} as {name}\n" for model, name in pairs)
    names = "".join(f'    "{name}",\n' for name in sorted(about["record"] for about in models.values()))
    return f'''"""The records of each model. {NOTE}"""

{imports}
ATTRIBUTES: dict[str, str]
CLASSES: dict[str, str]

__all__ = [
{names}]
'''


def _attributes(models: Models) -> str:
    imports = "".join(f"from .models.{model} import {a['record']}, {a['record']}Calls\n" for model, a in models.items())
    plain = "".join(_typed(about, "Query[{0}], {0}, None") for about in models.values())
    later = "".join(_typed(about, "AsyncQuery[{0}], Awaitable[{0}], Awaitable[None]") for about in models.values())
    return f'''"""The attributes of both clients. {NOTE}"""

from collections.abc import Awaitable

from .resource import AsyncQuery, Query
{imports}
class Models:
    """The models as attributes of ``BrainstemClient``."""

{plain}
class AsyncModels:
    """The models as attributes of ``AsyncBrainstemClient``."""

{later}'''


def _typed(about: Facts, results: str) -> str:
    name = about["record"]
    return f"    {about['plural'].replace(' ', '_')}: {name}Calls[{results.format(name)}]\n"


def _model_type(models: Models) -> str:
    names = sorted({*models, *(name for about in models.values() for name in about["other_names"])})
    members = "".join(f'    {name} = "{name}"\n' for name in names)
    return f'''"""The models as members of an enumeration. {NOTE}"""

from enum import Enum

class ModelType(Enum):
    """The models, under every name that released clients have for them."""

{members}'''


# --- loaders ---


def _loaders(models: Models) -> str:
    found = "".join(
        f"    def load_{model}{signature_of(rule)}:\n{_docstring(docstring_of(rule, models[model]['plural']), 2)}\n"
        for model, rule in RULES.items()
    )
    return f'''"""A loader for each common model, with named filters. {NOTE}"""

from typing import Any

from .names import Name

class Loaders:
    """``load_<model>``: ``load`` with named filters and the usual relations included.

    Each gives a response, or with ``load_all=True`` one dict with load the records of all pages.
    """

{found}'''
