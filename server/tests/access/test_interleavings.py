"""Rules between rows hold whatever two writers do at once, at every point at which they can meet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Count

from brainstem.apps.modules.models.behavior import Behavior
from brainstem.apps.modules.models.logs import SubjectLog
from brainstem.apps.modules.models.procedure import Procedure
from brainstem.apps.stem.models.breeding import Breeding
from brainstem.apps.stem.models.cohort import Cohort
from brainstem.apps.stem.models.collection import Collection
from brainstem.apps.stem.models.epoch import Epoch
from brainstem.apps.stem.models.session import Session
from brainstem.apps.stem.models.subject import Subject
from brainstem.apps.taxonomies.models.behavior import BehavioralCategory
from brainstem.apps.taxonomies.models.brain_region import BrainRegion
from brainstem.apps.users.models import Laboratory, Membership, User
from brainstem.core.access import audit
from brainstem.core.model.trees import Role
from brainstem.core.models import ObjectRole

from ..interleaving import interleaved, stops
from ..lab import Lab, path_of
from ..people import Answer, Person, join_group, person, unique

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
OLD, NEW = "2025-01-01", "2026-01-01"


@dataclass
class Pair:
    """Two requests, each of which is right alone, and whether what they left is right."""

    first: Callable[[], Answer]
    second: Callable[[], Answer]
    holds: Callable[[], bool]


@dataclass
class Stage:
    """Alice's lab, which is the same for all runs of a pair, and ways to write in it."""

    lab: Lab
    alice: Person
    admin: Person

    def __getitem__(self, name: str) -> Any:
        return self.lab[name]

    def add(self, name: str, /, **fields: Any) -> str:
        return self.lab.add(name, **fields)["id"]

    def project(self) -> str:
        return self.alice.make("stem/project", name=unique("P"))["id"]

    def patch(self, path: str, record_id: object, **body: Any) -> Callable[[], Answer]:
        return lambda: self.alice.patch(f"{path}/{record_id}", body)

    def post(self, name: str, /, **fields: Any) -> Callable[[], Answer]:
        body = self.lab.payload(name) | fields
        return lambda: self.alice.post(path_of(name), body)

    def by_admin(self, path: str, record_id: object, **body: Any) -> Callable[[], Answer]:
        return lambda: self.admin.through("super").patch(f"{path}/{record_id}", body)


# -- owners and administrators ----------------------------------------------------------------------------------------


def two_owners_of_a_project_end_each_other(stage: Stage) -> Pair:
    bob = person("bob")
    project = stage.project()
    path = f"stem/project/{project}"
    assert stage.alice.patch(path, {"users": {bob.email: {"is_owner": True}}}).status == 200
    return Pair(
        lambda: stage.alice.patch(path, {"users": {bob.email: {"remove": True}}}),
        lambda: bob.patch(path, {"users": {stage.alice.email: {}}}),
        lambda: ObjectRole.objects.filter(object_id=project, level=Role.OWNER).exists(),
    )


def two_owners_leave_a_group(stage: Stage) -> Pair:
    bob = person("bob")
    group = join_group(unique("G"), stage.alice.user, bob.user)
    Membership.objects.filter(group=group).update(level=Role.OWNER)
    leave = f"users/group/{group.pk}/leave/"
    return Pair(
        lambda: stage.alice.post(leave),
        lambda: bob.post(leave),
        lambda: Membership.objects.filter(group=group, level=Role.OWNER).exists(),
    )


def an_owner_gives_up_while_the_other_one_s_group_is_deleted(stage: Stage) -> Pair:
    bob = person("bob")
    group = bob.make("users/group", name=unique("G"))
    project = stage.project()
    path = f"stem/project/{project}"
    assert stage.alice.patch(path, {"groups": {group["name"]: {"is_owner": True}}}).status == 200
    return Pair(
        lambda: stage.alice.patch(path, {"users": {stage.alice.email: {"remove": True}}}),
        lambda: bob.delete(f"users/group/{group['id']}"),
        lambda: ObjectRole.objects.filter(object_id=project, level=Role.OWNER).exists(),
    )


