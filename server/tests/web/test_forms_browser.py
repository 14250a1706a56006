"""Forms in a browser: what only scripts do, and hostile texts in every control; scenarios have a module of their own."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect

from brainstem.config import demo
from brainstem.core.model.registry import specs

from ..lab import Lab, path_of
from ..people import unique
from .hostile import ALL, CORPUS, LIVE, poison_everything
from .test_forms_records import PNG
from .visitor import Visitor

pytestmark = pytest.mark.slow


class Form:
    """A form in a visitor's browser, filled in as a person does: by labels and names, with pauses for redraws."""

    def __init__(self, visitor: Visitor, path: str) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.page.on("dialog", lambda dialog: dialog.accept())
        visitor.go(f"/private/{path}")

    def control(self, name: str) -> Locator:
        return self.page.locator(f'[name="{name}"]:visible').first

    def fill(self, **values: str) -> None:
        """Type or choose; two underscores stand for a dot."""
        for key, value in values.items():
            self.write(key.replace("__", "."), value)

    def write(self, name: str, value: str) -> None:
        """Type, choose by value or label, or press the button of a choice."""
        control = self.control(name)
        kind = control.evaluate("one => one.type || one.tagName")
        if kind == "radio":
            self.page.locator(f'[name="{name}"][value="{value}"]').check(force=True)
        elif kind == "select-one":
            control.select_option(value)
        elif kind == "checkbox":
            self.page.locator(f'[name="{name}"][value="{value}"]').check()
        else:
            control.fill(value)
        self.settled()

    def settled(self) -> None:
        """Wait until the server has drawn what depends on a choice."""
        self.page.wait_for_function("() => !document.querySelector('form[aria-busy]')")

    def create(self, label: str = "Create") -> str:
        """Save; the id of the record."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=label, exact=True).and_(self.page.locator(":visible")).last.click()
        assert "/add/" not in self.page.url, self.visitor.text
        return self.page.url.split("?")[0].rstrip("/").rpartition("/")[2]


@pytest.fixture
def alices(visit, lab, alice) -> tuple[Visitor, Lab]:
    """Alice in a browser, and her lab."""
    visitor = visit()
    visitor.sign_in(alice.user)
    return visitor, lab


def record(lab: Lab, name: str, made: str) -> Any:
    return lab.owner.get(f"{path_of(name)}/{made}").record


def _here(visitor: Visitor) -> Form:
    form = Form.__new__(Form)
    form.visitor, form.page = visitor, visitor.page
    return form


def test_a_licence_needs_its_dates_before_it_is_active(alices):
    visitor, lab = alices
    visitor.expect("status of 422")
    form = Form(visitor, "personal_attributes/license/add/")
    form.fill(name=unique("Licence"), type="animal_research_authorization", status="active")
    visitor.page.locator(".form-foot").get_by_role("button", name="Create", exact=True).click()
    expect(visitor.page.locator("#problems")).to_be_focused()
    visitor.look("form-errors")
    form.fill(valid_from="2026-01-01", valid_until="2027-01-01")
    made = form.create()
    assert record(lab, "license", made)["status"] == "active"


@pytest.mark.parametrize("goes_on", [True, False], ids=["goes on", "stays"])
def test_what_is_wrong_is_gone_to_unless_somebody_is_in_a_control_already(alices, goes_on):
    visitor, _lab = alices
    visitor.expect("status of 422")
    form, page = Form(visitor, "personal_attributes/license/add/"), visitor.page
    form.fill(name=unique("Licence"), type="animal_research_authorization", status="active")
    held = visitor.hold("**/forms/main.js*")
    button = page.locator(".form-foot").get_by_role("button", name="Create", exact=True)
    button.focus()
    button.press("Enter", no_wait_after=True)
    problems = page.locator("#problems")
    problems.wait_for()
    if goes_on:
        form.control("name").focus()
    held[0].continue_()
    page.wait_for_load_state("load")
    if goes_on:
        expect(form.control("name")).to_be_focused()
    else:
        expect(problems).to_be_focused()


def test_a_storage_is_entered_with_its_levels_pasted_from_a_spreadsheet(alices):
    visitor, lab = alices
    form = Form(visitor, "personal_attributes/datastorage/add/")
    form.fill(name=unique("Server"))
    form.control("data_protocols.0.protocol").evaluate(
        """(cell) => {
          const data = new DataTransfer();
          data.setData("text/plain", "SMB\\t//server/data\\r\\nHTTPS\\thttps://data.example\\r\\n");
          cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )
    table = visitor.page.locator('[data-rows="data_organization"]')
    for level in ("Projects", "Subjects", "Sessions"):
        table.locator("tbody tr").last.locator("input[type=text]").fill(level)
        table.get_by_role("button", name="Add rows").click()
    table.get_by_role("button", name="Move row 1 down").first.click()
    made = form.create()
    found = record(lab, "datastorage", made)
    assert [row["elements"] for row in found["data_organization"]] == ["Subjects", "Projects", "Sessions"]
    assert [row["path"] for row in found["data_protocols"]] == ["//server/data", "https://data.example"]


