"""Signing in with another account, before a real OpenID Connect server: who gets in, and who does not by an address."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.orcid.views import OrcidOAuth2Adapter
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.test import Client

from brainstem.apps.users import events
from brainstem.config.sign_in_providers import providers

from ..people import PASSWORD
from .identity_server import CLIENT_ID, CLIENT_SECRET, ORCID, IdentityServer
from .signing_in import client_of
from .two_factor import CHALLENGE, give_app

LOGIN, CONNECTIONS = "/account/login/", "/account/connections/"
START = "/account/connections/oidc/sso/login/"
ORCID_START = "/account/connections/orcid/login/"
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def elsewhere(settings, monkeypatch):
    """The other server, set up here as both kinds."""
    server = IdentityServer()
    said = {
        "BRAINSTEM_OIDC_URL": server.url,
        "BRAINSTEM_OIDC_CLIENT_ID": CLIENT_ID,
        "BRAINSTEM_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "BRAINSTEM_OIDC_NAME": "Example University",
        "BRAINSTEM_ORCID_CLIENT_ID": CLIENT_ID,
        "BRAINSTEM_ORCID_CLIENT_SECRET": CLIENT_SECRET,
    }
    settings.SOCIALACCOUNT_PROVIDERS = providers(lambda name: said.get(name, ""))
    where = {"authorize_url": "/authorize", "access_token_url": "/token", "profile_url": "/record/%s"}
    for name, path in where.items():
        monkeypatch.setattr(OrcidOAuth2Adapter, name, server.url + path)
    yield server
    server.close()


def go_there(client, start=START, **query) -> str:
    """Begin, and give where the other server sends back who agrees there."""
    answer = client.post(start, query_params=query)
    assert answer.status_code == 200
    away = answer.context["redirect_to"]
    assert away.startswith("http://127.0.0.1:")
    return away


def come_back(client, elsewhere, start=START, **query):
    """The whole way, as a browser that follows links."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(go_there(client, start, **query)).query).items()}
    page = elsewhere.page(asked)
    back = re.search(r"href='http://testserver([^']+)'", page)[1].replace("&amp;", "&")
    return client.get(back)


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def connect(user, elsewhere, start=START):
    client = client_of(user)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return come_back(client, elsewhere, start, process="connect")


# --- as a person does it -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_person_registers_with_another_account_and_signs_in_with_it(visit, elsewhere, phone):
    visitor = visit(phone=phone)
    visitor.go(LOGIN)
    visitor.look("account-sign-in-providers")
    visitor.press("Continue with Example University")
    visitor.follow("That is me")
    assert visitor.page.locator("[name=first_name]").input_value() == "Ada"
    visitor.look("account-register-social")
    visitor.fill(last_name="King")
    visitor.press("Register")
    visitor.page.wait_for_url("**/private/")
    assert "Ada King" in visitor.page.content()
    ada = get_user_model().objects.get()
    assert EmailAddress.objects.get(user=ada, email="ada@lab.example").verified
    assert not mail.outbox
    assert [(event.kind, event.about) for event in events.of(ada)][::-1][:1] == [
        ("registered", "Through Example University")
    ]
    visitor.context.clear_cookies()
    visitor.go(f"{LOGIN}?next=/account/profile/")
    visitor.press("Continue with Example University")
    visitor.follow("That is me")
    visitor.page.wait_for_url("**/account/profile/")


def test_a_person_connects_orcid_and_disconnects_it(visitor, elsewhere, alice):
    visitor.sign_in(alice.user)
    visitor.go(CONNECTIONS)
    visitor.press("Connect ORCID")
    visitor.follow("That is me")
    visitor.fill(password=PASSWORD)
    visitor.press("Confirm")
    visitor.page.wait_for_selector(f"text={ORCID}")
    assert "The account has been connected." in visitor.text
    assert "Connect ORCID" not in visitor.text
    visitor.look("account-connections")
    alice.user.refresh_from_db()
    assert alice.user.orcid_id == f"https://orcid.org/{ORCID}"
    visitor.page.on("dialog", lambda dialog: dialog.accept())
    visitor.press("Disconnect")
    visitor.page.wait_for_selector("text=None yet.")
    kinds = [event.kind for event in events.of(alice.user)]
    assert kinds[:2] == ["connection_removed", "connection_added"]
    assert [message.to for message in mail.outbox] == [[alice.email]] * 2


