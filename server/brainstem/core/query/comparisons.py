"""One comparison -> SQL: a column against the values of a condition, and the hop to the column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from string import Formatter
from types import MappingProxyType

from ..access.scope import View, visible
from ..model.registry import Relation, Spec, shares_scope, specs
from ..sql.dialect import DIALECTS, PostgreSQL, SQLite
from ..sql.fragment import TRUE, Slot, Sql
from .operators import TEXT, Operator
from .past import Past


@dataclass
class Writer:
    """What the rendering of one statement shares: dialect, view, a source of aliases, and one of rows of the past."""

    vendor: str
    view: View
    numbers: count[int] = field(default_factory=lambda: count(1))
    rows: dict[str, Spec] = field(default_factory=dict)
    past: Past | None = None

    def __post_init__(self) -> None:
        self.past = Past(self.vendor) if self.view.as_of else None

    @property
    def dialect(self) -> PostgreSQL | SQLite:
        """The functions of the database."""
        return DIALECTS[self.vendor]

    def alias(self, spec: Spec) -> str:
        """An alias for rows of a model, unique in the statement."""
        name = f"x{next(self.numbers)}"
        self.rows[name] = spec
        return name

    def hop_scope(self, relation: Relation, alias: str) -> Sql:
        """The condition under which the target of a hop is visible."""
        if self.trusts(relation):
            return TRUE
        return visible(specs()[relation.target], alias, self.view, hop=True)

    def trusts(self, relation: Relation) -> bool:
        """Whether who sees the source sees the target; not if they may have been elsewhere then."""
        return self.past is None and shares_scope(relation)


def value_of(writer: Writer, wire_type: str, index: int, position: int, *, slot: str = "value") -> Sql:
    """The placeholder for a value of a filter, or for a search word."""
    return Sql(writer.dialect.cast(wire_type), ((slot, index, position),))


Forms = Mapping[str, Sql | str]
_NO_FORMS: Forms = MappingProxyType({})


def compare(
    writer: Writer,
    column: str,
    kind: str,
    operator: Operator,
    index: int,
    *,
    part: int = 0,
    forms: Forms = _NO_FORMS,
    slot: str = "value",
) -> Sql:
    """The condition of an operator on a column or on a value inside JSON.

    Parameters
    ----------
    index : int
        Position of the filter whose values these are.
    part : int
        Which of several comparisons of that filter this is; each has its own values.
    forms : mapping
        Names in the template of the operator that are added to, or override, those that follow from the column.
    """
    first = part * operator.width
    text = ""
    slots: list[Slot] = []
    for before, name in _pieces(operator.condition(writer.vendor, kind)):
        text += before
        if name.isdigit():
            given = value_of(writer, operator.value or kind, index, first + int(name), slot=slot)
        elif name == "member":
            given = Sql(writer.dialect.member(column, kind), ((slot, index, first),))
        elif name:
            found = forms.get(name) or _form(writer.dialect, name, column, kind)
            given = Sql(found) if isinstance(found, str) else found
        else:
            continue
        text += given.text
        slots += given.slots
    return Sql(text, tuple(slots))


@cache
def _pieces(template: str) -> tuple[tuple[str, str], ...]:
    """(text, name of what follows it), in order."""
    return tuple((before, name or "") for before, name, _, _ in Formatter().parse(template))


def _form(dialect: PostgreSQL | SQLite, name: str, column: str, kind: str) -> str:
    """A column in the form that an operator compares."""
    if name == "ordered" and kind in TEXT:
        return dialect.ordered_text(column)
    if name == "folded":
        return dialect.folded(column)
    if name == "utc" and kind == "datetime":
        return dialect.in_utc(column)
    if name == "absent":
        return f"{column} IS NULL"
    if name not in ("column", "ordered", "utc"):
        raise ValueError(f"An operator names {{{name}}}, which is nothing that there is to compare.")
    return column
