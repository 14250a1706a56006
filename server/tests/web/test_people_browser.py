"""From a stranger to a public project: an owner invites, an administrator lets in, the stranger joins, the owner publishes."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from brainstem.apps.users.notice_models import Announcement

from ..lab import path_of
from ..people import PASSWORD

EVE = "eve@elsewhere.example"


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_stranger_is_let_in_and_the_project_is_published(visit, lab, alice, admin, settings, phone):
    settings.BRAINSTEM_REGISTRATION = "invitation"
    owner, runner, guest = visit(phone=phone), visit(phone=phone), visit(phone=phone)
    owner.sign_in(alice.user)
    runner.sign_in(admin.user)
    record = f"/private/{path_of('project')}/{lab['project']}/"
    owner.go(f"{record}manage/")
    owner.page.get_by_label("Email addresses").fill(EVE)
    owner.page.get_by_label("Message").first.fill("Please publish it with me.")
    owner.press("Invite")
    expect(owner.page.get_by_text("waits for an administrator")).to_be_visible()
    owner.look("manage-sees")

    runner.go("/private/inbox/")
    expect(runner.page.get_by_text("Please publish it with me.")).to_be_visible()
    runner.look("inbox-stranger")
    runner.press(f"Approve {EVE}")
    expect(runner.page.get_by_text(f"{EVE} has been invited.")).to_be_visible()
    letter = mail.outbox[-1]
    assert letter.to == [EVE]
    assert "Please publish it with me." in letter.body
    assert "Please publish it with me." in letter.alternatives[0].content

    guest.go(re.search(r"^http\S+/account/invited/\S+$", letter.body, re.MULTILINE)[0])
    guest.fill(first_name="Eve", password1=PASSWORD)
    guest.press("Register")
    guest.go(record)
    expect(guest.page.get_by_role("link", name="Edit").first).to_be_hidden()
    guest.go("/private/users/user/me/")
    expect(guest.page.get_by_role("heading", name="Your projects and attributes")).to_be_visible()
    guest.look("profile")

    owner.go(f"{record}publish/")
    name = alice.get(f"{path_of('project')}/{lab['project']}").record["name"]
    owner.fill(_sure=name)
    owner.press("Publish")
    expect(owner.page.get_by_text(f"{name} is public now")).to_be_visible()
    assert guest.go(f"/public/{path_of('project')}/{lab['project']}/").status == 200


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_people_and_administrators_are_for_everybody_who_reads(visit, lab, alice, dana, admin, phone, scheme):
    reader, runner = visit(phone=phone, color_scheme=scheme), visit(phone=phone, color_scheme=scheme)
    reader.sign_in(alice.user)
    runner.sign_in(admin.user)
    group = dana.get("users/group", "filter{my_level.gte}=1").ids[0]
    for path in (f"/private/users/group/{group}/", f"/private/users/group/{group}/join/", "/account/notices/"):
        reader.go(path)
        reader.look(f"people-{path.strip('/').replace('/', '-')}-{scheme}")
    runner.go("/super/announcements/")
    runner.page.get_by_label("Text").fill("The server rests on Sunday.")
    runner.press("Announce")
    assert Announcement.objects.count() == 1
    paths = (
        "/super/announcements/",
        "/super/people/",
        f"/super/people/{alice.user.pk}/?do=deactivate",
        "/super/server/",
    )
    for path in paths:
        runner.go(path)
        runner.look(f"super-{path.strip('/').partition('?')[0].replace('/', '-')}-{scheme}")
    reader.go("/private/users/group/")
    reader.look(f"announced-{scheme}")
    reader.press("Close the announcement")
    expect(reader.page.get_by_text("The server rests on Sunday.")).to_have_count(0)
