"""The demo lab: everything shows something, once."""

import io

import pytest
from django.apps import apps
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from django.db import transaction

from brainstem.config import demo
from brainstem.core.access import audit
from brainstem.core.model.registry import specs
from brainstem.core.model.trees import Nobody

from ..people import Person

SHOWN = [label for label, spec in sorted(specs().items()) if not isinstance(spec.tree, Nobody)]
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def accounts(django_db_setup, django_db_blocker):
    """The demo lab, kept for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield demo.load(fixed_passwords=True)
        transaction.set_rollback(True)


@pytest.fixture
def alice(accounts):
    return Person(get_user_model().objects.get(email="alice@example.org"))


@pytest.mark.parametrize("label", SHOWN)
def test_every_private_list_shows_alice_something(alice, label):
    spec = specs()[label]
    assert alice.get(f"{spec.app}/{spec.segment}/").body["count"] > 0


@pytest.mark.parametrize("label", [label for label in SHOWN if "public" in specs()[label].resource.portals])
def test_every_public_list_shows_everyone_something(accounts, label):
    spec = specs()[label]
    assert Person(portal="public").get(f"{spec.app}/{spec.segment}/").body["count"] > 0


def test_a_second_run_adds_nothing(accounts, settings):
    settings.DEBUG = True
    before = {model: model._base_manager.count() for model in apps.get_models()}
    out = io.StringIO()
    call_command("demo", stdout=out)
    assert {model: model._base_manager.count() for model in apps.get_models()} == before
    assert "already" in out.getvalue()
    assert "alice@example.org" in out.getvalue()


def test_roles_audiences_and_counters_are_those_of_their_sources(accounts):
    assert audit.findings() == []


def test_the_printed_passwords_sign_in(accounts):
    assert len(accounts) == 4
    for account in accounts:
        assert authenticate(username=account.email, password=account.password) is not None


def test_bob_and_dana_see_the_private_project(accounts):
    for name in ("bob", "dana"):
        person = Person(get_user_model().objects.get(email=f"{name}@example.org"))
        assert person.get("stem/project/", "filter{is_public}=false").body["count"] == 1


def test_dana_writes_through_the_group_and_bob_only_reads(accounts):
    for name, status in (("bob", 403), ("dana", 200)):
        person = Person(get_user_model().objects.get(email=f"{name}@example.org"))
        subject = person.get("stem/subject/", "filter{name}=PV03").ids[0]
        assert person.patch(f"stem/subject/{subject}/", {"description": "Calm."}).status == status


def test_a_server_that_is_not_for_development_asks_for_consent(db, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--yes"):
        call_command("demo")


def test_the_public_project_credits_its_people(accounts):
    project = Person(portal="public").get("stem/project/").records[0]
    assert {one["name"]: one["roles"] for one in project["contributors"]} == {
        "Alice Andersen": ["Project leader"],
        "Dana Diaz": ["Data collector"],
    }
