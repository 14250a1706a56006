"""JSON schemas of every model, for responses and for writes, built from the declarations.

Knows keys, types and envelopes; knows no URL.
"""

from __future__ import annotations

from collections.abc import Iterable

from brainstem.core.access.scope import PORTALS
from brainstem.core.model.fields import DetailsField, StructureField
from brainstem.core.model.registry import Column, Relation, Spec, shares_scope, specs, through_relation
from brainstem.core.model.values import is_text, takes_null
from brainstem.core.query.nodes import included_names
from brainstem.core.query.projection import VERSION
from brainstem.core.text.lines import NAMES, UNSEEN_CLASS
from brainstem.core.write.saving import required_names
from brainstem.core.write.tags import MAX_LENGTH, MAX_TAGS

from ..shapes import Schema, closed, name_of, page_of, ref
from .conditional import version_key
from .details import ABOUT_WRITING, details_schemas, shape, typed

NOT_BLANK = r"[^\s\x1c-\x1f]"
# Patterns of a name: no invisible characters, and at least one that is not a space, or none at all.
NAME = rf"^[^{UNSEEN_CLASS}]*[^\s{UNSEEN_CLASS}][^{UNSEEN_CLASS}]*$"
NAME_OR_BLANK = rf"^[^{UNSEEN_CLASS}]*$"

_FLAG: Schema = {"type": "boolean"}
_WIRE: dict[str, Schema] = {
    "uuid": {"type": "string", "format": "uuid"},
    "integer": {"type": "integer"},
    "positive_integer": {"type": "integer", "minimum": 0},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "duration": {"type": "string", "pattern": r"^-?\d{2,}:\d{2}:\d{2}(\.\d{6})?$"},
    "image": {"type": "string", "format": "uri"},
    "file": {"type": "string", "format": "uri"},
    "json": {},
}


def shared_schemas() -> dict[str, Schema]:
    """Schemas shared by all models: errors, paging, people."""
    roles = dict.fromkeys(("can_change", "is_manager", "is_owner"), _FLAG)
    texts = {"type": "array", "items": {"type": "string"}}
    anything: Schema = {}
    person: dict[str, Schema] = {
        "name": {"type": "string"},
        "orcid_id": {"type": "string"},
        "role": {"type": "string"},
        "roles": texts,
    }
    whole = {"type": "integer", "minimum": 0}
    return {
        "FieldErrors": _object("What is wrong, by field.", {}, others=texts),
        "Detail": _object("Why the request was refused.", {"detail": {"type": "string"}}, required=("detail",)),
        "Meta": closed({"page": whole, "per_page": whole, "total_results": whole, "total_pages": whole}),
        "Roles": _object(
            "People or groups by email address or name.", {}, others={"type": "object", "properties": roles}
        ),
        "Contributor": closed(person),
        "OwnGroup": closed({"id": {"type": "integer"}, "name": {"type": "string"}}),
        "Links": _object("Related lists, relative to the record.", {}, others={"type": "string"}),
        "Difference": _object("Old and new value, by field.", {}, others=closed({"from": anything, "to": anything})),
        "Description": {"type": "object", "description": "Fields, operators and actions of a model."},
        **details_schemas(),
    }


def model_schemas(spec: Spec) -> dict[str, Schema]:
    """The four schemas of a model: record, list, one, and what can be written."""
    name = name_of(spec)
    shown = {key: _shown(spec, key) for key in spec.keys} | {VERSION: version_key()}
    record = _object(_doc(spec), shown, closed=True) | typed(spec, shown)
    return {
        name: record,
        f"{name}List": page_of(spec.resource.plural, ref(name)),
        f"{name}One": closed({spec.resource.singular: ref(name)}),
        f"{name}Write": _written(spec),
    }


# -- what is answered -----------------------------------------------------------------------------------------------


def _shown(spec: Spec, key: str) -> Schema:
    if key == "tags" and spec.has_tags:
        return {"type": "array", "items": {"type": "string"}, "description": "Keywords shared by all records."}
    if key in spec.relations:
        return _related(spec, spec.relations[key], included=key in included_names(spec))
    if key in spec.computed:
        return _computed(spec, key) | {"description": spec.computed[key].help_text}
    return _column(spec, spec.columns[key])


def _related(spec: Spec, relation: Relation, *, included: bool) -> Schema:
    target = specs()[relation.target]
    one = [_id(target), *([ref(name_of(target))] if included else [])]
    if relation.many:
        return _described(relation) | {"type": "array", "items": {"anyOf": one} if included else one[0]}
    hidden = not shares_scope(relation) or any(portal.hides(spec, relation.name) for portal in PORTALS.values())
    nothing = [{"type": "null"}] if relation.nullable or hidden else []
    return _described(relation) | {"anyOf": [*one, *nothing]}


def _described(relation: Relation) -> Schema:
    text = str(getattr(relation.field, "help_text", "")) if relation.owned else ""
    target = specs()[relation.target]
    return {"description": text or f"The {target.resource.plural.replace('_', ' ')} that refer to this record."}


def _id(spec: Spec) -> Schema:
    return _WIRE[spec.columns["id"].wire_type]


