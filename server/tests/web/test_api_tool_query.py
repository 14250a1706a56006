"""The query builder: it knows fields and operators, writes the address and reads it back."""

import re
from urllib.parse import unquote

import pytest
from django.test import Client

from ..people import unique


@pytest.fixture
def asked(visitor, lab):
    """Alice with three sessions."""
    lab.names = [unique("Maze"), unique("Maze"), unique("Sleep")]
    for day, name in enumerate(lab.names, 1):
        lab.add("session", name=name, date_time=f"2025-06-0{day}T10:00:00Z", extra_fields={"water_ml": day})
    visitor.sign_in(lab.owner.user)
    return visitor


def address(visitor) -> str:
    return visitor.page.locator("#address").input_value()


def arrive(visitor, end) -> None:
    visitor.page.wait_for_url(lambda url: unquote(url).replace("+", " ").endswith(end))


def group(visitor, title):
    return visitor.page.locator("fieldset.query-group").filter(has=visitor.page.locator(f"legend:text-is('{title}')"))


def shown(visitor) -> list[str]:
    return re.findall(r'"name":"([^"]+)"', visitor.page.locator("#answer").text_content())


def test_a_query_is_built_and_run(asked, lab):
    asked.go("/api/private/stem/session/")
    asked.press("Query")
    filters = group(asked, "Filter")
    asked.press("Add filter")
    filters.get_by_label("Field").first.select_option("name")
    filters.get_by_label("Operator").select_option("startswith")
    filters.get_by_label("Value", exact=True).fill("Maze")
    assert address(asked) == "/api/private/stem/session/?filter{name.startswith}=Maze"
    asked.press("Add filter")
    second = filters.locator(".query-row").nth(1)
    second.get_by_label("Field").first.select_option("date_time")
    second.get_by_label("Operator").select_option("gte")
    assert second.get_by_label("Value", exact=True).get_attribute("type") == "date"
    second.get_by_label("Value", exact=True).fill("2025-06-02")
    asked.press("Add sort key")
    group(asked, "Sort").get_by_label("Field").select_option("name")
    group(asked, "Sort").get_by_label("Order").select_option("-")
    asked.press("Add records")
    group(asked, "Include").get_by_label("Field").first.select_option("projects")
    expected = "filter{name.startswith}=Maze&filter{date_time.gte}=2025-06-02&sort[]=-name&include[]=projects.*"
    assert address(asked) == f"/api/private/stem/session/?{expected}"
    asked.press("Run the query")
    arrive(asked, expected)
    assert shown(asked)[0] == lab.names[1]
    assert asked.page.inner_text(".api-count") == "1-1 of 1"
    asked.press("Unfold all")
    asked.follow(f'"{lab["project"]}"')
    asked.page.wait_for_url(f"**/stem/project/{lab['project']}/")


def test_the_address_is_read_back(asked, lab):
    query = (
        "filter{name.icontains}=ma%20ze%26%22&filter{-projects.name.in}=one,other&filter{extra_fields.water_ml.gt}=1"
        "&filter{projects.is_public}=false&sort[]=-projects.name&include[]=projects.publications.*&exclude[]=tags&limit=5"
    )
    asked.go(f"/api/private/stem/session/?{query}")
    asked.press("Query")
    rows = group(asked, "Filter").locator(".query-row")
    rows.nth(3).get_by_label("Value", exact=True).wait_for()
    assert rows.nth(0).get_by_label("Value", exact=True).input_value() == 'ma ze&"'
    assert rows.nth(1).get_by_label("not").is_checked()
    assert rows.nth(1).get_by_label("Field of it").input_value() == "name"
    assert rows.nth(2).get_by_label("Value inside of it").input_value() == "water_ml"
    assert rows.nth(3).get_by_label("Value", exact=True).evaluate("one => one.tagName") == "SELECT"
    group(asked, "Include").get_by_label("Field of it").first.wait_for()
    asked.page.get_by_label("Limit").fill("6")
    expected = query.replace("&exclude[]=tags&limit=5", "").replace("limit=5", "")
    assert address(asked) == f"/api/private/stem/session/?{expected}&exclude[]=tags&limit=6"


