"""Inviting people who have no account: the mailed link registers them, and leads into what they were invited to."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.utils import timezone

from brainstem.apps.users import invitations, strangers
from brainstem.apps.users.account_models import StrangerInvitation
from brainstem.core.models import Notice

from ..lab import path_of
from ..people import PASSWORD, Person, unique
from .pages import Reader

EVE = "eve@elsewhere.example"
SIGNUP, INVITE = "/account/signup/", "/account/invite/"


@pytest.fixture
def closed(settings):
    """A server on which people register by invitation of an administrator."""
    settings.BRAINSTEM_REGISTRATION = "invitation"


@pytest.fixture
def open_to_all(settings):
    """A server on which anybody registers."""
    settings.BRAINSTEM_REGISTRATION = "open"


def page_of(lab, model):
    return f"/private/{path_of(model)}/{lab[model]}/manage/"


def invite(who, page, email=EVE, **more):
    sent = {"_do": "invite", "addresses": email, "level": "member", "message": "Join us.", "days": "30"} | more
    return Reader(who).post(page, **sent)


def link():
    return re.search(r"^https?://[^/]+(/account/invited/\S+)$", mail.outbox[-1].body, re.MULTILINE)[1]


def registered(path):
    """Eve, who has followed the link and registered."""
    client = Client()
    client.get(path)
    answer = client.post(SIGNUP, {"first_name": "Eve", "email": EVE, "password1": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return Person(get_user_model().objects.get(email=EVE)), client


@pytest.mark.parametrize("model", ["project", "group", "setup"])
def test_registering_by_the_link_leads_into_it(lab, alice, open_to_all, model):
    assert invite(alice, page_of(lab, model), level="manager").status == 303
    mailed = mail.outbox[-1]
    assert mailed.to == [EVE]
    assert "Join us." in mailed.body
    assert "as manager" in mailed.body
    guest = Client()
    guest.get(link())
    assert "Registering accepts the invitation to the" in guest.get(SIGNUP).content.decode()
    eve, client = registered(link())
    assert "You have joined the" in client.get("/private/").content.decode()
    assert alice.get(f"{path_of(model)}/{lab[model]}").record["users"][EVE]["is_manager"] is True
    assert Reader(eve).get(page_of(lab, model)).status == 200
    assert not StrangerInvitation.objects.exists()


def test_what_registering_did_is_in_the_history(lab, alice, open_to_all):
    invite(alice, page_of(lab, "project"))
    registered(link())
    entry = alice.get(f"stem/project/{lab['project']}/history").body["history"][0]
    assert EVE in str(entry["changes"])


def test_pending_strangers_stand_in_the_table_and_can_be_sent_again_and_withdrawn(lab, alice, open_to_all):
    page, reader = page_of(lab, "project"), Reader(alice)
    invite(alice, page, days="7")
    path, made = link(), StrangerInvitation.objects.get()
    assert EVE in reader.get(page).words
    assert "Has no account yet; invited by Alice" in reader.get(page).words
    assert reader.post(page, _do="again", offer=f"stranger:{made.pk}").status == 303
    assert len(mail.outbox) == 2
    assert Client().get(path)["Location"] == SIGNUP  # the first link still works
    assert StrangerInvitation.objects.get().ends_at > made.ends_at
    assert reader.post(page, _do="withdraw", offer=f"stranger:{made.pk}").status == 303
    assert "stranger:" not in reader.get(page).text
    assert Client().get(path).status_code == 404


def test_a_link_leads_into_everything_its_address_was_invited_to(lab, alice, open_to_all):
    invite(alice, page_of(lab, "project"))
    first = link()
    invite(alice, page_of(lab, "group"))
    registered(first)
    for model in ("project", "group"):
        assert EVE in alice.get(f"{path_of(model)}/{lab[model]}").record["users"]


def test_who_registers_otherwise_is_invited_as_anybody_is(lab, alice, open_to_all):
    invite(alice, page_of(lab, "project"))
    client = Client()
    client.post(SIGNUP, {"first_name": "Eve", "email": EVE, "password1": PASSWORD})
    confirm = re.search(r"^https?://[^/]+(/\S+confirm\S+)$", mail.outbox[-1].body, re.MULTILINE)[1]
    client.post(confirm)
    eve = Person(get_user_model().objects.get(email=EVE))
    assert EVE not in alice.get(f"stem/project/{lab['project']}").record["users"]
    assert len(eve.get("stem/projectmembershipinvitation").records) == 1


def test_an_inviter_who_may_not_invite_any_more_lets_nobody_in(lab, alice, bob, open_to_all):
    project = f"stem/project/{lab['project']}"
    alice.patch(project, {"users": {bob.email: {"is_manager": True}}})
    invite(bob, page_of(lab, "project"))
    alice.patch(project, {"users": {bob.email: {}}})
    eve, _ = registered(link())
    assert EVE not in alice.get(project).record["users"]
    assert eve.get("stem/projectmembershipinvitation").records == []


def test_an_expired_invitation_lets_nobody_in(lab, alice, open_to_all):
    invite(alice, page_of(lab, "project"), days="7")
    path = link()
    StrangerInvitation.objects.update(ends_at=timezone.now())
    registered(path)  # the link to register lasts longer
    assert EVE not in alice.get(f"stem/project/{lab['project']}").record["users"]


def test_only_owners_invite_strangers_as_managers(lab, alice, bob, open_to_all):
    alice.patch(f"stem/project/{lab['project']}", {"users": {bob.email: {"is_manager": True}}})
    refused = invite(bob, page_of(lab, "project"), level="owner")
    assert (refused.status, mail.outbox) == (422, [])
    assert "requires the role of owner" in refused.words
    assert not StrangerInvitation.objects.exists()


def test_members_invite_no_strangers(lab, alice, bob, charlie, open_to_all):
    assert invite(bob, page_of(lab, "project")).status == 403
    assert invite(charlie, page_of(lab, "project")).status == 404
    assert mail.outbox == []


def test_what_is_no_address_is_refused_by_name(lab, alice, open_to_all):
    refused = invite(alice, page_of(lab, "project"), f"nonsense, {EVE}")
    assert refused.status == 422
    assert "This is not a valid email address." in refused.words
    assert StrangerInvitation.objects.get().email == EVE


def test_links_in_names_and_messages_are_not_mailed(lab, alice, open_to_all):
    project = alice.make("stem/project", name=unique("https://evil.example/now"))
    page = f"/private/stem/project/{project['id']}/manage/"
    invite(alice, page, message="See www.evil.example today")
    assert "evil.example" not in mail.outbox[-1].body
    guest = Client()
    guest.get(link())
    alice.patch(f"stem/project/{project['id']}", {"name": "<b>bold</b>"})
    assert "<b>bold" not in guest.get(SIGNUP).content.decode()


# -- where registration is by invitation ---------------------------------------------------------------------------------


def test_where_registration_is_by_invitation_an_administrator_approves(lab, alice, admin, closed):
    page = page_of(lab, "project")
    assert invite(alice, page).status == 303
    assert "waits for an administrator" in Reader(alice).get(page).words
    assert (mail.outbox, invitations.open_ones().count()) == ([], 0)
    assert Notice.objects.filter(topic="strangers", person_id=None).count() == 1
    asked = Reader(admin).get(INVITE)
    assert EVE in asked.words
    assert f"{alice.email} invites them to the project" in asked.words
    assert Reader(admin).post(INVITE, approve=StrangerInvitation.objects.get().pk).status == 302
    assert "waits for an administrator" not in Reader(alice).get(page).words
    registered(link())
    assert EVE in alice.get(f"stem/project/{lab['project']}").record["users"]


def test_an_administrator_declines(lab, alice, admin, closed):
    invite(alice, page_of(lab, "project"))
    pk = StrangerInvitation.objects.get().pk
    assert Reader(admin).post(INVITE, decline=pk).status == 302
    assert not strangers.open_ones().exists()
    Reader(admin).post(INVITE, approve=pk)
    assert (mail.outbox, invitations.open_ones().count()) == ([], 0)


def test_only_administrators_approve(lab, alice, bob, closed):
    invite(alice, page_of(lab, "project"))
    pk = StrangerInvitation.objects.get().pk
    assert Reader(alice).post(INVITE, approve=pk).status == 404
    assert Reader(alice).get(INVITE).status == 404
    assert StrangerInvitation.objects.get().is_approved is False


def test_what_waits_for_approval_is_not_accepted_by_another_link(lab, alice, admin, closed):
    invite(alice, page_of(lab, "project"))
    Reader(admin).post(INVITE, emails=EVE)
    eve, _ = registered(link())
    assert EVE not in alice.get(f"stem/project/{lab['project']}").record["users"]
    assert len(eve.get("stem/projectmembershipinvitation").records) == 1


def test_an_administrator_needs_no_approval(lab, admin, closed):
    page = f"/super/stem/project/{lab['project']}/manage/"
    assert invite(admin, page).status == 303
    registered(link())
    found = admin.through("super").get(f"stem/project/{lab['project']}").record
    assert EVE in found["users"]
