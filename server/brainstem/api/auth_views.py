"""Tokens over HTTP: signing in with a password, renewing, and the caller's own personal tokens.

The device flow (``auth/device/``) comes with the account pages; its place is in ``urlpatterns`` below.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from django.contrib.auth import get_user_model
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import re_path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from brainstem.apps.users import tokens
from brainstem.apps.users.signin import TWO_FACTOR, sign_in
from brainstem.apps.users.token_models import Token
from brainstem.core.access.actor import Actor
from brainstem.core.errors import Forbidden, Invalid, Missing, NotSignedIn
from brainstem.core.models import ObjectRole

from .actor import actor_of, client_address
from .responses import Refused, answered, json_response

T = TypeVar("T")
View = Callable[..., HttpResponse]

MAX_BODY_BYTES = 64 * 1024
MAX_TEXT = 1024  # no e-mail, password or token is longer
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


# --- signing in ----------------------------------------------------------------------------------------------------


def token(request: HttpRequest) -> HttpResponse:
    """E-mail and password -> a personal access token, as the older clients ask for it."""

    def issue(user: Any) -> tokens.Issued:
        return tokens.create_personal(user, name="Password sign-in", address=client_address(request))

    issued = _sign_in(request, "username", issue)
    answer = {"access": issued.raw, "token": issued.raw, "token_id": issued.token.pk}
    return json_response(200, answer | {"message": "Token created successfully"})


def pair(request: HttpRequest) -> HttpResponse:
    """E-mail and password -> an access token for an hour and a refresh token."""

    def issue(user: Any) -> tokens.Pair:
        return tokens.create_pair(user, address=client_address(request))

    return _pair_response(_sign_in(request, "email", issue))


def refresh(request: HttpRequest) -> HttpResponse:
    """Refresh token -> the next pair; the token that was sent stops working."""
    found = tokens.find_refresh(_text(_body(request), "refresh"))
    if found.user.two_factor_enabled:
        raise NotSignedIn(TWO_FACTOR)
    return _pair_response(tokens.rotate(found, address=client_address(request)))


def _sign_in(request: HttpRequest, name: str, issue: Callable[[Any], T]) -> T:
    """What ``issue`` makes; the e-mail may be sent as ``username`` or ``email``, ``name`` is the documented one."""
    body = _body(request)
    sent = name if name in body else next((key for key in ("username", "email") if key in body), name)
    email, password = _texts(body, sent, "password")
    return sign_in(email, password, address=client_address(request), issue=issue)


def _pair_response(made: tokens.Pair) -> HttpResponse:
    answer = {"access": made.access.raw, "refresh": made.refresh.raw}
    return json_response(200, answer | {"token_type": "bearer", "expires_in": tokens.ACCESS_SECONDS})


# --- the caller's personal tokens ----------------------------------------------------------------------------------


def personal_list(request: HttpRequest) -> HttpResponse:
    """The caller's personal tokens, newest first, without their secrets."""
    actor = _signed_in(request)
    rows = [_shown(row) for row in tokens.personal_tokens(actor.user_id or 0)]
    return json_response(200, {"tokens": rows, "count": len(rows)})


def personal_add(request: HttpRequest) -> HttpResponse:
    """A new personal token; the only answer that tells its text."""
    actor = _signed_in(request, whole=True)
    body = _body(request)
    issued = tokens.create_personal(
        get_user_model()._default_manager.get(pk=actor.user_id),
        name=_text(body, "name", longest=100),
        address=client_address(request),
        read_only=_flag(body, "read_only"),
        project_id=_project(body, actor),
        days=_days(body),
    )
    return json_response(201, _shown(issued.token) | {"token": issued.raw})


def personal_revoke(request: HttpRequest, token_id: str) -> HttpResponse:
    """End one of the caller's own personal tokens."""
    actor = _signed_in(request, whole=True)
    if not tokens.revoke(tokens.personal_tokens(actor.user_id or 0).filter(pk=int(token_id))):
        raise Missing("You have no personal token with this id.")
    return HttpResponse(status=204)


def _signed_in(request: HttpRequest, *, whole: bool = False) -> Actor:
    """The caller; ``whole`` refuses a token that is limited, for it could take more than it was given."""
    actor = actor_of(request)
    if actor.is_anonymous:
        raise NotSignedIn("Sign in first: send a token as 'Authorization: Bearer <token>'.")
    if actor.project_id or (whole and actor.read_only):
        raise Forbidden("A token that is read-only or bound to one project cannot manage tokens.")
    return actor


