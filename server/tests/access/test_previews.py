"""What deleting or publishing would do, told before: as it then happens, and no more than the asker sees."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.apps import apps
from django.utils import timezone

from brainstem.core.model.registry import specs
from brainstem.core.models import Change, Deletion

from ..lab import ATTRIBUTES, CATALOGUES, MODELS, PROJECT_TREE, path_of
from ..people import Person, join_group, unique

DELETED = [name for name in MODELS if name != "dam"]


def preview(reader: Person, path: str, name: str = "delete_preview", **extra) -> dict:
    answer = reader.get(f"{path}/{name}", **extra)
    assert answer.status == 200, answer.body
    assert list(answer.body) == [name]
    return answer.body[name]


def ids(section: dict) -> dict[str, set[str]]:
    """Ids by model; counts must fit."""
    found = {one["model"]: {str(record["id"]) for record in one["records"]} for one in section["models"]}
    assert {one["model"]: one["count"] for one in section["models"]} == {name: len(of) for name, of in found.items()}
    return found


def records(section: dict, model: str) -> list[dict]:
    return next((one["records"] for one in section["models"] if one["model"] == model), [])


def model_path(label: str) -> str:
    spec = specs()[label]
    return f"{spec.app}/{spec.segment}"


def really_gone(record_id: str) -> dict[str, set[str]]:
    """Ids by model of the records that the last deletion took, as history keeps them."""
    rows = Deletion.objects.get(record_id=record_id).rows
    found: dict[str, set[str]] = {}
    for row in rows:
        if row["model"] in specs():
            column = apps.get_model(row["model"])._meta.pk.attname
            found.setdefault(model_path(row["model"]), set()).add(str(row["values"][column]))
    return found


def really_cleared(record_id: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in Deletion.objects.get(record_id=record_id).detached:
        found.setdefault(model_path(row["model"]), set()).add(str(row["pk"]))
    return found


@pytest.fixture
def rich(lab, alice, bob):
    """A lab in which everything refers to something, a second project, and rows of both."""
    for name in PROJECT_TREE:
        lab[name]
    lab["equipment"], lab["consumablestock"], lab["laboratory"], lab["publication"]
    other = alice.make("stem/project", name=unique("Project"))["id"]
    both = [lab["project"], other]
    shared = {
        "subject": lab.add("subject", projects=both)["id"],
        "session": lab.add("session", projects=both)["id"],
    }
    lab.add("behavior", session=shared["session"], subjects=[shared["subject"], lab["subject"]])
    for where, fields in (
        (f"stem/subject/{shared['subject']}", {"breeding": lab["breeding"], "licenses": [lab["license"]]}),
        (f"stem/cohort/{lab['cohort']}", {"subjects": [shared["subject"], lab["subject"]]}),
        (f"stem/collection/{lab['collection']}", {"sessions": [shared["session"], lab["session"]]}),
        (f"modules/procedure/{lab['procedure']}",
         {"consumablestock": lab["consumablestock"], "equipment": [lab["equipment"]], "licenses": [lab["license"]]}),
        (f"modules/dataacquisition/{lab['dataacquisition']}",
         {"procedures": [lab["procedure"]], "equipment": [lab["equipment"]]}),
        (f"stem/project/{lab['project']}", {"publications": [lab["publication"]]}),
        (f"personal_attributes/setup/{lab['setup']}", {"users": {bob.email: {"can_change": True}}}),
        (f"users/user/{alice.user.pk}", {"active_projects": both}),
    ):  # fmt: skip
        assert alice.patch(where, fields).status == 200
    shared_project = {"users": {bob.email: {"can_change": True}}}
    assert alice.patch(f"stem/project/{lab['project']}", shared_project).status == 200
    return {"other": other, **shared}


# -- deleting: as it is told, so it happens ----------------------------------------------------------------------------


def told_and_done(reader: Person, where: str, portal: str) -> dict:
    """The preview, after it was held against what DELETE then did."""
    record_id = where.rpartition("/")[2]
    told = preview(reader, where, portal=portal)
    assert preview(reader, where, portal=portal) == told
    answer = reader.delete(where, portal=portal)
    if told["outcome"] == "refused":
        assert answer.status in (400, 409)
        assert not Deletion.objects.filter(record_id=record_id).exists()
        assert told["blocked_by"]["models"] or told["blocked_by"]["hidden"] or told["blocked_by"]["reasons"]
        assert (answer.status == 400) == (not told["blocked_by"]["models"] and not told["blocked_by"]["hidden"])
        return told
    assert (answer.status, told["outcome"]) == (204, "delete")
    assert ids(told["deletes"]) == really_gone(record_id)
    cleared = really_cleared(record_id)
    assert all(cleared[model] <= ids(told["clears"])[model] for model in cleared)
    assert not told["deletes"]["hidden"]
    return told


@pytest.mark.parametrize("name", DELETED)
def test_what_is_told_before_a_deletion_is_what_goes(name, rich, lab, admin):
    told_and_done(admin, f"{path_of(name)}/{lab[name]}", "super")


@pytest.mark.parametrize("name", ["project", *PROJECT_TREE, *ATTRIBUTES, "equipment", "consumablestock"])
def test_an_owner_is_told_the_same_as_an_administrator(name, rich, lab, alice, admin):
    where = f"{path_of(name)}/{lab[name]}"
    assert preview(alice, where) == preview(admin, where, portal="super")
    told_and_done(alice, where, "private")


def test_a_person_is_told_with_all_that_names_them(rich, lab, bob, admin):
    told = told_and_done(admin, f"users/user/{bob.user.pk}", "super")
    cleared = {one["model"]: one["records"] for one in told["clears"]["models"]}
    named = {
        record["id"]: record["fields"] for record in cleared["stem/project"] + cleared["personal_attributes/setup"]
    }
    assert named == {lab["project"]: ["users"], lab["setup"]: ["users"]}


def test_who_alone_owns_something_is_refused_as_told(rich, alice, admin):
    told = told_and_done(admin, f"users/user/{alice.user.pk}", "super")
    assert told["outcome"] == "refused"
    assert told["blocked_by"]["reasons"] == ["This user is the only owner of something; give it another owner first."]


def test_a_group_that_alone_owns_something_is_refused_and_with_another_owner_goes(lab, alice):
    group, setup = alice.make("users/group", name=unique("Group")), f"personal_attributes/setup/{lab['setup']}"
    grants = {"groups": {group["name"]: {"is_owner": True}}, "users": {alice.email: {"remove": True}}}
    assert alice.patch(setup, grants).status == 200
    assert told_and_done(alice, f"users/group/{group['id']}", "private")["outcome"] == "refused"
    assert alice.patch(setup, {"users": {alice.email: {"is_owner": True}}}).status == 200
    told = told_and_done(alice, f"users/group/{group['id']}", "private")
    assert [record["fields"] for record in records(told["clears"], "personal_attributes/setup")] == [["groups"]]


def test_a_project_goes_with_what_is_in_no_other_and_leaves_the_rest(rich, lab, alice):
    told = preview(alice, f"stem/project/{lab['project']}")
    name = alice.get(f"stem/project/{lab['project']}").record["name"]
    assert ids(told["deletes"])["stem/subject"] == {lab["subject"], lab["dam"]}
    assert ids(told["detaches"]) == {"stem/subject": {rich["subject"]}, "stem/session": {rich["session"]}}
    assert told["leaves"] == [{"id": lab["project"], "name": name}]
    session = records(told["deletes"], "stem/session")[0]
    own = alice.get(f"stem/session/{lab['session']}").record
    assert session == {"id": own["id"], "name": own["name"], "created_by": alice.user.pk, "whose": [name]}
    assert alice.delete(f"stem/project/{lab['project']}").status == 204
    for model, gone in ids(told["deletes"]).items():
        assert all(alice.get(f"{model}/{one}").status == 404 for one in gone)
    for model, kept in ids(told["detaches"]).items():
        assert [alice.get(f"{model}/{one}").record["projects"] for one in kept] == [[rich["other"]]]


def test_what_loses_a_reference_is_told_with_the_field(rich, lab, alice):
    told = preview(alice, f"stem/breeding/{lab['breeding']}")
    assert [(one["id"], one["fields"]) for one in records(told["clears"], "stem/subject")] == [
        (rich["subject"], ["breeding"])
    ]
    told = preview(alice, f"personal_attributes/license/{lab['license']}")
    cleared = {one["model"]: [(record["id"], record["fields"]) for record in one["records"]]
               for one in told["clears"]["models"]}  # fmt: skip
    assert cleared == {
        "modules/procedure": [(lab["procedure"], ["licenses"])],
        "stem/subject": [(rich["subject"], ["licenses"])],
    }


def test_open_invitations_go_with_the_project_and_those_that_ran_out_are_not_told(lab, alice, charlie):
    where = f"stem/project/{lab['project']}"
    invitation = alice.post(f"{where}/invite", {"user": charlie.user.pk}).id
    model = "stem/projectmembershipinvitation"
    assert ids(preview(alice, where)["deletes"])[model] == {invitation}
    apps.get_model("stem.ProjectMembershipInvitation").objects.update(expires_at=timezone.now() - dt.timedelta(days=1))
    told = preview(alice, where)["deletes"]
    assert (model in ids(told), told["hidden"]) == (False, False)


def test_what_an_epoch_uses_is_refused_with_the_reason(rich, lab, alice):
    epoch = alice.get(f"stem/epoch/{lab['epoch']}").record
    assert alice.patch(f"stem/epoch/{lab['epoch']}", {"behavior": [lab["behavior"]]}).status == 200
    told = told_and_done(alice, f"modules/behavior/{lab['behavior']}", "private")
    assert (told["outcome"], len(told["blocked_by"]["reasons"])) == ("refused", 1)
    assert epoch["name"] in told["blocked_by"]["reasons"][0]


# -- deleting: a row that is in projects of others too -----------------------------------------------------------------


@pytest.fixture
def theirs(lab, alice, charlie):
    """A subject that Alice has in common with a project of Charlie's, which she does not see."""
    secret = charlie.make("stem/project", name=unique("Secret"))
    where = f"stem/project/{secret['id']}"
    assert charlie.patch(where, {"users": {alice.email: {"can_change": True}}}).status == 200
    subject = lab.add("subject", projects=[lab["project"], secret["id"]])
    assert charlie.patch(where, {"users": {alice.email: {"remove": True}}}).status == 200
    return {"subject": subject["id"], "name": subject["name"], "project": secret["id"], "secret": secret["name"]}


