"""JSON Schema of a type -> controls. Pure: reads dictionaries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brainstem.core.types.quantities import is_quantity

from ..words import label_of
from .leaves import Choice, Number, Option, Scalar, Text, Truth, text_of
from .lists import Choices, Numbers, Texts
from .measures import Quantity
from .nodes import Group, Node, Rows
from .structures import NamedValues, named

Schema = Mapping[str, Any]
SEVERAL = 4  # lines of a text that is meant to be long


def details_of(key: str, schema: Schema | None, *, is_list: bool) -> Node:
    """The controls for the details of a type; names and values where nothing is known about them."""
    if schema is None:
        return NamedValues(key=key, label=label_of(key), row=named())
    if is_list:
        return Rows(key=key, label=_label(key, schema), help=_help(schema), row=_row(schema), nothing=[])
    return group(key, schema)


def group(key: str, schema: Schema) -> Group:
    """The controls for an object."""
    needed = {*schema.get("required", ()), *schema.get("x-required-in-form", ())}
    parts = [node(name, one, needed=name in needed) for name, one in schema.get("properties", {}).items()]
    parts.sort(key=lambda part: not part.required)  # stable: the others stay in their order
    return Group(key=key, label=_label(key, schema), help=_help(schema), parts=tuple(parts))


def node(key: str, schema: Schema, *, needed: bool) -> Node:
    """The control for one property."""
    about: dict[str, Any] = {"key": key, "label": _label(key, schema), "help": _help(schema), "required": needed}
    if (found := _quantity(schema)) is not None:
        return Quantity(**about, **found)
    if "enum" in schema:
        return Choice(**about, options=_options(schema))
    kind = schema.get("type")
    if kind == "array":
        return _list(about, schema)
    if kind == "object":
        inner = group(key, schema)
        return Group(**about, parts=inner.parts) if inner.parts else NamedValues(**about, row=named())
    if kind in ("number", "integer"):
        return Number(**about, whole=kind == "integer", hint=_hint(schema))
    if kind == "boolean":
        return Truth(**about)
    return Text(
        **about,
        lines=SEVERAL if schema.get("format") == "textarea" else 1,
        suggestions=_known(schema),
        hint="HH:MM" if schema.get("format") == "time" else _hint(schema),
    )


def _list(about: dict[str, Any], schema: Schema) -> Node:
    items = schema.get("items", {})
    if "enum" in items:
        return Choices(**about, options=_options(items))
    if items.get("type") == "object":
        return Rows(**about, row=_columns(schema) if "x-columns" in items else _row(schema), nothing=[])
    if items.get("type") in ("number", "integer"):
        return Numbers(**about, whole=items["type"] == "integer", empty=[])
    return Texts(**about, suggestions=(*_known(items), *_known(schema)))


def _row(schema: Schema) -> Group:
    return group("", schema["items"])


def _columns(schema: Schema) -> Group:
    """The columns of a table whose keys only its example tells."""
    columns = schema["items"]["x-columns"]
    keys = [_key(column["label"]) for column in columns]
    parts = (
        Scalar(key=key, label=column["label"], required=column.get("required", False))
        for key, column in zip(keys, columns, strict=True)
    )
    return Group(key="", parts=tuple(parts))


def _key(label: str) -> str:
    """The key of a column: the first word of its label."""
    return label.split(maxsplit=1)[0].lower()


def _quantity(schema: Schema) -> dict[str, Any] | None:
    options = [schema, *schema.get("anyOf", ())]
    found = next((option for option in options if is_quantity(option)), None)
    if found is None:
        return None
    units = tuple(found["properties"]["unit"].get("enum", ()))
    default = found.get("default", schema.get("default", {})).get("unit") or next(iter(units), "")
    bare = found is not schema
    return {"units": units, "default": default, "bare": bare, "hint": _hint(schema)}


def _options(schema: Schema) -> tuple[Option, ...]:
    labels = schema.get("x-enum-labels", {})
    return tuple(
        Option(text_of(one), f"{one}: {labels[text_of(one)]}" if text_of(one) in labels else text_of(one), one)
        for one in schema["enum"]
    )


def _label(key: str, schema: Schema) -> str:
    title = str(schema.get("title") or "")
    return title if title and title != "Row" else label_of(key)


def _help(schema: Schema) -> str:
    return str(schema.get("description", ""))


def _hint(schema: Schema) -> str:
    """What it usually is: a hint only, so that nobody saves it without having read it."""
    usual = schema.get("x-form-default")
    if isinstance(usual, dict):
        usual = " ".join(text_of(part) for part in (usual.get("value"), usual.get("unit")) if part is not None)
    return "" if usual is None else f"usually {text_of(usual)}"


def _known(schema: Schema) -> tuple[str, ...]:
    return tuple(map(text_of, schema.get("x-known-values", ())))
