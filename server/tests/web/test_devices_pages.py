"""The page on which a person lets a program in: by its code or from its link, approved or denied, once."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from brainstem.apps.users import devices, throttle, tokens
from brainstem.apps.users.device_models import DeviceRequest
from brainstem.apps.users.token_models import Token

from .signing_in import client_of, enter, prove_again, type_password

PAGE = "/account/authorize/"
# No line of a radio button's label, however narrow the page, stands below the button.
BESIDE = """() => [...document.querySelectorAll("label:has([type=radio])")].every((label) => {
  label.style.setProperty("width", "9rem");
  const text = document.createRange();
  text.selectNodeContents(label.lastChild);
  const lines = [...text.getClientRects()];
  const button = label.querySelector("input").getBoundingClientRect();
  return lines.length > 1 && lines.every((line) => line.left >= button.right);
})"""
AGENT = "brainstem_python_api_tools/3.0.0 (CPython 3.12; Linux)"

pytestmark = pytest.mark.django_db


@pytest.fixture
def started():
    """A program on the same computer that asks."""
    return ask()


def ask(name="brainstem-python", address="127.0.0.1", agent=AGENT):
    return devices.start(client_name=name, address=address, agent=agent)


def poll(started):
    return devices.poll(started.device_code, address="127.0.0.1", agent=AGENT)


def link(started):
    return f"{PAGE}?session={started.session_id}"


def shown(client, started):
    """The form's handle, as the page of a link gives it."""
    return client.get(link(started)).context["form"]["handle"].value()


def decision(handle, decided="approve", **fields):
    return {"handle": handle, "decision": decided, "name": "rig", "access": "full"} | fields


# --- as a person does it -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_person_types_a_code_and_approves(visit, user, started, phone):
    visitor = visit(phone=phone)
    enter(visitor, user)
    assert visitor.go(PAGE).status == 200
    visitor.look("authorize-code")
    visitor.fill(user_code="wrong")
    visitor.press("Continue")
    assert "Codes have eight characters; this one has 5." in visitor.text
    visitor.fill(user_code="CCCC-CCCC")
    visitor.press("Continue")
    assert "No program is waiting with this code" in visitor.text
    visitor.look("authorize-wrong-code")
    visitor.fill(user_code=started.user_code.lower().replace("-", " "))
    visitor.press("Continue")
    for text in ("brainstem-python", AGENT, "127.0.0.1", user.email, started.user_code):
        assert text in visitor.text
    assert "somewhere else" not in visitor.text
    visitor.look("authorize-decide")
    assert visitor.page.evaluate(BESIDE)
    visitor.fill(name="Rig")
    visitor.press("Approve")
    assert "brainstem-python can continue now" in visitor.text
    visitor.look("authorize-approved")
    actor = tokens.authenticate(poll(started).token)
    assert (actor.user_id, actor.read_only, Token.objects.get().name) == (user.pk, False, "Rig")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_link_leads_through_the_sign_in_to_the_request(visit, user, phone):
    started = ask(address="192.0.2.7")
    visitor = visit(phone=phone, color_scheme="dark" if phone else "light")
    visitor.go(link(started))
    type_password(visitor, user)
    assert visitor.path == link(started)
    assert started.user_code in visitor.text
    assert "runs somewhere else" in visitor.text
    visitor.look("authorize-elsewhere")
    visitor.press("Deny")
    assert "The program got no access" in visitor.text
    visitor.look("authorize-denied")
    assert poll(started).outcome == "access_denied"
    visitor.go(link(started))
    assert "already been denied" in visitor.text
    visitor.look("authorize-before")


def test_a_person_lets_a_program_read_only_without_proving_anything_again(visitor, user, started):
    enter(visitor, user, minutes_ago=61)
    visitor.go(link(started))
    visitor.page.get_by_label("Read only").check()
    visitor.press("Approve")
    assert tokens.authenticate(poll(started).token).read_only


def test_who_signed_in_long_ago_proves_it_again_before_a_program_may_write(visitor, user, started):
    enter(visitor, user, minutes_ago=61)
    visitor.go(link(started))
    visitor.press("Approve")
    assert poll(started).outcome == devices.PENDING
    prove_again(visitor)
    assert "can continue now" in visitor.text
    assert tokens.authenticate(poll(started).token)


# --- what is refused -----------------------------------------------------------------------------------------------


def test_nobody_decides_without_signing_in(client, started):
    for answer in (client.get(link(started)), client.post(PAGE, decision("x")), client.get(PAGE)):
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/account/login/")
    assert poll(started).outcome == devices.PENDING


def test_opening_the_page_decides_nothing(user, started):
    client = client_of(user)
    handle = shown(client, started)
    for query in ("", "&decision=approve&access=full&name=x", f"&handle={handle}&decision=deny"):
        assert client.get(link(started) + query).status_code == 200
    assert poll(started).outcome == devices.PENDING


