"""Deleting much at once: as many statements as for little, and nothing of it lost."""

from __future__ import annotations

from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.access import audit
from brainstem.core.access.actor import Actor
from brainstem.core.access.audience import audience_of
from brainstem.core.access.viewer import Viewer
from brainstem.core.history.recording import plain, snapshot
from brainstem.core.model.ids import uuid7
from brainstem.core.model.registry import spec_of, specs
from brainstem.core.model.trees import Groups, Root
from brainstem.core.models import Change, Deletion
from brainstem.core.sharing import grants
from brainstem.core.undo.restoring import undelete

from ..lab import PROJECT_TREE
from ..people import unique

FEW, MANY = 3, 60


def fill(lab, project: str, number: int, *, shared_with: str = "") -> list:
    """Subjects of a project with a tag, a procedure and a log each; written the quick way."""
    subject, procedure, log = map(apps.get_model, ("stem.Subject", "modules.Procedure", "modules.SubjectLog"))
    projects = [project, shared_with] if shared_with else [project]
    audience, ids = audience_of([*map(specs()["stem.Project"].parse_id, projects)]), [uuid7() for _ in range(number)]
    shared = {"audience_id": audience}
    subject.objects.bulk_create(
        subject(id=one, name=unique("Mouse"), sex="F", strain_id=lab["strain"], **shared) for one in ids
    )
    link, tagged = subject.projects.through, subject.tags.through
    link.objects.bulk_create(link(subject_id=one, project_id=of) for one in ids for of in projects)
    tag = apps.get_model("core.Tag").objects.get_or_create(name="fast")[0].pk
    tagged.objects.bulk_create(tagged(subject_id=one, tag_id=tag) for one in ids)
    procedure.objects.bulk_create(procedure(subject_id=one, type="Surgery", **shared) for one in ids)
    log.objects.bulk_create(log(subject_id=one, type="Weighing", **shared) for one in ids)
    return ids


def statements(send) -> tuple[int, object]:
    with CaptureQueriesContext(connection) as asked:
        answer = send()
    return len(asked), answer


def project_of(lab, alice, number: int, **shared) -> str:
    project = alice.make("stem/project", name=unique("Project"))["id"]
    fill(lab, project, number, **shared)
    return project


def test_a_preview_asks_as_much_of_a_large_project_as_of_a_small_one(lab, alice):
    asked = []
    for number in (FEW, MANY):
        project = project_of(lab, alice, number)
        count, answer = statements(lambda where=project: alice.get(f"stem/project/{where}/delete_preview"))
        told = {one["model"]: one["count"] for one in answer.body["delete_preview"]["deletes"]["models"]}
        assert (answer.status, told["stem/subject"], told["modules/subjectlog"]) == (200, number, number)
        asked.append(count)
    assert asked[0] == asked[1]


def test_a_deletion_takes_as_many_statements_for_a_large_project_as_for_a_small_one(lab, alice):
    asked = []
    for number in (FEW, MANY):
        project = project_of(lab, alice, number)
        count, answer = statements(lambda where=project: alice.delete(f"stem/project/{where}"))
        assert (answer.status, Change.objects.filter(action="delete").count()) == (204, number * 3 + 1)
        Change.objects.all().delete()
        asked.append(count)
    assert asked[0] == asked[1]
    assert audit.findings() == []


def test_rows_that_stay_in_another_project_are_moved_together(lab, alice):
    asked = []
    for number in (FEW, MANY):
        other = alice.make("stem/project", name=unique("Project"))["id"]
        project = project_of(lab, alice, number, shared_with=other)
        count, answer = statements(lambda where=project: alice.delete(f"stem/project/{where}"))
        assert answer.status == 204
        assert alice.get("modules/procedure", f"filter{{subject.projects}}={other}&limit=1").body["count"] == number
        asked.append(count)
    assert asked[0] == asked[1]
    assert audit.findings() == []


def test_what_many_use_is_refused_with_as_many_statements_as_what_one_uses(lab, alice):
    lab["behavior"]
    where, asked = f"personal_attributes/setup/{lab['setup']}", []
    for number in (1, 10):
        while apps.get_model("modules.Behavior").objects.count() < number:
            lab.add("behavior")
        count, answer = statements(lambda: alice.delete(where))
        assert (answer.status, f"used by: {number} behavior." in answer.body["detail"]) == (409, True)
        asked.append(count)
    assert asked[0] == asked[1]
    assert not Deletion.objects.exists()


def test_history_keeps_of_each_record_what_it_keeps_of_a_single_one(lab, alice, bob):
    """What goes together is written down as ``snapshot`` tells of one record: columns, links, tags, people."""
    for name in PROJECT_TREE:
        lab[name]
    subject = lab.add("subject", tags=["slow", "fast"])["id"]
    changed = {"subjects": [subject, lab["subject"]]}
    assert alice.patch(f"stem/cohort/{lab['cohort']}", changed).status == 200
    expected = {}
    for spec in specs().values():
        for row in spec.model._base_manager.all():
            people = grants.state(spec, row) if isinstance(spec.tree, Root | Groups) else {}
            expected[spec.label, str(row.pk)] = snapshot(row) | plain(people)
    assert alice.delete(f"stem/project/{lab['project']}").status == 204
    lines = Change.objects.filter(action="delete")
    told = {(line.model, line.record_id): line.before for line in lines}
    assert {label for label, _ in told} >= {"stem.Project", "stem.Cohort", "modules.Behavior", "stem.Epoch"}
    assert {key: _sorted(told[key]) for key in told} == {key: _sorted(expected[key]) for key in told}
    assert len({line.event_id for line in lines}) == 1
    assert {(line.event.actor_email, line.event.via, line.event.portal) for line in lines} == {
        (alice.email, "token", "private")
    }


def _sorted(state: dict) -> dict:
    return {name: sorted(map(str, value)) if isinstance(value, list) else value for name, value in state.items()}


def test_a_large_project_comes_back_whole(lab, alice):
    project = project_of(lab, alice, MANY)
    ids = alice.get("stem/subject", "limit=100").ids
    assert alice.delete(f"stem/project/{project}").status == 204
    assert alice.get("stem/subject", "limit=100").ids == []
    undelete(spec_of(apps.get_model("stem.Project")), project, viewer=Viewer(Actor(via="command"), ""))
    assert alice.get("stem/subject", "limit=100").ids == ids
    assert alice.get(f"stem/subject/{ids[0]}").record["tags"] == ["fast"]
    assert audit.findings() == []


def test_a_dam_is_kept_by_her_breeding_and_goes_with_the_project_of_both(lab, alice):
    lab["breeding"]
    refused = alice.delete(f"stem/subject/{lab['dam']}")
    assert (refused.status, "1 breeding." in refused.body["detail"]) == (409, True)
    assert alice.delete(f"stem/project/{lab['project']}").status == 204
    assert not apps.get_model("stem.Breeding").objects.exists()
