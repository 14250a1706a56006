"""What can be imported: the models whose records can be added, and the columns of the released templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from brainstem.core.access.viewer import Viewer
from brainstem.core.imports.columns import match, targets_of
from brainstem.core.imports.telling import model_name
from brainstem.core.model.registry import Spec, routes
from brainstem.core.types.quantities import is_quantity

from .. import words
from ..navigation import sections
from ..where import can_add

# As released: name of the sheet -> its model and columns.
TEMPLATES: Mapping[str, tuple[str, Sequence[str]]] = {
    "Projects": ("stem/project", (
        "project__name", "project__description", "project__is_public", "project__tags",
        "project__authenticated_groups", "project__users__can_change", "project__users__is_manager",
        "project__users__is_owner",
    )),
    "Subjects": ("stem/subject", (
        "project__name", "subject__name", "subject__sex", "subject__description", "subject__strain",
        "subject__genetic_line", "subject__subject_identifier", "subject__supplier", "subject__birth_date",
        "subject__death_date", "subject__tags", "subject__name_used_in_storage",
    )),
    "Procedures": ("modules/procedure", (
        "subject__name", "procedure__type", "procedure__notes", "procedure__date_time", "procedure__atlas",
        "procedure__brain_region", "procedure__brain_region_acronym", "procedure__coordinates",
        "procedure__coordinates_data", "procedure__consumablestock", "procedure__equipment", "procedure__details",
    )),
    "Subject Logs": ("modules/subjectlog", (
        "subject__name", "subject_log__type", "subject_log__description", "subject_log__entry_datetime",
        "subject_log__entry_start_datetime", "subject_log__entry_end_datetime", "subject_log__entry_notes",
        "subject_log__entry_data",
    )),
    "Sessions": ("stem/session", (
        "project__name", "session__name", "session__description", "session__date_time", "session__tags",
        "session__data_storage", "session_name_in_data_storage",
    )),
    "Behaviors": ("modules/behavior", (
        "session__name", "subject__name", "behavior__setup", "behavior__behavioral_paradigm",
    )),
    "Data Acquisition": ("modules/dataacquisition", (
        "session__name", "data_acquisition__type", "data_acquisition__procedures", "data_acquisition__equipment",
        "data_acquisition__notes", "data_acquisition__details",
    )),
    "Manipulations": ("modules/manipulation", (
        "session__name", "manipulation__type", "manipulation__procedures", "manipulation__equipment",
        "manipulation__notes", "manipulation__details",
    )),
    "Epochs": ("stem/epoch", (
        "project__name", "session__name", "epoch__name", "epoch__start", "epoch__end", "epoch__behavior",
        "epoch__dataacquisition", "epoch__manipulation",
    )),
    "Cohorts": ("stem/cohort", (
        "project__name", "cohort__name", "cohort__subjects", "cohort__description", "cohort__tags",
    )),
    "Collections": ("stem/collection", (
        "project__name", "collection__name", "collection__sessions", "collection__description", "collection__tags",
    )),
}  # fmt: skip
_NOT_TYPED = frozenset(
    {"id", "type_schema_version", "coordinates_schema_version", "extra_fields", "authenticated_groups"}
)
_NO_CELLS = frozenset({"image", "file"})


@dataclass(frozen=True)
class Kind:
    """A model to import, and how a form names it."""

    path: str
    label: str
    spec: Spec


def kinds(viewer: Viewer) -> list[tuple[str, list[Kind]]]:
    """What somebody may import, in the groups and the order of the side bar."""
    found = []
    for section in sections("private"):
        items = [one for item in section.items for one in (item, *item.below)]
        some = [Kind(model_name(one.spec), one.label, one.spec) for one in items if imports(one.spec, viewer)]
        if some:
            found.append((section.title, some))
    return found


def imports(spec: Spec, viewer: Viewer) -> bool:
    """Whether somebody may import records of a model: with tables, nobody proposes entries of catalogues."""
    offered = "add" in spec.resource.verbs and "private" in spec.resource.portals and spec.tree.offer is None
    return offered and not spec.tree.keeps_proposals and can_add(spec, viewer)


def import_url(spec: Spec, viewer: Viewer) -> str:
    """Where records of a model are imported; empty if the viewer imports none."""
    return f"/private/import-tool/?model={model_name(spec)}" if imports(spec, viewer) else ""


def spec_of_path(path: str) -> Spec | None:
    """The model that a form names: ``stem/subject``."""
    app, _, segment = path.partition("/")
    spec = routes().get((app, segment))
    return spec if spec is not None and model_name(spec) == path and "add" in spec.resource.verbs else None


def spec_of_sheet(name: str) -> Spec | None:
    """The model that a sheet is called after, in the singular or plural; None if it is called otherwise."""
    return _by_name().get(name.strip().casefold().replace(" ", "").replace("_", ""))


@cache
def _by_name() -> Mapping[str, Spec]:
    found: dict[str, Spec] = {}
    for spec in routes().values():
        if "add" in spec.resource.verbs and "private" in spec.resource.portals:
            names = (spec.segment, spec.resource.singular, spec.resource.plural, words.models_name(spec))
            for name in names:
                found.setdefault(name.casefold().replace(" ", "").replace("_", ""), spec)
    for name, (path, _) in TEMPLATES.items():
        if (found_spec := spec_of_path(path)) is not None:
            found[name.casefold().replace(" ", "")] = found_spec
    return found


def heads_of(spec: Spec, type_name: str = "") -> list[str]:
    """The columns of a model's template; with a type, also those of its details."""
    released = next((columns for path, columns in TEMPLATES.values() if path == model_name(spec)), None)
    heads = [*released] if released else _heads(spec)
    if not type_name or "details" not in spec.columns:
        return heads
    group = words.type_group(spec)
    details = [_detail(spec, key, part) for key, part in words.schema_of(group, type_name).items()]
    return [head for head in heads if not head.endswith("__details")] + details


def _heads(spec: Spec) -> list[str]:
    """Labels of the fields that somebody types in, in the order of the form."""
    labels = targets_of(spec)
    known = {*spec.columns, *spec.relations, *(("tags",) if spec.has_tags else ())}
    keys = [key for key in spec.keys if key in labels and key in known and key not in _NOT_TYPED]
    typed = [key for key in keys if key not in spec.columns or spec.columns[key].wire_type not in _NO_CELLS]
    return [labels[key] for key in typed if match(spec, [labels[key]]).keys == {key}]


def _detail(spec: Spec, key: str, part: Mapping[str, object]) -> str:
    """The head of a value in details: its title with the unit, unless that means another value."""
    options = [part, *part.get("anyOf", ())]  # type: ignore[misc]
    unit = next((_unit(one) for one in options if is_quantity(one)), "")
    head = f"{part.get('title') or words.label_of(key)}{f' ({unit})' if unit else ''}"
    found = match(spec, [head]).columns
    return head if found and str(found[0].target) == f"details.{key}" else f"details.{key}"


def _unit(part: Mapping[str, object]) -> str:
    below = part.get("properties", {}).get("unit", {})  # type: ignore[attr-defined]
    return str(below.get("default") or next(iter(below.get("enum", ())), ""))


__all__ = ["TEMPLATES", "Kind", "heads_of", "import_url", "imports", "kinds", "spec_of_path", "spec_of_sheet"]
