"""The page of pins: their order, and taking them away; other pages send their forms here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from brainstem.core.errors import Conflict

from . import pins
from .where import answered, viewer_in

HERE = "/private/pins/"


def pin_page(request: HttpRequest) -> HttpResponse:
    """What is pinned in the side bar; sent as a form, what is done with one of the pins."""
    return answered(request, lambda: _page(request))


def _page(request: HttpRequest) -> HttpResponse:
    viewer, problem = viewer_in(request, pins.PORTAL), ""
    shown = pins.shown(request, viewer)
    if request.method == "POST":
        try:
            _act(request, [one.pin for one in shown])
        except Conflict as refused:
            problem = refused.message
        else:
            onward = request.POST.get("next", "")
            safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
            return HttpResponseRedirect(onward if safe else HERE, status=303)
    context = {"portal": pins.PORTAL, "pins": shown, "problem": problem}
    return render(request, "portal/pins.html", context, status=409 if problem else 200)


def _act(request: HttpRequest, seen: list[pins.Pin]) -> None:
    sent, user = request.POST, request.user
    act = sent.get("_do", "")
    named = [sent.get(name, "") for name in ("model", "kind", "name")]
    if act == "add":
        pins.add(user, pins.parse_pin(*named, user=user, viewer=viewer_in(request, pins.PORTAL)), seen)
    elif act == "remove":
        pins.write(user, [one for one in pins.pins_of(user) if one != pins.Pin(*named)])
    elif act in ("up", "down"):
        pins.move(user, pins.Pin(*named), -1 if act == "up" else 1, seen)


__all__ = ["pin_page"]
