"""Comboboxes in a browser: by keyboard alone, pasted names, a new record in a dialog, and what goes wrong on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Locator, Route, expect

from brainstem.config import demo
from brainstem.core.model.registry import specs
from brainstem.core.query.choices import relation_fields
from brainstem.core.types.schemas import types_of

from ..people import unique
from .hands import SETTLED
from .hostile import CORPUS, LIVE
from .visitor import Visitor

pytestmark = pytest.mark.slow
PASTE = """(input, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  input.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


class Form:
    """A form in a visitor's browser, whose comboboxes are worked with by keyboard."""

    def __init__(self, visitor: Visitor, path: str) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.list = self.page.locator("[popover]:popover-open")
        self.options = self.list.locator("[role=option]")
        self.records = self.list.locator("[role=option][data-id]")
        visitor.go(f"/private/{path}")
        self.settled()

    def settled(self) -> None:
        self.page.wait_for_function(SETTLED)

    def box(self, name: str) -> Locator:
        """The combobox with this label."""
        return self.page.get_by_role("combobox", name=name).and_(self.page.locator("input")).last

    def type(self, name: str, text: str) -> Locator:
        """Type into a combobox, and wait for what the server finds."""
        box = self.box(name)
        box.focus()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)
        self.answered(box)
        return box

    def answered(self, box: Locator) -> None:
        expect(box).to_have_attribute("aria-expanded", "true")
        expect(self.list.locator(".combo-note").last).not_to_have_text("Searching…")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def choose(self, name: str, text: str) -> None:
        """Type a name and choose the first record that is found."""
        box = self.type(name, text)
        expect(self.records.first).to_contain_text(text)
        self.press("Enter")
        expect(box).to_have_attribute("aria-expanded", "false")
        self.settled()

    def paste(self, name: str, text: str) -> None:
        box = self.box(name)
        box.focus()
        self.press("ControlOrMeta+a")
        box.evaluate(PASTE, text)

    def value(self, name: str) -> Any:
        """What would be sent."""
        return self.page.evaluate("name => new FormData(document.querySelector('#form')).getAll(name)", name)

    def said(self, text: str) -> None:
        expect(self.page.locator(".combo-said").filter(has_text=text).first).to_be_visible()


@pytest.fixture
def alices(visit, site) -> Visitor:
    """Alice in the demo lab."""
    demo.load(fixed_passwords=True)
    visitor: Visitor = visit()
    # A page that was left sends its draft; the next one finds it there.
    visitor.expect("status of 412")
    visitor.sign_in(get_user_model().objects.get(email="alice@example.org"))
    return visitor


def stored(label: str, **values: Any) -> Any:
    return specs()[label].model.objects.get(**values)


# -- every one of them ---------------------------------------------------------------------------------------------------


def test_every_record_of_every_form_is_chosen_by_keyboard_alone(alices):
    """In each combobox the first record is chosen; in those for several it is taken away again."""
    page, worked, chosen = alices.page, set[str](), 0
    page.on("dialog", lambda dialog: dialog.accept())
    for spec in specs().values():
        if "private" not in spec.resource.portals or "add" not in spec.resource.verbs:
            continue
        answer = alices.context.request.get(f"{alices.site}/private/{spec.app}/{spec.segment}/add/")
        if answer.status != 200 or "data-pick" not in answer.text():
            continue
        form = Form(alices, f"{spec.app}/{spec.segment}/add/{_type_of(spec)}")
        for control in page.locator("form [role=combobox]:is([data-combo] > *)").all():
            control.wait_for()
        names = page.locator("[data-combo] > [role=combobox]").evaluate_all("all => all.map((one) => one.id)")
        for name in names:
            box = page.locator(f"[id='{name}']")
            box.focus()
            form.press("ArrowDown")
            form.answered(box)
            field = box.evaluate(
                "one => one.closest('[data-combo]').parentElement.closest('[data-field]')?.dataset.field"
            )
            worked.add(f"{spec.label} {field or name}")
            if not form.records.count():
                form.press("Escape")
                expect(box).to_have_attribute("aria-expanded", "false")
                continue
            expect(box).to_have_attribute("aria-activedescendant", str(form.records.first.get_attribute("id")))
            form.press("Enter")
            expect(box).to_have_attribute("aria-expanded", "false")
            form.settled()
            chosen += 1
            chips = box.locator("xpath=..").locator(".chip")
            if chips.count():
                form.press("Backspace")
                expect(chips).to_have_count(0)
                form.said("was removed.")
            else:
                expect(box).not_to_have_value("")
            assert box.evaluate("one => one === document.activeElement"), name
        missing = [one for one in relation_fields(spec) if not _is_drawn(page, one)]
        assert not missing, (spec.label, missing)
    assert len(worked) > 60
    assert chosen > 40


