"""Registering, confirming, signing in and out, and passwords: as a person does it, and what is refused."""

import datetime as dt
import re
import time

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import get_hasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brainstem.apps.users import events, throttle, tokens
from brainstem.apps.users.event_models import SecurityEvent
from brainstem.config.settings import ACCOUNT_RATE_LIMITS

from ..people import PASSWORD

NEW = "a new and longer password"
LOGIN, SIGNUP, RESET = "/account/login/", "/account/signup/", "/account/password/reset/"


def link(message) -> str:
    """The first link in a mail."""
    return re.search(r"https?://\S+", message.body)[0]


def kinds(user) -> list[str]:
    """Kinds of the events of an account but those of its tokens, oldest first."""
    return [event.kind for event in events.of(user).exclude(kind__startswith="token_")][::-1]


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_person_registers_confirms_and_signs_in(visit, phone):
    visitor = visit(phone=phone)
    visitor.go(SIGNUP)
    visitor.look("account-register")
    visitor.fill(first_name="Ada", last_name="Lovelace", email="Ada@Lab.Example", password1=PASSWORD)
    visitor.press("Register")
    assert "Check your email" in visitor.text
    visitor.look("account-verification-sent")
    (sent,) = mail.outbox
    assert sent.to == ["ada@lab.example"]
    visitor.go(link(sent))
    visitor.look("account-confirm")
    visitor.press("Yes, confirm it")
    assert "Ada Lovelace" in visitor.text
    ada = get_user_model().objects.get(email="ada@lab.example")
    assert EmailAddress.objects.get(user=ada).verified
    assert kinds(ada) == ["registered", "signed_in"]
    visitor.go(link(sent))
    assert "has already been used" in visitor.text


def test_a_person_signs_in_where_they_wanted_to_go_and_out_again(visitor, alice):
    visitor.go(f"{LOGIN}?next=/account/security/")
    visitor.fill(login=alice.email.upper(), password="not my password")
    visitor.press("Sign in")
    assert "No active account matches this email and password." in visitor.text
    visitor.look("account-sign-in-refused")
    visitor.fill(password=PASSWORD)
    visitor.press("Sign in")
    assert visitor.path == "/account/security/"
    assert "With password" in visitor.text
    visitor.look("account-security-log")
    visitor.page.locator("details.menu summary").click()
    visitor.press("Sign out")
    assert visitor.path == "/"
    assert "You have been signed out." in visitor.text
    visitor.go("/account/security/")
    assert visitor.path.startswith(LOGIN)
    assert kinds(alice.user) == ["sign_in_failed", "signed_in", "signed_out"]


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_forgotten_password_is_replaced_by_mail(visit, alice, phone):
    visitor, elsewhere = visit(phone=phone), visit()
    elsewhere.sign_in(alice.user)
    visitor.go(LOGIN)
    visitor.follow("Forgot your password?")
    visitor.look("account-forgotten-password")
    visitor.fill(email=alice.email)
    visitor.press("Send the link")
    assert "If there is an account with this address" in visitor.text
    (sent,) = mail.outbox
    visitor.go(link(sent))
    visitor.look("account-new-password")
    visitor.fill(password1="1234567890")
    visitor.press("Set the password")
    assert "too common" in visitor.text
    visitor.fill(password1=NEW)
    visitor.press("Set the password")
    assert "Your password has been changed" in visitor.text
    visitor.go(link(sent))
    assert "has already been used or has expired" in visitor.text
    visitor.look("account-link-used")
    elsewhere.go("/account/security/")
    assert elsewhere.path.startswith(LOGIN)
    assert tokens.authenticate(alice.token) is None
    assert Client().login(email=alice.email, password=NEW)
    assert kinds(alice.user) == ["password_reset"]
    assert [message.subject for message in mail.outbox] == ["Choose a new password", "Your password was reset"]


