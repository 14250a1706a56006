"""Adds records by model label on behalf of someone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brainstem.apps.modules.entries import write_entry
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import specs
from brainstem.core.review import flow
from brainstem.core.write import saving


@dataclass(frozen=True)
class Builder:
    """Adds records in one portal for one person; returns ids as the API sends them."""

    viewer: Viewer

    def add(self, label: str, **payload: object) -> Any:
        """Id of a new record of the model, such as ``stem.Session``."""
        record = saving.create(specs()[label], payload, viewer=self.viewer)
        return record.pk if isinstance(record.pk, int) else str(record.pk)

    def change(self, label: str, record_id: Any, **payload: Any) -> None:
        """Change some fields of a record."""
        saving.change(specs()[label], record_id, payload, viewer=self.viewer)

    def propose(self, label: str, **payload: object) -> None:
        """Propose a new catalogue entry."""
        flow.create(specs()[label], payload, viewer=self.viewer)

    def propose_change(self, label: str, record_id: RecordId, **payload: object) -> None:
        """Propose a change to a catalogue entry."""
        flow.change(specs()[label], record_id, payload, viewer=self.viewer)

    def enter(self, label: str, record_id: RecordId, **entry: object) -> None:
        """Add an entry to a log."""
        write_entry(specs()[label], record_id, "add_entry", entry, viewer=self.viewer)


def quantity(value: float, unit: str) -> dict[str, Any]:
    """A value with its unit, as the type schemas define it."""
    return {"value": value, "unit": unit}
