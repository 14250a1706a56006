"""Undoing an event puts everything back that it wrote, or nothing, and says what is in the way."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.access import audit
from brainstem.core.models import Change, Deletion, Event

from ..people import Person, join_group, unique
from .undoing import differing, event_of, everything, revert, send_picture, undo

pytestmark = pytest.mark.django_db
ENTRY = {"date_time": "2026-01-31T12:00:00Z", "details": {"weight": {"value": 25.5, "unit": "g"}}}


def undone(person: Person, event: object) -> dict:
    """What an undo did; its own event is under ``by``."""
    answer = undo(person, event)
    assert answer.status == 200, answer.body
    assert audit.findings() == []
    return answer.body["undone"] | {"by": answer.headers.get("Brainstem-Event")}


@pytest.fixture
def subject(lab):
    """Address of a subject."""
    return f"stem/subject/{lab['subject']}"


# -- fields ------------------------------------------------------------------------------------------------------------


CHANGES = {
    "text": {"description": "<p>second</p>"},
    "date": {"birth_date": "2026-01-02"},
    "null": {"name_used_in_storage": "folder"},
    "tags": {"tags": ["b", "c"]},
    "map": {"extra_fields": {"weight": 2, "cage": "7"}},
    "several": {"sex": "M", "genotype": "WT", "tags": []},
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_of_fields_is_undone(lab, alice, case):
    subject = lab.add("subject", tags=["a", "b"], extra_fields={"weight": 1, "age": 3}, description="first")
    before = everything(alice)
    event = event_of(alice.patch(f"stem/subject/{subject['id']}", CHANGES[case]))
    assert everything(alice) != before
    assert undone(alice, event)["changed"] == {"stem/subject": 1}
    assert differing(before, everything(alice)) == []


def test_a_reference_and_links_are_undone(lab, alice):
    subject, other = lab.add("subject", licenses=[lab["license"]]), lab.add("license")["id"]
    changes = {"licenses": [other], "supplier": lab["supplier"]}
    before = everything(alice)
    event = event_of(alice.patch(f"stem/subject/{subject['id']}", changes))
    undone(alice, event)
    assert differing(before, everything(alice)) == []


def test_the_order_of_links_is_undone(lab, alice):
    storages = [lab.add("datastorage")["id"] for _ in range(3)]
    address = f"stem/session/{lab['session']}"
    alice.patch(address, {"datastorage": storages})
    event = event_of(alice.patch(address, {"datastorage": storages[::-1][:2]}))
    undone(alice, event)
    assert alice.get(address).record["datastorage"] == storages


def test_links_made_from_the_other_side_are_undone(lab, alice):
    one, two = lab["subject"], lab["dam"]
    address = f"personal_attributes/license/{lab['license']}"
    alice.patch(address, {"subjects": [one]})
    before = everything(alice)
    event = event_of(alice.patch(address, {"subjects": [two], "description": "x"}))
    assert everything(alice) != before
    assert undone(alice, event)["changed"] == {"personal_attributes/license": 1, "stem/subject": 2}
    assert differing(before, everything(alice)) == []


@pytest.mark.parametrize("action", ["add_entry", "change_entry", "remove_entry"])
def test_entries_of_a_log_are_undone(lab, alice, action):
    log = f"modules/subjectlog/{lab['subjectlog']}"
    for day in (10, 20):
        alice.patch(f"{log}/add_entry", ENTRY | {"date_time": f"2026-01-{day}T12:00:00Z"})
    before = everything(alice)
    time = "2026-01-15T12:00:00Z" if action == "add_entry" else "2026-01-10T12:00:00Z"
    event = event_of(alice.patch(f"{log}/{action}", ENTRY | {"date_time": time, "notes": "n"}))
    alice.patch(f"{log}/add_entry", ENTRY | {"date_time": "2026-01-25T12:00:00Z"})
    alice.patch(f"{log}/remove_entry", {"date_time": "2026-01-25T12:00:00Z"})
    undone(alice, event)
    assert differing(before, everything(alice)) == []


def test_an_entry_that_was_changed_again_is_in_the_way(lab, alice):
    log = f"modules/subjectlog/{lab['subjectlog']}"
    event = event_of(alice.patch(f"{log}/add_entry", ENTRY))
    alice.patch(f"{log}/change_entry", {"date_time": ENTRY["date_time"], "notes": "later"})
    answer = undo(alice, event)
    assert answer.status == 409
    clash = answer.body["moved_on"][log]["entries"]
    assert (clash["base"][0]["notes"], clash["theirs"][0]["notes"], clash["yours"]) == (None, "later", [])


def test_an_entry_before_a_birth_told_since_is_refused(lab, alice, subject):
    log = f"modules/subjectlog/{lab['subjectlog']}"
    alice.patch(f"{log}/add_entry", ENTRY)
    event = event_of(alice.patch(f"{log}/remove_entry", {"date_time": ENTRY["date_time"]}))
    assert alice.patch(subject, {"birth_date": "2026-03-01"}).status == 200
    answer = undo(alice, event)
    assert (answer.status, list(answer.body)) == (400, [f"{log}.entries"])
    assert alice.patch(subject, {"birth_date": "2025-03-01"}).status == 200
    undone(alice, event)


def test_a_replaced_picture_comes_back(lab, alice):
    address = f"personal_attributes/setup/{lab['setup']}"
    send_picture(alice, address, "red")
    red = alice.get(f"{address}/image").text
    event = send_picture(alice, address, "blue")
    assert alice.get(f"{address}/image").text != red
    undone(alice, event)
    assert alice.get(f"{address}/image").text == red


def test_a_picture_whose_file_is_gone_is_named(lab, alice):
    from brainstem.apps.personal_attributes.models.setup import Setup

    address = f"personal_attributes/setup/{lab['setup']}"
    send_picture(alice, address, "red")
    stored = Setup.objects.get(pk=lab["setup"]).image
    event = send_picture(alice, address, "blue")
    stored.storage.delete(stored.name)
    answer = undo(alice, event)
    assert (answer.status, list(answer.body)) == (400, [f"{address}.image"])


# -- what moved on -----------------------------------------------------------------------------------------------------


def test_a_field_changed_again_since_is_told_with_three_values_and_nothing_is_undone(alice, subject):
    event = event_of(alice.patch(subject, {"description": "second", "genotype": "WT"}))
    alice.patch(subject, {"description": "third"})
    answer = undo(alice, event)
    assert answer.status == 409
    assert answer.headers["Brainstem-Error-Code"] == "moved_on"
    clash = {"base": "second", "theirs": "third", "yours": ""}
    assert answer.body["moved_on"] == {subject: {"description": clash}}
    assert answer.body["blocked_by"] == {"models": [], "hidden": False}
    assert alice.get(subject).record["genotype"] == "WT"


def test_other_fields_changed_since_stay(alice, subject):
    event = event_of(alice.patch(subject, {"description": "second", "tags": ["a", "b"], "extra_fields": {"x": 1}}))
    alice.patch(subject, {"genotype": "WT", "tags": ["b", "c"], "extra_fields": {"x": 1, "y": 2}})
    undone(alice, event)
    record = alice.get(subject).record
    assert (record["description"], record["genotype"], record["tags"]) == ("", "WT", ["c"])
    assert record["extra_fields"] == {"y": 2}


def test_a_key_of_a_map_changed_again_is_told_alone(alice, subject):
    event = event_of(alice.patch(subject, {"extra_fields": {"x": 1, "y": 1}}))
    alice.patch(subject, {"extra_fields": {"x": 1, "y": 2}})
    answer = undo(alice, event)
    assert answer.body["moved_on"] == {subject: {"extra_fields": {"base": {"y": 1}, "theirs": {"y": 2}, "yours": {}}}}


def test_a_field_set_back_by_hand_is_no_obstacle(alice, subject):
    event = event_of(alice.patch(subject, {"description": "second", "genotype": "WT"}))
    alice.patch(subject, {"description": ""})
    undone(alice, event)
    assert alice.get(subject).record["genotype"] == ""


def test_undoing_twice_changes_nothing_the_second_time(alice, subject):
    event = event_of(alice.patch(subject, {"description": "second"}))
    undone(alice, event)
    again = undone(alice, event)
    assert (again["changed"], again["by"]) == ({}, None)


def test_an_undo_is_undone(alice, subject):
    event = event_of(alice.patch(subject, {"description": "second"}))
    first = undone(alice, event)
    after = everything(alice)
    second = undone(alice, first["by"])
    assert alice.get(subject).record["description"] == "second"
    undone(alice, second["by"])
    assert differing(after, everything(alice)) == []


def test_a_changed_record_that_is_gone_is_in_the_way(alice, lab):
    subject = f"stem/subject/{lab.add('subject')['id']}"
    event = event_of(alice.patch(subject, {"description": "second"}))
    alice.delete(subject)
    answer = undo(alice, event)
    assert answer.status == 409
    assert answer.body["moved_on"][subject]["description"]["theirs"] is None


def test_a_name_taken_since_is_refused_by_record_and_field(alice, lab):
    made = lab.add("subject")
    subject = f"stem/subject/{made['id']}"
    event = event_of(alice.patch(subject, {"name": unique("Renamed")}))
    alice.make("stem/subject", **(lab.payload("subject") | {"name": made["name"]}))
    before = everything(alice)
    answer = undo(alice, event)
    assert (answer.status, list(answer.body)) == (400, [f"{subject}.name"])
    assert everything(alice) == before


# -- additions ---------------------------------------------------------------------------------------------------------


def test_an_addition_is_undone_and_the_undo_undone(lab, alice):
    lab["project"], lab["strain"]
    before = everything(alice)
    answer = alice.post("stem/subject", lab.payload("subject") | {"tags": ["a"], "licenses": [lab["license"]]})
    before["personal_attributes/license"] = everything(alice)["personal_attributes/license"]
    after = everything(alice)
    first = undone(alice, event_of(answer))
    assert first["deleted"] == {"stem/subject": 1}
    gone = everything(alice)
    assert answer.id not in [one["id"] for one in gone["stem/subject"]]
    second = undone(alice, first["by"])
    assert second["restored"] == {"stem/subject": 1}
    assert differing(after, everything(alice)) == []
    undone(alice, second["by"])
    assert differing(gone, everything(alice)) == []


def test_an_added_record_changed_since_is_in_the_way(lab, alice):
    answer = alice.post("stem/subject", lab.payload("subject"))
    address = f"stem/subject/{answer.id}"
    alice.patch(address, {"genotype": "WT"})
    told = undo(alice, event_of(answer))
    assert told.status == 409
    assert told.body["moved_on"] == {address: {"genotype": {"base": "", "theirs": "WT", "yours": None}}}
    alice.patch(address, {"genotype": ""})
    assert undone(alice, event_of(answer))["deleted"] == {"stem/subject": 1}


REFERRING = {
    "part": ("subjectlog", "subject", "modules/subjectlog"),
    "link": ("cohort", "subjects", "stem/cohort"),
    "protected": ("breeding", "father", "stem/breeding"),
}


@pytest.mark.parametrize("case", REFERRING)
def test_what_refers_to_an_added_record_is_in_the_way(lab, alice, case):
    name, field, path = REFERRING[case]
    answer = alice.post("stem/subject", lab.payload("subject"))
    value = [answer.id] if field == "subjects" else answer.id
    user = lab.add(name, **{field: value})
    told = undo(alice, event_of(answer))
    assert told.status == 409
    (model,) = told.body["blocked_by"]["models"]
    assert (model["model"], [one["id"] for one in model["records"]]) == (path, [user["id"]])
    assert alice.get(f"stem/subject/{answer.id}").status == 200
    assert alice.delete(f"{path}/{user['id']}").status == 204
    undone(alice, event_of(answer))


def test_a_reference_to_an_added_record_is_in_the_way(lab, alice):
    answer = alice.post("stem/breeding", lab.payload("breeding"))
    pup = lab.add("subject", breeding=answer.id)
    told = undo(alice, event_of(answer))
    assert [one["id"] for one in told.body["blocked_by"]["models"][0]["records"]] == [pup["id"]]


def test_a_project_with_what_was_added_to_it_stays(lab, alice):
    answer = alice.post("stem/project", {"name": unique("Project")})
    lab.add("subject", projects=[answer.id])
    told = undo(alice, event_of(answer))
    assert told.body["blocked_by"]["models"][0]["model"] == "stem/subject"


def test_an_empty_project_is_undone_with_its_roles(lab, alice):
    before = everything(alice)
    answer = alice.post("stem/project", {"name": unique("Project")})
    first = undone(alice, event_of(answer))
    assert differing(before, everything(alice)) == []
    undone(alice, first["by"])
    assert alice.patch(f"stem/project/{answer.id}", {"description": "mine again"}).status == 200


# -- deletions ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def full(lab, alice):
    """A lab with everything hanging on everything."""
    for name in ("procedure", "procedurelog", "subjectlog", "behavior", "manipulation", "dataacquisition", "cohort",
                 "collection", "breeding", "equipment", "consumablestock"):  # fmt: skip
        lab[name]
    alice.patch(f"stem/cohort/{lab['cohort']}", {"subjects": [lab["subject"], lab["dam"]]})
    alice.patch(f"stem/collection/{lab['collection']}", {"sessions": [lab["session"]]})
    alice.patch(f"stem/session/{lab['session']}", {"datastorage": [lab["datastorage"]], "tags": ["t"]})
    lab.add("epoch", behavior=[lab["behavior"]], dataacquisition=[lab["dataacquisition"]])
    lab.add("subject", breeding=lab["breeding"])
    alice.patch(f"modules/subjectlog/{lab['subjectlog']}/add_entry", ENTRY)
    return lab


@pytest.mark.parametrize("name", ["session", "breeding", "cohort", "procedure", "subjectlog", "project"])
def test_a_deletion_is_undone_with_everything_that_went_along(full, alice, bob, name):
    path = {"procedure": "modules/procedure", "subjectlog": "modules/subjectlog"}.get(name, f"stem/{name}")
    if name == "procedure":
        alice.delete(f"modules/manipulation/{full['manipulation']}")
    before, seen = everything(alice), everything(bob)
    event = event_of(alice.delete(f"{path}/{full[name]}"))
    gone = everything(alice)
    first = undone(alice, event)
    assert first["restored"][path] == 1
    assert differing(before, everything(alice)) == []
    assert differing(seen, everything(bob)) == []
    second = undone(alice, first["by"])
    assert differing(gone, everything(alice)) == []
    undone(alice, second["by"])
    assert differing(before, everything(alice)) == []


def test_a_setup_is_deleted_and_undone_with_its_people(full, alice, bob):
    setup = full.add("setup")["id"]
    full.add("equipment", setup=setup)
    address = f"personal_attributes/setup/{setup}"
    alice.patch(address, {"users": {bob.email: {"can_change": True}}})
    before, seen = everything(alice), everything(bob)
    undone(alice, event_of(alice.delete(address)))
    assert differing(before, everything(alice)) == []
    assert differing(seen, everything(bob)) == []


def test_a_reference_set_elsewhere_since_a_deletion_is_told(full, alice):
    pup = next(one for one in alice.get("stem/subject").records if one["breeding"] == full["breeding"])
    event = event_of(alice.delete(f"stem/breeding/{full['breeding']}"))
    other = full.add("breeding")["id"]
    address = f"stem/subject/{pup['id']}"
    alice.patch(address, {"breeding": other})
    answer = undo(alice, event)
    clash = {"base": None, "theirs": other, "yours": full["breeding"]}
    assert (answer.status, answer.body["moved_on"]) == (409, {address: {"breeding": clash}})
    alice.patch(address, {"breeding": None})
    undone(alice, event)
    assert alice.get(address).record["breeding"] == full["breeding"]


def test_a_name_taken_since_a_deletion_is_refused(lab, alice):
    made = lab.add("session")
    event = event_of(alice.delete(f"stem/session/{made['id']}"))
    alice.make("stem/session", name=made["name"], projects=[lab["project"]])
    answer = undo(alice, event)
    assert (answer.status, "taken since" in answer.body["detail"]) == (409, True)


def test_leaving_a_project_is_undone(lab, alice, dana):
    # Dana may not write in the other project, so her deletion only takes the subject out of this one.
    other = alice.make("stem/project", name=unique("Project"))["id"]
    subject = lab.add("subject", projects=[lab["project"], other])["id"]
    before = everything(alice)
    event = event_of(dana.delete(f"stem/subject/{subject}"))
    assert alice.get(f"stem/subject/{subject}").record["projects"] == [other]
    undone(alice, event)
    assert differing(before, everything(alice)) == []


# -- many rows ---------------------------------------------------------------------------------------------------------


def rows(lab, number: int) -> list[dict]:
    return [lab.payload("subject") | {"tags": [f"t{at % 3}"]} for at in range(number)]


def test_a_bulk_write_is_undone_as_one(lab, alice):
    kept = [lab.add("subject")["id"] for _ in range(4)]
    before = everything(alice)
    body = {
        "create": rows(lab, 3),
        "update": [{"id": kept[0], "description": "x"}, {"id": kept[1], "tags": ["z"]}, {"id": kept[2], "sex": "F"}],
        "delete": kept[2:],
    }
    after_event = event_of(alice.post("stem/subject/bulk/", body))
    after = everything(alice)
    first = undone(alice, after_event)
    assert (first["deleted"], first["restored"]) == ({"stem/subject": 3}, {"stem/subject": 2})
    assert differing(before, everything(alice)) == []
    undone(alice, first["by"])
    assert differing(after, everything(alice)) == []


def test_one_row_in_the_way_keeps_all_others(lab, alice):
    answer = alice.post("stem/subject/bulk/", {"create": rows(lab, 5)})
    before = everything(alice)
    alice.patch(f"stem/subject/{answer.body['created'][3]}", {"genotype": "WT"})
    told = undo(alice, event_of(answer))
    assert list(told.body["moved_on"]) == [f"stem/subject/{answer.body['created'][3]}"]
    assert len(everything(alice)["stem/subject"]) == len(before["stem/subject"])


def test_the_statements_of_an_undo_do_not_depend_on_the_number_of_rows(lab, alice):
    numbers = []
    for number in (5, 60):
        event = event_of(alice.post("stem/subject/bulk/", {"create": rows(lab, number)}))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            first = undo(alice, event)
        with CaptureQueriesContext(connection) as again:
            assert undo(alice, first.headers["Brainstem-Event"]).body["undone"]["restored"] == {"stem/subject": number}
        numbers.append((len(asked), len(again)))
    assert numbers[0] == numbers[1]
    assert max(numbers[0]) < 130


def test_each_row_that_an_undo_deletes_can_be_restored_by_itself(lab, alice):
    answer = alice.post("stem/subject/bulk/", {"create": rows(lab, 3)})
    before = everything(alice)
    one, two, three = answer.body["created"]
    undone(alice, event_of(answer))
    assert alice.get("stem/subject/deleted/").body["count"] == 3
    assert alice.post(f"stem/subject/deleted/{two}/restore/").status == 200
    assert {record["id"] for record in alice.get("stem/subject/deleted/").records} == {one, three}
    for pk in (one, three):
        assert alice.post(f"stem/subject/deleted/{pk}/restore/").status == 200
    assert differing(before, everything(alice)) == []
    assert audit.findings() == []


# -- people and roles --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", ["project", "setup"])
def test_changed_roles_are_undone(lab, alice, bob, charlie, root):
    address = {"project": "stem/project", "setup": "personal_attributes/setup"}[root] + f"/{lab[root]}"
    alice.patch(address, {"users": {bob.email: {}}})
    before, seen = everything(alice), everything(bob)
    roles = {bob.email: {"is_manager": True}, charlie.email: {"can_change": True}}
    event = event_of(alice.patch(address, {"users": roles, "description": "x"}))
    undone(alice, event)
    assert differing(before, everything(alice)) == []
    assert differing(seen, everything(bob)) == []
    assert charlie.get(address).status == 404


def test_the_last_owner_stays(lab, alice, bob):
    address = f"stem/project/{lab['project']}"
    event = event_of(alice.patch(address, {"users": {bob.email: {"is_owner": True}}}))
    alice.patch(address, {"users": {alice.email: {"remove": True}}})
    answer = undo(bob, event)
    assert (answer.status, list(answer.body)) == (400, [f"{address}.users"])
    assert bob.get(address).record["users"][bob.email]["is_owner"]


def test_roles_of_people_who_are_gone_are_named(lab, alice, bob, admin):
    address = f"personal_attributes/setup/{lab['setup']}"
    alice.patch(address, {"users": {bob.email: {}}})
    event = event_of(alice.patch(address, {"users": {bob.email: {"remove": True}}}))
    assert admin.delete(f"users/user/{bob.user.pk}", portal="super").status == 204
    answer = undo(alice, event)
    assert answer.status == 400
    assert bob.email in answer.body[f"{address}.users"][0]


def test_managers_do_not_undo_what_takes_an_owner(lab, alice, bob, charlie):
    address = f"personal_attributes/setup/{lab['setup']}"
    alice.patch(address, {"users": {bob.email: {"is_manager": True}}})
    given = event_of(alice.patch(address, {"users": {charlie.email: {"is_owner": True}}}))
    plain = event_of(alice.patch(address, {"description": "x"}))
    assert undo(bob, given).status == 403
    assert undo(bob, plain).status == 200


def test_a_deleted_group_is_undone_with_what_its_members_may_do(lab, alice, dana):
    name = next(iter(alice.get(f"stem/project/{lab['project']}").record["groups"]))
    group = alice.get("users/group", f"filter{{name}}={name}").ids[0]
    before = everything(dana)
    event = event_of(alice.delete(f"users/group/{group}"))
    assert dana.get("stem/project").ids == []
    # The project lost a role because of it, which follows from the deletion.
    undone(alice, event)
    assert differing(before, everything(dana)) == []


def test_members_put_back_into_a_group_are_invited(alice, bob):
    group = join_group(unique("Group"), alice.user, bob.user)
    event = event_of(alice.patch(f"users/group/{group.pk}", {"users": {bob.email: {"remove": True}}}))
    assert undo(alice, event).status == 200
    assert bob.get("users/groupmembershipinvitation").body["count"] == 1
    assert bob.email not in alice.get(f"users/group/{group.pk}").record["users"]


def test_a_deleted_person_is_undone_in_super(lab, alice, bob, admin):
    boss = admin.through("super")
    before = everything(alice)
    event = event_of(boss.delete(f"users/user/{bob.user.pk}"))
    assert undo(boss, event).status == 200
    assert audit.findings() == []
    assert differing(before, everything(alice)) == []


# -- who may -----------------------------------------------------------------------------------------------------------


def test_those_who_may_not_write_a_record_know_no_event_of_it(lab, alice, bob, charlie, dana, subject):
    event = event_of(alice.patch(subject, {"description": "x"}))
    nothing = undo(charlie, uuid.uuid4())
    for person in (bob, charlie):
        answer = undo(person, event)
        assert (answer.status, answer.body) == (404, nothing.body)
    assert undo(dana, event).status == 200


def test_public_has_no_history(lab, alice, nobody, subject):
    event = event_of(alice.patch(subject, {"description": "x"}))
    assert undo(nobody, event).status == 404
    assert undo(Person(portal="private"), event).status == 401
    assert undo(alice, event, portal="super").status == 403


def test_administrators_undo_in_super(lab, alice, admin, subject):
    event = event_of(alice.patch(subject, {"description": "x"}))
    assert undo(admin, event).status == 404
    assert undo(admin, event, portal="super").status == 200


def test_a_read_only_token_undoes_nothing(lab, alice, subject):
    event = event_of(alice.patch(subject, {"description": "x"}))
    answer = undo(Person(alice.user, read_only=True), event)
    assert (answer.status, answer.headers["Brainstem-Error-Code"]) == (403, "read_only_token")


def test_who_may_write_only_a_part_is_told_which(lab, alice, bob):
    mine = lab.add("session")["id"]
    other = alice.make("stem/project", name=unique("Project"))["id"]
    theirs = lab.add("session", projects=[other])["id"]
    alice.patch(f"stem/project/{lab['project']}", {"users": {bob.email: {"can_change": True}}})
    body = {"update": [{"id": one, "description": "x"} for one in (mine, theirs)]}
    event = event_of(alice.post("stem/session/bulk/", body))
    answer = undo(bob, event)
    assert answer.status == 403
    assert f"stem/session/{mine}" in answer.body["detail"]
    assert theirs not in answer.text
    assert revert(bob, f"stem/session/{mine}", _events(mine)[0]).status == 200
    assert undo(alice, event).status == 200


def _events(record_id) -> list:
    return list(Change.objects.filter(record_id=record_id).order_by("id").values_list("event_id", flat=True))


def test_a_bound_token_undoes_what_is_in_its_project(lab, alice):
    event = event_of(alice.patch(f"stem/session/{lab['session']}", {"description": "x"}))
    elsewhere = alice.make("stem/project", name=unique("Project"))["id"]
    assert undo(Person(alice.user, project_id=uuid.UUID(elsewhere)), event).status == 404
    assert undo(Person(alice.user, project_id=uuid.UUID(lab["project"])), event).status == 200


@pytest.mark.parametrize("event", ["nonsense", "7", "3b07387b-e037-4498-b754-bddbcd66087c"])
def test_what_is_no_event_is_missing(alice, event):
    assert undo(alice, event).status == 404


def test_parameters_and_other_methods_are_refused(lab, alice, subject):
    event = event_of(alice.patch(subject, {"description": "x"}))
    assert alice.get(f"history/{event}/undo/").status == 405
    assert alice.options(f"history/{event}/undo/").headers["Allow"] == "POST, OPTIONS"
    assert alice.post(f"history/{event}/undo/?force=true").status == 400
    assert alice.get(subject).record["description"] == "x"


# -- what is not undone ------------------------------------------------------------------------------------------------


def test_joining_is_not_undone(lab, alice, charlie):
    address = f"stem/project/{lab['project']}"
    invitation = alice.post(f"{address}/invite/", {"email": charlie.email})
    answer = undo(alice, event_of(invitation))
    assert (answer.status, "not undone" in answer.body["detail"]) == (409, True)
    accepted = event_of(charlie.post(f"stem/projectmembershipinvitation/{invitation.id}/accept/"))
    assert undo(alice, accepted).status == 409
    assert charlie.get(address).status == 200


def test_accounts_are_not_switched_by_undoing(admin, bob):
    boss = admin.through("super")
    event = event_of(boss.post(f"users/user/{bob.user.pk}/deactivate/"))
    answer = undo(boss, event)
    assert (answer.status, "activate" in answer.body["detail"]) == (409, True)


def test_a_profile_is_undone(bob):
    event = event_of(bob.patch(f"users/user/{bob.user.pk}", {"last_name": "Brown"}))
    assert undo(bob, event).status == 200
    assert bob.get(f"users/user/{bob.user.pk}").record["last_name"] == ""


def test_an_administrators_change_of_a_catalogue_is_undone_and_leaves_a_trail(lab, admin, alice):
    boss, strain = admin.through("super"), f"taxonomies/strain/{lab['strain']}"
    event = event_of(boss.patch(strain, {"description": "x"}))
    number = boss.get("taxonomies/strainapproval").body["count"]
    assert undo(boss, event).status == 200
    assert boss.get(strain).record["description"] == ""
    assert boss.get("taxonomies/strainapproval").body["count"] == number + 1


def test_proposals_and_decisions_are_not_undone(lab, admin, alice):
    boss, strain = admin.through("super"), f"taxonomies/strain/{lab['strain']}"
    proposal = alice.patch(strain, {"description": "x"})
    assert undo(alice, event_of(proposal)).status == 409
    accepted = event_of(boss.post(f"taxonomies/strainapproval/{proposal.id}/accept/"))
    assert undo(boss, accepted).status == 409
    assert boss.get(strain).record["description"] == "x"


# -- repeats -----------------------------------------------------------------------------------------------------------


def test_a_repeated_undo_with_a_key_acts_once(lab, alice, subject):
    event = event_of(alice.patch(subject, {"description": "x"}))
    headers = {"HTTP_IDEMPOTENCY_KEY": "k1"}
    first = undo(alice, event, **headers)
    alice.patch(subject, {"description": "x"})
    second = undo(alice, event, **headers)
    assert (first.status, second.status, first.body) == (200, 200, second.body)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert alice.get(subject).record["description"] == "x"


def test_an_undo_is_one_event(lab, alice):
    event = event_of(alice.post("stem/subject/bulk/", {"create": rows(lab, 3)}))
    by = undone(alice, event)["by"]
    assert Event.objects.filter(pk=by).count() == 1
    assert set(Deletion.objects.filter(undone_at=None).values_list("event", flat=True)) == {uuid.UUID(by)}
