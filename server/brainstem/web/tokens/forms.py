"""The form of a new token."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from django import forms

from brainstem.apps.users.tokens import PERSONAL_DAYS
from brainstem.core.model.ids import uuid_of

READ, FULL = "read", "full"
ACCESS = [(READ, "Read only: can read what you can see"), (FULL, "Full: can also change what you can change")]


class AccessForm(forms.Form):
    """The name of a token and what it may do."""

    name = forms.CharField(max_length=100, strip=True, help_text="What uses it, such as “Analysis on the cluster”.")
    access = forms.ChoiceField(choices=ACCESS, widget=forms.RadioSelect, initial=READ)

    @property
    def read_only(self) -> bool:
        """Whether the token is read-only."""
        return bool(self.cleaned_data["access"] == READ)


class TokenForm(AccessForm):
    """A new token, with the projects to which it may be bound."""

    project = forms.ChoiceField(
        required=False, label="Only one project", help_text="The token cannot see or change anything in other projects."
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=PERSONAL_DAYS,
        initial=PERSONAL_DAYS,
        label="Expires after days without use",
        help_text=f"Each use restarts the period. At most {PERSONAL_DAYS}.",
    )
    # Identifies the form, so that reloading the response does not create a second token.
    form_key = forms.RegexField(r"\A[0-9a-f]{32}\Z", widget=forms.HiddenInput)

    def __init__(self, *args: Any, projects: list[tuple[uuid.UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "All my projects"), *((str(key), name) for key, name in projects)]
        self.fields["project"].choices = choices  # type: ignore[attr-defined]
        self.fields["form_key"].initial = secrets.token_hex(16)

    @property
    def project_id(self) -> uuid.UUID | None:
        """The project that was chosen."""
        return uuid_of(self.cleaned_data["project"])
