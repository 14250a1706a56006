"""Pages of administrators: accounts, people to let in, announcements, and how the server is set up."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brainstem.apps.users import events
from brainstem.apps.users.account_models import AccountInvitation, StrangerInvitation
from brainstem.apps.users.notice_models import Announcement, News
from brainstem.apps.users.token_models import Token
from brainstem.core.models import Change

from ..people import person
from .pages import Reader
from .two_factor import give_app

pytestmark = pytest.mark.databases

ACCOUNTS, ANNOUNCEMENTS, SERVER = "/super/people/", "/super/announcements/", "/super/server/"
INBOX, SUBJECTS = "/private/inbox/", "/private/stem/subject/"
EVE = "eve@elsewhere.example"


def account(one):
    return f"{ACCOUNTS}{one.user.pk}/"


def statements(reader, path):
    reader.get(path), reader.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert reader.get(path).status == 200
    return len([one for one in asked if "SAVEPOINT" not in one["sql"]])


# -- who may come in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [ACCOUNTS, f"{ACCOUNTS}1/", ANNOUNCEMENTS, SERVER])
def test_these_pages_are_for_administrators(alice, admin, path):
    assert Reader().get(path).status == 302
    for sent in ({"_do": "deactivate"}, {"_do": "add", "text": "Mine"}, {"_do": "end", "id": "1"}):
        assert Reader(alice).post(path, **sent).status == 403
        assert Reader().post(path, **sent).status == 302
    assert Reader(alice).get(path).status == 403
    assert not Announcement.objects.exists()
    assert not re.search(r'href="/super/', Reader(alice).get("/private/").text)
    assert ACCOUNTS in Reader(admin).get("/private/").links


# -- accounts ----------------------------------------------------------------------------------------------------------


def test_accounts_are_found_by_name_address_and_state(alice, bob, admin):
    get_user_model().objects.filter(pk=bob.user.pk).update(is_active=False)
    reader = Reader(admin)
    page = reader.get(ACCOUNTS)
    assert {account(one) for one in (alice, bob, admin)} <= set(page.links)
    found = reader.get(f"{ACCOUNTS}?search=alice")
    assert account(alice) in found.links
    assert account(bob) not in found.links
    assert account(bob) in reader.get(f"{ACCOUNTS}?state=deactivated").links
    assert account(alice) not in reader.get(f"{ACCOUNTS}?state=deactivated").links
    assert account(admin) in reader.get(f"{ACCOUNTS}?state=administrators&search={admin.email}").links
    assert "No account is like this" in reader.get(f"{ACCOUNTS}?search=nobody-of-this-name").words
    assert reader.get(f"{ACCOUNTS}?state=gone").status == 400
    assert reader.get(f"{ACCOUNTS}99999999/").status == reader.get(f"{ACCOUNTS}x/").status == 404


def test_an_account_is_closed_and_opened_again_after_asking(alice, bob, admin):
    reader, theirs = Reader(admin), Reader(bob)
    assert theirs.get("/private/").status == 200
    asked = reader.get(f"{account(bob)}?do=deactivate")
    assert "their tokens end" in asked.words
    assert get_user_model().objects.get(pk=bob.user.pk).is_active
    done = reader.post(account(bob), _do="deactivate")
    assert (done.status, done.to) == (303, account(bob))
    assert theirs.get("/private/").status == 302  # signed out
    assert bob.get("stem/project").status == 401
    assert not Token.objects.filter(user=bob.user.pk, revoked_at__isnull=True).exists()
    page = reader.get(account(bob))
    assert "is deactivated, and signed out everywhere" in page.words
    assert f"By {admin.email}" in page.words  # in their log
    assert Change.objects.filter(model="users.User", record_id=str(bob.user.pk), action="deactivate").exists()
    assert reader.post(account(bob), _do="activate").status == 303
    assert get_user_model().objects.get(pk=bob.user.pk).is_active
    assert theirs.get("/private/").status == 302  # they have to sign in again


def test_nobody_closes_their_own_account_here_nor_the_last_administrator(admin):
    reader = Reader(admin)
    page = reader.get(f"{account(admin)}?do=deactivate")
    assert "Only another administrator can deactivate it" in page.words
    assert '_do" value="deactivate"' not in page.text
    refused = reader.post(account(admin), _do="deactivate")
    assert refused.status == 422
    assert "your own account" in refused.words
    other = person("second", admin=True)
    assert reader.post(account(other), _do="deactivate").status == 303
    assert get_user_model().objects.filter(is_superuser=True, is_active=True).count() == 1


def test_an_owner_without_another_is_named_before(lab, alice, admin):
    name = alice.get(f"stem/project/{lab['project']}").record["name"]
    alice.patch(f"stem/project/{lab['project']}", {"users": {admin.email: {}}})  # so that the administrator sees it
    assert name in Reader(admin).get(f"{account(alice)}?do=deactivate").words


def test_second_factors_are_reset_and_the_person_is_told(bob, admin):
    give_app(bob.user)
    reader, theirs = Reader(admin), Reader(bob)
    assert "Authenticator app" in reader.get(account(bob)).words
    assert reader.post(account(bob), _do="reset").status == 303
    assert not get_user_model().objects.get(pk=bob.user.pk).two_factor_enabled
    assert theirs.get("/private/").status == 302
    assert mail.outbox[-1].to == [bob.email]
    assert f"by {admin.email}" in events.of(bob.user).first().about
    own = reader.post(account(admin), _do="reset")
    assert own.status == 422
    assert "in your settings" in own.words


def test_an_address_is_confirmed(bob, admin):
    EmailAddress.objects.filter(user=bob.user).update(verified=False)
    EmailAddress.objects.get_or_create(user=bob.user, email=bob.email, defaults={"verified": False, "primary": True})
    reader = Reader(admin)
    assert account(bob) in reader.get(f"{ACCOUNTS}?state=unconfirmed").links
    assert reader.post(account(bob), _do="confirm").status == 303
    assert EmailAddress.objects.get(user=bob.user).verified
    assert account(bob) not in reader.get(f"{ACCOUNTS}?state=unconfirmed").links
    assert events.of(bob.user).first().kind == "address_confirmed"


@pytest.mark.parametrize("sent", [{}, {"_do": "promote"}, {"_do": "activate", "is_superuser": "1"}])
def test_what_a_form_of_accounts_does_not_have_is_refused(bob, admin, sent):
    assert Reader(admin).post(account(bob), **sent).status == 400
    assert not get_user_model().objects.get(pk=bob.user.pk).is_superuser


def test_accounts_take_as_many_statements_however_many_there_are(alice, admin):
    reader = Reader(admin)
    before = statements(reader, ACCOUNTS), statements(reader, account(alice))
    for number in range(8):
        person(f"more{number}")
    assert (statements(reader, ACCOUNTS), statements(reader, account(alice))) == before


# -- people to let in --------------------------------------------------------------------------------------------------


@pytest.fixture
def closed(settings):
    settings.BRAINSTEM_REGISTRATION = "invitation"


def invite(who, lab, email=EVE):
    page = f"/private/stem/project/{lab['project']}/manage/"
    sent = {"_do": "invite", "addresses": email, "level": "member", "message": "She images.", "days": "30"}
    assert Reader(who).post(page, **sent).status == 303


@pytest.mark.parametrize("page", [INBOX, ACCOUNTS])
def test_a_stranger_is_let_in_with_one_click(closed, lab, alice, admin, page):
    invite(alice, lab)
    reader = Reader(admin)
    shown = reader.get(page)
    assert EVE in shown.words
    assert "She images." in shown.words
    assert re.search(r'>Inbox<span class="badge badge-attention">1</span>', shown.text)
    assert "Inbox<span" not in Reader(alice).get("/private/").text
    made = StrangerInvitation.objects.get()
    done = reader.post("/account/invite/", approve=str(made.pk), next=page)
    assert (done.status, done.to) == (302, page)
    assert mail.outbox[-1].to == [EVE]
    assert "/account/invited/" in mail.outbox[-1].body
    assert events.of(admin.user).filter(kind="person_invited", about=EVE).exists()
    assert "People to let in" not in reader.get(page).words


def test_who_invited_is_told_when_administrators_decline(closed, lab, alice, admin, django_capture_on_commit_callbacks):
    invite(alice, lab)
    made = StrangerInvitation.objects.get()
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        Reader(admin).post("/account/invite/", decline=str(made.pk), next=INBOX)
    [told] = mail.outbox
    assert told.to == [alice.email]
    assert f"{admin.email} declined the invitation of {EVE} to the project" in told.body.replace("\n", " ")
    assert f"{admin.email} declined the invitation" in Reader(alice).get(INBOX).words
    assert not StrangerInvitation.objects.exists()


def test_the_way_back_leads_to_no_other_server(admin):
    away = Reader(admin).post("/account/invite/", withdraw="1", next="https://evil.example/")
    assert away.to == "/account/invite/"


def test_people_are_invited_from_the_accounts(closed, admin):
    done = Reader(admin).post("/account/invite/", emails=EVE, next=ACCOUNTS)
    assert (done.status, done.to) == (302, ACCOUNTS)
    assert AccountInvitation.objects.get().email == EVE
    assert EVE in Reader(admin).get(ACCOUNTS).words


def test_the_inbox_of_administrators_takes_as_many_statements_however_many_wait(closed, lab, alice, admin):
    invite(alice, lab)
    reader = Reader(admin)
    before = statements(reader, INBOX)
    for number in range(4):
        invite(alice, lab, f"eve{number}@elsewhere.example")
    assert statements(reader, INBOX) == before


# -- announcements -----------------------------------------------------------------------------------------------------


def moment(hours):
    return f"{timezone.now() + dt.timedelta(hours=hours):%Y-%m-%dT%H:%M}"


def announce(admin, text="The server rests on Sunday.", **more):
    sent = {"_do": "add", "text": text, "link": "", "starts_at": moment(-1), "ends_at": moment(5)} | more
    return Reader(admin).post(ANNOUNCEMENTS, **sent)


def test_an_announcement_is_on_every_page_until_it_is_closed(alice, bob, admin):
    before = statements(Reader(alice), SUBJECTS)
    assert announce(admin, link="https://lab.example/news").status == 303
    reader = Reader(alice)
    for path in (SUBJECTS, "/private/", INBOX, "/public/"):
        assert "The server rests on Sunday." in reader.get(path).words, path
    assert "https://lab.example/news" in reader.get(SUBJECTS).links
    assert statements(reader, SUBJECTS) == before
    made = Announcement.objects.get()
    done = reader.post("/account/notices/close/", announcement=str(made.pk), next=SUBJECTS)
    assert (done.status, done.to) == (303, SUBJECTS)
    assert "rests on Sunday" not in reader.get(SUBJECTS).words
    assert "rests on Sunday" in Reader(bob).get(SUBJECTS).words
    assert events.of(admin.user).first().about == "Made: The server rests on Sunday."


def test_announcements_have_their_time(alice, admin):
    announce(admin, "Later.", starts_at=moment(2))
    announce(admin, "Now.")
    Announcement.objects.create(text="Over.", ends_at=timezone.now() - dt.timedelta(hours=1))
    words = Reader(alice).get(SUBJECTS).words
    assert "Now." in words
    assert "Later." not in words
    assert "Over." not in words
    listed = Reader(admin).get(ANNOUNCEMENTS).words
    assert {"Planned", "Shown", "Over"} <= set(re.findall(r"Planned|Shown|Over\b", listed))
    Reader(admin).post(ANNOUNCEMENTS, _do="end", id=str(Announcement.objects.get(text="Now.").pk))
    assert "Now." not in Reader(alice).get(SUBJECTS).words
    assert Reader(admin).post(ANNOUNCEMENTS, _do="end", id="999").status == 303


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"text": " "}, "Type what is to be announced."),
        ({"text": "x" * 301}, "At most 300 characters; this has 301."),
        ({"link": "javascript:alert(1)"}, "Expected an address that begins with https://"),
        ({"ends_at": ""}, "Say until when it is shown."),
        ({"ends_at": "soon"}, "Expected a date and a time"),
        ({"ends_at": "2020-01-01T08:00"}, "still to come"),
    ],
)
def test_what_is_wrong_with_an_announcement_is_told_beside_it_and_nothing_is_lost(admin, wrong, told):
    page = announce(admin, **({"text": "Keep me <b>"} | wrong))
    assert page.status == 422
    assert told in page.words
    assert ("text" in wrong) or "Keep me &lt;b&gt;" in page.text
    assert not Announcement.objects.exists()


def test_unknown_fields_of_an_announcement_are_refused(admin):
    assert announce(admin, made_by="1").status == 400
    assert announce(admin, _do="publish").status == 400


# -- the server --------------------------------------------------------------------------------------------------------


def test_the_settings_are_shown_without_secrets_and_with_what_doctor_finds(admin, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.lab.example", 587
    settings.EMAIL_HOST_PASSWORD = "not-to-be-shown"
    settings.BRAINSTEM_THROTTLE = False
    page = Reader(admin).get(SERVER)
    assert "mail.lab.example, port 587" in page.words
    assert "password guessing is not limited" in page.words
    for secret in (settings.SECRET_KEY, "not-to-be-shown", str(settings.DATABASES["default"].get("PASSWORD") or "-?-")):
        assert secret not in page.text
    assert "No worker is running" in page.words
    assert Reader(admin).get(f"{SERVER}?all=1").status == 200
    assert Reader(admin).post(SERVER, THROTTLE="off").status == 400


def test_news_are_only_for_their_person(alice, bob):
    made = News.objects.create(person=alice.user, topic="answers", text="Bob accepted.")
    assert "Bob accepted." in Reader(alice).get(INBOX).words
    assert "Bob accepted." not in Reader(bob).get(INBOX).words
    assert Reader(bob).post(INBOX, _do="read", id=str(made.pk)).status == 303
    assert News.objects.exists()
    assert Reader(alice).post(INBOX, _do="read", id=str(made.pk)).status == 303
    assert not News.objects.exists()
    assert Reader(alice).post(INBOX, _do="read", id="x").status == 303
