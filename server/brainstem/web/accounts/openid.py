"""OpenID Connect and ORCID, where we ask more of the other server than allauth does.

Identity tokens must be signed, for this sign-in (nonce), by the issuer that is configured, and about the person of whom
the other answers speak. Whatever else an answer holds ends as a page that says that it did not work.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.socialaccount.providers.orcid.views import OrcidOAuth2Adapter
from django.http import HttpRequest
from django.utils.http import urlencode
from requests import RequestException

NONCES = "openid_nonces"
MOST_NONCES = 5  # tabs in which somebody may have begun
SIGNED_WITH = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
_WELL_KNOWN = "/.well-known/"
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_LONGEST_UID = 191  # of the column that keeps it
# What code that expects a well-made answer raises at another one.
_UNEXPECTED = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError)


@contextmanager
def read_with_care() -> Iterator[None]:
    """Turn what a strange answer raises into the error that allauth shows as a page."""
    try:
        yield
    except (OAuth2Error, RequestException):
        raise
    except (jwt.PyJWTError, *_UNEXPECTED) as error:
        raise OAuth2Error("The other server's answer cannot be used.") from error


class _Careful:
    """Reads the token of another server with care; stands before allauth's adapters."""

    def parse_token(self, data: object) -> Any:
        """The access token."""
        with read_with_care():
            return super().parse_token(data)  # type: ignore[misc]


class OpenId(_Careful, OpenIDConnectOAuth2Adapter):
    """Allauth's way with the checks that it leaves out."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the server says of itself, if it is the one that is configured."""
        with read_with_care():
            config: dict[str, Any] = super().openid_config
            _check_issuer(config, self.get_provider().app.settings["server_url"])
            return config

    def get_access_token_data(self, *args: object, **kwargs: object) -> Any:
        """The tokens for a code."""
        with read_with_care():
            return super().get_access_token_data(*args, **kwargs)

    def complete_login(self, request: HttpRequest, app: object, token: Any, **kwargs: Any) -> Any:
        """Who it is, of whom both the identity token and the server speak."""
        with read_with_care():
            claims = self._decode_id_token(app, kwargs["response"]["id_token"])
            person = self._fetch_user_info(token.token)
            if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= _LONGEST_UID:
                raise OAuth2Error("The identity token names nobody.")
            if person["sub"] != claims["sub"]:
                raise OAuth2Error("The server speaks of somebody else than its identity token.")
            data = {"userinfo": _plain_claims(person), "id_token": claims}
            return self.get_provider().sociallogin_from_response(request, data)

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, object]:
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key=self._key_of(jwt.get_unverified_header(id_token)),
            algorithms=list(SIGNED_WITH),
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            options={"require": ["iss", "aud", "exp", "sub"]},
            leeway=30,
        )
        if not _take_nonce(self.request, claims.get("nonce")):
            raise OAuth2Error("The identity token was made for another sign-in.")
        return claims

    def _key_of(self, header: dict[str, object]) -> Any:
        """The key of the server by which a token says that it is signed."""
        if header["alg"] not in SIGNED_WITH:
            raise OAuth2Error(f"Identity tokens must be signed, not {header['alg']!r}.")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        fitting = [key for key in answer.json()["keys"] if key.get("kid") == header.get("kid")]
        return jwt.PyJWK.from_json(json.dumps(fitting[0]), header["alg"]).key


class Orcid(_Careful, OrcidOAuth2Adapter):
    """ORCID, whose record must be that of the person who signed in there."""

    def get_access_token_data(self, *args: object, **kwargs: object) -> Any:
        """The token for a code, and whose it is."""
        with read_with_care():
            data = super().get_access_token_data(*args, **kwargs)
            if not _ORCID.fullmatch(data["orcid"]):
                raise OAuth2Error("The server names no ORCID.")
            return data

    def complete_login(self, request: HttpRequest, app: object, token: object, **kwargs: Any) -> Any:
        """Who it is."""
        with read_with_care():
            login = super().complete_login(request, app, token, **kwargs)
            if login.account.uid != kwargs["response"]["orcid"]:
                raise OAuth2Error("The record is somebody else's.")
            return login


def install() -> None:
    """Have allauth use this way from the first step on; called with the addresses of the pages."""
    OpenIDConnectProvider.oauth2_adapter_class = OpenId


def with_nonce(request: HttpRequest, away: str) -> str:
    """The address of the provider, with a word by which its identity token is known to be for this browser."""
    nonce = secrets.token_urlsafe(16)
    request.session[NONCES] = [*request.session.get(NONCES, []), nonce][-MOST_NONCES:]
    return f"{away}{'&' if '?' in away else '?'}{urlencode({'nonce': nonce})}"


def _take_nonce(request: HttpRequest, nonce: object) -> bool:
    waiting = list(request.session.get(NONCES, []))
    if nonce not in waiting:
        return False
    waiting.remove(nonce)
    request.session[NONCES] = waiting
    return True


def _plain_claims(person: dict[str, object]) -> dict[str, object]:
    """What is told of somebody, where it is what it should be; a name that is a list is none."""
    texts = {name: value for name, value in person.items() if isinstance(value, str) and len(value) <= 1024}
    return texts | {"email_verified": person.get("email_verified") is True}


def _check_issuer(config: dict[str, Any], configured: str) -> None:
    """Raise OAuth2Error if the server says that it is another one, or sends us to a place less safe than itself."""
    if _WELL_KNOWN not in configured and config["issuer"].rstrip("/") != configured.rstrip("/"):
        raise OAuth2Error(f"The server says that its issuer is {config['issuer']!r}, not {configured!r}.")
    home = urlsplit(configured)
    for name in ENDPOINTS:
        there = urlsplit(config[name])
        if there.scheme != "https" and (there.scheme, there.netloc) != (home.scheme, home.netloc):
            raise OAuth2Error(f"Its {name} is not an address of https.")
