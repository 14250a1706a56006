"""The settings page of two-factor authentication, and the pages on which methods are added and removed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from brainstem.apps.users import app_codes, backup_codes, email_codes, two_factor
from brainstem.apps.users.allauth_internals import WebAuthn, generate_totp_secret
from brainstem.apps.users.models import User
from brainstem.apps.users.two_factor import Method
from brainstem.apps.users.two_factor_models import EmailCodes
from brainstem.core.access.caller import caller_of
from brainstem.core.errors import BrainstemError
from brainstem.core.tasks.sealing import Tampered

from . import ceremony, changes, passkeys
from .factors import FACTORS
from .forms import EmailForm, NameForm, NewAppForm, NewPasskeyForm
from .mails import send_code

View = Callable[..., HttpResponse]
NEW_APP = "new_authenticator_app"  # where a session keeps the encrypted secret that the page shows


def sensitive(view: View) -> View:
    """A page that requires a recent confirmation of identity, and is never cached by browsers."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return view(request, *args, **kwargs)

    guarded = reauthentication_required(app="allauth.mfa")(guarded)
    return never_cache(require_http_methods(["GET", "POST"])(guarded))


@login_required
@never_cache
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """All methods at a glance."""
    user: Any = request.user
    held = list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at", "pk"))
    methods = two_factor.methods_of(user.pk)
    required = two_factor.is_required(user.email)
    shown = {
        "app": next((one for one in held if one.type == Authenticator.Type.TOTP), None),
        "passkeys": [passkeys.Passkey.of(one) for one in held if one.type == Authenticator.Type.WEBAUTHN],
        "by_email": EmailCodes.objects.filter(user_id=user.pk, enabled_at__isnull=False).first(),
        "methods": [(method, FACTORS[method].title) for method in methods],
        "codes_left": backup_codes.unused(user.pk).count(),
        "codes_made": backup_codes.NUMBER,
        "required": required,
        "domain": user.email.rpartition("@")[2],
    }
    return render(request, "mfa/index.html", shown)


@login_required
@require_POST
def choose_default(request: HttpRequest) -> HttpResponse:
    """Set the method that is requested first."""
    method = request.POST.get("method", "")
    if two_factor.choose_default(request.user.pk, method):  # type: ignore[arg-type]
        messages.success(request, f"At sign-in you are asked first for: {FACTORS[method].title.lower()}.")
    else:
        messages.error(request, "You have not set up this method. Choose one of those below.")
    return redirect("mfa_index")


@sensitive
def add_app(request: HttpRequest) -> HttpResponse:
    """Scan the QR code, then enter the code that the app shows."""
    user: Any = request.user
    if Method.APP in two_factor.methods_of(user.pk):
        return redirect("mfa_index")
    sent = request.POST if request.method == "POST" else None
    secret = _shown_secret(request) if sent else ""
    if not secret:
        secret = generate_totp_secret()
        request.session[NEW_APP] = get_adapter().encrypt(secret)
    form = NewAppForm(sent, user=user, caller=caller_of(request.META), purpose=email_codes.TO_ADD, secret=secret)
    if not form.is_valid():
        return render(request, "mfa/add_app.html", {"form": form, **_picture(user, secret)})

    def make() -> bool:
        if Method.APP in two_factor.methods_of(user.pk):
            return False
        return bool(app_codes.add(user.pk, secret, period=form.period))

    request.session.pop(NEW_APP, None)
    return changes.add(request, Method.APP, make)


