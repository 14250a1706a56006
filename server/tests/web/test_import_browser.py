"""The import tool in a browser: by keyboard on a phone, without a script, and with a file that is dropped."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import expect

from brainstem.core.model.registry import specs

from ..people import unique

HOME = "/private/import-tool/"


@pytest.fixture
def names(lab, alice):
    return {
        "project": alice.get(f"stem/project/{lab['project']}").record["name"],
        "strain": alice.get(f"taxonomies/strain/{lab['strain']}").record["name"],
    }


def subjects(lab):
    return specs()["stem.Subject"].model.objects.filter(projects=lab["project"]).count()


def test_a_row_opens_in_its_place_by_keyboard_and_on_a_phone(visit, lab, alice, names):
    someone = visit(phone=True)
    someone.sign_in(alice.user)
    someone.go(f"{HOME}?model=stem/subject")
    someone.look("import-start")
    text = f"name\tSexx\tprojects\tstrain\n{unique('S')}\tF\t{names['project']}\t{names['strain']}"
    someone.page.get_by_label("Or paste from a spreadsheet").fill(text)
    someone.press("Check the table")
    assert someone.path.endswith("/columns/")
    someone.look("import-columns")
    someone.page.get_by_label("Sexx fills").select_option("sex")
    someone.press("Check the rows")
    someone.look("import-ready")
    someone.page.get_by_role("link", name="Edit row 2").press("Enter")
    sex = someone.page.get_by_role("textbox", name="Sexx, row 2")
    sex.fill("Q")
    sex.press("Enter")
    expect(someone.page.locator("#plan-state")).to_contain_text("1 wrong")
    someone.look("import-wrong")
    someone.page.emulate_media(color_scheme="dark")
    someone.look("import-wrong-dark")


def test_without_a_script_everything_is_forms(visit, lab, alice, names):
    someone = visit(java_script_enabled=False)
    someone.sign_in(alice.user)
    someone.go(f"{HOME}?model=stem/subject")
    before = subjects(lab)
    text = f"name\tsex\tprojects\tstrain\n{unique('S')}\tQ\t{names['project']}\t{names['strain']}"
    someone.page.get_by_label("Or paste from a spreadsheet").fill(text)
    someone.press("Check the table")
    someone.page.get_by_role("textbox", name="sex, row 2").fill("F")
    someone.page.locator("#again").click()
    someone.press("Import 1 row")
    assert subjects(lab) == before + 1
    someone.press("Undo all of it")
    assert subjects(lab) == before


def test_a_file_is_dropped_onto_the_form(visit, lab, alice, names):
    someone = visit()
    someone.sign_in(alice.user)
    someone.go(f"{HOME}?model=stem/subject")
    text = f"name,sex,projects,strain\n{unique('S')},F,{names['project']},{names['strain']}"
    dropped = someone.page.evaluate_handle(
        "(text) => { const all = new DataTransfer(); all.items.add(new File([text], 'mice.csv')); return all; }", text
    )
    someone.page.dispatch_event(".import-drop", "drop", {"dataTransfer": dropped})
    someone.press("Check the table")
    expect(someone.page.get_by_role("heading", name="mice.csv")).to_be_visible()
    expect(someone.page.get_by_role("button", name="Import 1 row")).to_be_visible()
    assert Client().get(someone.path).status_code == 302
