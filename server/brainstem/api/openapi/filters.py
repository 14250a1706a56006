"""The parameters of a model's lists: what they can be filtered by, and what they can include."""

from __future__ import annotations

from brainstem.core.model.registry import Spec
from brainstem.core.query.names import filter_names
from brainstem.core.query.nodes import included_names
from brainstem.core.query.operators import operators_of
from brainstem.core.query.syntax import MAX_PATHS

from ..shapes import Schema


def filters_parameter(spec: Spec) -> Schema:
    """All filters of a model as one free-form parameter, each property of which is a query parameter."""
    names = filter_names(spec)
    properties = dict(_filter(spec, name) for name in names)
    alternatives = "|".join(names)
    return {
        "name": "filter",
        "in": "query",
        "style": "form",
        "explode": True,
        "description": "Any number of `filter{field}`, `filter{field.operator}`, `filter{relation.field.operator}`;"
        " a minus sign before the field negates. All must hold.",
        "schema": {
            "type": "object",
            "properties": properties,
            "patternProperties": {rf"^filter\{{-?({alternatives})(\.[^{{}}]+)?\}}$": {"type": "string"}},
            "additionalProperties": False,
        },
    }


def include_parameter(spec: Spec) -> Schema:
    """The relations that can be shown as records."""
    names = included_names(spec)
    items: Schema = {"type": "string"}
    if names:
        items["pattern"] = rf"^({'|'.join(names)})(\..+)?$"
    text = f"Relations to show as records in place of ids: {', '.join(names)}. Dots go deeper: `relation.relation.*`."
    return {
        "name": "include[]",
        "in": "query",
        "description": text,
        "style": "form",
        "explode": True,
        "schema": {"type": "array", "items": items, "maxItems": MAX_PATHS["include[]"] if names else 0},
    }


def _filter(spec: Spec, name: str) -> tuple[str, Schema]:
    """The simplest filter on a name, whose description lists the operators of the name."""
    column = spec.columns.get(name)
    kind = "tags" if name == "tags" else ("relation" if column is None else column.wire_type)
    operators = operators_of("json_path" if kind == "json" else kind)
    written = {"image": "isnull", "file": "isnull", "json": "isnull"}.get(kind, "")
    parameter = f"filter{{{name}.{written}}}" if written else f"filter{{{name}}}"
    text = f"Operators: {', '.join(sorted(operators))}."
    if kind == "json":
        text += f" Names of keys go between: `filter{{{name}.key.operator}}`."
    return parameter, {"type": "string", "description": text}
