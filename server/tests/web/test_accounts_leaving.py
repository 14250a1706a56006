"""Invitations to register, taking one's data along, and closing one's account."""

import io
import json
import re
import zipfile

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from brainstem.apps.users import events, invitations, tokens

from ..people import PASSWORD, join_group, person, unique
from .signing_in import client_of

SIGNUP, INVITE, CLOSE, EXPORT = "/account/signup/", "/account/invite/", "/account/deactivate/", "/account/export/"
BOB = {"first_name": "Bob", "email": "bob@lab.example", "password1": PASSWORD}


def link() -> str:
    return re.search(r"^http\S+$", mail.outbox[-1].body, re.MULTILINE)[0]


def path() -> str:
    return re.sub(r"^https?://[^/]+", "", link())


@pytest.fixture
def closed(settings):
    """A server on which nobody registers without an invitation."""
    settings.BRAINSTEM_REGISTRATION = "invitation"


@pytest.fixture
def invited(db):
    """An invitation of Bob from the command line."""
    call_command("invite", BOB["email"])
    return path()


def proved(user):
    """A browser in which somebody just gave the password again."""
    client = client_of(user)
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


# --- invitations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_an_administrator_invites_somebody_who_registers(visit, admin, closed, phone):
    visitor, guest = visit(phone=phone), visit(phone=phone)
    guest.go(SIGNUP)
    assert "Registration is by invitation" in guest.text
    guest.look("account-registration-closed")
    visitor.sign_in(admin.user)
    visitor.go(INVITE)
    visitor.fill(emails=f"bob@lab.example, nonsense\n{admin.email}")
    visitor.press("Invite")
    assert "'nonsense' is not a valid email address." in visitor.text
    assert f"{admin.email} already has an account." in visitor.text
    visitor.go(INVITE)
    visitor.look("account-invite")
    guest.go(link())
    assert guest.path == SIGNUP
    assert guest.page.locator("[name=email]").input_value() == BOB["email"]
    guest.look("account-register-invited")
    guest.fill(first_name="Bob", password1=PASSWORD)
    guest.press("Register")
    assert "Bob" in guest.page.locator("summary.person").inner_text()
    bob = get_user_model().objects.get(email=BOB["email"])
    assert EmailAddress.objects.get(user=bob).verified
    assert len(mail.outbox) == 1
    guest.context.clear_cookies()
    guest.expect("status of 404")
    guest.go(link())
    assert "This invitation no longer works" in guest.text


def test_nobody_registers_without_an_invitation(client, db, closed):
    answer = client.post(SIGNUP, BOB)
    assert "Registration is by invitation" in answer.content.decode()
    assert not get_user_model().objects.exists()
    assert "/account/signup/" not in client.get("/account/login/").content.decode()


def test_an_invitation_registers_the_address_that_it_was_sent_to(client, invited, closed):
    client.get(invited)
    client.post(SIGNUP, BOB | {"email": "other@lab.example"})
    assert [user.email for user in get_user_model().objects.all()] == [BOB["email"]]


def test_an_invitation_is_used_once(invited, closed):
    first, second = Client(), Client()
    for client in (first, second):
        client.get(invited)
    assert first.post(SIGNUP, BOB).status_code == 302
    assert "by invitation" in second.post(SIGNUP, BOB).content.decode()
    assert get_user_model().objects.count() == 1
    assert Client().get(invited).status_code == 404


def test_looking_at_the_link_does_not_use_it_up(invited, closed):
    for _ in range(3):
        assert Client().get(invited)["Location"] == SIGNUP


@pytest.mark.parametrize("how", ["ended", "withdrawn", "replaced", "forged"])
def test_an_invitation_ends(client, admin, invited, closed, how):
    client.get(invited)
    if how == "ended":
        invitations.open_ones().update(ends_at=timezone.now())
    elif how == "withdrawn":
        client_of(admin.user).post(INVITE, {"withdraw": invitations.open_ones().get().pk})
    elif how == "replaced":
        call_command("invite", BOB["email"])
    else:
        invited = invited[:-3] + "xx/"
    assert Client().get(invited).status_code == 404
    if how != "forged":
        assert "by invitation" in client.post(SIGNUP, BOB).content.decode()


def test_only_administrators_invite(client, alice):
    assert client.get(INVITE)["Location"].startswith("/account/login/")
    member = client_of(alice.user)
    assert member.get(INVITE).status_code == 404
    assert member.post(INVITE, {"emails": "x@lab.example"}).status_code == 404
    assert not mail.outbox


def test_the_command_says_who_cannot_be_invited(alice, capsys):
    with pytest.raises(CommandError, match=f"{alice.email} already has an account") as refused:
        call_command("invite", alice.email, "no address", "Bob@Lab.Example")
    assert "'no address' is not a valid email address" in str(refused.value)
    assert "bob@lab.example is invited until" in capsys.readouterr().out
    assert [message.to for message in mail.outbox] == [["bob@lab.example"]]


# --- one's own data ------------------------------------------------------------------------------------------------


def exported(user) -> dict:
    answer = proved(user).post(EXPORT)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    return json.loads(zipfile.ZipFile(io.BytesIO(answer.content)).read("account.json"))


def test_a_person_downloads_what_is_kept_about_them(visitor, lab, alice):
    visitor.sign_in(alice.user)
    visitor.go(EXPORT)
    visitor.look("account-export")
    visitor.press("Download my data")
    visitor.fill(password=PASSWORD)
    visitor.press("Confirm")
    assert visitor.path == EXPORT
    with visitor.page.expect_download() as download:
        visitor.press("Download my data")
    kept = json.loads(zipfile.ZipFile(download.value.path()).read("account.json"))
    assert kept["profile"]["email"] == alice.email
    assert events.of(alice.user)[0].kind == "data_exported"