def test_a_changed_password_signs_out_everything_but_this_browser(visitor, visit, alice):
    elsewhere = visit()
    for one in (visitor, elsewhere):
        one.sign_in(alice.user)
    visitor.go("/account/password/change/")
    visitor.look("account-password")
    visitor.fill(oldpassword="not my password", password1=NEW)
    visitor.press("Change password")
    assert "This is not your current password." in visitor.text
    visitor.fill(oldpassword=PASSWORD, password1=NEW)
    visitor.press("Change password")
    assert "Your password has been changed." in visitor.text
    elsewhere.go("/account/security/")
    assert elsewhere.path.startswith(LOGIN)
    assert tokens.authenticate(alice.token) is None
    assert kinds(alice.user) == ["password_changed"]
    assert mail.outbox[0].to == [alice.email]


def test_a_person_sees_their_browsers_and_signs_others_out(visitor, visit, alice):
    others = [
        visit(user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        visit(),
        visit(),
    ]
    for one in (visitor, *others):
        one.sign_in(alice.user)
        one.go("/account/sessions/")
    visitor.go("/account/sessions/")
    visitor.look("account-sessions")
    assert visitor.text.count("This browser") == 1
    visitor.page.get_by_role("button", name="Sign out Firefox on Linux", exact=False).click()
    assert "The browser has been signed out." in visitor.text
    others[0].go("/account/sessions/")
    assert others[0].path.startswith(LOGIN)
    visitor.page.on("dialog", lambda dialog: dialog.accept())
    visitor.press("Sign out all others")
    assert "All other browsers have been signed out." in visitor.text
    others[1].go("/account/sessions/")
    assert others[1].path.startswith(LOGIN)
    visitor.go("/account/sessions/")
    assert visitor.path == "/account/sessions/"
    assert kinds(alice.user) == ["session_ended"] * 3


# --- refusals ------------------------------------------------------------------------------------------------------


@pytest.fixture
def limits(settings, db, monkeypatch):
    """Limits as on a real server, at the beginning of a window."""
    settings.BRAINSTEM_THROTTLE = True
    monkeypatch.setattr(throttle, "time", lambda: 1_800_000_000)


def sign_in(client, email, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": email, "password": password}, **more)


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    "where",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "https:///evil.example"],
)
def test_signing_in_leads_to_no_other_site(client, alice, where):
    answer = client.post(LOGIN, {"login": alice.email, "password": PASSWORD, "next": where})
    assert (answer.status_code, answer["Location"]) == (302, "/private/")


def test_signing_in_gives_the_session_a_new_key(client, alice):
    session = client.session
    session["kept"] = "from before"
    session.save()
    before = session.session_key
    assert sign_in(client, alice.email).status_code == 302
    assert client.session.session_key != before


def test_signing_out_takes_a_post_of_our_own_page(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice.user)
    assert client.get("/account/logout/").status_code == 200
    assert signed_in(client)
    assert client.post("/account/logout/").status_code == 403
    assert signed_in(client)


@pytest.mark.parametrize(
    "page", ["inactive", "confirm-email", "password/reset/done", "password/reset/key/done", "logout"]
)
def test_pages_between_read_well(visitor, alice, page):
    if page == "logout":
        visitor.sign_in(alice.user)
    assert visitor.go(f"/account/{page}/").status == 200
    visitor.check_accessible()
    assert visitor.page.locator("h1").count() == 1


