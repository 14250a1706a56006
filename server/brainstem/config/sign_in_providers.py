"""External sign-in providers: ORCID and OpenID Connect. Pure: strings in, settings out.

Providers that are not configured are not offered.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from brainstem.core.text.words import truth_of

# Part of the callback URL, so it must not change with the display name.
OIDC_ID = "sso"
OIDC_NAME = "Single sign-on"
_OWN_MACHINE = {"localhost", "127.0.0.1", "::1"}

Read = Callable[[str], str]


def providers(read: Read) -> dict[str, object]:
    """The providers for allauth, from the settings that ``read`` returns by name.

    Raises
    ------
    ValueError
        If a setting is missing or unsafe; the message names it.
    """
    return _orcid(read) | _oidc(read)


def _orcid(read: Read) -> dict[str, object]:
    names = ("BRAINSTEM_ORCID_CLIENT_ID", "BRAINSTEM_ORCID_CLIENT_SECRET")
    client_id, secret = _all_or_none(read, *names)
    if not client_id:
        return {}
    sandbox = truth_of(read("BRAINSTEM_ORCID_SANDBOX"))
    app = {"client_id": client_id, "secret": secret, "name": "ORCID"}
    return {"orcid": {"APPS": [app], "BASE_DOMAIN": "sandbox.orcid.org" if sandbox else "orcid.org"}}


def _oidc(read: Read) -> dict[str, object]:
    names = ("BRAINSTEM_OIDC_URL", "BRAINSTEM_OIDC_CLIENT_ID", "BRAINSTEM_OIDC_CLIENT_SECRET")
    url, client_id, secret = _all_or_none(read, *names)
    if not url:
        return {}
    parts = urlsplit(url)
    # The user info is trusted because it comes over TLS; without TLS anyone could tamper with it.
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _OWN_MACHINE):
        raise ValueError("BRAINSTEM_OIDC_URL must start with https://.")
    app = {
        "provider_id": OIDC_ID,
        "name": read("BRAINSTEM_OIDC_NAME") or OIDC_NAME,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": url.rstrip("/")},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}


def _all_or_none(read: Read, *names: str) -> list[str]:
    values = [read(name).strip() for name in names]
    missing = [name for name, value in zip(names, values, strict=True) if not value]
    if missing and len(missing) < len(names):
        raise ValueError(f"{' and '.join(missing)} must also be set to use {names[0].rsplit('_', 2)[0]}.")
    return values
