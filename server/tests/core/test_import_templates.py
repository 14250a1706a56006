"""The columns of the released templates: rows of all of them, with roles, entries of logs and what an empty cell means."""

from __future__ import annotations

import pytest

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.imports.committing import commit
from brainstem.core.imports.kept import plan_of, plan_text
from brainstem.core.imports.planning import make_plan
from brainstem.core.imports.steps import Asked
from brainstem.core.model.registry import specs
from brainstem.core.tables.reading import read_pasted

from ..people import unique

PROJECT, SUBJECT, LOG = (specs()[one] for one in ("stem.Project", "stem.Subject", "modules.SubjectLog"))


def viewer(person):
    return Viewer(Actor(user_id=person.user.pk, email=person.email, via="token"), "private")


def planned(person, spec, *rows):
    sheets = read_pasted("\n".join(";".join(row) for row in rows))
    plan = make_plan(sheets, {0: spec}, Asked(), viewer=viewer(person), base="http://testserver")
    return plan_of(plan_text(plan), sheets, {0: spec}, Asked())  # as it is kept


def troubles(plan):
    return [(step.line.number, one.column, one.message) for step in plan.steps for one in step.troubles]


def roles(person, project):
    return person.get(f"stem/project/{project}").record["users"]


# -- roles --------------------------------------------------------------------------------------------------------------

PEOPLE = ["project__name", "project__users__can_change", "project__users__is_manager", "project__users__is_owner",
          "project__authenticated_groups"]  # fmt: skip


def test_a_new_project_has_the_people_and_groups_of_its_row(lab, alice, bob, dana):
    name, group = unique("P"), alice.get(f"users/group/{lab['group']}").record["name"]
    row = [name, f"{bob.email}", dana.email, alice.email, group]
    plan = planned(alice, PROJECT, PEOPLE, row)
    assert troubles(plan) == []
    assert set(plan.steps[0].values["users"]) == {bob.email, dana.email, alice.email}
    done = commit(plan, viewer=viewer(alice))
    (record,) = alice.get("stem/project", f"filter{{name}}={name.replace(' ', '%20')}").records
    held = record["users"]
    levels = {email: (one["can_change"], one["is_manager"], one["is_owner"]) for email, one in held.items()}
    assert levels == {
        alice.email: (True, True, True), dana.email: (True, True, False), bob.email: (True, False, False),
    }  # fmt: skip
    assert record["groups"][group]["can_change"]
    assert [step.action for step in planned(alice, PROJECT, PEOPLE, row).steps] == ["same"]
    assert alice.post(f"history/{done.event}/undo/", {}).status == 200


def test_roles_are_raised_and_never_lowered_or_taken(lab, alice, bob):
    project = alice.make("stem/project", name=unique("P"))
    alice.patch(f"stem/project/{project['id']}", {"users": {bob.email: {"is_manager": True}}})
    lower = planned(alice, PROJECT, PEOPLE[:2], [project["name"], f"{bob.email},{alice.email}"])
    assert [step.action for step in lower.steps] == ["same"]
    higher = planned(alice, PROJECT, ["project__name", PEOPLE[3]], [project["name"], bob.email])
    assert [step.action for step in higher.steps] == ["changed"]
    commit(higher, viewer=viewer(alice))
    assert roles(alice, project["id"])[bob.email]["is_owner"]


def test_an_address_that_nobody_has_is_refused_at_its_cell(lab, alice):
    plan = planned(alice, PROJECT, PEOPLE[:3], [unique("P"), "", "nobody@nowhere.example"])
    assert [(row, column) for row, column, _ in troubles(plan)] == [(2, 2)]
    assert "No user has the email address" in troubles(plan)[0][2]


def test_who_may_not_give_roles_plans_none(lab, alice, bob):
    name = alice.get(f"stem/project/{lab['project']}").record["name"]
    plan = planned(bob, PROJECT, ["project__name", PEOPLE[3]], [name, bob.email])
    assert [step.action for step in plan.steps] == ["wrong"]


# -- sex ----------------------------------------------------------------------------------------------------------------


def test_an_empty_sex_of_a_template_is_unknown_and_keeps_what_is_known(lab, alice):
    project = alice.get(f"stem/project/{lab['project']}").record["name"]
    strain = alice.get(f"taxonomies/strain/{lab['strain']}").record["name"]
    known = lab.add("subject", sex="F")["name"]
    heads = ["project__name", "subject__name", "subject__sex", "subject__strain"]
    plan = planned(alice, SUBJECT, heads, [project, unique("S"), "", strain], [project, known, "", strain])
    assert troubles(plan) == []
    assert [(step.action, step.values.get("sex")) for step in plan.steps] == [("created", "U"), ("same", None)]
    without = planned(alice, SUBJECT, [heads[0], heads[1], heads[3]], [project, unique("S"), strain])
    assert without.steps[0].values["sex"] == "U"
    own = planned(alice, SUBJECT, ["projects", "name", "sex", "strain"], [project, unique("S"), "", strain])
    assert [step.action for step in own.steps] == ["wrong"]


