"""Recorded changes as differences of wire values, narrowed to what a viewer may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..model.registry import Spec, entry_keys, specs
from ..models import Change
from .permission import Past
from .recording import IN_PART, removed_and_added
from .wire import NOT_TOLD, Ids, references, told_keys, wire_value

EMPTY: tuple[object, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Difference:
    """The stored values of one key before and after a change; ``in_part`` if only what was removed and added."""

    name: str
    was: object
    now: object
    in_part: bool = False


def told_of(changes: Iterable[Change], past: Past, *, field: str = "") -> list[dict[str, object] | None]:
    """For each change, key -> ``{"from": ..., "to": ...}``; None if the viewer may see nothing of it.

    That a record appeared or went is always seen, unless only changes of one ``field`` are wanted. Two queries for
    each model that is referred to, however many changes there are.
    """
    found = [(change, _spec(change), list(_differences(change, field))) for change in changes]
    seen = _seen(((spec, one) for _, spec, several in found if spec for one in several), past)
    told: list[dict[str, object] | None] = []
    for change, spec, several in found:
        shown = {} if spec is None else _shown(spec, several, past, seen, whole=bool(change.life))
        told.append(shown if shown or (change.life and spec and not field) else None)
    return told


def fields_told(spec: Spec, shows: Callable[[Spec, str], bool]) -> list[str]:
    """The keys of a model whose changes are told, in order."""
    told = set(told_keys(spec).values()) - NOT_TOLD
    return [name for name in spec.keys if name in told and shows(spec, name)]


def stored_key(spec: Spec, name: str) -> str:
    """The key under which history stores a key of a detail."""
    return next(key for key, told in told_keys(spec).items() if told == name)


def _spec(change: Change) -> Spec | None:
    return specs().get(change.model)


def _differences(change: Change, field: str) -> Iterator[Difference]:
    spec = _spec(change)
    if spec is None:
        return
    before, after = change.before or {}, change.after or {}
    in_part = after.get(IN_PART, ())
    for key, name in told_keys(spec).items():
        if name in NOT_TOLD or (field and name != field) or (key not in before and key not in after):
            continue
        was, now, part = before.get(key), after.get(key), key in in_part
        if key in entry_keys(spec) and not change.life:
            # Also where only the differing entries were stored, without saying so.
            (was, now), part = removed_and_added(was or [], now or []), True
        yield Difference(name, was, now, part)


def _seen(several: Iterable[tuple[Spec, Difference]], past: Past) -> Ids:
    referred: dict[str, set[Any]] = defaultdict(set)
    for spec, one in several:
        for label, ids in references(spec, ((one.name, one.was), (one.name, one.now))).items():
            referred[label] |= ids
    return {label: past.seen(specs()[label], ids) for label, ids in sorted(referred.items())}


def _shown(spec: Spec, several: Iterable[Difference], past: Past, seen: Ids, *, whole: bool) -> dict[str, object]:
    """What the viewer sees of some differences, in the order of a detail; without those of which nothing is left.

    Of a ``whole`` record, which appeared or went, empty values are left out.
    """
    found = {}
    for one in several:
        if past.viewer.shows(spec, one.name):
            told = {"from": _wire(spec, one.name, one.was, seen), "to": _wire(spec, one.name, one.now, seen)}
            empty = whole and told["from"] in EMPTY and told["to"] in EMPTY
            if told["from"] != told["to"] and not empty:
                found[one.name] = told | ({"partial": True} if one.in_part else {})
    return {name: found[name] for name in spec.keys if name in found}


def _wire(spec: Spec, name: str, value: object, seen: Ids) -> object:
    # A record that does not exist has no values, rather than empty ones.
    return None if value is None else wire_value(spec, name, value, seen=seen)


__all__ = ["fields_told", "stored_key", "told_of"]
