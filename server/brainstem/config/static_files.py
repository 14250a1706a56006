"""Scripts, style sheets and images, served from the packages; browsers cache them for a year."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from brainstem.web.templatetags.assets import digest

A_YEAR = "public, max-age=31536000, immutable"
# What gets smaller by compression; fonts and pictures are compressed already.
TEXTS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
OURS = "brainstem/"
KEPT = ("Cache-Control", "Last-Modified", "Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy")


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise, extended to treat ``?v=<digest>`` as immutable content."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """The file, compressed if it is text; not immutable without its digest, as scripts are that others import."""
        version, name = request.GET.get("v"), request.path_info.removeprefix(settings.STATIC_URL)
        response = compressed(static_file, name, request) or WhiteNoiseMiddleware.serve(static_file, request)
        if version and version == digest(name):
            response.headers["Cache-Control"] = A_YEAR
        return response


def compressed(static_file: StaticFile, name: str, request: HttpRequest) -> HttpResponse | None:
    """A text compressed; None for anything else, for parts of files, and for what the browser has already."""
    kind = TEXTS.get(Path(name).suffix)
    if not kind or request.method != "GET" or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return None
    if "Range" in request.headers or static_file.is_not_modified(request.META):
        return None
    _, plain = static_file.get_path_and_headers(request.META)
    kept = {key: value for key, value in plain if key in KEPT}
    headers = {**kept, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return HttpResponse(packed(name, digest(name)), content_type=kind, headers=headers)


@lru_cache(maxsize=128)
def packed(name: str, _version: str) -> bytes:
    """A file compressed, once for each of its versions: there are few, and they are small."""
    text = Path(str(finders.find(name))).read_bytes()
    return gzip.compress(_without_comments(text, name), 9, mtime=0)


def _without_comments(text: bytes, name: str) -> bytes:
    """A file as browsers need it: a tenth of ours are comments. Lines of scripts keep their numbers."""
    if name.endswith(".css"):
        first, *others = text.split(b"/*")
        return first + b"".join(one.partition(b"*/")[2] for one in others)
    if name.endswith(".js") and name.startswith(OURS):
        return b"\n".join(b"" if line.lstrip(b" \t").startswith(b"//") else line for line in text.split(b"\n"))
    return text
