"""A list as a table in a browser: cells typed and pasted, taken back, and sent to be reviewed."""

from __future__ import annotations

import re
from unittest import mock

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

SUBJECTS = "/private/stem/subject/"
COLUMNS = "?columns=sex,genotype,strain,projects&search=Mouse&sort=name"


@pytest.fixture
def mice(lab):
    return [lab.add("subject", name=f"Mouse {n:02}", sex="M", genotype="wt") for n in range(4)]


@pytest.fixture
def desk(visit, alice, mice):
    visitor = visit()
    visitor.sign_in(alice.user)
    return visitor


def stored(alice, name):
    found = alice.get("stem/subject/", "filter{name.startswith}=Mouse").records
    return {one["name"]: one[name] for one in found}


@pytest.fixture
def grid(desk):
    desk.go(f"{SUBJECTS}grid/{COLUMNS}")
    desk.page.locator(".tabulator-row").first.wait_for()
    return desk.page


def cell(page, row, column):
    return page.locator(f'.tabulator-row >> nth={row} >> [tabulator-field="c{column}"]')


def paste(page, text):
    page.evaluate(
        """(text) => {
      const data = new DataTransfer();
      data.setData("text/plain", text);
      const at = document.activeElement ?? document.body;
      at.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }""",
        text,
    )


def told(page):
    return page.locator("[data-told]")


def test_cells_are_pasted_over_others_and_below_the_last_row(desk, lab, alice, grid, mice):
    strain = alice.get(f"taxonomies/strain/{lab['strain']}").record["name"]
    project = alice.get(f"stem/project/{lab['project']}").record["name"]
    cell(grid, 3, 0).click()
    paste(grid, f'Mouse 03\tFemale\tAi32\t"{strain}"\t{project}\nMouse 77\tF\thet\t{strain}\t{project}\n')
    expect(told(grid)).to_have_text("2 cells changed, 1 new row")
    desk.look("grid")
    assert stored(alice, "sex")["Mouse 03"] == "M"
    grid.keyboard.press("Control+z")
    expect(told(grid)).to_have_text("4")
    cell(grid, 3, 0).click()
    paste(grid, f"Mouse 03\tFemale\tAi32\nMouse 77\tFemale\thet\t{strain}\t{project}")
    desk.expect("status of 404")  # the page of plans is another one
    grid.get_by_role("button", name="Review").click()
    grid.wait_for_url("**/private/import-tool/**")
    one = grid.url.rstrip("/").rpartition("/")[2]
    rows = alice.get(f"imports/{one}/rows/").body["rows"]
    assert [(row["action"], row["id"]) for row in rows] == [("changed", mice[3]["id"]), ("created", None)]
    assert rows[1]["label"] == "Mouse 77"
    assert {name: change["to"] for name, change in rows[0]["changes"].items()} == {"sex": "F", "genotype": "Ai32"}
    assert "Mouse 77" not in stored(alice, "name")


def test_cells_are_edited_by_keyboard_and_what_is_wrong_is_marked(desk, alice, grid):
    press = grid.keyboard.press
    cell(grid, 0, 2).click()
    grid.keyboard.type("Ai14")
    press("Enter")
    expect(cell(grid, 0, 2)).to_have_text("Ai14")
    expect(told(grid)).to_have_text("1 cell changed")
    cell(grid, 1, 1).click()
    paste(grid, "Neither")
    expect(told(grid)).to_have_text("2 cells changed, 1 to correct")
    expect(cell(grid, 1, 1)).to_have_attribute("title", re.compile("Choose one of Female, Male"))
    press("Control+z")
    press("Control+z")
    expect(told(grid)).to_have_text("4")
    expect(grid.get_by_role("button", name="Review")).to_be_disabled()


def test_nothing_typed_is_lost_when_the_table_is_refused(desk, alice, grid):
    cell(grid, 0, 2).click()
    paste(grid, "Ai14")
    with mock.patch("brainstem.web.portal.grid.planning.MOST_SHEETS", 0):
        desk.expect("status of 422")
        grid.get_by_role("button", name="Review").click()
        expect(grid.locator("#problems")).to_be_visible()
    expect(cell(grid, 0, 2)).to_have_text("Ai14")
    expect(told(grid)).to_have_text("1 cell changed")


def test_it_is_loaded_by_its_own_page_alone(desk, mice):
    asked = []
    desk.page.on("request", lambda request: asked.append(request.url))
    desk.go(SUBJECTS)
    assert not [url for url in asked if "tabulator" in url or "/bulk" in url]
    desk.go(f"{SUBJECTS}grid/")
    assert len([url for url in asked if "tabulator" in url]) == 2
