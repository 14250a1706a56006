"""A real browser before a real server: what tests of the pages may use.

The server runs in a thread of the test's process, so that a test can make people, read mails and move the clock. Every
page that was opened must have ended without an error in the console, a script that failed or a breach of the content
policy; ``visitor.expect()`` names the ones that a test causes on purpose.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, expect, sync_playwright

from brainstem.apps.users import events
from brainstem.apps.users.token_models import Token

from .chromium import FLAGS, executable
from .visitor import DESKTOP, PATIENCE_MS, PHONE, Visitor

# Playwright keeps an event loop in the thread of the tests; Django then thinks that it is called from asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of pages; gone with its event loop before tests that start one of their own."""
    with sync_playwright() as playwright:
        path = executable(playwright.chromium.executable_path)
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        expect.set_options(timeout=PATIENCE_MS)  # on a busy machine a page takes its time
        yield chromium
        chromium.close()


@pytest.fixture
def site(live_server, settings) -> str:
    """Address of a running server without data."""
    settings.BRAINSTEM_URL = live_server.url
    cache.clear()
    return str(live_server.url)


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Callable[..., Visitor]]:
    """Makes people with a browser each, which share nothing: ``visit()``, ``visit(phone=True)``."""
    made: list[Visitor] = []

    def new(*, phone: bool = False, **options) -> Visitor:
        size = PHONE if phone else DESKTOP
        made.append(Visitor(browser.new_context(base_url=site, **size, **options), site, phone=phone))
        return made[-1]

    yield new
    for visitor in made:
        visitor.close()
    for visitor in made:
        assert not visitor.problems


@pytest.fixture
def visitor(visit) -> Visitor:
    """Somebody at a desk with a browser, not signed in."""
    return visit()


@pytest.fixture
def user(alice):
    """Alice's account, without a token and with nothing in its log."""
    Token.objects.all().delete()
    events.of(alice.user).delete()
    return alice.user
