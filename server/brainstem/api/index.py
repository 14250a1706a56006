"""The root of the API, and the responses if nothing is found or something fails."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from brainstem import __version__
from brainstem.core.model.registry import specs
from brainstem.core.text.words import nearest

from .addresses import PORTALS
from .envelope import base_of
from .responses import json_response, refusal


def index(request: HttpRequest) -> HttpResponse:
    """The URL of every model in every portal, of the schema, and of signing in."""
    top = f"{base_of(request)}/api/"
    models: dict[str, dict[str, str]] = {portal: {} for portal in PORTALS}
    for spec in specs().values():
        for portal in PORTALS:
            if portal == "super" or portal in spec.resource.portals:
                models[portal][f"{spec.app}/{spec.segment}"] = f"{top}{portal}/{spec.app}/{spec.segment}/"
    about = {"name": "BrainSTEM server", "version": __version__}
    ways_in = {"token": f"{top}token/", "device": f"{top}auth/device/"}
    return json_response(200, about | {"schema": f"{top}schema/", **ways_in, "models": models})


@csrf_exempt
def unknown(request: HttpRequest, path: str = "") -> HttpResponse:
    """No URL below ``/api/`` matches."""
    names = ["schema", "token", "auth/token", "auth/device", *PORTALS]
    hint = nearest(path.strip("/").partition("/")[0], names)
    return refusal(404, f"There is nothing at /api/{path}.{hint}")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No URL matches."""
    return refusal(404, f"There is nothing at {request.path}.")


def broken(request: HttpRequest) -> HttpResponse:
    """An error of the server, logged under the request's id."""
    number = getattr(request, "request_id", "")
    return refusal(500, f"The server failed; the reason is in its log under request {number}.")
