"""What only a browser shows of lists: keys, the bar of the selection, more rows, and columns that are dragged."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from brainstem.config import demo
from brainstem.core.model.registry import specs

SUBJECTS = "/private/stem/subject/"


@pytest.fixture
def visitor(visit, site, django_user_model):
    """Alice at her desk, in the demo lab, with sixty more subjects in it."""
    demo.load(fixed_passwords=True)
    model = specs()["stem.Subject"].model
    pattern = model.objects.get(name="PV04")
    made = [model(name=f"Many {n:03}", sex="F", strain_id=pattern.strain_id, audience_id=pattern.audience_id) for n in range(60)]  # fmt: skip
    model.objects.bulk_create(made)
    project = pattern.projects.first()
    model.projects.through.objects.bulk_create(
        [model.projects.through(subject_id=one.pk, project_id=project.pk) for one in made]
    )
    visitor = visit()
    visitor.sign_in(django_user_model.objects.get(email="alice@example.org"))
    visitor.go(f"{SUBJECTS}?sort=name")
    return visitor


def focused(page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def test_a_list_is_worked_by_keys(visitor):
    page = visitor.page
    page.keyboard.press("j")
    expect(page.locator("tbody .name").first).to_be_focused()
    page.keyboard.press("j")
    assert focused(page) == "Many 001"
    page.keyboard.press("x")
    expect(page.locator("tbody :checked")).to_have_count(1)
    for _ in range(2):
        page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("tbody :checked")).to_have_count(3)
    assert page.locator("[data-count]").inner_text() == "3 selected"
    assert page.locator(".bulkbar").is_visible()
    page.keyboard.press("k")
    assert focused(page) == "Many 002"
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
