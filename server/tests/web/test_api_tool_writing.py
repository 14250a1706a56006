"""Writing through the Web API tool: forms and JSON, refusals beside their fields, deleting after a look."""

import io
import json

import pytest
from PIL import Image
from playwright.sync_api import expect

from ..people import PASSWORD, unique


@pytest.fixture
def alices(visitor, lab):
    """Alice at her lab."""
    visitor.sign_in(lab.owner.user)
    return visitor


def field(visitor, name):
    """The input of a field of the form that is open."""
    label = visitor.page.locator(f"label:text-matches('^{name}( required)?$')")
    return visitor.page.locator(".api-panel:visible .field").filter(has=label).locator("input, textarea, select").first


def errors_of(visitor, name) -> str:
    label = visitor.page.locator(f"label:text-matches('^{name}( required)?$')")
    return visitor.page.locator(".api-panel:visible .field").filter(has=label).locator(".errorlist").inner_text()


def send(visitor, label, status):
    visitor.page.locator(".api-panel:visible button.primary", has_text=label).click()
    visitor.page.locator(f".api-panel:visible [data-status='{status}']").wait_for()


def count_of(lab, name) -> int:
    return lab.owner.get("stem/session", f"filter{{name}}={name}").body["count"]


def test_a_record_is_added_changed_and_deleted(alices, lab):
    name, renamed = unique("Sleep"), unique("Sleep, renamed")
    alices.go("/api/private/stem/session/")
    alices.press("Add")
    field(alices, "name").fill(name)
    field(alices, "projects").fill(lab["project"])
    field(alices, "extra_fields").fill('{"water_ml": 1.5}')
    send(alices, "Add", 201)
    made = lab.owner.get("stem/session", f"filter{{name}}={name}").records[0]
    assert (made["projects"], made["extra_fields"]) == ([lab["project"]], {"water_ml": 1.5})

    alices.follow("Open the record")
    alices.page.wait_for_url(f"**/session/{made['id']}/")
    alices.press("Change")
    assert field(alices, "name").input_value() == name
    field(alices, "name").fill(renamed)
    code = alices.page.locator(".api-panel:visible .code-panel pre")
    assert json.dumps(renamed) in code.text_content()
    assert "extra_fields" not in code.text_content(), "only what was changed is sent"
    send(alices, "Save", 200)
    assert lab.owner.get(f"stem/session/{made['id']}").record["name"] == renamed

    alices.press("Delete")
    dialog = alices.page.locator("dialog")
    dialog.get_by_text("The record and everything below it will be deleted.").wait_for()
    dialog.get_by_role("button", name="Cancel").click()
    assert lab.owner.get(f"stem/session/{made['id']}").status == 200
    alices.press("Delete")
    dialog.get_by_text("The record and everything below it").wait_for()
    alices.look("api-delete")
    dialog.get_by_role("button", name="Delete", exact=True).click()
    dialog.locator("[data-status='204']").wait_for()
    assert lab.owner.get(f"stem/session/{made['id']}").status == 404
    expect(dialog.get_by_role("button")).to_have_text(["Close"])
    alices.look("api-deleted")
    dialog.get_by_role("button", name="Close").click()
    expect(alices.page.locator("#tools, #panels, .api-below, dialog")).to_have_count(0)
    expect(alices.page.locator("main")).to_contain_text("It has been deleted.")
    alices.follow("See the others")
    alices.page.wait_for_url("**/api/private/stem/session/")


def test_what_is_wrong_stands_beside_its_field(alices, lab):
    alices.expect("status of 400")
    alices.go("/api/private/stem/session/")
    alices.press("Add")
    field(alices, "name").fill(unique("Run"))
    field(alices, "date_time").fill("yesterday")
    send(alices, "Add", 400)
    assert errors_of(alices, "projects")
    assert "date" in errors_of(alices, "date_time").lower()
    assert field(alices, "date_time").get_attribute("aria-invalid") == "true"
    assert field(alices, "name").get_attribute("aria-invalid") == "false"
    alices.look("api-form-400")
    field(alices, "extra_fields").fill("{")
    alices.page.locator(".api-panel:visible button.primary").click()
    assert "not valid JSON" in errors_of(alices, "extra_fields")


