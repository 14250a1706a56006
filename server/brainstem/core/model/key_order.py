"""The order of the keys of a record: that in which its class declares them, then what it inherits.

Of what is inherited, plain abstract models come first, such as what an entry of a catalogue and a proposal for it have
in common, and kinds of records last. :func:`place` gives a key that another class declares a place of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models

_NAME = "declared_keys"


class InOrder:
    """Something that a model's class declares and that is no field, at its place among the fields."""

    def __init__(self) -> None:
        self.counter: int = models.Field.creation_counter
        models.Field.creation_counter += 1

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        """Be noted, and leave the name to whatever else has it: fields of other classes, ways back."""
        setattr(model, _NAME, {**vars(model).get(_NAME, {}), name: self})


class Place(InOrder):
    """See :func:`place`."""


def place() -> Any:
    """Here, in the order of keys, stands one that another class declares: a field, or a relation that leads here."""
    return Place()


def declared_in(model: type[models.Model]) -> dict[str, InOrder]:
    """What the class of a model and those that it inherits from declare beside fields, by name; places left out."""
    found: dict[str, InOrder] = {}
    for one in reversed(model.__mro__):
        found |= vars(one).get(_NAME, {})
    return {name: what for name, what in found.items() if not isinstance(what, Place)}


def places_of(model: type[models.Model]) -> frozenset[str]:
    """Names that the model's own class gives a place."""
    return frozenset(name for name, what in vars(model).get(_NAME, {}).items() if isinstance(what, Place))


def in_order(model: type[models.Model], kind: type[models.Model]) -> list[str]:
    """Names of all that a model declares, in order; ``kind`` is the class of all kinds of records."""
    found: dict[str, tuple[int, int]] = {}
    ranks = [model, *sorted(model.__mro__[1:], key=lambda one: issubclass(one, kind))]
    places: dict[str, tuple[int, int]] = {}
    # The most general class first: where one names a key, those that declare it anew leave it.
    for one in reversed(model.__mro__):
        for name, what, counter in _declared(one):
            known = places if isinstance(what, Place) else found
            known.setdefault(name, (ranks.index(one), counter))
    return sorted(found | places, key=(found | places).__getitem__)


def _declared(one: type[models.Model]) -> Iterator[tuple[str, object, int]]:
    if issubclass(one, models.Model) and hasattr(one, "_meta"):
        for field in (*one._meta.local_fields, *one._meta.local_many_to_many):
            yield field.name, field, field.creation_counter
    for name, what in vars(one).get(_NAME, {}).items():
        yield name, what, what.counter
