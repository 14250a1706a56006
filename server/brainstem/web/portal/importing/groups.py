"""The errors of a plan in groups, each with what corrects all of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from brainstem.core.imports.steps import Plan
from brainstem.core.imports.telling import groups_of as told_groups
from brainstem.web import formats

from .lines import MOST_OPTIONS, told
from .opened import Opened

MOST = 30
MOST_ROWS = 12


@dataclass(frozen=True)
class Group:
    """Rows with the same error.

    Attributes
    ----------
    head, text : str
        The column and what its cells say; empty for what is wrong with rows as a whole.
    options : tuple of str
        What was perhaps meant.
    rows : str
        Numbers of the first rows.
    """

    sheet: str
    head: str
    text: str
    messages: tuple[str, ...]
    count: int
    rows: str
    options: tuple[str, ...]


def groups_of(one: Opened, plan: Plan) -> tuple[list[Group], int]:
    """The most frequent errors, and how many other ones there are.

    Whatever is wrong with the same cells of the same rows stands together.
    """
    found: dict[tuple[object, ...], list[Mapping[str, Any]]] = {}
    for fact in told_groups(plan):
        found.setdefault((fact["sheet"], fact["head"], fact["text"], *fact["rows"]), []).append(fact)
    groups = [_group(one, some) for some in [*found.values()][:MOST]]
    return groups, max(0, len(found) - MOST)


def _group(one: Opened, some: Sequence[Mapping[str, Any]]) -> Group:
    fact = some[0]
    rows = [str(row) for row in fact["rows"][:MOST_ROWS]]
    more = "" if fact["count"] <= MOST_ROWS else f" and {formats.count(fact['count'] - MOST_ROWS)} more"
    options = dict.fromkeys(fix["to"] for each in some for fix in each["fixes"][:MOST_OPTIONS])
    return Group(
        fact["sheet"],
        fact["head"],
        fact["text"],
        tuple(told(each["message"], is_mine=one.is_mine) for each in some),
        fact["count"],
        ", ".join(rows) + more,
        tuple(options) if one.may_correct else (),
    )


__all__ = ["Group", "groups_of"]
