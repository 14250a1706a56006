"""Rows that are not written yet are seen by the statements of one connection, and by nobody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from brainstem.apps.stem.models.subject import Subject
from brainstem.core.model.ids import uuid7
from brainstem.core.sql.overlay import Overlay

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="an overlay is made of SQLite's temporary views"),
]
PROJECTS = Subject.projects.through


@pytest.fixture
def subject(lab, alice):
    return Subject.objects.get(pk=lab["subject"])


@pytest.fixture
def overlay():
    found = Overlay()
    yield found
    found.close()


def row(record, **changed):
    return {field.attname: getattr(record, field.attname) for field in Subject._meta.concrete_fields} | changed


def names():
    return set(Subject.objects.values_list("name", flat=True))


def in_another_connection(do):
    def done():
        try:
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(done).result(60)


def temporary():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_temp_master")
        return [name for (name,) in cursor.fetchall()]


def test_new_rows_are_seen_with_those_that_are_there_by_this_connection_alone(subject, overlay):
    overlay.add(Subject, [row(subject, id=uuid7(), name="new")])
    assert names() == {subject.name}
    with overlay.seen(1):
        assert names() == {subject.name, "new"}
        assert Subject.objects.get(name="new").birth_date == subject.birth_date
        assert in_another_connection(names) == {subject.name}
    assert names() == {subject.name}


def test_values_come_back_as_they_went_in(subject, overlay):
    other = row(subject, id=uuid7(), name="new", death_date=None)
    overlay.add(Subject, [other])
    with overlay.seen(1):
        assert row(Subject.objects.get(pk=other["id"])) == other


def test_a_layer_may_take_the_place_of_rows_and_of_their_links(subject, overlay):
    link = {"subject_id": subject.pk, "project_id": uuid7()}
    overlay.add(Subject, [row(subject, name="renamed")], instead_of=("id", [subject.pk]))
    overlay.add(PROJECTS, [link])
    overlay.add(PROJECTS, [], instead_of=("subject", [subject.pk]))
    links = PROJECTS.objects.filter(subject=subject).values_list("project_id", flat=True)
    held = set(links.all())
    with overlay.seen(1):
        assert (names(), set(links.all())) == ({"renamed"}, held)
    with overlay.seen(2):
        assert set(links.all()) == held | {link["project_id"]}
    with overlay.seen(3):
        assert set(links.all()) == set()
    assert (names(), set(links.all())) == ({subject.name}, held)


def test_other_writers_do_not_wait_and_what_they_write_is_seen(subject, overlay):
    overlay.add(Subject, [row(subject, id=uuid7(), name="new")])
    with overlay.seen(1):
        in_another_connection(lambda: Subject.objects.filter(pk=subject.pk).update(name="meanwhile"))
        assert names() == {"meanwhile", "new"}


def test_nothing_can_be_written_through_it_and_a_failure_leaves_no_view(subject, overlay):
    overlay.add(Subject, [row(subject, id=uuid7(), name="new")])
    with pytest.raises(OperationalError, match="view"), overlay.seen(1):
        Subject.objects.filter(name="new").update(name="other")
    assert names() == {subject.name}
    assert Subject.objects.filter(pk=subject.pk).update(name="other") == 1


def test_it_may_be_looked_through_within_a_transaction_that_writes_afterwards(subject, overlay):
    overlay.add(Subject, [row(subject, id=uuid7(), name="new")])
    with transaction.atomic():
        with overlay.seen(1):
            assert "new" in names()
        assert Subject.objects.filter(pk=subject.pk).update(name="other") == 1
        transaction.set_rollback(True)
    assert names() == {subject.name}
    with overlay.seen(1):
        assert "new" in names()


def test_nothing_is_left_of_a_closed_one(subject):
    overlay = Overlay()
    overlay.add(Subject, [row(subject, id=uuid7(), name="new")], instead_of=("id", [subject.pk]))
    with overlay.seen(1):
        assert names() == {"new"}
    assert temporary()
    overlay.close()
    assert temporary() == []