def _type_of(spec: Any) -> str:
    column = spec.columns.get("type")
    group = str(getattr(column.field, "schema_group", "")) if column else ""
    return f"?type={types_of(group)[0][0]}" if group else ""


def _is_drawn(page: Any, name: str) -> bool:
    """A relation of the form has a combobox, if it has a control at all."""
    control = page.locator(f"[data-field='{name}']")
    return not control.count() or bool(
        control.locator("xpath=ancestor-or-self::*[@data-dressed or @data-combo]").count()
    )


def test_keys_do_what_they_do_in_a_combobox(alices):
    alices.expect("status of 422")
    form = Form(alices, "stem/cohort/add/")
    form.page.get_by_role("button", name="Create", exact=True).last.press("Enter")
    form.page.locator("#problems").wait_for()
    form.settled()
    project = form.box("Project")
    form.page.locator("#problems").get_by_role("link", name="Project").press("Enter")
    expect(project).to_be_focused()
    expect(project).to_have_attribute("aria-invalid", "true")
    assert "f-project-e" in str(project.get_attribute("aria-describedby"))
    form.press("Alt+ArrowDown")
    form.answered(project)
    expect(project).not_to_have_attribute("aria-activedescendant", "x")
    form.press("End")
    expect(form.options.last).to_have_class(re.compile("is-active"))
    form.press("Home")
    first = form.records.first.inner_text().split("\n")[0]
    form.press("ArrowUp", "ArrowDown", "Enter")
    expect(project).to_have_value(first)
    form.type("Project", "nothing of this name")
    form.press("Escape")
    expect(project).to_have_value(first)
    form.type("Project", "nothing of this name")
    form.press("Tab")
    expect(project).to_have_value(first)
    form.said("“nothing of this name” was not chosen.")
    assert len(form.value("project")) == 1
    project.focus()
    form.press("ControlOrMeta+a", "Delete", "Tab")
    assert form.value("project") == [""]
    # Several, in their order; Enter chooses, and a record that is chosen again is taken away.
    for name in ("PV01", "PV02", "PV03"):
        form.choose("Subjects", name)
    ids = form.value("subjects")[1:]
    assert [str(stored("stem.Subject", pk=one).name) for one in ids] == ["PV01", "PV02", "PV03"]
    form.page.get_by_role("button", name="Move up PV03").focus()
    form.press("Enter")
    assert form.value("subjects")[1:] == [ids[0], ids[2], ids[1]]
    expect(form.page.get_by_role("button", name="Move up PV03")).to_be_focused()
    form.page.get_by_role("button", name="Remove PV01").focus()
    form.press("Enter")
    assert form.value("subjects")[1:] == [ids[2], ids[1]]
    expect(form.page.get_by_role("button", name="Remove PV03")).to_be_focused()
    form.choose("Subjects", "PV02")
    assert form.value("subjects")[1:] == [ids[2]]
    form.choose("Project", "Interneurons")
    form.page.get_by_label("Name").first.fill("By keys")
    form.box("Subjects").focus()
    with form.page.expect_navigation():
        form.press("ControlOrMeta+Enter")
    assert [one.name for one in stored("stem.Cohort", name="By keys").subjects.all()] == ["PV03"]


