"""Adding and removing second factors: one transaction, then the log, an email, and the backup codes, shown once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model, update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from brainstem.apps.users import backup_codes, events, two_factor
from brainstem.apps.users.two_factor import Method
from brainstem.apps.users.two_factor_models import BackupCode
from brainstem.core.errors import Invalid
from brainstem.web.accounts.log import write

from . import onward
from .mails import tell

NAMES = {Method.APP: "Authenticator app", Method.PASSKEY: "Passkey", Method.EMAIL: "Codes by email"}
TEXT_FILE = """BrainSTEM backup codes of {email}
{url}

{codes}

Each code works once. New codes replace these.
"""


def add(request: HttpRequest, method: Method, make: Callable[[], bool], *, about: str = "") -> HttpResponse:
    """Add a method; the response shows the backup codes if it is the first one.

    ``make`` adds it and returns whether it did; simultaneous requests run one after the other.
    """
    user: Any = request.user
    with transaction.atomic():
        two_factor.hold(user.pk)
        made = make()
        first = made and not BackupCode.objects.filter(user_id=user.pk).exists()
        codes = backup_codes.make(user.pk) if first else []
    if not made:
        return redirect("mfa_index")
    ended = " Other browsers were signed out." if _keep_session(request) else ""
    name = _name(method, about)
    write(request, user, events.Kind.METHOD_ADDED, about=name)
    tell(request, user, "method_added", method=name)
    messages.success(request, f"{name} added.{ended}")
    return show_codes(request, codes) if codes else redirect("mfa_index")


def remove(request: HttpRequest, method: Method, *, passkey: int | None = None, about: str = "") -> HttpResponse:
    """Remove a method, or one passkey, and return to the overview."""
    user: Any = request.user
    try:
        removed = two_factor.remove(user, method, passkey=passkey)
    except Invalid as error:
        messages.error(request, " ".join(text for texts in error.errors.values() for text in texts))
        return redirect("mfa_index")
    if removed:
        name = _name(method, about)
        write(request, user, events.Kind.METHOD_REMOVED, about=name)
        tell(request, user, "method_removed", method=name)
        messages.success(request, f"{name} removed.")
    return redirect("mfa_index")


def renew_codes(request: HttpRequest) -> HttpResponse:
    """Create new backup codes and show them."""
    user: Any = request.user
    with transaction.atomic():
        two_factor.hold(user.pk)
        codes = backup_codes.make(user.pk) if two_factor.methods_of(user.pk) else []
    if not codes:
        return redirect("mfa_index")
    tell(request, user, "backup_codes_made")
    return show_codes(request, codes)


def show_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """The page with the codes: the only response that ever contains them."""
    user: Any = request.user
    write(request, user, events.Kind.BACKUP_CODES_MADE, about=f"{len(codes)} codes")
    text = TEXT_FILE.format(email=user.email, url=request.build_absolute_uri("/"), codes="\n".join(codes))
    shown = {"codes": codes, "text_file": text, "onward": onward.go_on(request)}
    return render(request, "mfa/backup_codes.html", shown)


def _keep_session(request: HttpRequest) -> bool:
    """End all other browser sessions if this is the first method; returns whether it is."""
    user: Any = get_user_model()._default_manager.get(pk=request.user.pk)
    if user.session_epoch == request.user.session_epoch:  # type: ignore[union-attr]
        return False
    update_session_auth_hash(request, user)
    return True


def _name(method: Method, about: str) -> str:
    return f"{NAMES[method]} “{about}”" if about else NAMES[method]
