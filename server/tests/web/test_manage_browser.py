"""Two people and the page of roles: one invites, the other registers and is in; at a desk and with a phone."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from playwright.sync_api import expect

from ..lab import path_of
from ..people import PASSWORD

EVE = "eve@elsewhere.example"


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_stranger_is_invited_registers_and_is_in(visit, lab, alice, bob, settings, phone):
    settings.BRAINSTEM_REGISTRATION = "open"
    owner, guest = visit(phone=phone), visit(phone=phone)
    owner.expect("status of 422")
    owner.sign_in(alice.user)
    record = f"/private/{path_of('project')}/{lab['project']}/"
    owner.go(record)
    if phone:
        owner.page.get_by_label(re.compile("^More about")).click()
        owner.follow("Manage people")
    else:
        owner.follow("Manage")
    assert owner.path == f"{record}manage/"
    owner.look("manage")
    mine = owner.page.get_by_label(re.compile("^Level of Alice"))
    expect(mine).to_be_disabled()
    expect(mine).to_have_accessible_description("The last owner: make somebody else an owner first.")

    owner.page.get_by_label("Email addresses").fill(f"{EVE}, nonsense")
    owner.page.locator("form", has_text="Invite people").get_by_label("Level").select_option("contributor")
    owner.page.get_by_label("Message").first.fill("Welcome to the lab.")
    owner.press("Invite")
    expect(owner.page.get_by_label("Email addresses")).to_have_value("nonsense")
    expect(owner.page.get_by_label("Message").first).to_have_value("Welcome to the lab.")
    expect(owner.page.get_by_role("button", name=f"Withdraw the invitation of {EVE}")).to_be_visible()
    owner.look("manage-refused")

    guest.go(re.search(r"^http\S+/account/invited/\S+$", mail.outbox[-1].body, re.MULTILINE)[0])
    expect(guest.page.get_by_text("Registering accepts the invitation to the project")).to_be_visible()
    guest.look("register-invited")
    guest.fill(first_name="Eve", password1=PASSWORD)
    guest.press("Register")
    guest.go(record)
    expect(guest.page.get_by_role("link", name="Edit").first).to_be_hidden()  # of the project itself: for owners

    owner.go(f"{record}manage/")
    owner.page.get_by_label("Level of Eve").select_option("manager")
    owner.press("Save levels")
    expect(owner.page.get_by_text("Eve is a manager now.")).to_be_visible()
    guest.go(f"{record}manage/")
    assert get_user_model().objects.filter(email=EVE).count() == 1
    expect(guest.page.get_by_label("Level of Bob")).to_be_enabled()
    guest.go(f"{record}access/")
    expect(guest.page.get_by_text("Eve sees this project as a manager of it.")).to_be_visible()
    guest.look("access")
    owner.page.emulate_media(color_scheme="dark")
    owner.look("manage-dark")
