"""Columns that are worked out: age, last weight, days left, entries of a log, one's own level.

They filter and sort by what :mod:`brainstem.core.query.worked` names, which the database works out alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from brainstem.core.model.registry import Spec
from brainstem.core.model.trees import Role
from brainstem.core.query.beside_roles import Levels, MemberCounts
from brainstem.core.query.worked import MEMBERS, MY_LEVEL, UNTIL, WEIGHT_LOG, worked_names

from . import zone
from .cells import NONE, Cell, count_cell, json_cell, moment_cell, number_cell, text_cell
from .column import Column, Values
from .gathering import Gathering

SOON, WEEKS = 90, 7
OF_VIEWER = frozenset({MY_LEVEL, MEMBERS})  # nothing to visitors


class Age(Column):
    """Time from birth to death, or to this day."""

    def cell(self, record: Values, gathering: Gathering) -> Cell:
        born, died = record.get("birth_date"), record.get("death_date")
        if not isinstance(born, str):
            return NONE
        return age_cell(zone.day(born), zone.day(died) if isinstance(died, str) else zone.today())


def age_cell(born: dt.date, until: dt.date) -> Cell:
    """Days, then weeks, then years."""
    days = (until - born).days
    if days < 0:
        return NONE
    if days < 2 * WEEKS:
        return number_cell(days, "d")
    return number_cell(days // WEEKS, "wk") if days < 730 else number_cell(round(days / 365.25, 1), "y")


class LastWeight(Column):
    """The newest entry of the weight log of a subject."""

    def ask(self, records: Sequence[Values], gathering: Gathering) -> None:
        gathering.newest(self.spec.relations["subjectlogs"], WEIGHT_LOG, [record["id"] for record in records])

    def cell(self, record: Values, gathering: Gathering) -> Cell:
        entry = gathering.newest_entry(self.spec.relations["subjectlogs"], WEIGHT_LOG, record["id"])
        details = entry.get("details")
        weight = details.get("weight") if isinstance(details, dict) else None
        return json_cell(weight) if isinstance(weight, dict) else NONE


class DaysLeft(Column):
    """Days until something ends; marked when few are left."""

    def cell(self, record: Values, gathering: Gathering) -> Cell:
        until = next((record.get(name) for name in UNTIL if record.get(name)), None)
        if not isinstance(until, str):
            return NONE
        left = (zone.day(until) - zone.today()).days
        if left < 0:
            return Cell("status", f"ended {-left} d ago", icon="limit", tone="limit")
        if left <= SOON:
            return Cell("status", f"{left} d", icon="attention", tone="attention")
        return number_cell(left, "d")


class NumberOfEntries(Column):
    """How many entries a log has."""

    @property
    def is_bare(self) -> bool:
        return True

    def ask(self, records: Sequence[Values], gathering: Gathering) -> None:
        gathering.entries(self.spec, [record["id"] for record in records])

    def cell(self, record: Values, gathering: Gathering) -> Cell:
        return count_cell(gathering.last_entry(self.spec, record["id"])[0])


class LastEntry(NumberOfEntries):
    """When a log was last written to."""

    @property
    def is_bare(self) -> bool:
        return False

    def cell(self, record: Values, gathering: Gathering) -> Cell:
        _, entry = gathering.last_entry(self.spec, record["id"])
        moment = entry.get("date_time") or entry.get("start_date_time")
        return moment_cell(str(moment)) if moment else NONE


class MyLevel(Column):
    """The viewer's own level on what holds roles."""

    def ask(self, records: Sequence[Values], gathering: Gathering) -> None:
        gathering.ask((MY_LEVEL, self.spec.label), Levels(self.spec, tuple(record["id"] for record in records)))

    def cell(self, record: Values, gathering: Gathering) -> Cell:
        return level_cell(gathering.told((MY_LEVEL, self.spec.label)).get(str(record["id"]), (None,))[0])


def level_cell(text: str | None) -> Cell:
    """A level in a word."""
    return text_cell(Role(int(text)).name.capitalize()) if text else NONE


class NumberOfMembers(Column):
    """How many members a group has, for those who are in it."""

    @property
    def is_bare(self) -> bool:
        return True

    def ask(self, records: Sequence[Values], gathering: Gathering) -> None:
        ids = tuple(record["id"] for record in records)
        gathering.ask((MEMBERS, self.spec.label), MemberCounts(self.spec, ids))

    def cell(self, record: Values, gathering: Gathering) -> Cell:
        text = gathering.told((MEMBERS, self.spec.label)).get(str(record["id"]), (None,))[0]
        return Cell("count", text) if text else NONE


def computed_names(spec: Spec) -> list[str]:
    """Names of the computed columns of a model."""
    return worked_names(spec)


def computed_column(spec: Spec, key: str) -> Column | None:
    """A computed column of a model."""
    if key not in computed_names(spec):
        return None
    until = next((name for name in UNTIL if name in spec.columns), "")
    if key == "age":
        needs = frozenset({"birth_date", "death_date"})
        return Age(spec, key, "Age", key, True, help="From birth to death, or to today.", needs=needs)
    if key == "last_weight":
        return LastWeight(spec, key, "Last weight", key, True, help="From the newest entry of the weight log.")
    if key == "days_left":
        about = "Days until it ends."
        return DaysLeft(spec, key, "Days left", key, True, help=about, needs=frozenset({until}))
    if key == MY_LEVEL:
        return MyLevel(spec, key, "My level", key, help="Your own, directly or through a group.")
    if key == MEMBERS:
        return NumberOfMembers(spec, key, "Members", key, numeric=True, help="Known to those who are in the group.")
    if key == "entries_count":
        return NumberOfEntries(spec, key, "Entries", key, numeric=True, help="Number of entries.")
    return LastEntry(spec, key, "Last entry", key, help="When the newest entry was made.")


__all__ = ["OF_VIEWER", "age_cell", "computed_column", "computed_names", "level_cell"]
