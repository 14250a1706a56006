"""What models are called on lists, records, forms and in histories, with the words for fields and values. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from brainstem.core.model.registry import Spec
from brainstem.core.types.labels import (
    choices_of,
    detail_name,
    field_name,
    group_of,
    label_of,
    schema_of,
    sentence,
    type_group,
)
from brainstem.web import formats

MODELS: Mapping[str, tuple[str, str]] = {
    "stem.SessionDataStorage": ("place of data", "places of data"),
    "personal_attributes.DataStorage": ("data storage", "data storage"),
    "modules.DataAcquisition": ("data acquisition", "data acquisition"),
    "users.User": ("person", "people"),
    "modules.Equipment": ("equipment", "equipment"),
}
YES, NO = "Yes", "No"


@cache
def model_name(spec: Spec) -> str:
    """A model in the middle of a sentence: "data acquisition"."""
    return MODELS[spec.label][0] if spec.label in MODELS else str(spec.model._meta.verbose_name)


@cache
def models_name(spec: Spec) -> str:
    """Its plural at the head of a page: "Data acquisition"."""
    plural = MODELS[spec.label][1] if spec.label in MODELS else str(spec.model._meta.verbose_name_plural)
    return sentence(plural)


def counted(spec: Spec, count: int) -> str:
    """A number of records: "3 subjects"."""
    name = model_name(spec) if count == 1 else models_name(spec)
    return f"{formats.count(count)} {name[:1].lower()}{name[1:]}"


__all__ = [
    "NO", "YES", "choices_of", "counted", "detail_name", "field_name", "group_of", "label_of", "model_name",
    "models_name", "schema_of", "sentence", "type_group",
]  # fmt: skip
