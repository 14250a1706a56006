"""What OPTIONS says about a model: its fields, their filters, and the allowed methods."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from brainstem.core.model.fields import TypeField
from brainstem.core.model.registry import Column, Relation, Spec, specs
from brainstem.core.query.nodes import included_names
from brainstem.core.query.operators import operators_of
from brainstem.core.types.schemas import types_of
from brainstem.core.write.saving import required_names

from .responses import json_response

_METHODS = {
    "list": ("GET", "HEAD"),
    "add": ("POST",),
    "detail": ("GET", "HEAD"),
    "change": ("PUT", "PATCH"),
    "delete": ("DELETE",),
}


def describe(spec: Spec, portal: str, one: bool) -> HttpResponse:
    """The response to OPTIONS on a list or a record."""
    verbs = ("detail", "change", "delete") if one else ("list", "add")
    reads = portal == "public"
    offered = [verb for verb in verbs if verb in spec.resource.verbs and (not reads or verb in ("list", "detail"))]
    allow = [method for verb in offered for method in _METHODS[verb]] + ["OPTIONS"]
    return json_response(200, description(spec), Allow=", ".join(allow))


def description(spec: Spec) -> dict[str, Any]:
    """The description of a model, for programs that build forms and queries."""
    required = set(required_names(spec))
    return {
        "name": spec.singular_name,
        "description": (spec.model.__doc__ or "").strip(),
        "app": spec.app,
        "model": spec.segment,
        "singular_key": spec.resource.singular,
        "plural_key": spec.resource.plural,
        "actions": list(spec.resource.actions),
        "include": included_names(spec),
        "search": list(spec.resource.search),
        "fields": {key: _field(spec, key, key in required) for key in spec.keys},
    }


def _field(spec: Spec, key: str, required: bool) -> dict[str, object]:
    about: dict[str, object] = {"required": required, "read_only": not spec.writable(key)}
    if key == "tags" and spec.has_tags:
        return about | {"type": "tags", "operators": sorted(operators_of("tags"))}
    if key in spec.relations:
        return about | _relation(spec.relations[key])
    if key in spec.computed:
        return about | {"type": "json", "help_text": spec.computed[key].help_text, "operators": []}
    return about | _column(spec.columns[key])


def _relation(relation: Relation) -> dict[str, object]:
    target = specs()[relation.target]
    kind = {"fk": "fk", "link": "m2m", "reverse": "reverse_m2m"}[relation.kind]
    help_text = str(getattr(relation.field, "help_text", "")) if relation.owned else ""
    return {
        "type": kind,
        "related": f"{target.app}/{target.segment}",
        "related_id": target.columns["id"].wire_type,
        "nullable": relation.nullable,
        "help_text": help_text,
        "operators": sorted(operators_of("tree" if target.resource.tree_of else "relation")),
    }


def _column(column: Column) -> dict[str, object]:
    about: dict[str, Any] = {
        "type": column.wire_type,
        "nullable": column.nullable,
        "help_text": column.help_text,
        "operators": sorted(operators_of("json_path" if column.wire_type == "json" else column.wire_type)),
    }
    field = column.field
    if field.max_length and column.wire_type not in ("image", "file"):
        about["max_length"] = field.max_length
    choices = field.choices or (types_of(field.schema_group) if isinstance(field, TypeField) else ())
    if choices:
        about["choices"] = [{"value": value, "label": label} for value, label in choices]
    if field.unique:
        about["unique"] = True
    if field.has_default() and not callable(field.default):
        about["default"] = field.default
    return about
