"""Models and portals by name, and the addresses that they stand for. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Union

from .contract import OLDER_ROUTES, attributes, routes

__all__ = [
    "DEFAULT_URL",
    "PORTALS",
    "Name",
    "PortalType",
    "address",
    "clean_url",
    "model_name",
    "nearest",
    "older_route",
    "portal_name",
    "route",
]
DEFAULT_URL = "https://www.brainstem.org/"


class PortalType(Enum):
    """Who sees what: everyone what is public, signed-in users by their roles, administrators everything."""

    public = "public"
    private = "private"
    super = "super"


PORTALS = tuple(portal.value for portal in PortalType)
Name = Union[str, Enum]


def model_name(model: Name) -> str:
    """The name of a model as used in addresses.

    Raises
    ------
    ValueError
        If there is no such model; the message suggests similar names.
    """
    text = _text(model)
    return text if text in routes() else _other_names().get(_plain(text)) or _known(model, routes(), "model")


def _other_names() -> dict[str, str]:
    """Models by their plurals, regardless of case and of separators between words."""
    found = {_plain(plural): model for plural, model in attributes().items()}
    return {**found, **{_plain(name): name for name in sorted(routes(), key=lambda name: "_" not in name)}}


def _plain(text: str) -> str:
    return "".join(one for one in text.lower() if one.isalnum())


def _text(name: object) -> str:
    return str(name.value if isinstance(name, Enum) else name)


def portal_name(portal: Name) -> str:
    """The name of a portal; ValueError if there is none."""
    text = _text(portal)
    return text.lower() if text.lower() in PORTALS else _known(portal, PORTALS, "portal")


def route(model: Name) -> tuple[str, str]:
    """App and model, as used in addresses."""
    name = model_name(model)
    return routes()[name], name


def older_route(model: Name) -> tuple[str, str]:
    """App and model for the calls of 0.x, in which some names meant another model; KeyError if there is none."""
    name = _text(model)
    if name not in routes():
        name = _other_names()[_plain(name)]
    return (OLDER_ROUTES.get(name) or routes()[name]), name


def _known(name: object, valid: Iterable[str], kind: str) -> str:
    text = _text(name)
    if text in valid:
        return text
    raise ValueError(f"Unknown {kind} '{text}'. {nearest(text, valid)}Valid {kind}s are: {', '.join(sorted(valid))}")


def nearest(text: str, valid: Iterable[str]) -> str:
    """``Did you mean 'session'? ``, or an empty string if nothing is similar."""
    import difflib

    options = {_plain(one): one for one in valid if one != text}  # spellings of one name are one
    close = difflib.get_close_matches(_plain(text), list(options), n=3, cutoff=0.6)
    near = [options[one] for one in close]
    return f"Did you mean {' or '.join(repr(one) for one in near)}? " if near else ""


def clean_url(url: str) -> str:
    """The address of a server with one slash at the end; the address of its API is accepted as well.

    Raises
    ------
    ValueError
        If it is not a web address.
    """
    text = url.strip().rstrip("/")
    if not text.lower().startswith(("http://", "https://")):
        raise ValueError(f"'{url}' is not the address of a server: it must start with https:// (or http://).")
    return (text.removesuffix("/api")) + "/"


def address(base: str, portal: str, app: str, model: str, record_id: object = None, options: str = "") -> str:
    """``{base}{portal}/{app}/{model}/``, then the id of a record and options."""
    from urllib.parse import quote

    url = f"{base}{portal}/{app}/{model}/"
    if record_id:
        url += f"{quote(str(record_id), safe='')}/"
    return url + (options or "")