def test_little_to_choose_from_is_one_click_each(alices):
    form = Form(alices, "modules/behavior/add/")
    few = form.page.locator("[data-few]")
    offered = few.all_inner_texts()
    assert offered == [
        "Linear track 2.16", "Open field 2.14", "Surgical suite 1.02", "Linear track running", "Open field exploration",
    ]  # fmt: skip
    few.filter(has_text="Open field 2.14").click()
    form.settled()
    setup = form.box("Setup")
    expect(setup).to_have_value("Open field 2.14")
    expect(setup).to_be_focused()
    expect(setup).to_have_attribute("aria-expanded", "false")
    assert form.value("setup") == [str(stored("personal_attributes.Setup", name="Open field 2.14").pk)]
    expect(few.filter(has_text="2.14")).to_have_count(0)
    form.press("ControlOrMeta+a", "Backspace", "Tab")
    expect(few.filter(has_text="2.14")).to_be_visible()  # it is to be chosen again
    assert not few.evaluate_all("all => all.some((one) => one.tabIndex >= 0)"), "keys have the list"
    form = Form(alices, "stem/session/add/")
    for name in ("Interneurons in memory consolidation", "Open recordings of hippocampal place cells"):
        form.page.get_by_role("button", name=f"Choose {name}").click()
        form.settled()
    assert len(form.value("projects")) == 3  # the first is empty
    form.page.get_by_role("button", name="Remove Open recordings").click()
    form.settled()
    expect(form.page.get_by_role("button", name="Choose Open recordings")).to_be_visible()


def test_what_narrows_is_told_lifted_and_filled_back(alices):
    form = Form(alices, "modules/procedure/add/?type=VirusInjection")
    stock = form.box("Consumable stock")
    stock.focus()
    form.press("ArrowDown")
    form.answered(stock)
    expect(form.list).to_contain_text("Only consumable stocks for this type")
    few = form.records.count()
    lift = form.options.filter(has_text="Show all that I may use")
    lift.click()
    expect(form.list).to_contain_text("All that you may use")
    expect(form.options.filter(has_text="Only consumable stocks for this type")).to_have_count(1)
    assert form.records.count() >= few
    form.press("Enter")
    expect(stock).to_have_attribute("aria-expanded", "false")
    expect(form.box("Inventory")).not_to_have_value("")
    chosen = stored("modules.ConsumableStock", pk=form.value("consumablestock")[0])
    assert form.value("inventory") == [str(chosen.inventory_id)]
    stock.focus()
    form.press("ArrowDown")
    form.answered(stock)
    assert form.value("_all.consumablestock") == ["true"]
    # The form that is drawn again for another type still has what was chosen, and its comboboxes.
    form.press("Escape")
    form.page.locator("[name=type]").select_option("Craniotomy")
    form.settled()
    expect(form.box("Consumable stock")).not_to_have_value("")
    assert form.value("consumablestock") == [str(chosen.pk)]


# -- pasted ----------------------------------------------------------------------------------------------------------------


