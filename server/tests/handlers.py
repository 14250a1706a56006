"""One chain of middleware for all clients of a test process.

Every ``django.test.Client`` builds its own, for which the middleware of static files walks through all of them: a fifth
of the time of a short test that has four people. A server has one chain too, so sharing it is nearer to what is tested.
"""

from __future__ import annotations

from typing import Any

from django.core.signals import setting_changed
from django.test.client import ClientHandler

_load_middleware = ClientHandler.load_middleware
_PARTS = ("_view_middleware", "_template_response_middleware", "_exception_middleware", "_middleware_chain")
_shared: dict[str, Any] = {}


def _share(handler: ClientHandler, is_async: bool = False) -> None:
    if not _shared:
        first = ClientHandler()
        _load_middleware(first, is_async)
        _shared.update({name: getattr(first, name) for name in _PARTS})
    vars(handler).update(_shared)


def _forget(**_: Any) -> None:
    # Middleware reads settings when it is made.
    _shared.clear()


def share_middleware() -> None:
    """Let clients created from now on share one request handler, until a setting changes."""
    ClientHandler.load_middleware = _share
    setting_changed.connect(_forget)
