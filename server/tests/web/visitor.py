"""Somebody with a browser, and what tests do with it: sign in, look, measure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response, Route

SCREENSHOTS = Path(__file__).resolve().parents[3] / "var" / "screenshots"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
FAULTS = {"serious", "critical"}
PATIENCE_MS = 30_000
# A page that was just left and the next one may send, or delete, the same draft: the second one is told so.
DRAFTS, MET = "/api/private/drafts/", ("status of 412", "status of 404")


class Visitor:
    """A browser of its own with one page."""

    def __init__(self, context: BrowserContext, site: str, *, phone: bool) -> None:
        self.context, self.site, self.phone = context, site, phone
        self.problems: list[str] = []
        self._expected: list[str] = []
        self._is_over = False
        context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.watched(context.new_page())

    def watched(self, page: Page) -> Page:
        """A page whose errors count."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._note(f"script failed: {error}"))
        return page

    def expect(self, text: str) -> None:
        """Errors that hold this text are meant to happen, such as the 404 of a page that is not there."""
        self._expected.append(text)

    def sign_in(self, user: Any) -> None:
        """Sign in without the form, for tests that are about something else."""
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.site}])

    def go(self, path: str) -> Response:
        """Open a page of the site."""
        answer = self.page.goto(path if path.startswith("http") else self.site + path)
        assert answer is not None
        return answer

    def fill(self, **fields: str) -> None:
        """Type into fields by their names."""
        for name, value in fields.items():
            self.page.locator(f"[name={name}]:visible").first.fill(value)

    def hold(self, pattern: str) -> list[Route]:
        """Requests that wait, as on a slow network, until the test lets them go: ``held[0].continue_()``."""
        held: list[Route] = []

        def wait(route: Route) -> None:
            held.append(route)

        self.page.route(pattern, wait)
        return held

    def press(self, label: str) -> None:
        """Press the button with this label."""
        self.page.get_by_role("button", name=label, exact=True).click()
        self.page.wait_for_load_state()

    def follow(self, label: str) -> None:
        """Follow the link with this text."""
        self.page.get_by_role("link", name=label, exact=True).first.click()
        self.page.wait_for_load_state()

    @property
    def path(self) -> str:
        """Address of the page without the site."""
        return self.page.url.removeprefix(self.site)

    @property
    def text(self) -> str:
        """What the page says, menus and all."""
        return str(self.page.inner_text("body"))

    def shoot(self, name: str) -> None:
        """Leave a picture in ``var/screenshots/``."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        width = "phone" if self.phone else "desktop"
        self.page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)

    def check_accessible(self) -> None:
        """No serious fault that axe knows, and nothing that must be scrolled sideways."""
        # Colours that change slowly, as those of buttons do between light and dark, are judged when they have changed.
        self.page.wait_for_function("() => !document.getAnimations().some((one) => one instanceof CSSTransition)")
        found = Axe().run(self.page).response["violations"]
        serious = [
            (fault["id"], fault["help"], [node["html"] for node in fault["nodes"]])
            for fault in found
            if fault["impact"] in FAULTS
        ]
        assert not serious, serious
        wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{self.path} is {wider} px wider than the window"

    def look(self, name: str) -> None:
        """Check the page for everybody who reads it, and leave a picture."""
        self.check_accessible()
        self.shoot(name)

    def close(self) -> None:
        """Close the browser's window and forget it; a form that is left sends no draft into the next test."""
        self._is_over = True
        self.context.set_offline(True)
        self.context.close()

    def _heard(self, message: ConsoleMessage) -> None:
        has_met = DRAFTS in str(message.location.get("url", "")) and any(one in message.text for one in MET)
        if message.type in ("error", "warning") and not has_met:
            self._note(f"{message.type} in the console of {self.path}: {message.text}")

    def _note(self, problem: str) -> None:
        if not self._is_over and not any(text in problem for text in self._expected):
            self.problems.append(problem)
