"""The lab that made-up requests are sent to, and the people who send them."""

import pytest
from django.contrib.auth import get_user_model
from django.core import signals
from django.db import close_old_connections, transaction

from brainstem.config import demo

from ..people import Person
from .known import Known

PEOPLE = {"nobody": None, "member": "bob", "owner": "alice", "administrator": "admin"}


@pytest.fixture(scope="module")
def demo_lab(django_db_setup, django_db_blocker):
    """The demo lab; the end of a request leaves the connection of the tests open."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    with django_db_blocker.unblock(), transaction.atomic():
        demo.load(fixed_passwords=True)
        yield Known()
        transaction.set_rollback(True)
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def tokens(demo_lab):
    """Token of each of the four, None for the one without an account."""
    users = get_user_model().objects
    return {who: Person(users.get(email=f"{name}@example.org")).token if name else None for who, name in PEOPLE.items()}
