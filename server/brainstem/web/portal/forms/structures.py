"""Controls for JSON columns of a known shape: links, folder levels, identifiers, additional values. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from brainstem.core.model.structures import REPOSITORIES, USER_ROLES
from brainstem.core.model.validators import SOURCES

from .leaves import Choice, Option, Scalar, Switch, Text
from .nodes import ABSENT, Group, Node, Reading, Rows
from .relations import One
from .sent import Sent

About = dict[str, Any]
LEVELS = ("Projects", "Collections", "Cohorts", "Subjects", "Sessions", "Years")


@dataclass(frozen=True, kw_only=True)
class NamedValues(Rows):
    """An object with any names, as a table of names and values."""

    def opened(self, value: object) -> list[object] | None:
        """One row for each name."""
        if isinstance(value, dict):
            return [{"name": name, "value": one} for name, one in value.items()]
        return [] if value in (ABSENT, None, []) else None

    def closed(self, rows: list[object]) -> object:
        """The object; a name without a value has an empty text."""
        return {str(row.get("name", "")): row.get("value", "") for row in rows if isinstance(row, dict)}

    def changed(self, sent: Sent, kept: object, *, at: str, reading: Reading) -> object:
        """The object; each row needs a name of its own."""
        seen: set[str] = set()
        for number, row in enumerate(self.filled(sent)):
            name = row.at("name").text.strip()
            if row.at("name").texts is not None and not name:
                reading.error(f"{at}.{number}.name", "A name is required.")
            elif name in seen:
                reading.error(f"{at}.{number}.name", f"{name} appears twice in the list.")
            seen.add(name)
        return super().changed(sent, kept, at=at, reading=reading)


@dataclass(frozen=True, kw_only=True)
class Specifications(Rows):
    """Properties of a setup, which older records hold as an object of names and values."""

    def opened(self, value: object) -> list[object] | None:
        """One row for each property."""
        if isinstance(value, dict):
            return [{"name": name, "value": one} for name, one in value.items()]
        return super().opened(value)


def named() -> Group:
    """A row with a name and a value."""
    return Group(
        key="",
        parts=(
            Text(key="name", label="Name", required=True),
            Scalar(key="value", label="Value", help="A number is stored as one; quotation marks keep it a text."),
        ),
    )


def structure(name: str, about: About, *, people: str) -> Node:
    """The controls for a column of a shape; ``people`` is the label of the model of accounts."""
    return _STRUCTURES[name](about, people)


def _plain(*parts: Node) -> Group:
    return Group(key="", parts=parts)


def _fixed(texts: tuple[str, ...]) -> tuple[Option, ...]:
    return tuple(Option(text, text) for text in texts)


def _links() -> Group:
    return _plain(
        Choice(key="Repository", label="Repository", options=_fixed(REPOSITORIES), required=True),
        Text(key="URL", label="URL", mode="url", required=True),
    )


def _protocols() -> Group:
    return _plain(
        Text(key="protocol", label="Protocol", required=True),
        Text(key="path", label="Path", empty=""),
        Switch(key="is_public", label="Public"),
    )


def _identifiers() -> Group:
    return _plain(
        Text(key="source", label="Source", suggestions=tuple(SOURCES), required=True),
        Text(key="identifier", label="Identifier", required=True),
        Text(key="url", label="URL", mode="url"),
    )


def _contributions(people: str) -> Group:
    return _plain(
        One(key="user", label="Person", target=people, required=True),
        Choice(key="role", label="Role", options=_fixed(USER_ROLES), required=True),
    )


def _specifications() -> Group:
    return _plain(
        Text(key="name", label="Name", required=True),
        Scalar(key="value", label="Value", help="A number is stored as one; quotation marks keep it a text."),
        Text(key="description", label="Description", empty=""),
    )


_STRUCTURES: dict[str, Callable[[About, str], Node]] = {
    "data_organization": lambda about, _: Rows(
        **about, row=_plain(Text(key="elements", label="Level", suggestions=LEVELS, required=True)), nothing=[]
    ),
    "data_protocols": lambda about, _: Rows(**about, row=_protocols(), nothing=[]),
    "download_links": lambda about, _: Rows(**about, row=_links(), nothing=[]),
    "external_identifiers": lambda about, _: Rows(**about, row=_identifiers(), nothing=[]),
    "extra_fields": lambda about, _: NamedValues(**about, row=named(), nothing={}),
    "project_user_roles": lambda about, people: Rows(**about, row=_contributions(people), nothing=[]),
    "setup_specifications": lambda about, _: Specifications(**about, row=_specifications(), nothing=[]),
}
