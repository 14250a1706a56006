"""Who sent a request: the owner of a token or of a browser session, or nobody.

The public portal does not use this: it treats everyone alike, whatever headers they send.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from brainstem.apps.users import tokens, two_factor
from brainstem.core.access.actor import ANONYMOUS, Actor
from brainstem.core.access.caller import address_of, agent_of
from brainstem.core.errors import Code, Forbidden, NotSignedIn
from brainstem.core.sql.along import Along
from brainstem.core.steps import staged

INVALID = "This token is not valid: it is unknown, revoked or expired. Create a new one or sign in again."
NO_SECOND_FACTOR = (
    "Accounts of your email domain must use two-factor authentication. Set it up at {url}/account/two_factor/."
)
_FOUND = "token_actor"  # attribute of requests: whom their token authenticates, which is found out once
_KNOWN = "known_user_id"  # attribute of requests: the id of the account, once it is known
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def actor_of(request: HttpRequest) -> Actor:
    """The caller; ``ANONYMOUS`` if neither a token nor a browser session is sent.

    Raises
    ------
    NotSignedIn
        If a bearer token is sent and is not valid.
    Forbidden
        If a browser session would change something without proof that the page is ours (CSRF), or if its person must
        add a second factor first.
    """
    raw = bearer_of(request)
    if raw is not None:
        return token_actor(raw, request)
    # Another scheme (such as Basic) is meant for a proxy in front of us. Without the cookie no session is loaded.
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return _session_actor(request)
    return ANONYMOUS


def bearer_of(request: HttpRequest) -> str | None:
    """The token that is sent, valid or not; None if there is none."""
    scheme, _, raw = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    return raw.strip() if scheme.lower() == "bearer" else None


def signed_in(request: HttpRequest) -> Actor:
    """The caller, who must be signed in.

    Raises
    ------
    NotSignedIn
        If neither a token nor a browser session is sent; or, like Forbidden, as by :func:`actor_of`.
    """
    actor = actor_of(request)
    if actor.is_anonymous:
        raise NotSignedIn("Sign in first: send a token as 'Authorization: Bearer <token>'.")
    return actor


def admitted(request: HttpRequest, portal: str) -> Actor:
    """The caller, if they may use the portal; always anonymous in the public one.

    Raises
    ------
    Forbidden
        If the portal is for administrators and the caller is none, or has a token bound to a project.
    NotSignedIn
        As by :func:`signed_in`.
    """
    if portal == "public":
        return ANONYMOUS
    return let_in(signed_in(request), portal)


def let_in(actor: Actor, portal: str) -> Actor:
    """Somebody who is signed in, if they may use the portal.

    Raises
    ------
    Forbidden
        As by :func:`admitted`.
    """
    if portal == "super" and (not actor.is_admin or actor.project_id is not None):
        raise Forbidden("The super portal is for administrators.")
    return actor


@staged("authenticate")
def token_actor(raw: str, request: HttpRequest, *, along: Along | None = None) -> Actor:
    """Whom a token authenticates; ``along`` is asked in the same statement.

    Raises
    ------
    NotSignedIn
        If it is not valid.
    """
    found: Actor | None = getattr(request, _FOUND, None)
    if found is not None:
        return found
    told = {"request_id": _request_id(request), "client": agent_of(request.META)}
    actor = tokens.authenticate(raw, address=address_of(request.META), along=along, **told)
    if actor is None:
        raise NotSignedIn(INVALID, code=Code.INVALID_TOKEN)
    setattr(request, _FOUND, actor)
    setattr(request, _KNOWN, actor.user_id)
    return actor


@staged("authenticate")
def _session_actor(request: HttpRequest) -> Actor:
    # A quoted cookie can hold a NUL, which PostgreSQL refuses; no key of a session has one.
    if "\x00" in request.COOKIES[settings.SESSION_COOKIE_NAME]:
        return ANONYMOUS
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        return ANONYMOUS
    if two_factor.is_missing(user):
        raise Forbidden(NO_SECOND_FACTOR.format(url=settings.BRAINSTEM_URL), code=Code.TWO_FACTOR_REQUIRED)
    if request.method not in SAFE_METHODS:
        _refuse_forged(request)
    setattr(request, _KNOWN, user.pk)
    return Actor.in_browser(user, request_id=_request_id(request), client=agent_of(request.META))


def user_id_of(request: HttpRequest) -> int | None:
    """The account that the request was found to come from, for logs; asks no database."""
    # What Django keeps on the request once a page has looked at its user.
    user = getattr(request, "_cached_user", None)
    found: int | None = getattr(request, _KNOWN, None) or getattr(user, "pk", None)
    return found


class _Csrf(CsrfViewMiddleware):
    """Django's check, returning the reason instead of a page."""

    def _reject(self, request: HttpRequest, reason: str) -> str:  # noqa: ARG002
        return reason


def _refuse_forged(request: HttpRequest) -> None:
    check = _Csrf(lambda _request: HttpResponse())
    check.process_request(request)
    reason = check.process_view(request, None, (), {})  # type: ignore[arg-type]
    if reason:
        raise Forbidden(f"The request was not sent by a page of this server: {reason}", code=Code.CSRF_FAILED)


def _request_id(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))
