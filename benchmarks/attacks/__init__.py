"""The attacks of ``benchmarks/abuse.py``, and what it needs to measure what they do."""

from . import bodies, connections, doors, queries, records  # noqa: F401 - each registers its attacks
from .base import ATTACKS, FULL, SHORT, Attack, Scale, Target, told

__all__ = ["ATTACKS", "FULL", "SHORT", "Attack", "Scale", "Target", "told"]
