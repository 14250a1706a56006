"""A naive reading of the query language over plain Python records: what a list must answer, said a second time.

Imports nothing of the server. Slow and literal on purpose; ``test_oracle.py`` compares the server with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A model of the small world: where it answers, types of its fields, and relations: name -> (model, to-many)."""

    path: str
    fields: dict[str, str]
    relations: dict[str, tuple[str, bool]]


NAMED = {"id": "uuid", "name": "text"}
KINDS = {
    "project": Kind(
        "stem/project",
        NAMED
        | {"description": "text", "is_public": "bool", "extra_fields": "json", "download_links": "json", "tags": "tags"},
        {"sessions": ("session", True), "subjects": ("subject", True)},
    ),
    "subject": Kind(
        "stem/subject",
        NAMED
        | {"sex": "text", "genotype": "text", "birth_date": "date", "name_used_in_storage": "text",
           "extra_fields": "json", "tags": "tags"},
        {"projects": ("project", True), "behaviors": ("behavior", True), "strain": ("strain", False)},
    ),
    "session": Kind(
        "stem/session",
        NAMED | {"description": "text", "date_time": "datetime", "extra_fields": "json", "tags": "tags"},
        {"projects": ("project", True), "behaviors": ("behavior", True), "dataacquisition": ("dataacquisition", True),
         "epochs": ("epoch", True)},
    ),
    "behavior": Kind(
        "modules/behavior",
        {"id": "uuid", "notes": "text", "order": "int"},
        {"session": ("session", False), "subjects": ("subject", True), "setup": ("setup", False)},
    ),
    "dataacquisition": Kind(
        "modules/dataacquisition",
        {"id": "uuid", "type": "text", "notes": "text", "order": "int", "details": "json"},
        {"session": ("session", False), "epochs": ("epoch", True)},
    ),
    "epoch": Kind(
        "stem/epoch",
        NAMED | {"start": "duration", "end": "duration"},
        {"session": ("session", False), "dataacquisition": ("dataacquisition", True)},
    ),
    "setup": Kind(
        "personal_attributes/setup",
        NAMED | {"location": "text", "is_public": "bool"},
        {"behaviors": ("behavior", True)},
    ),
    "strain": Kind("taxonomies/strain", NAMED, {"subjects": ("subject", True)}),
}  # fmt: skip

EQUALITY = ("eq", "ne", "in", "isnull")
COMPARISON = ("gt", "gte", "lt", "lte", "range")
MATCHING = ("contains", "icontains", "startswith", "istartswith", "endswith", "iendswith", "iexact")
DATE_PARTS = ("year", "month", "day")
OPERATORS = {
    "uuid": EQUALITY,
    "relation": EQUALITY,
    "bool": EQUALITY,
    "int": EQUALITY + COMPARISON,
    "duration": EQUALITY + COMPARISON,
    "date": EQUALITY + COMPARISON + DATE_PARTS,
    "datetime": EQUALITY + COMPARISON + DATE_PARTS,
    "text": EQUALITY + COMPARISON + MATCHING,
    "tags": EQUALITY + COMPARISON + MATCHING,
    "json_path": EQUALITY + COMPARISON + MATCHING,
    "json": ("isnull",),
}


@dataclass(frozen=True)
class Filter:
    """One condition: relations to follow, the field there, keys inside it, and what its value is compared with."""

    steps: tuple[str, ...]
    name: str
    kind: str
    operator: str
    given: Any
    keys: tuple[str, ...] = ()
    negated: bool = False

    @property
    def written(self) -> tuple[str, str]:
        """Parameter and value of the query string."""
        path = [*self.steps, self.name, *self.keys, *([self.operator] if self.operator != "eq" else [])]
        return f"filter{{{'-' if self.negated else ''}{'.'.join(path)}}}", text_of(self.given)


@dataclass(frozen=True)
class Sort:
    """One sort key."""

    steps: tuple[str, ...]
    name: str
    kind: str
    keys: tuple[str, ...] = ()
    descending: bool = False

    @property
    def written(self) -> tuple[str, str]:
        return "sort[]", ("-" if self.descending else "") + ".".join([*self.steps, self.name, *self.keys])

    @property
    def parts(self) -> list[Sort]:
        """The keys that a sort by a value inside JSON stands for."""
        return [replace(self, kind="json_number"), replace(self, kind="json_text")]


@dataclass(frozen=True)
class Question:
    """What is asked of one list."""

    model: str
    filters: tuple[Filter, ...] = ()
    sorts: tuple[Sort, ...] = ()
    writable: bool = False

    @property
    def parameters(self) -> list[tuple[str, str]]:
        asked = [one.written for one in (*self.filters, *self.sorts)]
        return [*asked, *([("writable", "true")] if self.writable else []), ("limit", "100")]


