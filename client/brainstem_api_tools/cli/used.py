"""What the records of a project use: personal attributes, catalogue entries, equipment, stocks, publications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..contract import project_paths, routes
from .connection import Server
from .describe import Fields, fields_of
from .lookup import having

Record = dict[str, Any]
FOLLOWED = frozenset({"fk", "m2m"})


class Used:
    """Follows relations recursively, but not into other projects or to people."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.missing: list[str] = []
        self._fields: dict[str, Fields] = {}

    def fields(self, model: str) -> Fields:
        """The fields of a model, asked for once."""
        if model not in self._fields:
            self._fields[model] = fields_of(self.server, model)
        return self._fields[model]

    def by(self, records: Mapping[str, Iterable[Record]]) -> dict[str, list[Record]]:
        """Records by model that these use."""
        found: dict[str, dict[str, Record]] = {}
        wanted = self._references(records)
        while wanted:
            new: dict[str, list[Record]] = {}
            for model, ids in wanted.items():
                known = found.setdefault(model, {})
                new[model] = list(having(self.server, model, "id", sorted(ids)))
                known.update({str(one["id"]): one for one in new[model]})
                self.missing += [f"{model} {one}" for one in sorted(ids - set(known))]
                # What is not readable is not asked for again.
                known.update({one: {} for one in ids - set(known)})
            wanted = self._references(new)
            wanted = {model: ids - set(found.get(model, ())) for model, ids in wanted.items()}
            wanted = {model: ids for model, ids in wanted.items() if ids}
        return {model: [one for one in known.values() if one] for model, known in sorted(found.items())}

    def _references(self, records: Mapping[str, Iterable[Record]]) -> dict[str, set[str]]:
        """Ids by model to which records refer."""
        found: dict[str, set[str]] = {}
        for model, rows in records.items():
            relations = [one for one in self.fields(model).values() if one.kind in FOLLOWED and _is_used(one.related)]
            for row in rows:
                for relation in relations:
                    value = row.get(relation.name)
                    ids = value if isinstance(value, list) else [value] if value else []
                    found.setdefault(relation.related, set()).update(map(str, ids))
        return {model: ids for model, ids in found.items() if ids}


def _is_used(model: str) -> bool:
    return model != "project" and model not in project_paths() and routes().get(model, "users") != "users"
