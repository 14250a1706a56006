"""What a server throws away by itself, and what it keeps."""

import datetime as dt

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from brainstem.config import housekeeping
from brainstem.config.management.commands import tasks
from brainstem.core.models import KeptAnswer
from brainstem.core.tasks.worker import Worker
from brainstem.web.session_store import digest_of

pytestmark = pytest.mark.django_db(transaction=True)


def session(key, *, hours):
    ends = timezone.now() + dt.timedelta(hours=hours)
    return Session.objects.create(session_key=digest_of(key), session_data="", expire_date=ends)


def listed(person, key):
    return UserSession.objects.create(user=person.user, session_key=key, ip="127.0.0.1", user_agent="")


def test_ended_sessions_go_and_others_stay(monkeypatch):
    monkeypatch.setattr(housekeeping, "STEP", 2)
    for number in range(5):
        session(f"ended{number}", hours=-1)
    session("going-on", hours=1)
    assert housekeeping.tidy() == 5
    assert [one.session_key for one in Session.objects.all()] == [digest_of("going-on")]


def test_the_list_of_sessions_forgets_those_that_are_gone(alice):
    session("going-on", hours=1)
    listed(alice, "going-on")
    listed(alice, "gone")
    assert housekeeping.tidy() == 1
    assert UserSession.objects.count() == 1


def test_answers_are_kept_for_a_day(alice):
    old = KeptAnswer.objects.create(user_id=alice.user.pk, digest="old", content="")
    KeptAnswer.objects.create(user_id=alice.user.pk, digest="new", content="")
    KeptAnswer.objects.filter(pk=old.pk).update(at=timezone.now() - dt.timedelta(days=2))
    assert housekeeping.tidy() == 1
    assert [one.digest for one in KeptAnswer.objects.all()] == ["new"]


def test_the_worker_tidies_up_once_an_hour(monkeypatch):
    done = []
    worker = Worker(tidy=lambda: done.append(1))
    worker._do_chores()
    worker._chores_due = 0.0
    worker._do_chores()
    assert len(done) == 1
    worker._chores_due = worker._tidy_due = 0.0
    worker._do_chores()
    assert len(done) == 2


def test_the_command_gives_the_worker_this_to_do(monkeypatch):
    given = []
    monkeypatch.setattr(tasks, "Worker", lambda **options: given.append(options) or Worker())
    call_command("tasks", once=True)
    assert given[0]["tidy"] is housekeeping.tidy
