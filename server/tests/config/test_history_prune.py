"""``history prune`` removes old history by policy: never a version, nothing that is needed, a few rows at a time."""

from __future__ import annotations

import datetime as dt
import io
import random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brainstem.config import catalogue
from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.history import pruning
from brainstem.core.history.horizon import kept_since
from brainstem.core.history.pruning import Policy, Pruned
from brainstem.core.history.versions import version_of
from brainstem.core.model.ids import uuid7
from brainstem.core.model.registry import specs
from brainstem.core.models import Change, Deletion, Event, Pruning
from brainstem.core.undo.restoring import undelete

pytestmark = pytest.mark.django_db

START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
RECORDS = [uuid7() for _ in range(3)]


def day(number: int) -> dt.datetime:
    return START + dt.timedelta(days=number)


def change(number: int, record: int = 0, *, via: str = "token", event: Event | None = None, **values) -> Change:
    """A change of a record on some day."""
    event = event or Event.objects.create(at=day(number), via=via)
    shared = {"action": "change", "model": "stem.Session", "record_id": RECORDS[record], "before": {"n": number}}
    return Change.objects.create(event=event, at=event.at, **shared | {"after": {"n": number + 1}} | values)


def prune(before: str, *options: str) -> str:
    out = io.StringIO()
    call_command("history", "prune", "--before", before, *options, stdout=out)
    return out.getvalue()


def left(record: int = 0) -> list[int]:
    """The days whose changes of a record are left."""
    rows = Change.objects.filter(record_id=RECORDS[record]).order_by("id")
    return [(one.at - START).days for one in rows]


# -- what goes ----------------------------------------------------------------------------------------------------------


def test_old_changes_go_and_so_do_their_events(db):
    for number in range(6):
        change(number)
    out = prune("2025-01-04")
    assert left() == [3, 4, 5]
    assert sorted(Event.objects.values_list("at", flat=True)) == [day(3), day(4), day(5)]
    assert out == (
        "Removed 3 changes from before 2025-01-04 00:00 UTC; the last change of each record and all that is needed to"
        " restore deleted records stay.\n"
        "History is complete since 2025-01-04 00:00 UTC: `as_of` and undo reach back to then.\n"
    )


@pytest.mark.parametrize("number", [1, 2, 5, 6, 99])
def test_the_last_changes_of_each_record_stay_however_old(db, number):
    for at in range(6):
        change(at, 0)
    change(0, 1)
    version = version_of(specs()["stem.Session"], RECORDS[0])
    prune("2026-01-01", "--keep-last", str(number))
    assert left(0) == [*range(6)][-number:]
    assert left(1) == [0]
    assert version_of(specs()["stem.Session"], RECORDS[0]) == version


def test_what_is_left_of_a_record_has_no_gaps(db):
    """Moments are not quite in the order of the changes: a write may begin early and come late."""
    for at in (0, 5, 1, 2, 6):
        change(at)
    prune("2025-01-04")
    assert left() == [5, 1, 2, 6]


def test_an_event_stays_as_long_as_any_of_its_changes(db):
    event = Event.objects.create(at=day(0), via="token", means="bulk")
    change(0, 0, event=event), change(0, 1, event=event), change(1, 0)
    prune("2026-01-01")
    assert (left(0), left(1)) == ([1], [0])
    assert Event.objects.filter(pk=event.pk).exists()


def test_it_removes_the_same_however_many_rows_it_reads_at_once(db, monkeypatch):
    pick = random.Random(4)
    for _ in range(60):
        change(pick.randrange(20), pick.randrange(3))
    policy = Policy(day(12), 3)
    expected = [*pruning._removable(policy)]
    for size in (1, 2, 3, 7, 1000):
        monkeypatch.setattr(pruning, "PAGE", size)
        assert [*pruning._removable(policy)] == expected
    monkeypatch.setattr(pruning, "STEP", 4)
    assert pruning.rehearse(policy).changes == len(expected) == pruning.prune(policy).changes > 10
    assert pruning.rehearse(policy) == Pruned()
    for record in range(3):
        ids = [*Change.objects.filter(record_id=RECORDS[record]).order_by("id").values_list("id", flat=True)]
        gone = [one for one in expected if one not in ids]
        assert len(ids) >= 3
        assert not set(gone) & set(ids)


def test_another_model_with_the_same_id_is_another_record(db):
    for at in (0, 1):
        change(at, model="users.User", record_id=7)
        change(at, model="users.Group", record_id=7)
    prune("2026-01-01")
    assert Change.objects.filter(record_id=7).count() == 2


# -- what stays ---------------------------------------------------------------------------------------------------------


def test_deleted_records_can_be_restored_after_all_else_is_gone(lab, alice):
    subject, breeding = lab["subject"], lab["breeding"]
    pup = lab.add("subject", tags=["a"])["id"]
    alice.patch(f"stem/subject/{pup}", {"breeding": breeding})
    alice.delete(f"stem/breeding/{breeding}")
    alice.patch(f"stem/subject/{pup}", {"sex": "U"})
    gone = Deletion.objects.get()
    before = set(Change.objects.filter(event=gone.event).values_list("id", flat=True))
    assert len(before) == 2  # the breeding, and the pup that lost it
    _age(days=400)
    prune(f"{timezone.now() - dt.timedelta(days=1):%Y-%m-%d}")
    assert before <= set(Change.objects.values_list("id", flat=True))
    assert Event.objects.filter(pk=gone.event).exists()
    assert Change.objects.filter(record_id=subject).count() == 1
    undelete(specs()["stem.Breeding"], breeding, viewer=Viewer(Actor(via="command"), ""))
    assert alice.get(f"stem/subject/{pup}").record["breeding"] == breeding


