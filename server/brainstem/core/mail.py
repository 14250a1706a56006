"""E-mail about what was written, sent once the write is certain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

from .registry import Spec


def send_later(subject: str, template: str, context: dict[str, Any], to: Iterable[str]) -> None:
    """One message to some people, after the transaction; none where there is nobody."""
    body = render_to_string(template, context).strip() + "\n"
    message = EmailMessage(one_line(subject), body, to=list(to))
    if message.to:
        # A mail server that is down must not undo or delay what was decided.
        transaction.on_commit(message.send, robust=True)


def one_line(text: str) -> str:
    """A text without line breaks, fit for a subject."""
    return " ".join(text.split())


def address_of(spec: Spec, record: Any) -> str:
    """Where a record is found in the private portal."""
    return f"{settings.BRAINSTEM_URL}/api/private/{spec.app}/{spec.segment}/{record.pk}/"
