"""The import tool in a browser: errors are corrected in the page, somebody else reviews it, and all of it is undone."""

from __future__ import annotations

import re

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


def wrong_rows(names):
    """37 rows, each with an error of its own: number of the row -> (column, what would be right)."""
    lines, mends = ["name\tsex\tbirth_date\tstrain\tprojects"], {}
    for at in range(37):
        cells = [unique("S"), "F", "2026-01-01", names["strain"], names["project"]]
        column = 1 + at % 4
        mends[at + 2] = (column, cells[column])
        cells[column] = ("", f"x{at}", f"2026-13-{at}", f"Unheard of {at}", f"No such project {at}")[column]
        lines.append("\t".join(cells))
    return "\n".join(lines), mends


def subjects(lab):
    return specs()["stem.Subject"].model.objects.filter(projects=lab["project"]).count()


def test_37_different_errors_are_corrected_reviewed_imported_and_undone(visit, lab, alice, bob, names):
    owner, reviewer = visit(), visit()
    owner.sign_in(alice.user)
    reviewer.sign_in(bob.user)
    before, (text, mends) = subjects(lab), wrong_rows(names)
    owner.go("/private/stem/subject/")
    owner.page.locator("main").get_by_role("link", name="Import", exact=True).click()
    owner.page.wait_for_url(re.compile("model=stem/subject"))
    owner.page.get_by_label("Or paste from a spreadsheet").fill(text)
    owner.look("import-start")
    owner.press("Check the table")
    expect(owner.page.get_by_role("status").first).to_contain_text("37 rows, 37 wrong")
    owner.look("import-plan")
    plan = owner.page.url
    owner.page.get_by_label("Other value for x0 in sex").fill("F")
    owner.page.get_by_label("Other value for x0 in sex").press("Enter")
    expect(owner.page.get_by_role("status").first).to_contain_text("36 wrong")
    assert owner.page.url == plan  # in the page, not by loading it anew
    others = {f"c-0-{row}-{column}": right for row, (column, right) in [*mends.items()][1:]}
    first, second, *rest = others
    owner.page.locator(f"[name='{first}']").fill(others[first])  # checked at once
    owner.page.locator(f"[name='{second}']").fill(others[second])  # kept meanwhile, or checked after it
    expect(owner.page.locator("#plan-state")).to_contain_text(re.compile("3[45] wrong"))
    owner.page.wait_for_function("() => !document.querySelector('[aria-busy=true]')")
    # Typed without leaving a cell: 34 times the same would only take long.
    owner.page.evaluate(
        "(typed) => { for (const [name, text] of typed) document.getElementsByName(name)[0].value = text; }",
        [(name, others[name]) for name in rest],
    )
    owner.page.locator("#again").click()
    expect(owner.page.get_by_role("button", name="Import 37 rows")).to_be_visible()
    assert owner.page.url == plan
    assert subjects(lab) == before

    owner.follow("Ask for a review")
    owner.page.get_by_label("Email address or name").fill(bob.email)
    owner.page.get_by_label("What should they look at?").fill("Are these the right strains?")
    owner.look("import-review")
    owner.press("Ask for a review")
    reviewer.go("/private/inbox/")
    reviewer.page.get_by_role("link", name=re.compile("^Review")).click()
    expect(reviewer.page.get_by_text("Are these the right strains?")).to_be_visible()
    expect(reviewer.page.get_by_role("button", name=re.compile("^Import"))).to_have_count(0)
    reviewer.look("import-plan-reviewer")
    reviewer.page.get_by_label("Comment").fill("Yes.")
    reviewer.press("It is fine")

    owner.go(plan.removeprefix(owner.site))
    expect(owner.page.get_by_text("Says it is fine")).to_be_visible()
    owner.look("import-ready")
    owner.page.emulate_media(color_scheme="dark")
    owner.look("import-ready-dark")
    owner.press("Import 37 rows")
    expect(owner.page.get_by_text("is imported.")).to_be_visible()
    assert subjects(lab) == before + 37
    owner.look("import-done-dark")
    owner.press("Undo all of it")
    expect(owner.page.get_by_text("Undone: 37 records deleted.")).to_be_visible()
    assert subjects(lab) == before


def test_a_button_that_is_pressed_while_an_answer_is_awaited_counts(visit, lab, alice, names):
    someone = visit()
    someone.sign_in(alice.user)
    someone.go(f"{HOME}?model=stem/subject")
    rows = [f"{unique('S')}\tQ{number}\t{names['project']}\t{names['strain']}" for number in (1, 2)]
    someone.page.get_by_label("Or paste from a spreadsheet").fill("\n".join(["name\tsex\tprojects\tstrain", *rows]))
    someone.press("Check the table")
    pattern, held = f"**{someone.path.partition('?')[0]}**", []
    someone.page.route(pattern, lambda route: route.continue_() if held else held.append(route))
    someone.page.get_by_role("textbox", name="sex, row 2").fill("F")
    someone.page.keyboard.press("Tab")  # the cell is checked, and the answer is not there yet
    someone.page.wait_for_function("() => document.querySelector('#plan').getAttribute('aria-busy')")
    someone.page.get_by_role("textbox", name="sex, row 3").fill("M")
    someone.page.locator("#again").click()
    held[0].continue_()
    expect(someone.page.get_by_role("button", name="Import 2 rows")).to_be_visible()


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