def test_pasted_names_are_chosen_and_the_others_stay_to_be_seen(alices):
    ran: list[object] = []
    alices.context.expose_function("__ran", lambda number: ran.append((alices.path, number)))
    setup = specs()["personal_attributes.Setup"].model.objects.first()
    camera = specs()["modules.Equipment"].model.objects.first()
    for name in ("Twin", "Twin", "Solo camera"):
        camera.pk, camera.name, camera.setup = None, name, setup
        camera.save(force_insert=True)
    form = Form(alices, "modules/procedure/add/?type=Craniotomy")
    form.paste("Equipment", f"solo Camera\ntwin\nNobody\n{CORPUS[0]}")
    panel = form.page.get_by_role("group", name="Equipment: pasted names")
    expect(panel).to_contain_text("1 chosen, ")
    expect(panel).to_contain_text("1 to decide")
    assert "Nobody" in panel.locator("textarea").input_value()
    assert alices.page.evaluate(LIVE) == []
    assert len(form.value("equipment")) == 2
    # It is still there when the form is drawn again.
    form.page.locator("[name=type]").select_option("VirusInjection")
    form.settled()
    expect(panel).to_be_visible()
    panel.get_by_role("group", name="“twin” could be").get_by_role("button").first.press("Enter")
    expect(panel.get_by_role("group")).to_have_count(0)
    assert len(form.value("equipment")) == 3
    panel.locator("textarea").fill("SOLO camera\nStill nobody")
    panel.get_by_role("button", name="Look up again").press("Enter")
    expect(panel.locator("textarea")).to_have_value("Still nobody")
    panel.get_by_role("button", name="Put away").press("Enter")
    expect(panel).to_have_count(0)
    expect(form.box("Equipment")).to_be_focused()
    # One name, in a control for one record.
    form.paste("Subject", "pv04")
    expect(form.box("Subject")).to_have_value("PV04")
    form.paste("Subject", "PV99")
    expect(form.box("Subject")).to_have_value("PV99")
    form.answered(form.box("Subject"))
    form.press("Escape")
    expect(form.box("Subject")).to_have_value("PV04")
    form.paste("Licenses", "\n".join(f"Licence {number}" for number in range(502)))
    panel = form.page.get_by_role("group", name="Licenses: pasted names")
    expect(panel).to_contain_text("At most 500 names are looked up at once.")
    assert len(panel.locator("textarea").input_value().split("\n")) == 502
    assert not ran


def test_several_people_in_a_table_are_typed_and_pasted(alices):
    form = Form(alices, "stem/project/add/")
    page = form.page
    page.get_by_label("Name").first.fill("People")
    table = page.locator("[data-rows=user_roles]")
    people = [one.email for one in get_user_model().objects.filter(email__endswith="@example.org").order_by("pk")[:3]]
    person = table.get_by_role("combobox", name="Person")
    person.first.focus()
    page.keyboard.type("alice")
    form.answered(person.first)
    form.press("Enter")
    expect(person.first).to_have_value(f"Alice Andersen · {people[0]}")
    table.get_by_role("combobox", name="Role").first.select_option(index=1)
    role = table.get_by_role("combobox", name="Role").first.input_value()
    table.get_by_role("button", name="Add rows").press("Enter")
    expect(person.nth(1)).to_be_focused()
    expect(person.nth(1)).to_have_value("")
    # A block of a spreadsheet; the names of people are looked up where the select does not have them.
    person.nth(1).evaluate(PASTE, f"{people[1]}\t{role}\n{people[2]}\t{role}\n")
    expect(person.nth(1)).not_to_have_value("")
    expect(person.nth(2)).to_contain_text("")
    expect(person.nth(2)).not_to_have_value("")
    with page.expect_navigation():
        form.press("ControlOrMeta+Enter")
    assert "/add/" not in page.url, alices.text
    users = get_user_model().objects.in_bulk([one["user"] for one in stored("stem.Project", name="People").user_roles])
    assert sorted(one.email for one in users.values()) == sorted(people)


# -- a new one -------------------------------------------------------------------------------------------------------------


def test_a_new_record_is_made_in_a_dialog_and_chosen(alices):
    alices.expect("status of 422")
    form = Form(alices, "modules/equipment/add/")
    page, asked = form.page, list[str]()
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.get_by_label("Name").first.fill("typed behind")
    name = unique("Rig")
    form.type("Setup", name)
    dialog = page.get_by_role("dialog")
    form.press("End", "Enter")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[name=name]")).to_have_value(name)
    expect(dialog.locator("[name=location]")).to_be_hidden()
    # Escape asks if something was typed, and loses nothing that stands behind.
    form.press("Escape")
    expect(dialog).to_have_count(0)
    assert not asked
    expect(form.box("Setup")).to_be_focused()
    form.type("Setup", name)
    form.press("End", "Enter")
    dialog.locator("[name=name]").fill(f"{name} 2")
    form.press("Escape")
    expect(dialog).to_have_count(0)
    assert asked == ["Discard what you typed for the new record?"]
    form.type("Setup", name)
    form.press("End", "Enter")
    # What is missing is told beside its control.
    dialog.get_by_role("button", name="Create").press("Enter")
    expect(dialog.get_by_role("alert").filter(has_text="Nothing was saved yet")).to_be_visible()
    expect(dialog.locator(".field .error")).to_have_count(1)
    dialog.get_by_role("button", name="More fields").press("Enter")
    dialog.locator("[name=location]").fill("Room 3")
    kind = dialog.get_by_role("combobox", name="Setup type").and_(page.locator("input"))
    kind.focus()
    form.press("ArrowDown")
    form.answered(kind)
    form.press("Enter")
    expect(kind).not_to_have_value("")
    form.press("ControlOrMeta+Enter")
    expect(dialog).to_have_count(0)
    expect(form.box("Setup")).to_have_value(name)
    expect(form.box("Setup")).to_be_focused()
    form.said(f"{name} was added, and is chosen now.")
    expect(page.get_by_label("Name").first).to_have_value("typed behind")
    made = stored("personal_attributes.Setup", name=name)
    assert (form.value("setup"), made.location) == ([str(made.pk)], "Room 3")


