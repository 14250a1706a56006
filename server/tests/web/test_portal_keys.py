"""What only a browser shows of lists: keys, the bar of the selection, more rows, and columns that are dragged."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Route, expect

import brainstem.web
from brainstem.config import demo
from brainstem.core.model.registry import specs
from brainstem.web.portal.keys import KEYS

from ..people import Person
from .pages import Reader

SUBJECTS = "/private/stem/subject/"
STATIC = Path(brainstem.web.__file__).parent / "static"


@pytest.fixture
def many(site, django_user_model):
    """Alice, in the demo lab, with sixty more subjects in it."""
    demo.load(fixed_passwords=True)
    model = specs()["stem.Subject"].model
    pattern = model.objects.get(name="PV04")
    made = [model(name=f"Many {n:03}", sex="F", strain_id=pattern.strain_id, audience_id=pattern.audience_id) for n in range(60)]  # fmt: skip
    model.objects.bulk_create(made)
    project = pattern.projects.first()
    model.projects.through.objects.bulk_create(
        [model.projects.through(subject_id=one.pk, project_id=project.pk) for one in made]
    )
    return django_user_model.objects.get(email="alice@example.org")


@pytest.fixture
def visitor(visit, many):
    """Alice at her desk, before the list of subjects."""
    visitor = visit()
    visitor.sign_in(many)
    visitor.go(f"{SUBJECTS}?sort=name")
    return visitor


def first(label: str, **values):
    return specs()[label].model.objects.filter(**values).order_by("pk").first()


def records() -> dict[str, str]:
    """Pages of records: one with all tabs, one of a log, and a tab."""
    subject, log = f"{SUBJECTS}{first('stem.Subject', name='PV04').pk}/", first("modules.SubjectLog")
    return {"record": subject, "log": f"/private/modules/subjectlog/{log.pk}/", "tab": f"{subject}procedures/"}


def pasts(person, subject: str) -> list[str]:
    """Pages of histories with more than fits on one, and of what was deleted."""
    sender = Person(person)
    for number in range(22):
        assert (
            sender.patch(f"stem/subject/{subject.split('/')[-2]}", {"description": f"Version {number}."}).status == 200
        )
    first_page = Reader(person).get(f"{subject}history/")
    older = next(link for link in first_page.links if "cursor=" in link)
    return [f"{subject}history/", older, f"{SUBJECTS}history/"]


def proposal(author) -> str:
    """Pages of a proposal with others before and after it: as an administrator sees it, and its author."""
    species = first("taxonomies.Species").pk
    made = [Person(author).make("taxonomies/strain", name=f"Strain {n}", species=str(species))["id"] for n in range(3)]
    boss = get_user_model().objects.create_superuser(email="boss@example.org")
    path = f"/private/taxonomies/strainapproval/{made[1]}/review/"
    return "".join(Reader(one).get(path).text for one in (boss, author))


# -- the map ------------------------------------------------------------------------------------------------------------

NAMED = re.compile(r'aria-keyshortcuts="([^"]+)"')
GOES = re.compile(r'data-go="([^"]+)"')


def test_the_help_page_the_buttons_and_the_scripts_know_the_same_keys(many):
    """Each key that presses a button is named by one, where it is said to work; and no button names another key."""
    reader, known = Reader(many), records()
    subject = known["record"]
    pages = {
        "Everywhere": ["/private/"],
        "Lists": [f"{SUBJECTS}?sort=name", f"{SUBJECTS}?sort=name&page=2"],
        "Records": list(known.values()),
        "Histories": pasts(many, subject),
        "A field in its place": [f"{subject}field/?name=sex"],
        "Forms": ["/private/modules/subjectlog/add/?type=Weighing", f"{subject}change/"],
    }
    texts = {group: "".join(reader.get(path).text for path in paths) for group, paths in pages.items()}
    texts["Approvals"] = proposal(many)
    frame = set(NAMED.findall(texts["Everywhere"])) | {"?", "/"}
    for group, some in KEYS.items():
        named = {key for found in NAMED.findall(texts[group]) for key in found.split()}
        wanted = {key for one in some for key in one.pressed if key != "9"}  # no record has so many tabs yet
        assert wanted <= named, group
        assert named - frame <= wanted, group
    assert set(GOES.findall(texts["Everywhere"])) == {one.goes for one in KEYS["Everywhere"] if one.goes}
    # What no button does, the scripts do; they let those keys through.
    script = (STATIC / "brainstem/ui/keys.js").read_text()
    passed = re.search(r"\^\(\[(.+?)\]\|Enter\|Escape\)", (STATIC / "brainstem/ui/page.js").read_text())[1]
    for one in KEYS["Lists"]:
        key = one.keys.removeprefix("Shift ")
        if not one.pressed and len(key) == 1 and key != "e":
            assert f'"{key}"' in script, one
            assert key in passed, one
    words = reader.get("/keyboard/").words
    for group, some in KEYS.items():
        assert group in words
        for one in some:
            assert " ".join([*one.keys.split(), one.about]) in words, one


def test_all_keys_are_shown_and_switched_off_in_one_place(visitor):
    page = visitor.page
    for path in ("/private/", records()["record"], f"{SUBJECTS}add/"):
        visitor.go(path)
        page.keyboard.press("?")
        page.locator("dialog[open]").get_by_text("record before, in the list one came from").wait_for()
        for key in "edhl1.[]jc":  # nothing happens behind it
            page.keyboard.press(key)
        assert visitor.path == path
        page.keyboard.press("Escape")
    visitor.go("/keyboard/")
    visitor.press("Off")
    visitor.go(records()["record"])
    for key in ("e", "h", "2", "?", ".", "g", "p"):
        page.keyboard.press(key)
    assert visitor.path == records()["record"]
    assert page.locator("dialog, details[open]").count() == 0


def test_a_record_is_worked_by_keys(visitor):
    page, known = visitor.page, records()
    visitor.go(known["record"])
    page.keyboard.press(".")
    expect(page.locator(".page-head .popup :focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".page-head summary")).to_be_focused()
    page.keyboard.press("2")
    page.wait_for_url("**/procedures/")
    page.keyboard.press("j")
    expect(page.locator("tbody .name").first).to_be_focused()
    page.keyboard.press("c")
    page.wait_for_url("**/procedure/add/?subject=**")
    visitor.go(known["record"])
    page.keyboard.press("l")
    page.wait_for_url("**/subjectlogs/")
    page.keyboard.press("j")
    expect(page.locator("tbody .name").first).to_be_focused()
    page.keyboard.press("l")
    page.wait_for_url("**/change/#s-entries")
    expect(page.locator("[data-row]").last.locator(":focus")).to_have_count(1)
    visitor.go(known["log"])
    page.keyboard.press("l")
    page.wait_for_url("**/change/#s-entries")
    for key, end in (("e", "change/"), ("d", "duplicate/"), ("h", "history/")):
        visitor.go(known["record"])
        page.keyboard.press(key)
        page.wait_for_url(f"**{known['record']}{end}")


def test_the_actions_of_a_row_are_those_of_its_record(visitor):
    page = visitor.page
    page.keyboard.press("j")
    expect(page.locator("tbody .name").first).to_be_focused()
    page.keyboard.press(".")
    dialog = page.get_by_role("dialog", name="Actions of Many 000")
    expect(dialog.get_by_role("link", name="Open")).to_be_focused()
    for name in ("Edit", "Duplicate", "History", "Delete", "API"):
        expect(dialog.get_by_role("link", name=name)).to_be_visible()
    visitor.check_accessible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator("tbody .name").first).to_be_focused()
    page.keyboard.press(".")
    dialog.get_by_role("link", name="History").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/history/")


def test_neighbours_are_those_of_the_list_one_came_from(visitor):
    page = visitor.page

    def reach(name: str) -> None:
        row = page.locator("tbody tr").filter(has_text=name)
        row.locator("[name=id]").check()
        expect(page.locator("[data-count]")).to_have_text("1 selected")  # what lists need is loaded
        row.locator(".name").focus()

    visitor.go(records()["record"])
    assert page.locator(".neighbours").count() == 0
    visitor.go(f"{SUBJECTS}?sort=-name&search=Many")
    reach("Many 058")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Next: Many 057")).to_be_visible()
    visitor.check_accessible()
    page.keyboard.press("]")
    expect(page.locator("h1")).to_have_text("Many 057")
    page.locator(".neighbours").wait_for()
    for name in ("Many 058", "Many 059"):
        page.keyboard.press("[")
        expect(page.locator("h1")).to_have_text(name)
        page.locator(".neighbours").wait_for()
    assert page.locator(".neighbours [rel=prev]").count() == 0
    # A tab is the same record; and behind the last row comes the next page.
    visitor.go(f"{SUBJECTS}?sort=-name&search=Many")
    reach("Many 010")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Many 010")
    page.locator(".neighbours").wait_for()
    page.keyboard.press("2")
    page.wait_for_url("**/procedures/")
    page.locator(".neighbours").wait_for()
    page.keyboard.press("]")
    expect(page.locator("h1")).to_have_text("Many 009")
    page.get_by_role("link", name="Before: the page before").wait_for()
    page.keyboard.press("[")
    expect(page.locator("h1")).to_have_text("Many 010")


def test_a_neighbour_s_key_waits_for_the_neighbours(visitor):
    """Their links are drawn a moment after the page: who presses the key before that gets there all the same."""
    page = visitor.page
    visitor.go(f"{SUBJECTS}?sort=-name&search=Many")
    row = page.locator("tbody tr").filter(has_text="Many 058")
    row.locator("[name=id]").check()
    expect(page.locator("[data-count]")).to_have_text("1 selected")
    row.locator(".name").focus()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/neighbours.*", hold)
    with page.expect_request("**/neighbours.*"):
        page.keyboard.press("Enter")
    page.wait_for_url("**/subject/*/")
    page.wait_for_load_state()
    page.keyboard.press("]")
    expect(page.locator(".neighbours")).to_have_count(0)
    for one in held.copy():
        one.continue_()
    expect(page.locator("h1")).to_have_text("Many 057")


# -- focus ---------------------------------------------------------------------------------------------------------------


def test_focus_stays_where_it_was(visitor):
    """Whatever is drawn again: one stands on the same control, or on one beside it if it has gone."""
    page = visitor.page
    press = page.keyboard.press

    def leads(control, key: str = "Enter") -> None:
        control.focus()
        with page.expect_navigation():
            press(key)

    # Filters, sorting, views and pages of a list. Scripts that only some need are loaded with the first key.
    visitor.go(f"{SUBJECTS}?sex=F&search=Many")
    with page.expect_response("**/place.js"):
        press("Tab")
    page.wait_for_load_state("networkidle")
    leads(page.get_by_role("link", name="Remove filter Sex"))
    expect(page.locator(".filterbar :focus")).to_have_count(1)
    leads(page.locator("thead").get_by_role("link", name="Sex"))
    expect(page.locator("thead").get_by_role("link", name="Sex")).to_be_focused()
    leads(page.get_by_role("link", name="Next"))
    expect(page.locator(".pager :focus")).to_have_count(1)
    leads(page.get_by_label("Find in this list"))
    expect(page.get_by_label("Find in this list")).to_be_focused()
    page.locator('tbody [name="id"]').first.focus()
    press("Space")
    expect(page.locator("[data-count]")).to_have_text("1 selected")
    page.get_by_role("link", name="Show 50 more").focus()
    press("Enter")
    expect(page.locator("tbody .name").nth(50)).to_be_focused()
    # Columns.
    visitor.go(SUBJECTS)
    page.locator("#columns > summary").focus()
    press("Enter")
    move = page.locator("[data-sortable] li").nth(1).get_by_role("button").first
    moved = move.get_attribute("aria-label")
    leads(move)
    expect(page.get_by_role("button", name=moved)).to_be_focused()
    leads(page.locator("[data-sortable] li").nth(1).get_by_role("button").last)
    expect(page.locator("#columns :focus")).to_have_count(1)
    # Tabs, and an undo from the side of a record.
    record = records()["record"]
    visitor.go(record)
    leads(page.locator(".tabs").get_by_role("link", name="Sessions"))
    expect(page.locator(".tabs [aria-current]")).to_be_focused()
    visitor.go(record)
    page.locator('[data-edit="tags"]').focus()
    press("Enter")
    expect(page.locator('[data-in-place="tags"] [name=tags]')).to_be_focused()
    page.keyboard.type("swapped")
    press("Enter")
    expect(page.locator('[data-edit="tags"]')).to_be_focused()
    leads(page.locator(".aside").get_by_role("button", name="Undo"))
    expect(page.locator(".aside :focus")).to_have_count(1)
    # Dialogs and menus.
    page.locator('[data-edit="tags"]').focus()
    press("?")
    page.locator("dialog[open]").wait_for()
    press("Escape")
    expect(page.locator('[data-edit="tags"]')).to_be_focused()
    # A form that is drawn again.
    visitor.go("/private/modules/subjectlog/add/?type=Weighing")
    page.locator("[name=type]").focus()
    press("ArrowDown")
    expect(page.locator("[name=type]")).to_be_focused()
    page.wait_for_function("() => !document.querySelector('form[aria-busy]')")
    expect(page.locator("[name=type]")).to_be_focused()
    for button in ("Add rows", "Duplicate row 1", "Move row 1 down", "Remove row 1"):
        page.get_by_role("button", name=button).first.focus()
        press("Enter")
        expect(page.locator("[data-rows] :focus")).to_have_count(1)
    cohort = first("stem.Cohort")
    visitor.go(f"/private/stem/cohort/{cohort.pk}/change/")
    moving = page.get_by_role("button", name=re.compile("^Move .+ (up|down)$"))
    if moving.count():
        label = moving.last.get_attribute("aria-label")
        moving.last.focus()
        press("Enter")
        page.wait_for_function("() => !document.querySelector('form[aria-busy]')")
        expect(page.get_by_role("button", name=label)).to_be_focused()
    page.on("dialog", lambda dialog: dialog.accept())


# -- lists ---------------------------------------------------------------------------------------------------------------


def test_a_list_is_worked_by_keys(visitor):
    page = visitor.page

    def row(name: str):
        return page.locator("tbody").get_by_role("link", name=name, exact=True)

    page.keyboard.press("j")
    expect(page.locator("tbody .name").first).to_be_focused()
    page.keyboard.press("j")
    expect(row("Many 001")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("tbody :checked")).to_have_count(1)
    for _ in range(2):
        page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("tbody :checked")).to_have_count(3)
    assert page.locator("[data-count]").inner_text() == "3 selected"
    assert page.locator(".bulkbar").is_visible()
    page.keyboard.press("k")
    expect(row("Many 002")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("tbody :checked")).to_have_count(0)
    assert not page.locator(".bulkbar").is_visible()
    page.keyboard.press("f")
    expect(page.locator(".popup .pick").first).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.locator("dialog[open]").get_by_text("next row").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    page.keyboard.press("v")
    expect(page.get_by_label("Name of the view")).to_be_focused()
    page.keyboard.type("By name")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?view=by-name-*")
    search = page.locator(".filter-search [type=search]")
    search.focus()
    page.keyboard.type("jx?c")
    assert search.input_value() == "jx?c"
    page.locator("tbody .name").first.focus()
    page.keyboard.press("e")
    page.wait_for_url("**/change/")
    page.locator("h1").focus()
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/private/stem/project/")


def test_more_rows_are_added_and_the_selection_stays(visitor):
    page = visitor.page
    boxes = page.locator('tbody [name="id"]')
    boxes.nth(1).click()
    expect(page.locator("[data-count]")).to_have_text("1 selected")
    boxes.nth(3).click(modifiers=["Shift"])
    expect(page.locator("[data-count]")).to_have_text("3 selected")
    page.get_by_role("link", name="Show 50 more").click()
    expect(page.locator("tbody tr")).to_have_count(66)
    assert page.locator("tbody :checked").count() == 3
    assert page.locator(".pager").inner_text().startswith("1–66 of 66")
    assert page.evaluate("document.activeElement.closest('tr').id") == "row-51"
    assert "per=100" in visitor.path
    page.locator("[data-all]").click()
    expect(page.locator("[data-count]")).to_have_text("66 selected")
    page.locator(".bulkbar").get_by_role("button", name="Tags").click()
    page.get_by_role("heading", name="Tags of 66 subjects").wait_for()
    visitor.fill(add="dragged")
    visitor.press("Change tags")
    page.wait_for_url(f"**{SUBJECTS}?sort=name**")
    assert "Tags of 66 subjects changed." in visitor.text


def test_columns_are_dragged(visitor):
    page = visitor.page
    page.locator("#columns > summary").click()
    rows = page.locator("[data-sortable] li")
    expect(rows.first).to_have_attribute("draggable", "true")
    first, second = rows.nth(0).inner_text().strip(), rows.nth(1).inner_text().strip()
    rows.nth(0).locator("span").drag_to(rows.nth(1).locator("span"), target_position={"x": 4, "y": 17})
    page.wait_for_url("**columns=**")
    assert page.locator("#columns").evaluate("one => one.open")
    assert [rows.nth(n).inner_text().strip() for n in (0, 1)] == [second, first]
    page.locator("h1").click()
    page.locator("thead").hover()
    edge = page.locator("thead th", has_text=first).locator(".widen")
    edge.hover()
    box = edge.bounding_box()
    page.mouse.down()
    page.mouse.move(box["x"] - 400, box["y"], steps=3)
    page.mouse.up()
    page.wait_for_url("**widths=**-3")
    assert not page.locator("#columns").evaluate("one => one.open")
    assert page.get_by_label(f"Width of {first}").input_value() == "3"
    page.locator("thead").hover()
    page.locator("thead th", has_text=first).locator(".widen").dblclick()
    page.wait_for_url(lambda url: "widths=" not in url)


def test_all_that_match_are_deleted_without_a_script(visit, visitor):
    plain = visit(java_script_enabled=False)
    plain.context.add_cookies(visitor.context.cookies())
    plain.go(f"{SUBJECTS}?search=Many")
    assert not plain.page.locator(".bulkbar").is_visible()
    assert not plain.page.locator("[data-all]").is_visible()
    plain.page.locator('tbody [name="id"]').first.check()
    plain.page.get_by_label("All 60 that match").check()
    plain.page.locator(".bulkbar").get_by_role("button", name="Delete").click()
    assert "Delete 60 subjects?" in plain.text
    plain.fill(_sure="60")
    plain.press("Delete 60 subjects")
    assert "60 subjects deleted." in plain.text
