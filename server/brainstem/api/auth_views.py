"""Tokens over HTTP: signing in with a password, refreshing, and the caller's own personal tokens.

The device flow (``auth/device/``) is in :mod:`.device_views`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

from brainstem.apps.users import tokens
from brainstem.apps.users.signin import needs_more, sign_in
from brainstem.apps.users.token_models import Token
from brainstem.core.access.actor import Actor
from brainstem.core.access.caller import caller_of
from brainstem.core.errors import Code, Forbidden, Invalid, Missing, NotSignedIn
from brainstem.core.model.declare import Record
from brainstem.core.model.ids import uuid_of
from brainstem.core.models import ObjectRole
from brainstem.core.text.numbers import whole_of
from brainstem.core.text.shown import shown
from brainstem.core.text.words import truth_of

from .actor import signed_in
from .responses import json_response
from .small_body import door, fields_of, text, texts

T = TypeVar("T")

ON_ITS_PAGE = "In a browser, create tokens that can write on their page: /private/users/tokens/"


# --- signing in ----------------------------------------------------------------------------------------------------


def token(request: HttpRequest) -> HttpResponse:
    """Email and password -> a personal access token, as older clients request it."""

    def issue(user: Record) -> tokens.Issued:
        return tokens.create_personal(user, name="Password sign-in", **caller_of(request.META))

    issued = _sign_in(request, "username", issue)
    answer = {"access": issued.raw, "token": issued.raw, "token_id": issued.token.pk}
    return json_response(200, answer | {"message": "Token created successfully"})


def pair(request: HttpRequest) -> HttpResponse:
    """Email and password -> an access token for an hour and a refresh token."""

    def issue(user: Any) -> tokens.Pair:
        return tokens.create_pair(user, **caller_of(request.META))

    return _pair_response(_sign_in(request, "email", issue))


def refresh(request: HttpRequest) -> HttpResponse:
    """Refresh token -> the next pair; the token that was sent stops working."""
    found = tokens.find_refresh(text(fields_of(request), "refresh"), **caller_of(request.META))
    if more := needs_more(found.user):
        raise NotSignedIn(more, code=Code.TWO_FACTOR_REQUIRED)
    return _pair_response(tokens.rotate(found, **caller_of(request.META)))


def _sign_in(request: HttpRequest, name: str, issue: Callable[[Any], T]) -> T:
    """The result of ``issue``; the email may be sent as ``username`` or ``email``, ``name`` is the documented one."""
    body = fields_of(request)
    sent = name if name in body else next((key for key in ("username", "email") if key in body), name)
    email, password = texts(body, sent, "password")
    return sign_in(email, password, **caller_of(request.META), issue=issue)


def _pair_response(made: tokens.Pair) -> HttpResponse:
    answer = {"access": made.access.raw, "refresh": made.refresh.raw}
    return json_response(200, answer | {"token_type": "bearer", "expires_in": tokens.ACCESS_SECONDS})


# --- the caller's personal tokens ----------------------------------------------------------------------------------


def personal_list(request: HttpRequest) -> HttpResponse:
    """The caller's personal tokens, newest first, without their secrets."""
    actor = _manager(request)
    rows = [_shown(row) for row in tokens.personal_tokens(actor.user_id or 0)]
    return json_response(200, {"tokens": rows, "count": len(rows)})


def personal_add(request: HttpRequest) -> HttpResponse:
    """A new personal token; the only response that contains its text."""
    actor = _manager(request, whole=True)
    body = fields_of(request)
    read_only = _flag(body, "read_only")
    # The page asks for the password again if the sign-in is old; this endpoint cannot.
    if actor.via == "browser" and not read_only:
        raise Forbidden(ON_ITS_PAGE)
    issued = tokens.create_personal(
        get_user_model()._default_manager.get(pk=actor.user_id),
        name=text(body, "name", longest=100),
        read_only=read_only,
        project_id=_project(body, actor),
        days=_days(body),
        **caller_of(request.META),
    )
    return json_response(201, _shown(issued.token) | {"token": issued.raw})


def personal_revoke(request: HttpRequest, token_id: str) -> HttpResponse:
    """Revoke one of the caller's own personal tokens."""
    actor = _manager(request, whole=True)
    if not tokens.revoke(
        tokens.personal_tokens(actor.user_id or 0).filter(pk=int(token_id)), **caller_of(request.META)
    ):
        raise Missing("You have no personal token with this id.")
    return HttpResponse(status=204)


def _manager(request: HttpRequest, *, whole: bool = False) -> Actor:
    """The caller; ``whole`` refuses limited tokens, which could otherwise extend their own rights."""
    actor = signed_in(request)
    if actor.project_id or (whole and actor.read_only):
        code = Code.PROJECT_TOKEN if actor.project_id else Code.READ_ONLY_TOKEN
        raise Forbidden("A token that is read-only or bound to one project cannot manage tokens.", code=code)
    return actor


def _shown(row: Token) -> dict[str, object]:
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


# --- what a new token is like ---------------------------------------------------------------------------------------


def _flag(body: dict[str, object], name: str) -> bool:
    value = body.get(name, False)
    found = truth_of(value or False) if isinstance(value, str | bool) else None
    if found is None:
        raise Invalid.at(name, "This must be true or false.")
    return found


def _days(body: dict[str, object]) -> int:
    value = body.get("days", tokens.PERSONAL_DAYS)
    days = whole_of(value, below=tokens.PERSONAL_DAYS + 1)
    if days is None or days < 1:
        raise Invalid.at("days", f"This must be a whole number from 1 to {tokens.PERSONAL_DAYS}.")
    return days


def _project(body: dict[str, object], actor: Actor) -> uuid.UUID | None:
    """The project that the token will be bound to: one in which the caller has a role."""
    value = body.get("project")
    if value is None or value == "":
        return None
    project_id = uuid_of(value)
    if project_id is None:
        raise Invalid.at("project", f"Expected the id (UUID) of a project, not {shown(value)}.")
    if not ObjectRole.objects.filter(user_id=actor.user_id or 0, object_id=project_id).exists():
        raise Invalid.at("project", "You have no role in a project with this id.")
    return project_id


urlpatterns = [
    re_path(r"^token/?$", door(POST=token), name="token"),
    re_path(r"^auth/token/?$", door(POST=pair), name="token-pair"),
    re_path(r"^auth/token/refresh/?$", door(POST=refresh), name="token-refresh"),
    re_path(r"^auth/tokens/?$", door(GET=personal_list, POST=personal_add), name="personal-tokens"),
    re_path(r"^auth/tokens/(?P<token_id>[0-9]{1,18})/?$", door(DELETE=personal_revoke), name="personal-token"),
]
