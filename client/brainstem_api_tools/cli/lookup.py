"""Finds records of a server by ids and by values of their fields, many with few requests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .cells import WrongCell
from .connection import Server
from .describe import Field

VALUES = 50  # of a filter, so that addresses stay short
NUMBER = re.compile(r"[0-9]{1,18}")  # isdigit() also takes ² and digits of other scripts
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
Record = dict[str, Any]


def is_id(field: Field, value: object) -> bool:
    """Whether a text is the id of a record that a field refers to, rather than its name."""
    return bool((NUMBER if field.related_id == "integer" else UUID).fullmatch(str(value)))


def having(server: Server, model: str, field: str, values: Iterable[object]) -> Iterator[Record]:
    """Records in which a field has one of the values."""
    wanted = list(dict.fromkeys(values))
    # A comma parts the values of a list, so what holds one is asked for alone.
    plain = [value for value in wanted if "," not in str(value)]
    for start in range(0, len(plain), VALUES):
        yield from server.records(model, [(f"filter{{{field}.in}}", plain[start : start + VALUES])])
    for value in wanted:
        if "," in str(value):
            yield from server.records(model, [(f"filter{{{field}}}", value)])


class Names:
    """Ids of related records by their names."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._found: dict[tuple[str, str], dict[str, list[Any]]] = {}
        self.labels: dict[str, str] = {}

    def learn(self, model: str, lookup: str, texts: Iterable[str]) -> None:
        """Ask the server for what these names stand for."""
        known = self._found.setdefault((model, lookup), {})
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update({text: [] for text in new})
        for record in having(self.server, model, lookup, new):
            if record.get(lookup) in known:
                known[record[lookup]].append(record["id"])
                self.labels[str(record["id"])] = str(record[lookup])

    def name(self, model: str, ids: Iterable[str]) -> None:
        """Ask the server for the names of records."""
        for record in having(self.server, model, "id", (one for one in ids if one not in self.labels)):
            self.labels[str(record["id"])] = str(record.get("name") or record.get("title") or record["id"])

    def id_of(self, field: Field, lookup: str, text: Any) -> Any:
        """The id of the record that a text names.

        Raises
        ------
        WrongCell
            If there is none, or several.
        """
        if is_id(field, text):
            return int(text) if field.related_id == "integer" else str(text).lower()
        found = self._found[field.related, lookup].get(str(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            some = ", ".join(map(str, found[:3]))
            raise WrongCell(f"{len(found)} records of {field.related} have the {lookup} '{text}'. Use the id ({some}).")
        raise WrongCell(f"There is no {field.related} with the {lookup} '{text}' that you have access to.")
