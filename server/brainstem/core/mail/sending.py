"""Sending email: queued in the transaction it reports, and sent by a worker, so that no page waits for a mail server.

Queued emails may contain links and codes; they are encrypted, and deleted once sent (:mod:`brainstem.core.tasks`).
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone

from ..model.declare import Record
from ..model.registry import Spec
from ..tasks.queue import SOON, GiveUp, TryAgain, background, queue
from ..text.lines import one_line
from ..text.times import kept_moment
from .message import compose, without_links

__all__ = ["deliver", "inbox_address", "is_quiet", "is_up", "page_of", "probe", "send_later", "unsent", "without_links"]

LONGEST_REASON = 1000
# ValueError: a header with a line break, or an invalid address.
FAILURES = (OSError, SMTPException, ValueError)
_ADDRESS = re.compile(r"[^\s<>'\"(),;:]{1,254}@[^\s<>'\"(),;:]{1,254}")
_OUTAGE, _OUTAGE_SECONDS = "brainstem.core.mail.sending.outage", 900

log = logging.getLogger(__name__)

_unsent: ContextVar[bool] = ContextVar("unsent", default=False)


def send_later(name: str, context: dict[str, object], to: Iterable[str]) -> None:
    """Send one email (``mails/<name>.txt``) to some people after the transaction; none if the list is empty."""
    addresses = list(to)
    if addresses:
        mail = compose(name, context).to(*addresses)
        transaction.on_commit(partial(deliver, mail), robust=True)


def deliver(mail: EmailMessage, *, until: dt.datetime | None = None) -> bool:
    """Queue an email that is useless after ``until``; False if it cannot be sent, or not at present.

    Whether it arrives is not known yet: False means that emails have failed recently, or that this one never can work.
    """
    if _unsent.get():
        return True
    try:
        mail.message()
    except ValueError as error:
        log.error("An email could not be sent: %s", reason(error))
        return False
    html = [part for part, kind in getattr(mail, "alternatives", []) if kind == "text/html"]
    queue(
        send,
        priority=SOON,
        subject=str(mail.subject),
        body=str(mail.body),
        html=str(html[0]) if html else "",
        to=[str(address) for address in mail.to],
        headers={str(name): str(value) for name, value in mail.extra_headers.items()},
        until=until.isoformat() if until else "",
    )
    return not cache.get(_OUTAGE)


def is_quiet() -> bool:
    """Whether sending is currently suppressed."""
    return _unsent.get()


def is_up() -> bool:
    """Whether emails can be sent, as far as is known; if not, the worker checks again."""
    if cache.get(_OUTAGE):
        return probe()
    return True


def probe() -> bool:
    """Have a worker check the mail server, counted like an email; returns what is known so far."""
    queue(look, priority=SOON)
    return not cache.get(_OUTAGE)


@contextmanager
def unsent() -> Iterator[None]:
    """Suppress emails in the block, as if they had been sent."""
    token = _unsent.set(True)
    try:
        yield
    finally:
        _unsent.reset(token)


# -- in the background ------------------------------------------------------------------------------------------------


@background(attempts=10, longest_pause=dt.timedelta(hours=1), takes_at_most=dt.timedelta(minutes=5))
def send(*, subject: str, body: str, html: str, to: list[str], headers: dict[str, str], until: str) -> None:
    """Send one email."""
    if until and kept_moment(until) < timezone.now():
        log.warning("An email was not sent in time and is obsolete")
        return
    mail = EmailMultiAlternatives(subject, body, to=to, headers=headers)
    if html:
        mail.attach_alternative(html, "text/html")
    try:
        mail.send()
    except FAILURES as error:
        # Nothing of the message: recipients and subjects are private.
        log.error("An email could not be sent: %s", reason(error))
        if _for_good(error):
            raise GiveUp from None
        cache.set(_OUTAGE, True, _OUTAGE_SECONDS)
        raise TryAgain from None
    cache.delete(_OUTAGE)


@background(attempts=1)
def look() -> None:
    """Check whether the mail server responds."""
    connection = get_connection()
    try:
        connection.open()
        connection.close()
    except FAILURES as error:
        log.error("The mail server cannot be reached: %s", reason(error))
        cache.set(_OUTAGE, True, _OUTAGE_SECONDS)
        raise GiveUp from None
    cache.delete(_OUTAGE)


def _for_good(error: Exception) -> bool:
    """Whether the error is permanent: the mail server refuses this email, or the email is invalid."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, SMTPDataError | SMTPSenderRefused):
        return error.smtp_code >= 500
    # An untrusted certificate is both.
    return isinstance(error, ValueError) and not isinstance(error, OSError)


def reason(error: Exception) -> str:
    """What went wrong, on one line, without the addresses refused by the mail server."""
    if isinstance(error, SMTPRecipientsRefused):
        return "; ".join(
            one_line(f"{code} {_unaddressed(str(text, 'utf-8', 'replace'))}")
            for code, text in error.recipients.values()
        )
    return f"{type(error).__name__}: {one_line(_unaddressed(str(error)))}"


def _unaddressed(text: str) -> str:
    if len(text) > LONGEST_REASON:
        text = text[:LONGEST_REASON].rpartition(" ")[0] + " …"  # never truncates within an address
    return _ADDRESS.sub("…", text)


def page_of(spec: Spec, record: Record, below: str = "") -> str:
    """URL of the page of a record in the private portal, or of one below it."""
    return f"{settings.BRAINSTEM_URL}/private/{spec.app}/{spec.segment}/{record.pk}/{below}"


def inbox_address() -> str:
    """URL of the page with everything that waits for whoever opens it, also when what the email is about is over."""
    return f"{settings.BRAINSTEM_URL}/private/inbox/"