def test_a_closed_account_is_refused_like_a_wrong_password(alice, bob):
    type(alice.user).objects.filter(pk=alice.user.pk).update(is_active=False)
    closed, wrong = sign_in(Client(), alice.email), sign_in(Client(), bob.email, "wrong")
    refused = "No active account matches this email and password."
    assert [refused in answer.content.decode() for answer in (closed, wrong)] == [True, True]
    assert kinds(alice.user) == ["sign_in_failed"]


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_a_forgotten_password_does_not_tell_who_has_an_account(client, alice, known):
    answer = client.post(RESET, {"email": alice.email if known else "nobody@lab.example"})
    assert (answer.status_code, answer["Location"]) == (302, "/account/password/reset/done/")
    assert [message.to for message in mail.outbox] == [[alice.email]] * known


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_registering_does_not_tell_who_has_an_account(client, alice, known):
    email = alice.email if known else "new@lab.example"
    answer = client.post(SIGNUP, {"first_name": "Eve", "email": email, "password1": NEW})
    assert (answer.status_code, answer["Location"]) == (302, "/account/confirm-email/")
    assert [message.to for message in mail.outbox] == [[email]]
    alice.user.refresh_from_db()
    assert alice.user.check_password(PASSWORD)


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_registering_does_not_tell_by_its_time_who_has_an_account(client, alice, known, monkeypatch):
    hasher, hashed = type(get_hasher()), []
    encode = hasher.encode

    def counted(self, password, *rest):
        hashed.append(password)
        return encode(self, password, *rest)

    monkeypatch.setattr(hasher, "encode", counted)
    email = alice.email if known else "new@lab.example"
    client.post(SIGNUP, {"first_name": "Eve", "email": email, "password1": NEW})
    assert hashed == [NEW]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"first_name": ""}, "This field is required."),
        ({"first_name": "x" * 200}, "At most 150 characters; this has 200."),
        ({"email": "nobody"}, "This is not an email address. Expected one like name@lab.example."),
        ({"password1": "short"}, "This password is too short. It needs at least 10 characters."),
        ({"password1": "evangelinesmith"}, "This password is too similar to your name or email address."),
        ({"password1": "new@lab.example"}, "This password is too similar to your name or email address."),
        ({"password1": "83749261049"}, "This password is entirely numeric. Add letters or symbols."),
        ({"password1": "x" * 2000}, "At most 1024 characters; this has 2000."),
    ],
)
def test_registering_names_what_is_wrong(client, db, wrong, says):
    right = {"first_name": "Evangeline", "last_name": "Smith", "email": "new@lab.example", "password1": NEW}
    answer = client.post(SIGNUP, right | wrong)
    assert answer.context["form"].errors == {field: [says] for field in wrong}
    assert not get_user_model().objects.exists()


def test_who_did_not_confirm_the_address_gets_in_by_no_door(client, db):
    client.post(SIGNUP, {"first_name": "Eve", "email": "victim@lab.example", "password1": NEW})
    for _ in range(2):  # of which the second sends no mail
        assert sign_in(client, "victim@lab.example", NEW)["Location"] == "/account/confirm-email/"
    told = client.get("/account/confirm-email/").content.decode()
    assert "We sent you an email with a link, just now or a few minutes ago." in told
    assert not signed_in(client)
    for path, name in (("/api/token/", "username"), ("/api/auth/token/", "email")):
        answer = client.post(path, {name: "victim@lab.example", "password": NEW}, content_type="application/json")
        assert answer.status_code == 401
        assert "has not been confirmed" in answer.content.decode()


def test_a_link_that_was_used_says_so_in_every_tab(db, monkeypatch):
    client = Client(enforce_csrf_checks=True)
    form = {"csrfmiddlewaretoken": client.get(SIGNUP).context["csrf_token"]}
    client.post(SIGNUP, form | {"first_name": "Eve", "email": "new@lab.example", "password1": NEW})
    path = re.sub(r"^https?://[^/]+", "", link(mail.outbox[0]))
    later = time.time() + 60
    with monkeypatch.context() as moved:
        moved.setattr(time, "time", lambda: later)  # a key that is signed now is another one
        page = client.get(path).content.decode()
    assert set(re.findall(r"/account/confirm-email/[^/]+/", page)) == {path}
    assert client.post(path, form)["Location"] == "/private/"
    assert signed_in(client)
    answer = client.post(path, form, headers={"accept": "text/html"}, follow=True)
    for told in (answer, Client().post(path), Client().get(path), Client().post(path[:-3] + "xx/")):
        assert told.status_code == 200
        assert "This link has already been used or has expired." in told.content.decode()