def test_a_row_that_stays_in_a_project_that_one_sees_is_only_taken_out(theirs, lab, alice, charlie):
    where = f"stem/subject/{theirs['subject']}"
    assert charlie.patch(f"stem/project/{theirs['project']}", {"users": {alice.email: {}}}).status == 200
    own = alice.get(f"stem/project/{lab['project']}").record
    told = preview(alice, where)
    assert (told["outcome"], ids(told["deletes"])) == ("detach", {})
    assert told["leaves"] == [{"id": own["id"], "name": own["name"]}]
    listed = {"id": theirs["subject"], "name": theirs["name"], "created_by": alice.user.pk}
    assert records(told["detaches"], "stem/subject") == [listed | {"whose": sorted([own["name"], theirs["secret"]])}]
    assert alice.delete(where).status == 204
    assert Change.objects.filter(record_id=theirs["subject"], action="detach").exists()
    assert charlie.get(where).record["projects"] == [theirs["project"]]
    assert preview(charlie, where)["outcome"] == "delete"


def test_a_project_that_one_does_not_see_has_no_say(lab, alice, charlie, theirs):
    """Alice is told, and then finds, what she would if the subject were hers alone."""
    where = f"stem/subject/{theirs['subject']}"
    lab.add("procedure", subject=theirs["subject"])
    lab.add("cohort", subjects=[theirs["subject"]])
    session = charlie.make("stem/session", name=unique("Secret"), projects=[theirs["project"]])["id"]
    dam = charlie.make("stem/subject", **(lab.payload("dam") | {"projects": [theirs["project"]]}))["id"]
    charlie.make(
        "stem/breeding", name=unique("Secret"), project=theirs["project"], mother=dam, father=theirs["subject"]
    )
    assay = charlie.make("personal_attributes/behavioralassay", **lab.payload("behavioralassay"))["id"]
    setup = charlie.make("personal_attributes/setup", **lab.payload("setup"))["id"]
    used = {"session": session, "subjects": [theirs["subject"]], "setup": setup, "behavioralassay": assay}
    charlie.make("modules/behavior", **used)
    shared = alice.get(f"{where}/delete_preview")
    assert preview(charlie, where)["outcome"] == "refused"
    for hidden in (theirs["project"], theirs["secret"], session, setup):
        assert hidden not in shared.text
    told = shared.body["delete_preview"]
    assert (told["outcome"], told["detaches"], told["leaves"]) == ("delete", {"models": [], "hidden": False}, [])
    assert set(ids(told["deletes"])) == {"stem/subject", "modules/procedure"}
    assert alice.delete(where).status == 204
    for model, gone in ids(told["deletes"]).items():
        assert all(alice.get(f"{model}/{one}").status == 404 for one in gone)
    assert charlie.get(where).status == 200


