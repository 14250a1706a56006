"""What can be changed of many records of a model at once, from its form and from the lists of others that name it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from brainstem.core.model.registry import Relation, Spec, specs
from brainstem.core.write.proposals import approvals_of

from .. import words
from ..forms.alone import alone
from ..forms.description import SHARING, Form, Section, form_of, selectors
from ..forms.doors import fixed
from ..forms.leaves import Switch
from ..forms.lists import Choices, Tags, Texts
from ..forms.nodes import Node, Rows
from ..forms.relations import File, Many, One
from ..where import Where, offered
from ..zone import zone_for

SET, CLEAR, ADD, REMOVE = "set", "clear", "add", "remove"
HOWS = {ADD: "Add", REMOVE: "Remove", SET: "Set to", CLEAR: "Clear"}
INTO = "into"  # the control of the record into whose list others are put
DELETE = "delete"
PUBLIC = "is_public"  # publishing has a page of its own, which shows what it means
FIELDS, LISTS, SEEN, MEMBERS = "A field", "A list", "Who sees them", "Lists of other records"


@dataclass(frozen=True)
class Offer:
    """Something that can be changed: of which form its one control is, and how.

    ``relation`` is that of another model whose list the records are added to or removed from.
    """

    name: str
    label: str
    group: str
    form: Form
    hows: tuple[str, ...]
    relation: Relation | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """Name of the control, in parts."""
        return (INTO,) if self.relation is not None else tuple(self.name.split("."))

    @property
    def node(self) -> Node:
        """The control."""
        return dict(self.form.units())[self.path]


def changeable(where: Where) -> bool:
    """Whether records of this list are changed here at all; proposals are made one by one."""
    return where.writes and "change" in where.spec.resource.verbs and not where.proposes


def offers_of(where: Where, type_name: str) -> dict[str, Offer]:
    """Everything that can be changed, by name; details if all records are of one type. No query."""
    spec = where.spec
    chosen = {"type": type_name} if type_name and "type" in selectors(spec) else {}
    form = form_of(spec, chosen, zone=zone_for(where.request), without=fixed(spec, where.portal) | {PUBLIC})
    found = [*_fields(form), *_members(where)]
    return {one.name: one for one in found}


def grouped(offers: Mapping[str, Offer]) -> list[tuple[str, list[Offer]]]:
    """The same under their headings."""
    groups = ((name, [one for one in offers.values() if one.group == name]) for name in (FIELDS, LISTS, SEEN, MEMBERS))
    return [(name, found) for name, found in groups if found]


def shortcuts(where: Where) -> list[Offer]:
    """What the bar of a list offers beside a field: tags, who sees them, and the lists of others."""
    if not changeable(where):
        return []
    found = offers_of(where, "").values()
    return [one for one in found if one.group in (SEEN, MEMBERS) or isinstance(one.node, Tags)]


def _fields(form: Form) -> Iterator[Offer]:
    spec = form.spec
    for path, node in form.units():
        name = ".".join(path)
        if name in selectors(spec) or isinstance(node, Rows | File):
            continue
        part = alone(form, name)
        yield Offer(name, part.sections[0].title, _group(spec, name, node), part, _hows(node))


def _group(spec: Spec, name: str, node: Node) -> str:
    if name in SHARING or (name == spec.tree.place and isinstance(node, Many)):
        return SEEN
    return LISTS if _is_list(node) else FIELDS


def _is_list(node: Node) -> bool:
    return isinstance(node, Many | Tags | Choices | Texts)


def _hows(node: Node) -> tuple[str, ...]:
    found = (ADD, REMOVE, SET) if _is_list(node) else (SET,)
    return found if node.required or isinstance(node, Switch) else (*found, CLEAR)


def _members(where: Where) -> Iterator[Offer]:
    """The lists of other models that name such records, such as the subjects of a cohort."""
    for other in specs().values():
        if not offered(other, where.portal) or "change" not in other.resource.verbs or other.tree.is_people:
            continue
        if approvals_of(other) is not None and not where.viewer.actor.is_admin:
            continue
        for name, relation in other.relations.items():
            named = relation.many and relation.owned and relation.target == where.spec.label
            if named and other.writable(name) and name != other.tree.place:
                label = words.sentence(words.model_name(other))
                picker = One(key=INTO, label=label, target=other.label, required=True)
                form = Form(where.spec, (Section(INTO, label, "", (picker,)),))
                yield Offer(f"{other.label}.{name}", label, MEMBERS, form, (ADD, REMOVE), relation)


__all__ = [
    "ADD", "CLEAR", "DELETE", "HOWS", "INTO", "REMOVE", "SET", "Offer", "changeable", "grouped", "offers_of",
    "shortcuts",
]  # fmt: skip
