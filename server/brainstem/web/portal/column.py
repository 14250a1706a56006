"""What every column of a list has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from brainstem.core.model.registry import Spec

from .cells import Cell
from .gathering import Gathering

Values = Mapping[str, object]


@dataclass(frozen=True)
class Column(ABC):
    """One column; ``sort`` is what ``?sort=`` takes for it, empty if its rows cannot be sorted."""

    spec: Spec
    key: str
    label: str
    sort: str = ""
    numeric: bool = False
    unit: str = ""
    help: str = ""
    needs: frozenset[str] = field(default=frozenset())

    @property
    def is_bare(self) -> bool:
        """Whether its numbers say nothing without its head, which phones do not show."""
        return False

    def ask(self, records: Sequence[Values], gathering: Gathering) -> None:  # noqa: B027
        """Say what is needed beside the records; most need nothing."""

    @abstractmethod
    def cell(self, record: Values, gathering: Gathering) -> Cell:
        """What is shown of a record."""


__all__ = ["Column", "Values"]
