"""The Web API tool in a browser: looking, folding, following ids."""

import re
from urllib.parse import unquote

import pytest

from ..people import PASSWORD, unique


@pytest.fixture
def known(lab):
    """Alice's lab with a session of a name."""
    name = unique("Linear track")
    lab.session_name = name
    lab.session_id = lab.add("session", name=name, description="<b>Run</b>")["id"]
    return lab


def test_one_comes_from_the_projects_to_a_session_by_links(visitor, known):
    visitor.sign_in(known.owner.user)
    visitor.go("/api/private/stem/project/")
    visitor.follow(f'"{known["project"]}"')
    assert visitor.page.inner_text("h1").startswith("Project")
    visitor.follow(f'"{known.session_id}"')
    visitor.page.wait_for_url(f"**/stem/session/{known.session_id}/")
    assert visitor.page.inner_text("h1") == known.session_name
    assert '"<b>Run</b>"' in visitor.page.inner_text("#tree")
    visitor.follow("projects")
    visitor.page.wait_for_url(f"**/stem/session/{known.session_id}/projects/")
    assert known["project"] in visitor.page.inner_text("#tree")


def test_who_signs_in_comes_back(visitor, known):
    visitor.expect("status of 401")
    path = f"/api/private/stem/session/{known.session_id}/?include[]=projects.*"
    assert visitor.go(path).status == 401
    visitor.page.locator("main").get_by_role("link", name="Sign in").click()
    visitor.fill(login=known.owner.email, password=PASSWORD)
    visitor.page.locator("main form").get_by_role("button", name="Sign in", exact=True).click()
    visitor.page.locator("h1", has_text=known.session_name).wait_for()
    assert unquote(visitor.path) == path


def test_json_folds_and_unfolds(visitor, known):
    visitor.sign_in(known.owner.user)
    visitor.go("/api/private/stem/session/")
    tree = visitor.page.locator("#tree .json")
    assert "created_at" in tree.inner_text()
    visitor.press("Fold")
    assert "created_at" not in tree.inner_text()
    assert known.session_name in tree.inner_text(), "a folded record is still told by its name"
    visitor.press("Unfold all")
    assert "created_at" in tree.inner_text()
    visitor.press("Text")
    assert visitor.page.locator("#answer").inner_text().startswith('{"sessions":[')
    summary = tree.locator("summary").first
    visitor.press("Text")
    summary.focus()
    visitor.page.keyboard.press("Enter")
    assert "sessions" not in tree.inner_text()


def test_numbers_stand_as_they_were_written(visitor, known):
    path = f"stem/session/{known.session_id}"
    known.owner.patch(path, {"extra_fields": {"whole": 1.0, "small": 1e-7, "text": "a\u2028b"}})
    visitor.sign_in(known.owner.user)
    visitor.go(f"/api/private/{path}/")
    shown, sent = visitor.page.inner_text("#tree"), known.owner.get(path).text
    for name in ("whole", "small"):  # the databases write small numbers in ways of their own
        assert f'"{name}": {re.search(rf"{name}.: ?([^,}}]+)", sent)[1]}' in shown
    assert '"whole": 1.0' in shown


def test_pages_are_turned(visitor, lab):
    for _ in range(45):
        lab.add("session")
    visitor.sign_in(lab.owner.user)
    visitor.go("/api/private/stem/session/?sort[]=name")
    assert visitor.page.inner_text(".api-count") == "1-20 of 45"
    visitor.follow("Next")
    visitor.page.wait_for_url("**/?sort[]=name&offset=20")
    assert visitor.page.inner_text(".api-count") == "21-40 of 45"
    visitor.follow("Last")
    visitor.page.wait_for_url("**&offset=40")
    assert visitor.page.inner_text(".api-count") == "41-45 of 45"
    visitor.go("/api/private/stem/session/?sort[]=name&offset=99999")
    assert visitor.page.inner_text(".api-count") == "0 of 45"
    visitor.follow("Previous")
    visitor.page.wait_for_url("**&offset=40")
    visitor.follow("First")
    visitor.follow("50")
    visitor.page.wait_for_url("**&limit=50")
    assert visitor.page.inner_text(".api-count") == "1-45 of 45"


def test_everyone_looks_at_what_is_public(visitor, visit, known):
    known.owner.patch(f"stem/project/{known['project']}", {"is_public": True})
    visitor.go("/api/public/stem/project/")
    visitor.follow(f'"{known["project"]}"')
    assert visitor.page.locator("nav[aria-label=Portal] a").all_inner_texts() == ["Public"]
    signed = visit()
    signed.sign_in(known.owner.user)
    signed.go(f"/api/public/stem/session/{known.session_id}/?include[]=projects.*")
    signed.follow("Private")
    signed.page.wait_for_url(f"**/api/private/stem/session/{known.session_id}/?include[]=projects.*")
    assert signed.page.locator(".side [aria-current=page]").inner_text() == "Sessions"


def test_the_schema_is_shown_when_asked_for(visitor, db):
    visitor.go("/api/schema/")
    assert visitor.page.locator("#tree .json").count() == 0
    visitor.press("Show it here")
    visitor.page.locator("#tree .json").wait_for()
    assert '"openapi": "3.1' in visitor.page.inner_text("#tree")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_tool_reads_well(visit, known, phone):
    visitor = visit(phone=phone)
    visitor.expect("status of 40")
    visitor.go("/api/private/stem/session/")
    visitor.look("api-signed-out")
    visitor.sign_in(known.owner.user)
    for name, path in {
        "api-list": "/api/private/stem/session/",
        "api-record": f"/api/private/stem/session/{known.session_id}/",
        "api-index": "/api/",
        "api-400": "/api/private/stem/session/?filter{nmae}=x",
    }.items():
        visitor.go(path)
        visitor.look(name)
