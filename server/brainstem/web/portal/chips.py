"""The conditions of a list in words, each with an address without it; and the presets for dates."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.names import Condition
from brainstem.core.query.operators import TIMES, USUAL
from brainstem.core.query.syntax import Filter
from brainstem.core.query.worked import COUNT
from brainstem.core.text.words import truth_of
from brainstem.web import formats

from . import words, zone
from .active import OFF
from .asking import Asked
from .computed import computed_column
from .gathering import Gathering
from .layers import NO_FILTER

LONGEST = 60
UNSEEN = "what you may not see"
PRESETS = ("created_at", "updated_at")


@dataclass(frozen=True)
class FilterChip:
    """One condition in words: field, operator, value; ``without`` is the address that drops it, ``edit`` changes it."""

    field: str
    operator: str
    value: str
    without: str
    edit: str = ""


@dataclass(frozen=True)
class Link:
    """A choice with its address."""

    label: str
    url: str
    current: bool = False
    number: str = ""
    icon: str = ""
    keys: str = ""  # that lead there, as aria-keyshortcuts


def ask(asked: Asked, gathering: Gathering) -> None:
    """Say which names the chips need."""
    for one, condition in zip(asked.filters, asked.conditions, strict=True):
        if names_records(condition):
            target = target_of(condition)
            gathering.name(target, ids_in(target, one))


def chips_of(asked: Asked, gathering: Gathering) -> list[FilterChip]:
    """The conditions that were written, in their order; those of a view are said by the view."""
    found = []
    for one, pair, condition in zip(asked.filters, asked.pairs, asked.conditions, strict=True):
        if pair is not None:
            found.append(_chip(asked, one, pair, condition, gathering))
        elif one is asked.active:
            names = _shown(asked.spec, one, condition, gathering)
            found.append(FilterChip("Active projects", "are", names, asked.spelled.having(active=OFF).url))
    if asked.query.search:
        others = asked.spelled.without("search")
        without = others.plus([NO_FILTER]) if asked.stored else others
        text = " ".join(asked.query.search) if asked.words else UNSEEN
        found.append(FilterChip("Text", "contains", text, without.url))
    return found


def _chip(asked: Asked, one: Filter, pair: tuple[str, str], condition: Condition, gathering: Gathering) -> FilterChip:
    path = ".".join(one.path[:-1] if one.path[-1] == condition.operator.name and len(one.path) > 1 else one.path)
    operator = condition.operator.label
    value = _shown(asked.spec, one, condition, gathering, asked.withheld.get(pair))
    if condition.operator.asks_absence:
        operator = "is empty" if truth_of(one.value) is not one.negated else "is not empty"
        value = ""
    elif one.negated:
        operator = f"not: {operator}"
    elif condition.leaf.kind in TIMES:
        operator = _BY_TIME.get(condition.operator.name, operator)
    without = asked.spelled.without_pair(pair)
    edit = without.having(_field=path).url + "#filter" if not one.negated and pair not in asked.withheld else ""
    return FilterChip(label_of(asked.spec, path), operator, value, without.url, edit)


_BY_TIME = {"gte": "from", "gt": "after", "lt": "before", "lte": "until", USUAL: "is"}


def _of_worked(spec: Spec, path: str) -> str:
    """The name of a column that is worked out; that of a number of records is the name of the records."""
    column = computed_column(spec, path)
    relation = spec.relations.get(path.removesuffix(COUNT)) if path.endswith(COUNT) else None
    return column.label if column is not None else words.field_name(spec, relation.name) if relation else ""


def label_of(spec: Spec, path: str) -> str:
    """The words for the path of a condition: "Strain > Species"."""
    if path in spec.resource.filter_aliases:
        return words.field_name(spec, path)
    first, _, rest = path.partition(".")
    if rest and (first in spec.relations):
        return f"{words.field_name(spec, first)} > {label_of(specs()[spec.relations[first].target], rest)}"
    return _of_worked(spec, path) or words.field_name(spec, path)


def _shown(
    spec: Spec, one: Filter, condition: Condition, gathering: Gathering, only: tuple[str, ...] | None = None
) -> str:
    """The values in words; with ``only``, those that may be shown."""
    texts = values_of(one, condition) if only is None else [*only]
    if only is not None and not texts:
        return UNSEEN
    if names_records(condition):
        target = target_of(condition)
        captions = [gathering.caption(target, text) or text for text in texts]
        return _cut(", ".join([*captions, *([UNSEEN] if only is not None else [])]))
    column = condition.leaf.column
    if column is not None and not condition.leaf.keys:
        owner = specs()[condition.steps[-1].target] if condition.steps else spec
        choices = words.choices_of(owner, column.name)
        texts = [choices.get(text, text) for text in texts]
        if column.wire_type == "boolean":
            texts = [words.YES if truth_of(text) else words.NO for text in texts]
    if condition.leaf.kind in _MEASURED:
        texts = [_as_read(text) for text in texts]
    texts += [UNSEEN] if only is not None else []
    return _cut(" and ".join(texts) if condition.operator.width > 1 else ", ".join(texts))


# Kinds of values that people read in formats of their own: in their addresses they are those of the API.
_MEASURED = frozenset({"date", "datetime", "json_time", "integer", "positive_integer", "number", "quantity"})


def _as_read(text: str) -> str:
    """``2026-11-30``, ``20.5 g``: the first word is a date or a number."""
    first, between, rest = text.partition(" ")
    return f"{formats.number(formats.day_in(first))}{between}{rest}"


def names_records(condition: Condition) -> bool:
    """Whether the values of a condition are identifiers of related records."""
    return (
        condition.leaf.relation is not None and not condition.operator.of_record and not condition.operator.asks_absence
    )


def target_of(condition: Condition) -> Spec:
    """The model of these records."""
    assert condition.leaf.relation is not None
    return specs()[condition.leaf.relation.target]


def values_of(one: Filter, condition: Condition) -> list[str]:
    """The values of a condition: several with commas where its operator takes several."""
    several = condition.operator.lists or condition.operator.width > 1
    return [part.strip() for part in one.value.split(",")] if several else [one.value]


def ids_in(target: Spec, one: Filter) -> list[str]:
    """The identifiers in a condition that could be those of records."""
    return [text for part in one.value.split(",") if target.is_id(text := part.strip())]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def presets(asked: Asked) -> list[tuple[str, list[Link]]]:
    """Dates that are often asked for, for when records were created and last changed."""
    found = []
    today = zone.today()
    starts = {
        "Today": today,
        "Past 7 days": today - dt.timedelta(days=6),
        "Past 30 days": today - dt.timedelta(days=29),
        "This year": today.replace(month=1, day=1),
    }
    for name in (one for one in PRESETS if one in asked.spec.columns):
        key = f"{name}.gte"
        given = asked.spelled.first(key)
        links = [Link("Any date", asked.spelled.without(key).url, not given)]
        for label, start in starts.items():
            links.append(Link(label, asked.spelled.having(**{key: start}).url, given == str(start)))
        between = asked.address.having(_field=name, _op="range").url + "#filter"
        links.append(Link("Between two dates", between))
        found.append((words.field_name(asked.spec, name), links))
    return found


__all__ = [
    "UNSEEN", "FilterChip", "Link", "ask", "chips_of", "ids_in", "label_of", "names_records", "presets", "target_of",
    "values_of",
]  # fmt: skip
