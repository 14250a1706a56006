"""Shared by the sign-in endpoints: small bodies, as JSON or as a form, and one view for several methods."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from brainstem.core.errors import Code, Invalid
from brainstem.core.text.numbers import whole_of

from .body import read_object
from .responses import FORMS, Refused, answered, method_refused

View = Callable[..., HttpResponse]

MAX_BODY_BYTES = 64 * 1024
MAX_TEXT = 1024  # no email, password or token is longer


def fields_of(request: HttpRequest, *, optional: bool = False) -> dict[str, object]:
    """The fields of a JSON object or a form; with ``optional``, the body may be empty."""
    length = whole_of(request.META.get("CONTENT_LENGTH") or "0")
    if length is not None and length > MAX_BODY_BYTES:
        raise Refused(413, f"The body is larger than {MAX_BODY_BYTES} bytes.")
    if request.content_type in FORMS:
        return _form(request)
    if optional and not request.body.strip():
        return {}
    if request.content_type not in {"application/json", ""}:
        raise Refused(415, f"Send JSON (application/json) or a form, not {request.content_type!r}.")
    return read_object(request.body)


def _form(request: HttpRequest) -> dict[str, object]:
    try:
        return dict(request.POST.items())
    except (MultiPartParserError, BadRequest, SuspiciousOperation) as error:
        raise Invalid.whole(f"The form cannot be read: {error}", code=Code.UNREADABLE) from None


def texts(body: dict[str, object], *names: str) -> list[str]:
    """Several texts; all errors are reported at once."""
    found, errors = [], {}
    for name in names:
        try:
            found.append(text(body, name))
        except Invalid as error:
            errors.update(error.errors)
    if errors:
        raise Invalid(errors)
    return found


def text(body: dict[str, object], name: str, *, longest: int = MAX_TEXT) -> str:
    """One required text."""
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


def door(**views: View) -> View:
    """One view for the given methods; others get 405."""

    # Exempt from the CSRF middleware: signing in sends the password itself, and actor_of() checks browser sessions.
    @csrf_exempt
    @never_cache
    def chosen(request: HttpRequest, **named: str) -> HttpResponse:
        return answered(_dispatched, request, views, **named)

    return chosen


def _dispatched(request: HttpRequest, views: dict[str, View], **named: str) -> HttpResponse:
    view = views.get("GET" if request.method == "HEAD" else request.method or "")
    if view is None:
        allow = ", ".join(views)
        raise method_refused(request.method, use=allow, allow=allow)
    return view(request, **named)
