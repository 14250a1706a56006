"""Two-factor authentication as a person does it, in a real browser."""

from __future__ import annotations

import re
from contextlib import contextmanager

from allauth.mfa.models import Authenticator
from django.core import mail
from django.utils import timezone

from brainstem.apps.users import email_codes, two_factor
from brainstem.apps.users.two_factor_models import EmailCodes

from ..people import PASSWORD
from .two_factor import SECRET, app_code, fresh, give_app, give_backup_codes, give_email_codes, mailed_code, wrong_code

SETTINGS = "/account/two_factor/"


def confirm(visitor):
    """Give the password once more, as is asked before a change."""
    visitor.fill(password=PASSWORD)
    visitor.page.locator("[name=password]").press("Enter")
    visitor.page.wait_for_url(re.compile("two_factor"))


def sign_in(visitor, user, path="/account/login/"):
    visitor.go(path)
    visitor.fill(login=user.email, password=PASSWORD)
    visitor.page.locator("[name=password]").press("Enter")
    visitor.page.wait_for_url(re.compile("authenticate|two_factor"))


def sign_out(visitor):
    visitor.context.clear_cookies()


@contextmanager
def authenticator(visitor, **options):
    """A device with passkeys, as Chromium makes one up."""
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": device | options})
    yield session, made["authenticatorId"]


def test_an_app_is_added_and_asked_for(visitor, alice):
    visitor.sign_in(alice.user)
    visitor.go(SETTINGS)
    visitor.look("two-factor-off")
    visitor.follow("Add an authenticator app")
    confirm(visitor)
    visitor.page.get_by_text("Enter the secret instead").click()
    visitor.look("two-factor-add-app")
    secret = visitor.page.locator("#secret").inner_text().replace(" ", "")
    visitor.fill(code=wrong_code(secret))
    visitor.press("Add")
    assert "This code is wrong" in visitor.text
    visitor.fill(code=app_code(secret, steps=-1))
    visitor.page.get_by_role("button", name="Add", exact=True).dblclick()
    visitor.page.get_by_role("heading", name="Your backup codes").wait_for()
    visitor.look("two-factor-backup-codes")
    codes = re.findall(r"\b\w{5}-\w{5}\b", visitor.text)
    assert len(set(codes)) == 10
    with visitor.page.expect_download() as download:
        visitor.follow("Download")
    assert all(code in download.value.path().read_text() for code in codes)
    visitor.follow("I have saved them")
    assert "10 of 10 left" in visitor.text
    visitor.shoot("two-factor-app")

    sign_out(visitor)
    sign_in(visitor, alice.user, "/account/login/?next=/account/security/")
    assert visitor.path == "/account/two_factor/authenticate/"
    visitor.look("two-factor-challenge")
    visitor.go("/account/security/")
    assert visitor.path == "/account/two_factor/authenticate/"
    visitor.fill(code=wrong_code(secret))
    visitor.press("Sign in")
    assert "This code is wrong" in visitor.text
    visitor.fill(code=app_code(secret))
    visitor.press("Sign in")
    assert visitor.path == "/account/security/"

    sign_out(visitor)
    sign_in(visitor, alice.user)
    visitor.follow("Use a backup code")
    visitor.shoot("two-factor-challenge-backup")
    visitor.fill(code=codes[3].upper())
    visitor.press("Sign in")
    visitor.go(SETTINGS)
    assert "9 of 10 left" in visitor.text


def test_codes_by_e_mail_are_added_and_asked_for(visitor, alice):
    visitor.sign_in(alice.user)
    visitor.go(SETTINGS)
    visitor.follow("Add codes by email")
    confirm(visitor)
    visitor.look("two-factor-add-email")
    visitor.press("Send a code")
    visitor.shoot("two-factor-add-email-sent")
    visitor.fill(code=mailed_code())
    visitor.press("Add")
    visitor.follow("I have saved them")
    assert fresh(alice.user).two_factor_default == "email"

    sign_out(visitor)
    EmailCodes.objects.update(sent_at=timezone.now() - email_codes.BETWEEN)
    mail.outbox.clear()
    sign_in(visitor, alice.user)
    assert len(mail.outbox) == 1
    visitor.page.reload()
    assert len(mail.outbox) == 1
    visitor.look("two-factor-challenge-email")
    assert visitor.page.locator("button[name=send]").is_disabled()
    visitor.fill(code=mailed_code())
    visitor.press("Sign in")
    visitor.go(SETTINGS)
    assert "last used" in visitor.text


