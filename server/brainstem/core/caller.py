"""Where a request came from, as its headers tell; both doors ask, and neither knows the other.

Takes the headers as Django keeps them (``request.META``), so that nothing here knows of requests.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, TypedDict

from django.conf import settings


def address_of(meta: Mapping[str, Any]) -> str:
    """Address of the caller: the peer's, or what the trusted proxies say in ``X-Forwarded-For``.

    ``BRAINSTEM_TRUSTED_PROXIES`` is the number of proxies before the server; each adds the address that it saw, so that
    what a caller wrote into the header itself is never reached.
    """
    peer = str(meta.get("REMOTE_ADDR", ""))
    proxies = int(getattr(settings, "BRAINSTEM_TRUSTED_PROXIES", 0))
    hops = [hop.strip() for hop in meta.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    return _valid(hops[-proxies]) or peer if 0 < proxies <= len(hops) else peer


def agent_of(meta: Mapping[str, Any]) -> str:
    """What the caller's browser or program calls itself: its sender's text, not to be trusted."""
    return str(meta.get("HTTP_USER_AGENT", ""))


class Caller(TypedDict):
    """Who sent a request, as the log of an account keeps it."""

    address: str
    agent: str


def caller_of(meta: Mapping[str, Any]) -> Caller:
    """Address and agent of the caller, to be handed on as keywords."""
    return {"address": address_of(meta), "agent": agent_of(meta)}


def network_of(address: str) -> str:
    """The address, or the /64 of an IPv6 one: a single household has all addresses of it."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


def _valid(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""
