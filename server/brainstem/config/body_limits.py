"""Maximum size of request bodies by URL: one rule for the front and for every other WSGI server."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from brainstem.api import drafts, imports
from brainstem.config import errors

MEGABYTE = 1024 * 1024
MULTIPART = "multipart/form-data"
PORTRAITS = "/account/picture/"
IMPORTS = "/private/import-tool/"
PORTALS, FORMS = ("/private/", "/super/"), ("/add/", "/change/", "/duplicate/")
REFUSED = "brainstem.body_limit"  # set by the front, which does not read bodies that are too large


def largest_body(path: str, content_type: str) -> int:
    """Maximum size of a request body in bytes."""
    if path.startswith(f"/api/{drafts.ADDRESS}"):
        return drafts.MOST_BYTES
    if path.startswith(f"/api/{imports.ADDRESS}"):
        return imports.MOST_BODY_BYTES
    if path == IMPORTS:
        return imports.MOST_BODY_BYTES
    is_upload = content_type.lstrip().lower().startswith(MULTIPART)
    if path.startswith("/api/"):
        largest = max(settings.BRAINSTEM_MAX_IMAGE_BYTES, settings.BRAINSTEM_MAX_DOCUMENT_BYTES)
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE) + (largest if is_upload else 0)
    if path.startswith(PORTALS) and path.endswith(FORMS) and is_upload:
        largest = max(settings.BRAINSTEM_MAX_IMAGE_BYTES, settings.BRAINSTEM_MAX_DOCUMENT_BYTES)
        return int(settings.BRAINSTEM_MAX_PAGE_BODY_BYTES + largest)
    page = int(settings.BRAINSTEM_MAX_PAGE_BODY_BYTES)
    return page + (int(settings.BRAINSTEM_MAX_IMAGE_BYTES) if is_upload and path == PORTRAITS else 0)


def body_limits(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: bodies that are too large are not read at all."""

    def answer(request: HttpRequest) -> HttpResponse:
        limit = request.META.get(REFUSED)
        if limit is None:
            limit = largest_body(request.path_info, request.META.get("CONTENT_TYPE", ""))
            if _length(request) <= limit:
                return get_response(request)
        return errors.too_large(request, limit)

    return answer


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0  # Django reads no body in that case.


__all__ = ["body_limits", "largest_body"]
