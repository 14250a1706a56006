"""Scripts, style sheets and images, served from the packages; browsers cache them for a year."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from brainstem.web.templatetags.assets import digest

A_YEAR = "public, max-age=31536000, immutable"


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise, extended to treat ``?v=<digest>`` as immutable content."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """The file; not immutable if the digest does not match."""
        response: HttpResponse = WhiteNoiseMiddleware.serve(static_file, request)
        version = request.GET.get("v")
        if version and version == digest(request.path_info.removeprefix(settings.STATIC_URL)):
            response.headers["Cache-Control"] = A_YEAR
        return response
