"""``brainstem-server mail``: preview every email the server can send, or send a test."""

from __future__ import annotations

import difflib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from brainstem.config.mail_samples import names, sample
from brainstem.core.mail.message import Message, compose
from brainstem.core.mail.sending import FAILURES, reason

SOMEBODY = "alice@lab.example"
FORMS = {"text": Message.text, "html": Message.html}


class Command(BaseCommand):
    """Shows emails with sample values, or sends a test."""

    help = "Preview the emails that the server sends (preview [NAME]), or send one to test EMAIL_URL (test ADDRESS)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The action."""
        parsers = parser.add_subparsers(dest="what", required=True)
        preview = parsers.add_parser("preview", help="list all emails, show one, or write them to a folder")
        preview.add_argument("name", nargs="?", help="an email from the list, such as joining/offered")
        form = preview.add_mutually_exclusive_group()
        form.add_argument("--text", dest="form", action="store_const", const="text", help="plain text (default)")
        form.add_argument("--html", dest="form", action="store_const", const="html", help="HTML")
        preview.add_argument("--to", type=Path, metavar="FOLDER", help="write .txt, .html and .eml there")
        test = parsers.add_parser("test", help="send one email")
        test.add_argument("address", help="to whom")

    def handle(self, *_args: object, what: str, **options: Any) -> None:
        """Do it."""
        if what == "test":
            self._test(options["address"])
        else:
            self._preview(options["name"], options["form"] or "text", options["to"])

    def _preview(self, name: str | None, form: str, folder: Path | None) -> None:
        if name is not None and name not in names():
            near = difflib.get_close_matches(name, names(), n=1, cutoff=0.3)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise CommandError(f"There is no email {name}.{hint} `brainstem-server mail preview` lists all of them.")
        if folder is not None:
            self._write([name] if name else names(), folder)
        elif name is not None:
            message = sample(name)
            self.stdout.write(f"Subject: {message.subject}\n\n" if form == "text" else "", ending="")
            self.stdout.write(FORMS[form](message))
        else:
            for one in names():
                self.stdout.write(f"{one:<40} {sample(one).subject}")

    def _write(self, chosen: list[str], folder: Path) -> None:
        for name in chosen:
            message, path = sample(name), folder / name.replace("/", "-")
            folder.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".txt").write_text(message.text(), encoding="utf-8")
            path.with_suffix(".html").write_text(message.html(), encoding="utf-8")
            path.with_suffix(".eml").write_bytes(message.to(SOMEBODY).message().as_bytes())
        self.stdout.write(f"{len(chosen)} emails written to {folder}, each as .txt, .html and .eml.")

    def _test(self, address: str) -> None:
        try:
            validate_email(address)
        except ValidationError as error:
            raise CommandError(f"{address} is not a valid email address.") from error
        where = _where()
        mail = compose("test", {"backend": where}).to(address)
        mail.connection = get_connection()
        try:
            mail.send()
        except FAILURES as error:
            raise CommandError(f"The email was not sent by {where}: {reason(error)}. {_hint(error)}") from error
        self.stdout.write(f"The email to {address} was handed to: {where}.")


def _where() -> str:
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        safety = "TLS" if settings.EMAIL_USE_SSL else "STARTTLS" if settings.EMAIL_USE_TLS else "no encryption"
        return f"SMTP server {settings.EMAIL_HOST}:{settings.EMAIL_PORT or 25} ({safety})"
    return f"{settings.EMAIL_BACKEND} (no email leaves this machine; set EMAIL_URL)"


def _hint(error: Exception) -> str:
    kind = type(error).__name__
    if kind == "SMTPAuthenticationError":
        return "Check the user and password in EMAIL_URL; characters such as @ and / must be written as %40 and %2F."
    if kind in ("SMTPSenderRefused", "SMTPRecipientsRefused"):
        return "The mail server does not accept this sender for this address; check DEFAULT_FROM_EMAIL."
    if isinstance(error, OSError) and "SSL" in kind:
        return "Check the encryption: smtp+tls:// is STARTTLS (port 587), smtp+ssl:// is implicit TLS (port 465)."
    return "Check the host and port in EMAIL_URL, and any firewall in between."
