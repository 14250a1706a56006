"""The values of a record as lines with labels, in groups: fields, details, coordinates, entries of a log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from brainstem.core.model.registry import Spec, specs, through_relation, user_spec
from brainstem.web import formats

from . import words
from .cells import NONE, Cell, Chip, chips_cell, column_cell, json_cell, table_cell
from .details import MOST_ENTRIES, details_cell, entries_cell, in_order, title_of
from .faces import face_of
from .forms.alone import Unit
from .gathering import Gathering
from .meanings import help_of

# At the side, in the head, or nowhere.
ELSEWHERE = frozenset(
    {"id", "links", "created_at", "updated_at", "created_by", "tags", "users", "groups", "authenticated_groups",
     "contributors", "type_schema_version", "coordinates_schema_version", "rrid_url", "groups_own_json",
     "is_public", "extra_fields"}
)  # fmt: skip
WIDE = frozenset({"description", "notes", "abstract", "comments", "appearance"})
DETAILS = {"details": "type", "coordinates_details": "coordinates_system"}
# Lists of objects -> the key of each that names a person.
PEOPLE_IN = {"user_roles": "user", "entries": "performed_by"}
MOST_CHIPS = 30
PROJECT = "stem.Project"


@dataclass(frozen=True)
class Line:
    """One value with its label and what it means; ``unit`` is there if the viewer may change it by itself."""

    name: str
    label: str
    cell: Cell
    help: str = ""
    unit: Unit | None = None


@dataclass(frozen=True)
class Group:
    """Lines under a heading, or one value; ``note`` says more about it, and ``adds`` what may be added to it."""

    title: str
    lines: tuple[Line, ...] = ()
    cell: Cell = NONE
    note: str = ""
    adds: str = ""
    unit: Unit | None = None

    @property
    def empty_labels(self) -> list[str]:
        """Labels of the lines without a value, which are folded away."""
        return [line.label for line in self.lines if line.cell.is_empty]

    @property
    def empty_text(self) -> str:
        """The same in a sentence."""
        labels = [one.lower() if one[1:2].islower() else one for one in self.empty_labels]
        return ", ".join(labels[:6]) + (" …" if len(labels) > 6 else "")


Record = Mapping[str, object]
Units = Mapping[str, Unit]


def shown_keys(spec: Spec) -> list[str]:
    """The keys that a record's page reads: not the ids of those that refer to it, which may be very many."""
    return [
        key
        for key in spec.keys
        if key not in spec.relations or not spec.relations[key].many or spec.relations[key].owned
    ]


def ask(spec: Spec, record: Record, gathering: Gathering) -> None:
    """Say which names the lines need."""
    for key in (*shown_keys(spec), "created_by"):
        ask_for(spec, key, record.get(key), gathering)


def ask_for(spec: Spec, key: str, value: object, gathering: Gathering) -> None:
    """Say which names one value needs."""
    target = target_of(spec, key)
    if target is not None:
        gathering.name(target, _ids(value)[:MOST_CHIPS])
    elif key in PEOPLE_IN:
        rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        people = [row.get(PEOPLE_IN[key]) for row in rows]
        gathering.name(user_spec(), [one for one in people if one is not None])


def target_of(spec: Spec, key: str) -> Spec | None:
    """The model that a key refers to."""
    if key in spec.relations:
        return specs()[spec.relations[key].target]
    if key in spec.computed and spec.computed[key].kind == "through":
        return specs()[through_relation(spec, key)[-1].target]
    return None


def _ids(value: object) -> list[object]:
    return value if isinstance(value, list) else [value] if value is not None else []


def groups_of(spec: Spec, record: Record, gathering: Gathering, units: Units = MappingProxyType({})) -> list[Group]:
    """Everything that a record says, in groups; ``units`` are the fields that the viewer may change."""
    more = json_cell(record.get("extra_fields"))
    lines = [*_lines(spec, record, gathering, units)]
    if more.is_empty and (unit := units.get("extra_fields")):
        lines.append(Line("extra_fields", unit.label, more, unit=unit))
    found = [Group("Fields", tuple(lines))]
    for field, selector in DETAILS.items():
        if field in spec.columns:
            found.append(_details(spec, record, field, selector, units))
    if not more.is_empty:
        found.append(Group("Additional fields", cell=more, unit=units.get("extra_fields")))
    if "entries" in spec.columns:
        found.append(replace(_entries(spec, record, gathering), unit=units.get("entries")))
    return [one for one in found if one.lines or one.adds or one.unit or not one.cell.is_empty]


