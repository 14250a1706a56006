"""The initial catalogue of a new server: species, strains, brain regions, setup types, suppliers, journals."""

from __future__ import annotations

from .load import Report, is_empty, load

__all__ = ["Report", "is_empty", "load"]