def test_a_decision_takes_a_form_of_ours(user, started):
    client = client_of(user, enforce_csrf_checks=True)
    assert client.post(PAGE, decision(shown(client, started))).status_code == 403
    assert poll(started).outcome == devices.PENDING


def test_nobody_decides_with_the_form_of_another(user, bob, started):
    theirs = shown(client_of(bob.user), started)
    answer = client_of(user).post(PAGE, decision(theirs))
    assert answer.status_code == 410
    assert poll(started).outcome == devices.PENDING
    assert client_of(bob.user).post(PAGE, decision(theirs)).status_code == 200
    assert poll(started).outcome == devices.SUCCESS


@pytest.mark.parametrize("handle", ["", "x", "WzEsMSwiIl0:1:x", "é"])
def test_a_form_that_was_changed_decides_nothing(user, started, handle):
    assert client_of(user).post(PAGE, decision(handle)).status_code == 410


@pytest.mark.parametrize("session", ["x", "%00", "é" * 500])
def test_a_link_that_nobody_was_given_is_over(user, session):
    answer = client_of(user).get(f"{PAGE}?session={session}")
    assert answer.status_code == 410
    assert "This request has expired" in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [("name", "", "required"), ("name", "x" * 101, "At most 100 characters"), ("access", "root", "valid choice")],
)
def test_a_wrong_field_is_told_and_approves_nothing(user, started, field, value, says):
    client = client_of(user)
    answer = client.post(PAGE, decision(shown(client, started), **{field: value}))
    assert says in answer.content.decode()
    assert started.user_code in answer.content.decode()
    assert poll(started).outcome == devices.PENDING
    assert client.post(PAGE, decision(shown(client, started))).status_code == 200
    assert poll(started).outcome == devices.SUCCESS


def test_who_denies_need_not_fill_in_anything(user, started):
    client = client_of(user)
    client.post(PAGE, decision(shown(client, started), "deny", name="", access=""))
    assert poll(started).outcome == devices.DENIED


@pytest.mark.parametrize("state", ["approved", "collected", "denied", "expired"])
def test_a_request_that_is_decided_or_over_says_so(user, started, state):
    client = client_of(user)
    handle = shown(client, started)
    if state == "expired":
        DeviceRequest.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    else:
        client.post(PAGE, decision(handle, "deny" if state == "denied" else "approve"))
    if state == "collected":
        poll(started)
    says = {"expired": "This request has expired", "denied": "already been denied"}.get(state, "already been approved")
    again = [
        client.get(link(started)),
        client.post(PAGE, decision(handle)),
        client.post(PAGE, decision(handle, "deny")),
    ]
    if state != "expired":
        again.append(client.post(PAGE, {"user_code": started.user_code}))
    for answer in again:
        assert says in answer.content.decode()
        assert "Approve</button>" not in answer.content.decode()


def test_the_code_of_a_request_that_is_over_is_unknown(user, started):
    DeviceRequest.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    answer = client_of(user).post(PAGE, {"user_code": started.user_code})
    assert "No program is waiting with this code" in answer.content.decode()


def test_too_many_codes_are_slowed_down(user, started, settings, monkeypatch):
    settings.BRAINSTEM_THROTTLE = True
    monkeypatch.setattr(throttle, "time", lambda: 1_800_000_000)
    client = client_of(user)
    for _ in range(devices.TYPED_HERE.tries):
        assert client.post(PAGE, {"user_code": "CCCC-CCCC"}).status_code == 200
    answer = client.post(PAGE, {"user_code": started.user_code})
    assert answer.status_code == 429
    assert re.search(r"Too many codes were entered\. Try again in \d+ minutes?\.", answer.content.decode())
    assert client.get(link(started)).status_code == 200


# --- what others could do ------------------------------------------------------------------------------------------


def test_what_a_program_says_of_itself_is_only_text(visitor, user):
    evil = "<script>alert(1)</script>\u202e<img src=x onerror=alert(1)>"
    started = ask(name=evil, agent=evil)
    enter(visitor, user)
    visitor.go(link(started))
    assert visitor.page.locator("main script, main img").count() == 0
    assert "<script>alert(1)</script> <img" in visitor.text
    assert "\u202e" not in visitor.page.content()


def test_no_other_site_shows_the_page_in_a_frame_and_no_cache_keeps_it(user, started):
    answer = client_of(user).get(link(started))
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", [PAGE, PAGE[:-1]])
def test_the_page_answers_with_and_without_the_last_slash(user, path):
    assert client_of(user).get(path).status_code == 200


def test_the_network_counts_not_the_address_within_it(user):
    started = ask(address="2001:db8::1")
    near = client_of(user).get(link(started), REMOTE_ADDR="2001:db8::2")
    far = client_of(user).get(link(started), REMOTE_ADDR="2001:db8:0:1::1")
    assert (near.context["elsewhere"], far.context["elsewhere"]) == (False, True)
