"""Emails without a mail server: printed readably, with unbroken links."""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend as DjangoBackend

from brainstem.core.text.lines import one_line

RULE = "-" * 79


class EmailBackend(DjangoBackend):
    """Prints addresses, subject and plain text; no MIME, no encodings."""

    def write_message(self, message: EmailMessage) -> None:
        """Print one email."""
        to = ", ".join(one_line(address) for address in message.recipients())
        body = "\n".join(_harmless(line) for line in str(message.body).splitlines())
        self.stream.write(f"{RULE}\nTo:      {to}\nSubject: {one_line(str(message.subject))}\n\n{body}\n{RULE}\n")


def _harmless(line: str) -> str:
    # Untrusted text must not control the terminal.
    return "".join(sign if sign.isprintable() else " " for sign in line)