def two_administrators_end_each_other(stage: Stage) -> Pair:
    User.objects.filter(is_superuser=True).update(is_superuser=False)
    one, other = person("one", admin=True), person("other", admin=True)

    def ended(by: Person, who: Person) -> Callable[[], Answer]:
        return lambda: by.through("super").post(f"users/user/{who.user.pk}/deactivate/")

    return Pair(
        ended(one, other),
        lambda: other.through("super").delete(f"users/user/{one.user.pk}"),
        lambda: User.objects.filter(is_superuser=True, is_active=True).exists(),
    )


# -- what is there once -----------------------------------------------------------------------------------------------


def two_cohorts_take_one_name(stage: Stage) -> Pair:
    name, cohort = unique("Same"), stage.add("cohort")
    return Pair(
        stage.post("cohort", name=name),
        stage.patch("stem/cohort", cohort, name=name),
        lambda: Cohort.objects.filter(name=name).count() == 1,
    )


def two_subjects_take_one_name(stage: Stage) -> Pair:
    name, subject = unique("Same"), stage.add("subject")
    return Pair(
        stage.patch("stem/subject", subject, name=name),
        stage.post("subject", name=name),
        lambda: Subject.objects.filter(name=name).count() == 1,
    )


def a_group_gets_two_laboratories(stage: Stage) -> Pair:
    group = stage.add("group")
    return Pair(
        stage.post("laboratory", group=group),
        stage.post("laboratory", group=group),
        lambda: Laboratory.objects.filter(group_id=group).count() == 1,
    )


def two_entries_of_a_log_at_one_time(stage: Stage) -> Pair:
    log = stage.add("subjectlog")

    def add(grams: int) -> Callable[[], Answer]:
        entry = {"date_time": f"{NEW}T10:00:00Z", "details": {"weight": {"value": grams, "unit": "g"}}}
        return lambda: stage.alice.patch(f"modules/subjectlog/{log}/add_entry", entry)

    return Pair(add(20), add(30), lambda: len(SubjectLog.objects.get(pk=log).entries) == 1)


def two_writers_of_one_version(stage: Stage) -> Pair:
    path = f"stem/session/{stage.add('session')}"
    had = stage.alice.get(path).headers["ETag"]
    answers: list[Answer] = []

    def write(text: str) -> Callable[[], Answer]:
        def written() -> Answer:
            answers.append(stage.alice.patch(path, {"description": text}, HTTP_IF_MATCH=had))
            return answers[-1]

        return written

    return Pair(write("one"), write("other"), lambda: sorted(one.status for one in answers) == [200, 412])


def the_other_side_of_a_link_of_one_version(stage: Stage) -> Pair:
    subject, one, other = stage.add("subject"), stage.add("license"), stage.add("license")
    path = f"stem/subject/{subject}"
    had = stage.alice.get(path).headers["ETag"]
    licenses: dict[str, Answer] = {}

    def from_here() -> Answer:
        licenses["here"] = stage.alice.patch(path, {"licenses": [one]}, HTTP_IF_MATCH=had)
        return licenses["here"]

    def from_there() -> Answer:
        return stage.alice.patch(f"personal_attributes/license/{other}", {"subjects": [subject]})

    def holds() -> bool:
        found = set(stage.alice.get(path).record["licenses"])
        refused = licenses["here"].status == 412
        # Whoever wrote a whole list without having seen the other link has to have been first.
        return found == ({other} if refused else {one, other})

    return Pair(from_here, from_there, holds)


# -- epochs -----------------------------------------------------------------------------------------------------------


def within_epochs() -> bool:
    """No data acquisition is in two epochs, and nothing in one of another session."""
    twice = Epoch.dataacquisition.through.objects.values("dataacquisition_id").annotate(n=Count("pk")).filter(n__gt=1)
    strays = [
        pk
        for name in ("behavior", "dataacquisition", "manipulation")
        for pk, here, there in Epoch.objects.filter(**{f"{name}__isnull": False}).values_list(
            "pk", "session_id", f"{name}__session_id"
        )
        if here != there
    ]
    return not twice.exists() and not strays


