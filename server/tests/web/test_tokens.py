"""The page of tokens: made, shown once, listed, revoked; and the line that each leaves in the log of the account."""

import datetime as dt
import secrets

import pytest
from django.utils import timezone

from brainstem.apps.users import events, tokens
from brainstem.apps.users.token_models import Token
from tests.people import PASSWORD, person

from .signing_in import client_of, enter, prove_again

PAGE = "/private/users/tokens/"

pytestmark = pytest.mark.django_db


def filled(**fields):
    return {
        "name": "Cluster",
        "access": "read",
        "project": "",
        "days": "365",
        "form_key": secrets.token_hex(16),
    } | fields


def log_of(user):
    return [(event.kind, event.about) for event in events.of(user).order_by("id")]


# --- as a person does it -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_person_makes_copies_and_revokes_a_token(visit, lab, alice, phone):
    user = alice.user
    Token.objects.all().delete()
    visitor = visit(phone=phone, permissions=["clipboard-read", "clipboard-write"])
    enter(visitor, user)
    assert visitor.go(PAGE).status == 200
    assert "You have no tokens" in visitor.text
    visitor.look("tokens-none")

    visitor.fill(name="Analysis on the cluster", days="30")
    visitor.page.get_by_label("Full: can also change what you can change").check()
    visitor.page.get_by_label("Only one project").select_option(str(lab["project"]))
    visitor.press("Create token")
    assert "shown only once" in visitor.text
    raw = visitor.page.locator("#token").inner_text()
    actor = tokens.authenticate(raw)
    assert (actor.user_id, actor.read_only, str(actor.project_id)) == (user.pk, False, str(lab["project"]))
    visitor.look("tokens-made")
    visitor.press("Copy")
    visitor.page.get_by_role("button", name="Copied").wait_for()
    assert visitor.page.evaluate("navigator.clipboard.readText()") == raw

    visitor.page.reload()
    assert "sent twice" in visitor.text
    assert raw not in visitor.page.content()
    assert Token.objects.filter(user=user).count() == 1

    visitor.page.on("dialog", lambda dialog: dialog.accept())
    visitor.page.get_by_role("button", name="Revoke Analysis on the cluster").click()
    assert "Revoked: Analysis on the cluster." in visitor.text
    assert tokens.authenticate(raw) is None


def test_the_list_says_what_each_token_may_and_where_it_was_used(visit, lab, alice):
    user = alice.user
    Token.objects.all().delete()
    tokens.create_personal(user, name="Rig in room 4.12, which loads the sessions of the day", address="10.0.0.7")
    tokens.create_personal(user, name="Overview", read_only=True, project_id=lab["project"])
    old = tokens.create_personal(user, name="Old laptop", address="2001:db8::7")
    Token.objects.filter(pk=old.token.pk).update(expires_at=timezone.now() - dt.timedelta(days=3))
    pair = tokens.create_pair(user, address="10.0.0.9")
    tokens.authenticate(pair.access.raw, address="10.0.0.10")
    for phone in (False, True):
        visitor = visit(phone=phone, color_scheme="dark" if phone else "light")
        enter(visitor, user)
        visitor.go(PAGE)
        visitor.look("tokens-list")
    rows = visitor.page.locator(".rows > li").all_inner_texts()
    assert "Signed-in program" in rows[0]
    assert "from 10.0.0.10" in rows[0]
    assert "Expired" in rows[1]
    assert "Read only" in rows[2]
    assert "Only" in rows[2]
    assert "Never used" in rows[3]
    assert "Full access" in rows[3]


def test_who_signed_in_long_ago_proves_it_again_before_a_full_token(visitor, user):
    enter(visitor, user, minutes_ago=61)
    visitor.go(PAGE)
    visitor.fill(name="Rig")
    visitor.press("Create token")
    assert tokens.authenticate(visitor.page.locator("#token").inner_text()).read_only

    visitor.page.locator("summary", has_text="New token").click()
    visitor.fill(name="Writer")
    visitor.page.get_by_label("Full: can also change what you can change").check()
    visitor.press("Create token")
    prove_again(visitor)
    made = visitor.page.locator("#token").inner_text()
    assert not tokens.authenticate(made).read_only


