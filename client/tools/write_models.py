"""``models/``: a class for the records of each model, and what type checkers know of its calls."""

from __future__ import annotations

from typing import Any

NOTE = "Written by client/tools/generate.py; do not edit."
TYPES = {
    "integer": "int", "positive_integer": "int", "number": "float", "boolean": "bool", "datetime": "datetime",
    "date": "date", "json": "Any", "tags": "List[str]",
}  # fmt: skip
TEXTS = ("icontains", "startswith", "in", "isnull")
ORDERED = ("gt", "gte", "lt", "lte", "isnull")
FEW = ("in", "isnull")
PLURALS = {"dataacquisition": "data acquisitions", "subjectlogs": "logs", "procedurelogs": "logs"}
SHARED = """
        portal: Name = ...,
        sort: str | Iterable[str] = ...,
        include: str | Iterable[str] = ...,
        search: str = ...,
        limit: int | None = ...,
        filters: Mapping[str, Any] | None = ...,
"""


def class_name(entry: dict[str, Any]) -> str:
    """``data acquisition`` -> ``DataAcquisition``."""
    return "".join(word.capitalize() for word in entry["name"].split())


def attribute(entry: dict[str, Any]) -> str:
    """The attribute of a client."""
    return str(entry["plural_key"].replace(" ", "_"))


def texts(contract: dict[str, Any]) -> dict[str, str]:
    """File name -> text."""
    entries = sorted(contract.values(), key=lambda entry: entry["model"])
    classes = {f"{entry['app']}/{entry['model']}": class_name(entry) for entry in entries}
    found = {f"{entry['model']}.py": _module(entry, classes) for entry in entries}
    return found | {"__init__.py": _index(entries), "_attributes.py": _attributes(entries)}


# --- one model ---


def _module(entry: dict[str, Any], classes: dict[str, str]) -> str:
    name = class_name(entry)
    related = sorted({field["related"] for field in entry["fields"].values() if "related" in field})
    imports = "\n".join(
        f"    from .{path.split('/')[1]} import {classes[path]}" for path in related if classes[path] != name
    )
    fields = [(key, entry["fields"][key]) for key in _in_order(entry)]
    return f'''"""{entry["description"]}

{NOTE}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Generic, Iterable, List, Literal, Mapping, Sequence

from ..record import Record, field
from ..resource import Done, Many, One, Resource

if TYPE_CHECKING:
    from datetime import date, datetime

    from ..names import Name
{imports}


class {name}(Record):
    """{entry["description"]}

    Attributes
    ----------
{"".join(_documented(key, field, classes) for key, field in fields)}    """

    model = "{entry["model"]}"
    app = "{entry["app"]}"
    singular = "{entry["singular_key"]}"
    plural = "{entry["plural_key"]}"
    aliases = {tuple(entry["filter_aliases"])!r}

{"".join(_declared(key, field, classes) for key, field in fields)}

RECORD = {name}


class {name}Calls(Resource[{name}, Many, One, Done], Generic[Many, One, Done]):
    """{entry["description"]}"""

    if TYPE_CHECKING:

        def list(self, *,{SHARED}{_filters(entry)}        **where: Any) -> Many: ...

        def get(self, id: Any, *, include: str | Iterable[str] = ..., portal: Name = ...) -> One: ...
{_writes(entry, fields, classes)}
'''


def _in_order(entry: dict[str, Any]) -> list[str]:
    """Names of fields as they stand in a record, then those that do not."""
    return [key for key in entry["keys"] if key in entry["fields"]] + [
        key for key in entry["fields"] if key not in entry["keys"]
    ]


def _documented(key: str, field: dict[str, Any], classes: dict[str, str]) -> str:
    text = field.get("help_text") or _default_help(key)
    return f"    {key} : {_type(field, classes, plain=True)}\n        {text}\n"


def _default_help(key: str) -> str:
    if key == "tags":
        return "Words by which to find the record again."
    return f"{PLURALS.get(key, key).replace('_', ' ').capitalize()} of the record."


def _declared(key: str, field: dict[str, Any], classes: dict[str, str]) -> str:
    facts = []
    if "related" in field:
        facts.append(f'related="{field["related"].split("/")[1]}"')
    facts += [f"{fact}=True" for fact in ("required", "read_only", "nullable") if field.get(fact)]
    if "choices" in field:
        facts.append(f"choices={tuple(choice['value'] for choice in field['choices'])!r}")
    return f'    {key}: {_type(field, classes)} = field("{field["type"]}"{"".join(f", {fact}" for fact in facts)})\n'


