"""Forms that accept a second factor, and those that add and name methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from brainstem.apps.users import app_codes, backup_codes, email_codes, second_factor
from brainstem.apps.users.two_factor import Method
from brainstem.core.access.caller import Caller
from brainstem.core.errors import Throttled

from . import blocked, ceremony
from .factors import FACTORS
from .mails import tell_of_wrong_codes

WRONG = "This code is wrong, has expired or has already been used."
NO_PASSKEY = "This passkey was not accepted. Try again, or use another method."


def tried(user: Any, check: Callable[[], bool], *, caller: Caller, about: str, browser: str) -> bool:
    """The result of ``check``, within the limits; ValidationError beyond them."""
    try:
        return second_factor.attempt(user, check, caller=caller, about=about, browser=browser)
    except Throttled as error:
        raise ValidationError(blocked.told(error)) from error


class CodeForm(forms.Form):
    """A code that a person enters; wrong ones are counted."""

    factor: ClassVar[str]
    hint: ClassVar[str] = ""
    digits: ClassVar[bool] = True

    code = forms.CharField(max_length=40)

    def __init__(self, *args: Any, user: Any, caller: Caller, purpose: str, browser: str = "", **kwargs: Any) -> None:
        self.user, self.caller, self.purpose, self.browser = user, caller, purpose, browser
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label, field.help_text = FACTORS[self.factor].ask, self.hint
        field.widget.attrs |= {
            "autofocus": True,
            "autocomplete": "one-time-code",
            "class": "code",
            "spellcheck": "false",
        }
        if self.digits:
            field.widget.attrs["inputmode"] = "numeric"

    def clean_code(self) -> str:
        """The code, if it is right."""
        code: str = self.cleaned_data["code"]
        title = FACTORS[self.factor].title
        if not tried(self.user, lambda: self.is_right(code), about=title, caller=self.caller, browser=self.browser):
            if self.purpose != email_codes.TO_ADD:  # when adding a method, errors are only typos
                tell_of_wrong_codes(self.user, self.caller)
            raise ValidationError(WRONG)
        return code

    def is_right(self, code: str) -> bool:
        """Whether the code is right; it is used up then."""
        raise NotImplementedError


class AppForm(CodeForm):
    """A code of an authenticator app."""

    factor = Method.APP
    hint = "The six digits that the app shows now."

    def is_right(self, code: str) -> bool:
        """Whether the app shows this code."""
        return app_codes.take(self.user.pk, code)


class EmailForm(CodeForm):
    """A code that came by email."""

    factor = Method.EMAIL
    hint = "Six digits, valid for five minutes."

    def is_right(self, code: str) -> bool:
        """Whether this code was sent."""
        return email_codes.take(self.user, code, purpose=self.purpose)


class BackupForm(CodeForm):
    """A backup code."""

    factor = "backup"
    hint = "One of the ten codes that you saved. It works once."
    digits = False

    def is_right(self, code: str) -> bool:
        """Whether this is one of the codes that are left."""
        return backup_codes.take(self.user.pk, code)


class NewAppForm(CodeForm):
    """The first code of an app that is being added; ``secret`` is the one that was shown."""

    factor = Method.APP
    hint = "The six digits that the app shows now."

    def __init__(self, *args: Any, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret, self.period = secret, -1

    def is_right(self, code: str) -> bool:
        """Whether the app knows the secret; its code is used up when the app is added."""
        period = app_codes.period_of(self.secret, code)
        self.period = -1 if period is None else period
        return period is not None


class CredentialField(forms.JSONField):
    """The response of a browser about a passkey; anything else counts as empty."""

    def to_python(self, value: Any) -> Any:
        """The object, or None: the form says what is wrong."""
        try:
            return super().to_python(value)
        except (ValidationError, RecursionError):
            return None

    def bound_data(self, data: Any, initial: Any) -> None:
        """Nothing: a response can be used only once, so it is not sent back."""

    def prepare_value(self, value: Any) -> str:  # noqa: ARG002
        """Empty until the browser responds."""
        return ""


class PasskeyForm(forms.Form):
    """The response of a browser that is asked for a passkey; wrong ones are counted like wrong codes."""

    credential = CredentialField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        request: HttpRequest,
        user: Any,
        caller: Caller,
        purpose: ceremony.Purpose,
        browser: str = "",
        **kwargs: Any,
    ) -> None:
        self.request, self.user, self.caller, self.purpose = request, user, caller, purpose
        self.browser = browser
        self.passkey: Authenticator | None = None
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """The passkey that signed our challenge, as ``passkey``."""
        title = FACTORS[Method.PASSKEY].title
        if not tried(self.user, self.is_right, about=title, caller=self.caller, browser=self.browser):
            tell_of_wrong_codes(self.user, self.caller)
            raise ValidationError(NO_PASSKEY)
        return {"passkey": self.passkey}

    def is_right(self) -> bool:
        """Whether a passkey of this person signed the challenge."""
        credential = self.cleaned_data.get("credential")
        try:
            self.passkey = ceremony.signed(self.request, self.purpose, self.user, credential)
        except (ValidationError, *MALFORMED):
            return False
        return True


class NameForm(forms.Form):
    """The name of a passkey."""

    name = forms.CharField(max_length=60, help_text="For example the device that holds it: laptop, phone, blue key.")


class NewPasskeyForm(NameForm):
    """A passkey that a browser created."""

    credential = CredentialField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """The new passkey, which signed our challenge, and its name."""
        credential = self.cleaned_data.get("credential")
        try:
            ceremony.registered(self.request, self.request.user, credential)
        except (ValidationError, *MALFORMED) as error:
            raise ValidationError(NO_PASSKEY) from error
        return self.cleaned_data


# Raised by libraries for malformed responses.
MALFORMED = (TypeError, ValueError, KeyError, AttributeError, IndexError, OverflowError)
CODE_FORMS: dict[str, type[CodeForm]] = {form.factor: form for form in (AppForm, EmailForm, BackupForm)}