def two_epochs_take_one_data_acquisition(stage: Stage) -> Pair:
    one, other, data = stage.add("epoch"), stage.add("epoch"), stage.add("dataacquisition")
    return Pair(
        stage.patch("stem/epoch", one, dataacquisition=[data]),
        stage.patch("stem/epoch", other, dataacquisition=[data]),
        within_epochs,
    )


def an_epoch_takes_a_behavior_that_moves_to_another_session(stage: Stage) -> Pair:
    epoch, behavior, session = stage.add("epoch"), stage.add("behavior"), stage.add("session")
    return Pair(
        stage.patch("stem/epoch", epoch, behavior=[behavior]),
        stage.patch("modules/behavior", behavior, session=session),
        within_epochs,
    )


def an_epoch_moves_with_what_moves_back(stage: Stage) -> Pair:
    session = stage.add("session")
    epoch, data = stage.add("epoch"), stage.add("dataacquisition", session=session)
    return Pair(
        stage.patch("stem/epoch", epoch, session=session, dataacquisition=[data]),
        stage.patch("modules/dataacquisition", data, session=stage["session"]),
        within_epochs,
    )


# -- of one project ---------------------------------------------------------------------------------------------------


def gathered_from_one_project() -> bool:
    """Whoever is gathered by a project is in it."""
    for model, name in ((Cohort, "subjects"), (Collection, "sessions"), (Breeding, "mother"), (Breeding, "father")):
        for row in model.objects.filter(**{f"{name}__isnull": False}).values_list("pk", "project_id", f"{name}__pk"):
            members: Any = Session if name == "sessions" else Subject
            if not members.objects.filter(pk=row[2], projects=row[1]).exists():
                return False
    return True


def a_cohort_gathers_a_subject_that_leaves(stage: Stage) -> Pair:
    subject, cohort, other = stage.add("subject"), stage.add("cohort"), stage.project()
    return Pair(
        stage.patch("stem/cohort", cohort, subjects=[subject]),
        stage.patch("stem/subject", subject, projects=[other]),
        gathered_from_one_project,
    )


def a_collection_gathers_a_session_that_leaves(stage: Stage) -> Pair:
    session, other = stage.add("session"), stage.project()
    return Pair(
        stage.post("collection", sessions=[session]),
        stage.patch("stem/session", session, projects=[other]),
        gathered_from_one_project,
    )


def a_breeding_pairs_a_subject_that_leaves(stage: Stage) -> Pair:
    dam, other = stage.add("dam"), stage.project()
    return Pair(
        stage.post("breeding", mother=dam),
        stage.patch("stem/subject", dam, projects=[other]),
        gathered_from_one_project,
    )


def a_session_leaves_one_project_while_the_other_one_is_deleted(stage: Stage) -> Pair:
    one, other = stage.project(), stage.project()
    session = stage.add("session", projects=[one, other])

    def holds() -> bool:
        left = Session.objects.filter(pk=session).annotate(n=Count("projects")).values_list("n", flat=True)
        return all(left)

    return Pair(
        stage.patch("stem/session", session, projects=[other]),
        lambda: stage.alice.delete(f"stem/project/{other}"),
        holds,
    )


# -- parents ----------------------------------------------------------------------------------------------------------


def a_mother_becomes_male(stage: Stage) -> Pair:
    dam = stage.add("dam")
    return Pair(
        stage.post("breeding", mother=dam),
        stage.patch("stem/subject", dam, sex="M"),
        lambda: not Breeding.objects.exclude(mother__sex="F").exists(),
    )


def nobody_descends_from_themselves() -> bool:
    """No subject is among its own ancestors."""
    born = dict(Subject.objects.exclude(breeding=None).values_list("pk", "breeding_id"))
    parents = {
        pk: (mother, father) for pk, mother, father in Breeding.objects.values_list("pk", "mother_id", "father_id")
    }
    for start in born:
        seen, new = set(), {start}
        while new:
            new = {parent for one in new if one in born for parent in parents[born[one]]} - seen
            if start in new:
                return False
            seen |= new
    return True


def two_subjects_are_born_from_each_other(stage: Stage) -> Pair:
    one, other = stage.add("dam"), stage.add("dam")
    of_one, of_other = stage.add("breeding", mother=one), stage.add("breeding", mother=other)
    return Pair(
        stage.patch("stem/subject", one, breeding=of_other),
        stage.patch("stem/subject", other, breeding=of_one),
        nobody_descends_from_themselves,
    )


