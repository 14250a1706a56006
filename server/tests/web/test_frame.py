"""The frame of every page: it runs under the content policy, reads well on every screen, and leads everywhere."""

import re

import pytest
from django.test import RequestFactory

from brainstem.web.shell import Link, breadcrumbs, place_of, portals_of
from brainstem.web.templatetags.assets import asset, digest

PAGES = {"sign-in": "/account/login/", "register": "/account/signup/", "forgotten": "/account/password/reset/"}
SETTINGS = ("/account/profile/", "/account/security/", "/private/users/tokens/")
YEAR = "public, max-age=31536000, immutable"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_page_reads_well(visit, phone, scheme):
    visitor = visit(phone=phone, color_scheme=scheme)
    for name, path in PAGES.items():
        assert visitor.go(path).status == 200
        visitor.look(f"{name}-{scheme}")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_settings_read_well_in_the_dark(visit, alice, phone):
    visitor = visit(phone=phone, color_scheme="dark")
    visitor.sign_in(alice.user)
    for path in SETTINGS:
        assert visitor.go(path).status == 200
        visitor.look("settings-" + path.strip("/").rpartition("/")[2] + "-dark")


@pytest.mark.parametrize("media", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}], ids=str)
def test_a_page_reads_well_with_the_colours_of_the_system(visit, alice, media):
    visitor = visit(**media)
    visitor.sign_in(alice.user)
    visitor.go("/account/profile/")
    visitor.check_accessible()
    visitor.shoot("settings-" + next(iter(media)))
    outline = visitor.page.locator(".side [aria-current]").evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline == ("solid" if "forced_colors" in media else "none")


def test_on_paper_there_is_the_content_alone(visitor):
    visitor.go("/")
    visitor.page.emulate_media(media="print")
    assert visitor.page.get_by_role("heading", level=1).is_visible()
    assert not visitor.page.locator("header.top").is_visible()
    assert not visitor.page.locator("footer").is_visible()


def test_who_is_signed_in_sees_their_name(visitor, alice):
    visitor.sign_in(alice.user)
    visitor.go("/")
    assert alice.user.first_name in visitor.text
    assert "Sign in" not in visitor.text


def test_an_error_in_a_page_is_noticed(visitor):
    visitor.expect("status of 404")
    assert visitor.go("/nothing").status == 404
    assert "Page not found" in visitor.text
    visitor.page.evaluate("console.error('seen')")
    assert [problem for problem in visitor.problems if "seen" in problem]
    visitor.problems.clear()


# -- by keyboard -------------------------------------------------------------------------------------------------------


def test_everything_is_reached_by_keyboard(visitor, alice):
    visitor.sign_in(alice.user)
    page = visitor.page
    visitor.go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'content'")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("a/b")
    assert page.locator("#search").input_value() == "a/b"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == alice.user.full_name
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.get_by_role("link", name="Settings").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="Settings").is_visible()
    assert page.evaluate("document.activeElement.textContent") == alice.user.full_name


def test_a_section_stays_as_one_left_it(visitor, db):
    page = visitor.page
    visitor.go("/search/")
    modules = page.locator("details[data-remember=modules]")
    assert modules.get_attribute("open") is None
    modules.locator("summary").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("link", name="Procedures").is_visible()
    visitor.go("/search/?q=rat")
    assert page.get_by_role("link", name="Procedures").is_visible()
    page.locator("details[data-remember=stem] > summary").click()
    visitor.go("/search/")
    assert not page.get_by_role("link", name="Epochs").is_visible()


def test_on_a_phone_the_navigation_waits_behind_its_name(visit, admin):
    admin.user.first_name, admin.user.last_name = "Maximiliane", "von Hohenlohe-Langenburg"
    admin.user.save()
    visitor = visit(phone=True)
    visitor.sign_in(admin.user)
    visitor.go("/")
    assert visitor.page.locator("header.top").bounding_box()["height"] < 120
    sessions = visitor.page.locator(".side").get_by_role("link", name="Sessions", exact=True)
    assert not sessions.is_visible()
    visitor.page.get_by_text("Navigation", exact=True).tap()
    assert sessions.is_visible()
    visitor.look("navigation")
    small = [box for link in visitor.page.locator(".side li a:visible, .top a:visible, .top summary:visible").all()
             if (box := link.bounding_box()) and box["height"] < 24]  # fmt: skip
    assert not small


# -- where one is ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "portal", "leads_to"),
    [
        ("/private/stem/session/", "public", "/public/stem/session/"),
        ("/private/stem/session/7/", "public", "/public/stem/session/7/"),
        ("/api/private/stem/session/", "public", "/api/public/stem/session/"),
        ("/api/public/stem/session/7/epochs/?limit=3", "private", "/api/private/stem/session/7/epochs/?limit=3"),
        ("/api/private/stem/sessiondatastorage/?limit=3", "public", "/api/public/stem/project/"),
        ("/api/", "public", "/api/public/stem/project/"),
        ("/api/private/stem/sessiondatastorage/", "public", "/api/public/stem/project/"),
        ("/private/auth/group/", "super", "/super/users/group/"),
        ("/private/users/tokens/", "public", "/public/stem/project/"),
        ("/account/profile/", "public", "/public/stem/project/"),
        ("/", "private", "/private/stem/project/"),
    ],
)
def test_a_portal_leads_to_the_same_place(admin, path, portal, leads_to):
    request = RequestFactory().get(path)
    request.user = admin.user
    found = {link.label: link for link in portals_of(request)}
    assert list(found) == ["Private", "Public", "Super"]
    assert found[portal.capitalize()].url == leads_to
    place = place_of(path.partition("?")[0])
    assert [link.label for link in found.values() if link.current] == ([place.portal.capitalize()] if place else [])


