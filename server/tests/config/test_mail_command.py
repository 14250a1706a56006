"""``brainstem-server mail``, and the mails that it shows: all that can be sent, each without a missing value."""

import io
import re
import smtplib
import socket
import ssl
from email import message_from_bytes, policy
from pathlib import Path

import allauth
import pytest
from django.core import mail
from django.core.mail import get_connection
from django.core.management import CommandError, call_command
from django.template.engine import Engine

from brainstem.config.mail_samples import names, sample
from brainstem.core.mail.message import compose

MISSING = "there-is-no-%s"
# Of allauth's mails: a frame for others, ways to sign in that are not offered, one that nobody gets (web/mail.py), and
# those of its pages about two-factor, in whose place stand our own pages and mails.
NEVER_SENT = {
    "mfa/recovery_codes_generated",
    "mfa/totp_activated",
    "mfa/totp_deactivated",
    "mfa/webauthn_added",
    "mfa/webauthn_removed",
    "account/base",
    "account/email_confirm",
    "account/login_code",
    "account/password_reset_code",
    "account/unknown_account",
}


def run(*arguments: str) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("mail", *arguments, stdout=out)
    return out.getvalue()


def allauths_mails() -> set[str]:
    """Names of the mails that allauth has."""
    folder = Path(allauth.__file__).parent / "templates"
    found = (path.relative_to(folder) for path in folder.glob("*/email/*_message.txt"))
    return {f"{path.parts[0]}/{path.name.removesuffix('_message.txt')}" for path in found}


def test_every_mail_that_allauth_sends_has_words_of_ours():
    assert allauths_mails() - NEVER_SENT - set(names()) == set()
    assert allauths_mails() >= NEVER_SENT, "a mail is gone"


def test_every_mail_that_the_code_names_is_there():
    server = Path(__file__).parents[2] / "brainstem"
    sources = [path.read_text() for path in server.rglob("*.py")]
    named = {name for text in sources for name in re.findall(r'(?:send_later|compose|Topic)\(\s*"([\w/]+)"', text)}
    assert {"joining/offered", "test"} <= named
    assert named <= set(names())


@pytest.mark.parametrize("name", names())
def test_a_mail_renders_in_both_forms_without_a_missing_value(name, monkeypatch):
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", MISSING)
    message = sample(name)
    text, html = message.text(), message.html()
    assert "there-is-no" not in message.subject + text + html
    assert not re.search(r"\{[{%]|None|  +\.", text)
    assert 0 < len(message.subject) < 100
    for piece in message.pieces:
        assert piece.text.split()[0] in text
    assert not re.search(r"<img|<script|<link|url\(|@import|src=", html), "nothing is loaded from elsewhere"
    assert set(re.findall(r'href="([^"]*)"', html)) <= {piece.extra for piece in message.pieces} | {
        "http://localhost:8000/"
    }
    assert len([piece for piece in message.pieces if piece.kind == "action"]) <= 1


def test_without_its_values_a_mail_shows_that_they_are_missing(monkeypatch):
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", MISSING)
    assert "there-is-no-person" in compose("joining/offered", {}).text()


def test_preview_lists_all_mails():
    assert [line.split()[0] for line in run("preview").splitlines()] == names()


def test_preview_shows_one_mail():
    assert run("preview", "joining/answered").startswith(
        "Subject: bob@lab.example accepted the invitation to the project"
    )
    assert run("preview", "joining/answered", "--html").startswith("<!DOCTYPE html>")


def test_preview_of_an_unknown_mail_names_the_nearest():
    with pytest.raises(CommandError, match="Did you mean joining/offered"):
        run("preview", "joining/offer")


def test_preview_writes_files(tmp_path):
    assert "each as" in run("preview", "--to", str(tmp_path / "mails"))
    assert len(list((tmp_path / "mails").iterdir())) == 3 * len(names())
    read = message_from_bytes((tmp_path / "mails" / "joining-offered.eml").read_bytes(), policy=policy.default)
    assert read.get_body(("plain",)) is not None
    assert "<!DOCTYPE html>" in read.get_body(("html",)).get_content()
    run("preview", "test", "--to", str(tmp_path / "one"))
    assert len(list((tmp_path / "one").iterdir())) == 3


# -- test --------------------------------------------------------------------------------------------------------------


def test_one_mail_is_sent():
    assert "bob@lab.example was handed to" in run("test", "bob@lab.example")
    assert mail.outbox[0].subject == "This server can send email"


def test_an_address_that_is_none_is_refused():
    with pytest.raises(CommandError, match="is not a valid email address"):
        run("test", "bob")


def test_a_mail_server_that_is_not_there_is_named(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and not listening: nobody answers there
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = taken.getsockname()
        with pytest.raises(CommandError) as refused:
            run("test", "bob@lab.example")
    assert f"SMTP server 127.0.0.1:{settings.EMAIL_PORT} (no encryption): ConnectionRefusedError" in str(refused.value)
    assert "Check the host and port in EMAIL_URL" in str(refused.value)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (smtplib.SMTPAuthenticationError(535, b"no"), "Check the user and password"),
        (smtplib.SMTPSenderRefused(550, b"no", "brainstem@lab.example"), "check DEFAULT_FROM_EMAIL"),
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "Check the encryption"),
        (TimeoutError("timed out"), "Check the host and port"),
    ],
    ids=["password", "sender", "encryption", "silence"],
)
def test_a_refusal_says_what_to_check(monkeypatch, error, words):
    def refuse(self, *_args):
        raise error

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    with pytest.raises(CommandError, match=words):
        run("test", "bob@lab.example")


# -- without a mail server ---------------------------------------------------------------------------------------------


def test_a_mail_is_printed_as_it_reads_with_its_link_whole():
    out = io.StringIO()
    link = "https://brainstem.example/account/confirm-email/" + "k" * 120 + "/"
    context = {"email": "zoë@lab.example", "activate_url": link, "confirmation_days": 3}
    sent = compose("account/email_confirmation", context).to("bob@lab.example")
    sent.body += "\x1b[2J"
    get_connection("brainstem.config.mail_console.EmailBackend", stream=out).send_messages([sent])
    lines = out.getvalue().splitlines()
    assert lines[1:3] == ["To:      bob@lab.example", "Subject: Confirm your email address"]
    assert link in lines
    assert "zoë@lab.example" in out.getvalue()
    assert "MIME" not in out.getvalue()
    assert "\x1b" not in out.getvalue()
