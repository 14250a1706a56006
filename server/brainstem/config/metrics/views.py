"""``/metrics``: for programs on this machine, and for those that know the token of the setting."""

from __future__ import annotations

import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from brainstem.api.actor import bearer_of
from brainstem.config.errors import nowhere
from brainstem.core.access.caller import plain

from .board import board
from .exposition import CONTENT_TYPE, exposition

# Any of these says that a proxy forwards the request of somebody else, even if the proxy is on this machine.
FORWARDING = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
    "HTTP_VIA",
)


@csrf_exempt  # whoever may not read it gets what any other address without a page gives
def metrics(request: HttpRequest) -> HttpResponse:
    """All metrics as text; 404 for everybody else."""
    if not (_is_of_this_machine(request) or _knows_the_token(request)):
        return nowhere(request, request.path)
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return HttpResponse(exposition(board()), content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def _is_of_this_machine(request: HttpRequest) -> bool:
    peer = plain(str(request.META.get("REMOTE_ADDR", "")))
    if not peer or not ipaddress.ip_address(peer).is_loopback:
        return False
    return not any(name in request.META for name in FORWARDING)


def _knows_the_token(request: HttpRequest) -> bool:
    token, sent = settings.BRAINSTEM_METRICS_TOKEN, bearer_of(request)
    return bool(token) and sent is not None and hmac.compare_digest(sent.encode(), token.encode())


__all__ = ["metrics"]
