"""Nobody gets past the second factor: not with a password alone, not half signed in, not by another way in."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.socialaccount.internal.flows.login import complete_login
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.orcid.provider import OrcidProvider
from django.contrib.auth import get_user_model
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brainstem.apps.users import backup_codes, email_codes, second_factor, tokens, two_factor
from brainstem.apps.users.event_models import SecurityEvent
from brainstem.apps.users.token_models import SignInBucket
from brainstem.apps.users.two_factor_models import EmailCodes
from brainstem.config import cli
from brainstem.web.waiting import try_again

from ..people import PASSWORD
from .two_factor import (
    CHALLENGE,
    app_code,
    confirmed,
    fresh,
    give_app,
    give_backup_codes,
    give_email_codes,
    is_signed_in,
    mailed_code,
    sign_in,
    wrong_code,
)

SETTINGS = "/account/two_factor/"
WRONG = "This code is wrong"


def kinds(person) -> list[str]:
    """What the log of an account says, oldest first; of tokens nothing."""
    told = SecurityEvent.objects.filter(user=person.user).exclude(kind="token_made").order_by("id")
    return list(told.values_list("kind", flat=True))


@pytest.fixture
def guarded(alice):
    """Alice with an authenticator app and backup codes."""
    give_app(alice.user)
    alice.codes = give_backup_codes(alice.user)
    return alice


# --- half signed in --------------------------------------------------------------------------------------------------


def test_a_password_leads_to_the_second_factor_and_nowhere_else(client, guarded):
    assert sign_in(client, guarded.user)["Location"] == CHALLENGE
    for path in ("/account/profile/", SETTINGS, "/private/users/tokens/", "/account/authorize/", f"{SETTINGS}app/add/"):
        assert client.get(path).status_code == 302, path
    for path in (f"{SETTINGS}default/", f"{SETTINGS}app/remove/", f"{SETTINGS}backup_codes/"):
        assert client.post(path).status_code == 302, path
    assert client.get("/api/private/stem/project/").status_code == 401
    assert client.get(CHALLENGE).status_code == 200
    assert fresh(guarded.user).two_factor_enabled


def test_the_second_factor_finishes_the_sign_in(client, guarded):
    sign_in(client, guarded.user, follow="/account/profile/")
    answer = client.post(CHALLENGE, {"code": app_code()})
    assert answer["Location"] == "/account/profile/"
    assert is_signed_in(client)
    assert client.get("/api/private/stem/project/").status_code == 200
    assert kinds(guarded) == ["signed_in"]
    assert SecurityEvent.objects.latest("id").about == "With password and authenticator app"


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "0" * 60, "２２２２２２", "\x00"])
def test_what_is_no_code_is_refused(client, guarded, code):
    sign_in(client, guarded.user)
    assert client.post(CHALLENGE, {"code": code}).status_code == 200
    assert not is_signed_in(client)


def test_a_used_code_signs_nobody_in(client, guarded):
    sign_in(client, guarded.user)
    code = app_code()
    client.post(CHALLENGE, {"code": code})
    thief = Client()
    sign_in(thief, guarded.user)
    assert WRONG in thief.post(CHALLENGE, {"code": code}).content.decode()
    assert not is_signed_in(thief)


def test_the_challenge_is_for_who_gave_the_password(client, guarded):
    assert client.get(CHALLENGE)["Location"].startswith("/account/login/")
    assert client.post(CHALLENGE, {"code": app_code()}).status_code == 302
    assert not is_signed_in(client)


def test_a_method_that_one_does_not_have_is_not_there(client, guarded):
    sign_in(client, guarded.user)
    assert client.get(f"{CHALLENGE}backup/").status_code == 200
    assert client.get(f"{CHALLENGE}email/").status_code == 404
    assert client.get(f"{CHALLENGE}passkey/").status_code == 404
    assert client.post(f"{CHALLENGE}email/", {"send": "1"}).status_code == 404
    client.post(f"{CHALLENGE}app/", {"send": "1"})
    assert mail.outbox == []


def test_a_code_of_one_method_is_none_of_another(client, guarded):
    sign_in(client, guarded.user)
    assert WRONG in client.post(CHALLENGE, {"code": guarded.codes[0]}).content.decode()
    assert WRONG in client.post(f"{CHALLENGE}backup/", {"code": app_code()}).content.decode()
    assert kinds(guarded) == ["second_factor_failed"] * 2


def test_a_backup_code_signs_in_once_and_its_owner_is_told(client, guarded):
    sign_in(client, guarded.user)
    client.post(f"{CHALLENGE}backup/", {"code": guarded.codes[0]})
    assert is_signed_in(client)
    assert kinds(guarded) == ["backup_code_used", "signed_in"]
    assert "9 are left" in mail.outbox[-1].body
    thief = Client()
    sign_in(thief, guarded.user)
    thief.post(f"{CHALLENGE}backup/", {"code": guarded.codes[0]})
    assert not is_signed_in(thief)


@pytest.mark.parametrize("change", ["password", "closed", "reset", "removed"])
def test_a_half_sign_in_ends_when_the_account_changes(client, guarded, change):
    sign_in(client, guarded.user)
    if change == "password":
        guarded.user.set_password("another horse battery")
        guarded.user.save()
    if change == "closed":
        type(guarded.user).objects.filter(pk=guarded.user.pk).update(is_active=False)
    if change == "reset":
        two_factor.reset(guarded.user)
    if change == "removed":
        two_factor.remove(guarded.user, two_factor.Method.APP)
    answer = client.post(CHALLENGE, {"code": app_code()})
    assert answer["Location"] == "/account/login/"
    assert not is_signed_in(client)
    assert "Your sign-in has ended" in client.get("/account/login/").content.decode()


def test_too_many_wrong_codes_are_refused_here_but_not_elsewhere(client, guarded, settings):
    settings.BRAINSTEM_THROTTLE = True
    sign_in(client, guarded.user)
    for _ in range(second_factor.FROM_NETWORK.tries):
        client.post(CHALLENGE, {"code": wrong_code()})
    answer = client.post(CHALLENGE, {"code": app_code()})
    assert "Too many wrong codes. Try again in" in answer.content.decode()
    assert not is_signed_in(client)
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    sign_in(elsewhere, guarded.user)
    elsewhere.post(CHALLENGE, {"code": app_code()})
    assert is_signed_in(elsewhere)


def blocked(client, times=second_factor.FROM_NETWORK.tries):
    """What the page says after so many wrong codes."""
    for _ in range(times):
        answer = client.post(CHALLENGE, {"code": "x"})
    return answer.content.decode()


def test_who_is_blocked_is_told_in_minutes_and_is_offered_and_sent_no_code(client, alice, settings):
    settings.BRAINSTEM_THROTTLE = True
    give_email_codes(alice.user)
    give_app(alice.user)
    give_backup_codes(alice.user)
    sign_in(client, fresh(alice.user))
    assert "Send another code" not in blocked(client)
    mail.outbox.clear()
    EmailCodes.objects.update(sent_at=None)
    for path in (CHALLENGE, f"{CHALLENGE}email/", f"{CHALLENGE}app/", f"{CHALLENGE}backup/"):
        page = client.get(path).content.decode()
        assert re.search(r"Too many wrong codes\. Try again in \d+ minutes?\. This holds for all kinds of codes", page)
        assert 'name="code"' not in page
        assert 'name="send"' not in page
        assert "Other ways" not in page
    page = client.post(f"{CHALLENGE}email/", {"send": "1"}, follow=True).content.decode()
    assert page.count("Too many wrong codes") == 1
    sign_in(Client(), fresh(alice.user))
    adding = confirmed(fresh(alice.user))
    two_factor.remove(alice.user, two_factor.Method.EMAIL)
    assert (
        "Too many wrong codes. Try again in"
        in adding.post(f"{SETTINGS}email/add/", {"send": "1"}, follow=True).content.decode()
    )
    assert mail.outbox == []


def test_codes_are_asked_for_and_sent_again_when_the_time_is_over(client, alice, settings):
    settings.BRAINSTEM_THROTTLE = True
    give_email_codes(alice.user)
    sign_in(client, alice.user)
    blocked(client)
    SignInBucket.objects.all().delete()
    EmailCodes.objects.update(sent_at=None)
    client.post(CHALLENGE, {"send": "1"})
    client.post(CHALLENGE, {"code": mailed_code()})
    assert is_signed_in(client)


def test_who_confirms_while_codes_are_blocked_can_use_the_password(guarded, client, settings):
    settings.BRAINSTEM_THROTTLE = True
    client.force_login(fresh(guarded.user))
    for _ in range(second_factor.FROM_NETWORK.tries):
        page = client.post("/account/two_factor/reauthenticate/app/", {"code": "x"}).content.decode()
    assert "Too many wrong codes" in page
    assert "Use your password" in page
    assert "Use a backup code" not in page


def test_wrong_codes_are_mailed_to_the_owner_once(client, guarded):
    sign_in(client, guarded.user)
    browser = {"REMOTE_ADDR": "203.0.113.9", "headers": {"user-agent": "<i>Lynx</i>\n& friends"}}
    for wrong in range(1, 9):
        kind = ("app", "backup")[wrong % 2]
        client.post(f"{CHALLENGE}{kind}/", {"code": "x"}, **browser)
        assert len(mail.outbox) == (wrong >= second_factor.TOLD_AFTER)
    [sent] = mail.outbox
    assert sent.to == [guarded.email]
    assert sent.subject == "Wrong codes for your account"
    for told in ("203.0.113.9", "<i>Lynx</i> & friends", "change your password", "/account/password/change/"):
        assert told in sent.body
    assert "<i>" not in sent.alternatives[0].content


def test_mistyped_codes_of_a_new_method_are_not_mailed(alice):
    adding = confirmed(alice.user)
    adding.get(f"{SETTINGS}app/add/")
    for _ in range(4):
        assert WRONG in adding.post(f"{SETTINGS}app/add/", {"code": "x"}).content.decode()
    assert mail.outbox == []


def test_a_mail_server_that_is_down_keeps_nobody_from_trying_again(client, guarded, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    sign_in(client, guarded.user)
    assert WRONG in blocked(client, second_factor.TOLD_AFTER)
    client.post(CHALLENGE, {"code": app_code()})
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "1 minute"), (1, "1 minute"), (60, "1 minute"), (61, "2 minutes"), (900, "15 minutes")]
)
def test_people_are_told_whole_minutes(seconds, told):
    assert try_again(seconds) == f"Try again in {told}."


# --- codes by email -----------------------------------------------------------------------------------------------


@pytest.fixture
def mailed(alice):
    """Alice, who gets codes by email."""
    give_email_codes(alice.user)
    return alice


def test_the_code_is_sent_with_the_password_and_not_with_each_look(client, mailed):
    sign_in(client, mailed.user)
    client.get(CHALLENGE)
    client.get(CHALLENGE)
    assert len(mail.outbox) == 1
    answer = client.post(CHALLENGE, {"send": "1"}, follow=True)
    assert len(mail.outbox) == 1
    assert "You can ask for another one in" in answer.content.decode()
    EmailCodes.objects.update(sent_at=timezone.now() - email_codes.BETWEEN)
    client.post(CHALLENGE, {"send": "1"})
    assert len(mail.outbox) == 2
    client.post(CHALLENGE, {"code": mailed_code()})
    assert is_signed_in(client)


def test_a_code_that_is_not_the_default_is_sent_when_it_is_asked_for(client, guarded):
    give_email_codes(guarded.user)
    sign_in(client, guarded.user)
    assert "Send a code" in client.get(f"{CHALLENGE}email/").content.decode()
    assert mail.outbox == []
    client.post(f"{CHALLENGE}email/", {"send": "1"})
    client.post(f"{CHALLENGE}email/", {"code": mailed_code()})
    assert is_signed_in(client)


def test_a_mail_server_that_is_down_is_told_and_can_be_asked_again(client, mailed, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    sign_in(client, mailed.user)
    assert "The email could not be sent" in client.get(CHALLENGE).content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client.post(CHALLENGE, {"send": "1"})
    client.post(CHALLENGE, {"code": mailed_code()})
    assert is_signed_in(client)


# --- other ways in -------------------------------------------------------------------------------------------------


def through_orcid(user):
    """What the server answers, and its session, when ORCID says that this is somebody whom we know."""
    SocialAccount.objects.create(user=user, provider="orcid", uid="0000-0002-1825-0097")
    request = RequestFactory().get("/account/connections/orcid/login/callback/")
    for middleware in (SessionMiddleware, MessageMiddleware, AuthenticationMiddleware):
        middleware(lambda _: None).process_request(request)
    request.allauth = SimpleNamespace()
    stranger = get_user_model()(email=user.email)
    provider = OrcidProvider(request, app=SocialApp(provider="orcid", client_id="brainstem"))
    account = SocialAccount(provider="orcid", uid="0000-0002-1825-0097")
    login = SocialLogin(user=stranger, account=account, provider=provider)
    login.state = {}
    with context.request_context(request):
        return complete_login(request, login), request.session


def test_another_account_that_signs_in_is_asked_for_the_second_factor_too(guarded):
    answer, session = through_orcid(guarded.user)
    assert answer["Location"] == CHALLENGE
    assert "_auth_user_id" not in session
    two_factor.reset(guarded.user)
    SocialAccount.objects.all().delete()
    assert "_auth_user_id" in through_orcid(guarded.user)[1]


def test_who_has_no_password_confirms_with_the_second_factor(client, mailed):
    mailed.user.set_unusable_password()
    mailed.user.save()
    client.force_login(mailed.user)
    asked = client.get(f"{SETTINGS}email/remove/")["Location"]
    assert asked == f"{SETTINGS}reauthenticate/email/?next={quote(SETTINGS, safe='')}email%2Fremove%2F"
    client.post(asked, {"send": "1"})
    assert client.post(asked, {"code": mailed_code()})["Location"] == f"{SETTINGS}email/remove/"
    client.post(f"{SETTINGS}email/remove/")
    assert two_factor.methods_of(mailed.user.pk) == []


def test_a_new_password_by_e_mail_leaves_the_second_factor_in_place(client, guarded):
    client.post("/account/password/reset/", {"email": guarded.email})
    link = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", mail.outbox[-1].body)[1]
    form = client.get(link, follow=True).request["PATH_INFO"]
    new = "another horse battery"
    client.post(form, {"password1": new, "password2": new})
    assert not is_signed_in(client)
    assert fresh(guarded.user).check_password(new)
    answer = client.post("/account/login/", {"login": guarded.email, "password": new})
    assert answer["Location"] == CHALLENGE


def test_a_password_alone_gives_a_program_no_token(client, guarded):
    body = {"email": guarded.email, "password": PASSWORD}
    answer = client.post("/api/auth/token/", body, content_type="application/json")
    assert answer.status_code == 401
    assert "/api/auth/device/" in answer.json()["detail"]


# --- changing methods ------------------------------------------------------------------------------------------------

CHANGES = [
    "app/add/",
    "email/add/",
    "passkeys/add/",
    "app/remove/",
    "backup_codes/",
]


@pytest.mark.parametrize("path", CHANGES)
def test_changes_ask_who_it_is_once_more(client, guarded, path):
    client.force_login(guarded.user)
    for answer in (client.get(SETTINGS + path), client.post(SETTINGS + path, {})):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/reauthenticate/")
    assert two_factor.methods_of(guarded.user.pk) == ["app"]
    assert backup_codes.unused(guarded.user.pk).count() == 10


@pytest.mark.parametrize("path", ["", *CHANGES])
def test_strangers_are_led_to_the_sign_in(client, path, db):
    assert client.get(SETTINGS + path)["Location"].startswith("/account/login/")


@pytest.mark.parametrize("factor", ["app", "email", "backup"])
def test_every_method_confirms_who_it_is(client, guarded, factor):
    give_email_codes(guarded.user)
    client.force_login(fresh(guarded.user))
    page = f"{SETTINGS}reauthenticate/{factor}/?next={SETTINGS}app/remove/"
    assert client.get(page).status_code == 200
    wrong = client.post(page, {"code": "nonsense"})
    assert WRONG in wrong.content.decode()
    if factor == "email":
        client.post(page, {"send": "1"})
    code = {"app": app_code, "email": mailed_code, "backup": lambda: guarded.codes[0]}[factor]()
    assert client.post(page, {"code": code})["Location"] == f"{SETTINGS}app/remove/"
    assert client.get(f"{SETTINGS}app/remove/").status_code == 200


def test_confirming_leads_to_no_other_site(client, guarded):
    client.force_login(guarded.user)
    page = f"{SETTINGS}reauthenticate/app/?next=https://evil.example/"
    assert client.post(page, {"code": app_code()})["Location"] == "/private/"


def test_a_passkey_of_somebody_else_is_not_there(guarded, bob):
    made = Authenticator.objects.create(user=bob.user, type="webauthn", data={"name": "Bob's", "credential": {}})
    client = confirmed(guarded.user)
    for path in (f"passkeys/{made.pk}/", f"passkeys/{made.pk}/remove/"):
        assert client.get(SETTINGS + path).status_code == 404
        assert client.post(SETTINGS + path, {"name": "Mine"}).status_code == 404
    assert Authenticator.objects.get(pk=made.pk).data["name"] == "Bob's"


def test_the_first_method_ends_all_other_browser_sessions_and_no_token(alice):
    elsewhere = Client()
    elsewhere.force_login(alice.user)
    client = confirmed(alice.user)
    client.post(f"{SETTINGS}email/add/", {"send": "1"})
    answer = client.post(f"{SETTINGS}email/add/", {"code": mailed_code()})
    assert len(re.findall(r"<li>\w{5}-\w{5}</li>", answer.content.decode())) == 10
    assert "no-store" in answer["Cache-Control"]
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert tokens.authenticate(alice.token) is not None
    assert [kind for kind in kinds(alice) if kind != "signed_in"] == ["method_added", "backup_codes_made"]
    assert mail.outbox[-1].subject == "Two-factor method added"
    assert client.get(f"{SETTINGS}email/add/")["Location"] == SETTINGS


@pytest.mark.django_db(transaction=True)
def test_an_app_that_is_sent_twice_at_once_is_added_once(alice):
    client = confirmed(alice.user)
    page = client.get(f"{SETTINGS}app/add/").content.decode()
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    gate = threading.Barrier(2)

    def send(_):
        browser = Client()
        browser.cookies = client.cookies.copy()
        try:
            gate.wait()
            return browser.post(f"{SETTINGS}app/add/", {"code": app_code(secret)}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        # 400: the browser has a new session by then, as after every step in what one may do.
        assert set(pool.map(send, range(2))) <= {200, 302, 400}
    assert two_factor.methods_of(alice.user.pk) == ["app"]
    assert Authenticator.objects.count() == 1
    assert backup_codes.unused(alice.user.pk).count() == 10


def test_the_last_method_takes_the_backup_codes_along_and_its_owner_is_told(guarded):
    client = confirmed(guarded.user)
    assert "your password alone signs in" in client.get(f"{SETTINGS}app/remove/").content.decode()
    client.post(f"{SETTINGS}app/remove/")
    assert backup_codes.unused(guarded.user.pk).count() == 0
    assert not fresh(guarded.user).two_factor_enabled
    assert "method_removed" in kinds(guarded)
    assert mail.outbox[-1].subject == "Two-factor method removed"
    assert client.post(f"{SETTINGS}backup_codes/")["Location"] == SETTINGS
    assert backup_codes.unused(guarded.user.pk).count() == 0
    assert sign_in(Client(), guarded.user)["Location"] == "/private/"


def test_new_backup_codes_are_made_and_told_of(guarded):
    client = confirmed(guarded.user)
    client.post(f"{SETTINGS}backup_codes/")
    assert not backup_codes.take(guarded.user.pk, guarded.codes[0])
    assert mail.outbox[-1].subject == "New backup codes were created"
    assert kinds(guarded)[-1] == "backup_codes_made"


def test_only_a_method_that_one_has_becomes_the_default(client, guarded):
    client.force_login(guarded.user)
    for method in ("email", "", "backup", "nonsense"):
        answer = client.post(f"{SETTINGS}default/", {"method": method}, follow=True)
        assert "You have not set up this method" in answer.content.decode()
    assert client.get(f"{SETTINGS}default/").status_code == 405
    assert fresh(guarded.user).two_factor_default == "app"


@pytest.mark.parametrize(
    "path", [CHALLENGE, f"{SETTINGS}default/", f"{SETTINGS}app/remove/", f"{SETTINGS}passkeys/sign_in/"]
)
def test_forms_of_other_sites_are_refused(guarded, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(guarded.user)
    assert client.post(path, {"method": "app"}).status_code == 403


# --- required by email domain ---------------------------------------------------------------------------------------


@pytest.fixture
def required(alice, settings):
    """Alice, whose domain must use two-factor authentication; she has no method yet."""
    settings.BRAINSTEM_TWO_FACTOR_DOMAINS = ["lab.example"]
    return alice


def test_without_a_second_factor_there_is_no_way_but_to_add_one(client, required):
    sign_in(client, required.user)
    for path in ("/", "/account/profile/", "/private/users/tokens/", "/private/stem/project/", "/account/authorize/"):
        answer = client.get(path, headers={"Authorization": f"Bearer {required.token}"})
        assert (answer.status_code, answer["Location"]) == (302, SETTINGS), path
        assert client.post(path).status_code == 403, path
    assert "must use two-factor authentication" in client.get(SETTINGS).content.decode()
    assert client.get("/account/reauthenticate/").status_code == 200
    assert client.post("/account/logout/").status_code == 302


@pytest.mark.parametrize("method", ["get", "post", "options"])
def test_the_api_takes_no_browser_session_without_a_second_factor(client, required, method):
    client.force_login(required.user)
    answer = getattr(client, method)("/api/private/stem/project/")
    assert answer.status_code == 403
    assert "/account/two_factor/" in answer.json()["detail"]
    give_app(required.user)
    client.force_login(fresh(required.user))
    assert client.get("/api/private/stem/project/").status_code == 200


def test_a_token_goes_on_and_costs_no_more(required):
    required.get("stem/project/")
    with CaptureQueriesContext(connection) as captured:
        assert required.get("stem/project/").status == 200
    # Beside savepoints: on PostgreSQL a read within the transaction of a test takes one.
    assert sum("SELECT" in one["sql"] for one in captured) == 2


@pytest.mark.parametrize("url", ["/api/token/", "/api/auth/token/", "/api/auth/token/refresh/"])
def test_a_password_alone_is_refused_and_the_way_in_is_named(client, required, url):
    refresh = tokens.create_pair(required.user).refresh.raw
    body = {"refresh": refresh} if "refresh" in url else {"email": required.email, "password": PASSWORD}
    answer = client.post(url, body, content_type="application/json")
    assert answer.status_code == 401
    assert "/account/two_factor/" in answer.json()["detail"]
    assert "/api/auth/device/" in answer.json()["detail"]


def test_who_added_a_second_factor_goes_on_to_the_page_that_was_asked_for(required):
    client = confirmed(required.user)
    client.get("/account/authorize/?user_code=BCDF-GHJK")
    client.post(f"{SETTINGS}email/add/", {"send": "1"})
    page = client.post(f"{SETTINGS}email/add/", {"code": mailed_code()}).content.decode()
    assert 'href="/account/authorize/?user_code=BCDF-GHJK">I have saved them' in page
    assert f'href="{SETTINGS}">I have saved them' in client.post(f"{SETTINGS}backup_codes/").content.decode()


def test_the_page_to_go_on_to_is_one_of_this_server(required):
    client = confirmed(required.user)
    client.get("//evil.example/")
    client.post(f"{SETTINGS}email/add/", {"send": "1"})
    page = client.post(f"{SETTINGS}email/add/", {"code": mailed_code()}).content.decode()
    assert 'href="//evil' not in page
    assert "I have saved them" in page


def test_people_of_other_domains_go_their_way(client, required, settings):
    settings.BRAINSTEM_TWO_FACTOR_DOMAINS = ["elsewhere.example"]
    client.force_login(required.user)
    assert client.get("/account/profile/").status_code == 200
    assert client.get("/api/private/stem/project/").status_code == 200


def test_the_last_method_stays_where_one_is_required(required):
    give_app(required.user)
    client = confirmed(fresh(required.user))
    assert "Add another one first" in client.get(f"{SETTINGS}app/remove/").content.decode()
    answer = client.post(f"{SETTINGS}app/remove/", follow=True)
    assert "Add another one before you remove this" in answer.content.decode()
    assert two_factor.methods_of(required.user.pk) == ["app"]
    give_email_codes(required.user)
    client.post(f"{SETTINGS}app/remove/")
    assert two_factor.methods_of(required.user.pk) == ["email"]


# --- an administrator helps ------------------------------------------------------------------------------------------


def test_an_administrator_lets_somebody_in_again(client, guarded, capsys):
    give_email_codes(guarded.user)
    client.force_login(fresh(guarded.user))
    call_command("reset_two_factor", guarded.email)
    assert "has no two-factor methods any more" in capsys.readouterr().out
    assert not is_signed_in(client)
    assert not fresh(guarded.user).two_factor_enabled
    assert backup_codes.unused(guarded.user.pk).count() == 0
    assert kinds(guarded) == ["method_removed"]
    assert mail.outbox[-1].to == [guarded.email]
    assert "removed all two-factor methods" in mail.outbox[-1].body
    assert sign_in(Client(), guarded.user)["Location"] == "/private/"
    assert tokens.authenticate(guarded.token) is not None


def test_there_must_be_such_an_account_to_help(alice, capsys):
    with pytest.raises(CommandError, match="No account has the email address"):
        call_command("reset_two_factor", "nobody@lab.example")
    call_command("reset_two_factor", alice.email.upper())
    assert "has no two-factor methods." in capsys.readouterr().out
    assert mail.outbox == []


def test_commands_are_written_with_hyphens():
    assert cli.spelled(["brainstem-server", "reset-two-factor", "a-b@lab.example"])[1:] == [
        "reset_two_factor",
        "a-b@lab.example",
    ]
    assert cli.spelled(["brainstem-server", "--help"]) == ["brainstem-server", "--help"]
    assert cli.spelled(["brainstem-server"]) == ["brainstem-server"]
