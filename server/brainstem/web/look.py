"""How pages look to one browser: light or dark, comfortable or compact; and whether single keys do something there.

Kept in a cookie that holds nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "look"
A_YEAR = 365 * 24 * 3600
THEMES = (("", "System"), ("light", "Light"), ("dark", "Dark"))
DENSITIES = (("", "Comfortable"), ("compact", "Compact"))
KEYS = (("", "On"), ("nokeys", "Off"))


@dataclass(frozen=True)
class Look:
    """Theme and density; empty where the system decides, and for the usual density. And keys, unless they are off."""

    theme: str = ""
    density: str = ""
    keys: str = ""

    themes = THEMES
    densities = DENSITIES
    switches = KEYS

    @classmethod
    def of(cls, request: HttpRequest) -> Look:
        """What was chosen; anything else that a cookie may hold is ignored."""
        words = request.COOKIES.get(COOKIE, "")[:40].split("-")
        return cls(_known(words, THEMES), _known(words, DENSITIES), _known(words, KEYS))

    @property
    def text(self) -> str:
        """As the cookie keeps it."""
        return "-".join(one for one in (self.theme, self.density, self.keys) if one)


def _known(words: list[str], choices: tuple[tuple[str, str], ...]) -> str:
    return next((value for value, _ in choices if value and value in words), "")


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Set theme, density or keys, and return to the page."""
    now = Look.of(request)
    theme = _chosen(request.POST.get("theme"), THEMES, now.theme)
    density = _chosen(request.POST.get("density"), DENSITIES, now.density)
    keys = _chosen(request.POST.get("keys"), KEYS, now.keys)
    onward = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(onward if safe else "/", status=303)
    new = Look(theme, density, keys)
    response.set_cookie(COOKIE, new.text, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    return response


def _chosen(value: str | None, choices: tuple[tuple[str, str], ...], now: str) -> str:
    return value if value is not None and value in dict(choices) else now


__all__ = ["COOKIE", "Look", "choose"]