def test_a_passkey_is_added_named_used_and_removed(visitor, alice):
    visitor.sign_in(alice.user)
    visitor.go(SETTINGS)
    with authenticator(visitor):
        visitor.follow("Add a passkey")
        confirm(visitor)
        visitor.look("two-factor-add-passkey")
        visitor.fill(name="Laptop")
        visitor.press("Add")
        visitor.page.get_by_role("link", name="I have saved them").click()
        assert "Signs in without a password" in visitor.text
        visitor.follow("Rename Laptop")
        visitor.fill(name="Blue laptop")
        visitor.press("Save")
        visitor.shoot("two-factor-passkey")
        assert "never used" in visitor.text

        sign_out(visitor)
        sign_in(visitor, alice.user)
        visitor.look("two-factor-challenge-passkey")
        visitor.press("Use a passkey")
        visitor.page.wait_for_url(lambda url: "two_factor" not in url)
        visitor.page.wait_for_load_state()
        visitor.go(SETTINGS)
        assert "last used" in visitor.text

        sign_out(visitor)
        visitor.go("/account/two_factor/passkeys/add/")
        visitor.shoot("two-factor-sign-in")
        visitor.press("Sign in with a passkey")
        visitor.page.wait_for_url("**/reauthenticate/**")
        visitor.follow("Use a passkey")
        visitor.shoot("two-factor-reauthenticate-passkey")
        visitor.press("Use a passkey")
        visitor.page.wait_for_url("**/passkeys/add/")
        visitor.press("Add")
        visitor.page.get_by_text("This device already has a passkey for your account.").wait_for()
        visitor.go(SETTINGS)
        visitor.follow("Remove Blue laptop")
        visitor.shoot("two-factor-remove-last")
        assert "your password alone signs in" in visitor.text
        visitor.press("Remove")
        assert "Off" in visitor.text


def test_a_passkey_that_is_not_there_is_no_dead_end(visitor, alice):
    visitor.sign_in(alice.user)
    visitor.go(SETTINGS)
    with authenticator(visitor) as (session, device):
        visitor.follow("Add a passkey")
        confirm(visitor)
        visitor.press("Add")
        visitor.page.get_by_role("link", name="I have saved them").click()
        sign_out(visitor)
        sign_in(visitor, alice.user)
        session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})
        session.send("WebAuthn.disable")
        refusing = "() => Promise.reject(new DOMException('', 'NotAllowedError'))"
        visitor.page.evaluate(f"() => {{ navigator.credentials.get = {refusing} }}")
        visitor.press("Use a passkey")
        visitor.page.get_by_text("No passkey was used.").wait_for()
        visitor.follow("Use a backup code")
        assert visitor.page.get_by_label("Backup code").is_visible()


def test_the_default_is_chosen_among_several(visitor, alice):
    give_app(alice.user)
    give_email_codes(alice.user)
    give_backup_codes(alice.user)
    visitor.sign_in(fresh(alice.user))
    visitor.go(SETTINGS)
    visitor.page.get_by_label("Code by email").check()
    visitor.press("Save")
    visitor.look("two-factor-several")
    assert fresh(alice.user).two_factor_default == "email"
    sign_out(visitor)
    sign_in(visitor, alice.user)
    assert "A code was sent" in visitor.text
    visitor.follow("Use your authenticator app")
    visitor.fill(code=app_code(SECRET))
    visitor.press("Sign in")
    visitor.go(SETTINGS)
    visitor.follow("Remove codes by email")
    visitor.follow("Use your authenticator app")
    visitor.look("two-factor-reauthenticate-app")
    visitor.fill(code=app_code(SECRET, steps=1))
    visitor.press("Confirm")
    visitor.shoot("two-factor-remove")
    visitor.press("Remove")
    assert fresh(alice.user).two_factor_default == "app"
    visitor.follow("Make new ones")
    visitor.press("Make new codes")
    assert len(set(re.findall(r"\b\w{5}-\w{5}\b", visitor.text))) == 10


def test_who_must_have_a_second_factor_is_led_to_it(visitor, alice, settings):
    settings.BRAINSTEM_TWO_FACTOR_DOMAINS = ["lab.example"]
    sign_in(visitor, alice.user, "/account/login/?next=/account/profile/")
    assert visitor.path == SETTINGS
    visitor.look("two-factor-required")
    visitor.follow("Add an authenticator app")
    confirm(visitor)
    secret = visitor.page.locator("#secret").text_content().replace(" ", "")
    visitor.fill(code=app_code(secret))
    visitor.press("Add")
    visitor.follow("I have saved them")
    assert visitor.path == "/account/profile/"
    visitor.go(SETTINGS)
    visitor.follow("Remove the authenticator app")
    assert "Add another one first" in visitor.text
    assert two_factor.methods_of(alice.user.pk) == ["app"]


def test_the_pages_fit_on_a_phone(visit, alice):
    visitor = visit(phone=True)
    for give in (give_app, give_email_codes, give_backup_codes):
        give(alice.user)
    Authenticator.objects.create(
        user=alice.user, type="webauthn", data={"name": "The key on the ring with the blue tag", "credential": {}}
    )
    visitor.sign_in(fresh(alice.user))
    visitor.go(SETTINGS)
    visitor.look("two-factor-several")
    visitor.page.get_by_role("link", name="Make new ones").click()
    confirm(visitor)
    visitor.press("Make new codes")
    visitor.look("two-factor-backup-codes")
    two_factor.remove(alice.user, two_factor.Method.APP)
    visitor.go(f"{SETTINGS}app/add/")
    visitor.page.get_by_text("Enter the secret instead").click()
    visitor.look("two-factor-add-app")
    sign_out(visitor)
    sign_in(visitor, alice.user)
    visitor.look("two-factor-challenge-email")


def test_pages_are_read_in_the_dark_too(visit, alice):
    give_app(alice.user)
    visitor = visit(color_scheme="dark")
    visitor.sign_in(alice.user)
    visitor.go(SETTINGS)
    visitor.look("two-factor-dark")
