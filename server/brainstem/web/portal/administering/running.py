"""How this server is set up, and what ``brainstem-server doctor`` finds; only to read, and without any secret."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from brainstem import __version__
from brainstem.config import diagnosis
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Invalid
from brainstem.core.tasks.watching import is_watched, last_seen

from ..cells import NONE, noted_cell
from .entering import for_administrators

# These read whole tables, so they wait until somebody asks for them.
THOROUGH = (diagnosis.about_access, diagnosis.about_history)
MEGABYTE, KILOBYTE = 1024 * 1024, 1024


def _on(value: object) -> str:
    return "on" if value else "off"


def _listed(value: Iterable[object]) -> str:
    return ", ".join(map(str, value)) or "none"


def _mail(_: object) -> str:
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return f"{settings.EMAIL_HOST}, port {settings.EMAIL_PORT}"
    return "not set: emails are printed"


def _megabytes(value: int) -> str:
    return f"{value // MEGABYTE} MB"


# Name in the environment -> the setting, and how it is told.
SHOWN: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("BRAINSTEM_URL", "BRAINSTEM_URL", str),
    ("ALLOWED_HOSTS", "ALLOWED_HOSTS", _listed),
    ("DATABASE_URL", "DATABASES", lambda _: {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]),
    ("EMAIL_URL", "EMAIL_BACKEND", _mail),
    ("DEFAULT_FROM_EMAIL", "DEFAULT_FROM_EMAIL", str),
    ("BRAINSTEM_REGISTRATION", "BRAINSTEM_REGISTRATION", str),
    ("BRAINSTEM_PEOPLE", "BRAINSTEM_PEOPLE", str),
    ("BRAINSTEM_TWO_FACTOR_DOMAINS", "BRAINSTEM_TWO_FACTOR_DOMAINS", _listed),
    ("BRAINSTEM_THROTTLE", "BRAINSTEM_THROTTLE", _on),
    ("BRAINSTEM_TASKS_BESIDE", "BRAINSTEM_TASKS_BESIDE", _on),
    ("BRAINSTEM_BEHIND_PROXY", "BRAINSTEM_BEHIND_PROXY", _on),
    ("BRAINSTEM_TRUSTED_PROXIES", "BRAINSTEM_TRUSTED_PROXIES", str),
    ("CORS_ALLOWED_ORIGINS", "CORS_ALLOWED_ORIGINS", _listed),
    ("BRAINSTEM_READ_SECONDS", "BRAINSTEM_READ_SECONDS", lambda value: f"{value:g} s" if value else "no limit"),
    ("BRAINSTEM_WRITE_SECONDS", "BRAINSTEM_WRITE_SECONDS", lambda value: f"{value:g} s" if value else "no limit"),
    ("BRAINSTEM_MAX_ANSWER_MB", "BRAINSTEM_MAX_ANSWER_BYTES", _megabytes),
    ("BRAINSTEM_MAX_JSON_KB", "BRAINSTEM_MAX_JSON_BYTES", lambda value: f"{value // KILOBYTE} kB"),
    ("BRAINSTEM_MAX_IMAGE_MB", "BRAINSTEM_MAX_IMAGE_BYTES", _megabytes),
    ("BRAINSTEM_MAX_DOCUMENT_MB", "BRAINSTEM_MAX_DOCUMENT_BYTES", _megabytes),
    ("DEBUG", "DEBUG", _on),
)


@for_administrators
def server(request: HttpRequest, viewer: Viewer) -> HttpResponse:  # noqa: ARG001 - all administrators see the same
    """Findings first, then the settings; ``?all=1`` also asks what takes a while on a large server."""
    if request.method == "POST":
        raise Invalid.whole("Settings come from the environment of the server; this page only shows them.")
    is_thorough = request.GET.get("all") == "1"
    examined = [one for one in diagnosis.EXAMINATIONS if is_thorough or one not in THOROUGH]
    seen = last_seen()
    context = {
        "findings": [finding for examine in examined for finding in examine()],
        "is_thorough": is_thorough,
        "settings": [(name, told(getattr(settings, key))) for name, key, told in SHOWN],
        "version": __version__,
        "is_watched": is_watched(),
        "last_seen": noted_cell(seen.isoformat()) if seen else NONE,
    }
    return render(request, "portal/super/settings.html", context)


__all__ = ["SHOWN", "server"]
