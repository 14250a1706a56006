"""Two people in the history of a list: one undoes there what the other has changed since; at a desk, with a phone, by keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .test_portal_history import change, where

LIST = "/private/stem/subject/history/"
DELETED = "/private/stem/subject/deleted/"


def subject(alice, lab):
    return alice.get(f"stem/subject/{lab['subject']}").record


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_an_undo_in_a_list_meets_what_somebody_else_changed_since(visit, lab, alice, dana, phone):
    mine, theirs = visit(phone=phone), visit(phone=phone)
    mine.expect("status of 409")
    name = lab.made["subject"]["name"] if lab["subject"] else ""
    change(alice, lab, "subject", sex="F", description="Shy.")
    mine.sign_in(alice.user)
    mine.go("/private/stem/subject/")
    mine.page.locator(f'a[href="{LIST}"]:visible').click()
    assert mine.path == LIST
    mine.look("list-history")

    # Somebody else changes the same record meanwhile, and finds both changes in the same list.
    change(dana, lab, "subject", description="Bold.")
    theirs.sign_in(dana.user)
    theirs.go(LIST)
    expect(theirs.page.locator(".history > li")).to_have_count(3)
    expect(theirs.page.locator(".history > li").first).to_contain_text(f"{dana.user.get_full_name()} changed {name}")

    mine.page.get_by_role("button", name="Undo this").first.click()
    alert = mine.page.get_by_role("alert")
    expect(alert).to_contain_text("Nothing was undone.")
    expect(alert.get_by_role("row").filter(has_text="Description")).to_contain_text(dana.user.get_full_name())
    mine.look("list-history-refused")
    assert subject(alice, lab)["sex"] == "F"

    # The other one takes back the later change; then the earlier one can be undone, and this too.
    theirs.page.get_by_role("button", name="Undo this").first.click()
    expect(theirs.page.get_by_text("Undone: 1 record set back.")).to_be_visible()
    assert subject(alice, lab)["description"] == "Shy."
    mine.go(LIST)
    mine.page.locator(".history > li", has_text="Shy.").filter(has_text=alice.user.get_full_name()).get_by_role(
        "button", name="Undo this"
    ).last.click()
    expect(mine.page.get_by_text("Undone: 1 record set back.")).to_be_visible()
    assert mine.path == LIST
    assert (subject(alice, lab)["sex"], subject(alice, lab)["description"]) == ("M", "")


def test_several_records_are_shown_before_they_are_undone_by_keys_alone(visit, lab, alice):
    rows = [lab.payload("subject") for _ in range(3)]
    assert alice.post("stem/subject/bulk", {"create": rows}).status in (200, 201)
    visitor = visit()
    visitor.sign_in(alice.user)
    visitor.go(LIST)
    page = visitor.page
    page.keyboard.press("u")  # nothing is chosen yet
    assert visitor.path == LIST
    page.keyboard.press("j")
    expect(page.locator(".history > li").first.locator(":focus")).to_have_count(1)
    page.keyboard.press("u")
    page.wait_for_url(re.compile("/undo/"))
    expect(page.get_by_role("heading", name="Undo this change?")).to_be_visible()
    visitor.look("undo-preview")
    page.emulate_media(color_scheme="dark")
    visitor.look("undo-preview-dark")
    page.keyboard.press("u")
    page.wait_for_url(f"**{LIST}")
    expect(page.get_by_text("Undone: 3 records deleted.")).to_be_visible()
    visitor.look("list-history-dark")
    visitor.go("/private/history/")
    visitor.look("own-history-dark")


def test_deleted_records_are_ticked_and_come_back(visit, lab, alice):
    visitor = visit(phone=True)
    found = [lab.add("subject") for _ in range(2)]
    for one in found:
        assert alice.delete(f"stem/subject/{one['id']}").status == 204
    visitor.sign_in(alice.user)
    visitor.go(DELETED)
    for one in found:
        visitor.page.get_by_label(f"Select {one['name']}").check()
    visitor.look("deleted-ticked")
    visitor.press("Restore selected")
    expect(visitor.page.get_by_text("2 subjects restored.")).to_be_visible()
    assert alice.get(f"stem/subject/{found[0]['id']}").status == 200
    visitor.page.get_by_role("button", name="Undo").first.click()
    visitor.page.wait_for_url(re.compile(re.escape(DELETED)))
    visitor.go(where(lab, "subject") + "history/")
    visitor.page.locator("summary", has_text="Filter").click()
    visitor.look("record-history-filter")
