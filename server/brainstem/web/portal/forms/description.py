"""The form of a model and its types: sections and controls in order. Reads declarations and type schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from brainstem.apps.modules.log_entries import kind_of
from brainstem.core.model.fields import DetailsField, StructureField, TypeField
from brainstem.core.model.registry import Spec, specs, user_spec
from brainstem.core.query.choices import offered_types
from brainstem.core.types.schemas import TypeSchema, current
from brainstem.core.write.checks import required_names

from ..words import label_of, model_name, sentence
from .columns import control_of
from .leaves import Text
from .measures import Moment
from .nodes import ABSENT, WAS, Group, Node, Rows
from .relations import One
from .schema import details_of, group
from .sent import Sent

ENTRIES = "entries"
SHARING = ("authenticated_groups", "is_public")
# Maps of people and groups to their levels have a page of their own.
ELSEWHERE = frozenset({"users", "groups"})


@dataclass(frozen=True)
class Section:
    """A part of the page under one heading."""

    key: str
    title: str
    help: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Form:
    """The controls of one model, for records of one type; or one of them, of the ``whole`` form."""

    spec: Spec
    sections: tuple[Section, ...]
    whole: Form | None = None

    @property
    def nodes(self) -> Iterator[Node]:
        """All controls at the top, in order."""
        for section in self.sections:
            yield from section.nodes

    @property
    def log(self) -> Entries | None:
        """The control for the entries of a log, if it has one."""
        return next((node for node in self.nodes if isinstance(node, Entries)), None)

    def units(self) -> Iterator[tuple[tuple[str, ...], Node]]:
        """What is compared and merged by itself: each field, and each value in details."""
        for node in self.nodes:
            if isinstance(node, Group):
                yield from (((node.key, part.key), part) for part in node.parts)
            else:
                yield (node.key,), node


@dataclass(frozen=True, kw_only=True)
class Entries(Rows):
    """The entries of a log, each known by its time; they are written one by one."""

    kind = "entries"

    time: str
    end: str

    def draw(self, value: object) -> Sent:
        """The entries, and in the hidden control which ones they were: those that do not come back were removed."""
        drawn = super().draw(value)
        return Sent([" ".join(row.at(WAS).text for row in drawn.rows())], drawn.parts)

    def row_details(self) -> dict[str, object]:
        """The details of an entry for which nothing was typed."""
        found = next(part.least() for part in self.row.parts if part.key == "details")
        return found if isinstance(found, dict) else {}

    def mark(self, number: int, row: object) -> str:  # noqa: ARG002
        """The stored time of the entry and a digest of what the form shows of it."""
        if not isinstance(row, dict):
            return ""
        return f"{row.get(self.time, '')}~{self.row.digest(self.row.draw(row))}"


def selectors(spec: Spec) -> tuple[str, ...]:
    """Keys whose value decides which controls there are: the type, the coordinate system, the type of a log."""
    found = [column.field.selector for column in spec.columns.values() if isinstance(column.field, DetailsField)]
    if _has_entries(spec):
        found.append("type")
    return tuple(name for name in dict.fromkeys(found) if _group_of(spec, name))


def form_of(spec: Spec, chosen: Mapping[str, str], *, zone: str, without: frozenset[str] = frozenset()) -> Form:
    """The form for records with these values of the selectors, as somebody in a time zone sees it.

    ``without`` are keys that this person may not set.
    """
    values = tuple((name, chosen.get(name, "")) for name in selectors(spec))
    return _form(spec.label, values, zone, without)


@lru_cache(maxsize=512)
def _form(label: str, chosen: tuple[tuple[str, str], ...], zone: str, without: frozenset[str]) -> Form:
    spec = specs()[label]
    made = [section for section in _sections(spec, dict(chosen), zone, without) if section.nodes]
    return Form(spec, tuple(made))


def _sections(spec: Spec, chosen: Mapping[str, str], zone: str, without: frozenset[str]) -> Iterator[Section]:
    names = [name for name in _ordered(spec) if name not in without and name not in ELSEWHERE]
    nodes = {name: node for name in names if (node := control_of(spec, name, zone)) is not None}
    tables = {name: node for name, node in nodes.items() if isinstance(node, Rows)}
    late = {*tables, *SHARING, "coordinates_system"}
    general = [node for name, node in nodes.items() if name not in late]
    general.sort(key=lambda node: isinstance(node, Text) and node.rich)  # notes below what is chosen in a moment
    yield Section("general", _title(spec), "", tuple(general))
    if "details" in names:
        yield _details(spec, chosen, "details")
    if "coordinates_details" in names:
        yield _coordinates(spec, chosen, nodes)
    if _has_entries(spec) and chosen.get("type"):
        yield _entries(spec, chosen["type"], zone)
    for name, table in tables.items():
        yield Section(name, table.label, table.help, (replace(table, label="", help=""),))
    yield Section("sharing", "Sharing", "", tuple(nodes[name] for name in SHARING if name in nodes))


def _ordered(spec: Spec) -> list[str]:
    """Writable keys: first those that a new record needs, the type before all."""
    names = [name for name in spec.keys if spec.writable(name)]
    needed = {*required_names(spec)}
    return sorted(names, key=lambda name: (name not in needed, name != "type" or name not in needed))


def _title(spec: Spec) -> str:
    return sentence(model_name(spec))


def _group_of(spec: Spec, selector: str) -> str:
    field = spec.columns[selector].field if selector in spec.columns else None
    return field.schema_group if isinstance(field, TypeField) else ""


def _schema(spec: Spec, chosen: Mapping[str, str], selector: str) -> TypeSchema | None:
    return current(_group_of(spec, selector), chosen.get(selector, ""))


def _details(spec: Spec, chosen: Mapping[str, str], name: str) -> Section:
    field = spec.columns[name].field
    has_types, schema = bool(_group_of(spec, field.selector)), _schema(spec, chosen, field.selector)
    if has_types and schema is None:
        return Section(name, "", "", ())  # Nothing is known before a type is chosen.
    is_list = field.get_default() == []
    node = details_of(name, schema.body if schema else None, is_list=is_list)
    return Section(name, schema.label if schema else "Details", node.help, (replace(node, label="", help=""),))


def _coordinates(spec: Spec, chosen: Mapping[str, str], nodes: Mapping[str, Node]) -> Section:
    """The coordinate system and the numbers in it; types that have coordinates need a system."""
    below, name = _details(spec, chosen, "coordinates_details"), "coordinates_system"
    needed = bool(offered_types(_group_of(spec, "type"), chosen.get("type", ""), name))
    system = (replace(nodes[name], required=True),) if needed and name in nodes else ()
    if not system and name in nodes and (chosen.get(name) or not chosen.get("type")):
        system = (nodes[name],)
    return Section("coordinates_details", "Coordinates", below.help, (*system, *below.nodes))


def _has_entries(spec: Spec) -> bool:
    column = spec.columns.get(ENTRIES)
    return column is not None and isinstance(column.field, StructureField) and "add_entry" in spec.resource.actions


def _entries(spec: Spec, log_type: str, zone: str) -> Section:
    kind = kind_of(spec.model.__name__, log_type)
    schema = current(_group_of(spec, "type"), log_type)
    times: list[Node] = [Moment(key=kind.time, label=label_of(kind.time), required=True, zone=zone)]
    if kind.end:
        ongoing = "Leave it empty while the interval is ongoing."
        times.append(Moment(key=kind.end, label=label_of(kind.end), help=ongoing, empty=None, zone=zone))
    details = group("details", schema.body) if schema else Group(key="details", parts=())
    parts = (
        *times,
        replace(details, label="", help=""),
        One(key="performed_by", label=label_of("performed_by"), target=user_spec().label, empty=None),
        Text(key="notes", label=label_of("notes"), empty=None),
    )
    row = Group(key="", parts=parts)
    table = Entries(key=ENTRIES, row=row, time=kind.time, end=kind.end, nothing=[])
    return Section(ENTRIES, "Entries", str(details.help), (table,))


__all__ = ["ABSENT", "ENTRIES", "Entries", "Form", "Section", "form_of", "selectors"]
