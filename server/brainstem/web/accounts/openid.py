"""OpenID Connect and ORCID, with stricter checks than allauth's.

Identity tokens must be signed by the configured issuer, for this sign-in (nonce), and about the same person as the
other responses. Anything else leads to a page that says that signing in failed.
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
MOST_NONCES = 5  # tabs in which a person may have started signing in
SIGNED_WITH = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
_WELL_KNOWN = "/.well-known/"
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_LONGEST_UID = 191  # length of the column that stores it
# Raised by code that expects well-formed responses.
_UNEXPECTED = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError)


@contextmanager
def read_with_care() -> Iterator[None]:
    """Turn errors from malformed responses into the one that allauth shows as a page."""
    try:
        yield
    except (OAuth2Error, RequestException):
        raise
    except (jwt.PyJWTError, *_UNEXPECTED) as error:
        raise OAuth2Error("The other server's answer cannot be used.") from error


class _Careful:
    """Reads the token of another server with care; precedes allauth's adapters."""

    def parse_token(self, data: object) -> Any:
        """The access token."""
        with read_with_care():
            return super().parse_token(data)  # type: ignore[misc]


class OpenId(_Careful, OpenIDConnectOAuth2Adapter):
    """allauth's adapter, with the checks that it leaves out."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The metadata of the server, if it is the configured one."""
        with read_with_care():
            config: dict[str, Any] = super().openid_config
            _check_issuer(config, self.get_provider().app.settings["server_url"])
            return config

    def get_access_token_data(self, *args: object, **kwargs: object) -> Any:
        """The tokens for a code."""
        with read_with_care():
            return super().get_access_token_data(*args, **kwargs)

    def complete_login(self, request: HttpRequest, app: object, token: Any, **kwargs: Any) -> Any:
        """The person, if the identity token and the server agree."""
        with read_with_care():
            claims = self._decode_id_token(app, kwargs["response"]["id_token"])
            person = self._fetch_user_info(token.token)
            if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= _LONGEST_UID:
                raise OAuth2Error("The identity token names nobody.")
            if person["sub"] != claims["sub"]:
                raise OAuth2Error("The server and its identity token name different people.")
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
        """The key of the server that a token says it is signed with."""
        if header["alg"] not in SIGNED_WITH:
            raise OAuth2Error(f"Identity tokens must be signed, not {header['alg']!r}.")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        fitting = [key for key in answer.json()["keys"] if key.get("kid") == header.get("kid")]
        return jwt.PyJWK.from_json(json.dumps(fitting[0]), header["alg"]).key


class Orcid(_Careful, OrcidOAuth2Adapter):
    """ORCID, whose record must belong to the person who signed in there."""

    def get_access_token_data(self, *args: object, **kwargs: object) -> Any:
        """The token for a code, and its owner."""
        with read_with_care():
            data = super().get_access_token_data(*args, **kwargs)
            if not _ORCID.fullmatch(data["orcid"]):
                raise OAuth2Error("The server names no ORCID.")
            return data

    def complete_login(self, request: HttpRequest, app: object, token: object, **kwargs: Any) -> Any:
        """The person."""
        with read_with_care():
            login = super().complete_login(request, app, token, **kwargs)
            if login.account.uid != kwargs["response"]["orcid"]:
                raise OAuth2Error("The record belongs to another person.")
            return login


def install() -> None:
    """Have allauth use these adapters from the first step on; called when the URLs of the pages are loaded."""
    OpenIDConnectProvider.oauth2_adapter_class = OpenId


def with_nonce(request: HttpRequest, away: str) -> str:
    """The URL of the provider, with a nonce that ties its identity token to this browser."""
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
    """The data about a person that have the right type; a name that is a list is dropped."""
    texts = {name: value for name, value in person.items() if isinstance(value, str) and len(value) <= 1024}
    return texts | {"email_verified": person.get("email_verified") is True}


def _check_issuer(config: dict[str, Any], configured: str) -> None:
    """Raise OAuth2Error if the server claims to be another one, or its endpoints are less secure than itself."""
    if _WELL_KNOWN not in configured and config["issuer"].rstrip("/") != configured.rstrip("/"):
        raise OAuth2Error(f"The server says that its issuer is {config['issuer']!r}, not {configured!r}.")
    home = urlsplit(configured)
    for name in ENDPOINTS:
        there = urlsplit(config[name])
        if there.scheme != "https" and (there.scheme, there.netloc) != (home.scheme, home.netloc):
            raise OAuth2Error(f"Its {name} is not an address of https.")