def _shown(row: Token) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "prefix": row.prefix,
        "read_only": row.read_only,
        "project": row.project_id,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "last_used_at": row.last_used_at,
        "last_used_address": row.last_used_address,
    }


# --- reading a body ------------------------------------------------------------------------------------------------


def _body(request: HttpRequest) -> dict[str, Any]:
    """The fields of a JSON object or a form."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > MAX_BODY_BYTES:
        raise Refused(413, f"The body is larger than {MAX_BODY_BYTES} bytes.")
    if request.content_type in FORMS:
        return _form(request)
    if request.content_type not in {"application/json", ""}:
        raise Refused(415, f"Send JSON (application/json) or a form, not {request.content_type!r}.")
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise Invalid.whole(f"The body is not valid JSON: {error}") from None
    if not isinstance(body, dict):
        raise Invalid.whole("The body must be a JSON object.")
    return body


def _form(request: HttpRequest) -> dict[str, Any]:
    try:
        return dict(request.POST.items())
    except (MultiPartParserError, BadRequest, SuspiciousOperation) as error:
        raise Invalid.whole(f"The form cannot be read: {error}") from None


def _texts(body: dict[str, Any], *names: str) -> list[str]:
    """Several texts; all that is wrong is told at once."""
    found, errors = [], {}
    for name in names:
        try:
            found.append(_text(body, name))
        except Invalid as error:
            errors.update(error.errors)
    if errors:
        raise Invalid(errors)
    return found


def _text(body: dict[str, Any], name: str, *, longest: int = MAX_TEXT) -> str:
    value = body.get(name)
    if value is None or value == "":
        raise Invalid.at(name, "This field is required.")
    if not isinstance(value, str):
        raise Invalid.at(name, "This must be text.")
    if len(value) > longest:
        raise Invalid.at(name, f"This must have at most {longest} characters.")
    if "\0" in value:
        raise Invalid.at(name, "This must not contain a NUL character.")
    return value


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name, False)
    value = {"true": True, "on": True, "false": False, "": False}.get(value, value) if isinstance(value, str) else value
    if not isinstance(value, bool):
        raise Invalid.at(name, "This must be true or false.")
    return value


def _days(body: dict[str, Any]) -> int:
    value = body.get("days", tokens.PERSONAL_DAYS)
    days = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 9 else value
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= tokens.PERSONAL_DAYS:
        raise Invalid.at("days", f"This must be a whole number from 1 to {tokens.PERSONAL_DAYS}.")
    return days


def _project(body: dict[str, Any], actor: Actor) -> uuid.UUID | None:
    """The project that the token will be bound to: one in which the caller has a role."""
    value = body.get("project")
    if value is None or value == "":
        return None
    try:
        project_id = uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise Invalid.at("project", f"Expected the id (UUID) of a project, not {value!r}.") from None
    if not ObjectRole.objects.filter(user_id=actor.user_id or 0, object_id=project_id).exists():
        raise Invalid.at("project", "You have no role in a project with this id.")
    return project_id


# --- the door ------------------------------------------------------------------------------------------------------


def _door(**views: View) -> View:
    """One view for the methods given; any other is 405."""

    # Exempt from the CSRF middleware: who signs in sends the password itself, and actor_of() checks browser sessions.
    @csrf_exempt
    @never_cache
    def door(request: HttpRequest, token_id: str | None = None) -> HttpResponse:
        view = views.get("GET" if request.method == "HEAD" else request.method or "")
        if view is None:
            allowed = ", ".join(views)
            message = f"{request.method} is not offered here; use {allowed}."
            return json_response(405, {"detail": message}, Allow=allowed)
        return answered(view, request) if token_id is None else answered(view, request, token_id)

    return door


urlpatterns = [
    re_path(r"^token/?$", _door(POST=token), name="token"),
    re_path(r"^auth/token/?$", _door(POST=pair), name="token-pair"),
    re_path(r"^auth/token/refresh/?$", _door(POST=refresh), name="token-refresh"),
    re_path(r"^auth/tokens/?$", _door(GET=personal_list, POST=personal_add), name="personal-tokens"),
    re_path(r"^auth/tokens/(?P<token_id>[0-9]{1,18})/?$", _door(DELETE=personal_revoke), name="personal-token"),
]
