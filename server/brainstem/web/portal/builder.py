"""The three steps of a new filter, field > operator > value, as plain links and forms.

The first step is a list of links, the second and third are one form. What the form sends becomes a condition in the
address (:func:`finished`), so that every state of it can be linked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import QueryError
from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.names import Condition, allowed_operators
from brainstem.core.query.operators import OPERATORS, USUAL, Operator
from brainstem.core.query.plan import plan
from brainstem.core.query.syntax import Filter, Query, Sort
from brainstem.core.query.worked import MY_LEVEL, count_name, worked_of

from . import words
from .asking import Asked
from .chips import Link, label_of
from .columns import column_of
from .computed import computed_names
from .faces import face_of
from .gathering import Gathering
from .meanings import help_of
from .rows import ask, fetch, title_of

MOST = 200
PRESENT = "present"  # the opposite of "is empty"
# Operators that most people need, first; the others follow.
FIRST = ("eq", "ne", "in", "icontains", "gte", "lte", "range", "within", "isnull")


@dataclass(frozen=True)
class Option:
    """One value of a select."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class Builder:
    """The second and third step: the operators of a field, and the control for its value."""

    field: str
    label: str
    operators: tuple[Option, ...]
    control: str
    options: tuple[Option, ...] = ()
    units: tuple[str, ...] = ()
    found: str = ""
    more: bool = False
    help: str = ""
    ends: tuple[str, ...] = ("Value",)


def fields_of(asked: Asked) -> list[tuple[str, list[Link]]]:
    """The first step: what there is to filter by, in groups."""
    spec, viewer = asked.spec, asked.viewer
    own: list[Link] = []
    related: list[Link] = []
    typed: list[Link] = []
    for name in _names(spec, viewer):
        link = Link(words.field_name(spec, name), asked.address.having(_field=name).url + "#filter")
        (related if name in spec.relations or name in spec.computed else own).append(link)
        first = spec.relations.get(name)
        if first is not None and specs()[first.target].label == "stem.Subject":
            below = f"{name}.strain"
            related.append(Link(label_of(spec, below), asked.address.having(_field=below).url + "#filter"))
    if asked.type:
        typed = [
            Link(words.detail_name(spec, "details", key), asked.address.having(_field=f"details.{key}").url + "#filter")
            for key in words.schema_of(words.type_group(spec), asked.type)
            if "details" in spec.columns
        ]
    worked = [
        Link(label_of(spec, name), asked.address.having(_field=name).url + "#filter") for name in _worked(spec, viewer)
    ]
    groups = [("Fields", own), ("Worked out", worked), ("Related", related), ("Details", typed)]
    return [(label, links) for label, links in groups if links]


def _names(spec: Spec, viewer: Viewer) -> list[str]:
    names = [
        name
        for name in (*spec.keys, *spec.resource.filter_aliases)
        if name in spec.columns or name in spec.relations or (name == "tags" and spec.has_tags)
        or name in spec.resource.filter_aliases or (name in spec.computed and spec.computed[name].kind == "through")
    ]  # fmt: skip
    usable = [name for name in dict.fromkeys(names) if viewer.shows(spec, name) and name != "id"]
    return [name for name in usable if name not in spec.columns or spec.columns[name].wire_type != "json"]


def _worked(spec: Spec, viewer: Viewer) -> list[str]:
    """What is worked out: as columns, and how many records each tab has."""
    names = [name for name in computed_names(spec) if name != MY_LEVEL]  # a number there; its views have words
    shown = [name for name in names if column_of(spec, name, viewer.view) is not None]
    tabs = [spec.relations[name] for name in face_of(spec).tabs or () if viewer.shows(spec, name)]
    counted = [count_name(one) for one in tabs if worked_of(spec, count_name(one)) is not None]
    return [name for name in (*shown, *counted) if _plannable(spec, viewer, name)]


def _plannable(spec: Spec, viewer: Viewer, name: str) -> bool:
    try:
        plan(Query(sorts=(Sort((name,), False),)), spec, viewer.view.way_in.hides)
    except QueryError:
        return False
    return True


