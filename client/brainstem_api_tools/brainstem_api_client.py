"""The module in which released clients keep everything, with the names that they have in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .client import BrainstemClient
from .errors import AuthenticationError, LoginError
from .names import PORTALS, PortalType, model_name, portal_name

if TYPE_CHECKING:
    from .model_type import ModelType

__all__ = ["AuthenticationError", "BrainstemClient", "LoginError", "ModelType", "PortalType"]
_VALID_PORTALS = set(PORTALS)
_resolve_model = model_name
_resolve_portal = portal_name


def __getattr__(name: str) -> Any:
    if name == "_TOKEN_FILE":
        from .token_cache import TokenCache

        return TokenCache().older_file
    if name == "_MODEL_TO_APP":
        from .contract import routes

        return routes()
    if name == "ModelType":
        from .model_type import ModelType

        return ModelType
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
