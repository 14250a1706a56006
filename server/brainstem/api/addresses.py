"""The grammar of addresses: ``[api/]{portal}/{app}/{model}/[{id}/[{action}/]]``, as routes and pages read them.

Knows the portals; asks no model whether it has the id or the action.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from brainstem.core.access import scope

PORTALS = tuple(scope.PORTALS)
OPTIONS, BULK = "options", "bulk"  # stand in place of an id
_PORTAL = rf"(?P<portal>{'|'.join(PORTALS)})"
RESOURCE = rf"{_PORTAL}/(?P<app>\w+)/(?P<model>\w+)(?:/(?P<record_id>[^/]+)(?:/(?P<action>\w+))?)?/?$"
_RESOURCE = re.compile(rf"^/(?P<prefix>api/)?{RESOURCE}")
_TOP = re.compile(rf"^/(?P<prefix>api/)?{_PORTAL}/?$")


@dataclass(frozen=True)
class Address:
    """The parts of an address; those that it does not have are empty. ``prefix`` is ``api/``, or empty for a page."""

    prefix: str
    portal: str
    app: str = ""
    model: str = ""
    record_id: str = ""
    action: str = ""


def address_of(path: str) -> Address | None:
    """The parts of a path; None if it does not lead into a portal."""
    match = _RESOURCE.match(path) or _TOP.match(path)
    return Address(**match.groupdict(default="")) if match else None
