"""The lists of choices, as OpenAPI describes them."""

from __future__ import annotations

from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.choices import code_fields, contexts, relation_fields

from ..options import CODES
from ..shapes import Schema, closed, name_of, page_of, ref

CODES_NAME = "CodeList"


def options_parameters(spec: Spec) -> list[Schema]:
    """The field to choose for, and what narrows the choice."""
    fields: Schema = {"type": "string", "enum": [*relation_fields(spec), *code_fields(spec)]}
    about = "Field to choose for; the related model's filters apply."
    found: list[Schema] = [{"name": "field", "in": "query", "required": True, "description": about, "schema": fields}]
    for name in contexts(spec):
        about = f"Only what fits this {name.replace('_', ' ')}; ignored where it says nothing about the field."
        found.append({"name": name, "in": "query", "description": about, "schema": {"type": "string"}})
    return found


def options_answer(spec: Spec) -> Schema:
    """Lists of the related models, or of codes."""
    targets = dict.fromkeys(name_of(specs()[spec.relations[name].target]) for name in relation_fields(spec))
    lists = [ref(f"{name}List") for name in targets]
    return {"anyOf": [*lists, ref(CODES_NAME)] if code_fields(spec) else lists}


def code_list() -> dict[str, Schema]:
    """A page of types or coordinate systems."""
    code = {"value": {"type": "string"}, "label": {"type": "string"}, "group": {"type": ["string", "null"]}}
    return {CODES_NAME: page_of(CODES, closed(code)) | {"description": "Codes of the type schemas that may be chosen."}}