def test_a_chosen_file_stays_chosen_and_unsaved_changes_are_asked_about(alices, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    visitor, lab = alices
    visitor.expect("status of 422")
    page, asked = visitor.page, list[str]()
    page.on("dialog", lambda dialog: asked.append(dialog.type))
    form = Form(visitor, f"personal_attributes/setup/{lab['setup']}/change/")
    page.locator("[name=image]").set_input_files({"name": "rig.png", "mimeType": "image/png", "buffer": PNG})
    form.fill(name="")
    page.locator(".form-foot").get_by_role("button", name="Save", exact=True).click()
    page.locator("#problems").wait_for()
    assert page.locator("[name=image]").evaluate("one => one.files[0].name") == "rig.png"
    assert page.locator("[data-again]").count() == 0
    form.fill(name=unique("Rig"))
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert record(lab, "setup", lab["setup"])["image"]
    assert asked == []
    form = Form(visitor, f"personal_attributes/setup/{lab['setup']}/change/")
    form.fill(location="elsewhere")
    visitor.go("/private/")
    assert asked == ["beforeunload"]


def test_tags_are_completed_times_are_now_and_rows_are_dragged(alices):
    visitor, lab = alices
    lab.add("session", tags=["pilot", "linear track"])
    tokyo = ZoneInfo("Asia/Tokyo")
    lab.owner.user.time_zone = tokyo.key
    lab.owner.user.save(update_fields=["time_zone"])
    form = Form(visitor, f"stem/session/{lab['session']}/change/")
    page = visitor.page
    page.get_by_role("button", name="Date and time: now").click()
    noted = dt.datetime.fromisoformat(page.locator("[name=date_time]").input_value()).replace(tzinfo=tokyo)
    assert abs(dt.datetime.now(tokyo) - noted) < dt.timedelta(minutes=5)
    page.locator("[name=tags]").press_sequentially("new, lin")
    page.wait_for_function("() => document.querySelector('[name=tags]').list.options.length > 0")
    options = page.locator("[name=tags]").evaluate("one => [...one.list.options].map((option) => option.value)")
    assert options == ["new, linear track"]
    table = page.locator('[data-rows="extra_fields"]')
    with page.expect_request("**/drag.js*") as asked:
        for name in ("a", "b"):
            table.locator("tbody tr").last.locator("input[type=text]").first.fill(name)
            table.get_by_role("button", name="Add rows").click()
    page.evaluate("url => import(url).then(() => true)", asked.value.url)  # the script is there
    rows = table.locator("tbody tr")
    rows.nth(1).locator("[data-grip]").drag_to(rows.nth(0).locator("[data-grip]"), target_position={"x": 2, "y": 2})
    rows.nth(0).get_by_role("button", name="Duplicate row").click()
    names = table.locator("tbody tr input[name$='.name']").evaluate_all("all => all.map((one) => one.value)")
    assert names[:3] == ["b", "b", "a"]
    assert form.page.evaluate("document.activeElement.value") == "b"


def test_without_a_script_the_button_shows_the_fields_of_a_type(visit, lab, alice):
    visitor = visit(java_script_enabled=False)
    visitor.expect("status of 422")
    visitor.sign_in(alice.user)
    visitor.go(f"/private/modules/procedure/add/?subject={lab['subject']}")
    page = visitor.page
    page.locator("[name=notes]").fill("kept")
    page.locator("[name=type]").select_option("Craniotomy")
    page.locator("[name=type] + button").click()
    assert page.locator('[name="details.surgicalMethod"]').count() == 1
    assert page.locator("[name=notes]").input_value() == "kept"
    page.locator("[name=date_time]").press("Enter")
    assert "/add/" not in page.url or "Coordinate system" in page.content()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forms_are_for_everybody(visit, lab, alice, phone, scheme):
    visitor = visit(phone=phone, color_scheme=scheme)
    visitor.sign_in(alice.user)
    log = lab.add("subjectlog", type="Genotyping")["id"]
    manipulation = lab["manipulation"]
    for name, path in (
        ("session", f"stem/session/{lab['session']}/change/"),
        ("storage", "personal_attributes/datastorage/add/"),
        ("log", f"modules/subjectlog/{log}/change/"),
        ("manipulation", f"modules/manipulation/{manipulation}/change/"),
        ("acquisition", "modules/dataacquisition/add/?type=ExtracellularEphys"),
    ):
        visitor.go(f"/private/{path}")
        visitor.look(f"form-{name}-{scheme}")


def test_no_text_runs_in_a_form_whatever_a_lab_stores(visit, site):
    demo.load(fixed_passwords=True)
    alice = specs()["users.User"].model.objects.get(email="alice@example.org")
    assert poison_everything() > 100
    ran: list[object] = []
    visitor = visit()
    visitor.context.expose_function("__ran", lambda number: ran.append((visitor.path, number)))
    visitor.sign_in(alice)
    for spec in specs().values():
        if spec.resource.verbs & {"add", "change"} and "private" in spec.resource.portals:
            record_id = spec.model._default_manager.order_by("pk").values_list("pk", flat=True).first()
            for path in ("add", f"{record_id}/change"):  # a duplicate is the form of both
                answer = visitor.context.request.get(f"{site}/private/{spec.app}/{spec.segment}/{path}/")
                assert answer.status < 500, (spec.label, path)
                if answer.status == 200:
                    visitor.go(f"/private/{spec.app}/{spec.segment}/{path}/")
                    assert visitor.page.evaluate(LIVE) == [], path
    assert not ran


@pytest.mark.parametrize("name", ["session", "subject", "manipulation", "datastorage", "license"])
def test_no_text_that_is_typed_into_a_form_runs(visit, lab, alice, name):
    ran: list[object] = []
    visitor = visit()
    visitor.expect("status of 422")
    visitor.context.expose_function("__ran", lambda number: ran.append((visitor.path, number)))
    visitor.page.on("dialog", lambda dialog: dialog.accept())
    visitor.sign_in(alice.user)
    made = lab[name]
    for text in (ALL, CORPUS[2], CORPUS[7]):
        visitor.go(f"/private/{path_of(name)}/{made}/change/")
        for control in visitor.page.locator("form[data-form] input[type=text]:visible").all():
            control.fill(text)
        for area in visitor.page.locator("form[data-form] textarea").all():
            if area.get_attribute("data-rich") is None:
                area.fill(text)
                continue
            visitor.page.locator(f"label[for={area.get_attribute('id')}]").click()
            visitor.page.locator(f".rich:has(+ #{area.get_attribute('id')}) .rich-text").fill(text)
        with visitor.page.expect_navigation():
            visitor.page.locator(".form-foot button").first.click()
        assert visitor.page.evaluate(LIVE) == []
    assert not ran
