"""Scripts, style sheets and pictures, straight from the packages; a year in a browser's cache."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from brainstem.web.templatetags.assets import digest

A_YEAR = "public, max-age=31536000, immutable"


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise, which knows that ``?v=<digest>`` names a content that never changes."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """The file; a digest of another content promises nothing."""
        response: HttpResponse = WhiteNoiseMiddleware.serve(static_file, request)
        version = request.GET.get("v")
        if version and version == digest(request.path_info.removeprefix(settings.STATIC_URL)):
            response.headers["Cache-Control"] = A_YEAR
        return response