def test_only_what_there_is_can_be_chosen(asked, lab):
    about = lab.owner.options("stem/session").body
    asked.expect("status of 400")
    asked.go("/api/private/stem/session/?filter{nmae}=x")
    asked.press("Query")
    chosen = group(asked, "Filter").get_by_label("Field").first
    assert chosen.locator("option:checked").inner_text() == "nmae (unknown)"
    names = [one for one in chosen.locator("option").all_inner_texts() if one not in ("choose", "nmae (unknown)")]
    assert set(names) == {name for name, one in about["fields"].items() if one["operators"]}
    chosen.select_option("description")
    operators = group(asked, "Filter").get_by_label("Operator").locator("option")
    assert {one.get_attribute("value") for one in operators.all()} == set(about["fields"]["description"]["operators"])
    asked.press("Add records")
    include = group(asked, "Include").get_by_label("Field").first
    assert set(include.locator("option").all_inner_texts()) - {"choose"} == set(about["include"])
    include.select_option("projects")
    deeper = group(asked, "Include").get_by_label("Field of it").locator("option")
    deeper.nth(1).wait_for(state="attached")
    assert "sessions" not in deeper.all_inner_texts(), "the server refuses to go back"
    group(asked, "Filter").get_by_role("button", name="Remove from filter").click()
    assert "filter" not in address(asked)


def test_in_public_nothing_is_offered_that_is_withheld(visitor, lab):
    lab.owner.patch(f"stem/project/{lab['project']}", {"is_public": True})
    lab["session"]
    visitor.go("/api/public/stem/session/")
    visitor.press("Query")
    visitor.press("Add filter")
    filters = group(visitor, "Filter")
    field = filters.get_by_label("Field").first
    field.locator("option").nth(1).wait_for(state="attached")
    offered = [one for one in field.locator("option").all_inner_texts() if one != "choose"]
    assert "created_by" not in offered
    nobody = Client()
    for name in offered:
        operator = "isnull" if name in ("extra_fields", "download_links") else "ne"
        value = (
            "true"
            if operator == "isnull"
            else "2025-06-01"
            if name.endswith("_at") or name == "date_time"
            else lab["session"]
        )
        answer = nobody.get("/api/public/stem/session/", {f"filter{{{name}.{operator}}}": value})
        assert answer.status_code == 200, (name, answer.content)


def test_values_have_fitting_inputs(asked, lab):
    lab["subject"]
    query = f"filter{{sex}}=F&filter{{birth_date.year}}=2025&filter{{strain}}={lab['strain']}&filter{{birth_date.isnull}}=true"
    asked.go(f"/api/private/stem/subject/?{query}")
    asked.press("Query")
    rows = group(asked, "Filter").locator(".query-row")
    rows.nth(3).get_by_label("Value", exact=True).wait_for()
    kinds = [rows.nth(n).get_by_label("Value", exact=True) for n in range(4)]
    assert kinds[0].locator("option").all_inner_texts()[:1]
    assert kinds[0].input_value() == "F"
    assert kinds[1].get_attribute("type") == "number"
    kinds[2].fill("Strain")
    asked.page.locator(f"datalist option[value='{lab['strain']}']").wait_for(state="attached")
    assert kinds[3].locator("option").all_inner_texts() == ["yes", "no"]


def test_the_builder_works_by_keyboard(asked, lab):
    asked.go("/api/private/stem/session/")
    keyboard = asked.page.keyboard
    asked.page.get_by_role("button", name="Query", exact=True).focus()
    keyboard.press("Enter")
    asked.page.get_by_role("button", name="Add filter").focus()
    keyboard.press("Enter")
    group(asked, "Filter").get_by_label("Field").first.wait_for()
    asked.page.locator("select[aria-label=Field]:focus").wait_for()
    keyboard.type("name")
    group(asked, "Filter").get_by_label("Value", exact=True).wait_for()
    for _ in range(3):
        keyboard.press("Tab")
    keyboard.type(lab.names[2])
    keyboard.press("Enter")
    arrive(asked, f"filter{{name}}={lab.names[2]}")
    assert shown(asked) == [lab.names[2]]


def test_the_address_leads_only_to_this_api(asked):
    asked.go("/api/private/stem/session/")
    for elsewhere in ("https://example.org/api/", "//example.org/api/", "javascript:alert(1)", "/account/logout/"):
        asked.page.fill("#address", elsewhere)
        asked.press("Go")
        assert asked.path == "/api/private/stem/session/"
    asked.page.fill("#address", "/api/private/stem/project/")
    asked.press("Go")
    asked.page.wait_for_url("**/api/private/stem/project/")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_builder_reads_well(visit, lab, phone):
    visitor = visit(phone=phone)
    visitor.sign_in(lab.owner.user)
    lab["session"]
    visitor.go(
        "/api/private/stem/session/?filter{name.icontains}=se&filter{projects.name}=x&sort[]=name&include[]=projects.*"
    )
    visitor.press("Query")
    group(visitor, "Filter").get_by_label("Value", exact=True).nth(1).wait_for()
    visitor.look("api-query")
    visitor.press("Code")
    visitor.look("api-code")
