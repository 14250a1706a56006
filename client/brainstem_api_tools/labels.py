"""Names of related records, by id: asked for once each, with nothing else of them. Conversations, no network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .core import Core
from .filters import alternatives
from .names import address
from .paging import Pages
from .record import Record, fields_of, record_class
from .wire import Conversation

NAMES = ("name", "title")
OF_PEOPLE = ("first_name", "last_name")
FOLLOWED = frozenset({"fk", "m2m", "reverse_m2m"})
Labels = dict[str, dict[Any, str]]


def labels_of(
    core: Core, record: type[Record], rows: Iterable[Mapping[str, Any]], *, portal: str
) -> Conversation[Labels]:
    """Field -> id -> name, for all relations of these records that stand there as ids."""
    ids = _ids(record, list(rows))
    known: dict[str, dict[Any, str]] = {}
    for model, wanted in ids.items():
        known[model] = yield from _names_of(core, record_class(model), list(wanted), portal)
    relations = {name: one.related for name, one in fields_of(record).items() if one.kind in FOLLOWED}
    return {name: known[model] for name, model in relations.items() if model in known}


def _ids(record: type[Record], rows: list[Mapping[str, Any]]) -> dict[str, dict[Any, None]]:
    found: dict[str, dict[Any, None]] = {}
    for name, field in fields_of(record).items():
        if field.kind not in FOLLOWED or not _told(record_class(field.related)):
            continue
        for row in rows:
            value = row.get(name)
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, (str, int)):
                    found.setdefault(field.related, {})[one] = None
    return found


def _told(record: type[Record]) -> tuple[str, ...]:
    """The fields that name a record."""
    fields = fields_of(record)
    return next(((name,) for name in NAMES if name in fields), OF_PEOPLE if OF_PEOPLE[0] in fields else ())


def _names_of(core: Core, record: type[Record], ids: list[Any], portal: str) -> Conversation[dict[Any, str]]:
    told, found = _told(record), {}
    others = [name for name in fields_of(record) if name not in {"id", *told}]
    url = address(core.base, portal, record.app, record.model)
    for query in alternatives({"id.in": ids}):
        pages = Pages(url, [*query, ("exclude[]", ",".join(others))])
        while not pages.done:
            for one in pages.take((yield from core.ask_checked("GET", pages.next_url()))):
                found[one["id"]] = " ".join(str(one[name]) for name in told if one.get(name))
    return found