def test_a_new_record_with_a_type_gets_the_fields_of_the_type(alices):
    form = Form(alices, "modules/procedure/add/?type=VirusInjection")
    form.choose("Inventory", "Virus freezer")
    stock = form.box("Consumable stock")
    stock.focus()
    form.press("ArrowDown")
    form.answered(stock)
    form.press("End", "Enter")
    dialog = form.page.get_by_role("dialog")
    inventory = dialog.get_by_role("combobox", name="Inventory").and_(form.page.locator("input"))
    expect(inventory).to_have_value("Virus freezer")
    kind = dialog.locator("select[name=type]")
    kind.select_option("VirusSolution")
    expect(dialog.locator("[name^='details.']").first).to_be_attached()
    expect(kind).to_be_focused()
    expect(inventory).to_have_value("Virus freezer")
    form.press("ControlOrMeta+Enter")
    expect(dialog).to_have_count(0)
    expect(stock).to_have_value(re.compile("Virus solution"))
    made = stored("modules.ConsumableStock", pk=form.value("consumablestock")[0])
    assert (made.type, made.inventory.name) == ("VirusSolution", "Virus freezer")


def test_a_new_entry_of_a_catalogue_is_a_proposal(alices):
    form = Form(alices, "stem/subject/add/")
    name = unique("Strain")
    form.type("Strain", name)
    form.press("End", "Enter")
    dialog = form.page.get_by_role("dialog")
    expect(dialog).to_contain_text("It can be chosen once they have approved it.")
    expect(dialog.locator("[name=name]")).to_have_value(name)
    species = dialog.get_by_role("combobox", name="Species").and_(form.page.locator("input"))
    species.focus()
    form.press("ArrowDown")
    form.answered(species)
    form.press("Enter")
    expect(species).not_to_have_value("")
    dialog.get_by_role("button", name="Submit").press("Enter")
    expect(dialog).to_have_count(0)
    form.said("was sent. It can be chosen once administrators have approved it.")
    assert form.value("strain") == [""]


# -- what goes wrong -------------------------------------------------------------------------------------------------------


@contextmanager
def answering(form: Form, act: Any) -> Iterator[None]:
    """Questions of comboboxes go through ``act`` on their way."""
    form.page.route("**/options/**", act)
    yield
    form.page.unroute("**/options/**")


