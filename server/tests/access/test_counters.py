"""Counters of rows are put in place once, while nobody writes, and never seen half made."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.access import audit, counters
from brainstem.core.models import AudienceCount

from ..lab import Lab
from ..people import person


def drop_a_trigger() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER core_count_insert ON stem_subject")
        else:
            cursor.execute("DROP TRIGGER core_count_insert_stem_subject")


def installed() -> list[str]:
    """What installing did to the database: the first words of its statements."""
    with CaptureQueriesContext(connection) as captured:
        counters.install(using="default")
    return [" ".join(one["sql"].split()[:3]) for one in captured if not one["sql"].startswith(("SELECT", "PRAGMA"))]


def test_where_nothing_is_missing_a_migration_changes_no_counter(lab):
    lab["subject"]
    AudienceCount.objects.filter(model="stem.Subject").update(n=7)
    assert [word for word in installed() if "core_" in word or "LOCK" in word] == []
    assert AudienceCount.objects.get(model="stem.Subject").n == 7


def test_a_missing_trigger_is_found_put_back_and_its_table_alone_counted(lab):
    lab["session"]
    drop_a_trigger()
    assert counters.not_in_place() == [spec for spec in counters.specs().values() if spec.label == "stem.Subject"]
    lab["subject"]
    assert len(audit.findings()) == 2
    AudienceCount.objects.filter(model="stem.Session").update(n=7)
    counters.install(using="default")
    assert counters.not_in_place() == []
    assert AudienceCount.objects.get(model="stem.Subject").n == 1
    assert AudienceCount.objects.get(model="stem.Session").n == 7
    lab.add("subject")
    assert AudienceCount.objects.get(model="stem.Subject").n == 2
    assert len(audit.mend()) == 1
    assert audit.findings() == []


@pytest.mark.django_db(transaction=True)
def test_counting_anew_beside_writers_is_never_seen_half_done_and_loses_none():
    lab = Lab(person("alice"), person("admin", admin=True))
    lab["subject"]
    end, seen, failed = threading.Event(), [], []

    def read() -> None:
        while not end.is_set():
            seen.append(AudienceCount.objects.get(model="stem.Subject").n)
        connection.close()

    def write() -> None:
        try:
            for _ in range(8):
                lab.add("subject")
        except Exception as error:  # noqa: BLE001 - told by the test, in its own thread
            failed.append(error)
        finally:
            end.set()
            connection.close()

    threads = [threading.Thread(target=one) for one in (read, write)]
    for one in threads:
        one.start()
    for _ in range(200):
        counters.recount()
        if end.wait(0.01):
            break
    end.wait(60)
    for one in threads:
        one.join()
    assert failed == []
    assert min(seen) == 1
    assert audit.findings() == []
