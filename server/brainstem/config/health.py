"""``/healthz``: whether this server is healthy, for load balancers and people."""

from __future__ import annotations

import logging

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

log = logging.getLogger(__name__)


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 and ``{"status": "ok"}`` if the database answers, else 503."""
    try:
        ask_database()
    except Error:
        # Which database and why belongs in the log, not in the response.
        log.exception("Cannot connect to the database")
        return _answer("unavailable", "unreachable", status=503)
    return _answer("ok", "ok", status=200)


def ask_database() -> None:
    """Ask the database the shortest question; raises an error of Django's if it does not answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _answer(state: str, database: str, *, status: int) -> JsonResponse:
    return JsonResponse({"status": state, "database": database}, status=status, headers={"Cache-Control": "no-store"})
