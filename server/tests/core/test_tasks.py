"""Work outside the request: queued with what it belongs to, done by a worker, tried again, and sealed meanwhile."""

import datetime as dt
import smtplib
import threading

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from brainstem.core.mail import sending
from brainstem.core.mail.message import compose
from brainstem.core.models import TaskWorker
from brainstem.core.tasks import worker as task_worker
from brainstem.core.tasks.queue import GiveUp, background, later, policy_of, queue
from brainstem.core.tasks.sealing import Tampered, seal, unseal
from brainstem.core.tasks.worker import Worker, take_back_abandoned

from ..waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "the-link-with-a-secret"
CODE = {"code": SECRET, "purpose": "sign in", "minutes": 5}

calls: list = []


@background(attempts=3, first_pause=dt.timedelta(seconds=30))
def remember(*, what, fails=""):
    calls.append(what)
    if fails == "now":
        raise RuntimeError(f"{SECRET} is broken")
    if fails == "for good":
        raise GiveUp


@pytest.fixture(autouse=True)
def queued(settings):
    """Tasks wait in the database for a worker, as they do on a server."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    calls.clear()


def rows():
    return list(DBTaskResult.objects.all())


def make_due():
    DBTaskResult.objects.update(run_after=timezone.now() - dt.timedelta(seconds=1))


# -- queueing --------------------------------------------------------------------------------------------------------


def test_a_task_is_done_by_the_worker_and_then_gone():
    later(remember, what="tea")
    assert (calls, len(rows())) == ([], 1)
    assert Worker().work_off() == 1
    assert (calls, rows()) == (["tea"], [])


def test_a_task_is_queued_only_with_what_it_belongs_to():
    with transaction.atomic():
        later(remember, what="undone")
        queue(remember, what="undone too")
        transaction.set_rollback(True)
    assert rows() == []
    with transaction.atomic():
        later(remember, what="done")
        assert rows() == []
    assert len(rows()) == 1


def test_a_task_waits_for_its_time():
    later(remember, what="tomorrow", wait=dt.timedelta(days=1))
    assert Worker().work_off() == 0
    make_due()
    assert Worker().work_off() == 1


def test_what_somebody_waits_for_goes_first():
    later(remember, what="news")
    later(remember, what="code", priority=10)
    Worker().work_off()
    assert calls == ["code", "news"]


def test_arguments_cannot_be_read_in_the_database():
    sending.deliver(compose("mfa/code", CODE).to("bob@lab.example"))
    [row] = rows()
    kept = f"{row.args_kwargs} {row.task_path} {row.traceback}"
    assert SECRET not in kept
    assert "bob@lab.example" not in kept
    Worker().work_off()
    assert SECRET in outbox.outbox[0].body
    assert rows() == []


def test_what_is_sealed_opens_with_the_same_key_and_purpose_only(settings):
    sealed = seal("secret", purpose="brainstem.tasks")
    assert unseal(sealed, purpose="brainstem.tasks") == "secret"
    with pytest.raises(Tampered):
        unseal(sealed, purpose="brainstem.totp")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "k" * 50
    assert unseal(sealed, purpose="brainstem.tasks") == "secret"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Tampered):
        unseal(sealed, purpose="brainstem.tasks")


# -- failing ---------------------------------------------------------------------------------------------------------


def test_a_task_that_fails_is_tried_again_later_and_not_for_ever():
    later(remember, what="x", fails="now")
    worker, pauses = Worker(), []
    for _ in range(3):
        assert worker.work_off() == 1
        pauses.append((rows()[0].run_after - timezone.now()).total_seconds())
        make_due()
    assert calls == ["x"] * 3
    assert 20 < pauses[0] <= 30
    assert 100 < pauses[1] <= 120
    [row] = rows()
    assert row.status == "FAILED"
    assert worker.work_off() == 0


def test_of_a_task_that_failed_neither_arguments_nor_message_are_kept():
    later(remember, what=SECRET, fails="for good")
    Worker().work_off()
    [row] = rows()
    assert (row.status, row.args_kwargs, row.traceback) == ("FAILED", {"args": [], "kwargs": {}}, "")
    assert row.exception_class_path.endswith("GiveUp")


def test_a_row_that_names_another_function_runs_nothing():
    later(remember, what="x")
    DBTaskResult.objects.update(task_path="os.system")
    Worker().work_off()
    assert rows()[0].status == "FAILED"


def test_what_was_sealed_with_another_key_is_given_up(settings):
    later(remember, what="x")
    settings.SECRET_KEY = "n" * 50
    Worker().work_off()
    assert (calls, rows()[0].status) == ([], "FAILED")


def test_what_a_killed_worker_left_is_taken_back_after_its_time():
    later(remember, what="x")
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now(), worker_ids=["gone"])
    take_back_abandoned()
    assert rows()[0].status == "RUNNING"
    long_ago = timezone.now() - policy_of(rows()[0].task_path).takes_at_most - dt.timedelta(minutes=1)
    DBTaskResult.objects.update(started_at=long_ago)
    take_back_abandoned()
    assert rows()[0].status == "READY"
    DBTaskResult.objects.update(status="RUNNING", started_at=long_ago, worker_ids=["gone"] * 3)
    take_back_abandoned()
    assert rows()[0].status == "FAILED"


def test_failed_tasks_are_forgotten_after_two_weeks():
    later(remember, what="x", fails="for good")
    Worker().work_off()
    Worker()._do_chores()
    assert len(rows()) == 1
    DBTaskResult.objects.update(finished_at=timezone.now() - dt.timedelta(days=15))
    Worker()._do_chores()
    assert rows() == []


# -- the worker ------------------------------------------------------------------------------------------------------


@pytest.fixture
def running(monkeypatch):
    """A worker in a thread of its own, quicker than usual."""
    monkeypatch.setattr(task_worker, "IDLE_SECONDS", 0.05)
    worker = Worker()

    def run():
        try:
            worker.run()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    yield worker
    worker.stop()
    thread.join(30)
    assert not thread.is_alive()


def test_a_worker_is_seen_and_does_what_is_queued(running):
    assert eventually(TaskWorker.objects.exists)
    later(remember, what="x")
    assert eventually(lambda: calls == ["x"] and not rows())


def test_a_worker_outlives_a_database_that_goes_away(running, monkeypatch, caplog):
    assert eventually(TaskWorker.objects.exists)
    real, broken = Worker._claim, threading.Event()

    def claim(self):
        if not broken.is_set():
            raise OperationalError("server closed the connection unexpectedly")
        return real(self)

    monkeypatch.setattr(Worker, "_claim", claim)
    later(remember, what="x")
    assert eventually(lambda: "Cannot connect to the database" in caplog.text)
    assert calls == []
    broken.set()
    assert eventually(lambda: calls == ["x"])


def test_an_idle_worker_takes_no_lock(monkeypatch):
    worker = Worker()
    worker._do_chores()
    monkeypatch.setattr(transaction, "atomic", None)
    assert worker.work() is False


def test_a_worker_whose_server_is_gone_ends():
    Worker(orphaned=lambda: True).run()


# -- mails ------------------------------------------------------------------------------------------------------------


def break_mail(monkeypatch, error):
    def refuse(self, *_args):
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


def send(**options):
    return sending.deliver(compose("mfa/code", CODE).to("bob@lab.example"), **options)


def test_a_mail_waits_for_a_mail_server_that_is_down(monkeypatch):
    break_mail(monkeypatch, ConnectionRefusedError(111, "Connection refused"))
    assert send()
    assert sending.is_up()
    Worker().work_off()
    assert not sending.is_up()
    assert not send()
    monkeypatch.undo()
    make_due()
    Worker().work_off()
    assert sending.is_up()
    assert len(outbox.outbox) == 2
    assert rows() == []


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"bob@lab.example": (550, b"no such user")}),
        smtplib.SMTPDataError(554, b"we think that this is spam"),
    ],
    ids=["recipient", "content"],
)
def test_a_mail_that_a_mail_server_does_not_want_is_not_sent_again(monkeypatch, error):
    break_mail(monkeypatch, error)
    send()
    Worker().work_off()
    assert rows()[0].status == "FAILED"
    assert sending.is_up()


def test_a_mail_server_that_is_busy_is_asked_again(monkeypatch):
    break_mail(monkeypatch, smtplib.SMTPRecipientsRefused({"bob@lab.example": (450, b"greylisted")}))
    send()
    Worker().work_off()
    assert rows()[0].status == "READY"


def test_a_code_that_has_expired_is_not_sent():
    send(until=timezone.now() - dt.timedelta(seconds=1))
    send(until=timezone.now() + dt.timedelta(hours=1))
    Worker().work_off()
    assert (len(outbox.outbox), rows()) == (1, [])
