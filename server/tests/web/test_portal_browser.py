"""The portals' pages in a real browser: for everybody, at every width, in light and dark, within the content policy.

Every page kind leaves pictures in ``var/screenshots/``; compare them with each other when you change how pages look.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import get_user_model

from brainstem.apps.users.list_models import PINS, RECENT, SavedView
from brainstem.apps.users.signed_in import keep
from brainstem.config import demo
from brainstem.core.model.registry import specs
from brainstem.core.models import Change

from .visitor import SCREENSHOTS

WIDTHS = {320: 700, 768: 1000, 1440: 900}
PHONE = {390: 844}
AXE = {(320, "light"), (1440, "dark"), (390, "dark")}
PICTURES = (390, 768, 1440)
NODES = 2500


def first(label: str, **values: Any) -> Any:
    return specs()[label].model.objects.filter(**values).order_by("id").first()


@pytest.fixture
def lab(site):
    """The demo lab."""
    demo.load(fixed_passwords=True)
    alice = get_user_model().objects.get(email="alice@example.org")
    project = first("stem.Project", is_public=False)
    own = {"model": "stem.Subject", "query": "sex=F&columns=age,strain,tags&sort=-name&density=compact"}
    SavedView.objects.create(slug="ready-2222", name="Ready to record", owner=alice, **own)
    SavedView.objects.create(slug="maze-2222", name="Maze, females", project=project, **own)
    subject = first("stem.Subject", name="PV04").pk
    keep(alice, PINS, [
        {"model": "stem.Subject", "kind": "view", "name": "ready-2222"},
        {"model": "stem.Subject", "kind": "record", "name": str(subject)},
    ])  # fmt: skip
    keep(alice, RECENT, [{"model": "stem.Subject", "id": str(subject), "at": "2026-03-01T12:00:00+00:00"}])
    return alice


def event_of(record: Any) -> Any:
    return Change.objects.filter(record_id=record).latest("id").event_id


def kinds() -> dict[str, str]:
    """Every kind of page, by name."""
    subject = first("stem.Subject", name="PV04").pk
    project, public = first("stem.Project", is_public=False).pk, first("stem.Project", is_public=True).pk
    procedure = first("modules.Procedure", type="VirusInjection").pk
    return {
        "start": "/private/",
        "list": "/private/stem/subject/",
        "list-typed": "/private/modules/procedure/?type=VirusInjection&columns=subject,details.injectionVolume,brain_region,notes",
        "list-filtered": f"/private/stem/session/?projects={project}&date_time.gte=2025-01-01&search=PV",
        "list-wide": "/private/stem/subject/?columns=status,sex,strain,age,last_weight,procedures,projects,tags,licenses,supplier,"
        "birth_date,death_date,genotype,name_used_in_storage",
        "list-steps": "/private/modules/procedure/?_field=brain_region",
        "list-problem": "/private/stem/subject/?nmae=x&sort=nothing",
        "list-view": "/private/stem/subject/?view=maze-2222&sex=M&columns=age,status",
        "views": "/private/stem/subject/views/?view=maze-2222&sex=M",
        "pins": "/private/pins/",
        "list-empty": "/private/stem/subject/?sex=U",
        "list-new": "/private/resources/supplier/?name=nothing",
        "record": f"/private/stem/subject/{subject}/",
        "record-tab": f"/private/stem/subject/{subject}/procedures/",
        "record-project": f"/private/stem/project/{project}/",
        "record-details": f"/private/modules/procedure/{procedure}/",
        "record-log": f"/private/modules/subjectlog/{first('modules.SubjectLog', type='Weighing').pk}/",
        "record-storage": f"/private/personal_attributes/datastorage/{first('personal_attributes.DataStorage').pk}/",
        "columns": "/private/stem/subject/columns/",
        "active": "/private/active/",
        "delete": f"/private/stem/subject/{subject}/delete/",
        "history": f"/private/stem/subject/{subject}/history/",
        "event": f"/private/history/{event_of(subject)}/",
        "deleted": "/private/stem/subject/deleted/",
        "access": f"/private/stem/project/{project}/access/",
        "public-start": "/public/",
        "public-list": "/public/stem/session/",
        "public-record": f"/public/stem/project/{public}/",
    }


def person(visit, user, name: str, **options: Any):
    visitor = visit(**options)
    if not name.startswith("public"):
        visitor.sign_in(user)
    if name == "list-problem":
        visitor.expect("status of 400")
    return visitor


@pytest.mark.slow
@pytest.mark.parametrize("portal", ["private", "public"])
def test_every_kind_of_page_is_for_everybody_and_leaves_pictures(visit, lab, portal):
    """Each page is opened once at a desk and once on a phone; widths and colours change under the reader."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    still = {"reduced_motion": "reduce"}  # or colours would be measured halfway from light to dark
    desk, phone = (
        person(visit, lab, portal, **still, **touch) for touch in ({}, {"is_mobile": True, "has_touch": True})
    )
    for visitor in (desk, phone):
        visitor.expect("status of 400")  # list-problem
        visitor.go("/public/")  # the font is used from the second page on, so that nothing jumps
    faults = []
    for name, path in kinds().items():
        if path.startswith(f"/{portal}/"):
            for visitor, widths in ((desk, WIDTHS), (phone, PHONE)):
                visitor.page.set_viewport_size({"width": 390, "height": 844})
                visitor.go(path)
                for scheme in ("light", "dark"):
                    visitor.page.emulate_media(color_scheme=scheme)
                    faults += [(name, scheme, *one) for one in faults_of(visitor, name, scheme, widths)]
    assert not faults, "\n".join(map(str, faults))


