"""Tables become plans: what each row would do, and every error of every row at once; committing does just that."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.access.audit import findings
from brainstem.core.errors import Conflict
from brainstem.core.imports.cells import Manner
from brainstem.core.imports.columns import match, targets_of
from brainstem.core.imports.committing import Moved, commit
from brainstem.core.imports.planning import make_plan
from brainstem.core.imports.steps import Asked
from brainstem.core.model.registry import specs
from brainstem.core.models import Change, Event
from brainstem.core.tables.reading import read_pasted

from ..people import unique
from .importing import meanwhile, needs_staging, sheet, troubles, viewer

SUBJECT, SESSION, PROCEDURE = (specs()[one] for one in ("stem.Subject", "stem.Session", "modules.Procedure"))


def planned(person, text, spec=SUBJECT, **asked):
    return make_plan(read_pasted(text), {0: spec}, Asked(**asked), viewer=viewer(person), base="http://testserver")


def count(person, path, names):
    query = urlencode({"filter{name.in}": ",".join(names), "limit": 1})
    return person.get(path, query).body["count"]


@pytest.fixture
def names(lab, alice):
    """Names of records of the lab, as a table would have them."""
    found = {}
    for name in ("project", "strain", "subject", "session"):
        path = {"strain": "taxonomies/strain"}.get(name, f"stem/{name}")
        found[name] = alice.get(f"{path}/{lab[name]}").record["name"]
    return found


# -- columns ----------------------------------------------------------------------------------------------------------

TEMPLATES = json.loads((Path(__file__).parents[1] / "contract" / "import_templates.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_columns_of_the_released_templates_are_known(name):
    template = TEMPLATES[name]
    spec = next(one for one in specs().values() if one.resource.singular.replace("_", "") == template["model"])
    heads = template["columns"]
    found = match(spec, heads)
    assert found.problems == {}
    assert {one.head for one in found.columns} | {heads[at] for at in found.left_out} == set(heads)


@pytest.mark.parametrize(
    ("head", "target", "unit"),
    [
        ("name", "name", ""), ("Name", "name", ""), ("Identifier", "id", ""), ("Date and time", "date_time", ""),
        ("date-time", "date_time", ""), ("brain_region.acronym", "brain_region.acronym", ""),
        ("details.injectionVolume", "details.injectionVolume", ""), ("Injection volume", "details.injectionVolume", ""),
        ("Injection volume (nL)", "details.injectionVolume", "nL"),
        ("details.injectionVolume [ul]", "details.injectionVolume", "µL"),
        ("Injection volume, unit", "details.injectionVolume, unit", ""),
        ("coordinates_details.apCoordinate", "coordinates_details.apCoordinate", ""),
        ("procedure__atlas", "brain_region.atlas", ""), ("procedure__brain_region_acronym", "brain_region.acronym", ""),
        ("subject__name", "subject", ""),
    ],
)  # fmt: skip
def test_a_head_is_the_name_of_the_wire_a_label_or_a_column_of_a_template(head, target, unit):
    found = match(SUBJECT, [head]) if head.lower() == "name" else match(PROCEDURE, [head])
    assert [(str(one.target), one.unit) for one in found.columns] == [(target, unit)], found


def test_every_field_is_matched_by_its_own_name_and_label():
    for spec in specs().values():
        for target in targets_of(spec):
            found = match(spec, [target])
            assert [str(one.target) for one in found.columns] == [target], (spec.label, target, found)


def test_an_unknown_column_is_an_error_with_the_nearest_name_and_a_known_one_is_told():
    found = match(SUBJECT, ["Name", "Strian", "Created", "birth date", "Birth date"])
    assert "'Strain'" in found.problems[1] or "'strain'" in found.problems[1]
    assert found.left_out == {2: "Only the server sets this field."}
    assert "same field as the column 'birth date'" in found.problems[4]


def test_a_matching_goes_before_the_heads_and_may_leave_columns_out():
    found = match(SUBJECT, ["Name", "Tier", "DOB"], {"Tier": "", "DOB": "birth_date"})
    assert [str(one.target) for one in found.columns] == ["name", "birth_date"]
    assert found.left_out == {1: "You left this column out."}


# -- plans ------------------------------------------------------------------------------------------------------------


def test_rows_are_created_changed_the_same_or_wrong(lab, alice, names):
    same, other = alice.get(f"stem/subject/{lab['subject']}").record, lab.add("subject", sex="M")
    new = unique("S")
    text = (
        "Name;Sex;Strain;Projects;Birth date\n"
        f"{same['name']};{same['sex']};{names['strain']};{names['project']};\n"
        f"{other['name']};female;{names['strain']};{names['project']};\n"
        f"{new};F;{names['strain']};{names['project']};14.02.2024\n"
        f"{unique('S')};X;nobody;{names['project']};2024-02-30\n"
    )
    before = Change.objects.count()
    plan = planned(alice, text)
    assert [step.action for step in plan.steps] == ["same", "changed", "created", "wrong"]
    assert plan.counts == {"created": 1, "changed": 1, "same": 1, "wrong": 1}
    assert plan.steps[1].changes == {"sex": ("M", "F")}
    assert plan.steps[2].values["birth_date"] == "2024-02-14"
    assert {column for _, column, _ in troubles(plan)} == {1, 2, 4}
    assert Change.objects.count() == before
    assert count(alice, "stem/subject", [new]) == 0


def test_a_plan_is_done_in_one_event_that_undoes_all_of_it(lab, alice, names):
    other, new = lab.add("subject", sex="M"), [unique("S") for _ in range(3)]
    rows = "".join(f"{one},F,{names['project']},{names['strain']}\n" for one in [other["name"], *new])
    plan = planned(alice, f"name,sex,project__name,strain\n{rows}")
    done = commit(plan, viewer=viewer(alice), base="http://testserver")
    assert done.counts == {"created": 3, "changed": 1, "same": 0, "wrong": 0}
    assert Event.objects.get(pk=done.event).means == "import"
    assert alice.get(f"stem/subject/{other['id']}").record["sex"] == "F"
    undone = alice.post(f"history/{done.event}/undo/", {})
    assert undone.status == 200, undone.body
    assert alice.get(f"stem/subject/{other['id']}").record["sex"] == "M"
    assert count(alice, "stem/subject", new) == 0


def test_rows_may_name_rows_of_other_sheets_in_any_order_of_the_sheets(lab, alice, names):
    animal, day = unique("S"), unique("Day")
    sheets = [
        sheet("Behaviors", ["session__name", "subject__name", "setup", "behavioralassay"],
              [day, animal, lab["setup"], lab["behavioralassay"]]),
        sheet("Subjects", ["name", "projects", "strain", "sex"], [animal, names["project"], names["strain"], "F"]),
        sheet("Sessions", ["name", "projects"], [day, names["project"]]),
    ]  # fmt: skip
    models = {0: specs()["modules.Behavior"], 1: SUBJECT, 2: SESSION}
    plan = make_plan(sheets, models, Asked(), viewer=viewer(alice), base="")
    assert troubles(plan) == []
    assert plan.counts["created"] == 3
    assert plan.steps[0].values["subjects"] == animal
    done = commit(plan, viewer=viewer(alice))
    behaviors = alice.get("modules/behavior", urlencode({"filter{session.name}": day, "include[]": "subjects"})).records
    assert [one["subjects"][0]["name"] for one in behaviors] == [animal]
    assert alice.post(f"history/{done.event}/undo/", {}).status == 200


def test_a_row_that_names_a_wrong_row_is_wrong_too(lab, alice, names):
    animal = unique("S")
    sheets = [
        sheet("Subjects", ["name", "projects", "sex"], [animal, names["project"], "Q"]),
        sheet("Procedures", ["subject", "type"], [animal, "VirusInjection"]),
    ]
    plan = make_plan(sheets, {0: SUBJECT, 1: PROCEDURE}, Asked(), viewer=viewer(alice), base="")
    assert [step.action for step in plan.steps] == ["wrong", "wrong"]
    assert any("row 2 of Subjects, which is wrong" in message for _, _, message in troubles(plan))


def test_details_are_read_with_the_units_of_their_cells_and_heads(lab, alice):
    name = alice.get(f"stem/subject/{lab['subject']}").record["name"]
    text = (
        "subject\ttype\tcoordinates_system\tinjectionVolume (nL)\tdetails.injectionRate\n"
        f"{name}\tVirusInjection\tExternal_XYZ_Absolute\t1,5\t20 nl/min\n"
        f"{name}\tVirusInjection\tExternal_XYZ_Absolute\t1,500\t20 parsec\n"
    )
    plan = planned(alice, text, PROCEDURE)
    details = plan.steps[0].values.get("details")
    assert details == {
        "injectionVolume": {"value": 1.5, "unit": "nL"},
        "injectionRate": {"value": 20, "unit": "nL/min"},
    }, troubles(plan)
    assert plan.steps[1].action == "wrong"
    assert [(row, column) for row, column, _ in troubles(plan)] == [(3, 3), (3, 4)] or [
        (row, column) for row, column, _ in troubles(plan)
    ] == [(3, 3)]


@pytest.mark.parametrize(
    ("text", "manner", "stored"),
    [
        ("2024-05-01 14:30", Manner(), "2024-05-01T14:30:00Z"),
        ("2024-05-01T14:30:00+02:00", Manner(), "2024-05-01T12:30:00Z"),
        ("1.5.2024 14:30", Manner(), "2024-05-01T14:30:00Z"),
        ("5/1/2024 14:30", Manner(first="month"), "2024-05-01T14:30:00Z"),
        ("5/1/2024 14:30", Manner(first="day"), "2024-01-05T14:30:00Z"),
        ("5/13/2024", Manner(), "2024-05-13T00:00:00Z"),
        ("5/1/2024", Manner(), None),
        ("31.02.2024", Manner(), None),
        ("yesterday", Manner(), None),
    ],
)
def test_times_are_stored_as_they_are_shown_and_never_guessed(lab, alice, names, text, manner, stored):
    plan = planned(alice, f"name,projects,date_time\n{unique('D')},{names['project']},{text}\n", SESSION, manner=manner)
    assert (plan.steps[0].values.get("date_time"), len(troubles(plan))) == (stored, int(stored is None))


def test_a_name_that_is_not_there_comes_with_the_nearest_ones(lab, alice, names):
    wrong = names["strain"][:-1] + "x"
    plan = planned(alice, f"name,projects,strain\n{unique('S')},{names['project']},{wrong}\n")
    (trouble,) = plan.steps[0].troubles
    assert names["strain"] in trouble.options
    assert (trouble.column, trouble.text) == (2, wrong)


def test_a_stranger_learns_nothing_by_naming_what_they_may_not_see(lab, alice, charlie, names):
    own = charlie.make("stem/project", name=unique("P"))["name"]
    hidden, made_up = names["subject"], unique("made up")
    said = []
    for name in (hidden, made_up):
        plan = planned(charlie, f"subject,type\n{name},VirusInjection\n", PROCEDURE)
        said.append(troubles(plan)[0][2].replace(name, "it"))
    assert said[0] == said[1]
    plan = planned(charlie, f"id,name,projects\n{lab['subject']},x,{own}\n")
    assert "you may not see it" in troubles(plan)[0][2]


def test_a_member_may_plan_no_more_than_they_may_write(lab, bob, alice, names):
    row = f"{unique('S')},{names['project']},{names['strain']},F\n"
    plan = planned(bob, f"name,projects,strain,sex\n{row}")
    assert plan.counts["wrong"] == 1
    assert planned(alice, f"name,projects,strain,sex\n{row}").counts["created"] == 1


def test_two_rows_about_one_record_are_refused(lab, alice, names):
    name = unique("S")
    plan = planned(alice, f"name,projects,strain\n{name},{names['project']},\n{name},{names['project']},\n")
    assert "same subject as in row 2" in troubles(plan)[-1][2]


# -- committing -------------------------------------------------------------------------------------------------------


def test_a_plan_that_no_longer_holds_is_refused_and_says_what_moved(lab, alice, names):
    other, new = lab.add("subject", sex="M"), unique("S")
    rows = "".join(f"{one},F,{names['project']},{names['strain']}\n" for one in (other["name"], new))
    plan = planned(alice, f"name,sex,projects,strain\n{rows}")
    lab.add("procedure", subject=other["id"])  # which is no change of the animal
    alice.patch(f"stem/subject/{other['id']}", {"genotype": "wt"})
    lab.add("subject", name=new)
    changes = Change.objects.count()
    with pytest.raises(Moved) as refused:
        commit(plan, viewer=viewer(alice), base="http://testserver")
    assert [what for _, _, what in refused.value.steps] == [
        "The record was changed.",
        "A subject of this name was added.",
    ]
    assert Change.objects.count() == changes


@needs_staging
def test_what_somebody_writes_elsewhere_does_not_keep_staged_rows_from_being_saved(lab, alice, names, monkeypatch):
    other, new = lab.add("subject", sex="M"), unique("S")
    calls = meanwhile(monkeypatch, lambda: lab.add("strain"))
    rows = "".join(f"{one},F,{names['project']},{names['strain']},a\n" for one in (new, other["name"]))
    done = commit(planned(alice, f"name,sex,projects,strain,tags\n{rows}"), viewer=viewer(alice))
    assert (len(calls), done.counts["created"], done.counts["changed"]) == (1, 1, 1)
    found = [alice.get("stem/subject", urlencode({"filter{name}": one})).records[0] for one in (new, other["name"])]
    assert [(one["sex"], one["tags"]) for one in found] == [("F", ["a"]), ("F", ["a"])]
    line = Change.objects.get(record_id=found[0]["id"])
    assert (line.action, line.after["name"], line.after["tags"]) == ("create", new, ["a"])
    assert line.after["created_at"][:23] == found[0]["created_at"][:23]
    assert Change.objects.get(record_id=other["id"], event_id=done.event).after == {"sex": "F", "tags": ["a"]}
    assert findings() == []


@needs_staging
def test_the_first_rows_of_a_project_are_staged_as_a_whole_too(lab, alice, names, monkeypatch):
    project = alice.make("stem/project", name=unique("New"))
    calls = meanwhile(monkeypatch, lambda: lab.add("strain"))
    new = unique("S")
    text = f"name,sex,projects,strain\n{new},F,{project['name']},{names['strain']}\n"
    commit(planned(alice, text), viewer=viewer(alice))
    (staged,) = calls
    assert [part.prepared.made.ready is None for part in staged.parts] == [False]
    made = alice.get("stem/subject", urlencode({"filter{name}": new})).records[0]
    assert made["projects"] == [project["id"]]
    assert findings() == []


@needs_staging
@pytest.mark.parametrize("what", ["name", "record", "right"])
def test_what_somebody_writes_about_staged_rows_is_not_overlooked(lab, alice, dana, names, monkeypatch, what):
    other, new = lab.add("subject", sex="M"), unique("S")
    held = alice.get(f"stem/project/{lab['project']}").record["groups"]
    do = {
        "name": lambda: lab.add("subject", name=new),
        "record": lambda: alice.patch(f"stem/subject/{other['id']}", {"genotype": "wt"}),
        "right": lambda: alice.patch(f"stem/project/{lab['project']}", {"groups": {name: {} for name in held}}),
    }[what]
    rows = "".join(f"{one},F,{names['project']},{names['strain']}\n" for one in (new, other["name"]))
    plan = planned(dana, f"name,sex,projects,strain\n{rows}")
    assert plan.ready, troubles(plan)
    calls = meanwhile(monkeypatch, do)
    with pytest.raises(Moved):
        commit(plan, viewer=viewer(dana))
    assert len(calls) == 2
    assert alice.get(f"stem/subject/{other['id']}").record["sex"] == "M"
    assert count(alice, "stem/subject", [new]) == int(what == "name")


def test_a_plan_with_errors_or_without_work_is_not_committed(lab, alice, names):
    for text, said in ((f"name,projects\n{unique('S')},nowhere\n", "1 row is wrong"), ("name,Strian\n", "columns")):
        with pytest.raises(Conflict, match=said):
            commit(planned(alice, text), viewer=viewer(alice))


def test_the_number_of_statements_does_not_grow_with_the_rows(lab, alice, names):
    def statements(count: int) -> int:
        rows = "".join(f"{unique('S')},{names['project']},{names['strain']},F\n" for _ in range(count))
        with CaptureQueriesContext(connection) as captured:
            plan = planned(alice, f"name,projects,strain,sex\n{rows}")
        assert plan.counts["created"] == count
        return len(captured)

    few, many = statements(2), statements(200)
    assert many - few < 12, (few, many)
