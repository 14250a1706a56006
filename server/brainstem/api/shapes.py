"""How the description (OpenAPI) points to the shapes of answers, for the handlers that describe theirs."""

from __future__ import annotations

from typing import Any

from brainstem.core.model.registry import Spec

Schema = dict[str, Any]


def ref(name: str, kind: str = "schemas") -> Schema:
    """A pointer to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def name_of(spec: Spec) -> str:
    """Name of a model's components: the class name, which no two models share."""
    return str(spec.model.__name__)


def one_of(spec: Spec) -> Schema:
    """One record below its name."""
    return ref(f"{name_of(spec)}One")


def closed(properties: dict[str, Any], *, required: list[str] | None = None) -> Schema:
    """An object with these keys and no others; all are required unless ``required`` names some."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
        "additionalProperties": False,
    }