def a_litter_gets_a_parent_that_is_born_from_it(stage: Stage) -> Pair:
    dam = stage.add("dam")
    breeding = stage.add("breeding")
    return Pair(
        stage.patch("stem/breeding", breeding, mother=dam),
        stage.patch("stem/subject", dam, breeding=breeding),
        nobody_descends_from_themselves,
    )


def a_pup_and_its_litter_get_birth_dates(stage: Stage) -> Pair:
    breeding = stage.add("breeding")
    pup = stage.add("subject", breeding=breeding)

    def holds() -> bool:
        litter, born = Breeding.objects.get(pk=breeding).birth_date, Subject.objects.get(pk=pup).birth_date
        return litter is None or born is None or litter == born

    return Pair(
        stage.patch("stem/breeding", breeding, birth_date=OLD), stage.patch("stem/subject", pup, birth_date=NEW), holds
    )


def a_litter_and_its_mother_get_birth_dates(stage: Stage) -> Pair:
    dam = stage.add("dam")
    breeding = stage.add("breeding", mother=dam)

    def holds() -> bool:
        litter, born = Breeding.objects.get(pk=breeding).birth_date, Subject.objects.get(pk=dam).birth_date
        return litter is None or born is None or litter > born

    return Pair(
        stage.patch("stem/breeding", breeding, birth_date=OLD), stage.patch("stem/subject", dam, birth_date=NEW), holds
    )


def a_subject_is_born_and_dies(stage: Stage) -> Pair:
    subject = stage.add("subject")

    def holds() -> bool:
        found = Subject.objects.get(pk=subject)
        return found.birth_date is None or found.death_date is None or found.birth_date <= found.death_date

    return Pair(
        stage.patch("stem/subject", subject, birth_date=NEW),
        stage.patch("stem/subject", subject, death_date=OLD),
        holds,
    )


# -- birth before all else --------------------------------------------------------------------------------------------


def nothing_precedes_a_birth() -> bool:
    """No procedure, session or entry of a log is from before the birth of its subject."""
    pairs = [
        *Procedure.objects.exclude(date_time=None).values_list("date_time", "subject__birth_date"),
        *Behavior.objects.exclude(session__date_time=None).values_list("session__date_time", "subjects__birth_date"),
    ]
    for log in SubjectLog.objects.select_related("subject"):
        if log.subject.birth_date and any(one["date_time"] < log.subject.birth_date.isoformat() for one in log.entries):
            return False
    return all(born is None or moment.date() >= born for moment, born in pairs)


def a_procedure_moves_before_a_birth(stage: Stage) -> Pair:
    subject = stage.add("subject")
    procedure = stage.add("procedure", subject=subject)
    return Pair(
        stage.patch("modules/procedure", procedure, date_time=OLD),
        stage.patch("stem/subject", subject, birth_date=NEW),
        nothing_precedes_a_birth,
    )


def a_session_moves_before_a_birth(stage: Stage) -> Pair:
    subject, session = stage.add("subject"), stage.add("session")
    stage.add("behavior", session=session, subjects=[subject])
    return Pair(
        stage.patch("stem/session", session, date_time=OLD),
        stage.patch("stem/subject", subject, birth_date=NEW),
        nothing_precedes_a_birth,
    )


def a_subject_takes_part_before_its_birth(stage: Stage) -> Pair:
    subject, session = stage.add("subject"), stage.add("session", date_time=OLD)
    return Pair(
        stage.post("behavior", session=session, subjects=[subject]),
        stage.patch("stem/subject", subject, birth_date=NEW),
        nothing_precedes_a_birth,
    )


def a_subject_joins_a_session_that_moves_before_its_birth(stage: Stage) -> Pair:
    subject, session = stage.add("subject", birth_date=NEW), stage.add("session")
    behavior = stage.add("behavior", session=session)
    return Pair(
        stage.patch("modules/behavior", behavior, subjects=[stage["subject"], subject]),
        stage.patch("stem/session", session, date_time=OLD),
        nothing_precedes_a_birth,
    )