# --- what is refused -----------------------------------------------------------------------------------------------


def test_nobody_sees_the_page_without_signing_in(client):
    answer = client.get(PAGE)
    assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?next={PAGE}")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "required"),
        ("name", "  ", "required"),
        ("name", "x" * 101, "At most 100 characters; this has 101."),
        ("name", "a\0b", "Null characters"),
        ("access", "", "required"),
        ("access", "root", "valid choice"),
        ("days", "0", "At least 1."),
        ("days", "366", "At most 365."),
        ("days", "soon", "whole number"),
        ("project", "00000000-0000-4000-8000-000000000000", "valid choice"),
        ("form_key", "", "required"),
    ],
)
def test_a_wrong_field_is_told_and_makes_no_token(user, field, value, says):
    answer = client_of(user).post(PAGE, filled(**{field: value}))
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert not Token.objects.exists()
    assert client_of(user).post(PAGE, filled()).context["issued"]


def test_a_token_is_bound_only_to_a_project_in_which_one_has_a_role(lab, alice, charlie):
    body = filled(project=str(lab["project"]))
    assert "issued" not in client_of(charlie.user).post(PAGE, body).context
    assert lab["project"] not in str(client_of(charlie.user).get(PAGE).content)
    assert client_of(alice.user).post(PAGE, body).context["issued"].token.project_id is not None


def test_nobody_revokes_what_is_not_theirs(user, bob):
    his = tokens.create_personal(bob.user, name="his")
    assert client_of(user).post(f"{PAGE}{his.token.pk}/revoke/").status_code == 404
    assert tokens.authenticate(his.raw)
    assert client_of(bob.user).post(f"{PAGE}{his.token.pk}/revoke/").status_code == 302
    assert tokens.authenticate(his.raw) is None


@pytest.mark.parametrize("path", ["1/revoke/", "revoke/"])
def test_revoking_takes_a_form_of_ours(user, path):
    assert client_of(user).get(PAGE + path).status_code == 405
    assert client_of(user, enforce_csrf_checks=True).post(PAGE + path).status_code == 403


def test_the_address_of_the_api_makes_no_full_token_for_a_browser(user):
    url, sent = "/api/auth/tokens/", {"content_type": "application/json"}
    assert client_of(user).post(url, {"name": "x"}, **sent).status_code == 403
    assert client_of(user).post(url, {"name": "x", "read_only": True}, **sent).status_code == 201


# --- shown once ----------------------------------------------------------------------------------------------------


def test_the_text_of_a_token_is_in_one_answer_and_nowhere_else(user, caplog, django_capture_on_commit_callbacks):
    client, body = client_of(user), filled()
    answer = client.post(PAGE, body)
    raw = answer.context["issued"].raw
    secret = raw.split("_")[2]
    assert raw in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert secret not in str(dict(client.session)) + str(client.cookies) + caplog.text + str(log_of(user))
    again = client.post(PAGE, body, follow=True)
    assert "sent twice" in again.content.decode()
    assert secret not in again.content.decode()
    assert Token.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_form_that_is_sent_by_many_clicks_at_once_makes_one_token(user):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    clients, body = [client_of(user) for _ in range(4)], filled()

    def send(client):
        try:
            return client.post(PAGE, body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(send, clients))
    assert codes == [200, 302, 302, 302]
    assert Token.objects.count() == 1


# --- all of them ---------------------------------------------------------------------------------------------------


