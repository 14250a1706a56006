"""The type of values that come from cells and go into payloads: whatever JSON has."""

from __future__ import annotations

from typing import Any

Json = Any

__all__ = ["Json"]
