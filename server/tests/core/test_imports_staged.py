"""Rows that name new rows of other sheets are checked before the transaction, with the answers they would get in it."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import orjson
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from brainstem.apps.modules.models.behavior import Behavior
from brainstem.core.access.audit import findings
from brainstem.core.history.recording import as_json, snapshot
from brainstem.core.imports import committing, staging
from brainstem.core.imports.committing import Moved, commit
from brainstem.core.imports.planning import make_plan
from brainstem.core.imports.steps import Asked
from brainstem.core.imports.trying import Writer
from brainstem.core.model.registry import specs
from brainstem.core.models import Change

from ..people import unique
from .importing import meanwhile, needs_staging, sheet, troubles, viewer

# Sheets in an order in which none comes after those that it names.
MODELS = {
    "Epochs": "stem.Epoch", "Cohorts": "stem.Cohort", "Behaviors": "modules.Behavior",
    "Recordings": "modules.DataAcquisition", "Procedures": "modules.Procedure", "Sessions": "stem.Session",
    "Subjects": "stem.Subject",
}  # fmt: skip
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
TIMES = re.compile(r'"(created_at|updated_at)":"[^"]*"')


class Book:
    """A workbook in which every sheet names new rows of others, with some changes of records that are there."""

    def __init__(self, lab, alice, number=3):
        self.lab, self.alice, self.number = lab, alice, number
        self.old, self.day = lab.add("subject", sex="M"), lab.add("session")
        lab.add("subject", tags=["moved"])
        self.took_part = lab.add("behavior", subjects=[self.old["id"]])
        names = {one: alice.get(f"stem/{one}/{lab[one]}").record["name"] for one in ("project", "subject")}
        self.project, self.strain = names["project"], lab["strain"]
        self.animals, self.days, self.others = ([unique(one) for _ in range(number)] for one in ("S", "D", "C"))

    def sheets(self):
        """The rows; the last one of some sheets changes a record, where it may name a new one."""
        pairs = [*zip(self.animals, self.days, self.others, strict=True)]
        project, setup, assay = self.project, self.lab["setup"], self.lab["behavioralassay"]
        rows = {
            "Epochs": [["session", "name"], *([day, "rest"] for day in self.days)],
            "Cohorts": [["name", "project", "subjects"], *([name, project, one] for one, _, name in pairs)],
            "Behaviors": [
                ["id", "session", "subjects", "setup", "behavioralassay"],
                *(["", day, one, setup, assay] for one, day, _ in pairs),
                [self.took_part["id"], "", self.animals[0], "", ""],
            ],
            "Recordings": [
                ["session", "type", "fileName"],
                *([day, "ExtracellularEphys", "a.dat"] for day in self.days),
            ],
            "Procedures": [
                ["subject", "type", "coordinates_system", "date_time"],
                *([one, "Craniotomy", "External_XYZ_Absolute", "2026-02-01 12:00"] for one in self.animals),
            ],
            "Sessions": [
                ["name", "projects", "date_time"],
                *([day, project, "2026-02-02 12:00"] for day in self.days),
                [self.day["name"], project, "2026-02-03 12:00"],
            ],
            "Subjects": [
                ["name", "sex", "projects", "strain", "birth_date", "tags"],
                *([one, "F", project, self.strain, "2026-01-01", "moved"] for one in self.animals),
                [self.old["name"], "F", project, self.strain, "", ""],
            ],
        }
        return [sheet(name, *some) for name, some in rows.items()]

    def plan(self):
        found = make_plan(
            self.sheets(),
            {at: specs()[label] for at, label in enumerate(MODELS.values())},
            Asked(),
            viewer=viewer(self.alice),
            base="",
        )
        assert troubles(found) == []
        assert [table.matched.problems for table in found.tables] == [{}] * len(MODELS)
        return found

    def step(self, plan, name, at):
        return plan.tables[[*MODELS].index(name)].steps[at]


@pytest.fixture
def book(lab, alice):
    return Book(lab, alice)


def written(event):
    """Every record of the models and every line of an event, with what differs from one commit to the next left out."""
    records = {
        label: [snapshot(one) for one in specs()[label].model._default_manager.order_by("pk")]
        for label in MODELS.values()
    }
    lines = Change.objects.filter(event_id=event).order_by("pk")
    told = [[one.action, one.model, str(one.record_id), one.before, one.after, one.life] for one in lines]
    # History keeps the keys of a change in any order.
    text = orjson.dumps(orjson.loads(as_json([records, told])), option=orjson.OPT_SORT_KEYS).decode()
    places = {one: f"id {at}" for at, one in enumerate(dict.fromkeys(UUID.findall(as_json(records).decode())))}
    return TIMES.sub(r'"\1":""', UUID.sub(lambda found: places.get(found[0], "another"), text))


def tried(plan, person, monkeypatch, *, staged):
    """What committing a plan writes, staged or not, or the error by which it is refused; all of it is rolled back."""
    with monkeypatch.context() as patch, transaction.atomic():
        patch.setattr(committing, "has_one_writer", lambda: staged)
        try:
            found = written(commit(plan, viewer=viewer(person)).event)
        except Moved as error:
            steps = [(step.place, UUID.sub("an id", what)) for _, step, what in error.steps]
            found = steps, UUID.sub("an id", str(error))
            for step in plan.steps:
                step.troubles.clear()
        transaction.set_rollback(True)
    return found


@needs_staging
def test_the_same_workbook_is_written_the_same_whether_it_is_staged_or_not(book, alice, monkeypatch):
    plan = book.plan()
    assert plan.counts == {"created": 21, "changed": 3, "same": 0, "wrong": 0}
    staged, plain = (tried(plan, alice, monkeypatch, staged=one) for one in (True, False))
    assert len(orjson.loads(staged)[1]) > len(plan.steps) - 1
    assert staged == plain


def test_what_is_written_is_what_the_sheets_say_and_is_one_event(book, alice):
    done = commit(book.plan(), viewer=viewer(alice))
    assert (done.counts["created"], done.counts["changed"]) == (21, 3)
    query = urlencode({"filter{session.name}": book.days[1], "include[]": "subjects"})
    (behavior,) = alice.get("modules/behavior", query).records
    assert [one["name"] for one in behavior["subjects"]] == [book.animals[1]]
    (cohort,) = alice.get("stem/cohort", urlencode({"filter{name}": book.others[2], "include[]": "subjects"})).records
    assert [one["name"] for one in cohort["subjects"]] == [book.animals[2]]
    took_part = alice.get(f"modules/behavior/{book.took_part['id']}", "include[]=subjects").record
    assert [one["name"] for one in took_part["subjects"]] == [book.animals[0]]
    assert alice.get(f"stem/subject/{book.old['id']}").record["sex"] == "F"
    assert findings() == []
    assert alice.post(f"history/{done.event}/undo/", {}).status == 200
    for path, names in (("subject", book.animals), ("session", book.days), ("cohort", book.others)):
        assert alice.get(f"stem/{path}", urlencode({"filter{name.in}": ",".join(names)})).body["count"] == 0
    assert Behavior.objects.count() == 1
    assert alice.get(f"modules/behavior/{book.took_part['id']}").record["subjects"] == [book.old["id"]]
    assert findings() == []


@needs_staging
@pytest.mark.parametrize(
    ("name", "at", "key", "value", "said"),
    [
        ("Subjects", 1, "sex", "Q", "'Q' is not a valid choice."),
        ("Subjects", 1, "birth_date", "2026-02-10", "Must not be before the birth of the subject, 2026-02-10."),
        ("Procedures", 1, "date_time", "2025-01-01T00:00:00Z", "Must not be before the birth of the subject"),
        ("Sessions", 1, "projects", [], "This list may not be empty."),
        ("Sessions", 1, "name", None, "null"),
        ("Behaviors", 1, "setup", "01980000-0000-7000-8000-000000000000", "exists, or you may not see it."),
        ("Behaviors", 3, "session", "01980000-0000-7000-8000-000000000000", "exists, or you may not see it."),
    ],
)  # fmt: skip
def test_a_row_that_is_wrong_by_now_refuses_all_with_the_same_words(
    book, alice, monkeypatch, name, at, key, value, said
):
    plan = book.plan()
    book.step(plan, name, at).payload[key] = value
    before = Change.objects.count()
    staged, plain = (tried(plan, alice, monkeypatch, staged=one) for one in (True, False))
    assert any(said in what for _, what in staged[0]), staged
    assert staged == plain
    assert Change.objects.count() == before


def test_a_row_is_judged_by_what_an_earlier_sheet_makes_of_a_record(lab, alice, monkeypatch):
    born = lab.add("subject", birth_date="2026-01-01")["id"]
    sheets = [
        sheet("Subjects", ["id", "birth_date"], [born, "2026-03-01"]),
        sheet("Procedures", ["subject", "type", "date_time"], [born, "Anesthesia", "2026-02-01 12:00"]),
    ]
    models = {0: specs()["stem.Subject"], 1: specs()["modules.Procedure"]}
    plan = make_plan(sheets, models, Asked(), viewer=viewer(alice), base="")
    assert plan.ready, troubles(plan)
    ways = (True, False) if staging.has_one_writer() else (False,)
    found = [tried(plan, alice, monkeypatch, staged=one) for one in ways]
    assert found[0][0] == [((1, 0), "Must not be before the birth of the subject, 2026-03-01.")]
    assert found[0] == found[-1]


@needs_staging
@pytest.mark.parametrize(
    ("do", "said"),
    [
        (lambda book: book.lab.add("session", name=book.days[1]), "of this name was added"),
        (lambda book: book.lab.add("cohort", name=book.others[0]), "of this name was added"),
        (lambda book: book.alice.patch(f"stem/subject/{book.old['id']}", {"genotype": "wt"}), "record was changed"),
        (lambda book: book.alice.delete(f"modules/behavior/{book.took_part['id']}"), "deleted or hidden"),
        (lambda book: book.alice.delete(f"personal_attributes/setup/{book.unused_setup()}"), "you may not see it"),
    ],
    ids=["a name", "a name in the last sheet", "a changed record", "a deleted record", "what a row names"],
)
def test_what_somebody_writes_between_staging_and_saving_is_noticed(book, alice, monkeypatch, do, said):
    spare = book.lab.add("setup")["id"]
    book.unused_setup = lambda: spare
    plan = book.plan()
    book.step(plan, "Behaviors", 0).payload["setup"] = spare
    calls = meanwhile(monkeypatch, lambda: do(book))
    before = {one: specs()[one].model._default_manager.count() for one in MODELS.values()}
    with pytest.raises(Moved) as refused:
        commit(plan, viewer=viewer(alice))
    assert any(said in what for _, _, what in refused.value.steps), refused.value
    assert len(calls) == 2
    after = {one: specs()[one].model._default_manager.count() for one in MODELS.values()}
    assert sum(after.values()) - sum(before.values()) in (-1, 0, 1)


@needs_staging
def test_what_somebody_writes_elsewhere_keeps_nothing_from_being_saved(book, alice, monkeypatch):
    calls = meanwhile(monkeypatch, lambda: book.lab.add("strain"))
    done = commit(book.plan(), viewer=viewer(alice))
    assert (len(calls), done.counts["created"]) == (1, 21)
    assert findings() == []


@needs_staging
@pytest.mark.parametrize("bred", [False, True], ids=["strain", "breeding"])
def test_what_was_asked_before_a_sheet_was_checked_is_asked_again_without_it(lab, alice, monkeypatch, bred):
    dam, sire = lab.add("dam"), lab.add("subject", sex="M")
    pair = {"mother": dam["id"], "father": sire["id"]}
    day, project = "2026-01-01", alice.get(f"stem/project/{lab['project']}").record["name"]
    sheets = [
        sheet("Subjects", ["id", "birth_date"], *([one["id"], day] for one in (dam, sire))),
        # They are no parents when their dates are checked, but are once this is.
        sheet("Breedings", ["name", "project", *pair], [unique("B"), project, *pair.values()]),
    ]
    models = {0: specs()["stem.Subject"], 1: specs()["stem.Breeding"]}
    plan = make_plan(sheets, models, Asked(), viewer=viewer(alice), base="")
    assert plan.ready, troubles(plan)
    calls = meanwhile(monkeypatch, lambda: lab.add("breeding", **pair) if bred else lab.add("strain"))
    commit(plan, viewer=viewer(alice))
    # Somebody else's breeding makes them parents, whose dates are checked one by one.
    assert len(calls) == (2 if bred else 1)
    assert alice.get(f"stem/subject/{dam['id']}").record["birth_date"] == day


# -- what is in the transaction -----------------------------------------------------------------------------------------


def in_transaction(plan, person, monkeypatch):
    """The statements within the transaction of a commit, and the number of rows that were read and checked there."""
    rows, statements, save, write = [0], [], committing._in_one, Writer.write

    def counted(writer, spec, steps):
        rows[0] += len(steps)
        return write(writer, spec, steps)

    def captured(*arguments, **named):
        with CaptureQueriesContext(connection) as queries:
            try:
                return save(*arguments, **named)
            finally:
                statements.extend(one["sql"] for one in queries)

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "write", counted)
        patch.setattr(committing, "_in_one", captured)
        commit(plan, viewer=viewer(person))
    return statements, rows[0]


@needs_staging
def test_nothing_is_read_or_checked_in_the_transaction_however_many_rows_there_are(lab, alice, monkeypatch):
    few, many = (in_transaction(Book(lab, alice, number).plan(), alice, monkeypatch) for number in (2, 40))
    assert (few[1], many[1]) == (0, 0)
    assert len(few[0]) == len(many[0])
    asked = [one for one in many[0] if one.startswith("SELECT")]
    assert len(asked) < 15, asked


@needs_staging
def test_what_is_asked_again_in_the_transaction_does_not_grow_with_the_rows(lab, alice, monkeypatch):
    monkeypatch.setattr(staging, "_stamp", lambda viewer: object())
    few, many = (in_transaction(Book(lab, alice, number).plan(), alice, monkeypatch) for number in (2, 40))
    assert (few[1], many[1]) == (0, 0)
    # Cohorts are checked one by one, with a question each.
    assert len(many[0]) - len(few[0]) == 40 - 2


# -- which rows are staged ----------------------------------------------------------------------------------------------


def staged_rows(plan, person, monkeypatch):
    """Label of a model -> number of rows that were staged."""
    calls = meanwhile(monkeypatch, lambda: None)
    commit(plan, viewer=viewer(person))
    found = {}
    for part in calls[-1].parts:
        found[part.table.spec.label] = found.get(part.table.spec.label, 0) + len(part.steps)
    return found


def days_of_subjects(lab, alice, projects, animals):
    """Projects, as new or changed ones, and subjects with a procedure each."""
    sheets = [
        sheet("Projects", ["id", "name", "description"], *projects),
        sheet("Subjects", ["name", "projects", "strain", "sex"], *([*one, "F"] for one in animals)),
        sheet("Procedures", ["subject", "type"], *([name, "Anesthesia"] for name, _, _ in animals)),
    ]
    models = {at: specs()[one] for at, one in enumerate(("stem.Project", "stem.Subject", "modules.Procedure"))}
    plan = make_plan(sheets, models, Asked(), viewer=viewer(alice), base="")
    assert troubles(plan) == []
    return plan


@needs_staging
def test_rows_of_new_projects_wait_for_the_transaction_and_the_others_do_not(lab, alice, monkeypatch):
    project, new = alice.get(f"stem/project/{lab['project']}").record, unique("P")
    animals = [[unique("S"), one, lab["strain"]] for one in (new, project["name"])]
    changed = [project["id"], project["name"], "moved in"]
    plan = days_of_subjects(lab, alice, [["", new, ""], changed], animals)
    # Of models that have rows which wait, those of a later sheet wait too; a description concerns no other record.
    assert staged_rows(plan, alice, monkeypatch) == {"stem.Subject": 1, "modules.Procedure": 1}
    found = alice.get("stem/subject", urlencode({"filter{name}": animals[0][0], "include[]": "projects"})).records
    assert [one["name"] for one in found[0]["projects"]] == [new]
    assert findings() == []


@needs_staging
def test_rows_after_changes_that_are_written_one_by_one_wait_for_them(lab, alice, monkeypatch):
    other, elsewhere = lab.add("subject"), alice.make("stem/project", name=unique("P"))
    sheets = [
        sheet("Subjects", ["id", "projects"], [other["id"], elsewhere["id"]]),
        sheet("Procedures", ["subject", "type"], [other["id"], "Anesthesia"]),
    ]
    models = {0: specs()["stem.Subject"], 1: specs()["modules.Procedure"]}
    plan = make_plan(sheets, models, Asked(), viewer=viewer(alice), base="")
    assert troubles(plan) == []
    assert "modules.Procedure" not in staged_rows(plan, alice, monkeypatch)
    assert alice.get(f"stem/subject/{other['id']}").record["projects"] == [elsewhere["id"]]


# -- how far it is ------------------------------------------------------------------------------------------------------


def test_every_row_is_told_once_even_if_it_was_staged_twice(book, alice, monkeypatch):
    plan, told = book.plan(), []
    if staging.has_one_writer():
        monkeypatch.setattr(staging.Staged, "_still_holds", lambda self: True)
        outdated = iter([staging.Outdated()])

        def once(self, viewer):
            for error in outdated:
                raise error

        monkeypatch.setattr(staging.Staged, "refuse_outdated", once)
    commit(plan, viewer=viewer(alice), tell=told.append)
    assert sum(told) == 24
    assert (min(told) < 0) == staging.has_one_writer()
    assert max(told) <= 3 or not staging.has_one_writer()