def test_all_tokens_of_a_person_are_revoked_at_once(user, bob):
    mine, pair, his = (
        tokens.create_personal(user, name="mine"), tokens.create_pair(user), tokens.create_personal(bob.user, name="his"),
    )  # fmt: skip
    answer = client_of(user).post(f"{PAGE}revoke/", follow=True)
    assert "2 tokens were revoked" in answer.content.decode()
    assert [tokens.authenticate(one.raw) for one in (mine, pair.access)] == [None, None]
    assert not Token.objects.filter(user=user, revoked_at=None).exists()
    assert tokens.authenticate(his.raw)


def test_revoking_a_signed_in_program_ends_all_that_came_from_it(user):
    pair, other = tokens.create_pair(user), tokens.create_pair(user)
    client_of(user).post(f"{PAGE}{pair.refresh.token.pk}/revoke/")
    assert tokens.authenticate(pair.access.raw) is None
    with pytest.raises(tokens.NotSignedIn):
        tokens.find_refresh(pair.refresh.raw)
    assert tokens.authenticate(other.access.raw)


# --- the log -------------------------------------------------------------------------------------------------------


def test_the_log_tells_what_was_made_and_revoked_by_whom(user):
    client = client_of(user, headers={"User-Agent": "Firefox"})
    made = client.post(PAGE, filled(), REMOTE_ADDR="10.0.0.3").context["issued"].token
    client.post(f"{PAGE}{made.pk}/revoke/", REMOTE_ADDR="10.0.0.4")
    about = f"Cluster ({made.prefix})"
    assert log_of(user) == [("token_made", about), ("token_revoked", about)]
    assert [(event.address, event.agent) for event in events.of(user).order_by("id")] == [
        ("10.0.0.3", "Firefox"),
        ("10.0.0.4", "Firefox"),
    ]


def test_the_log_tells_of_tokens_that_programs_make_by_password(client, user):
    sent = {"content_type": "application/json", "headers": {"User-Agent": "python-requests/2"}}
    client.post("/api/token/", {"username": user.email, "password": PASSWORD}, **sent)
    pair = client.post("/api/auth/token/", {"email": user.email, "password": PASSWORD}, **sent).json()
    client.post("/api/auth/token/refresh/", {"refresh": pair["refresh"]}, **sent)
    kinds = [(kind, about.split(" (")[0]) for kind, about in log_of(user)]
    assert kinds == [("token_made", "Password sign-in"), ("token_made", "Refresh token")]
    assert {event.agent for event in events.of(user)} == {"python-requests/2"}
    client.post("/api/auth/token/refresh/", {"refresh": pair["refresh"]}, **sent)
    assert log_of(user)[-1][0] == "token_revoked"


def test_the_log_tells_of_a_wrong_password_and_not_of_unknown_people(client, user):
    for email in (user.email, "nobody@lab.example"):
        client.post("/api/token/", {"username": email, "password": "wrong"}, content_type="application/json")
    assert log_of(user) == [("sign_in_failed", "By a program")]


def test_a_token_that_was_over_before_is_not_told_again(user):
    issued = tokens.create_personal(user, name="old")
    Token.objects.update(expires_at=timezone.now())
    assert tokens.revoke(tokens.of_person(user)) == 1
    assert tokens.revoke(tokens.of_person(user)) == 0
    assert log_of(user) == [("token_made", f"old ({issued.token.prefix})")]


def test_a_new_password_tells_of_each_token_that_it_ends(user):
    tokens.create_personal(user, name="one")
    tokens.create_pair(user)
    user.set_password("another good phrase")
    user.save()
    assert [kind for kind, _ in log_of(user)] == ["token_made"] * 2 + ["token_revoked"] * 2


def test_a_page_with_many_tokens_asks_as_little_as_one_with_one(user, django_assert_max_num_queries):
    for number in range(30):
        tokens.create_personal(user, name=str(number))
    client = client_of(user)
    client.get(PAGE)  # the first page notes that there is a new browser
    with django_assert_max_num_queries(8):
        client.get(PAGE)


def test_people_without_roles_have_a_page_too():
    assert client_of(person("newcomer").user).get(PAGE).status_code == 200
