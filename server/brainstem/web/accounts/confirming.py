"""The page to which the link leads that confirms a new account's address."""

from __future__ import annotations

from typing import Any

from allauth.account.views import ConfirmEmailView
from django.http import Http404, HttpResponse


class Confirm(ConfirmEmailView):
    """Asks before it confirms, and says of a link that was used, in another tab too, that it was."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Confirm it, once."""
        try:
            answer: HttpResponse = super().post(*args, **kwargs)
        except Http404:
            answer = self.get(*args, **kwargs)
        return answer
