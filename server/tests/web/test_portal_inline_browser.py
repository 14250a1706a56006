"""Fields of a record are changed where they stand, in a browser: by keyboard, by mouse, by two people at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Locator, expect

from ..lab import path_of
from .hostile import LIVE
from .test_forms_records import PNG
from .visitor import Visitor

pytestmark = pytest.mark.slow


class Desk:
    """A person before the page of a record."""

    def __init__(self, visitor: Visitor, who: Any, lab: Any, name: str, record: Any) -> None:
        self.visitor, self.page, self.lab, self.name, self.record = visitor, visitor.page, lab, name, record
        visitor.sign_in(who.user)
        self.path = f"/private/{path_of(name)}/{record}/"
        visitor.go(self.path)

    def pencil(self, field: str) -> Locator:
        return self.page.locator(f'[data-edit="{field}"]')

    def form(self, field: str) -> Locator:
        return self.page.locator(f'form[data-in-place="{field}"]')

    def place(self, field: str) -> Locator:
        return self.page.locator(f'[data-slot~="{field}"]')

    def control(self, field: str) -> Locator:
        return self.form(field).locator(f'[name="{field}"]:visible').first

    def open(self, field: str) -> Locator:
        """By keyboard; the focus is in the control then."""
        fold = self.page.locator(f'details:not([open]):has([data-edit="{field}"]) summary')
        if fold.count():
            fold.focus()
            self.page.keyboard.press("Enter")
        self.pencil(field).focus()
        self.page.keyboard.press("Enter")
        form = self.form(field)
        form.wait_for()
        expect(form.locator(":focus")).to_have_count(1)
        return form

    def type(self, field: str, text: str, *, over: bool = True) -> None:
        self.open(field)
        if over:
            self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def saved(self, field: str, said: str) -> None:
        """It says what was saved, shows it, and the focus is back."""
        expect(self.form(field)).to_have_count(0)
        expect(self.place(field)).to_contain_text(said)
        expect(self.pencil(field)).to_be_focused()
        expect(self.page.locator("#told")).to_contain_text("Saved:")

    def stored(self) -> dict[str, Any]:
        found: dict[str, Any] = self.lab.owner.get(f"{path_of(self.name)}/{self.record}").record
        return found


@pytest.fixture
def subject(lab) -> Any:
    return lab.add("subject", genotype="wt", tags=["pilot"], birth_date="2026-03-01")["id"]


def test_every_kind_of_control_is_changed_by_keyboard(visit, lab, alice, subject):
    desk = Desk(visit(), alice, lab, "subject", subject)
    press = desk.page.keyboard.press
    desk.type("genotype", "Ai32")
    press("Enter")
    desk.saved("genotype", "Ai32")
    desk.open("sex")
    press("ArrowLeft")
    press("Enter")
    desk.saved("sex", "Female")
    desk.open("birth_date")
    desk.page.keyboard.type("04052026")
    press("Enter")
    desk.saved("birth_date", "2026-04-05")
    desk.type("tags", "pilot, left")
    press("Control+Enter")
    desk.saved("tags", "left")
    desk.type("name", "Renamed")
    press("Enter")
    desk.saved("name", "Renamed")
    expect(desk.page).to_have_title("Renamed | Subject | BrainSTEM")
    desk.open("description")
    expect(desk.form("description").locator(".rich-text")).to_be_focused()
    desk.page.keyboard.type("Calm.")
    press("Control+Enter")
    desk.saved("description", "Calm.")
    desk.open("projects")
    press("Control+Enter")
    expect(desk.page.locator("#told")).to_contain_text("Nothing was changed.")
    desk.open("extra_fields")
    desk.page.keyboard.type("mass")
    press("Tab")
    desk.page.keyboard.type("12")
    press("Control+Enter")
    expect(desk.form("extra_fields")).to_have_count(0)
    expect(desk.place("extra_fields")).to_contain_text("12")
    found = desk.stored()
    assert [found[key] for key in ("genotype", "sex", "birth_date", "name", "extra_fields")] == [
        "Ai32", "F", "2026-04-05", "Renamed", {"mass": 12},
    ]  # fmt: skip
    assert sorted(found["tags"]) == ["left", "pilot"]
    assert "changed additional fields" in desk.page.locator(".aside").inner_text().lower()


def test_details_times_files_and_tables_are_changed_by_mouse(visit, lab, alice, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    details = {"injectionVolume": {"value": 300, "unit": "nL"}}
    made = lab.add("procedure", type="VirusInjection", date_time="2026-03-04T09:30:00Z", details=details)["id"]
    desk = Desk(visit(), alice, lab, "procedure", made)
    page = desk.page

    def edit(field: str) -> None:
        desk.place(field).hover()
        desk.pencil(field).click()
        desk.form(field).wait_for()

    def save(field: str, said: str) -> None:
        desk.form(field).get_by_role("button", name="Save", exact=True).locator("visible=true").last.click()
        desk.saved(field, said)

    edit("details.injectionVolume")
    expect(desk.control("details.injectionVolume")).to_have_value("300")
    desk.control("details.injectionVolume").fill("much")
    desk.visitor.expect("422")
    desk.form("details.injectionVolume").locator("button.btn-primary").click()
    wrong = desk.control("details.injectionVolume")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_value("much")
    wrong.fill("0.4")
    desk.form("details.injectionVolume").locator("select").select_option("µL")
    save("details.injectionVolume", "0.4 µL")
    edit("date_time")
    desk.control("date_time").fill("2026-03-05T10:15")
    save("date_time", "2026-03-05 10:15")
    edit("subject")
    desk.visitor.check_accessible()
    desk.form("subject").locator("[data-cancel]").click()
    expect(desk.pencil("subject")).to_be_focused()
    # What others depend on is changed in the form, at its place.
    page.get_by_role("link", name="Edit Type").click()
    page.wait_for_url("**/change/#f-type")
    expect(page.locator("#f-type")).to_be_focused()
    log = lab.add("subjectlog")["id"]
    desk = Desk(desk.visitor, alice, lab, "subjectlog", log)
    desk.pencil("entries").focus()
    desk.pencil("entries").click()
    form = desk.form("entries")
    form.locator('[name$=".details.weight"]').last.fill("21.5")
    form.locator("[data-now]").last.click()
    form.locator("button.btn-primary").click()
    expect(desk.place("entries")).to_contain_text("21.5")
    assert len(desk.stored()["entries"]) == 1
    desk = Desk(desk.visitor, alice, lab, "setup", lab["setup"])
    desk.open("image")
    desk.form("image").locator("[type=file]").set_input_files(
        {"name": "rig.png", "mimeType": "image/png", "buffer": PNG}
    )
    desk.form("image").locator("button.btn-primary").click()
    expect(desk.place("image").locator("img")).to_be_visible()
    expect(desk.pencil("image")).to_be_focused()


def test_nothing_is_changed_or_lost_by_accident(visit, lab, alice, subject):
    desk = Desk(visit(), alice, lab, "subject", subject)
    page = desk.page
    value = desk.place("genotype").locator("dd")
    value.click(position={"x": 5, "y": 5})
    value.dblclick(position={"x": 8, "y": 12})
    assert page.evaluate("getSelection().toString().trim()") == "wt"
    expect(page.locator("form[data-in-place]")).to_have_count(0)
    height = page.evaluate("document.documentElement.scrollHeight")
    desk.type("genotype", "Ai32")
    page.keyboard.press("Escape")
    expect(desk.form("genotype")).to_have_count(0)
    expect(desk.pencil("genotype")).to_be_focused()
    expect(value).to_contain_text("wt")
    assert page.evaluate("document.documentElement.scrollHeight") == height
    # Several are open at once; what is typed in one stays when another is saved.
    desk.type("genotype", "Ai32")
    desk.type("tags", "other")
    expect(page.locator("form[data-in-place]")).to_have_count(2)
    page.locator("h1").click()
    page.keyboard.press("Enter")
    desk.control("tags").focus()
    page.keyboard.press("Enter")
    desk.saved("tags", "other")
    expect(desk.control("genotype")).to_have_value("Ai32")
    # A single key of the page is a letter here, and leaving asks.
    desk.control("genotype").focus()
    page.keyboard.press("End")
    page.keyboard.type("e?")
    expect(desk.control("genotype")).to_have_value("Ai32e?")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Sessions", exact=True).first.click()
    expect(desk.control("genotype")).to_have_value("Ai32e?")
    assert asked == ["beforeunload"]
    desk.visitor.expect("Failed to load resource")
    desk.visitor.context.set_offline(True)
    desk.control("genotype").press("Enter")
    expect(desk.form("genotype").get_by_role("alert")).to_contain_text("What you typed is still here")
    desk.visitor.context.set_offline(False)
    desk.visitor.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    desk.control("genotype").press("Enter")
    expect(desk.form("genotype").get_by_role("alert")).to_contain_text("You were signed out.")
    desk.visitor.sign_in(alice.user)
    desk.control("genotype").press("Enter")
    desk.saved("genotype", "Ai32e?")
    page.get_by_role("link", name="Sessions", exact=True).first.click()
    page.wait_for_url("**/stem/session/**")


def test_two_people_change_one_record_and_lose_nothing(visit, lab, alice, dana, subject):
    one, other = (Desk(visit(), who, lab, "subject", subject) for who in (alice, dana))
    one.type("genotype", "from Alice")
    other.type("genotype", "from Dana")
    other.type("subject_identifier", "7")
    one.page.locator("#f-genotype").press("Enter")
    one.saved("genotype", "from Alice")
    # Another field: both are there.
    other.page.keyboard.press("Enter")
    other.saved("subject_identifier", "7")
    other.visitor.expect("422")
    other.control("genotype").press("Enter")
    sides = other.form("genotype").locator(".conflict")
    expect(sides).to_contain_text("Before")
    for text in ("wt", "from Alice", "from Dana"):
        expect(sides).to_contain_text(text)
    expect(sides).to_contain_text("Alice, 20")
    other.visitor.check_accessible()
    expect(sides.locator("[value=mine]")).to_be_focused()
    other.page.keyboard.press("ArrowUp")
    expect(sides.locator("[value=theirs]")).to_be_checked()
    other.page.keyboard.press("Enter")
    expect(other.place("genotype")).to_contain_text("from Alice")
    expect(other.form("genotype")).to_have_count(0)
    expect(other.pencil("genotype")).to_be_focused()
    found = other.stored()
    assert (found["genotype"], found["subject_identifier"]) == ("from Alice", "7")
    # A record that is gone says so, and keeps what was typed.
    other.type("genotype", "late")
    assert alice.delete(f"stem/subject/{subject}").status == 204
    other.visitor.expect("404")
    other.page.keyboard.press("Enter")
    expect(other.form("genotype").get_by_role("alert")).to_contain_text("not there any more")
    expect(other.control("genotype")).to_have_value("late")


def test_what_was_saved_is_undone_from_its_notice(visit, lab, alice, subject):
    desk = Desk(visit(), alice, lab, "subject", subject)
    desk.type("genotype", "Ai32")
    desk.page.keyboard.press("Enter")
    desk.saved("genotype", "Ai32")
    aside = desk.page.locator(".aside")
    expect(aside).to_contain_text("changed genotype")
    desk.page.locator("#told").get_by_role("button", name="Undo").focus()
    desk.page.keyboard.press("Enter")
    expect(desk.place("genotype")).to_contain_text("wt")
    expect(desk.pencil("genotype")).to_be_focused()
    assert desk.stored()["genotype"] == "wt"
    desk.type("subject_identifier", "7")
    desk.page.keyboard.press("Enter")
    desk.saved("subject_identifier", "7")
    desk.page.locator("#told").get_by_role("button", name="Undo").click()
    # It has no value any more, and stands among the empty fields, which are open for it.
    expect(desk.page.locator("details.fold").first).to_have_attribute("open", "")
    expect(desk.pencil("subject_identifier")).to_be_focused()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fields_in_their_place_are_for_everybody(visit, lab, alice, subject, phone, scheme):
    desk = Desk(visit(phone=phone, color_scheme=scheme), alice, lab, "subject", subject)
    pencil = desk.pencil("sex")
    box = pencil.bounding_box()
    assert min(box["width"], box["height"]) >= (44 if phone else 24)
    if phone:
        assert float(pencil.evaluate("one => getComputedStyle(one).opacity")) > 0.5
    for field in ("sex", "strain", "tags", "name"):
        pencil = desk.pencil(field)
        pencil.tap() if phone else pencil.click()
        desk.form(field).wait_for()
    desk.visitor.look(f"field-in-place-{scheme}")
    desk.visitor.go(f"{desk.path}field/?name=sex")
    desk.visitor.check_accessible()


def test_without_a_script_a_pencil_leads_to_the_form(visit, lab, alice, subject):
    desk = Desk(visit(java_script_enabled=False), alice, lab, "subject", subject)
    desk.pencil("genotype").click()
    assert desk.visitor.path == f"{desk.path}change/#f-genotype"
    desk.visitor.go(f"{desk.path}field/?name=genotype")
    desk.visitor.fill(genotype="Ai32")
    desk.visitor.press("Save")
    assert desk.visitor.path == desk.path
    assert "Saved: Genotype of" in desk.visitor.text
    expect(desk.place("genotype")).to_contain_text("Ai32")


def test_no_text_that_is_typed_into_a_field_runs(visit, lab, alice, subject):
    desk = Desk(visit(), alice, lab, "subject", subject)
    hostile = '"><img src=x onerror="window.ran=1"><script>window.ran=1</script>'
    for field in ("genotype", "tags", "name"):
        desk.open(field)
        desk.control(field).fill(hostile)
        desk.page.keyboard.press("Enter")
        expect(desk.form(field)).to_have_count(0)
        expect(desk.place(field)).to_contain_text("onerror")
        desk.open(field)
        desk.page.keyboard.press("Escape")
    assert desk.page.evaluate("window.ran") is None
    assert not desk.page.evaluate(LIVE)
