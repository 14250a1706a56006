"""What one event did to each record: whether it appeared or went, and how its fields changed.

A change that only follows from a record that appeared or went in the same event, such as a link to it, is a
consequence: restoring or deleting that record undoes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from django.conf import settings

from ..history.recording import State, as_json, element_keys, order_of, removed_and_added
from ..model.ids import RecordId
from ..model.registry import Spec, lists_projects, specs
from ..models import Change
from ..write.deletion_roots import cascading
from .keys import ROLES, is_derived, references

Key = tuple[str, str]  # label of a model, and id as text
Elements = list[object]


@dataclass(frozen=True)
class Step:
    """How a field changed; of lists without an order, the elements that were removed and added."""

    was: Any
    became: Any


@dataclass
class Trail:
    """What an event did to a record.

    Attributes
    ----------
    steps : dict
        Key of the state -> how it changed.
    passive : dict
        The same for consequences of what appeared or went.
    """

    key: Key
    changes: list[Change] = field(default_factory=list)
    steps: dict[str, Step] = field(default_factory=dict)
    passive: dict[str, Step] = field(default_factory=dict)

    @property
    def spec(self) -> Spec:
        """The declaration of the record's model."""
        return specs()[self.key[0]]

    @property
    def pk(self) -> RecordId:
        """The record's id."""
        return cast("RecordId", self.spec.parse_id(self.key[1]))

    @property
    def appeared(self) -> bool:
        """Whether the record was added or restored, and stayed."""
        return self.changes[0].before is None and not self.ended

    @property
    def went(self) -> bool:
        """Whether the record was there before, and was deleted."""
        return self.changes[0].before is not None and self.ended

    @property
    def ended(self) -> bool:
        """Whether the record was gone after the event."""
        return self.changes[-1].after is None

    @property
    def passing(self) -> bool:
        """Whether the record appeared or went."""
        return self.appeared or self.went

    @property
    def actions(self) -> set[str]:
        """The actions under which history lists its changes."""
        return {one.action for one in self.changes}

    @property
    def whole(self) -> State:
        """The complete state of a record that appeared or went."""
        one = self.changes[0].after if self.appeared else self.changes[-1].before
        return one or {}

    def __str__(self) -> str:
        return path_of(self.key)


def path_of(key: Key) -> str:
    """A record as answers name it: ``stem/session/0198c5a2-...``."""
    spec = specs()[key[0]]
    return f"{spec.app}/{spec.segment}/{key[1]}"


def trails_of(changes: Iterable[Change]) -> dict[Key, Trail]:
    """The trails of an event's changes, which are in order; without records that came and went within it."""
    found: dict[Key, Trail] = {}
    for change in changes:
        if change.model in specs():
            key = (change.model, change.record_id)
            found.setdefault(key, Trail(key)).changes.append(change)
    kept = {key: one for key, one in found.items() if one.passing or not one.ended}
    passing = {key for key, one in kept.items() if one.passing}
    for one in kept.values():
        for name, step in _steps(one):
            _put(one, name, step, passing)
    return kept


def roots_of(trails: Iterable[Trail]) -> list[Trail]:
    """Of records that appeared or went, those that did not do so along with another one."""
    some = list(trails)
    keys = {one.key for one in some}
    return [one for one in tops_of(some) if not _only_in(one, keys)]


def tops_of(trails: Iterable[Trail]) -> list[Trail]:
    """Of records that appeared or went, those that do not need another one to exist; also those in its projects."""
    some = list(trails)
    keys = {one.key for one in some}
    return [one for one in some if keys.isdisjoint(_above(one))]


def _above(trail: Trail) -> Iterator[Key]:
    for name, label in cascading(trail.spec.model):
        yield label, str(trail.whole.get(name))


def _only_in(trail: Trail, keys: set[Key]) -> bool:
    """Whether all projects of a record appeared or went with it."""
    spec = trail.spec
    if not lists_projects(spec):
        return False
    held = trail.whole.get(spec.tree.lists) or ()
    return bool(held) and all((settings.BRAINSTEM_PROJECT_MODEL, str(one)) in keys for one in held)


# -- steps -------------------------------------------------------------------------------------------------------------


def _steps(trail: Trail) -> Iterator[tuple[str, Step]]:
    """The net effect of the changes of one record, by key; without its appearing and going, and what is derived."""
    elements = element_keys(trail.key[0])
    found: dict[str, Step] = {}
    for change in trail.changes:
        if change.before is None or change.after is None:
            continue
        for name, was in change.before.items():
            if is_derived(trail.spec, name):
                continue
            became = change.after.get(name)
            if name in elements:
                found[name] = _together(found.get(name), *removed_and_added(was or [], became or []))
            else:
                found[name] = Step(found[name].was if name in found else was, became)
    yield from ((name, one) for name, one in found.items() if one.was != one.became)


def _together(before: Step | None, removed: Elements, added: Elements) -> Step:
    """Two changes of a list, one after the other, as one."""
    if before is None:
        return Step(removed, added)
    out, into = _by_text(before.was), _by_text(before.became)
    for text, one in _by_text(removed).items():
        if into.pop(text, None) is None:
            out[text] = one
    for text, one in _by_text(added).items():
        if out.pop(text, None) is None:
            into[text] = one
    return Step([*out.values()], [*into.values()])


def _by_text(elements: Iterable[object]) -> dict[bytes, object]:
    return {as_json(one): one for one in elements}


# -- consequences ------------------------------------------------------------------------------------------------------


def _put(trail: Trail, name: str, step: Step, passing: set[Key]) -> None:
    """Add a step to those of a trail, or to its consequences; a list may have a part in each."""
    own, passive = _parted(trail, name, step, passing)
    if own is not None:
        trail.steps[name] = own
    if passive is not None:
        trail.passive[name] = passive


def _parted(trail: Trail, name: str, step: Step, passing: set[Key]) -> tuple[Step | None, Step | None]:
    relation = next((one for one, key in references(trail.key[0]) if key == name), None)
    if name in ROLES and trail.spec.tree.holds_roles:
        people = {settings.AUTH_USER_MODEL, settings.BRAINSTEM_GROUP_MODEL}
        return (None, step) if any(label in people for label, _ in passing) else (step, None)
    if relation is None:
        return step, None

    def passes(one: object) -> bool:
        return (relation.target, str(one)) in passing

    if not relation.many:
        alone = None in (step.was, step.became) and passes(step.was if step.became is None else step.became)
        return (None, step) if alone else (step, None)
    if order_of(relation.field):
        moved = set(map(str, step.was or ())) ^ set(map(str, step.became or ()))
        return (None, step) if moved and all(map(passes, moved)) else (step, None)
    return tuple(_only(step, wanted) for wanted in (lambda one: not passes(one), passes))  # type: ignore[return-value]


def _only(step: Step, wanted: Callable[[object], bool]) -> Step | None:
    was, became = [one for one in step.was if wanted(one)], [one for one in step.became if wanted(one)]
    return Step(was, became) if was or became else None


__all__ = ["Key", "Step", "Trail", "path_of", "roots_of", "tops_of", "trails_of"]
