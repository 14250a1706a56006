"""Asking for a second factor on a page, both at sign-in and before dangerous actions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from brainstem.apps.users import backup_codes, email_codes, events
from brainstem.apps.users.allauth_internals import record_authentication
from brainstem.apps.users.two_factor import Method
from brainstem.core.access.caller import caller_of
from brainstem.core.errors import BrainstemError
from brainstem.web.accounts import browsers
from brainstem.web.accounts.log import write

from . import blocked, ceremony
from .ceremony import Purpose
from .factors import BACKUP, Factor
from .forms import CODE_FORMS, PasskeyForm
from .mails import send_code, tell


@dataclass(frozen=True)
class Proof:
    """A factor that someone is asked for, and the purpose."""

    request: HttpRequest
    user: Any
    factor: Factor
    purpose: str

    def form(self) -> forms.Form:
        """The form to render, with the data that was sent."""
        data = self.request.POST if self.request.method == "POST" else None
        who: Any = {"user": self.user, "caller": caller_of(self.request.META)}
        who["browser"] = browsers.id_of(self.request, self.user)
        if self.factor.key == Method.PASSKEY:
            return PasskeyForm(data, request=self.request, purpose=self._ceremony, **who)
        return CODE_FORMS[self.factor.key](data, purpose=self.purpose, **who)

    def context(self, form: forms.Form) -> dict[str, object]:
        """What the template shows."""
        shown: dict[str, Any] = {"form": form, "factor": self.factor}
        if why := blocked.why(self.request, self.user):
            return shown | {"blocked": why, "others": []}
        if self.factor.key == Method.PASSKEY:
            shown["passkey_options"] = json.dumps(ceremony.ask(self.request, self._ceremony, self.user))
        if self.factor.key == Method.EMAIL:
            shown |= {
                "address": self.user.email,
                "code_waits": email_codes.is_waiting(self.user.pk, purpose=self.purpose),
                "seconds": email_codes.seconds_to_wait(self.user.pk),
            }
        return shown

    @property
    def _ceremony(self) -> Purpose:
        return Purpose.SECOND_FACTOR if self.purpose == email_codes.TO_SIGN_IN else Purpose.CONFIRM

    @property
    def wants_code(self) -> bool:
        """Whether the person requests a code by email, and may get one."""
        return self.factor.key == Method.EMAIL and "send" in self.request.POST

    def send_code(self) -> None:
        """Send a code by email, or say why not."""
        try:
            send_code(self.request, self.user, purpose=self.purpose)
        except blocked.Blocked:
            return  # the page says so instead of showing the form
        except BrainstemError as error:
            messages.error(self.request, error.message)
        else:
            messages.success(self.request, f"A code is on its way to {self.user.email}.")

    def accept(self, form: forms.Form, *, again: bool) -> None:
        """Log that the factor was right; ``again`` if a signed-in person confirmed their identity."""
        if passkey := form.cleaned_data.get("passkey"):
            passkey.record_usage()
        more = {"reauthenticated": True} if again else {}
        record_authentication(self.request, self.user, "mfa", type=self.factor.key, **more)
        if self.factor is BACKUP:
            left = backup_codes.unused(self.user.pk).count()
            write(self.request, self.user, events.Kind.BACKUP_CODE_USED, about=f"{left} left")
            tell(self.request, self.user, "backup_code_used", left=left)
