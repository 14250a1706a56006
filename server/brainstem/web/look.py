"""How pages look to one browser: light or dark, comfortable or compact. Kept in a cookie that holds nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "look"
A_YEAR = 365 * 24 * 3600
THEMES = (("", "System"), ("light", "Light"), ("dark", "Dark"))
DENSITIES = (("", "Comfortable"), ("compact", "Compact"))


@dataclass(frozen=True)
class Look:
    """Theme and density; empty where the system decides, and for the usual density."""

    theme: str = ""
    density: str = ""

    themes = THEMES
    densities = DENSITIES

    @classmethod
    def of(cls, request: HttpRequest) -> Look:
        """What was chosen; anything else that a cookie may hold is ignored."""
        words = request.COOKIES.get(COOKIE, "")[:40].split("-")
        return cls(_known(words, THEMES), _known(words, DENSITIES))

    @property
    def text(self) -> str:
        """As the cookie keeps it."""
        return "-".join(one for one in (self.theme, self.density) if one)


def _known(words: list[str], choices: tuple[tuple[str, str], ...]) -> str:
    return next((value for value, _ in choices if value and value in words), "")


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Set theme or density, and return to the page."""
    now = Look.of(request)
    theme = _chosen(request.POST.get("theme"), THEMES, now.theme)
    density = _chosen(request.POST.get("density"), DENSITIES, now.density)
    onward = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(onward if safe else "/", status=303)
    new = Look(theme, density)
    response.set_cookie(COOKIE, new.text, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    return response


def _chosen(value: str | None, choices: tuple[tuple[str, str], ...], now: str) -> str:
    return value if value is not None and value in dict(choices) else now


__all__ = ["COOKIE", "Look", "choose"]
