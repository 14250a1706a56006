"""Counts a request that was answered: about ten microseconds, and no statement."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from brainstem.core.query.run import compiled_bytes
from brainstem.core.sql.deadlines import Ticket

from .board import board
from .labels import place_of, status_class

TICKET = "ticket"  # attribute of requests: what they spend in the database


def count(request: HttpRequest, response: HttpResponse, *, seconds: float) -> None:
    """Add a request to the numbers of this process."""
    portal, model = place_of(request.path_info)
    ticket: Ticket | None = getattr(request, TICKET, None)
    numbers = board()
    cell = numbers.layout.requests(model, request.method or "", status_class(response.status_code), portal)
    numbers.count(
        cell, portal, seconds=seconds, database=ticket.spent if ticket else 0.0, compiled=compiled_bytes()
    )  # fmt: skip


__all__ = ["TICKET", "count"]
