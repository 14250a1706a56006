"""What a request is called. Every word comes from a fixed list, so that callers cannot invent new ones."""

from __future__ import annotations

from functools import cache

from brainstem.api.addresses import PORTALS as NAMED
from brainstem.core.model.registry import routes, specs

OTHER = "other"
VERBS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", OTHER)
STATUSES = ("2xx", "3xx", "4xx", "5xx", OTHER)
PORTALS = (*NAMED, OTHER)
STANDINGS = ("signed_in", "anonymous")
# What a request can run into; the limits are described in docs/settings.md.
LIMITS = (
    "threads_signed_in",
    "threads_anonymous",
    "streams",
    "memory",
    "requests_person",
    "requests_token",
    "requests_address",
    "cost_person",
    "cost_token",
    "cost_address",
)


@cache
def models() -> tuple[str, ...]:
    """Every model by its label, such as ``stem.Session``, and ``other``."""
    return (*sorted(specs()), OTHER)


def place_of(path: str) -> tuple[str, str]:
    """Portal and model that a path of the API or of a page is about; ``other`` for whatever is not known."""
    parts = path.split("/", 5)
    first = 2 if len(parts) > 1 and parts[1] == "api" else 1
    if len(parts) <= first or parts[first] not in NAMED:
        return OTHER, OTHER
    app, model = parts[first + 1 : first + 3] if len(parts) > first + 2 else ("", "")
    spec = routes().get((app, model))
    return parts[first], spec.label if spec else OTHER


def status_class(status: int) -> str:
    """``4xx`` for 404."""
    return STATUSES[status // 100 - 2] if 200 <= status < 600 else OTHER


__all__ = ["LIMITS", "OTHER", "PORTALS", "STANDINGS", "STATUSES", "VERBS", "models", "place_of", "status_class"]
