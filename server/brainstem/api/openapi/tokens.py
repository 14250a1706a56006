"""The URLs of tokens and of the description itself."""

from __future__ import annotations

from ..responses import JSON
from ..shapes import JsonObject, Schema, closed
from .operations import errors, response

_TEXT: Schema = {"type": "string"}
_WHEN: Schema = {"type": "string", "format": "date-time"}
_PERSONAL: dict[str, Schema] = {
    "id": {"type": "integer"},
    "name": _TEXT,
    "prefix": _TEXT,
    "read_only": {"type": "boolean"},
    "project": {"type": ["string", "null"], "format": "uuid"},
    "created_at": _WHEN,
    "expires_at": _WHEN,
    "last_used_at": {"type": ["string", "null"], "format": "date-time"},
    "last_used_address": {"type": ["string", "null"]},
}
_PAIR: dict[str, Schema] = {"access": _TEXT, "refresh": _TEXT, "token_type": _TEXT, "expires_in": {"type": "integer"}}
_STARTED: dict[str, Schema] = {
    "session_id": _TEXT,
    "device_code": _TEXT,
    "user_code": _TEXT,
    "verification_uri": _TEXT | {"format": "uri"},
    "verification_uri_complete": _TEXT | {"format": "uri"},
    "expires_in": {"type": "integer"},
    "interval": {"type": "integer"},
}
_POLLED: dict[str, Schema] = {
    "status": {"enum": ["authorization_pending", "success"]},
    "token": _TEXT,
    "error": {"enum": ["access_denied", "expired_token", "already_used"]},
}


def token_paths() -> dict[str, object]:
    """Signing in, refreshing, personal tokens."""
    issued: dict[str, Schema] = {"access": _TEXT, "token": _TEXT, "token_id": {"type": "integer"}, "message": _TEXT}
    wrong = errors("400", "401", "413", "415", "429")
    limits: dict[str, Schema] = {
        "read_only": {"type": "boolean"},
        "project": {"type": ["string", "null"], "format": "uuid"},
    }
    new: dict[str, Schema] = {"name": _TEXT | {"maxLength": 100}, "days": {"type": "integer", "minimum": 1}, **limits}
    listed: dict[str, Schema] = {"tokens": {"type": "array", "items": closed(_PERSONAL)}, "count": {"type": "integer"}}
    made = response("The token; its text is shown only here.", closed(_PERSONAL | {"token": _TEXT}))
    token_id = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}}
    return {
        "/api/schema/": {"get": _open("schema", {"200": response("This description.", {"type": "object"})})},
        "/api/token/": {
            "post": _open("token", {"200": response("A personal access token.", closed(issued)), **wrong})
            | _body({"username": _TEXT, "password": _TEXT})
        },
        "/api/auth/token/": {
            "post": _open("token_pair", {"200": response("Access and refresh token.", closed(_PAIR)), **wrong})
            | _body({"email": _TEXT, "password": _TEXT})
        },
        "/api/auth/token/refresh/": {
            "post": _open("token_refresh", {"200": response("The next pair.", closed(_PAIR)), **wrong})
            | _body({"refresh": _TEXT})
        },
        **_device_paths(),
        "/api/auth/tokens/": {
            "get": _named("tokens_list", {"200": response("Your tokens.", closed(listed)), **errors("401", "403")}),
            "post": _named("tokens_add", {"201": made, **errors("400", "401", "403", "413", "415")})
            | _body(new, required=("name",)),
        },
        "/api/auth/tokens/{id}/": {
            "parameters": [token_id],
            "delete": _named("tokens_revoke", {"204": {"description": "Revoked."}, **errors("401", "403", "404")}),
        },
    }


def _device_paths() -> JsonObject:
    wrong = errors("400", "413", "415", "429")
    asked = response("The program waits for a decision at one of the URLs.", closed(_STARTED))
    polled = {"type": "object", "properties": _POLLED, "additionalProperties": False}
    outcome = response("The outcome: status or error, and the token once.", polled)
    optional = _body({"client_name": {"type": ["string", "null"]}}, required=())
    optional["requestBody"]["required"] = False
    return {
        "/api/auth/device/": {"post": _open("device", {"200": asked, **wrong}) | optional},
        "/api/auth/device/token/": {
            "post": _open("device_token", {"200": outcome, **errors("400", "413", "415")})
            | _body({"device_code": _TEXT})
        },
    }


def _named(name: str, responses: JsonObject) -> dict[str, object]:
    return {"operationId": name, "tags": ["tokens"], "responses": responses}


def _open(name: str, responses: dict[str, object]) -> dict[str, object]:
    return _named(name, responses) | {"security": []}


def _body(properties: dict[str, Schema], required: tuple[str, ...] | None = None) -> JsonObject:
    needed = list(properties) if required is None else list(required)
    shape = {"type": "object", "properties": properties, "required": needed}
    kinds = (JSON, "application/x-www-form-urlencoded")
    return {"requestBody": {"required": True, "content": {kind: {"schema": shape} for kind in kinds}}}