def faults_of(visitor, name: str, scheme: str, widths: dict[int, int]) -> Iterator[tuple[Any, ...]]:
    for width, height in widths.items():
        visitor.page.set_viewport_size({"width": width, "height": height})
        if width in PICTURES:
            visitor.page.screenshot(path=SCREENSHOTS / f"portal-{name}-{width}-{scheme}.png")
        # Narrow and light, wide and dark: what is wrong with names and order shows at any width, with colours in any.
        if (width, scheme) in AXE:
            for one in Axe().run(visitor.page).response["violations"]:
                yield width, one["id"], one["help"], [node["html"][:200] for node in one["nodes"]][:3]
        wider = visitor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            yield width, f"{wider} px wider than the window"


def test_a_list_stays_small_and_shifts_nothing(visit, lab):
    project, strain = first("stem.Project", is_public=False), first("taxonomies.Strain")
    model = specs()["stem.Subject"].model
    pattern = first("stem.Subject", name="PV04")
    made = [model(name=f"Many {n:03}", sex="F", strain=strain, audience_id=pattern.audience_id) for n in range(60)]
    model.objects.bulk_create(made)
    model.projects.through.objects.bulk_create(
        [model.projects.through(subject_id=one.pk, project_id=project.pk) for one in made]
    )
    visitor = person(visit, lab, "list")
    visitor.go("/public/")  # as above
    visitor.page.wait_for_load_state("networkidle")
    visitor.page.add_init_script(
        "window.shift = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shift += one.value })"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    visitor.go("/private/stem/subject/")
    assert visitor.page.locator("tbody tr").count() == 50
    assert visitor.page.locator("*").count() <= NODES
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.page.evaluate("window.shift") == 0


def test_all_of_a_list_works_without_a_script(visit, lab):
    visitor = person(visit, lab, "list", java_script_enabled=False)
    visitor.go("/private/stem/subject/")
    visitor.page.locator("summary", has_text="Filter").click()
    visitor.follow("Sex")
    visitor.page.locator("[name=_op]").select_option("ne")
    visitor.page.locator("[name=_value]").select_option("F")
    visitor.press("Apply")
    assert visitor.path == "/private/stem/subject/?sex.ne=F"
    assert "Sex is not Female" in " ".join(visitor.text.split())
    visitor.page.get_by_label("Remove filter Sex").click()
    assert visitor.path == "/private/stem/subject/"
    visitor.fill(search="PV04")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**search=PV04")
    visitor.follow("PV04")
    visitor.page.locator(".tabs").get_by_role("link", name="Procedures").click()
    visitor.page.wait_for_url("**/procedures/")


def test_pages_are_reached_by_keyboard(visit, lab):
    visitor = person(visit, lab, "list")
    page = visitor.page
    visitor.go("/private/stem/subject/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'main'")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.press("Escape")
    person_menu = page.locator("summary.person")
    person_menu.focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("link", name="Tokens").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="Tokens").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_on_a_phone_everything_is_reached_from_the_bottom(visit, lab):
    visitor = person(visit, lab, "list", phone=True)
    visitor.go("/private/stem/subject/")
    assert not visitor.page.locator(".sidebar").is_visible()
    visitor.page.get_by_role("button", name="More").tap()
    assert visitor.page.locator(".sidebar").get_by_role("link", name="Licenses", exact=True).is_visible()
    small = [box for link in visitor.page.locator(".sidebar a:visible, .bottombar > *:visible").all()
             if (box := link.bounding_box()) and min(box["height"], box["width"]) < 24]  # fmt: skip
    assert not small
    visitor.page.keyboard.press("Escape")
    visitor.page.locator(".bottombar").get_by_role("link", name="Sessions").tap()
    visitor.page.wait_for_url("**/stem/session/")
    visitor.page.locator("summary.person").tap()
    visitor.page.get_by_role("button", name="Sign out").tap()
    visitor.page.wait_for_url(visitor.site + "/")
    assert "Sign in" in visitor.text


