"""Where the data of a session are: for each way to reach each of its storages, the path of its folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice, product

from brainstem.core.model.ids import RecordId
from brainstem.core.query.run import fetch_record
from brainstem.core.query.syntax import parse
from brainstem.core.text.folders import is_folder, joined

from .cells import Cell, text_cell
from .fields import Group
from .where import Where

MOST = 6  # paths by one protocol, where a session has several subjects or projects
USUAL_LEVELS = ("Projects", "Subjects", "Sessions")
# Collections and cohorts refer to sessions and subjects, not these to them, so their folders are not known here.
_INCLUDES = "&".join(
    f"include[]={name}.*"
    for name in (
        "datastorage", "projects", "behaviors.subjects", "dataacquisition.procedures.subject",
        "manipulations.procedures.subject",
    )
)  # fmt: skip
_NEEDED = {"Projects": "project", "Subjects": "subject", "Years": "date"}
Record = Mapping[str, object]


def places(where: Where, pk: RecordId, record: Record) -> list[Group]:
    """The storages of a session with its paths in them; one statement, none for a session without a storage."""
    if not record.get("datastorage"):
        return []
    shown = fetch_record(where.spec, pk, parse(_INCLUDES), viewer=where.viewer, base=where.base)
    session = json.loads(shown.text) if shown else {}
    storages = _records(session.get("datastorage"))
    rows = tuple(row for storage in storages for row in _rows(storage, session, where.portal))
    table = Cell("table", head=("Data storage", "By", "Path"), rows=rows)
    return [Group("Where the data are", cell=table)] if rows else []


def _rows(storage: Record, session: Record, portal: str) -> Iterator[tuple[Cell, Cell, Cell]]:
    levels = [_level(one) for one in _list(storage.get("data_organization"))] or [*USUAL_LEVELS]
    folders = [_folders(level, session) for level in levels]
    missing = [_NEEDED.get(level, level.lower()) for level, found in zip(levels, folders, strict=True) if not found]
    for way in _records(storage.get("data_protocols")):
        if portal == "public" and not way.get("is_public"):
            continue
        head = text_cell(str(storage.get("name", ""))), text_cell(str(way.get("protocol", "")))
        if missing:
            yield *head, text_cell(f"Known once the session has a {' and a '.join(missing)}.")
        for chosen in islice(product(*folders) if not missing else (), MOST):
            yield *head, Cell("path", joined(str(way.get("path") or ""), chosen))


def _level(one: object) -> str:
    """``Projects``, of ``"projects"`` or ``{"elements": "Projects"}``."""
    return str(one.get("elements") if isinstance(one, Mapping) else one).capitalize()


def _folders(level: str, session: Record) -> list[str]:
    """Names of the folders at a level: several where a session has several subjects, none where that is unknown."""
    if level == "Years":
        return [str(session["date_time"])[:4]] if session.get("date_time") else []
    found = {"Sessions": [session], "Projects": _records(session.get("projects")), "Subjects": _subjects(session)}
    names = dict.fromkeys(str(one.get("name_used_in_storage") or one.get("name")) for one in found.get(level, []))
    return [name for name in names if is_folder(name)]


def _subjects(session: Record) -> list[Record]:
    """Those of its behaviors; those of the procedures that it uses where it has no behavior."""
    found = [one for behavior in _records(session.get("behaviors")) for one in _records(behavior.get("subjects"))]
    if found:
        return found
    parts = [*_records(session.get("dataacquisition")), *_records(session.get("manipulations"))]
    return _records([used.get("subject") for part in parts for used in _records(part.get("procedures"))])


def _records(value: object) -> list[Record]:
    return [one for one in _list(value) if isinstance(one, Mapping)]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


__all__ = ["places"]