def _computed(spec: Spec, key: str) -> Schema:
    computed = spec.computed[key]
    if computed.kind == "through":
        target = specs()[through_relation(spec, key)[-1].target]
        return {"anyOf": [_id(target), ref(name_of(target)), {"type": "null"}]}
    return {
        "users": ref("Roles"),
        "groups": ref("Roles"),
        "links": ref("Links"),
        "contributors": {"type": "array", "items": ref("Contributor")},
        "own_groups": {"type": "array", "items": ref("OwnGroup")},
        "authenticated_groups": {"type": "array", "items": {"type": "integer"}},
        "rrid_url": {"type": ["string", "null"]},
    }.get(computed.kind, {})


def _column(spec: Spec, column: Column) -> Schema:
    schema = dict(_WIRE.get(column.wire_type, {"type": "string"}))
    if isinstance(column.field, DetailsField):
        schema = shape(column)
    nullable = column.nullable or column.wire_type in ("image", "file")
    if nullable or any(portal.hides(spec, column.name) for portal in PORTALS.values()):
        schema = _or_null(schema)
    options = _options(column)
    if options:
        schema["enum"] = [*options, *([None] if "null" in schema["type"] else [])]
    return schema | _about(column)


def _or_null(schema: Schema) -> Schema:
    if "type" not in schema:
        return schema
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return schema | {"type": [*types, "null"]}


def _options(column: Column) -> list[object]:
    values = [value for value, _ in column.field.choices or ()]
    if values and column.field.blank and "" not in values and isinstance(values[0], str):
        values.append("")
    return values


def _about(column: Column) -> Schema:
    if column.name == "id":
        return {}
    return {"description": column.help_text} if column.help_text else {}


# -- what is written --------------------------------------------------------------------------------------------------


def _written(spec: Spec) -> Schema:
    names = [key for key in spec.keys if spec.writable(key)]
    required = [name for name in required_names(spec) if name in names]
    about = f"The writable keys of a {spec.singular_name}; unknown keys are ignored."
    if required:
        about += f" Needed for a new one, and to replace one: {', '.join(required)}."
    written = {key: _writable(spec, key) for key in names}
    return _object(about, written) | typed(spec, written)


def write_schema(spec: Spec, *, whole: bool) -> Schema:
    """Body of a change, or (``whole``) of a new record or a replacement, which must name what is required."""
    required = [name for name in required_names(spec) if spec.writable(name) and name in spec.keys]
    if not whole or not required:
        return ref(f"{name_of(spec)}Write")
    return {"allOf": [ref(f"{name_of(spec)}Write"), {"required": sorted(required)}]}


def _writable(spec: Spec, key: str) -> Schema:
    if key == "tags" and spec.has_tags:
        word = {"type": "string", "maxLength": MAX_LENGTH, "pattern": NAME}
        return {"type": ["array", "null"], "items": word, "maxItems": MAX_TAGS}
    if key in spec.relations:
        relation = spec.relations[key]
        one = _id(specs()[relation.target])
        if relation.many:
            kind: object = "array" if relation.name in spec.resource.required else ["array", "null"]
            return {"type": kind, "items": one}
        # Forms have no null, so an empty text is none, too.
        return {"anyOf": [one, {"enum": ["", None]}]} if relation.nullable else one
    if key in spec.computed:
        return {"anyOf": [_computed(spec, key), {"type": "null"}]}
    return _writable_column(spec.columns[key])


def _writable_column(column: Column) -> Schema:
    if column.wire_type in ("image", "file"):
        return {"type": ["string", "null"], "format": "binary"}
    schema = dict(_WIRE.get(column.wire_type, {"type": "string"}))
    if column.wire_type == "duration":
        schema = {"type": "string"}
    if isinstance(column.field, DetailsField):
        schema = {"type": ["object", "array"], "description": column.help_text + ABOUT_WRITING}
    elif isinstance(column.field, StructureField):
        schema = {"type": ["object", "array"]}
    if takes_null(column):
        schema = _or_null(schema)
    options = _options(column)
    if options:
        schema["enum"] = [*options, *([None] if takes_null(column) else [])]
    elif column.field.max_length:
        schema["maxLength"] = column.field.max_length
    if not options and is_text(column) and (pattern := _pattern(column)):
        schema["pattern"] = pattern
    return schema


def _pattern(column: Column) -> str:
    if column.name in NAMES:
        return NAME_OR_BLANK if column.field.blank else NAME
    return "" if column.field.blank else NOT_BLANK


# -- small parts ------------------------------------------------------------------------------------------------------


def _doc(spec: Spec) -> str:
    return " ".join((spec.model.__doc__ or "").split())


def _object(
    about: str,
    properties: dict[str, Schema],
    *,
    required: Iterable[str] = (),
    others: Schema | None = None,
    closed: bool = False,
) -> Schema:
    schema: Schema = {"type": "object", "description": about}
    if properties:
        schema["properties"] = properties
    if required:
        schema["required"] = list(required)
    if others is not None or closed:
        schema["additionalProperties"] = others if others is not None else False
    return schema