def test_colours_can_be_chosen(visit, lab):
    visitor = person(visit, lab, "list", color_scheme="light")
    visitor.go("/private/stem/subject/")
    background = "getComputedStyle(document.querySelector('.main')).backgroundColor"
    light = visitor.page.evaluate(background)
    visitor.page.locator("summary.person").click()
    visitor.press("Dark")
    assert visitor.page.evaluate(background) != light
    assert visitor.path == "/private/stem/subject/"


def test_a_chip_shows_a_card_after_a_while_of_hover_or_focus(visit, lab):
    subject = first("stem.Subject", name="PV04")
    visitor = person(visit, lab, "record")
    page = visitor.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/card/") else None)
    visitor.go(f"/private/stem/subject/{subject.pk}/")
    chip, card = page.locator("dd a.chip", has_text=subject.strain.name).first, page.get_by_role("tooltip")
    chip.hover()
    assert not card.is_visible()  # nothing flickers while the pointer only passes
    card.wait_for(state="visible")
    assert subject.strain.name in card.inner_text()
    assert "Species" in card.inner_text()
    assert chip.get_attribute("aria-describedby") == card.get_attribute("id")
    card.hover()  # one may move onto it
    page.wait_for_timeout(400)
    assert card.is_visible()
    assert not [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    page.mouse.move(5, 5)
    page.wait_for_timeout(300)
    chip.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    card.wait_for(state="visible")
    page.keyboard.press("Tab")
    page.wait_for_function(
        "(name) => !document.querySelector('#hovercard:popover-open')?.innerText.includes(name)",
        arg=subject.strain.name,
    )
    assert len([url for url in asked if str(subject.strain_id) in url]) == 1  # asked for once


def test_a_single_key_opens_the_history_unless_somebody_types(visit, lab):
    visitor = person(visit, lab, "record")
    visitor.go(f"/private/stem/subject/{first('stem.Subject', name='PV04').pk}/")
    visitor.page.keyboard.press("/")
    visitor.page.keyboard.press("h")
    assert visitor.page.locator("#search").input_value() == "h"
    visitor.page.keyboard.press("Escape")
    visitor.page.locator("h1").click()
    visitor.page.keyboard.press("h")
    visitor.page.wait_for_url("**/history/")
