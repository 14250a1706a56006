"""Rows that change records are written with a few statements for all of them, and like the same rows one by one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.bulk.writing import Rows, attempt_rows, write_rows
from brainstem.core.errors import Invalid, Missing, RowsRefused
from brainstem.core.model.registry import specs
from brainstem.core.models import Change
from brainstem.core.write import changing

from ..people import unique

SUBJECT = specs()["stem.Subject"]


def viewer(person):
    return Viewer(Actor(user_id=person.user.pk, email=person.email, via="token"), "private")


def write(person, *rows):
    return write_rows(SUBJECT, Rows(update=list(rows)), viewer=viewer(person)).updated


def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(lab, alice):
    subjects = [lab.add("subject", sex="M", tags=["old"])["id"] for _ in range(40)]

    def statements(ids, sex):
        rows = [{"id": one, "sex": sex, "genotype": "wt", "tags": ["new", sex], "strain": lab["strain"]} for one in ids]
        with CaptureQueriesContext(connection) as captured:
            write(alice, *rows)
        return len(captured)

    few, many = statements(subjects[:4], "F"), statements(subjects[4:], "F")
    assert many <= few, (few, many)
    again = [{"id": one, "genotype": "hom", "birth_date": "2026-01-02"} for one in subjects]
    with CaptureQueriesContext(connection) as captured:
        write(alice, *again)
    assert len(captured) < 40, len(captured)
    record = alice.get(f"stem/subject/{subjects[7]}").record
    assert (record["sex"], record["genotype"], sorted(record["tags"])) == ("F", "hom", ["F", "new"])


def test_each_row_is_a_line_of_history_with_what_differs(lab, alice):
    one, other = (lab.add("subject", sex="M", tags=["a", "b"]) for _ in range(2))
    before = Change.objects.count()
    written = write(alice, {"id": one["id"], "tags": ["b", "c"]}, {"id": other["id"], "genotype": "wt"})
    assert [str(record.pk) for record in written] == [one["id"], other["id"]]
    lines = {line.record_id: line for line in Change.objects.all()[before:]}
    assert (lines[one["id"]].before["tags"], lines[one["id"]].after) == (["a", "b"], {"tags": ["b", "c"]})
    assert lines[other["id"]].after == {"genotype": "wt"}
    assert {line.action for line in lines.values()} == {"change"}
    assert alice.get(f"stem/subject/{other['id']}").record["updated_at"] > other["updated_at"]


def test_a_row_that_says_what_is_there_already_writes_nothing(lab, alice):
    one, other = (lab.add("subject", sex="M", genotype="wt") for _ in range(2))
    before = Change.objects.count()
    write(alice, {"id": one["id"], "genotype": "wt"}, {"id": other["id"], "sex": "M"})
    assert Change.objects.count() == before


def test_a_name_that_one_row_gives_up_may_be_taken_by_a_later_one_only(lab, alice):
    first, second = lab.add("subject"), lab.add("subject")
    new = unique("S")
    write(alice, {"id": first["id"], "name": new}, {"id": second["id"], "name": first["name"]})
    assert alice.get(f"stem/subject/{second['id']}").record["name"] == first["name"]
    with pytest.raises(RowsRefused) as refused:
        write(alice, {"id": first["id"], "name": first["name"]}, {"id": second["id"], "name": unique("S")})
    assert [row.index for row in refused.value.rows] == [0]


def test_rows_about_parents_and_their_pups_are_checked_one_after_the_other(lab, alice):
    dam, sire = lab.add("subject", sex="F"), lab.add("subject", sex="M")
    litter = lab.add("breeding", mother=dam["id"], father=sire["id"])
    pup = lab.add("subject", breeding=litter["id"])
    rows = [{"id": dam["id"], "birth_date": "2025-06-01"}, {"id": pup["id"], "birth_date": "2025-03-01"}]
    done = attempt_rows(SUBJECT, Rows(update=rows), viewer=viewer(alice)).updated
    assert "was born on 2025-06-01" in str(done[1].errors)
    assert str(done[0].birth_date) == "2025-06-01"


def test_what_is_wrong_is_told_of_each_row_and_the_others_are_tried(lab, alice, charlie):
    one = lab.add("subject")
    theirs = charlie.make("stem/project", name=unique("P"))["id"]
    hidden = charlie.make("stem/subject", name=unique("S"), projects=[theirs], sex="F", strain=lab["strain"])["id"]
    rows = [{"id": one["id"], "genotype": "wt"}, {"id": hidden, "genotype": "wt"}, {"id": lab["dam"], "sex": "X"}]
    done = attempt_rows(SUBJECT, Rows(update=rows), viewer=viewer(alice)).updated
    assert (type(done[1]), type(done[2])) == (Missing, Invalid)
    assert done[0].genotype == "wt"


def test_what_the_database_refuses_is_found_row_by_row(lab, alice, monkeypatch):
    first, second = lab.add("subject"), lab.add("subject")
    taken = lab.add("subject")["name"]
    monkeypatch.setattr(changing, "check_drafts", lambda *_: None)  # as if the name were taken in this very moment
    rows = [{"id": first["id"], "name": taken}, {"id": second["id"], "genotype": "wt"}]
    done = attempt_rows(SUBJECT, Rows(update=rows), viewer=viewer(alice)).updated
    assert "conflicts with a record that was just saved" in str(done[0].errors)
    assert alice.get(f"stem/subject/{second['id']}").record["genotype"] == "wt"
