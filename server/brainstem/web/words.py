"""Messages of form fields about wrong values, in this server's words instead of Django's."""

from __future__ import annotations

from django import forms

AMOUNTS = {
    "max_length": "At most %(limit_value)d characters; this has %(show_value)d.",
    "min_length": "At least %(limit_value)d characters; this has %(show_value)d.",
    "max_value": "At most %(limit_value)s.",
    "min_value": "At least %(limit_value)s.",
}
EMAIL = {"invalid": "This is not an email address. Expected one like name@lab.example."}


def teach() -> None:
    """Use these messages in all fields, including allauth's; called once, before any form is created."""
    # A field's own message for a code takes precedence over that of the validator.
    forms.Field.default_error_messages = {**forms.Field.default_error_messages, **AMOUNTS}
    forms.EmailField.default_error_messages = {**EMAIL}
