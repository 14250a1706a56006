"""The two forms for approving a program: its code, and the properties of its token."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing

from brainstem.apps.users.device_models import DeviceRequest
from brainstem.apps.users.device_text import code_of, parse_code, why_no_code
from brainstem.apps.users.devices import LIFETIME_SECONDS
from brainstem.web.tokens.forms import FULL, AccessForm

_SALT = "brainstem.web.devices"


class CodeForm(forms.Form):
    """The code that a program shows."""

    user_code = forms.CharField(
        max_length=40,
        label="Code",
        help_text="Eight characters in two groups, such as WXYT-3479. Upper case and the dash do not matter.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
                                      "class": "code", "autofocus": True}),
    )  # fmt: skip

    def clean_user_code(self) -> str:
        """The code as it is shown."""
        typed = self.cleaned_data["user_code"]
        code = parse_code(typed)
        if code is None:
            raise forms.ValidationError(why_no_code(typed))
        return code


class DecisionForm(AccessForm):
    """The name and rights of the token; ``handle`` identifies the request that was shown."""

    handle = forms.CharField(widget=forms.HiddenInput)
    use_required_attribute = False  # not required for denying

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Name of its token"
        self.fields["name"].help_text = "As shown in the list of your tokens, where you can revoke it."


def first_values(asked: DeviceRequest, handle: str) -> dict[str, str]:
    """The initial values of the form; programs load and save, so they get full access."""
    return {"name": asked.client_name or "A program", "access": FULL, "handle": handle}


def handle_of(asked: DeviceRequest, *, user: Any, code: str = "", session_id: str = "") -> str:
    """Identifies a request in the form of one person, for as long as it can be decided."""
    return signing.dumps([asked.pk, user.pk, code or code_of(session_id)], salt=_SALT)


def read_handle(handle: str, *, user: Any) -> tuple[DeviceRequest, str] | None:
    """The request and its code; None if the form belongs to another person, is too old or was changed."""
    try:
        asked_id, user_id, code = signing.loads(handle, salt=_SALT, max_age=2 * LIFETIME_SECONDS)
    except signing.BadSignature:
        return None
    asked = DeviceRequest.objects.filter(pk=asked_id).first() if user_id == user.pk else None
    return (asked, code) if asked else None
