"""Where a request came from, according to its headers; for the API and the pages, which do not know each other.

Takes the headers as Django keeps them (``request.META``) and so does not depend on requests.
"""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Mapping
from functools import cache
from typing import TypedDict

from django.conf import settings

LONGEST_ADDRESS = 64
_BRACKETED = re.compile(r"\[([^\[\]]*)\](?::\d{1,5})?")
_WITH_PORT = re.compile(r"([\d.]+):\d{1,5}")

log = logging.getLogger(__name__)


def address_of(meta: Mapping[str, object]) -> str:
    """Address of the caller: the peer's, or the one that trusted proxies give in ``X-Forwarded-For``.

    ``BRAINSTEM_TRUSTED_PROXIES`` is the number of proxies in front of the server. Each adds the address that it saw, so
    anything that callers put into the header themselves is ignored. If the proxies give no valid address, the peer's is
    used: many callers then count as one, but nobody can pose as another one.
    """
    peer = str(meta.get("REMOTE_ADDR", ""))
    if ":" in peer:
        peer = plain(peer) or peer
    forwarded = meta.get("HTTP_X_FORWARDED_FOR")
    if forwarded is None:
        return peer
    proxies = int(getattr(settings, "BRAINSTEM_TRUSTED_PROXIES", 0))
    if proxies < 1:
        _say_once_that_a_proxy_is_not_trusted()
        return peer
    # From the right, and only as many as there are proxies: callers can make the rest arbitrarily long.
    hops = str(forwarded).rsplit(",", proxies)[-proxies:]
    return (plain(hops[0]) if len(hops) == proxies else "") or peer


def plain(text: str) -> str:
    """An address without the port and brackets that some proxies add, and with IPv4-mapped IPv6 addresses as IPv4.

    A server that listens on IPv6 sees ``::ffff:192.0.2.1`` for ``192.0.2.1``. Empty if the text is not an address.
    """
    text = text.strip()
    if len(text) > LONGEST_ADDRESS:
        return ""
    if (bracketed := _BRACKETED.fullmatch(text)) or (bracketed := _WITH_PORT.fullmatch(text)):
        text = bracketed[1]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)


@cache
def _say_once_that_a_proxy_is_not_trusted() -> None:
    log.warning(
        "A request came with X-Forwarded-For, but BRAINSTEM_TRUSTED_PROXIES is 0: if it came through a proxy, all "
        "callers share the proxy's address and one rate limit. Set it to the number of proxies (docs/settings.md)."
    )


def agent_of(meta: Mapping[str, object]) -> str:
    """The User-Agent of the caller; chosen by the sender and not to be trusted."""
    return str(meta.get("HTTP_USER_AGENT", ""))


class Caller(TypedDict):
    """Who sent a request, as recorded in the security log of an account."""

    address: str
    agent: str


def caller_of(meta: Mapping[str, object]) -> Caller:
    """Address and agent of the caller, to be passed on as keyword arguments."""
    return {"address": address_of(meta), "agent": agent_of(meta)}


def network_of(address: str) -> str:
    """The address, or the /64 network of an IPv6 one, since a single household has all of its addresses."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