def test_who_goes_back_is_not_signed_in(visitor, elsewhere):
    visitor.go(LOGIN)
    visitor.press("Continue with ORCID")
    visitor.follow("Go back")
    assert "Not signed in" in visitor.text
    visitor.look("account-not-signed-in")


# --- who gets in, and who does not ---------------------------------------------------------------------------------


def test_nothing_is_offered_that_is_not_set_up(client, alice):
    text = client.get(LOGIN).content.decode()
    assert "Continue with" not in text
    assert CONNECTIONS not in client_of(alice.user).get("/account/profile/").content.decode()
    for path in (START, ORCID_START, START + "callback/", ORCID_START + "callback/"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404


def test_a_connection_to_a_server_that_is_no_longer_set_up_is_dormant(elsewhere, alice, settings):
    connect(alice.user, elsewhere)
    settings.SOCIALACCOUNT_PROVIDERS = {"orcid": settings.SOCIALACCOUNT_PROVIDERS["orcid"]}
    client = client_of(alice.user)
    assert "None yet." in client.get(CONNECTIONS).content.decode()
    assert client.post(CONNECTIONS, {"account": SocialAccount.objects.get().pk}).status_code == 200
    assert SocialAccount.objects.exists()


@pytest.mark.parametrize("vouched", [True, False])
def test_an_account_is_never_found_by_an_address(elsewhere, alice, vouched):
    elsewhere.claims |= {"email": alice.email, "email_verified": vouched}
    client = Client()
    come_back(client, elsewhere)
    answer = client.post("/account/connections/signup/", {"first_name": "Eve", "email": alice.email})
    assert answer["Location"] == "/account/confirm-email/"
    assert not signed_in(client)
    assert not SocialAccount.objects.exists()
    assert [(message.to, message.subject) for message in mail.outbox] == [
        ([alice.email], "You already have an account")
    ]


@pytest.mark.parametrize("vouched", [False, "true", "false", None, 1])
def test_an_address_that_nobody_vouches_for_is_confirmed_by_mail(elsewhere, vouched):
    elsewhere.claims["email_verified"] = vouched
    client = Client()
    come_back(client, elsewhere)
    answer = client.post("/account/connections/signup/", {"first_name": "Ada", "email": "ada@lab.example"})
    assert answer["Location"] == "/account/confirm-email/"
    assert not signed_in(client)
    assert [message.to for message in mail.outbox] == [["ada@lab.example"]]


def test_another_address_than_the_vouched_one_is_confirmed_by_mail(elsewhere):
    client = Client()
    come_back(client, elsewhere)
    client.post("/account/connections/signup/", {"first_name": "Ada", "email": "victim@lab.example"})
    assert not EmailAddress.objects.filter(email="victim@lab.example", verified=True).exists()


def test_orcid_registers_with_an_address_that_is_confirmed_by_mail(elsewhere):
    client = Client()
    come_back(client, elsewhere, ORCID_START)
    answer = client.post("/account/connections/signup/", {"first_name": "Josiah", "email": "josiah@lab.example"})
    assert answer["Location"] == "/account/confirm-email/"
    assert get_user_model().objects.get().orcid_id == f"https://orcid.org/{ORCID}"


def test_connecting_takes_the_password(elsewhere, alice):
    answer = come_back(client_of(alice.user), elsewhere, process="connect")
    assert answer["Location"].startswith("/account/reauthenticate/")
    assert not SocialAccount.objects.exists()


def test_an_account_that_is_connected_to_somebody_is_not_taken_from_them(elsewhere, alice, bob):
    connect(alice.user, elsewhere)
    connect(bob.user, elsewhere)
    assert [row.user for row in SocialAccount.objects.all()] == [alice.user]


def test_a_second_factor_is_asked_for_here_too(elsewhere, alice):
    connect(alice.user, elsewhere)
    give_app(alice.user)
    client = Client()
    assert come_back(client, elsewhere)["Location"].startswith(CHALLENGE)
    assert not signed_in(client)


def test_the_log_tells_by_which_server_somebody_came(elsewhere, alice):
    connect(alice.user, elsewhere)
    come_back(Client(), elsewhere)
    assert [(event.kind, event.about) for event in events.of(alice.user)[:2]] == [
        ("signed_in", "With Example University"),
        ("connection_added", "Example University: person-1"),
    ]


def test_a_closed_account_stays_closed(elsewhere, alice):
    connect(alice.user, elsewhere)
    get_user_model().objects.update(is_active=False)
    client = Client()
    assert come_back(client, elsewhere)["Location"] == "/account/inactive/"
    assert not signed_in(client)


def test_the_last_way_in_is_not_disconnected(elsewhere, alice):
    connect(alice.user, elsewhere)
    alice.user.set_unusable_password()
    alice.user.save()
    client = Client()
    assert come_back(client, elsewhere).status_code == 302
    answer = client.post(CONNECTIONS, {"account": SocialAccount.objects.get().pk})
    assert "Set a password first" in answer.content.decode()
    assert SocialAccount.objects.exists()


def test_who_has_no_password_sets_one_and_signs_in_with_it(visitor, elsewhere, alice):
    alice.user.set_unusable_password()
    alice.user.save()
    visitor.sign_in(alice.user)
    visitor.go("/account/password/change/")
    assert visitor.path == "/account/password/set/"
    visitor.look("account-password-set")
    visitor.fill(password1=PASSWORD)
    visitor.press("Set password")
    visitor.page.wait_for_selector("text=Your password has been set.")
    alice.user.refresh_from_db()
    assert alice.user.check_password(PASSWORD)
    assert events.of(alice.user)[0].kind == "password_changed"
    assert mail.outbox[-1].subject == "Your account has a password"


def test_connections_of_others_are_not_disconnected(elsewhere, alice, bob):
    connect(alice.user, elsewhere)
    client_of(bob.user).post(CONNECTIONS, {"account": SocialAccount.objects.get().pk})
    assert SocialAccount.objects.exists()


def test_where_registration_is_by_invitation_it_is_so_for_everybody(elsewhere, settings):
    settings.BRAINSTEM_REGISTRATION = "invitation"
    answer = come_back(Client(), elsewhere)
    assert "Registration is by invitation" in answer.content.decode()
    call_command("invite", "guest@lab.example")
    client = Client()
    client.get(re.search(r"^http://[^/]+(\S+)$", mail.outbox[-1].body, re.MULTILINE)[1])
    come_back(client, elsewhere)
    client.post("/account/connections/signup/", {"first_name": "Ada", "email": "other@lab.example"})
    assert signed_in(client)
    assert get_user_model().objects.get().email == "guest@lab.example"


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/"])
def test_signing_in_leads_to_no_other_site(elsewhere, alice, where):
    connect(alice.user, elsewhere)
    answer = come_back(Client(), elsewhere, next=where)
    assert (answer.status_code, answer["Location"]) == (302, "/private/")


@pytest.mark.parametrize(
    "wrong", [{"aud": "another"}, {"iss": "https://evil.example"}, {"exp": 1}], ids=["audience", "issuer", "expired"]
)
def test_a_wrong_token_of_the_other_server_signs_nobody_in(elsewhere, alice, wrong):
    connect(alice.user, elsewhere)
    elsewhere.token = wrong
    client = Client()
    answer = come_back(client, elsewhere)
    assert (answer.status_code, signed_in(client)) == (401, False)
    assert "did not confirm your identity" in answer.content.decode()


@pytest.mark.parametrize("path", ["/token", "/userinfo"])
def test_a_server_that_fails_is_told(elsewhere, path):
    elsewhere.down.add(path)
    assert come_back(Client(), elsewhere).status_code == 401


@pytest.mark.parametrize("query", ["", "?code=x&state=forged", "?error=server_error&state=x"])
def test_an_answer_that_nobody_asked_for_signs_nobody_in(client, elsewhere, query):
    assert client.get(f"{START}callback/{query}").status_code == 401
    assert not signed_in(client)


def test_going_there_takes_a_form_of_this_server(elsewhere):
    assert Client(enforce_csrf_checks=True).post(START).status_code == 403
    asked = Client().get(START)
    assert (asked.status_code, "redirect_to" in (asked.context or {})) == (200, False)


def test_a_server_without_other_sign_ins_says_so(client, alice, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {}
    client.force_login(alice.user)
    page = client.get(CONNECTIONS).text
    assert "No other way to sign in is set up on this server." in page
    assert "None yet" not in page


def test_who_has_no_other_sign_in_may_connect_one(client, alice, elsewhere):
    client.force_login(alice.user)
    page = client.get(CONNECTIONS).text
    assert "None yet." in page
    assert "Connect Example University" in page
    assert "No other way to sign in" not in page
