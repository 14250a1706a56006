"""Mails about accounts, as they are really sent; and what a page says when they cannot be."""

import re

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.template.engine import Engine

from brainstem.config.mail_samples import names, sample

RESET, SIGNUP = "/account/password/reset/", "/account/signup/"
SORRY = "could not be sent"
PASSWORD = "a-quiet-tortoise-9"
NEW = {"first_name": "Zoe", "email": "zoe@lab.example", "password1": PASSWORD}


@pytest.fixture
def strict(monkeypatch):
    """Mails in which a missing value shows."""
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", "there-is-no-%s")


@pytest.fixture
def dead_server(monkeypatch):
    """A mail server that is down."""

    def refuse(self, *_args):
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(EmailBackend, "open", refuse)
    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


def the_mail():
    """The one mail that was sent."""
    [sent] = mail.outbox
    mail.outbox.clear()
    assert sent.alternatives
    assert "there-is-no" not in sent.subject + sent.body + sent.alternatives[0].content
    return sent


def link_of(sent) -> str:
    """The address on a line of its own."""
    return re.search(r"^http\S+$", sent.body, re.MULTILINE)[0]


def test_who_registers_and_who_forgot_get_a_link_to_this_server(client, db, settings, strict):
    settings.BRAINSTEM_URL = "https://brainstem.example"
    answer = client.post(SIGNUP, NEW, headers={"host": "testserver"})
    assert answer.status_code == 302
    sent = the_mail()
    assert sent.subject == "Confirm your email address"
    assert link_of(sent).startswith("https://brainstem.example/account/confirm-email/")
    assert client.get(link_of(sent).removeprefix("https://brainstem.example")).status_code == 200
    client.logout()
    client.post(RESET, {"email": "zoe@lab.example"})
    sent = the_mail()
    assert sent.subject == "Choose a new password"
    assert client.get(link_of(sent).removeprefix("https://brainstem.example"), follow=True).status_code == 200


def test_who_has_an_account_already_is_told_by_mail_only(client, alice, strict):
    answer = client.post(SIGNUP, NEW | {"email": alice.email})
    assert answer.status_code == 302
    assert the_mail().subject == "You already have an account"


def test_a_changed_password_is_told(client, alice, strict):
    alice.user.set_password(PASSWORD)
    alice.user.save()
    client.post("/account/login/", {"login": alice.email, "password": PASSWORD})
    new = {"oldpassword": PASSWORD, "password1": PASSWORD + "x", "password2": PASSWORD + "x"}
    client.post("/account/password/change/", new, headers={"user-agent": "<b>Lynx</b>\n& friends"})
    sent = the_mail()
    assert sent.subject == "Your password was changed"
    assert "With:      <b>Lynx</b> & friends" in sent.body
    assert "<b>" not in sent.alternatives[0].content


def test_nobody_without_an_account_is_written_to(client, db):
    client.post(RESET, {"email": "nobody@lab.example"})
    assert mail.outbox == []


@pytest.mark.parametrize("known", [True, False], ids=["account", "no account"])
def test_a_dead_mail_server_breaks_no_page_and_tells_nobody_who_has_an_account(
    client, alice, dead_server, known, caplog
):
    answer = client.post(RESET, {"email": alice.email if known else "nobody@lab.example"}, follow=True)
    assert answer.status_code == 200
    assert SORRY in answer.content.decode()
    assert "ConnectionRefusedError" in caplog.text
    assert alice.email not in caplog.text


def test_who_registers_before_a_dead_mail_server_is_told_and_can_ask_again(client, db, dead_server, monkeypatch):
    answer = client.post(SIGNUP, NEW, follow=True)
    assert answer.status_code == 200
    assert SORRY in answer.content.decode()
    assert "Confirmation email sent" not in answer.content.decode()
    monkeypatch.undo()
    client.post("/account/login/", {"login": NEW["email"], "password": PASSWORD})
    assert the_mail().to == [NEW["email"]]


def test_a_mail_before_no_request_is_sent_or_logged(alice, dead_server, caplog, monkeypatch):
    from brainstem.web.accounts.adapter import Adapter

    link = {"activate_url": "https://brainstem.example/x/"}
    Adapter(None).send_mail("account/email/email_confirmation", alice.email, link)
    assert "could not be sent" in caplog.text
    monkeypatch.undo()
    Adapter(None).send_mail("account/email/email_confirmation", alice.email, link)
    assert the_mail().to == [alice.email]


def test_a_mail_of_allauth_that_we_have_no_words_for_gets_our_look(client, alice, monkeypatch, rf):
    from brainstem.web.accounts.adapter import Adapter

    request = rf.get("/")
    context = {"code": "ABC-DEF", "email": alice.email, "request": request, "current_site": None}
    assert "account/login_code" not in names()
    sent = Adapter(request).render_mail("account/email/login_code", alice.email, context)
    assert "ABC-DEF" in sent.body
    assert "ABC-DEF" in sent.alternatives[0].content


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_mail_reads_well(visit, phone, scheme):
    visitor = visit(phone=phone, color_scheme=scheme)
    for name in ("joining/offered", "account/email_changed"):
        visitor.page.set_content(sample(name).html())
        visitor.look(f"mail-{name.replace('/', '-')}-{scheme}")
