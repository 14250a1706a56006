"""How related records are named in a select: enough to tell them apart, from one statement.

Pure: a record as the API shows it -> a text.
"""

from __future__ import annotations

from functools import cache

from brainstem.core.model.fields import TypeField
from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.syntax import Query, Sort
from brainstem.core.types.schemas import current

# Model -> the values in its name, in order; the first one stands alone, the others follow.
PATHS: dict[str, tuple[str, ...]] = {
    "dissemination.Publication": ("title",),
    "modules.Behavior": ("behavioralassay.name", "setup.name", "session.name"),
    "modules.ConsumableStock": ("type", "consumable.name", "inventory.name", "storage_location"),
    "modules.DataAcquisition": ("type", "session.name", "notes"),
    "modules.Equipment": ("name", "type", "setup.name"),
    "modules.Manipulation": ("type", "session.name", "notes"),
    "modules.Procedure": ("subject.name", "type", "notes"),
    "modules.ProcedureLog": ("type", "description"),
    "modules.SubjectLog": ("subject.name", "type", "description"),
    "personal_attributes.License": ("name", "license_number"),
    "resources.Consumable": ("name", "supplier.name"),
    "resources.HardwareDevice": ("name", "supplier.name"),
    "stem.Collection": ("name", "project.name"),
    "stem.Epoch": ("name", "session.name"),
    "taxonomies.BrainRegion": ("acronym", "name"),
    "taxonomies.Species": ("name", "popular_name"),
    "taxonomies.Strain": ("name", "species.name"),
    "users.Laboratory": ("institution", "department"),
    "users.User": ("first_name", "last_name", "email"),
}
SEPARATOR = " · "
LONGEST = 120


@cache
def query_of(label: str) -> Query:
    """What has to be read of records to name them, in the order of a select."""
    spec, paths = specs()[label], _paths(label)
    tops = {path[0] for path in paths} | {"id"}
    includes = tuple(dict.fromkeys(path[:1] for path in paths if len(path) > 1))
    excludes: list[tuple[str, ...]] = [(key,) for key in spec.keys if key not in tops]
    for (name,) in includes:
        below = specs()[spec.relations[name].target]
        wanted = {path[1] for path in paths if path[0] == name} | {"id"}
        excludes += [(name, key) for key in below.keys if key not in wanted]
    sorts = (Sort(paths[0][:1], False),) if len(paths[0]) == 1 and paths[0][0] in spec.columns else ()
    return Query(includes=includes, excludes=tuple(excludes), sorts=sorts)


def name_of(label: str, record: dict[str, object]) -> str:
    """The name of a record; its id if there is nothing else."""
    spec = specs()[label]
    parts = [_text(spec, path, record) for path in _paths(label)]
    if label == "users.User":
        person = " ".join(part for part in parts[:2] if part)
        parts = [person, parts[2]]
    text = SEPARATOR.join(part for part in parts if part) or str(record.get("id", ""))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


@cache
def _paths(label: str) -> tuple[tuple[str, ...], ...]:
    spec = specs()[label]
    default = tuple(key for key in ("name", "title", "type") if key in spec.keys)[:1] or ("id",)
    found = tuple(tuple(path.split(".")) for path in PATHS.get(label, default))
    return tuple(path for path in found if path[0] in spec.keys)


def _text(spec: Spec, path: tuple[str, ...], record: object) -> str:
    value: object = record
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    column = spec.columns.get(path[0]) if len(path) == 1 else None
    if column is not None and isinstance(column.field, TypeField) and isinstance(value, str):
        schema = current(column.field.schema_group, value)
        return schema.label if schema else value
    return " ".join(str(value).split()) if isinstance(value, str | int) else ""