def _lines(spec: Spec, record: Record, gathering: Gathering, units: Units) -> Iterator[Line]:
    title = face_of(spec).title
    for key in shown_keys(spec):
        if key in ELSEWHERE or key in DETAILS or key == "entries" or (key in title and key != "type"):
            continue
        if not gathering.viewer.shows(spec, key) or _is_project_list(spec, key):
            continue
        yield Line(
            key,
            words.field_name(spec, key),
            value_cell(spec, key, record.get(key), gathering),
            help_of(spec, key),
            units.get(key),
        )


def _is_project_list(spec: Spec, key: str) -> bool:
    """Projects stand at the side."""
    return key in spec.relations and spec.tree.lists == key


def value_cell(spec: Spec, key: str, value: object, gathering: Gathering) -> Cell:
    """What is shown of a key."""
    target = target_of(spec, key)
    if target is not None:
        return related_cell(target, _ids(value), gathering)
    if key == "user_roles":
        return _roles(value, gathering)
    if key in spec.columns:
        return column_cell(spec, spec.columns[key], value, whole=True)
    return json_cell(value)


def related_cell(target: Spec, ids: list[object], gathering: Gathering, *, gone: bool = False) -> Cell:
    """Chips of related records; with ``gone``, also of those that are not there any more."""
    chips = [gathering.chip(target, one) for one in ids[:MOST_CHIPS]]
    missing = Chip(f"Deleted {words.model_name(target)}") if gone else None
    shown = chips_cell([one for chip in chips if (one := chip or missing) is not None], most=MOST_CHIPS)
    return Cell("chips", chips=shown.chips, more=len(ids) - MOST_CHIPS) if len(ids) > MOST_CHIPS else shown


def _roles(value: object, gathering: Gathering) -> Cell:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    people = user_spec()

    def cell(key: str, one: object) -> Cell:
        if key != "user":
            return json_cell(one)
        chip = gathering.chip(people, one)
        return chips_cell([chip] if chip else [Chip("A person")])

    return table_cell(rows, words.sentence, cell)


def _details(spec: Spec, record: Record, field: str, selector: str, units: Units) -> Group:
    group = words.group_of(spec, field)
    name = str(record.get(selector) or "")
    label = words.choices_of(spec, selector).get(name, name)
    title, note = (label or "Details", str(record.get("type_schema_version") or "")) if field == "details" else (
        "Coordinates", label
    )  # fmt: skip
    cell = details_cell(group, name, record.get(field))
    parts = {unit.name.partition(".")[2]: unit for unit in units.values() if unit.name.startswith(f"{field}.")}
    if not parts or cell.kind not in ("pairs", "none"):
        return Group(title, cell=cell, note=note, unit=units.get(field))
    return Group(title, _parts(group, name, record.get(field), parts), note=note)


def _parts(group: str, type_name: str, values: object, parts: Mapping[str, Unit]) -> tuple[Line, ...]:
    """Details one by one, as they can be changed: in the order of the schema, then those that it does not know."""
    held = values if isinstance(values, dict) else {}
    schema = words.schema_of(group, type_name) if group else {}
    return tuple(
        Line(key, title_of(schema, key), json_cell(held.get(key)), unit=parts.get(key))
        for key in dict.fromkeys((*in_order(schema, held), *parts))
    )


def _entries(spec: Spec, record: Record, gathering: Gathering) -> Group:
    entries = record.get("entries")
    rows = [row for row in entries if isinstance(row, dict)] if isinstance(entries, list) else []
    people = {str(one): gathering.caption(user_spec(), one) for row in rows if (one := row.get("performed_by"))}
    cell = entries_cell(words.type_group(spec), str(record.get("type") or ""), rows, people)
    number = formats.count(len(rows))
    note = f"the newest {MOST_ENTRIES} of {number}" if len(rows) > MOST_ENTRIES else number
    return Group("Entries", cell=cell, note=note, adds="entry")


__all__ = [
    "DETAILS", "MOST_CHIPS", "PROJECT", "Group", "Line", "Record", "ask", "ask_for", "groups_of", "related_cell",
    "shown_keys", "target_of", "value_cell",
]  # fmt: skip
