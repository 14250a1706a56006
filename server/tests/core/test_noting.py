"""A read notes in passing who was there; it waits for nobody because of it, and does not fail."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from brainstem.apps.users.token_models import Token
from brainstem.web.session_store import digest_of

from ..lab import Lab
from ..people import Person, person

# The database waits 20 seconds for a lock before it gives up.
SOON = 10


@contextmanager
def somebody_writes(*models: type) -> Iterator[None]:
    """Another connection with an open transaction that has changed every row of these tables."""
    began, end = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            for model in models:
                model.objects.update(user=F("user"))
            began.set()
            end.wait(60)
            transaction.set_rollback(True)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert began.wait(30)
        yield
    finally:
        end.set()
        thread.join()


@pytest.fixture
def alice(transactional_db):
    return person("alice")


def test_a_read_with_a_token_waits_for_no_writer_and_notes_its_use_next_time(alice):
    token = Token.objects.filter(user=alice.user)
    with somebody_writes(Token):
        began = monotonic()
        assert alice.get("stem/project").status == 200
        assert monotonic() - began < SOON
    assert token.get().last_used_at is None
    assert alice.get("stem/project").status == 200
    assert token.get().last_used_at is not None


def test_a_page_waits_for_no_writer_and_notes_the_browser_next_time(alice):
    sign_in(alice.client, alice)
    mine, long_ago = UserSession.objects.filter(user=alice.user), timezone.now() - dt.timedelta(days=1)
    assert mine.update(last_seen_at=long_ago) == 1
    with somebody_writes(UserSession):
        began = monotonic()
        assert alice.client.get("/account/sessions/").status_code == 200
        assert monotonic() - began < SOON
    assert mine.get().last_seen_at == long_ago
    assert alice.client.get("/account/sessions/").status_code == 200
    assert mine.get().last_seen_at > long_ago


def test_the_list_of_browsers_leaves_out_those_that_have_ended_and_deletes_nothing(alice):
    ended = Client()
    sign_in(alice.client, alice)
    sign_in(ended, alice)
    Session.objects.filter(session_key=digest_of(ended.session.session_key)).delete()
    assert len(alice.client.get("/account/sessions/").context["sessions"]) == 1
    assert UserSession.objects.filter(user=alice.user).count() == 2


def sign_in(client: Client, who: Person) -> None:
    """A browser that has shown a page."""
    client.force_login(who.user)
    assert client.get("/account/sessions/").status_code == 200


def test_a_preview_of_a_deletion_waits_for_no_writer(alice):
    """An epoch's parts are guarded by a rule, which a deletion would hold rows for."""
    lab = Lab(alice, person("admin", admin=True))
    where = f"modules/behavior/{lab['behavior']}"
    with somebody_writes(Token):
        began = monotonic()
        assert alice.get(f"{where}/delete_preview").status == 200
        assert monotonic() - began < SOON