def _type(field: dict[str, Any], classes: dict[str, str], *, plain: bool = False, sent: bool = False) -> str:
    """The type of an attribute; ``plain`` for readers, ``sent`` for what may be given."""
    found = _one_type(field, classes, plain=plain, sent=sent)
    if field["type"] in {"m2m", "reverse_m2m"}:
        found = f"list of {found}" if plain else f"{'Sequence' if sent else 'List'}[{found}]"
    if field["type"] == "tags":
        found = "list of str" if plain else "Sequence[str]" if sent else "List[str]"
    if field.get("nullable") and found != "Any":
        found += " or None" if plain else " | None"
    return found


def _one_type(field: dict[str, Any], classes: dict[str, str], *, plain: bool, sent: bool) -> str:
    if "related" in field:
        key = "int" if field.get("related_id") == "integer" else "str"
        return f"{key} or {classes[field['related']]}" if plain else f"{key} | {classes[field['related']]}"
    if "choices" in field and not plain:
        return f"Literal[{', '.join(repr(choice['value']) for choice in field['choices'])}]"
    found = TYPES.get(field["type"], "str")
    if plain:
        return found.replace("List[str]", "list of str")
    return f"{found} | str" if sent and field["type"] in {"date", "datetime"} else found


# --- what type checkers and editors know of the calls ---


def _filters(entry: dict[str, Any]) -> str:
    found = []
    for key, field in entry["fields"].items():
        operators = field.get("operators", [])
        if "eq" not in operators or field["type"] == "json":
            continue
        wanted = FEW if "related" in field or field["type"] in {"uuid", "boolean"} else ORDERED
        wanted = TEXTS if "icontains" in operators else wanted
        found += [f"        {key}{f'__{one}' if one else ''}: Any = ...,\n" for one in ("", *wanted)]
    return "".join(found)


def _writes(entry: dict[str, Any], fields: list[Any], classes: dict[str, str]) -> str:
    writable = [(key, field) for key, field in fields if not field["read_only"]]
    required = [(key, field) for key, field in writable if field["required"]]
    optional = [(key, field) for key, field in writable if not field["required"]]
    text = ""
    if "add" in entry["verbs"]:
        text += _call("create", "", required, optional, classes)
    if "change" in entry["verbs"]:
        text += _call("update", "id: Any, ", [], writable, classes)
    return text


def _call(name: str, first: str, required: list[Any], optional: list[Any], classes: dict[str, str]) -> str:
    given = "".join(f"        {key}: {_type(field, classes, sent=True)},\n" for key, field in required)
    given += "".join(f"        {key}: {_type(field, classes, sent=True)} = ...,\n" for key, field in optional)
    return f"\n        def {name}(self, {first}*,\n{given}        portal: Name = ...) -> One: ...\n"


# --- all models ---


def _index(entries: list[dict[str, Any]]) -> str:
    imports = "".join(f"    from .{entry['model']} import {class_name(entry)}\n" for entry in entries)
    attributes = "".join(f'    "{attribute(entry)}": "{entry["model"]}",\n' for entry in entries)
    classes = "".join(f'    "{class_name(entry)}": "{entry["model"]}",\n' for entry in entries)
    names = "".join(f'    "{name}",\n' for name in sorted(class_name(entry) for entry in entries))
    return f'''"""The records of each model, imported when they are first used. {NOTE}"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..record import record_class

if TYPE_CHECKING:
{imports}
# Attribute of a client -> model.
ATTRIBUTES = {{
{attributes}}}
# Class -> model.
CLASSES = {{
{classes}}}
__all__ = [
{names}]


def __getattr__(name: str) -> Any:
    if name not in CLASSES:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    return record_class(CLASSES[name])
'''


def _attributes(entries: list[dict[str, Any]]) -> str:
    imports = "".join(
        f"    from .{entry['model']} import {class_name(entry)}, {class_name(entry)}Calls\n" for entry in entries
    )
    plain = "".join(_typed(entry, "Query[{0}], {0}, None") for entry in entries)
    later = "".join(_typed(entry, "AsyncQuery[{0}], Awaitable[{0}], Awaitable[None]") for entry in entries)
    return f'''"""The attributes of both clients, for type checkers and editors. {NOTE}"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Awaitable

    from ..resource import AsyncQuery, Query
{imports}

class Models:
    """The models as attributes of a client that waits."""

    if TYPE_CHECKING:
{plain}

class AsyncModels:
    """The models as attributes of a client that is awaited."""

    if TYPE_CHECKING:
{later}'''


def _typed(entry: dict[str, Any], results: str) -> str:
    name = class_name(entry)
    return f"        {attribute(entry)}: {name}Calls[{results.format(name)}]\n"
