"""Changing one's address: asked for with the password, agreed to from both mailboxes, stopped from either."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client

from brainstem.apps.users import email_change, events

from ..people import PASSWORD
from .signing_in import client_of

PAGE, NEW = "/account/email/", "new@lab.example"


def link_to(address: str) -> str:
    """The link in the last mail to an address."""
    (*_, sent) = [message for message in mail.outbox if message.to == [address]]
    return re.search(r"^http\S+$", sent.body, re.MULTILINE)[0]


def path_to(address: str) -> str:
    return re.sub(r"^https?://[^/]+", "", link_to(address))


@pytest.fixture
def asked(alice):
    """Alice's browser, after she asked for another address."""
    client = client_of(alice.user)
    client.post(PAGE, {"email": NEW})
    client.post("/account/reauthenticate/", {"password": PASSWORD, "next": PAGE})
    assert email_change.under_way(alice.user)
    return client


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_an_address_is_changed_when_both_mailboxes_agree(visit, alice, phone):
    old, visitor, mailbox = alice.email, visit(phone=phone), visit(phone=phone)
    visitor.sign_in(alice.user)
    visitor.go(PAGE)
    visitor.fill(email="New@Lab.Example")
    visitor.press("Change address")
    assert "Confirm your identity" in visitor.text
    visitor.look("account-reauthenticate")
    visitor.fill(password=PASSWORD)
    visitor.press("Confirm")
    assert "The links have been sent." in visitor.text
    visitor.look("account-email-under-way")
    mailbox.go(link_to(NEW))
    mailbox.look("account-email-agree")
    mailbox.press("Yes, this address is mine")
    assert f"follow the link that was sent to {old}" in mailbox.text
    visitor.go(PAGE)
    assert visitor.text.count("Waiting") == 1
    mailbox.go(link_to(old))
    mailbox.press("Approve the change")
    assert f"you sign in with {NEW}" in mailbox.text
    alice.user.refresh_from_db()
    (address,) = EmailAddress.objects.filter(user=alice.user)
    assert (alice.user.email, address.email, address.verified, address.primary) == (NEW, NEW, True, True)
    assert {to for message in mail.outbox[2:] for to in message.to} == {old, NEW}
    visitor.go(PAGE)
    assert f"You sign in with {NEW}" in visitor.text
    event = events.of(alice.user).get(kind="email_changed")
    assert (event.about, event.address) == (f"From {old} to {NEW}, confirmed by both addresses", "127.0.0.1")


def test_the_old_mailbox_stops_a_change(visitor, asked, alice):
    visitor.go(path_to(alice.email))
    visitor.press("Cancel the change")
    assert "The address stays" in visitor.text
    visitor.look("account-email-stopped")
    for address in (alice.email, NEW):
        assert asked.post(path_to(address), {"agree": ""}).status_code == 404
    alice.user.refresh_from_db()
    assert alice.user.email != NEW


def test_nothing_is_asked_without_the_password(alice):
    client = client_of(alice.user)
    answer = client.post(PAGE, {"email": NEW})
    assert answer["Location"].startswith("/account/reauthenticate/")
    assert not mail.outbox
    client.post("/account/reauthenticate/", {"password": "wrong"})
    assert email_change.under_way(alice.user) is None
    assert events.of(alice.user)[0].kind == "sign_in_failed"


@pytest.mark.parametrize("side", ["old", "new"])
def test_one_mailbox_alone_changes_nothing_however_often(asked, alice, side):
    address = alice.email if side == "old" else NEW
    for _ in range(2):
        assert Client().post(path_to(address), {"agree": ""}).status_code == 200
    alice.user.refresh_from_db()
    assert alice.user.email != NEW


def test_looking_at_the_links_changes_nothing(asked, alice):
    for address in (alice.email, NEW):
        assert Client().get(path_to(address)).status_code == 200
    assert not email_change.under_way(alice.user).old_agreed


def test_a_link_works_once_and_not_for_ever(asked, alice, monkeypatch):
    links = [path_to(alice.email), path_to(NEW)]
    later = email_change.signing.time.time() + email_change.LASTS.total_seconds() + 5
    with monkeypatch.context() as moved:
        moved.setattr(email_change.signing.time, "time", lambda: later)
        assert [Client().post(link, {"agree": ""}).status_code for link in links] == [404, 404]
    assert [Client().post(link, {"agree": ""}).status_code for link in links] == [200, 200]
    alice.user.refresh_from_db()
    assert alice.user.email == NEW
    sent = len(mail.outbox)
    for answer in [Client().post(link, {"agree": ""}) for link in links] + [Client().get(links[0])]:
        assert answer.status_code == 200
        assert "Your address has been changed" in answer.content.decode()
    assert events.of(alice.user).filter(kind="email_changed").count() == 1
    assert len(mail.outbox) == sent
    cache.clear()  # as an hour later
    assert [Client().post(link, {"agree": ""}).status_code for link in links] == [404, 404]


def test_of_two_clicks_at_once_the_second_is_told_what_the_first_did(asked, alice, monkeypatch):
    links = [path_to(alice.email), path_to(NEW)]
    Client().post(links[0], {"agree": ""})
    agree = email_change.agree

    def twice(*args, **more):
        agree(*args, **more)
        return agree(*args, **more)

    monkeypatch.setattr(email_change, "agree", twice)
    answer = Client().post(links[1], {"agree": ""})
    assert (answer.status_code, "Your address has been changed" in answer.content.decode()) == (200, True)
    assert "already been made" not in answer.content.decode()


def test_a_forged_link_and_one_that_was_replaced_do_nothing(asked, alice):
    first = path_to(NEW)
    assert Client().get(first[:-3] + "xx/").status_code == 404
    asked.post(PAGE, {"email": "other@lab.example"})
    assert Client().post(first, {"agree": ""}).status_code == 404
    assert asked.post("/account/email/stop/").status_code == 302
    assert Client().post(path_to("other@lab.example"), {"agree": ""}).status_code == 404


def test_an_address_that_another_account_took_meanwhile_is_refused(asked, alice, bob):
    type(bob.user).objects.filter(pk=bob.user.pk).update(email=NEW)
    assert Client().post(path_to(NEW), {"agree": ""}).status_code == 200
    assert "Another account uses this address." in Client().post(path_to(alice.email), {"agree": ""}).content.decode()
    alice.user.refresh_from_db()
    assert alice.user.email != NEW


@pytest.mark.parametrize("wrong", ["", "nobody", "own", "bob"])
def test_what_cannot_be_an_address_of_ones_own_is_refused(asked, alice, bob, wrong):
    wrong = {"own": alice.email.upper(), "bob": bob.email}.get(wrong, wrong)
    mail.outbox.clear()
    answer = asked.post(PAGE, {"email": wrong})
    assert list(answer.context["form"].errors) == ["email"]
    assert ("This is not an email address." in answer.content.decode()) == (wrong == "nobody")
    assert not mail.outbox


def test_the_links_can_be_sent_again(asked, alice):
    Client().post(path_to(NEW), {"agree": ""})
    mail.outbox.clear()
    asked.post("/account/email/again/")
    assert [message.to for message in mail.outbox] == [[alice.email]]


def test_the_links_lead_to_this_server_whatever_a_request_calls_it(alice, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client = client_of(alice.user)
    client.post(PAGE, {"email": NEW}, headers={"host": "evil.example"})
    client.post("/account/reauthenticate/", {"password": PASSWORD, "next": PAGE}, headers={"host": "evil.example"})
    assert link_to(NEW).startswith(settings.BRAINSTEM_URL + "/account/email/confirm/")