def a_log_gets_an_entry_before_a_birth(stage: Stage) -> Pair:
    subject = stage.add("subject")
    log = stage.add("subjectlog", subject=subject)
    entry = {"date_time": f"{OLD}T10:00:00Z", "details": {"weight": {"value": 20, "unit": "g"}}}
    return Pair(
        lambda: stage.alice.patch(f"modules/subjectlog/{log}/add_entry", entry),
        stage.patch("stem/subject", subject, birth_date=NEW),
        nothing_precedes_a_birth,
    )


# -- catalogues -------------------------------------------------------------------------------------------------------


def no_region_contains_itself() -> bool:
    """Following the parents from any region ends at the top."""
    above = dict(BrainRegion.objects.values_list("acronym", "parent_acronym"))
    for start, parent in above.items():
        at, way = parent, {start}
        while at and at not in way:
            way.add(at)
            at = above.get(at, "")
        if at:
            return False
    return True


def two_regions_become_parts_of_each_other(stage: Stage) -> Pair:
    one, other = (stage.lab.add("brainregion") for _ in range(2))
    return Pair(
        stage.by_admin("taxonomies/brainregion", one["id"], parent_acronym=other["acronym"]),
        stage.by_admin("taxonomies/brainregion", other["id"], parent_acronym=one["acronym"]),
        no_region_contains_itself,
    )


def two_levels() -> bool:
    """No category is below one that is below another one."""
    return not BehavioralCategory.objects.filter(parent__parent__isnull=False).exists()


def a_category_and_its_parent_get_parents(stage: Stage) -> Pair:
    one, two, three = (stage.add("behavioralcategory") for _ in range(3))
    return Pair(
        stage.by_admin("taxonomies/behavioralcategory", one, parent=two),
        stage.by_admin("taxonomies/behavioralcategory", two, parent=three),
        two_levels,
    )


PAIRS = [
    two_owners_of_a_project_end_each_other,
    two_owners_leave_a_group,
    an_owner_gives_up_while_the_other_one_s_group_is_deleted,
    two_administrators_end_each_other,
    two_cohorts_take_one_name,
    two_subjects_take_one_name,
    a_group_gets_two_laboratories,
    two_entries_of_a_log_at_one_time,
    two_writers_of_one_version,
    the_other_side_of_a_link_of_one_version,
    two_epochs_take_one_data_acquisition,
    an_epoch_takes_a_behavior_that_moves_to_another_session,
    an_epoch_moves_with_what_moves_back,
    a_cohort_gathers_a_subject_that_leaves,
    a_collection_gathers_a_session_that_leaves,
    a_breeding_pairs_a_subject_that_leaves,
    a_session_leaves_one_project_while_the_other_one_is_deleted,
    a_mother_becomes_male,
    two_subjects_are_born_from_each_other,
    a_litter_gets_a_parent_that_is_born_from_it,
    a_pup_and_its_litter_get_birth_dates,
    a_litter_and_its_mother_get_birth_dates,
    a_subject_is_born_and_dies,
    a_procedure_moves_before_a_birth,
    a_session_moves_before_a_birth,
    a_subject_takes_part_before_its_birth,
    a_subject_joins_a_session_that_moves_before_its_birth,
    a_log_gets_an_entry_before_a_birth,
    two_regions_become_parts_of_each_other,
    a_category_and_its_parent_get_parents,
]


@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
@pytest.mark.parametrize("make", PAIRS, ids=lambda make: make.__name__)
def test_a_rule_holds_at_every_point_at_which_two_writers_meet(alice, admin, make, turned):
    stage, met = Stage(Lab(alice, admin), alice, admin), 0
    for stop in stops():
        pair = make(stage)
        first, second = (pair.second, pair.first) if turned else (pair.first, pair.second)
        answers = interleaved(first, second, stop=stop)
        if answers is None:
            break
        met += 1
        statuses = [one.status for one in answers]
        assert any(status < 300 for status in statuses), (stop, statuses, [one.body for one in answers])
        assert all(status < 500 for status in statuses), (stop, statuses, [one.body for one in answers])
        assert pair.holds(), (stop, statuses)
    assert met > 2
    assert audit.findings() == []