def test_the_export_has_what_is_ones_own_and_no_secret(lab, alice, bob, charlie):
    group, subject = join_group(unique("G"), alice.user, bob.user), lab["subject"]
    get_user_model().objects.filter(pk=alice.user.pk).update(date_format="long", clock_format="12", number_format="dot")
    kept = exported(alice.user)
    formats = {"date_format": "long", "clock_format": "12", "number_format": "dot"}
    assert formats.items() <= kept["profile"].items()
    assert [address["email"] for address in kept["email_addresses"]] == [alice.email]
    assert {row["key_id"] for row in kept["tokens"]} == {alice.token.split("_")[1]}
    assert {"id": group.pk, "name": group.name, "role": "owner"} in kept["groups"]
    (project,) = kept["roles"]["stem.Project"]
    assert (project["id"], project["role"]) == (lab["project"], "owner")
    assert subject in [row["id"] for row in kept["records"]["stem.Subject"]]
    text = json.dumps(kept)
    assert alice.token not in text
    assert alice.user.password not in text
    assert bob.email not in text
    assert exported(charlie.user)["records"] == {}


def test_the_export_names_no_record_that_one_sees_no_more(lab, alice, bob):
    where = f"stem/project/{lab['project']}"
    assert alice.patch(where, {"users": {bob.email: {"can_change": True}}}).status == 200
    made = bob.make("stem/subject", **lab.payload("subject"))
    assert made["id"] in [row["id"] for row in exported(bob.user)["records"]["stem.Subject"]]
    assert alice.patch(where, {"users": {bob.email: {"remove": True}}}).status == 200
    kept = exported(bob.user)
    assert "stem.Project" not in kept["roles"]
    assert "stem.Subject" not in kept["records"]


def test_the_export_takes_the_password_and_a_post(alice):
    client = client_of(alice.user)
    assert client.get(EXPORT)["Content-Type"].startswith("text/html")
    page = client.post(EXPORT)["Location"]
    assert page == f"/account/reauthenticate/?next={EXPORT}"
    assert "To continue, confirm that you are" in client.get(page).content.decode()
    assert client.post(page, {"password": PASSWORD})["Location"] == EXPORT
    assert client.post(EXPORT)["Content-Type"] == "application/zip"
    assert client_of(alice.user).post(EXPORT).status_code == 302
    assert Client().post(EXPORT)["Location"].startswith("/account/login/")


# --- closing one's account -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_person_closes_their_account(visit, lab, alice, phone):
    visitor, elsewhere = visit(phone=phone), visit()
    for one in (visitor, elsewhere):
        one.sign_in(alice.user)
    visitor.go(CLOSE)
    visitor.fill(password=PASSWORD)
    visitor.press("Confirm")
    visitor.look("account-close")
    visitor.page.get_by_label("Yes, close my account").check()
    visitor.press("Close my account")
    assert "This account is closed" in visitor.text
    visitor.look("account-closed")
    for one in (visitor, elsewhere):
        one.go("/account/profile/")
        assert one.path.startswith("/account/login/")
    assert tokens.authenticate(alice.token) is None
    alice.user.refresh_from_db()
    assert not alice.user.is_active
    event = events.of(alice.user).get(kind="closed")
    assert (event.about, event.address) == ("By the person", "127.0.0.1")
    assert [(sent.subject, sent.to) for sent in mail.outbox] == [("Your account was closed", [alice.email])]
    assert "127.0.0.1" in mail.outbox[0].body


def test_closing_takes_the_password_and_a_yes(alice):
    assert client_of(alice.user).post(CLOSE, {"sure": "on"})["Location"].startswith("/account/reauthenticate/")
    assert list(proved(alice.user).post(CLOSE).context["form"].errors) == ["sure"]
    alice.user.refresh_from_db()
    assert alice.user.is_active


def test_who_closes_their_account_is_warned_of_projects_without_an_owner(lab, alice, bob):
    def warned() -> bool:
        page = proved(alice.user).get(CLOSE).content.decode()
        assert ("without an owner who can sign in" in page) == (name in page)
        return name in page

    where = f"stem/project/{lab['project']}"
    name = alice.get(where).record["name"]
    assert warned()
    assert name not in proved(bob.user).get(CLOSE).content.decode()
    assert alice.patch(where, {"users": {bob.email: {"is_owner": True}}}).status == 200
    assert not warned()
    type(bob.user).objects.filter(pk=bob.user.pk).update(is_active=False)
    assert warned()
    assert proved(alice.user).post(CLOSE, {"sure": "on"}).status_code == 302


def test_the_last_administrator_does_not_leave(admin):
    answer = proved(admin.user).post(CLOSE, {"sure": "on"})
    assert "the last active administrator" in answer.content.decode()
    assert not mail.outbox
    other = person("other", admin=True)
    assert proved(admin.user).post(CLOSE, {"sure": "on"}).status_code == 302
    assert list(get_user_model().objects.filter(is_active=True)) == [other.user]


def test_who_closes_an_account_of_another_stands_in_its_log(alice, admin):
    for action in ("deactivate", "activate"):
        assert admin.post(f"users/user/{alice.user.pk}/{action}/", portal="super").status == 200
    assert [(event.kind, event.about) for event in events.of(alice.user)[:2]] == [
        ("opened", f"By {admin.email}"),
        ("closed", f"By {admin.email}"),
    ]