def test_json_is_written_as_it_stands(alices, lab):
    alices.expect("status of 400")
    session = lab.add("session", description="before")
    alices.go(f"/api/private/stem/session/{session['id']}/")
    alices.press("Change")
    alices.press("JSON")
    body = alices.page.locator(".api-panel:visible textarea[aria-label=Body]")
    written = json.loads(body.input_value())
    assert (written["name"], written["description"]) == (session["name"], "before")
    assert "id" not in written
    body.fill('{"description": "after", "extra_fields": {"depth": 1.0}}')
    send(alices, "Save", 200)
    answer = lab.owner.get(f"stem/session/{session['id']}")
    assert (answer.record["description"], answer.record["name"]) == ("after", session["name"])
    assert '"depth": 1.0' in answer.text or '"depth":1.0' in answer.text
    body.fill("{")
    alices.page.locator(".api-panel:visible button.primary").click()
    assert "JSON" in alices.page.locator(".api-panel:visible .errorlist.nonfield").inner_text()
    expect(alices.page.locator(".api-panel:visible .api-result")).to_have_text("")  # what was saved before is gone
    body.fill('{"name": ""}')
    send(alices, "Save", 400)
    assert alices.page.locator(".api-panel:visible .errorlist.nonfield").inner_text().startswith("name")


def test_put_replaces(alices, lab):
    session = lab.add("session", description="before")
    alices.go(f"/api/private/stem/session/{session['id']}/")
    alices.press("Change")
    alices.page.locator(".api-way").select_option("PUT")
    alices.press("JSON")
    body = {"name": session["name"], "projects": session["projects"]}
    alices.page.locator(".api-panel:visible textarea[aria-label=Body]").fill(json.dumps(body))
    send(alices, "Save", 200)
    assert lab.owner.get(f"stem/session/{session['id']}").record["description"] == ""


def test_records_are_chosen_by_name_and_taken_away(alices, lab):
    session, other = lab.add("session"), lab.add("project", name=unique("Grid cells"))
    alices.go(f"/api/private/stem/session/{session['id']}/")
    alices.press("Change")
    projects = field(alices, "projects")
    projects.fill("Grid")
    offered = alices.page.locator(f"datalist option[value='{other['id']}']")
    offered.wait_for(state="attached")
    assert offered.text_content() == other["name"]
    alices.page.locator(".api-panel:visible button.primary").click()
    assert "Choose one" in errors_of(alices, "projects")
    projects.fill(other["name"])
    projects.press("Enter")
    alices.page.get_by_role("button", name=f"Remove {lab['project']}").click()
    send(alices, "Save", 200)
    assert lab.owner.get(f"stem/session/{session['id']}").record["projects"] == [other["id"]]


def test_a_picture_is_sent(alices, lab):
    drawn = io.BytesIO()
    Image.new("RGB", (2, 2)).save(drawn, "PNG")
    path = f"personal_attributes/setup/{lab['setup']}"
    alices.go(f"/api/private/{path}/")
    alices.press("Change")
    picture = {"name": "<img src=x onerror=alert(1)>.png", "mimeType": "image/png", "buffer": drawn.getvalue()}
    field(alices, "image").set_input_files(picture)
    field(alices, "description").fill("With a picture")
    send(alices, "Save", 200)
    record = lab.owner.get(path).record
    assert (record["description"], record["image"].endswith("/image/")) == ("With a picture", True)


def test_actions_are_taken(alices, lab, charlie):
    alices.go(f"/api/private/stem/project/{lab['project']}/")
    alices.press("Invite")
    body = alices.page.locator(".api-panel:visible textarea[aria-label=Body]")
    assert set(json.loads(body.input_value())) == {"email", "message"}
    body.fill(json.dumps({"email": charlie.email}))
    send(alices, "Invite", 201)
    assert len(charlie.get("stem/projectmembershipinvitation").records) == 1


def test_who_may_only_read_is_offered_nothing_to_write(visitor, lab, bob):
    visitor.sign_in(bob.user)
    visitor.go(f"/api/private/stem/session/{lab['session']}/")
    assert visitor.page.locator("#tools button").all_inner_texts() == ["Query", "Code", "Describe"]
    visitor.press("Describe")
    visitor.page.get_by_text("Allow: GET, HEAD, PUT, PATCH, DELETE, OPTIONS").wait_for()


