"""Mails that anybody can cause to any address are few, and nobody learns from that who has an account."""

from datetime import UTC, datetime

import pytest
from django.core import mail

from brainstem.apps.users.account_models import AccountInvitation

from .signing_in import client_of

RESET, SIGNUP, INVITE = "/account/password/reset/", "/account/signup/", "/account/invite/"
NEW = {"first_name": "Zoe", "password1": "a-quiet-tortoise-9"}
CLAIM = "Win https://evil.example/prize"


@pytest.fixture(autouse=True)
def limited(settings):
    settings.BRAINSTEM_THROTTLE = True


def asked(client, path, times, **data):
    """What the last page says, and how many mails came of it."""
    mail.outbox.clear()
    for _ in range(times):
        client.logout()
        answer = client.post(path, data, follow=True)
        assert answer.status_code == 200
    return answer.content.decode().replace(data["email"], "ADDRESS"), len(mail.outbox)


def test_a_mailbox_is_not_filled_with_forgotten_passwords(client, alice):
    few, sent = asked(client, RESET, 5, email=alice.email)
    assert sent == 5
    many, sent = asked(client, RESET, 3, email=alice.email)
    assert sent == 0
    assert "could not be sent" not in few + many
    unknown, sent = asked(client, RESET, 8, email="nobody@lab.example")
    assert sent == 0
    assert visible(unknown) == visible(many)


def test_the_last_hour_of_a_day_counts_no_mail_twice(client, alice, monkeypatch):
    late = datetime(2026, 11, 28, 23, 30, tzinfo=UTC).timestamp()
    monkeypatch.setattr("brainstem.core.mail.quota.time", lambda: late)
    _, sent = asked(client, RESET, 6, email=alice.email)
    assert sent == 5


def visible(page: str) -> str:
    return page.split("<main", 1)[1].split("</main", 1)[0]


@pytest.mark.parametrize("known", [True, False], ids=["account", "no account"])
def test_a_mailbox_is_not_filled_with_registrations(client, alice, known, settings):
    settings.BRAINSTEM_REGISTRATION = "open"
    email = alice.email if known else "zoe@lab.example"
    _, sent = asked(client, SIGNUP, 7, **NEW | {"email": email})
    assert sent == 5


def test_an_administrator_is_told_that_somebody_was_invited_often_enough(admin):
    browser = client_of(admin.user)
    for _ in range(3):
        assert browser.post(INVITE, {"emails": "zoe@lab.example"}).status_code == 302
    [before] = AccountInvitation.objects.all()
    refused = browser.post(INVITE, {"emails": "ZOE@lab.example yuri@lab.example"})
    assert "3 invitations were mailed to this address today" in refused.content.decode()
    assert [one.to for one in mail.outbox] == [["zoe@lab.example"]] * 3 + [["yuri@lab.example"]]
    assert AccountInvitation.objects.filter(pk=before.pk).exists()


def test_what_a_browser_calls_itself_is_no_link_in_a_mail(client, alice):
    alice.user.set_password("a-quiet-tortoise-9")
    alice.user.save()
    client.post("/account/login/", {"login": alice.email, "password": "a-quiet-tortoise-9"})
    new = {"oldpassword": "a-quiet-tortoise-9", "password1": "a-quiet-tortoise-91", "password2": "a-quiet-tortoise-91"}
    client.post("/account/password/change/", new, headers={"user-agent": CLAIM})
    [sent] = mail.outbox
    assert "Win [link]" in sent.body
    assert "evil.example" not in sent.body + sent.alternatives[0][0]
