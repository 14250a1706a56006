"""Two people with a browser each at one record: what both changed stands side by side, and is settled by keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .visitor import Visitor

pytestmark = pytest.mark.slow
LINE = "[data-draft-line]"


def at_form(visit: Any, person: Any, path: str, **options: Any) -> Visitor:
    visitor: Visitor = visit(**options)
    visitor.sign_in(person.user)
    visitor.expect("status of 422")
    visitor.page.on("dialog", lambda dialog: dialog.accept())
    visitor.go(path)
    return visitor


def saved(page: Page) -> None:
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/change/" not in url)


def refused(page: Page) -> None:
    page.keyboard.press("Control+Enter")
    expect(page.locator("#problems")).to_be_focused()


def test_both_sides_are_settled_by_keyboard_and_a_draft_meets_what_was_saved_since(visit, lab, alice, dana):
    made = lab.add("subject", genotype="wt", genetic_line="old", supplier=None)["id"]
    path = f"/private/stem/subject/{made}/change/"
    mine, theirs = at_form(visit, dana, path), at_form(visit, alice, path)
    theirs.fill(genotype="of Alice", genetic_line="of Alice too")
    saved(theirs.page)
    mine.fill(genotype="of Dana", subject_identifier="only Dana")
    refused(mine.page)
    page = mine.page
    row = page.locator(".conflict-row")
    for side in ("wt", "of Alice", "of Dana"):
        expect(row.locator(".val", has_text=side).first).to_be_visible()
    expect(page.locator(".conflict-merged")).to_have_text("Merged without asking: Genetic line.")
    expect(page.locator("[name=genetic_line]")).to_have_value("of Alice too")
    mine.look("form-conflict")
    # Arrows choose a side; whoever goes on writing has chosen their own.
    row.get_by_label("You, not saved yet").focus()
    page.keyboard.press("ArrowUp")
    expect(row.get_by_role("radio", name="Alice, 20")).to_be_checked()
    page.keyboard.press("Tab")
    expect(row.get_by_role("link", name="Edit Genotype")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[name=genotype]")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" and Alice")
    expect(row.get_by_label("You, not saved yet")).to_be_checked()
    page.locator(LINE, has_text="Saved as a draft at ").wait_for()
    page.close(run_before_unload=False)
    # What is saved while nobody looks at the draft is met when it is continued.
    theirs.go(path)
    theirs.fill(genotype="of Alice, later", description="only Alice")
    saved(theirs.page)
    page = mine.page = mine.watched(mine.context.new_page())
    page.on("dialog", lambda dialog: dialog.accept())
    mine.go(path)
    page.locator("[data-drafts]", has_text="The record has changed since.").get_by_role("link", name="Continue").click()
    row = page.locator(".conflict-row")
    for side in ("of Alice", "of Alice, later", "of Dana and Alice"):
        expect(row.locator(".val").get_by_text(side, exact=True)).to_be_visible()
    mine.look("form-continued-conflict")
    row.get_by_role("radio", name="Alice, 20").check()
    saved(page)
    after = alice.get(f"stem/subject/{made}").record
    assert (after["genotype"], after["genetic_line"]) == ("of Alice, later", "of Alice too")
    assert after["subject_identifier"] == "only Dana"
    assert "only Alice" in after["description"]
    mine.go(path)
    expect(page.locator("[data-drafts] .notice")).to_have_count(0)


def test_an_entry_that_both_changed_is_settled_on_a_phone_in_the_dark(visit, lab, alice, dana):
    log = lab.add("subjectlog", type="Weighing")["id"]
    for day in (1, 2):
        entry = {"date_time": f"2026-02-0{day}T10:00:00Z", "details": {"weight": {"value": 20, "unit": "g"}}}
        assert alice.post(f"modules/subjectlog/{log}/add_entry", entry).status == 200
    path = f"/private/modules/subjectlog/{log}/change/"
    visitor = at_form(visit, dana, path, phone=True, color_scheme="dark")
    page = visitor.page
    changed = {"date_time": "2026-02-01T10:00:00Z", "details": {"weight": {"value": 21, "unit": "g"}}}
    assert alice.post(f"modules/subjectlog/{log}/change_entry", changed).status == 200
    page.locator('[name="entries.0.details.weight"]').fill("22")
    refused(page)
    row = page.locator(".conflict-row", has_text="Entry of 2026-02-01 10:00")
    for side in ("2026-02-01 10:00, Weight: 21 g", "2026-02-01 10:00, Weight: 22 g"):
        expect(row.locator(".val", has_text=side)).to_be_visible()
    visitor.look("form-conflict-entry-dark")
    saved(page)
    found = alice.get(f"modules/subjectlog/{log}").record["entries"]
    assert [one["details"]["weight"]["value"] for one in found] == [22, 20]
