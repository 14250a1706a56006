"""A BrainSTEM server from Python.

>>> from brainstem_api_tools import BrainstemClient
>>> client = BrainstemClient(url="https://lab.example.org")

Names are imported when they are first used, so that ``import brainstem_api_tools`` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .async_client import AsyncBrainstemClient
    from .bulk import BulkError, Written
    from .client import BrainstemClient
    from .drafts import Draft
    from .entries import Changed, Entry
    from .errors import (
        AuthenticationError,
        BrainstemError,
        Conflict,
        ConnectionFailed,
        LoginError,
        NotFound,
        PermissionDenied,
        RateLimited,
        ServerError,
        ValidationError,
    )
    from .model_type import ModelType
    from .names import PortalType
    from .rehearsal import Rehearsal
    from .remarks import BrainstemWarning
    from .retry import RetryPolicy

_HOMES: dict[str, str] = {
    "AsyncBrainstemClient": "async_client",
    "BulkError": "bulk",
    "Written": "bulk",
    "BrainstemClient": "client",
    "Changed": "entries",
    "Draft": "drafts",
    "Entry": "entries",
    "ModelType": "model_type",
    "PortalType": "names",
    "Rehearsal": "rehearsal",
    "BrainstemWarning": "remarks",
    "RetryPolicy": "retry",
    **dict.fromkeys(
        (
            "AuthenticationError",
            "BrainstemError",
            "Conflict",
            "ConnectionFailed",
            "LoginError",
            "NotFound",
            "PermissionDenied",
            "RateLimited",
            "ServerError",
            "ValidationError",
        ),
        "errors",
    ),
}
__all__ = [
    "AsyncBrainstemClient",
    "AuthenticationError",
    "BrainstemClient",
    "BrainstemError",
    "BrainstemWarning",
    "BulkError",
    "Changed",
    "Conflict",
    "ConnectionFailed",
    "Draft",
    "Entry",
    "LoginError",
    "ModelType",
    "NotFound",
    "PermissionDenied",
    "PortalType",
    "RateLimited",
    "Rehearsal",
    "RetryPolicy",
    "ServerError",
    "ValidationError",
    "Written",
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