def test_what_one_sees_keeps_a_row_whatever_else_it_is_in(theirs, lab, alice):
    where = f"stem/subject/{theirs['subject']}"
    breeding = lab.add("breeding", father=theirs["subject"])["id"]
    told = preview(alice, where)
    assert (told["outcome"], ids(told["blocked_by"])) == ("refused", {"stem/breeding": {breeding}})
    assert alice.delete(where).status == 409


# -- deleting: what keeps a record -------------------------------------------------------------------------------------


def test_what_keeps_a_record_is_named_as_far_as_it_is_seen(lab, alice, charlie):
    """Both use Alice's setup; Charlie's behavior is not hers to know of, not even that there is one and no more."""
    setup, own = f"personal_attributes/setup/{lab['setup']}", lab["behavior"]
    told = preview(alice, setup)
    assert (ids(told["blocked_by"]), told["blocked_by"]["hidden"]) == ({"modules/behavior": {own}}, False)
    assert "1 behavior." in alice.delete(setup).body["detail"]
    for attribute in ("setup", "behavioralassay"):
        assert alice.patch(f"{path_of(attribute)}/{lab[attribute]}", {"users": {charlie.email: {}}}).status == 200
    secret = charlie.make("stem/project", name=unique("Secret"))["id"]
    session = charlie.make("stem/session", name=unique("Secret"), projects=[secret])["id"]
    subject = charlie.make("stem/subject", **(lab.payload("subject") | {"projects": [secret]}))["id"]
    payload = lab.payload("behavior") | {"session": session, "subjects": [subject]}
    hidden = {charlie.make("modules/behavior", **payload)["id"]}
    told, answer = preview(alice, setup), alice.delete(setup)
    assert (ids(told["blocked_by"]), told["blocked_by"]["hidden"]) == ({"modules/behavior": {own}}, True)
    assert answer.status == 409
    assert answer.body["detail"].endswith("used by: 1 behavior.")
    hidden.add(charlie.make("modules/behavior", **payload)["id"])
    assert (preview(alice, setup), alice.delete(setup).body) == (told, answer.body)
    assert alice.delete(f"modules/behavior/{own}").status == 204
    assert alice.delete(setup).body["detail"].endswith("used by: records that you cannot see.")
    assert preview(alice, setup)["blocked_by"] == {"models": [], "hidden": True, "reasons": []}
    assert not any(one in str(preview(alice, setup)) for one in hidden)


