"""One field of a form by itself, as it is changed on the page of its record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from django.http import QueryDict

from brainstem.core.errors import Invalid
from brainstem.core.model.registry import Spec
from brainstem.core.text.shown import shown
from brainstem.core.text.words import nearest

from ..words import label_of
from .description import SHARING, Form, Section, form_of, selectors
from .doors import fixed
from .merging import Path
from .nodes import Group, Node


@dataclass(frozen=True)
class Unit:
    """A field that can be changed by itself: its full name, as forms have it, and what people call it.

    ``leads`` means that other fields depend on it: it is changed in the form, where those are seen.
    """

    name: str
    label: str
    leads: bool = False

    @property
    def anchor(self) -> str:
        """Where the form has it."""
        return f"#f-{self.name.replace('.', '-')}"


def units_of(spec: Spec, record: Mapping[str, object], *, portal: str) -> dict[str, Unit]:
    """The fields of a record that its form has, by name; no query.

    Who may see it is not among them: that is decided in the form, where its consequences are told.
    """
    chosen = {name: str(record.get(name) or "") for name in selectors(spec)}
    form = form_of(spec, chosen, zone="UTC", without=fixed(spec, portal) | frozenset(SHARING))
    leading = selectors(spec)
    found = (Unit(".".join(path), _label(path, node, form), path[0] in leading) for path, node in form.units())
    return {one.name: one for one in found}


def asked_for(query: QueryDict) -> str:
    """The name of the one field that an address asks for.

    Raises
    ------
    Invalid
        If it asks for none, or for anything else.
    """
    if unknown := sorted(set(query) - {"name"}):
        raise Invalid({"parameter": [f"There is no parameter {shown(unknown[0])} here, only 'name'."]})
    name = query.get("name")
    if not isinstance(name, str) or not name:
        raise Invalid({"name": ["Which field? Say it as in ?name=notes."]})
    return name


def alone(form: Form, name: str) -> Form:
    """The same form with nothing but one field.

    Raises
    ------
    Invalid
        If the form has no such field, or one on which others depend.
    """
    found = dict(_named(form))
    if name not in found:
        raise Invalid({"name": [f"The form has no field {shown(name)}.{nearest(name, sorted(found))}"]})
    if name in selectors(form.spec):
        raise Invalid({"name": [f"Other fields depend on {shown(name)}: change it in the form of the record."]})
    node = found[name]
    label = _label(tuple(name.split(".")), node, form)
    part = replace(node, label=label, help=node.help or _section(form, node).help)
    key, _, below = name.partition(".")
    section = Section(key, label, "", (Group(key=key, parts=(part,)) if below else part,))
    return Form(form.spec, (section,), form)


def _named(form: Form) -> Iterator[tuple[str, Node]]:
    return ((".".join(path), node) for path, node in form.units())


def _label(path: Path, node: Node, form: Form) -> str:
    """Tables that are a section of the form have its title."""
    return node.label or _section(form, node).title or label_of(path[-1])


def _section(form: Form, node: Node) -> Section:
    found = (one for one in form.sections if any(node is own for own in one.nodes))
    return next(found, Section("", "", "", ()))


__all__ = ["Unit", "alone", "asked_for", "units_of"]