def test_late_answers_do_not_count_and_a_lost_server_loses_no_words(alices):
    alices.expect("ERR_INTERNET_DISCONNECTED")
    # As in a browser that has sent the question already when it is given up.
    alices.context.add_init_script("XMLHttpRequest.prototype.abort = () => {}")
    form = Form(alices, "modules/procedure/add/")
    held: list[Route] = []
    subject = form.box("Subject")
    with answering(
        form, lambda route: held.append(route) if "search=PV&" in f"{route.request.url}&" else route.continue_()
    ):
        subject.focus()
        with form.page.expect_request("**/options/**search=PV"):
            form.page.keyboard.type("PV")
        form.page.keyboard.type("04")
        expect(form.records).to_have_count(1)
        with form.page.expect_response("**/options/**search=PV"):
            held[0].continue_()
        expect(form.records).to_have_count(1)
        expect(form.records.first).to_contain_text("PV04")
    form.press("Enter")
    expect(subject).to_have_value("PV04")
    with answering(form, lambda route: route.abort("internetdisconnected")):
        subject.focus()
        form.press("ControlOrMeta+a")
        form.page.keyboard.type("PV01")
        expect(form.list).to_contain_text("The server cannot be reached. What you typed stays here.")
        form.press("Tab")
        expect(subject).to_have_value("PV01")
        form.said("“PV01” is not chosen yet: the server did not answer.")
        form.paste("Licenses", "Licence 1\nLicence 2")
        panel = form.page.get_by_role("group", name="Licenses: pasted names")
        expect(panel).to_contain_text("The server cannot be reached.")
        expect(panel.locator("textarea")).to_have_value("Licence 1\nLicence 2")
    form.choose("Subject", "PV01")
    assert form.value("subject") == [str(stored("stem.Subject", name="PV01").pk)]


@pytest.mark.parametrize("goes_on", [True, False], ids=["goes on", "stays"])
def test_what_is_typed_before_the_list_is_loaded_is_searched_for_unless_one_has_gone_on(alices, goes_on):
    held = alices.hold("**/pickers/combobox.js*")
    form = Form(alices, "modules/procedure/add/")
    subject = form.box("Subject")
    with form.page.expect_request("**/pickers/combobox.js*"):
        subject.focus()
    form.page.keyboard.type("PV01")
    if goes_on:
        form.press("Tab")
    held[0].continue_()
    if goes_on:
        form.said("“PV01” was not chosen.")
        expect(subject).to_have_attribute("aria-expanded", "false")
        expect(subject).to_have_value("")
    else:
        form.answered(subject)
        form.press("Enter")
        expect(subject).to_have_value("PV01")


def test_what_is_chosen_while_the_form_is_drawn_again_stays(alices):
    form = Form(alices, "modules/procedure/add/")
    page, held = form.page, list[Route]()

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/procedure/add/", hold)
    with page.expect_request("**/procedure/add/"):
        page.locator("[name=type]").select_option("VirusInjection")
    subject = form.type("Subject", "PV01")
    expect(form.records).to_have_count(1)
    form.press("Enter")
    expect(subject).to_have_value("PV01")
    form.type("Consumable stock", "vir")
    held[0].continue_()
    form.settled()
    expect(page.locator("[name='details.injectionVolume']")).to_be_attached()
    expect(subject).to_have_value("PV01")
    expect(form.box("Consumable stock")).to_be_focused()
    expect(form.box("Consumable stock")).to_have_value("vir")
    form.answered(form.box("Consumable stock"))
    form.press("Enter")
    expect(form.box("Consumable stock")).to_have_value(re.compile("^Virus solution"))


# -- for everybody ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_comboboxes_are_for_everybody(visit, site, scheme):
    demo.load(fixed_passwords=True)
    visitor = visit(phone=True, color_scheme=scheme)
    visitor.page.set_viewport_size({"width": 320, "height": 640})
    visitor.sign_in(get_user_model().objects.get(email="alice@example.org"))
    form = Form(visitor, "stem/cohort/add/")
    page = form.page
    form.box("Subjects").tap()
    expect(form.records.first).to_be_visible()
    visitor.look(f"picker-list-{scheme}")
    form.records.first.tap()
    expect(page.locator(".chip")).to_have_count(1)
    remove = page.get_by_role("button", name="Remove")
    assert remove.evaluate("one => Math.min(one.offsetWidth, one.offsetHeight)") >= 44
    form.paste("Subjects", "PV02\nNobody\nElse")
    expect(page.locator(".combo-left")).to_be_visible()
    visitor.look(f"picker-pasted-{scheme}")
    remove.first.tap()
    expect(page.locator(".chip")).to_have_count(1)
    form.type("Project", "A new one")
    form.options.last.tap()
    expect(page.get_by_role("dialog")).to_be_visible()
    visitor.look(f"picker-dialog-{scheme}")
