"""What pages of administrators have in common: who may come in, and in which portal they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from brainstem.core.access.viewer import Viewer

from ..where import answered, viewer_in

PORTAL = "super"
View = Callable[..., HttpResponse]


def for_administrators(view: View) -> View:
    """A page of the super portal: ``view(request, viewer, ...)``; for others 403, as all of that portal."""

    @wraps(view)
    def answer(request: HttpRequest, **rest: str) -> HttpResponse:
        def enter() -> HttpResponse:
            viewer: Viewer = viewer_in(request, PORTAL)
            if request.method not in ("GET", "HEAD", "POST"):
                return HttpResponseNotAllowed(["GET", "POST"])
            return view(request, viewer, **rest)

        return answered(request, enter)

    return answer


__all__ = ["PORTAL", "for_administrators"]
