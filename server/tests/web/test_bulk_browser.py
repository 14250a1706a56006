"""Changing many records in a browser: by mouse, by keyboard, while somebody else writes, and in steps."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .bulk_steps import steps_of

pytestmark = pytest.mark.slow

STEPS_SCRIPT = "**/bulk/steps.js*"
SUBJECTS = "/private/stem/subject/"
COLUMNS = "?columns=sex,genotype,strain,projects&search=Mouse&sort=name"


@pytest.fixture
def mice(lab):
    return [lab.add("subject", name=f"Mouse {n:02}", sex="M", genotype="wt", tags=["pilot"]) for n in range(4)]


@pytest.fixture
def desk(visit, alice, mice):
    visitor = visit()
    visitor.sign_in(alice.user)
    return visitor


def stored(alice, name):
    found = alice.get("stem/subject/", "filter{name.startswith}=Mouse").records
    return {one["name"]: one[name] for one in found}


def pick(desk, *names):
    desk.go(f"{SUBJECTS}{COLUMNS}")
    for name in names:
        desk.page.get_by_role("row", name=name).locator('[name="id"]').check()


def test_a_field_is_changed_by_keyboard_while_somebody_else_changes_the_same_rows(desk, alice, mice):
    desk.go(f"{SUBJECTS}{COLUMNS}")
    page, press = desk.page, desk.page.keyboard.press
    for key in ("j", "x", "j", "Shift+x", "j", "Shift+x"):
        press(key)
    expect(page.locator("[data-count]")).to_have_text("3 selected")
    page.locator(".bulkbar summary", has_text="Change").focus()
    press("Enter")
    press("Tab")
    press("Enter")
    page.wait_for_url("**/bulk/**")
    expect(page.get_by_label("What to change")).to_be_focused()
    page.keyboard.type("Genotype")
    control = page.get_by_label("Genotype", exact=True)
    control.wait_for()
    desk.check_accessible()
    control.focus()
    page.keyboard.type("Ai32")
    press("Enter")
    page.get_by_role("button", name="Change 3").wait_for()
    expect(page.locator(".bulk-table ins")).to_have_text(["Ai32"] * 3)
    desk.look("bulk-preview")
    alice.patch(f"stem/subject/{mice[1]['id']}", {"genotype": "theirs"})
    desk.expect("status of 409")
    page.get_by_role("button", name="Change 3").focus()
    press("Enter")
    expect(page.get_by_text("Somebody else has changed it since.").first).to_be_visible()
    expect(page.locator(".bulk-table del", has_text="theirs")).to_be_visible()
    desk.look("bulk-conflict")
    assert set(stored(alice, "genotype").values()) == {"wt", "theirs"}
    page.get_by_role("button", name="Leave it out and go on").focus()
    press("Enter")
    notice = page.locator(".notice", has_text="2 subjects changed")
    notice.wait_for()
    assert stored(alice, "genotype") == {"Mouse 00": "Ai32", "Mouse 01": "theirs", "Mouse 02": "Ai32", "Mouse 03": "wt"}
    notice.get_by_role("button", name="Undo").click()
    expect(page.locator(".notice", has_text="Undone")).to_be_visible()
    assert stored(alice, "genotype")["Mouse 00"] == "wt"


def test_records_are_added_to_a_cohort_that_is_found_by_typing(desk, lab, alice, mice):
    cohort = lab.add("cohort", name="Batch seven")
    pick(desk, "Mouse 00", "Mouse 01")
    page = desk.page
    page.locator(".bulkbar summary", has_text="Change").click()
    page.get_by_role("button", name="Cohort…").click()
    box = page.locator("input#f-into")
    box.click()
    box.fill("seven")
    page.get_by_role("option", name="Batch seven").click()
    desk.look("bulk-cohort")
    page.locator(".form-foot").get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Change 2").click()
    page.locator(".notice", has_text="2 subjects changed").wait_for()
    assert alice.get(f"stem/cohort/{cohort['id']}").record["subjects"] == [mice[0]["id"], mice[1]["id"]]


def test_many_are_changed_in_steps_with_progress(desk, alice, mice):
    with steps_of(1):
        pick(desk, "Mouse 00", "Mouse 01", "Mouse 02")
        page = desk.page
        page.locator(".bulkbar summary", has_text="Change").click()
        page.get_by_role("button", name="Tags…").click()
        page.locator("#f-tags").fill("left")
        page.locator(".form-foot").get_by_role("button", name="Preview").click()
        page.get_by_role("button", name="Change 3").click()
        expect(page.get_by_text("3 of 3 done")).to_be_visible()
        expect(page.get_by_text(re.compile("Step 3: 1 changed"))).to_be_visible()
        desk.look("bulk-steps")
        assert sorted(map(len, stored(alice, "tags").values())) == [1, 2, 2, 2]
        page.get_by_role("button", name="Undo step 2").click()
        page.wait_for_load_state()
        assert sorted(map(len, stored(alice, "tags").values())) == [1, 1, 2, 2]


@pytest.mark.parametrize("opened", [True, False], ids=["opened", "pressed"])
def test_a_button_pressed_before_the_script_was_there_means_all_steps_and_opening_the_page_none(desk, opened):
    page = desk.page
    with steps_of(1):
        pick(desk, "Mouse 00", "Mouse 01", "Mouse 02")
        page.locator(".bulkbar summary", has_text="Change").click()
        page.get_by_role("button", name="Tags…").click()
        page.locator("#f-tags").fill("left")
        held = desk.hold(STEPS_SCRIPT)
        page.locator(".form-foot").get_by_role("button", name="Preview").click(no_wait_after=True)
        page.get_by_role("button", name="Change 3").click(no_wait_after=True)
        expect(page.get_by_text("1 of 3 done")).to_be_visible()
        assert page.url.endswith("#go-on")
        if opened:
            address = page.url
            desk.expect("ERR_FAILED")
            held[-1].abort()  # a browser may keep a page whose script is on its way, and wait for that script again
            desk.go("/private/")
            page.unroute(STEPS_SCRIPT)
            desk.go(address)
            expect(page).not_to_have_url(re.compile("#go-on"))  # the script has looked
            assert page.locator("form[data-next]").get_attribute("aria-busy") is None
            expect(page.get_by_role("button", name="Change the next 1")).to_be_enabled()
        else:
            held[-1].continue_()
            expect(page.get_by_text("3 of 3 done")).to_be_visible()


def test_the_pages_fit_a_phone(visit, alice, mice):
    phone = visit(phone=True)
    phone.sign_in(alice.user)
    phone.go(f"{SUBJECTS}bulk/?search=Mouse")
    phone.page.get_by_label("What to change").select_option("sex")
    phone.page.get_by_text("Female", exact=True).click()
    phone.look("bulk-choose")
    phone.page.locator(".form-foot").get_by_role("button", name="Preview").click()
    expect(phone.page.locator(".page")).to_contain_text("4 change.")
    phone.look("bulk-preview")
