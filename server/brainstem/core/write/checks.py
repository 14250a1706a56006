"""Checks of every record that come before the rules of its model: required keys and unique values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from ..errors import Invalid
from ..model.registry import Spec
from ..model.uniques import Unique, uniques_of
from . import rules
from .payload import Given
from .rules import Draft
from .similar import tell_similar


def check_required(spec: Spec, given: Given) -> None:
    for name in required_names(spec):
        if name not in given.names and name not in given.errors:
            given.error(name, "This field is required.")
    for name in spec.resource.required:
        if name in given.links and not given.links[name] and name not in given.errors:
            given.error(name, "This list may not be empty.")


@cache
def required_names(spec: Spec) -> tuple[str, ...]:
    """Keys that a new record must have."""
    names = list(spec.resource.required)
    for name, column in spec.columns.items():
        field = column.field
        if spec.writable(name) and not (field.null or field.blank or field.has_default() or field.primary_key):
            names.append(name)
    for name, relation in spec.relations.items():
        needed = relation.kind == "fk" and not relation.nullable and not relation.field.has_default()
        if needed and spec.writable(name):
            names.append(name)
    return tuple(dict.fromkeys(names))


def check_draft(spec: Spec, draft: Draft) -> None:
    """Run all checks on one draft.

    Raises
    ------
    Invalid
        What is wrong, by field.
    """
    check_drafts(spec, [draft])
    if draft.errors:
        raise Invalid(dict(draft.errors))


def check_drafts(spec: Spec, drafts: Sequence[Draft]) -> None:
    """Run all checks on drafts that will be saved in this order; each collects its errors."""
    # Before the rules, which may change the form of a value.
    places = [list(_places(spec, draft)) if draft.placed else [] for draft in drafts]
    holders = _holders(spec, {place for mine in places for place in mine})
    rules.run_checks(spec.model, drafts)
    taken: set[Place] = set()
    left: set[Place] = set()
    linked: dict[tuple[str, object], object] = {}
    for draft, mine in zip(drafts, places, strict=True):
        for unique, values in reversed(mine):
            place = (unique, values)
            held = place not in left and holders.get(place, draft.record.pk) != draft.record.pk
            if place in taken or held:
                draft.errors[unique.at] = [unique.message(spec), *draft.errors.get(unique.at, ())]
        _refuse_linked_twice(spec, draft, linked)
        if not draft.errors:
            taken.update(mine)
            left.difference_update(mine)
            left.update(_left(draft, mine))
    tell_similar(spec, [draft for draft in drafts if not draft.errors])


def _refuse_linked_twice(spec: Spec, draft: Draft, linked: dict[tuple[str, object], object]) -> None:
    """Refuse links that only one record may have if an earlier draft has them; adds its own to ``linked``."""
    for name, say in rules.exclusive_links(spec.model):
        for one in draft.links.get(name, ()):
            if (name, one) in linked:
                draft.error(name, say(one, linked[name, one]))
        if not draft.errors:
            linked.update({(name, one): draft.record for one in draft.links.get(name, ())})


# -- unique values ----------------------------------------------------------------------------------------------------


Place = tuple[Unique, tuple[object, ...]]


def _places(spec: Spec, draft: Draft) -> Iterable[Place]:
    """The values that a draft takes under each unique constraint."""
    for unique in uniques_of(spec):
        if not draft.unreadable.isdisjoint(unique.names):
            continue
        values = tuple(getattr(draft.record, _attname(draft.record, name)) for name in unique.names)
        if draft.changed(*unique.names) and not unique.absent(values):
            yield unique, values


def _left(draft: Draft, mine: Sequence[Place]) -> Iterable[Place]:
    """The values that a draft gives up, which later ones may take."""
    if draft.creating or not mine:
        return
    for unique in {unique for unique, _ in mine}:
        old = tuple(draft.old[_attname(draft.record, name)] for name in unique.names)
        if (unique, old) not in mine:
            yield unique, old


def _holders(spec: Spec, places: set[Place]) -> dict[Place, object]:
    """Place -> id of the record that has it; one query per kind of place. The database has the last word."""
    found: dict[Place, object] = {}
    for unique in {unique for unique, _ in places}:
        wanted = [values for one, values in places if one == unique]
        anywhere = {f"{name}__in": {values[at] for values in wanted} for at, name in enumerate(unique.names)}
        for pk, *values in spec.model._default_manager.filter(**anywhere).values_list("pk", *unique.names):
            found[unique, tuple(values)] = pk
    return found


def _attname(record: Any, name: str) -> str:
    return str(record._meta.get_field(name).attname)