def test_only_administrators_are_led_to_their_portal(client, alice, admin):
    for user, labels in (
        (None, ["Public"]),
        (alice.user, ["Private", "Public"]),
        (admin.user, ["Private", "Public", "Super"]),
    ):
        if user:
            client.force_login(user)
        text = client.get("/search/").content.decode()
        portals = re.search(r'aria-label="Portal">(.*?)</nav>', text, re.DOTALL)[1]
        assert re.findall(r">(\w+)</a>", portals) == labels


def test_breadcrumbs_name_the_way(db):
    assert breadcrumbs("/account/profile/") == []
    assert [link.label for link in breadcrumbs("/api/private/stem/session/")] == ["Private", "Research", "Sessions"]
    way = breadcrumbs("/private/stem/session/7/", "Day 1")
    assert way[0] == Link("Private", "/private/stem/project/")
    assert way[-2:] == [Link("Sessions", "/private/stem/session/"), Link("Day 1", "/private/stem/session/7/")]
    assert breadcrumbs("/public/") == [Link("Public", "/public/stem/project/")]
    assert breadcrumbs("/public/stem/nothing/7/") == []
    assert breadcrumbs("/private/users/tokens/") == []


def test_the_section_of_a_page_is_open_and_its_model_marked(client, alice):
    client.force_login(alice.user)
    text = client.get("/private/modules/procedure/7/8/", headers={"accept": "text/html"}).content.decode()
    assert 'data-remember="modules" open' in text
    assert 'data-remember="stem">' in text
    assert 'href="/private/modules/procedure/" aria-current="page"' in text


def test_the_foot_names_version_and_api(client, db):
    text = client.get("/search/").content.decode()
    assert re.search(r"BrainSTEM \d+\.\d+", text)
    assert 'href="/api/"' in text


# -- files and addresses that browsers look for ------------------------------------------------------------------------


def read(client, address):
    """Headers and content of a file."""
    answer = client.get(address)
    content = b"".join(answer)
    answer.close()
    return answer.headers, content


def test_a_file_with_its_digest_is_kept_for_a_year(client, db):
    address = asset("brainstem/brainstem.css")
    assert address == f"/static/brainstem/brainstem.css?v={digest('brainstem/brainstem.css')}"
    assert read(client, address)[0]["Cache-Control"] == YEAR
    for other in ("?v=0123456789ab", "?v=", ""):
        assert "immutable" not in read(client, "/static/brainstem/brainstem.css" + other)[0]["Cache-Control"]


def test_a_changed_file_has_another_address(monkeypatch, tmp_path):
    from brainstem.web.templatetags import assets

    made = tmp_path / "made.css"
    made.write_text("a {}")
    monkeypatch.setattr(assets, "_path", lambda name: made)
    before = asset("made.css")
    made.write_text("b {} ")
    assert asset("made.css") != before


def test_a_file_that_is_not_there_is_a_mistake_of_ours(db):
    with pytest.raises(ValueError, match=r"no static file 'brainstem/nothing.css'"):
        asset("brainstem/nothing.css")


def test_every_page_names_files_by_their_digest(client, alice):
    client.force_login(alice.user)
    for path in ("/", "/search/", "/account/profile/"):
        text = client.get(path, headers={"accept": "text/html"}).content.decode()
        named = re.findall(r'(?:src|href)="(/static/[^"]+)"', text)
        assert named
        assert [one for one in named if "brainstem.css" in one or "brainstem.js" in one or "icon.svg" in one]
        assert all("?v=" in one for one in named if "brainstem/brainstem" in one)


def test_style_and_script_stay_small(client, db):
    sizes = {name: len(read(client, asset(f"brainstem/{name}"))[1]) for name in ("brainstem.css", "brainstem.js")}
    assert sizes["brainstem.css"] < 20_000
    assert sizes["brainstem.js"] < 5_000


def test_robots_are_kept_from_what_is_private(client, db):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    lines = answer.content.decode().splitlines()
    assert {"Disallow: /private/", "Disallow: /api/private/", "Disallow: /super/", "Disallow: /account/"} <= set(lines)
    assert "Disallow: /" not in lines


def test_the_icon_and_the_page_for_passwords_are_where_browsers_look(client, db):
    assert client.get("/favicon.ico")["Location"].startswith("/static/brainstem/icon.svg?v=")
    assert client.get("/.well-known/change-password")["Location"] == "/account/password/change/"


def test_a_portal_has_a_start_page(client, db):
    assert client.get("/public/").status_code == 200
    assert client.get("/private/")["Location"] == "/account/login/?next=/private/"
    assert client.get("/public", headers={"accept": "text/html"})["Location"] == "/public/"


@pytest.mark.parametrize(
    ("contact", "line"),
    [
        ("safe@lab.example", "Contact: mailto:safe@lab.example"),
        ("https://lab.example/safe", "Contact: https://lab.example/safe"),
    ],
)
def test_whom_to_tell_of_a_hole_is_said_if_there_is_somebody(client, db, settings, contact, line):
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.BRAINSTEM_SECURITY_CONTACT = contact
    text = client.get("/.well-known/security.txt").content.decode()
    assert text.splitlines()[0] == line
    assert re.search(r"^Expires: \d{4}-\d\d-\d\dT", text, re.MULTILINE)