@sensitive
def add_email(request: HttpRequest) -> HttpResponse:
    """Send a code, then enter it."""
    user: Any = request.user
    if Method.EMAIL in two_factor.methods_of(user.pk):
        return redirect("mfa_index")
    if "send" in request.POST:
        _send(request, user)
        return redirect("two_factor_add_email")
    sent = request.POST if request.method == "POST" else None
    form = EmailForm(sent, user=user, caller=caller_of(request.META), purpose=email_codes.TO_ADD)
    if form.is_valid():
        return changes.add(request, Method.EMAIL, lambda: email_codes.enable(user.pk))
    waits, seconds = email_codes.is_waiting(user.pk, purpose=email_codes.TO_ADD), email_codes.seconds_to_wait(user.pk)
    shown = {"form": form, "code_waits": waits, "seconds": seconds, "address": user.email}
    return render(request, "mfa/add_email.html", shown)


@sensitive
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Have the browser create a passkey, and name it."""
    user: Any = request.user
    sent = request.POST if request.method == "POST" else None
    form = NewPasskeyForm(sent, request=request, initial={"name": passkeys.proposed_name(user)})
    if form.is_valid():
        name, credential = form.cleaned_data["name"], form.cleaned_data["credential"]
        return changes.add(request, Method.PASSKEY, lambda: bool(WebAuthn.add(user, name, credential)), about=name)
    options = json.dumps(ceremony.ask_to_register(request, user))
    return render(request, "mfa/add_passkey.html", {"form": form, "passkey_options": options})


@sensitive
def rename_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a passkey another name."""
    passkey = _passkey(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = NameForm(sent, initial={"name": passkey.wrap().name})
    if form.is_valid():
        passkey.data["name"] = form.cleaned_data["name"]
        Authenticator.objects.filter(pk=passkey.pk).update(data=passkey.data)
        messages.success(request, "Passkey renamed.")
        return redirect("mfa_index")
    return render(request, "mfa/rename_passkey.html", {"form": form})


@sensitive
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for confirmation, then remove a passkey."""
    name = _passkey(request, pk).wrap().name
    if request.method == "POST":
        return changes.remove(request, Method.PASSKEY, passkey=pk, about=name)
    return _ask(request, Method.PASSKEY, name)


@sensitive
def remove_method(request: HttpRequest, method: str) -> HttpResponse:
    """Ask for confirmation, then remove the app or the codes by email."""
    chosen = Method(method)
    if chosen not in two_factor.methods_of(request.user.pk):  # type: ignore[arg-type]
        return redirect("mfa_index")
    if request.method == "POST":
        return changes.remove(request, chosen)
    return _ask(request, chosen)


@sensitive
def new_codes(request: HttpRequest) -> HttpResponse:
    """Ask for confirmation, then create new backup codes."""
    if not two_factor.methods_of(request.user.pk):  # type: ignore[arg-type]
        return redirect("mfa_index")
    if request.method == "POST":
        return changes.renew_codes(request)
    left = backup_codes.unused(request.user.pk).count()  # type: ignore[arg-type]
    return render(request, "mfa/new_backup_codes.html", {"codes_left": left})


def _ask(request: HttpRequest, method: Method, name: str = "") -> HttpResponse:
    user: Any = request.user
    methods = two_factor.methods_of(user.pk)
    keys = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).count()
    last = methods == [method] and (method is not Method.PASSKEY or keys == 1)
    shown = {"method": changes.NAMES[method], "name": name, "is_last": last}
    return render(request, "mfa/remove.html", shown | {"required": two_factor.is_required(user.email)})


def _send(request: HttpRequest, user: User) -> None:
    try:
        send_code(request, user, purpose=email_codes.TO_ADD)
    except BrainstemError as error:
        messages.error(request, error.message)


def _passkey(request: HttpRequest, pk: int) -> Authenticator:
    own = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.WEBAUTHN)
    return get_object_or_404(own, pk=pk)


def _shown_secret(request: HttpRequest) -> str:
    """The secret that the page showed; empty if it was not shown in this session, or cannot be decrypted."""
    try:
        return str(get_adapter().decrypt(request.session[NEW_APP]))
    except (KeyError, Tampered):
        return ""


def _picture(user: User, secret: str) -> dict[str, str]:
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return {"picture": base64.b64encode(svg.encode()).decode(), "secret": spaced}