def text_of(value: Any) -> str:
    """A value as people write it in a query string."""
    if isinstance(value, tuple):
        return ",".join(map(text_of, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        minutes, rest = divmod(value, dt.timedelta(minutes=1))
        return f"{minutes // 60:02}:{minutes % 60:02}:{rest.total_seconds():09.6f}"
    return str(value)


@dataclass
class Eyes:
    """Somebody who looks: which rows they find in a list, meet behind a relation, and may change."""

    lists: Callable[[str, Row], bool]
    meets: Callable[[str, Row], bool]
    changes: Callable[[str, Row], bool]


@dataclass
class World:
    """All records, in plain words. A relation is the id, or the list of ids, under its name."""

    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {model: {} for model in KINDS})

    def add(self, model: str, row: Row) -> None:
        self.rows[model][row["id"]] = {name: [] for name, (_, many) in KINDS[model].relations.items() if many} | row

    def related(self, model: str, row: Row, name: str, eyes: Eyes) -> list[Row]:
        """The records that a relation leads to, as far as these eyes see them."""
        target, many = KINDS[model].relations[name]
        ids = row[name] if many else [row[name]]
        found = [self.rows[target][one] for one in ids if one is not None]
        return [one for one in found if eyes.meets(target, one)]

    def ask(self, question: Question, eyes: Eyes) -> list[str]:
        """Ids of the rows that answer the question, in order."""
        model = question.model
        rows = [row for row in self.rows[model].values() if eyes.lists(model, row)]
        rows = [row for row in rows if self._answers(model, row, question.filters, eyes)]
        if question.writable:
            rows = [row for row in rows if eyes.changes(model, row)]
        rows.sort(key=lambda row: row["id"])
        # What is no number inside JSON follows behind the numbers.
        sorts = [part for sort in question.sorts for part in (sort.parts if sort.kind == "json_path" else [sort])]
        for sort in reversed(sorts):
            values = {row["id"]: self._sort_value(model, row, sort, eyes) for row in rows}
            known = [row for row in rows if values[row["id"]] is not None]
            known.sort(key=lambda row, values=values: values[row["id"]], reverse=sort.descending)
            rows = known + [row for row in rows if values[row["id"]] is None]
        return [row["id"] for row in rows]

    def _answers(self, model: str, row: Row, filters: Iterable[Filter], eyes: Eyes) -> bool:
        together: list[Filter] = []
        keys = set()
        for one in map(as_path, merged(filters)):
            key = (one.steps, one.name, one.keys, one.operator)
            if one.negated:
                if self._holds(model, row, [(one.steps, one)], eyes):
                    return False
            elif key in keys:
                if not self._holds(model, row, [(one.steps, one)], eyes):
                    return False
            else:
                keys.add(key)
                together.append(one)
        return self._holds(model, row, [(one.steps, one) for one in together], eyes)

    def _holds(self, model: str, row: Row, wanted: list[tuple[tuple[str, ...], Filter]], eyes: Eyes) -> bool:
        """Whether all conditions hold, those through one relation for the same related row."""
        here = [one for steps, one in wanted if not steps]
        if not all(self._leaf(model, row, one, eyes) for one in here):
            return False
        for name in {one.name for one in here}:
            rows = (
                row[name] if isinstance(row.get(name), list) and model == "project" and name == "download_links" else []
            )
            asked = [one for one in here if one.name == name and one.kind == "json_path"
                     and one.operator not in ("ne", "isnull")]  # fmt: skip
            if (
                rows
                and asked
                and not any(
                    all(json_compares(json_at(item, one.keys), one.operator, one.given) for one in asked)
                    for item in rows
                )
            ):
                return False
        for name in {steps[0] for steps, _ in wanted if steps}:
            below = [(steps[1:], one) for steps, one in wanted if steps and steps[0] == name]
            target = KINDS[model].relations[name][0]
            if not any(self._holds(target, far, below, eyes) for far in self.related(model, row, name, eyes)):
                return False
        return True

    def _leaf(self, model: str, row: Row, one: Filter, eyes: Eyes) -> bool:
        if one.kind in ("relation", "tags"):
            many = one.kind == "tags"
            values = row["tags"] if many else [far["id"] for far in self.related(model, row, one.name, eyes)]
            if one.operator == "isnull":
                return (not values) == one.given
            if one.operator == "ne":
                return one.given not in values
            return any(compares(value, one.operator, one.given) for value in values)
        if one.kind == "json_path":
            values = json_values(row[one.name], one.keys)
            if one.operator == "ne":
                return not any(json_compares(value, "eq", one.given) for value in values)
            if one.operator == "isnull":
                return all(value is None for value in values) == one.given
            return any(json_compares(value, one.operator, one.given) for value in values)
        if one.kind == "json":
            return (row[one.name] in (None, {}, [])) == one.given
        return compares(row[one.name], one.operator, one.given)

    def _sort_value(self, model: str, row: Row, sort: Sort, eyes: Eyes) -> Any:
        reached = [(model, row)]
        for step in sort.steps:
            reached = [
                (KINDS[at].relations[step][0], far) for at, one in reached for far in self.related(at, one, step, eyes)
            ]
        values: list[Any] = []
        for at, one in reached:
            if sort.kind == "relation":
                values += [far["id"] for far in self.related(at, one, sort.name, eyes)]
            elif sort.kind == "tags":
                values += one["tags"]
            elif sort.kind == "json_number":
                values += [value for value in json_values(one[sort.name], sort.keys) if is_number(value)]
            elif sort.kind == "json_text":
                texts = (text_of(value) if isinstance(value, bool) else value for value in
                         json_values(one[sort.name], sort.keys))  # fmt: skip
                values += [value for value in texts if isinstance(value, str)]
            else:
                values.append(one[sort.name])
        values = [value for value in values if value is not None]
        return (max(values) if sort.descending else min(values)) if values else None


def merged(filters: Iterable[Filter]) -> list[Filter]:
    """Repeats of one ``in`` are one list."""
    found: dict[Any, Filter] = {}
    for number, one in enumerate(filters):
        name = one.written[0]
        if one.operator == "in" and name in found:
            found[name] = replace(one, given=found[name].given + one.given)
        else:
            found[name if one.operator == "in" else number] = one
    return list(found.values())


def as_path(one: Filter) -> Filter:
    """To be one of some records is to lead to a record with one of these ids."""
    if one.kind == "relation" and one.operator in ("eq", "in"):
        return replace(one, steps=(*one.steps, one.name), name="id", kind="uuid")
    return one


def compares(value: Any, operator: str, given: Any) -> bool:
    """One value against one condition; what is not there matches only ``ne`` and ``isnull``."""
    if operator == "isnull":
        return (value is None) == given
    if operator == "ne":
        return value != given
    if value is None:
        return False
    plain: dict[str, Callable[[], bool]] = {
        "eq": lambda: value == given,
        "in": lambda: value in given,
        "gt": lambda: value > given,
        "gte": lambda: value >= given,
        "lt": lambda: value < given,
        "lte": lambda: value <= given,
        "range": lambda: given[0] <= value <= given[1],
        "year": lambda: value.year == given,
        "month": lambda: value.month == given,
        "day": lambda: value.day == given,
        "contains": lambda: given in value,
        "startswith": lambda: value.startswith(given),
        "endswith": lambda: value.endswith(given),
        "icontains": lambda: given.lower() in value.lower(),
        "istartswith": lambda: value.lower().startswith(given.lower()),
        "iendswith": lambda: value.lower().endswith(given.lower()),
        "iexact": lambda: value.lower() == given.lower(),
    }
    return plain[operator]()


def json_values(value: Any, keys: tuple[str, ...]) -> list[Any]:
    """What lies below keys; in a list of objects, in each of them."""
    if isinstance(value, list) and not keys[0].isdigit():
        return [json_at(row, keys) for row in value]
    return [json_at(value, keys)]


def json_at(value: Any, keys: Iterable[str]) -> Any:
    """What lies below keys and list positions; None where there is nothing."""
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def json_compares(value: Any, operator: str, given: Any) -> bool:
    """A value whose type nobody declared: a number meets numbers, a text texts, true and false both spellings."""
    if operator == "isnull":
        return (value is None) == given
    if operator == "ne":
        return not json_compares(value, "eq", given)
    if operator == "in":
        return any(json_compares(value, "eq", one) for one in given)
    if isinstance(value, bool):
        return operator == "eq" and given.lower() == text_of(value)
    if operator in MATCHING or (operator == "eq" and isinstance(value, str)):
        return isinstance(value, str) and compares(value, operator, given)
    numbers = tuple(map(as_number, given)) if isinstance(given, tuple) else as_number(given)
    numeric = None not in numbers if isinstance(numbers, tuple) else numbers is not None
    if is_number(value):
        return numeric and compares(Decimal(repr(value)), operator, numbers)
    return isinstance(value, str) and not numeric and compares(value, operator, given)
