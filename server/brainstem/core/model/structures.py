"""JSON values of a known shape -> the canonical form in which they are stored and returned.

Pure: no models, no database. Each structure accepts every variant that clients use, and null for "nothing".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from ..errors import gathered
from ..text.shown import kind_of, shown
from .validators import identifier_problem, known_source, link_of

REPOSITORIES = ("CRCNS", "DANDI", "Figshare", "GitHub", "Globus", "Mendeley", "Zenodo", "Webshare", "Other")
USER_ROLES = (
    "Contact person",
    "Conceptualizer",
    "Data collector",
    "Data curator",
    "Data manager",
    "Formal analyzer",
    "Investigator",
    "Maintainer",
    "Method developer",
    "Producer",
    "Project leader",
    "Project manager",
    "Supervisor",
)
# Structures that are lists of rows -> the keys of a row, and whether other keys are allowed.
ROWS: Mapping[str, tuple[tuple[str, ...], bool]] = {
    "data_organization": (("elements",), False),
    "data_protocols": (("protocol", "path", "is_public"), False),
    "download_links": (("Repository", "URL"), False),
    "external_identifiers": (("source", "identifier", "url"), True),
    "log_entries": (
        ("date_time", "start_date_time", "end_date_time", "notes", "performed_by", "details"),
        False,
    ),
    "project_user_roles": (("user", "role"), False),
    "setup_specifications": (("name", "value", "description"), True),
}
TIMES = frozenset({"date_time", "start_date_time", "end_date_time"})
EXTRA_FIELD_NAME = re.compile(r"\A[A-Za-z][A-Za-z0-9_]*")
_WEB_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s/?#]\S*", re.IGNORECASE)


class Wrong(ValueError):
    """A value of the wrong shape; each message says where, and what was expected."""

    def __init__(self, *messages: str) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


def parse(structure: str, value: object) -> Any:
    """The value as stored.

    Parameters
    ----------
    structure : str
        Name of the shape, as a ``StructureField`` gives it.
    value
        The JSON value received.

    Raises
    ------
    Wrong
        With all errors.
    """
    return _PARSERS[structure](value)


def extra_fields(value: object) -> dict[str, str | int | float]:
    """Values by name; also a list of ``{name, value}``."""
    if value is None or value == []:
        return {}
    if isinstance(value, list):
        value = _named_values(value)
    if not isinstance(value, dict):
        raise Wrong(f'Expected an object such as {{"weight": 20.5}}, got {kind_of(value)}.')
    _all(value.items(), lambda item: _extra_field(*item))
    return value


def download_links(value: object) -> list[dict[str, str]]:
    """``{"Repository", "URL"}`` rows; lowercase keys are accepted."""
    return _each(
        value,
        '{"Repository": "DANDI", "URL": "https://..."}',
        lambda at, row: _row(
            Repository=lambda: _choice(row, "Repository", REPOSITORIES, at=at),
            URL=lambda: _address(_text(row, "URL", at=at), at),
        ),
    )


def data_organization(value: object) -> list[dict[str, str]]:
    """``{"elements"}`` rows, from the top folder down; plain strings are accepted."""
    if isinstance(value, list):
        value = [{"elements": row} if isinstance(row, str) else row for row in value]
    return _each(
        value, '{"elements": "Projects"}', lambda at, row: _row(elements=lambda: _text(row, "elements", at=at))
    )


def data_protocols(value: object) -> list[dict[str, object]]:
    """``{"protocol", "path", "is_public"}`` rows."""
    return _each(
        value,
        '{"protocol": "Local harddrive", "path": "/data", "is_public": false}',
        lambda at, row: _row(
            protocol=lambda: _text(row, "protocol", at=at),
            path=lambda: _text(row, "path", at=at, required=False),
            is_public=lambda: _truth(row, "is_public", at=at),
        ),
    )


def setup_specifications(value: object) -> object:
    """``{"name", "value", "description"}`` rows, or values by name; stored as received."""
    if isinstance(value, dict):
        _all(value.items(), lambda item: _scalar(item[1], item[0]))
        return value
    return _each(value, '{"name": "length", "value": 100, "description": "cm"}', _specification)


def _specification(at: str, row: dict[str, object]) -> dict[str, object]:
    _row(
        name=lambda: _text(row, "name", at=at),
        value=lambda: None if row.get("value") is None else _scalar(row["value"], f"{at}.value"),
        description=lambda: _text(row, "description", at=at, required=False),
    )
    return dict(row)


def external_identifiers(value: object) -> list[dict[str, object]]:
    """``{"source", "identifier"}`` rows, with a ``url`` if given or known; other keys are kept."""
    return _each(value, '{"source": "NCBI", "identifier": "10090"}', _external_identifier)


def _external_identifier(at: str, row: dict[str, Any]) -> dict[str, Any]:
    read = _row(
        source=lambda: known_source(_text(row, "source", at=at)),
        identifier=lambda: _text(row, "identifier", at=at),
        url=lambda: _text(row, "url", at=at, required=False),
    )
    source, identifier = read["source"], read["identifier"]
    if problem := identifier_problem(source, identifier):
        raise Wrong(f"{at}.identifier: {problem}")
    entry: dict[str, Any] = {"source": source, "identifier": identifier}
    url = read["url"] or link_of(source, identifier)
    if url:
        entry["url"] = _address(url, at)
    rest = {key: one for key, one in row.items() if key.lower() not in ("source", "identifier", "url")}
    return entry | rest


def project_user_roles(value: object) -> list[dict[str, object]]:
    """``{"user", "role"}`` rows; the user is an email address or an id."""
    return _each(
        value,
        '{"user": "alice@example.org", "role": "Data curator"}',
        lambda at, row: _row(user=lambda: _person(row, at), role=lambda: _choice(row, "role", USER_ROLES, at=at)),
    )


def _person(row: dict[str, object], at: str) -> int | str:
    user = _get(row, "user")
    if isinstance(user, bool) or not isinstance(user, int | str) or user == "":
        raise Wrong(f"{at}.user: expected the email address or id of a user, got {kind_of(user)}.")
    return user


def log_entries(value: object) -> list[object]:
    """Log entries; they are validated when they are added."""
    return [row for _, row in _rows(value, '{"date_time": "2026-01-31T12:00:00Z"}')]


# -- helpers ----------------------------------------------------------------------------------------------------------


def _rows(value: object, example: str) -> list[tuple[str, dict[str, Any]]]:
    """(path, row) for each row; null and an empty object mean none."""
    if value is None or value == {}:
        return []
    if not isinstance(value, list):
        raise Wrong(f"Expected a list such as [{example}], got {kind_of(value)}.")
    _all(enumerate(value), lambda item: _object(item[0], item[1], example))
    return [(f"[{position}]", row) for position, row in enumerate(value)]


def _object(position: int, row: object, example: str) -> None:
    if not isinstance(row, dict):
        raise Wrong(f"[{position}]: expected an object such as {example}, got {kind_of(row)}.")


def _each(value: object, example: str, read: Callable[[str, dict[str, Any]], Any]) -> list[Any]:
    """The parsed rows; all errors are reported at once."""
    return _all(_rows(value, example), lambda item: read(*item))


def _row(**parts: Callable[[], Any]) -> dict[str, Any]:
    """The values of a row by key; all errors are reported at once."""
    return dict(zip(parts, _all(parts.values(), lambda read: read()), strict=True))


def _all(items: Iterable[Any], read: Callable[[Any], Any]) -> list[object]:
    """The parsed items.

    Raises
    ------
    Wrong
        With all messages of all items.
    """
    found, wrong = gathered((partial(read, item) for item in items), Wrong)
    if wrong:
        raise Wrong(*(message for error in wrong for message in error.messages))
    return found


def _extra_field(name: str, value: object) -> None:
    if not EXTRA_FIELD_NAME.fullmatch(name):
        raise Wrong(f"{shown(name)} is not a valid name. Use letters, digits and underscores, starting with a letter.")
    _scalar(value, name)


def _named_values(rows: list[object]) -> dict[str, object]:
    found: dict[str, Any] = {}
    for at, row in _rows(rows, '{"name": "weight", "value": 20.5}'):
        name = _text(row, "name", at=at)
        if name in found:
            raise Wrong(f"{at}.name: {shown(name)} appears twice in the list.")
        found[name] = _get(row, "value")
    return found


def _get(row: Mapping[str, object], key: str) -> object:
    """A value by its key, ignoring case; an exact match comes first."""
    if key in row:
        return row[key]
    return next((one for name, one in row.items() if name.lower() == key.lower()), None)


def _text(row: Mapping[str, object], key: str, *, at: str, required: bool = True) -> str:
    value = _get(row, key)
    if value is None and not required:
        return ""
    # Identifiers are often sent as numbers.
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise Wrong(f"{at}.{key}: expected a string, got {kind_of(value)}.")
    if required and not value.strip():
        raise Wrong(f"{at}.{key}: may not be empty.")
    return value.strip()


def _truth(row: Mapping[str, object], key: str, *, at: str) -> bool:
    value = _get(row, key)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Wrong(f"{at}.{key}: expected true or false, got {kind_of(value)}.")
    return value


def _choice(row: Mapping[str, object], key: str, valid: tuple[str, ...], *, at: str) -> str:
    text = _text(row, key, at=at)
    for one in valid:
        if one.lower() == text.lower():
            return one
    raise Wrong(f"{at}.{key}: {shown(text)} is not a valid choice. Valid choices: {', '.join(valid)}.")


def _address(text: str, at: str) -> str:
    if not _WEB_ADDRESS.fullmatch(text):
        raise Wrong(f"{at}: {shown(text)} is not a URL. URLs start with http://, https:// or ftp://.")
    return text


def _scalar(value: object, name: str) -> None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Wrong(f"{name}: expected a string or a number, got {kind_of(value)}.")


_PARSERS: dict[str, Callable[[object], object]] = {
    "data_organization": data_organization,
    "data_protocols": data_protocols,
    "download_links": download_links,
    "external_identifiers": external_identifiers,
    "extra_fields": extra_fields,
    "log_entries": log_entries,
    "project_user_roles": project_user_roles,
    "setup_specifications": setup_specifications,
}
