"""How far one request may walk through relations. Pure: knows declarations, writes no SQL.

Lists multiply: each session of each project of each session is the square of a lab. A path may therefore go through
only a few lists, never back to a model that it has passed, and all paths of a request share one allowance.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import QueryError
from ..model.registry import Relation, Spec
from .syntax import MAX_DEPTH

MAX_LISTS_ON_A_PATH = 3
# An alias such as ``subjects`` of a session stands for three paths of two lists each: room for four of them.
MAX_LISTS = 24
MAX_RECORDS_SHOWN = 60


@dataclass(frozen=True)
class Trail:
    """The relations that a path has followed so far; ``written`` is the parameter that asks for them."""

    spec: Spec
    written: str
    steps: tuple[Relation, ...] = ()

    def to(self, relation: Relation) -> Trail:
        """The trail with one more step.

        Raises
        ------
        QueryError
            If the step leads back through a list, or too far.
        """
        longer = Trail(self.spec, self.written, (*self.steps, relation))
        if leads_back(relation, {self.spec.label, *(step.target for step in self.steps)}):
            model = relation.target.rpartition(".")[2]
            raise QueryError.at(
                self.written,
                f"'{longer.path}' leads back through a list to {model}, which this path has already passed."
                f" Use the field of {model} where the path first reaches it.",
            )
        if len(longer.steps) > MAX_DEPTH:
            raise QueryError.at(self.written, f"At most {MAX_DEPTH} relations can be followed, in '{longer.path}'.")
        if lists_on(longer.steps) > MAX_LISTS_ON_A_PATH:
            raise QueryError.at(
                self.written,
                f"'{longer.path}' passes {lists_on(longer.steps)} lists of records; at most {MAX_LISTS_ON_A_PATH} can"
                " be passed. Start from a model that is closer to what you are looking for.",
            )
        return longer

    @property
    def path(self) -> str:
        """The relations as they are written in a query."""
        return ".".join(step.name for step in self.steps)


def leads_back(relation: Relation, passed: set[str] | frozenset[str]) -> bool:
    """Whether a step goes through a list to a model that the path has passed.

    The branches below a node of a tree do not lead back: every node has one parent.
    """
    within_a_tree = relation.source == relation.target and relation.kind == "reverse"
    return relation.many and relation.target in passed and not within_a_tree


def lists_on(steps: tuple[Relation, ...]) -> int:
    """How many of the steps lead to lists."""
    return sum(step.many for step in steps)


@dataclass
class Allowance:
    """The number of lists that all filters and sorts of one request may go through together."""

    used: int = 0

    def take(self, written: str, lists: int) -> None:
        """Count the lists of one condition or sort key."""
        self.used += lists
        if self.used > MAX_LISTS:
            raise QueryError.at(
                written,
                f"The filters and sorts of this request pass {self.used} lists of records; together they may pass"
                f" {MAX_LISTS}. Leave some out, or ask in several requests.",
            )


__all__ = ["MAX_LISTS", "MAX_LISTS_ON_A_PATH", "MAX_RECORDS_SHOWN", "Allowance", "Trail", "leads_back", "lists_on"]
