"""What SQLite and PostgreSQL have in common: databases that can be saved and loaded."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from .contents import Contents


class Database(Protocol):
    """A database; what fails raises CommandError."""

    @property
    def kind(self) -> str:
        """Either ``sqlite`` or ``postgresql``."""

    @property
    def part(self) -> str:
        """Name of the file in the backup."""

    def server(self) -> str:
        """What runs it, with its version."""

    def save(self, target: Path) -> Contents:
        """Save one moment to a new file."""

    def contents(self) -> Contents:
        """What it holds."""

    def occupied(self) -> str:
        """What is there already, in words; empty if nothing is."""

    def release(self) -> None:
        """Make sure that no server uses it."""

    def load(self, source: Path, *, replace: bool = False) -> None:
        """Become what was saved."""

    def scratch(self, folder: Path) -> AbstractContextManager[Database]:
        """A database of the same kind that is thrown away afterwards."""


__all__ = ["Database"]