def test_what_follows_on_a_deletion_that_can_be_undone_stays_and_goes_once_it_was_undone(db):
    gone = change(1)
    for at in (0, 2, 3):
        change(at)
    deletion = Deletion.objects.create(event=gone.event_id, model="stem.Session", record_id="1", rows=[], detached=[])
    prune("2026-01-01")
    assert left() == [1, 0, 2, 3]
    Deletion.objects.filter(pk=deletion.pk).update(undone_at=day(5))
    out = prune("2026-01-01")
    assert (left(), Deletion.objects.count()) == ([3], 0)
    assert "Removed 3 changes from before 2026-01-01 00:00 UTC and the rows of 1 deletions that were undone;" in out


def test_a_deletion_that_was_undone_recently_stays(db):
    Deletion.objects.create(event=uuid7(), model="x", record_id="1", rows=[], detached=[], undone_at=timezone.now())
    prune("2026-01-01")
    assert Deletion.objects.count() == 1


@pytest.mark.slow
def test_what_the_catalogue_loaded_stays_so_that_what_people_deleted_does_not_come_back(admin):
    from brainstem.apps.dissemination.models.journal import Journal

    catalogue.load()
    journal = Journal.objects.get(name="Stroke")
    assert admin.through("super").delete(f"dissemination/journal/{journal.pk}").status == 204
    Deletion.objects.update(undone_at=day(1))  # nothing else keeps its history
    _age(days=400)
    prune("2026-01-01")
    assert catalogue.load().added.total() == 0
    assert not Journal.objects.filter(name="Stroke").exists()


def _age(*, days: int) -> None:
    for model in (Event, Change):
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).update(at=row.at - dt.timedelta(days=days))


# -- what it says and remembers -----------------------------------------------------------------------------------------


def test_a_dry_run_counts_and_removes_nothing(db):
    for number in range(6):
        change(number)
    out = prune("2025-01-04", "--keep-last", "4", "--dry-run")
    assert out.startswith("Would remove 2 changes from before 2025-01-04 00:00 UTC; the last 4 changes of each record")
    assert (left(), Event.objects.count(), kept_since()) == ([*range(6)], 6, None)


def test_history_is_complete_until_something_was_removed_and_then_since_the_latest_such_moment(db):
    for number in range(6):
        change(number)
    assert "History is complete: nothing was ever removed." in prune("2024-01-01")
    assert kept_since() is None
    prune("2025-01-03")
    assert kept_since() == day(2)
    prune("2025-01-05T12:00+02:00")
    assert kept_since() == dt.datetime(2025, 1, 5, 10, tzinfo=dt.UTC)
    prune("2025-01-02")  # nothing is left to remove there
    assert kept_since() == dt.datetime(2025, 1, 5, 10, tzinfo=dt.UTC)
    assert [*Pruning.objects.order_by("id").values_list("changes", "keep_last")] == [(2, 1), (3, 1)]


def test_how_far_back_it_reaches_is_stored_before_anything_is_gone(db, monkeypatch):
    for number in range(4):
        change(number)

    def fail(rows):
        raise RuntimeError("power cut")

    monkeypatch.setattr(pruning, "_removed", fail)
    with pytest.raises(RuntimeError):
        prune("2025-01-03")
    assert (kept_since(), len(left())) == (day(2), 4)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--before", "soon"], "--before: 'soon' is neither a date nor a time. Write 2025-01-31 or 2025-01-31T12:00Z."),
        (["--before", "2025-02-30"], "--before: '2025-02-30' is neither"),
        (["--before", "3000-01-01"], "--before: 3000-01-01 lies in the future. Give a date in the past."),
        (["--before", "2025-01-01", "--keep-last", "0"], "--keep-last: '0' is not a whole number from 1."),
        (["--before", "2025-01-01", "--keep-last", "-1"], "--keep-last: '-1' is not a whole number from 1."),
        (["--before", "2025-01-01", "--keep-last", "many"], "--keep-last: 'many' is not a whole number from 1."),
        (["--before", "2025-01-01", "--keep-last", "9" * 30], "is not a whole number from 1."),
        ([], "the following arguments are required: --before"),
    ],
    ids=str,
)
def test_what_cannot_be_is_named_and_nothing_is_removed(db, options, words):
    change(0), change(1)
    with pytest.raises(CommandError) as raised:
        call_command("history", "prune", *options, stdout=io.StringIO())
    assert words in str(raised.value)
    assert left() == [0, 1]


def test_no_statement_touches_more_rows_than_others_can_wait_for(db, monkeypatch):
    for at in range(30):
        change(at)
    monkeypatch.setattr(pruning, "STEP", 7)
    with CaptureQueriesContext(connection) as asked:
        prune("2026-01-01")
    removing = [one["sql"] for one in asked if 'DELETE FROM "core_change"' in one["sql"]]
    assert len(removing) == 5  # 29 changes, seven at a time
