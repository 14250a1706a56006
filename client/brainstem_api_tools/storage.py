"""Where a session's data are: the path of a data storage, then a folder for each of its levels.

A storage says in what levels its folders are ordered (such as Projects, Subjects, Sessions) and by which protocols it
is reached, each with a path. The folder of a record is its ``name_used_in_storage``, or else its name.
"""

from __future__ import annotations

import ntpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from .core import Core
from .errors import ValidationError
from .filters import alternatives
from .names import Name, address, portal_name
from .paging import record_of, records_of
from .record import id_of
from .wire import Conversation, with_query

INCLUDE = (
    "datastorage", "projects", "behaviors.subjects", "dataacquisition.procedures.subject",
    "manipulations.procedures.subject",
)  # fmt: skip
OF_WINDOWS = '/\\:*?"<>|'  # what its names of files cannot hold
DEFAULT_LEVELS = ("Projects", "Subjects", "Sessions")


@dataclass(frozen=True)
class Wanted:
    """What to look for: the protocol, and which project, subject and so on where there are several."""

    protocol: str | None = None
    local_root: str | None = None
    storage: str | None = None
    names: Mapping[str, str | None] = field(default_factory=dict)  # level -> name or id


def data_path(core: Core, session: object, wanted: Wanted, *, portal: Name = "private") -> Conversation[str]:
    """The path of a session's data.

    Raises
    ------
    ValidationError
        If the session has no storage that fits, or does not tell a level of it.
    """
    url = address(core.base, portal_name(portal), "stem", "session", id_of(session))
    include = [f"{name}.*" for name in INCLUDE]
    _, record = record_of((yield from core.ask_checked("GET", with_query(url, [("include[]", include)]))), url)
    kept, base = _place(record, wanted)
    levels = [_level(one) for one in kept.get("data_organization") or DEFAULT_LEVELS]
    groups = yield from _groups(core, record, levels, portal)
    return joined(base, [_folder(level, record, groups, wanted) for level in levels])


def _level(one: object) -> str:
    """``Projects``, which servers give as ``"Projects"`` or as ``{"elements": "projects"}``."""
    return str(one.get("elements") if isinstance(one, dict) else one).capitalize()


def joined(base: str, folders: Sequence[str]) -> str:
    """A base path, or address, with folders below it; written as the base is.

    What would part folders, or cannot be part of an address, is quoted (``%2F``): each name is one folder.
    """
    separator = "\\" if "\\" in base or (ntpath.splitdrive(base)[0] and "/" not in base) else "/"
    root = [base.rstrip("/\\")] if base else []
    return separator.join([*root, *(_quoted(folder, base) for folder in folders)])


def _quoted(folder: str, base: str) -> str:
    if base.lower().startswith(("http://", "https://", "ftp://")):
        return quote(folder, safe=" ")
    of_windows = "\\" in base or ntpath.splitdrive(base)[0]
    return "".join(f"%{ord(one):02X}" if one in (OF_WINDOWS if of_windows else "/") else one for one in folder)


def _place(record: Mapping[str, Any], wanted: Wanted) -> tuple[Mapping[str, Any], str]:
    """The first storage that fits, and the base path to it."""
    storages = [one for one in record.get("datastorage") or [] if isinstance(one, dict)]
    if wanted.storage:
        storages = [one for one in storages if wanted.storage in {one["id"], one["name"]}]
    if wanted.local_root is not None:
        return (storages[0] if storages else {}), str(wanted.local_root)
    for one in storages:
        for protocol in one.get("data_protocols") or []:
            if not wanted.protocol or wanted.protocol.lower() in str(protocol.get("protocol", "")).lower():
                return one, str(protocol.get("path") or "")
    known = sorted({str(way.get("protocol")) for one in storages for way in one.get("data_protocols") or []})
    by = f"reached by '{wanted.protocol}'" if wanted.protocol else "with a path"
    raise _unclear(record, f"no data storage {by}", known)


def _groups(core: Core, record: Mapping[str, Any], levels: Sequence[str], portal: Name) -> Conversation[dict[str, Any]]:
    """Records of the levels that a session does not name by itself."""
    found: dict[str, Any] = {}
    for level, model, path in (("Collections", "collection", "sessions"), ("Cohorts", "cohort", "subjects")):
        if level in levels:
            ids = [record["id"]] if path == "sessions" else [one["id"] for one in subjects_of(record)]
            url = address(core.base, portal_name(portal), "stem", model)
            rows: dict[Any, Any] = {}
            for pairs in alternatives({f"{path}.in": ids}):
                body = yield from core.ask_checked("GET", with_query(url, [*pairs, ("limit", 100)]))
                rows.update({one["id"]: one for one in records_of(body, url)})
            found[level] = list(rows.values())
    return found


def subjects_of(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The subjects of a session, each once: of its behaviors, and of the procedures that it uses."""
    found = {one["id"]: one for behavior in record.get("behaviors") or [] for one in behavior["subjects"]}
    for part in ("dataacquisition", "manipulations"):
        for entry in record.get(part) or []:
            found.update({one["subject"]["id"]: one["subject"] for one in entry["procedures"] if one["subject"]})
    return list(found.values())


def _folder(level: str, record: Mapping[str, Any], groups: Mapping[str, Any], wanted: Wanted) -> str:
    if level == "Sessions":
        return _name(record)
    if level == "Years":
        if not record.get("date_time"):
            raise _unclear(record, "no date, but its folder is named by year", [])
        return str(record["date_time"])[:4]
    records = {"Projects": record.get("projects") or [], "Subjects": subjects_of(record), **groups}.get(level, [])
    asked = wanted.names.get(level)
    fitting = [one for one in records if not asked or asked in {one["id"], one["name"], _name(one)}]
    if len(fitting) == 1:
        return _name(fitting[0])
    raise _unclear(
        record, f"{len(fitting) or 'no'} {level.lower()} to name the folder after", [one["name"] for one in records]
    )


def _name(record: Mapping[str, Any]) -> str:
    found = str(record.get("name_used_in_storage") or record["name"])
    # Names may come from other people: none leads out of the storage.
    parts = found.replace("\\", "/").split("/")
    if ".." in parts or found.strip(". ") == "" or found.startswith(("/", "\\")):
        raise ValidationError(f"'{found}' is not a valid folder name in a data storage.")
    return found


def _unclear(record: Mapping[str, Any], what: str, known: Sequence[str]) -> ValidationError:
    there = f" Available: {', '.join(known)}." if known else ""
    return ValidationError(
        f"Session '{record['name']}' has {what}.{there}",
        advice="Choose one with protocol=, project=, subject= and so on.",
    )
