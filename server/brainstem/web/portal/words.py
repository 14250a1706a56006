"""What models, fields and values are called on the pages: people's words for the names of the wire. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from brainstem.core.model.fields import TypeField
from brainstem.core.model.registry import Spec, specs
from brainstem.core.types.schemas import current, types_of

# Names whose words are others than their letters; everything else is written as it is named.
FIELDS: Mapping[str, str] = {
    "authgroup": "Group",
    "authenticated_groups": "Groups that may contribute",
    "behavioralassay": "Behavioral assay",
    "behavioralassays": "Behavioral assays",
    "behavioralparadigmapprovals": "Proposed paradigms",
    "behavioralparadigms": "Behavioral paradigms",
    "breedings_as_father": "Breedings as father",
    "breedings_as_mother": "Breedings as mother",
    "can_change": "As contributor",
    "consumablestock": "Consumable stock",
    "consumablestocks": "Stocks",
    "coordinates_details": "Coordinates",
    "coordinates_system": "Coordinate system",
    "created_at": "Created",
    "created_by": "Created by",
    "dataacquisition": "Data acquisition",
    "datastorage": "Data storage",
    "date_time": "Date and time",
    "doi": "DOI",
    "expires_at": "Expires",
    "extra_fields": "Additional fields",
    "groups_own_json": "Own groups",
    "hardwaredevice": "Hardware device",
    "hardwaredevices": "Hardware devices",
    "id": "Identifier",
    "instance_id": "Entry",
    "is_active": "Active",
    "is_public": "Public",
    "manage_project": "As manager",
    "name_used_in_storage": "Name in storage",
    "new_manager": "As manager",
    "new_owner": "As owner",
    "orcid_id": "ORCID",
    "own_project": "As owner",
    "pdf_url": "PDF",
    "procedurelogs": "Procedure logs",
    "publication_url": "Publication",
    "region_id": "Atlas id",
    "rrid": "RRID",
    "rrid_url": "RRID link",
    "sessiondatastorages": "Places of data",
    "start": "Start",
    "subjectlogs": "Subject logs",
    "type_schema_version": "Version of the type",
    "coordinates_schema_version": "Version of the coordinates",
    "updated_at": "Changed",
    "user_account_invitation": "Person",
    "user_account_request": "Person",
    "user_roles": "Roles of people",
}
MODELS: Mapping[str, tuple[str, str]] = {
    "stem.SessionDataStorage": ("place of data", "places of data"),
    "personal_attributes.DataStorage": ("data storage", "data storage"),
    "modules.DataAcquisition": ("data acquisition", "data acquisition"),
    "users.User": ("person", "people"),
    "modules.Equipment": ("equipment", "equipment"),
}
YES, NO = "Yes", "No"


def sentence(text: str) -> str:
    """With a capital at its start."""
    return text[:1].upper() + text[1:]


@cache
def model_name(spec: Spec) -> str:
    """A model in the middle of a sentence: "data acquisition"."""
    return MODELS[spec.label][0] if spec.label in MODELS else spec.singular_name


@cache
def models_name(spec: Spec) -> str:
    """Its plural at the head of a page: "Data acquisition"."""
    plural = MODELS[spec.label][1] if spec.label in MODELS else str(spec.model._meta.verbose_name_plural)
    return sentence(plural)


@cache
def field_name(spec: Spec, name: str) -> str:
    """A field, or a value below one: "Birth date", "Injection volume"."""
    first, _, rest = name.partition(".")
    if rest and first in spec.relations:
        return field_name(specs()[spec.relations[first].target], rest)
    if rest:
        return detail_name(spec, first, rest)
    return FIELDS.get(name) or sentence(name.replace("_", " "))


def detail_name(spec: Spec, field: str, key: str) -> str:
    """A key of the details, as the first of the types that has it calls it."""
    group = group_of(spec, field)
    for name, _ in types_of(group) if group else ():
        title = schema_of(group, name).get(key, {}).get("title")
        if title:
            return str(title)
    return spaced(key)


def spaced(key: str) -> str:
    """A key of JSON as words: ``injectionVolume`` is "Injection volume", ``URL`` stays."""
    if key.isupper():
        return key
    pairs = zip(f" {key}", key, strict=False)
    apart = "".join(f" {sign.lower()}" if sign.isupper() and before.islower() else sign for before, sign in pairs)
    return sentence(" ".join(apart.replace("_", " ").replace(".", " ").split()))


@cache
def schema_of(group: str, name: str) -> Mapping[str, Mapping[str, object]]:
    """The properties of a type, of a row where its details are a list of them."""
    schema = current(group, name)
    body = schema.body if schema else {}
    if body.get("type") == "array":
        body = body.get("items", {})
    found: Mapping[str, Mapping[str, object]] = body.get("properties", {})
    return found


def group_of(spec: Spec, field: str) -> str:
    """The group of type schemas that a column of details, or of a type, follows."""
    column = spec.columns.get(field)
    selector = column and spec.columns.get(getattr(column.field, "selector", field))
    return str(getattr(selector.field, "schema_group", "")) if selector else ""


def type_group(spec: Spec) -> str:
    """The group of the types of a model; empty if its records have none."""
    return group_of(spec, "type") if "type" in spec.columns else ""


@cache
def choices_of(spec: Spec, name: str) -> Mapping[str, str]:
    """The values that a column may have, with their words; empty if it is free."""
    column = spec.columns.get(name)
    if column is None:
        return {}
    if isinstance(column.field, TypeField):
        return dict(types_of(column.field.schema_group))
    return {str(value): str(label) for value, label in column.field.choices or ()}


def help_of(spec: Spec, name: str) -> str:
    """What a field means."""
    if name in spec.columns:
        return spec.columns[name].help_text
    if name in spec.computed:
        return spec.computed[name].help_text
    relation = spec.relations.get(name)
    return str(getattr(relation.field, "help_text", "")) if relation and relation.owned else ""


__all__ = [
    "NO", "YES", "choices_of", "detail_name", "field_name", "group_of", "help_of", "model_name", "models_name",
    "schema_of", "sentence", "spaced", "type_group",
]  # fmt: skip
