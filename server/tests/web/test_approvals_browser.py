"""A proposal on its way between two people, in two browsers: by mouse on one side, by keys alone on the other."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from brainstem.config import demo
from brainstem.core.model.registry import specs
from brainstem.core.review.queue import proposal_specs

from .hands import Mouse

pytestmark = pytest.mark.slow
INBOX, QUEUE = "/private/inbox/", "/private/approvals/"


def strains(name):
    return specs()["taxonomies.Strain"].model.objects.filter(name=name)


def test_a_proposal_is_handed_back_amended_and_accepted_by_keys(visit, site):
    demo.load(fixed_passwords=True)
    for spec in proposal_specs():
        spec.model.objects.all().delete()  # those of the demo lab
    users = get_user_model().objects
    alice, boss = (
        users.get(email="alice@example.org"),
        users.create_superuser(email="boss@example.org", first_name="Robin"),
    )
    author, reviewer = visit(), visit()
    author.sign_in(alice)
    reviewer.sign_in(boss)
    at, page = Mouse(author), reviewer.page
    author.go("/private/")
    at.new("Strains")
    at.write("Name", "Long-Evans (ours)")
    at.choose("Species", "Rattus norvegicus")
    at.press("Submit")
    at.sees("Your proposal was sent", "Waiting for a decision", "Long-Evans (ours)")
    author.look("proposal-author")

    # The reviewer never touches the mouse: from the start page to the inbox, into the proposal, and back to the author.
    reviewer.go("/private/")
    expect(page.get_by_text("1 thing waits for you.")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url(f"**{INBOX}")
    reviewer.look("inbox")
    page.get_by_role("link", name="Review Long-Evans (ours)").press("Enter")
    page.wait_for_url("**/review/")
    expect(page.get_by_role("complementary").get_by_role("link", name="Long-Evans", exact=True)).to_be_visible()
    reviewer.look("review")
    page.keyboard.press("b")  # needs a comment, and leads there
    expect(page.get_by_label("Comment to the author")).to_be_focused()
    page.keyboard.type("Where is it bred?")
    hand_back = page.get_by_role("button", name="Hand back")
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(hand_back).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{QUEUE}")
    expect(page.get_by_role("status").or_(page.locator(".notice")).first).to_contain_text("handed back")
    reviewer.look("approvals")

    author.go("/private/")
    author.page.get_by_role("link", name=re.compile("^Inbox")).click()
    at.sees("Your proposals that were handed back 1", "Long-Evans (ours)", "Where is it bred?")
    at.link("Change and send again Long-Evans (ours)")
    at.write("Description", "In our own colony, since 2019.")
    at.save()
    at.sees("Waiting for a decision", "In our own colony, since 2019.")

    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url(f"**{INBOX}")
    page.get_by_role("link", name="Review Long-Evans (ours)").press("Enter")
    expect(page.get_by_text("In our own colony, since 2019.")).to_be_visible()
    page.keyboard.press("a")
    page.wait_for_url(f"**{QUEUE}")
    assert strains("Long-Evans (ours)").get().description
    author.go(INBOX)
    expect(author.page.get_by_role("heading", name="Your proposals that were handed back")).to_have_count(0)
    at.sees("Done")

    phone = visit(phone=True)
    phone.sign_in(alice)
    project = specs()["stem.Project"].model.objects.order_by("pk").first()
    for path, name in (
        (INBOX, "inbox"),
        (QUEUE, "approvals"),
        (f"/private/stem/project/{project.pk}/publish/", "publish"),
    ):
        assert phone.go(path).status == 200
        phone.look(name)
    author.go(f"/private/stem/project/{project.pk}/publish/")
    author.look("publish")
