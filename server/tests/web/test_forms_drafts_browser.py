"""Drafts in a browser: nothing that was typed is lost, whatever becomes of the tab, the network or the session."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page

from brainstem.apps.users import drafts
from brainstem.apps.users.draft_models import Draft

from ..people import unique
from .test_forms_records import PNG
from .visitor import Visitor

pytestmark = pytest.mark.slow
ADD = "/private/stem/session/add/"
LINE = "[data-draft-line]"
KEPT_HERE = "(text) => Object.values(localStorage).some((one) => one.includes(text))"
UNSENT = "() => Object.keys(localStorage).filter((one) => one.startsWith('draft:')).length"


@pytest.fixture
def alices(visit, lab, alice) -> Visitor:
    """Alice in a browser, with a project to write in."""
    lab["project"]
    visitor = visit()
    visitor.sign_in(alice.user)
    return visitor


def open_tab(visitor: Visitor, path: str = ADD) -> Page:
    page = visitor.watched(visitor.context.new_page())
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(visitor.site + path)
    return page


def name_of(page: Page) -> Any:
    return page.locator("form[data-form] [name=name]")


def typed(page: Page, text: str) -> None:
    name_of(page).press("End")
    name_of(page).press_sequentially(text)


def saved(page: Page, label: str = "Create") -> None:
    page.locator(".form-foot").get_by_role("button", name=label, exact=True).click()
    page.wait_for_url(lambda url: "/add/" not in url)


def kept() -> list[str]:
    """The names of sessions in all drafts."""
    pairs = [json.loads(text)["pairs"] for text in Draft.objects.order_by("pk").values_list("content", flat=True)]
    return [value for one in pairs for name, value in one if name == "name"]


def test_a_closed_tab_loses_nothing_and_two_tabs_do_not_overwrite_each_other(alices, lab):
    first, second = unique("first"), unique("second")
    page = open_tab(alices)
    typed(page, first)
    page.locator(LINE, has_text="Saved as a draft at ").wait_for()
    other = open_tab(alices)
    typed(other, second)
    other.locator(LINE, has_text="Saved as a draft at ").wait_for()
    assert kept() == [first, second]
    typed(page, " and more")
    page.close(run_before_unload=False)
    other.close(run_before_unload=False)
    # The last words of the closed tab were sent by it, or are sent by the next one.
    page = open_tab(alices)
    page.locator("[data-drafts] .notice", has_text=f"{first} and more").wait_for()
    assert page.locator("[data-drafts] .notice").count() == 2
    page.wait_for_function(f"() => ({UNSENT})() === 0")
    alices.page = page
    alices.look("form-drafts")
    page.locator(".notice", has_text=first).get_by_role("link", name="Continue").click()
    page.wait_for_url("**/?_draft=*")
    assert name_of(page).input_value() == f"{first} and more"
    typed(page, " yet")
    page.locator(LINE, has_text="Saved as a draft at ").wait_for()
    page.reload()
    assert name_of(page).input_value() == f"{first} and more yet"
    saved(page)
    assert kept() == [second]
    page.goto(alices.site + "/private/")
    alices.look("start-drafts")
    page.get_by_role("link", name=f"Add session: {second}").click()
    page.wait_for_url("**/?_draft=*")
    assert name_of(page).input_value() == second
    page.locator(".form-head").get_by_role("link", name="Start afresh").click()
    page.locator(".notice", has_text=second).get_by_role("button", name="Discard").click()
    page.wait_for_function("() => !document.querySelector('[data-drafts] .notice')")
    assert kept() == []
    # Saved at once, before any draft: none is left behind.
    typed(page, unique("quick"))
    saved(page)
    assert (kept(), page.evaluate(UNSENT)) == ([], 0)


def test_what_the_server_does_not_get_is_kept_in_the_browser_and_sent_afterwards(alices, lab, monkeypatch):
    alices.expect("ERR_INTERNET_DISCONNECTED")
    alices.expect("status of 409")
    page = open_tab(alices)
    alices.context.set_offline(True)
    text = unique("offline")
    typed(page, text)
    page.locator(LINE, has_text="kept in this browser until it is back").wait_for()
    assert (kept(), page.evaluate(UNSENT)) == ([], 1)
    # A form is not sent into the void.
    page.keyboard.press("Control+Enter")
    page.locator(LINE, has_text="Not saved yet. ").wait_for()
    assert name_of(page).input_value() == text
    alices.context.set_offline(False)
    page.locator(LINE, has_text="Saved as a draft at ").wait_for()
    assert (kept(), page.evaluate(UNSENT)) == ([text], 0)
    # A browser that crashes offline sends it when the form is opened again.
    alices.context.set_offline(True)
    typed(page, " again")
    page.wait_for_function(KEPT_HERE, arg=f"{text} again")
    page.close(run_before_unload=False)
    alices.context.set_offline(False)
    page = open_tab(alices)
    page.locator("[data-drafts] .notice", has_text=f"{text} again").wait_for()
    assert (kept(), page.evaluate(UNSENT)) == ([f"{text} again"], 0)
    # What it never takes is offered from the browser.
    with monkeypatch.context() as limited:
        limited.setattr(drafts, "MOST_DRAFTS", 1)
        text = unique("too many")
        typed(page, text)
        page.locator(LINE, has_text="Kept in this browser only").wait_for()
        page.close(run_before_unload=False)
        page = open_tab(alices)
        page.locator("[data-drafts] .notice", has_text="kept in this browser only").get_by_role("button").first.click()
        page.wait_for_function("() => document.querySelector('form[data-form] [name=name]').value")
        assert name_of(page).input_value() == text
        assert page.evaluate(UNSENT) == 1
    saved(page)
    assert (len(kept()), page.evaluate(UNSENT)) == (1, 0)


def test_a_session_that_ends_loses_nothing_and_nobody_else_gets_it(alices, visit, lab, alice, charlie):
    alices.expect("status of 40")
    page, text = open_tab(alices), unique("signed out")
    Session.objects.all().delete()
    typed(page, text)
    page.locator(LINE, has_text="You are signed out.").wait_for()
    alices.page = page
    alices.look("form-signed-out")
    assert page.locator(LINE).get_by_role("link").get_attribute("target") == "_blank"
    page.keyboard.press("Control+Enter")
    page.locator(LINE, has_text="Not saved yet. ").wait_for()
    assert (name_of(page).input_value(), page.evaluate(UNSENT)) == (text, 1)
    # Somebody else signs in at the same browser.
    alices.sign_in(charlie.user)
    alices.context.clear_cookies(name="csrftoken")
    theirs = open_tab(alices, "/private/stem/project/add/")
    typed(page, "!")
    page.locator(LINE, has_text="Somebody else is signed in now.").wait_for()
    assert theirs.evaluate(UNSENT) == 1
    assert kept() == []
    theirs.close()
    # Alice again: the page goes on where it was, and can be saved.
    alices.sign_in(alice.user)
    alices.context.clear_cookies(name="csrftoken")
    open_tab(alices, "/private/").close()
    typed(page, "!")
    page.locator(LINE, has_text="Saved as a draft at ").wait_for()
    assert [one.user_id for one in Draft.objects.all()] == [alice.user.pk]
    saved(page)
    assert kept() == []
    assert f"{text}!!" in page.inner_text("h1")


def test_a_draft_without_its_file_says_so_on_a_phone_in_the_dark(visit, lab, alice, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    visitor = visit(phone=True, color_scheme="dark")
    visitor.sign_in(alice.user)
    page = visitor.page
    page.on("dialog", lambda dialog: dialog.accept())
    visitor.go(f"/private/personal_attributes/setup/{lab['setup']}/change/")
    page.locator("[name=image]").set_input_files({"name": "rig.png", "mimeType": "image/png", "buffer": PNG})
    page.locator(LINE, has_text="without the chosen file").wait_for()
    visitor.look("form-draft-line-dark")
    visitor.go(page.url)
    visitor.look("form-drafts-dark")
    page.get_by_role("link", name="Continue").click()
    page.get_by_text("Choose rig.png again").wait_for()
    visitor.look("form-continued-dark")
