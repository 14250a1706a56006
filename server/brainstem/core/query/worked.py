"""Names of values that are worked out: age, days left, last weight, entries of a log, numbers of records, own level.

They are filtered and sorted by like columns (``age.gte=8 weeks``, ``procedures_count.lt=3``). Knows no SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ..model.registry import Relation, Spec, specs
from ..types.schemas import Quantity, quantity_of

WEIGHT_LOG, WEIGHT = "Weighing", ("details", "weight")
UNTIL = ("valid_until", "expiration_date")
COUNT = "_count"
MY_LEVEL, MEMBERS = "my_level", "members_count"
DAYS = Quantity(("days", "weeks", "years"), "days")


@dataclass(frozen=True)
class Worked:
    """A value that is worked out.

    Attributes
    ----------
    kind : str
        What it is compared as; see :class:`.names.Leaf`.
    needs : tuple of str
        The columns that it is worked out from: those of the records at the end of ``relation``, if there is one.
    """

    name: str
    kind: str
    needs: tuple[str, ...] = ()
    relation: Relation | None = None
    quantity: Quantity | None = None


def worked_of(spec: Spec, name: str) -> Worked | None:
    """The worked out value of a model with this name."""
    return _all(spec).get(name)


def worked_names(spec: Spec) -> list[str]:
    """Those of a model, without the numbers of related records."""
    return [name for name, one in _all(spec).items() if one.relation is None or not name.endswith(COUNT)]


def count_name(relation: Relation) -> str:
    """The name of how many records a relation leads to."""
    return f"{relation.name}{COUNT}"


@cache
def _all(spec: Spec) -> dict[str, Worked]:
    found = {one.name: one for one in _found(spec)}
    return {name: one for name, one in found.items() if name not in spec.columns and name not in spec.relations}


def _found(spec: Spec) -> Iterator[Worked]:
    if {"birth_date", "death_date"} <= spec.columns.keys():
        yield Worked("age", "quantity", ("birth_date", "death_date"), quantity=DAYS)
    logs = spec.relations.get("subjectlogs")
    if logs is not None and not spec.tree.is_people:
        group = str(getattr(specs()[logs.target].columns["type"].field, "schema_group", ""))
        weight = quantity_of(group, WEIGHT[1:], WEIGHT_LOG)
        yield Worked("last_weight", "quantity", ("type", "entries"), logs, weight)
    until = next((name for name in UNTIL if name in spec.columns), "")
    if until:
        yield Worked("days_left", "quantity", (until,), quantity=DAYS)
    if "entries" in spec.columns:
        yield Worked("entries_count", "integer", ("entries",))
        yield Worked("last_entry", "json_time", ("entries",))
    if spec.tree.holds_roles:
        yield Worked(MY_LEVEL, "integer", ("users",))
    if spec.tree.keeps_members:
        yield Worked(MEMBERS, "integer", ("users",))
    for relation in spec.relations.values():
        if relation.many and not relation.owned:
            yield Worked(count_name(relation), "integer", (), relation)


__all__ = [
    "COUNT",
    "MEMBERS",
    "MY_LEVEL",
    "UNTIL",
    "WEIGHT",
    "WEIGHT_LOG",
    "Worked",
    "count_name",
    "worked_names",
    "worked_of",
]
