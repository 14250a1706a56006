"""E-mail is sent here: about what was written, once the write is certain, and never at the price of a page."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from .mail_message import compose, one_line
from .registry import Spec

__all__ = ["address_of", "deliver", "one_line", "send_later", "unreachable", "unsent"]

LONGEST_REASON = 1000
# ValueError: a header with a line break, or an address that is none.
FAILURES = (OSError, SMTPException, ValueError)
_ADDRESS = re.compile(r"[^\s<>'\"(),;:]{1,254}@[^\s<>'\"(),;:]{1,254}")

log = logging.getLogger(__name__)

_unsent: ContextVar[bool] = ContextVar("unsent", default=False)


def send_later(name: str, context: dict[str, Any], to: Iterable[str]) -> None:
    """One mail (``mails/<name>.txt``) to some people, after the transaction; none where there is nobody."""
    addresses = list(to)
    if addresses:
        mail = compose(name, context).to(*addresses)
        transaction.on_commit(lambda: deliver(mail), robust=True)


def deliver(mail: EmailMessage) -> bool:
    """Send a mail; False when that failed, which the log tells.

    A mail server that is down must not undo or delay what was decided, nor break the page that asked for a mail.
    """
    if _unsent.get():
        return True
    try:
        return bool(mail.send())
    except FAILURES as error:
        # Of the message nothing: who is written to, and of what, is nobody else's business.
        log.error("A mail could not be sent: %s", reason(error))
        return False


@contextmanager
def unsent() -> Iterator[None]:
    """What is done meanwhile sends no mails, as if they had arrived."""
    token = _unsent.set(True)
    try:
        yield
    finally:
        _unsent.reset(token)


def unreachable(connection: Any) -> str:
    """Why the mail server cannot be reached; nothing when it can."""
    try:
        connection.open()
        connection.close()
    except FAILURES as error:
        log.error("The mail server cannot be reached: %s", reason(error))
        return reason(error)
    return ""


def reason(error: Exception) -> str:
    """What went wrong, on one line, without the addresses that a mail server refused."""
    if isinstance(error, SMTPRecipientsRefused):
        return "; ".join(
            one_line(f"{code} {_unaddressed(str(text, 'utf-8', 'replace'))}")
            for code, text in error.recipients.values()
        )
    return f"{type(error).__name__}: {one_line(_unaddressed(str(error)))}"


def _unaddressed(text: str) -> str:
    if len(text) > LONGEST_REASON:
        text = text[:LONGEST_REASON].rpartition(" ")[0] + " …"  # an address is not cut in two
    return _ADDRESS.sub("…", text)


def address_of(spec: Spec, record: Any) -> str:
    """Where a record is found in the private portal."""
    return f"{settings.BRAINSTEM_URL}/api/private/{spec.app}/{spec.segment}/{record.pk}/"
