"""Mails of a server without a mail server: printed as they read, links whole, for whoever sits before it."""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend as DjangoBackend

from brainstem.core.mail.message import one_line

RULE = "-" * 79


class EmailBackend(DjangoBackend):
    """Prints addresses, subject and plain text; no MIME, no encodings."""

    def write_message(self, message: EmailMessage) -> None:
        """Print one mail."""
        to = ", ".join(one_line(address) for address in message.recipients())
        body = "\n".join(_harmless(line) for line in str(message.body).splitlines())
        self.stream.write(f"{RULE}\nTo:      {to}\nSubject: {one_line(str(message.subject))}\n\n{body}\n{RULE}\n")


def _harmless(line: str) -> str:
    # Text of others must not move the cursor of a terminal.
    return "".join(sign if sign.isprintable() else " " for sign in line)