def test_too_many_failures_are_refused_from_there_and_the_owner_gets_in(alice, limits):
    stranger, owner = {"REMOTE_ADDR": "203.0.113.9"}, {"REMOTE_ADDR": "198.51.100.7"}
    for _ in range(10):
        assert "No active account" in sign_in(Client(), alice.email, "wrong", **stranger).content.decode()
    answer = sign_in(Client(), alice.email, **stranger)
    assert re.search(r"Too many sign-in attempts\. Try again in [1-5] minutes?\.", answer.content.decode())
    program = Client().post("/api/token/", {"email": alice.email, "password": "x"}, "application/json", **stranger)
    assert re.search(r"Try again in \d+ seconds\.", program.json()["detail"])
    client = Client()
    assert sign_in(client, alice.email, **owner).status_code == 302
    assert signed_in(client)
    assert kinds(alice.user) == ["sign_in_failed", "signed_in"]


def test_a_flood_from_everywhere_does_not_lock_out_who_came_from_here_before(alice, limits):
    home = {"REMOTE_ADDR": "198.51.100.7"}
    assert sign_in(Client(), alice.email, **home).status_code == 302
    for number in range(100):
        sign_in(Client(), alice.email, "wrong", REMOTE_ADDR=f"203.0.113.{number}")
    assert "Too many sign-in attempts" in sign_in(Client(), alice.email, REMOTE_ADDR="192.0.2.1").content.decode()
    assert sign_in(Client(), alice.email, **home).status_code == 302


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_a_mailbox_is_not_flooded_with_links(client, alice, settings, known):
    settings.ACCOUNT_RATE_LIMITS = ACCOUNT_RATE_LIMITS
    cache.clear()
    email = alice.email if known else "nobody@lab.example"
    statuses = [client.post(RESET, {"email": email}).status_code for _ in range(4)]
    assert statuses == [302, 302, 302, 429]
    assert len(mail.outbox) == (3 if known else 0)
    assert "Too many requests" in client.post(RESET, {"email": email}).content.decode()


def test_what_proxies_say_is_believed_as_by_the_api(alice, settings):
    settings.BRAINSTEM_TRUSTED_PROXIES = 1
    client = Client()
    sign_in(client, alice.email, headers={"X-Forwarded-For": "6.6.6.6, 198.51.100.7"})
    assert events.of(alice.user).get(kind="signed_in").address == "198.51.100.7"


def test_sessions_of_others_cannot_be_ended(client, alice, bob):
    theirs = Client()
    sign_in(theirs, bob.email)
    (session,) = bob.user.usersession_set.all()
    sign_in(client, alice.email)
    for which in (session.pk, "x", ""):
        assert client.post("/account/sessions/", {"session": which}).status_code == 404
    assert theirs.get("/account/sessions/").status_code == 200


def test_a_program_with_a_token_pays_nothing_for_sessions(alice):
    alice.get("stem/project/")
    with CaptureQueriesContext(connection) as captured:
        alice.get("stem/project/")
    # The token and the list; on PostgreSQL a read within the transaction of a test takes a savepoint, too.
    assert sum("SELECT" in one["sql"] for one in captured) == 2
    assert not alice.user.usersession_set.exists()


def test_what_is_very_old_is_forgotten_when_one_signs_in(alice, bob):
    for person in (alice, bob):
        events.record(person.user, "signed_out")
    long_ago = timezone.now() - events.KEPT - dt.timedelta(days=1)
    SecurityEvent.objects.filter(kind="signed_out").update(at=long_ago)
    sign_in(Client(), alice.email)
    assert kinds(alice.user) == ["signed_in"]
    assert kinds(bob.user) == ["signed_out"]


def test_the_log_is_paged_and_ones_own(client, alice, bob):
    for number in range(60):
        events.record(alice.user, "token_made", about=f"Token {number}")
    events.record(bob.user, "token_made", about="Token of Bob")
    client.force_login(alice.user)
    first, second = (client.get(f"/account/security/?page={page}").content.decode() for page in (1, 2))
    assert "Token 59" in first
    assert "Token 9<" not in first
    assert "Token 9<" in second
    assert "of Bob" not in first + second