def test_administrators_are_told_all_in_super_and_their_own_in_private(lab, alice, admin):
    strain = f"taxonomies/strain/{lab['strain']}"
    subject = lab["subject"]
    assert ids(preview(admin, strain, portal="super")["blocked_by"]) == {"stem/subject": {subject}}
    assert preview(admin, strain)["blocked_by"] == {"models": [], "hidden": True, "reasons": []}
    assert admin.delete(strain).body["detail"].endswith("used by: records that you cannot see.")
    assert "1 subject" in admin.delete(strain, portal="super").body["detail"]


# -- deleting: who may ask ---------------------------------------------------------------------------------------------


def test_who_may_not_delete_may_not_ask(rich, lab, alice, bob, charlie, dana):
    for name, statuses in (
        ("subject", (200, 200, 200, 404)),
        ("project", (200, 403, 403, 404)),
        ("setup", (200, 403, 404, 404)),
        ("equipment", (200, 200, 404, 404)),
        ("strain", (403, 403, 403, 403)),
    ):
        where = f"{path_of(name)}/{lab[name]}/delete_preview"
        assert tuple(one.get(where).status for one in (alice, bob, dana, charlie)) == statuses, name
    assert alice.patch(f"stem/project/{lab['project']}", {"users": {bob.email: {}}}).status == 200
    assert bob.get(f"stem/subject/{lab['subject']}/delete_preview").status == 403


