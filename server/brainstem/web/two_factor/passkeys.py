"""Passkeys: how the overview shows them, and signing in with a passkey alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from allauth.account import adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from brainstem.apps.users import throttle
from brainstem.apps.users.allauth_internals import extract_user_from_response, respond_429
from brainstem.apps.users.models import User
from brainstem.core.access.caller import Caller, address_of, network_of

from . import ceremony
from .ceremony import Purpose
from .forms import MALFORMED, NO_PASSKEY, PasskeyForm

ALONE = throttle.Limit("passkeys alone from a network", tries=300, seconds=300)


@dataclass(frozen=True)
class Passkey:
    """A passkey as the overview shows it."""

    pk: int
    name: str
    created_at: dt.datetime
    last_used_at: dt.datetime | None
    alone: bool | None

    @classmethod
    def of(cls, row: Authenticator) -> Passkey:
        """The passkey of a row."""
        wrapped = row.wrap()
        return cls(row.pk, wrapped.name, row.created_at, row.last_used_at, wrapped.is_passwordless)


def proposed_name(user: User) -> str:
    """A name that the person has not used yet."""
    number = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).count() + 1
    return "Passkey" if number == 1 else f"Passkey {number}"


class SignInForm(PasskeyForm):
    """A passkey that identifies its owner; the device has checked who holds it.

    Failures are not counted per person, since anyone could block anyone else; the view counts them per address.
    """

    reauthenticated, passwordless = False, True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        caller: Caller = {"address": "", "agent": ""}
        super().__init__(*args, user=None, caller=caller, purpose=Purpose.SIGN_IN, **kwargs)

    def clean(self) -> dict[str, object]:
        """The passkey, as ``credential``, where allauth's view expects it."""
        credential = self.cleaned_data.get("credential")
        try:
            self.user = extract_user_from_response(credential)
        except (ValidationError, *MALFORMED) as error:
            raise ValidationError(NO_PASSKEY) from error
        if not self.is_right():
            raise ValidationError(NO_PASSKEY)
        return {"credential": self.passkey}


class SignInView(LoginWebAuthnView):
    """Signs in with a passkey alone."""

    form_class = SignInForm

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> Any:
        """Refuse an address with too many requests: each challenge stores a session."""
        if throttle.count(ALONE, network_of(address_of(request.META))) and throttle.is_on():
            return respond_429(request)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """The challenge for the browser; a person who opens this URL is sent to the page with the button."""
        if not adapter.get_adapter().is_ajax(request):
            return redirect("account_login")
        return JsonResponse({"request_options": ceremony.ask(request, Purpose.SIGN_IN)})

    def get_form_kwargs(self) -> dict[str, object]:
        """The request, whose session holds the challenge."""
        given: dict[str, Any] = super().get_form_kwargs()
        return given | {"request": self.request}

    def form_invalid(self, form: forms.Form) -> Any:
        """Show the error on the sign-in page."""
        form.errors["credential"] = form.non_field_errors()
        return super().form_invalid(form)
