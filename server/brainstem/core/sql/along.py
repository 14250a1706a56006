"""A question that rides along with another statement, to save the way to the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass
class Along:
    """An SQL expression with its values, and what the database said; None where it was not asked."""

    expression: str
    values: Sequence[Any]
    answer: Any = None
