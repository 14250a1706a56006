"""Shapes of responses in OpenAPI, for the handlers that describe theirs."""

from __future__ import annotations

from typing import Any

from brainstem.core.model.registry import Spec

JsonObject = dict[str, Any]
Schema = JsonObject


def ref(name: str, kind: str = "schemas") -> Schema:
    """A reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def name_of(spec: Spec) -> str:
    """Name of a model's components: the class name, which no two models share."""
    return str(spec.model.__name__)


def one_of(spec: Spec) -> Schema:
    """One record under its name."""
    return ref(f"{name_of(spec)}One")


def closed(properties: dict[str, Any], *, required: list[str] | None = None) -> Schema:
    """An object with these keys and no others; all are required unless ``required`` names some."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
        "additionalProperties": False,
    }


def page_of(name: str, record: Schema) -> Schema:
    """A page of a list: the records under their name, and links to the other pages."""
    return closed(
        {
            name: {"type": "array", "items": record},
            "count": {"type": "integer", "minimum": 0},
            "next": {"type": ["string", "null"]},
            "previous": {"type": ["string", "null"]},
            "meta": ref("Meta"),
        }
    )