@pytest.mark.parametrize("name", CATALOGUES)
def test_only_administrators_ask_what_deleting_from_a_catalogue_would_do(name, lab, alice, admin):
    where = f"{path_of(name)}/{lab[name]}/delete_preview"
    assert [one.get(where).status for one in (admin, alice)] == [200, 403]


def test_there_is_no_preview_where_nothing_is_deleted_or_in_public(lab, alice, nobody):
    proposal = alice.post("resources/supplier", {"name": unique("Supplier")}).id
    assert alice.get(f"resources/supplierapproval/{proposal}/delete_preview").status == 404
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    assert nobody.get(f"stem/project/{lab['project']}/delete_preview").status == 404


def test_a_preview_is_read_with_get_and_head_alone_and_changes_nothing(rich, lab, alice):
    where = f"stem/project/{lab['project']}/delete_preview/"
    lines = Change.objects.count()
    assert alice.request("head", where).status == 200
    for method in ("post", "put", "patch", "delete"):
        assert alice.request(method, where, {}).status == 405
    assert Change.objects.count() == lines
    assert alice.get(f"stem/project/{lab['project']}").status == 200


def test_a_token_that_only_reads_may_ask_and_a_bound_one_in_its_project(theirs, lab, alice, charlie):
    subject, setup = f"stem/subject/{lab['subject']}", f"personal_attributes/setup/{lab['setup']}"
    reader = Person(alice.user, read_only=True)
    assert preview(reader, subject) == preview(alice, subject)
    assert reader.delete(subject).status == 403
    bound = Person(alice.user, project_id=uuid.UUID(lab["project"]))
    assert preview(bound, subject) == preview(alice, subject)
    assert bound.get(f"{setup}/delete_preview").status == 403
    elsewhere = alice.make("stem/project", name=unique("Project"))["id"]
    assert bound.get(f"stem/project/{elsewhere}/delete_preview").status == 404
    both = lab.add("subject", projects=[lab["project"], elsewhere])["id"]
    assert preview(bound, f"stem/subject/{both}")["outcome"] == "delete"  # as far as this token sees
    assert elsewhere not in str(preview(bound, f"stem/subject/{both}"))


def test_members_of_a_group_do_not_ask_and_its_owner_does(alice, bob):
    group = join_group(unique("Group"), alice.user, bob.user)
    assert [one.get(f"users/group/{group.pk}/delete_preview").status for one in (alice, bob)] == [200, 403]
