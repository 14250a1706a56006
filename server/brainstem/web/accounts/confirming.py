"""The page behind the link that confirms the address of a new account."""

from __future__ import annotations

from typing import Any

from allauth.account.views import ConfirmEmailView
from django.http import Http404, HttpResponse


class Confirm(ConfirmEmailView):
    """Asks before it confirms, and says so if the link has already been used, even in another tab."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Confirm it, once."""
        try:
            answer: HttpResponse = super().post(*args, **kwargs)
        except Http404:
            answer = self.get(*args, **kwargs)
        return answer
