"""The vocabularies that a fresh server is filled with: species, strains, brain regions, setups, suppliers, journals."""

from __future__ import annotations

from .load import Report, is_empty, load

__all__ = ["Report", "is_empty", "load"]
