"""The grammar of URLs: ``[api/]{portal}/{app}/{model}/[{id}/[{action}/]]``, for routes and pages.

Knows the portals; does not check whether the id or the action exists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from brainstem.core.access import scope

PORTALS = tuple(scope.PORTALS)
OPTIONS, BULK, HISTORY, DELETED = BESIDE = "options", "bulk", "history", "deleted"  # take the place of an id
PORTAL = rf"(?P<portal>{'|'.join(PORTALS)})"
RESOURCE = rf"{PORTAL}/(?P<app>\w+)/(?P<model>\w+)(?:/(?P<record_id>[^/]+)(?:/(?P<action>\w+))?)?/?$"
RESTORE = rf"{PORTAL}/(?P<app>\w+)/(?P<model>\w+)/{DELETED}/(?P<record_id>[^/]+)/restore/?$"
UNDO = rf"{PORTAL}/history/(?P<event>[^/]+)/undo/?$"
_RESOURCE = re.compile(rf"^/(?P<prefix>api/)?{RESOURCE}")
_TOP = re.compile(rf"^/(?P<prefix>api/)?{PORTAL}/?$")


@dataclass(frozen=True)
class Address:
    """The parts of a URL; missing ones are empty. ``prefix`` is ``api/``, or empty for a page."""

    prefix: str
    portal: str
    app: str = ""
    model: str = ""
    record_id: str = ""
    action: str = ""


def address_of(path: str) -> Address | None:
    """The parts of a path; None if it is not in a portal."""
    match = _RESOURCE.match(path) or _TOP.match(path)
    return Address(**match.groupdict(default="")) if match else None