def builder_of(asked: Asked) -> Builder | None:
    """The second and third step for the field in the address; None if none is chosen.

    Raises
    ------
    QueryError
        If there is no such field to filter by.
    """
    field = asked.address.first("_field").strip()
    if not field:
        return None
    condition = _condition(asked, field)
    allowed = _operators(condition)
    chosen = asked.address.first("_op") or (allowed[0] if allowed else USUAL)
    shown = tuple(Option(name, OPERATORS[name].label, name == chosen) for name in allowed)
    if "isnull" in allowed:
        shown += (Option(PRESENT, "is not empty", chosen == PRESENT),)
    ends = ("From", "To") if chosen in OPERATORS and OPERATORS[chosen].width > 1 else ("Value",)
    about = help_of(asked.spec, field.split(".")[0])
    built = Builder(field, label_of(asked.spec, field), shown, "text", help=about, ends=ends)
    return _with_control(asked, built, condition)


def _condition(asked: Asked, field: str) -> Condition:
    settled = tuple(one for one in asked.query.filters if one.path == ("type",))
    for operator in ("isnull", USUAL):
        path = (*field.split("."), operator)
        try:
            query = Query(filters=(Filter(path, False, "true"), *settled))
            return plan(query, asked.spec, asked.viewer.view.way_in.hides).conditions[0][0]
        except QueryError as error:
            told = error
    raise QueryError.at("_field", " ".join(next(iter(told.errors.values()))))


def _operators(condition: Condition) -> list[str]:
    leaf = condition.leaf
    allowed = allowed_operators(leaf)
    if leaf.relation is not None:
        allowed &= {"eq", "ne", "in", "isnull", "within"}
    if leaf.kind == "boolean":
        allowed &= {"eq", "isnull"}
    first = [name for name in FIRST if name in allowed]
    return first + [name for name in OPERATORS if name in allowed and name not in first]


def _with_control(asked: Asked, built: Builder, condition: Condition) -> Builder:
    leaf = condition.leaf
    if leaf.relation is not None:
        return _of_records(asked, built, specs()[leaf.relation.target])
    if leaf.quantity is not None:
        return replace(built, control="quantity", units=leaf.quantity.units)
    if leaf.column is not None and not leaf.keys:
        owner = specs()[condition.steps[-1].target] if condition.steps else asked.spec
        choices = words.choices_of(owner, leaf.column.name)
        if choices:
            return replace(built, control="select", options=tuple(Option(*one) for one in choices.items()))
    if leaf.kind == "boolean":
        return replace(built, control="select", options=(Option("true", words.YES), Option("false", words.NO)))
    kinds = {"date": "date", "datetime": "date", "integer": "number", "positive_integer": "number", "number": "number",
             "json_time": "date"}  # fmt: skip
    return replace(built, control=kinds.get(leaf.kind, "text"))


def _of_records(asked: Asked, built: Builder, target: Spec) -> Builder:
    """A select of the first records that may be referred to; a search narrows them, without a script by reloading."""
    words_of = asked.address.first("_find")
    title = face_of(target).title
    sorts = (Sort((title[0],), False),) if title and title[0] in target.columns else ()
    query = Query(search=tuple(words_of.split()[:10]), sorts=sorts, limit=MOST)
    records, count = fetch(target, query, (), viewer=asked.viewer)
    gathering = Gathering(asked.viewer)
    ask(records, target, (), gathering)
    gathering.run()
    options = tuple(Option(str(one["id"]), title_of(target, one, gathering)) for one in records)
    return replace(built, control="records", options=options, found=words_of, more=count > MOST or bool(words_of))


def _parts(operator: Operator | None, value: str) -> list[str]:
    """The values in what was typed: several with commas where the operator takes several."""
    return value.split(",") if operator is not None and (operator.lists or operator.width > 1) else [value]


def finished(asked: Asked) -> str:
    """The address that a sent form stands for; empty if none was sent."""
    field, operator = asked.address.first("_field"), asked.address.first("_op")
    if not field:
        return ""
    if operator in ("isnull", PRESENT):
        return asked.spelled.plus([(f"{field}.isnull", str(operator == "isnull").lower())]).url
    sent = [value for name, value in asked.address.pairs if name == "_value"]
    values = [part.strip() for value in sent for part in _parts(OPERATORS.get(operator), value) if part.strip()]
    if operator not in OPERATORS or not values or len(values) < OPERATORS[operator].width:
        return ""
    unit = asked.address.first("_unit")
    text = ",".join(f"{value} {unit}".strip() for value in values)
    return asked.spelled.plus([(field if operator == USUAL else f"{field}.{operator}", text)]).url


__all__ = ["Builder", "Option", "builder_of", "fields_of", "finished"]