# -- logs ---------------------------------------------------------------------------------------------------------------

ENTRIES = ["subject__name", "subject_log__type", "subject_log__description", "subject_log__entry_datetime",
           "subject_log__entry_start_datetime", "subject_log__entry_end_datetime", "subject_log__entry_notes",
           "subject_log__entry_data"]  # fmt: skip


def logs(person, subject):
    return person.get("modules/subjectlog", f"filter{{subject}}={subject}").records


def test_rows_are_entries_of_a_log_that_is_found_or_made(lab, alice):
    animal = lab.add("subject")
    name = animal["name"]
    rows = [
        [name, "TrainingSession", "Habituation", "", "2024-05-02 10:00", "", "by hand", "{}"],
        [name, "TrainingSession", "Habituation", "", "2024-05-03 10:00", "2024-05-03 10:30", "", ""],
        [name, "TrainingSession", "", "", "2024-05-03 10:00", "", "twice", ""],
    ]
    plan = planned(alice, LOG, ENTRIES, *rows)
    assert [step.action for step in plan.steps] == ["created", "created", "wrong"]
    assert troubles(plan) == [(4, None, "This is the same entry as in row 3.")]
    plan = planned(alice, LOG, ENTRIES, *rows[:2])
    done = commit(plan, viewer=viewer(alice))
    (log,) = logs(alice, animal["id"])
    assert log["description"] == "Habituation"
    assert [(one["start_date_time"], one["end_date_time"], one["notes"]) for one in log["entries"]] == [
        ("2024-05-02T10:00:00Z", "2024-05-02T11:00:00Z", "by hand"),
        ("2024-05-03T10:00:00Z", "2024-05-03T10:30:00Z", None),
    ]
    again = planned(alice, LOG, ENTRIES, *rows[:2], [name, "TrainingSession", "", "", "2024-06-01 8:00", "", "", ""])
    assert [step.action for step in again.steps] == ["same", "same", "changed"], troubles(again)
    commit(again, viewer=viewer(alice))
    (log,) = logs(alice, animal["id"])
    assert len(log["entries"]) == 3
    assert alice.post(f"history/{done.event}/undo/", {}).status in (200, 409)  # others have added to the log since


def test_an_entry_without_its_time_or_with_a_wrong_one_is_refused_at_its_cell(lab, alice):
    name = lab.add("subject")["name"]
    plan = planned(
        alice, LOG, ENTRIES,
        [name, "Weighing", "", "2999-01-01", "", "", "", ""],
        [name, "TrainingSession", "", "", "2024-05-02 10:00", "2024-05-01 10:00", "", ""],
        [name, "Handling", "", "", "", "", "a note", ""],
        [name, "Handling", "", "", "soon", "", "", ""],
    )  # fmt: skip
    assert [step.action for step in plan.steps] == ["wrong"] * 4
    columns = {row: column for row, column, _ in troubles(plan)}
    assert (columns[2], columns[3], columns[5]) == (3, 5, 4)


def test_a_row_without_an_entry_makes_its_log_once(lab, alice):
    animal = lab.add("subject")
    rows = [ENTRIES[:4], [animal["name"], "Weighing", "weights", ""]]
    commit(planned(alice, LOG, *rows), viewer=viewer(alice))
    assert [one["entries"] for one in logs(alice, animal["id"])] == [[]]
    assert [step.action for step in planned(alice, LOG, *rows).steps] == ["same"]


def test_entries_that_others_add_meanwhile_keep_the_plan(lab, alice):
    animal = lab.add("subject")
    log = lab.add("subjectlog", subject=animal["id"], type="Handling")
    plan = planned(alice, LOG, ENTRIES, [animal["name"], "Handling", "", "", "2024-05-02 10:00", "", "", ""])
    assert [step.action for step in plan.steps] == ["changed"], troubles(plan)
    body = {"start_date_time": "2024-05-01T10:00:00Z", "end_date_time": None}
    assert alice.post(f"modules/subjectlog/{log['id']}/add_entry/", body).status in (200, 201)
    commit(plan, viewer=viewer(alice))
    assert len(alice.get(f"modules/subjectlog/{log['id']}").record["entries"]) == 2


@pytest.mark.parametrize("kind", ["users", "groups"])
def test_a_column_of_roles_without_a_role_takes_an_object_only(lab, alice, kind):
    plan = planned(alice, PROJECT, ["name", kind], [unique("P"), "somebody"])
    assert "Expected an object such as" in troubles(plan)[0][2]
