"""How large the body of a request may be, by its address: one rule for the front and for every other WSGI server."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from brainstem.config import errors

MEGABYTE = 1024 * 1024
MULTIPART = "multipart/form-data"
PORTRAITS = "/account/picture/"
REFUSED = "brainstem.body_limit"  # set by the front, which does not read a body that is too large


def largest_body(path: str, content_type: str) -> int:
    """Bytes that the body of a request may have."""
    is_upload = content_type.lstrip().lower().startswith(MULTIPART)
    if path.startswith("/api/"):
        largest = max(settings.BRAINSTEM_MAX_IMAGE_BYTES, settings.BRAINSTEM_MAX_DOCUMENT_BYTES)
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE) + (largest if is_upload else 0)
    page = int(settings.BRAINSTEM_MAX_PAGE_BODY_BYTES)
    return page + (int(settings.BRAINSTEM_MAX_IMAGE_BYTES) if is_upload and path == PORTRAITS else 0)


def body_limits(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: nothing of a body that is too large is read."""

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
        return 0  # Django reads no body, then.


__all__ = ["body_limits", "largest_body"]
