"""What a field of a form says of a wrong value, in this server's words instead of Django's."""

from __future__ import annotations

from django import forms

AMOUNTS = {
    "max_length": "At most %(limit_value)d characters; this has %(show_value)d.",
    "min_length": "At least %(limit_value)d characters; this has %(show_value)d.",
    "max_value": "At most %(limit_value)s.",
    "min_value": "At least %(limit_value)s.",
}
EMAIL = {"invalid": "This is not an e-mail address. Expected one like name@lab.example."}


def teach() -> None:
    """Let every field speak so, allauth's too; called once, before any form is made."""
    # A field's own message for a code stands before that of the validator which raises it.
    forms.Field.default_error_messages = {**forms.Field.default_error_messages, **AMOUNTS}
    forms.EmailField.default_error_messages = {**EMAIL}
