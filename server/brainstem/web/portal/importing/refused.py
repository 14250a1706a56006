"""What was asked of an import and not done, as its page tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from brainstem.core.errors import BrainstemError, Invalid

MOST = 20


@dataclass(frozen=True)
class Moved:
    """A row for which the plan did not hold any more, and what happened."""

    row: int
    sheet: str
    message: str


@dataclass(frozen=True)
class Refused:
    """Why nothing was done, and what was typed meanwhile; nothing of it is lost.

    Attributes
    ----------
    problems : list of str
        What is wrong.
    fields : dict
        Name of a control -> what is wrong with it.
    moved : list of Moved
        Rows of a plan that others have overtaken.
    sent : dict
        What was typed.
    """

    status: int = 200
    problems: list[str] = field(default_factory=list)
    fields: Mapping[str, str] = field(default_factory=dict)
    rows: list[Moved] = field(default_factory=list)
    more: int = 0
    sent: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, error: BrainstemError, sent: Mapping[str, str], *, status: int = 422) -> Refused:
        """From an error of the API or of a service."""
        if isinstance(error, Invalid):
            fields = {name: " ".join(texts) for name, texts in error.errors.items()}
            return cls(status, list(dict.fromkeys(fields.values())), fields, sent=dict(sent))
        return cls(409, [error.message], sent=dict(sent))

    @classmethod
    def moved(cls, told: Mapping[str, Any], *, status: int = 200) -> Refused:
        """From what the API says when a plan no longer holds."""
        rows = [Moved(int(one["row"]), str(one["sheet"]), str(one["message"])) for one in told.get("moved", ())]
        text = str(told.get("detail", "")) if not rows else ""
        return cls(status, [text] if text else [], rows=rows[:MOST], more=max(0, len(rows) - MOST))


__all__ = ["Moved", "Refused"]
