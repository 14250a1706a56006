"""What fields and values are called where people read them: "Birth date" rather than ``birth_date``.

The names of columns in lists, records, forms, histories and tables. Pure data, from the declarations and type schemas.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from ..model.fields import TypeField
from ..model.registry import Spec, specs
from .schemas import current, types_of

# Names whose words are others than their letters; everything else is written as it is named.
FIELDS: Mapping[str, str] = {
    "authgroup": "Group",
    "authenticated_groups": "Groups that may edit",
    "behavioralassay": "Behavioral assay",
    "behavioralassays": "Behavioral assays",
    "behavioralparadigmapprovals": "Proposed paradigms",
    "behavioralparadigms": "Behavioral paradigms",
    "breedings_as_father": "Breedings as father",
    "breedings_as_mother": "Breedings as mother",
    "can_change": "As contributor",
    "consumablestock": "Consumable stock",
    "consumable_supplier": "Supplier of the consumable",
    "consumablestocks": "Stocks",
    "coordinates_details": "Coordinates",
    "coordinates_system": "Coordinate system",
    "created_at": "Created",
    "created_by": "Created by",
    "data_organization": "Folder levels",
    "data_protocols": "Ways to access the data",
    "dataacquisition": "Data acquisition",
    "datastorage": "Data storage",
    "date_time": "Date and time",
    "end_date_time": "End",
    "expires_at": "Expires",
    "extra_fields": "Additional fields",
    "groups_own_json": "Own groups",
    "hardware_device_supplier": "Supplier of the device",
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
    "performed_by": "Done by",
    "procedurelogs": "Procedure logs",
    "publication_url": "Publication",
    "region_id": "Atlas ID",
    "rrid_url": "RRID link",
    "sessiondatastorages": "Places of data",
    "start_date_time": "Start",
    "subjectlogs": "Subject logs",
    "type_schema_version": "Version of the type",
    "coordinates_schema_version": "Version of the coordinates",
    "updated_at": "Changed",
    "user_account_invitation": "Person",
    "user_account_request": "Person",
    "user_roles": "Contributions",
}
CAPITALS = {"doi": "DOI", "id": "ID", "orcid": "ORCID", "pdf": "PDF", "rrid": "RRID", "url": "URL"}
_APART = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_.]")


def sentence(text: str) -> str:
    """With a capital at its start."""
    return text[:1].upper() + text[1:]


@cache
def field_name(spec: Spec, name: str) -> str:
    """A field, or a value below one: "Birth date", "Injection volume"."""
    first, _, rest = name.partition(".")
    if rest and first in spec.relations:
        return field_name(specs()[spec.relations[first].target], rest)
    if rest:
        return detail_name(spec, first, rest)
    return label_of(name)


def detail_name(spec: Spec, field: str, key: str) -> str:
    """A key of the details, as the first of the types that has it calls it."""
    group = group_of(spec, field)
    for name, _ in types_of(group) if group else ():
        title = schema_of(group, name).get(key, {}).get("title")
        if title:
            return str(title)
    return label_of(key)


def label_of(name: str) -> str:
    """A name of the wire, whatever has it: ``birth_date`` is "Birth date", ``frameRate`` is "Frame rate"."""
    if name in FIELDS:
        return FIELDS[name]
    if " " in name:
        return sentence(name)
    parts = [part for part in _APART.split(name) if part]
    return sentence(" ".join(CAPITALS.get(one.lower(), one if one.isupper() else one.lower()) for one in parts))


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


__all__ = [
    "choices_of",
    "detail_name",
    "field_name",
    "group_of",
    "label_of",
    "schema_of",
    "sentence",
    "type_group",
]