def test_a_form_without_the_token_of_the_page_is_refused(alices, lab):
    alices.expect("status of 403")
    name = unique("Forged")
    alices.go("/api/private/stem/session/")
    alices.press("Add")
    field(alices, "name").fill(name)
    field(alices, "projects").fill(lab["project"])
    alices.page.evaluate(
        "for (const one of document.querySelectorAll('[name=csrfmiddlewaretoken]')) one.value = 'x'.repeat(64)"
    )
    send(alices, "Add", 403)
    assert "Reload it and try again." in alices.page.locator(".api-panel:visible .errorlist.nonfield").inner_text()
    assert count_of(lab, name) == 0


def test_what_is_sent_twice_is_done_once(alices, lab):
    group = unique("Twice")
    alices.go("/api/private/users/group/")
    alices.press("Add")
    field(alices, "name").fill(group)
    add = alices.page.locator(".api-panel:visible button.primary")
    add.dblclick()
    alices.page.locator("[data-status='201']").wait_for()
    alices.page.wait_for_load_state("networkidle")
    expect(alices.page.locator("[data-status]")).to_have_text(["201 Created"])
    add.click()
    alices.page.get_by_text("This has already been sent, and is not done twice.").wait_for()
    assert lab.owner.get("users/group", f"filter{{name}}={group}").body["count"] == 1


def test_a_lost_answer_is_asked_for_again(alices, lab):
    alices.expect("net::ERR")
    name, other = unique("Lost"), unique("Other")
    alices.go("/api/private/stem/session/")
    alices.press("Add")
    field(alices, "name").fill(name)
    field(alices, "projects").fill(lab["project"])
    alices.page.route("**/stem/session/", lambda route: (route.fetch(), route.abort()), times=1)
    alices.page.locator(".api-panel:visible button.primary").click()
    alices.page.get_by_text("There was no response. Send it again").wait_for()
    assert count_of(lab, name) == 1
    send(alices, "Add", 201)
    assert count_of(lab, name) == 1
    field(alices, "name").fill(other)
    alices.page.locator(".api-panel:visible button.primary").click()
    alices.page.get_by_text("This has already been sent").wait_for(state="detached")
    alices.page.locator("[data-status='201']").wait_for()
    assert count_of(lab, other) == 1, "what is changed is another request"


def test_who_signed_out_elsewhere_signs_in_and_goes_on(alices, lab):
    alices.expect("status of 401")
    name = unique("Kept")
    alices.go("/api/private/stem/session/?limit=5")
    alices.press("Add")
    field(alices, "name").fill(name)
    field(alices, "projects").fill(lab["project"])
    alices.context.clear_cookies()
    send(alices, "Add", 401)
    said = alices.page.locator(".api-panel:visible .errorlist.nonfield")
    assert "You are signed out." in said.inner_text()
    assert "token" not in alices.page.locator(".api-panel:visible .api-result").inner_text()
    alices.look("api-signed-out-elsewhere")
    with alices.context.expect_page() as opened:
        said.get_by_role("link", name="Sign in").click()
    door = alices.watched(opened.value)
    door.fill("[name=login]", lab.owner.email)
    door.fill("[name=password]", PASSWORD)
    door.locator("main form").get_by_role("button", name="Sign in", exact=True).click()
    door.wait_for_url("**/api/private/stem/session/?limit=5")
    send(alices, "Add", 201)
    assert count_of(lab, name) == 1


def test_who_signed_out_elsewhere_opens_no_form(alices, lab):
    alices.expect("status of 401")
    alices.go(f"/api/private/stem/session/{lab['session']}/")
    alices.context.clear_cookies()
    alices.press("Change")
    alices.page.locator(".api-panel:visible").get_by_text("You are signed out.").wait_for()
    alices.press("Delete")
    alices.page.locator("dialog").get_by_text("You are signed out.").wait_for()
    expect(alices.page.locator("dialog").get_by_role("button", name="Delete")).to_be_disabled()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_forms_read_well(visit, lab, phone):
    visitor = visit(phone=phone)
    visitor.sign_in(lab.owner.user)
    visitor.go(f"/api/private/stem/session/{lab['session']}/")
    visitor.press("Change")
    field(visitor, "name").wait_for()
    visitor.page.locator(".chosen a").first.wait_for()
    visitor.look("api-change")
    visitor.press("JSON")
    visitor.page.locator(".api-code > summary:visible").click()
    visitor.look("api-change-json")
