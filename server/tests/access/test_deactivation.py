"""An account that is closed: every way in ends at once and for good; what the person made, holds and is named in stays."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid
from threading import Thread

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from brainstem.apps.users import accounts
from brainstem.apps.users.models import User
from brainstem.core.access import audit
from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import spec_of
from brainstem.core.models import Change
from brainstem.core.undo import restoring

from ..people import PASSWORD, Person, join_group, person, unique


def address(who: Person, action: str = "") -> str:
    return f"users/user/{who.user.pk}/" + (f"{action}/" if action else "")


def close(admin: Person, who: Person) -> None:
    assert admin.post(address(who, "deactivate")).status == 200


def reopen(admin: Person, who: Person) -> None:
    assert admin.post(address(who, "activate")).status == 200


def active(who: Person) -> bool:
    return bool(User.objects.get(pk=who.user.pk).is_active)


# -- who may ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("portal", ["private", "super"])
def test_an_administrator_closes_and_opens_an_account(admin, bob, portal):
    answer = admin.post(address(bob, "deactivate"), portal=portal)
    assert (answer.status, list(answer.body), answer.id) == (200, ["user"], bob.user.pk)
    assert not active(bob)
    answer = admin.post(address(bob, "activate"), portal=portal)
    assert (answer.status, answer.id) == (200, bob.user.pk)
    assert active(bob)


@pytest.mark.parametrize("action", ["deactivate", "activate"])
def test_nobody_else_does(alice, bob, admin, nobody, action):
    for who in (bob, alice, Person(admin.user, read_only=True), Person(admin.user, project_id=uuid.uuid4())):
        assert who.post(address(bob, action)).status == 403
    assert alice.post(address(bob, action), portal="super").status == 403
    assert Person().post(address(bob, action)).status == 401
    assert nobody.post(address(bob, action)).status == 404
    assert admin.post(f"users/user/{10**9}/{action}/").status == 404
    assert active(bob)
    assert admin.post(address(bob, action)).status == 200


@pytest.mark.parametrize("portal", ["private", "super"])
@pytest.mark.parametrize("action", ["deactivate", "activate"])
@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete"])
def test_only_posting_acts(admin, bob, action, method, portal):
    answer = admin.request(method, address(bob, action), portal=portal)
    assert (answer.status, answer.headers["Allow"]) == (405, "POST, OPTIONS")
    assert active(bob)
    assert admin.options(address(bob, action), portal=portal).status == 200
    assert active(bob)


def test_administrators_do_not_close_their_own_account(admin, bob):
    answer = admin.post("users/user/me/deactivate/")
    assert (answer.status, list(answer.body)) == (400, ["non_field_errors"])
    assert active(admin)
    other = person("other", admin=True)
    assert other.post(address(admin, "deactivate")).status == 200
    assert admin.get("users/user/me").status == 401


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_close_each_other_s_account_do_not_both_succeed(db, monkeypatch):
    one, two, answers = person("one", admin=True), person("two", admin=True), []
    note, running = accounts.note, []

    def late(*arguments, **named):
        if not running:
            running.append(Thread(target=lambda: (answers.append(two.post(address(one, "deactivate")).status),
                                                  connection.close())))  # fmt: skip
            running[0].start()
            running[0].join(1)
        return note(*arguments, **named)

    monkeypatch.setattr(accounts, "note", late)
    assert one.post(address(two, "deactivate")).status == 200
    running[0].join()
    assert answers == [400]
    assert (active(one), active(two)) == (True, False)


# -- what ends ------------------------------------------------------------------------------------------------------------


def test_every_token_ends_at_once_and_stays_dead(lab, alice, bob, admin):
    project = uuid.UUID(lab["project"])
    keys = [bob, Person(bob.user, read_only=True), Person(bob.user, project_id=project)]
    pair = bob.post("/api/auth/token/", {"email": bob.email, "password": PASSWORD}).body
    access = bob.through("private")
    access.token = pair["access"]
    keys.append(access)
    assert [one.get(f"stem/project/{project}").status for one in keys] == [200] * 4
    close(admin, bob)
    for after in (close, reopen):
        after(admin, bob)
        assert [one.get(f"stem/project/{project}").status for one in keys] == [401] * 4
        assert bob.post("/api/auth/token/refresh/", {"refresh": pair["refresh"]}).status == 401
    assert alice.get(f"stem/project/{project}").status == 200
    assert Person(bob.user).get(f"stem/project/{project}").status == 200


def test_a_token_that_was_made_while_the_account_was_closing_does_not_outlive_it(bob, admin):
    close(admin, bob)
    late = Person(bob.user)
    assert late.get("users/user/me").status == 401
    reopen(admin, bob)
    assert late.get("users/user/me").status == 401
    assert Person(bob.user).get("users/user/me").status == 200


def test_every_browser_session_ends_at_once_and_stays_dead(bob, alice, admin):
    browsers = {who.email: [Client(), Client()] for who in (alice, bob)}
    for who in (alice, bob):
        for one in browsers[who.email]:
            one.force_login(who.user)

    def statuses(who):
        return [one.get("/api/private/users/user/me/").status_code for one in browsers[who.email]]

    assert statuses(bob) == [200, 200]
    close(admin, bob)
    # One of them is not used before the account is open again: it must be over all the same.
    assert browsers[bob.email][0].get("/api/private/users/user/me/").status_code == 401
    reopen(admin, bob)
    assert statuses(bob) == [401, 401]
    assert statuses(alice) == [200, 200]
    again = Client()
    again.force_login(User.objects.get(pk=bob.user.pk))
    assert again.get("/api/private/users/user/me/").status_code == 200


def test_who_is_brought_back_after_a_deletion_signs_in_anew(bob, admin):
    browser = Client()
    browser.force_login(bob.user)
    assert browser.get("/api/private/users/user/me/").status_code == 200
    assert admin.delete(address(bob)).status == 204
    restoring.undelete(spec_of(User), bob.user.pk, viewer=Viewer(Actor(via="command"), ""))
    assert admin.get(address(bob)).status == 200
    assert browser.get("/api/private/users/user/me/").status_code == 401
    assert bob.get("users/user/me").status == 401
    assert bob.post("/api/token/", {"email": bob.email, "password": PASSWORD}).status == 200


@pytest.mark.parametrize("url", ["/api/token/", "/api/auth/token/"])
def test_signing_in_is_refused_in_the_words_for_a_wrong_password(bob, admin, url):
    right, wrong = ({"email": bob.email, "password": word} for word in (PASSWORD, "wrong"))
    refused = bob.post(url, wrong)
    close(admin, bob)
    answer = bob.post(url, right)
    assert (answer.status, answer.body) == (refused.status, refused.body) == (401, answer.body)
    reopen(admin, bob)
    assert bob.post(url, right).status == 200


def test_no_mail_goes_to_who_is_deactivated(bob, admin, django_capture_on_commit_callbacks):
    def decided(who):
        proposal = who.make("taxonomies/species", name=unique("Mus"))
        return f"taxonomies/speciesapproval/{proposal['id']}/reject/"

    erin = person("erin")
    with django_capture_on_commit_callbacks(execute=True):
        rejected = {who.email: decided(who) for who in (bob, erin)}
    other = person("other", admin=True)
    close(admin, bob)
    close(admin, other)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        for path in rejected.values():
            assert admin.post(path, {"comment": "No."}).status == 200
        decided(erin)
    to = [one for message in mail.outbox for one in message.to]
    assert sorted(to) == sorted([erin.email, admin.email])


# -- what stays -----------------------------------------------------------------------------------------------------------


def test_roles_records_and_authorship_stay(lab, alice, dana, admin, nobody):
    project = f"stem/project/{lab['project']}"
    session = dana.make("stem/session", **lab.payload("session"))
    assert alice.patch(project, {"is_public": True}).status == 200
    before, people = alice.get(project).record, nobody.get("users/user").body
    contributors = nobody.get(project).record["contributors"]
    close(admin, dana)
    after = alice.get(project).record
    assert (after["users"], after["groups"]) == (before["users"], before["groups"])
    assert alice.get(f"stem/session/{session['id']}").record["created_by"] == dana.user.pk
    assert alice.get(address(dana)).record["email"] == dana.email
    assert dana.user.pk in alice.get("users/user", "limit=100").ids
    assert nobody.get("users/user").body == people
    assert nobody.get(project).record["contributors"] == contributors
    assert audit.findings() == []
    reopen(admin, dana)
    again = Person(dana.user)
    assert again.patch(f"stem/session/{session['id']}", {"description": "back"}).status == 200


def test_a_role_that_changes_meanwhile_is_the_role_after(lab, alice, bob, admin):
    project = f"stem/project/{lab['project']}"
    close(admin, bob)
    assert alice.patch(project, {"users": {bob.email: {"remove": True}}}).status == 200
    group = join_group(unique("G"), alice.user, bob.user)
    setup = lab.add("setup", groups={group.name: {}})
    reopen(admin, bob)
    again = Person(bob.user)
    assert again.get(project).status == 404
    assert again.get(f"personal_attributes/setup/{setup['id']}").status == 200


# -- history --------------------------------------------------------------------------------------------------------------


def test_history_tells_who_closed_and_who_opened(bob, admin):
    close(admin, bob)
    close(admin, bob)  # closed already: nothing to tell
    reopen(admin, bob)
    lines = list(Change.objects.filter(model="users.User", record_id=str(bob.user.pk)).order_by("at", "id"))
    told = [(line.action, line.event.actor_email, line.event.portal, line.before["is_active"], line.after["is_active"])
            for line in lines]  # fmt: skip
    assert told == [
        ("deactivate", admin.email, "private", True, False),
        ("activate", admin.email, "private", False, True),
    ]
    assert not any("password" in values for line in lines for values in (line.before, line.after))


# -- commands -------------------------------------------------------------------------------------------------------------


def command(name: str, email: str) -> str:
    out = io.StringIO()
    call_command(name, email, stdout=out)
    return out.getvalue()


def test_the_command_line_closes_and_opens_accounts(bob, admin):
    assert bob.get("users/user/me").status == 200
    assert "deactivated" in command("deactivate", bob.email.upper())
    assert bob.get("users/user/me").status == 401
    assert not active(bob)
    assert "already" in command("deactivate", bob.email)
    assert "active again" in command("activate", bob.email)
    assert active(bob)
    assert bob.get("users/user/me").status == 401
    lines = Change.objects.filter(record_id=str(bob.user.pk)).order_by("at", "id")
    assert [(line.action, line.event.via, line.event.actor_id) for line in lines] == [
        ("deactivate", "command", None), ("activate", "command", None)]  # fmt: skip


def test_the_command_line_keeps_the_last_administrator(admin):
    with pytest.raises(CommandError, match="last active administrator"):
        command("deactivate", admin.email)
    assert active(admin)
    assert admin.get("users/user/me").status == 200
    person("other", admin=True)
    assert "deactivated" in command("deactivate", admin.email)


@pytest.mark.parametrize("name", ["deactivate", "activate"])
def test_the_command_line_names_an_address_that_nobody_has(db, name):
    with pytest.raises(CommandError, match=re.escape("'nobody@nowhere.example'")):
        command(name, "nobody@nowhere.example")


def test_a_session_hash_of_another_epoch_does_not_fit(bob):
    user = User.objects.get(pk=bob.user.pk)
    before = user.get_session_auth_hash()
    user.first_name, user.last_login = "Robert", dt.datetime.now(dt.UTC)
    assert user.get_session_auth_hash() == before
    user.session_epoch += 1
    assert user.get_session_auth_hash() != before


def test_a_session_outlives_a_changed_secret_key_as_long_as_the_old_one_is_kept(bob, settings):
    browser = Client()
    browser.force_login(bob.user)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret key, long enough"
    assert browser.get("/api/private/users/user/me/").status_code == 200


def test_the_last_administrator_is_not_deleted(admin):
    other = person("other", admin=True)
    assert other.delete(f"users/user/{admin.user.pk}", portal="super").status == 204
    refused = other.delete(f"users/user/{other.user.pk}", portal="super")
    assert (refused.status, list(refused.body)) == (400, ["non_field_errors"])
    assert other.get("users/user/me").status == 200
