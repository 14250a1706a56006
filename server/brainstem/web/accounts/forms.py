"""Forms of accounts: allauth's, in our words and with one field for a new password."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as base
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.socialaccount import forms as social
from allauth.socialaccount.adapter import get_adapter as social_adapter
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from . import invitations

# The same limit as for programs, so that nobody makes the server hash megabytes.
LONGEST = 1024
WHAT_IS_TAKEN = "At least 10 characters. No common password, not only digits, and not similar to your name or address."
NOBODY = 0  # no account has this id
FORGOTTEN = '<a href="/account/password/reset/">Forgot your password?</a>'


def _say(field: forms.Field, label: str, *, help_text: str = "", longest: int = LONGEST) -> None:
    """Label a field in our style: without a placeholder, which disappears when people type."""
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    if isinstance(field, forms.CharField):
        field.max_length = longest
        field.widget.attrs["maxlength"] = longest
        field.validators.append(forms.CharField(max_length=longest).validators[0])


def _one_new_password(form: Any, label: str = "New password") -> None:
    # Typed once, as when registering: people who mistype it can reset it by email.
    form.fields.pop("password2", None)
    _say(form.fields["password1"], label, help_text=WHAT_IS_TAKEN)


class LoginForm(base.LoginForm):
    """Email and password."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["login"], "Email", longest=254)
        _say(self.fields["password"], "Password", help_text=FORGOTTEN)
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autofocus": True}


class _Registering(forms.Form):
    """Common part of the registration forms: names, and an address that an invitation may fix."""

    first_name = forms.CharField(label="Given name", max_length=150)
    last_name = forms.CharField(label="Family name", max_length=150, required=False)

    def say_what_is_asked(self) -> None:
        """Put names first, label the address, and make it read-only if it was invited."""
        self.fields["first_name"].widget.attrs["autocomplete"] = "given-name"
        self.fields["last_name"].widget.attrs["autocomplete"] = "family-name"
        email = self.fields["email"]
        _say(email, "Email", longest=254)
        invitation = invitations.accepted(context.request)
        if invitation is not None:
            # The value from the browser is ignored: a link registers the address to which it was sent.
            email.disabled, email.initial = True, invitation.email
            self.initial["email"] = invitation.email
            email.help_text = invitations.told_of(invitation)
        self.order_fields(["first_name", "last_name", "email", "password1"])


class SignupForm(_Registering, base.SignupForm):
    """Names, email and a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _one_new_password(self, "Password")
        self.say_what_is_asked()

    def clean(self) -> dict[str, object]:
        """The password must not be like the name either."""
        cleaned: dict[str, Any] = super().clean() or {}
        person = get_user_model()(**{name: cleaned.get(name, "") for name in ("first_name", "last_name")})
        if cleaned.get("password1") and not self.errors:
            try:
                validate_password(cleaned["password1"], person)
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[object, object]:
        """Register, or email the owner of an existing account: the same work, so that timing does not reveal which."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        found: tuple[Any, Any] = super().try_save(request)
        return found


class SocialSignupForm(_Registering, social.SignupForm):
    """Names and email of a person who signs in with another account for the first time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.say_what_is_asked()


class ResetPasswordForm(base.ResetPasswordForm):
    """The address to which a link is sent."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["email"], "Email", longest=254)
        self.fields["email"].widget.attrs["autofocus"] = True

    def clean_email(self) -> str:
        """The address and its active account, or a stand-in for which the same work is done."""
        email: str = get_adapter().clean_email(self.cleaned_data["email"].lower())
        people = get_user_model()._default_manager
        self.users = [people.at_address(email).filter(is_active=True).first() or stand_in(email)]
        return email


def stand_in(email: str) -> Any:
    """A stand-in for a missing account: a link and an email are created for it, but not sent.

    Resetting a password must take the same time whether the address has an account or not.
    """
    return get_user_model()(pk=NOBODY, email=email, password=UNUSABLE_PASSWORD_PREFIX)


class ResetPasswordKeyForm(base.ResetPasswordKeyForm):
    """A new password after following the link."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _one_new_password(self)


class ChangePasswordForm(base.ChangePasswordForm):
    """The current password and a new one."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["oldpassword"], "Current password", help_text=FORGOTTEN)
        _one_new_password(self)


class SetPasswordForm(base.SetPasswordForm):
    """A first password for people who sign in with another account."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _one_new_password(self, "Password")


class ReauthenticateForm(base.ReauthenticateForm):
    """The password again, before a sensitive action."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["password"], "Password", help_text=FORGOTTEN)
        self.fields["password"].widget.attrs["autofocus"] = True


class DisconnectForm(social.DisconnectForm):
    """Which connection to remove; those with servers that are no longer set up here are not shown."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        known = [provider.sub_id for provider in social_adapter().list_providers(self.request)]
        self.accounts: Any = self.accounts.filter(provider__in=known)
        self.fields["account"].queryset = self.accounts
        self.connected = {connection.provider for connection in self.accounts}
