"""Browser sessions are kept under hashed keys: what the database holds signs nobody in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.usersessions.models import UserSession
from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connections
from django.test import Client

from brainstem.web.session_store import Digest, SessionStore, digest_of

from ..people import PASSWORD
from .two_factor import LOGIN, confirmed, is_signed_in

pytestmark = pytest.mark.django_db
COOKIE = settings.SESSION_COOKIE_NAME


def browser(alice) -> Client:
    """A browser in which Alice signed in through the form."""
    client = Client()
    client.post(LOGIN, {"login": alice.email, "password": PASSWORD})
    assert is_signed_in(client)
    return client


def test_neither_table_holds_the_key(alice):
    client = browser(alice)
    key = client.cookies[COOKIE].value
    raw_sessions = list(Session.objects.values_list("session_key", flat=True))
    listed = list(UserSession.objects.values_list("session_key", flat=True))
    assert raw_sessions == listed == [digest_of(key)]
    assert key not in {*raw_sessions, *listed}


def test_what_the_table_holds_is_no_key(alice):
    browser(alice)
    thief = Client()
    thief.cookies[COOKIE] = Session.objects.get().session_key
    assert not is_signed_in(thief)


def test_a_person_sees_their_browsers_and_ends_one(alice):
    here, there = browser(alice), browser(alice)
    page = here.get("/account/sessions/").content.decode()
    assert page.count("This browser") == 1
    other = UserSession.objects.exclude(session_key=here.cookies[COOKIE].value).get()
    assert here.post("/account/sessions/", {"session": other.pk}).status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert Session.objects.count() == UserSession.objects.count() == 1


def test_all_others_are_ended_and_this_one_stays(alice):
    here, there = browser(alice), browser(alice)
    here.post("/account/sessions/", {"session": "others"})
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_a_session_is_listed_once_however_often_it_is_seen(alice, monkeypatch):
    from brainstem.web.accounts import sessions

    monkeypatch.setattr(sessions, "SEEN_EVERY", sessions.dt.timedelta())
    client = browser(alice)
    for _ in range(3):
        client.get("/account/sessions/")
    assert UserSession.objects.count() == 1


def test_signing_out_forgets_the_session(alice):
    client = browser(alice)
    client.post("/account/logout/")
    assert not Session.objects.exists()


def test_a_store_does_what_stores_do(db):
    store = SessionStore()
    store["kept"] = 1
    store.save()
    key = store.session_key
    assert SessionStore(key)["kept"] == 1
    assert store.exists(key)
    assert SessionStore(Digest(digest_of(key)))["kept"] == 1, "allauth asks with what its table holds"
    assert not store.exists(digest_of(key)), "a plain text is a key, whatever it looks like"
    store.cycle_key()
    assert store.session_key != key
    assert not store.exists(key)
    assert SessionStore(store.session_key)["kept"] == 1
    store.flush()
    assert not Session.objects.exists()


def _and_hang_up(do):
    try:
        do()
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_a_store_does_so_when_awaited(transactional_db):
    @async_to_sync
    async def go():
        store = SessionStore()
        await store.aset("kept", 1)
        await store.asave()
        again = SessionStore(store.session_key)
        assert await again.aget("kept") == 1
        assert await again.aexists(store.session_key)
        await again.adelete()
        assert not await again.aexists(store.session_key)

    # In a thread of its own: the browser of another test may run a loop in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_and_hang_up, go).result()


@pytest.mark.parametrize("key", ["x", "\x00" * 32, "\ud800" * 32, "a" * 5000, "' OR 1=1 --"])
def test_a_strange_key_is_that_of_no_session(key):
    assert SessionStore(key).load() == {}


def test_no_other_package_seems_to_want_a_migration(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_secret_of_an_app_that_is_being_added_is_sealed_in_the_session(alice):
    client = confirmed(alice.user)
    page = client.get("/account/two_factor/app/add/")
    secret = page.context["secret"].replace(" ", "")
    assert len(secret) == 32
    assert secret not in str(dict(client.session.items()))
