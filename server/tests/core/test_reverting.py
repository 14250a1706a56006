"""A record goes back to the state right after an event, as a new change with the usual rights and rules."""

import uuid

import pytest

from brainstem.core.access import audit
from brainstem.core.models import Change

from ..people import Person, unique
from .undoing import event_of, revert, send_picture

pytestmark = pytest.mark.django_db


def events(record_id) -> list[uuid.UUID]:
    """The events in which a record changed, oldest first."""
    return list(Change.objects.filter(record_id=record_id).order_by("id").values_list("event_id", flat=True))


def reverted(person: Person, address: str, event: object) -> dict:
    """The record as it is answered, which is how it then reads."""
    answer = revert(person, address, event)
    assert answer.status == 200, answer.body
    assert answer.body == person.get(address).body
    assert audit.findings() == []
    return answer.record


@pytest.fixture
def subject(lab):
    """Address of a subject with some history."""
    return f"stem/subject/{lab['subject']}"


def test_a_record_goes_back_to_each_of_its_states(lab, alice, subject):
    states = [alice.get(subject).record]
    for changes in (
        {"description": "two", "tags": ["a"]},
        {"tags": ["a", "b"], "extra_fields": {"x": 1}, "licenses": [lab["license"]]},
        {"licenses": [], "birth_date": "2026-01-01", "sex": "U"},
        {"extra_fields": {}, "tags": ["c"], "description": ""},
    ):
        assert alice.patch(subject, changes).status == 200
        states.append(alice.get(subject).record)
    past = events(lab["subject"])
    for number in (2, 0, 4, 1, 3):
        found = reverted(alice, subject, past[number])
        assert found | {"updated_at": ""} == states[number] | {"updated_at": ""}


def test_a_revert_is_a_change_with_an_event_of_its_own(lab, alice, subject):
    alice.patch(subject, {"description": "two"})
    answer = revert(alice, subject, events(lab["subject"])[0])
    assert str(events(lab["subject"])[-1]) == event_of(answer)
    line = Change.objects.filter(record_id=lab["subject"]).latest("id")
    assert (line.action, line.after) == ("change", {"description": ""})


def test_reverting_to_the_present_state_changes_nothing(lab, alice, subject):
    answer = revert(alice, subject, events(lab["subject"])[-1])
    assert answer.status == 200
    assert "Brainstem-Event" not in answer.headers
    assert len(events(lab["subject"])) == 1


def test_a_picture_comes_back_and_goes(lab, alice):
    address = f"personal_attributes/setup/{lab['setup']}"
    send_picture(alice, address, "red")
    red = alice.get(f"{address}/image").text
    send_picture(alice, address, "blue")
    first, second, _ = events(lab["setup"])
    reverted(alice, address, second)
    assert alice.get(f"{address}/image").text == red
    assert reverted(alice, address, first)["image"] is None


def test_a_picture_whose_file_is_gone_is_named(lab, alice):
    from brainstem.apps.personal_attributes.models.setup import Setup

    address = f"personal_attributes/setup/{lab['setup']}"
    send_picture(alice, address, "red")
    stored = Setup.objects.get(pk=lab["setup"]).image
    send_picture(alice, address, "blue")
    stored.storage.delete(stored.name)
    answer = revert(alice, address, events(lab["setup"])[1])
    assert (answer.status, list(answer.body)) == (400, ["image"])


def test_entries_of_a_log_come_back(lab, alice):
    log = f"modules/subjectlog/{lab['subjectlog']}"
    times = [f"2026-01-0{day}T10:00:00.5Z" for day in (3, 1, 2)]
    states = [alice.get(log).record["entries"]]
    for time in times:
        alice.patch(f"{log}/add_entry", {"date_time": time, "details": {"weight": 30}})
        states.append(alice.get(log).record["entries"])
    alice.patch(f"{log}/change_entry", {"date_time": times[0], "notes": "n"})
    alice.patch(f"{log}/remove_entry", {"date_time": times[1]})
    past = events(lab["subjectlog"])
    for number in (3, 1, 2, 0):
        assert reverted(alice, log, past[number])["entries"] == states[number]


def test_roles_come_back(lab, alice, bob, charlie):
    address = f"personal_attributes/setup/{lab['setup']}"
    alice.patch(address, {"users": {bob.email: {"can_change": True}}})
    before = alice.get(address).record["users"]
    alice.patch(address, {"users": {bob.email: {"remove": True}, charlie.email: {"is_owner": True}}})
    assert reverted(alice, address, events(lab["setup"])[1])["users"] == before
    assert (bob.get(address).status, charlie.get(address).status) == (200, 404)


def test_the_last_owner_stays(lab, alice, bob):
    address = f"personal_attributes/setup/{lab['setup']}"
    alice.patch(address, {"users": {bob.email: {"is_owner": True}}})
    alice.patch(address, {"users": {alice.email: {"remove": True}, bob.email: {"is_owner": True}}})
    assert revert(bob, address, events(lab["setup"])[0]).status == 200
    assert (bob.get(address).status, alice.get(address).status) == (404, 200)


def test_people_who_are_gone_are_named(lab, alice, bob, admin):
    address = f"personal_attributes/setup/{lab['setup']}"
    alice.patch(address, {"users": {bob.email: {}}})
    alice.patch(address, {"users": {bob.email: {"remove": True}}})
    assert admin.delete(f"users/user/{bob.user.pk}", portal="super").status == 204
    answer = revert(alice, address, events(lab["setup"])[1])
    assert (answer.status, bob.email in answer.body["users"][0]) == (400, True)


# -- what is no longer valid -------------------------------------------------------------------------------------------


def test_a_reference_that_is_gone_is_named(lab, alice, subject):
    gone = lab.add("license")["id"]
    alice.patch(subject, {"licenses": [gone]})
    alice.patch(subject, {"licenses": [], "description": "x"})
    alice.delete(f"personal_attributes/license/{gone}")
    answer = revert(alice, subject, events(lab["subject"])[1])
    assert (answer.status, gone in answer.body["licenses"][0]) == (400, True)
    assert alice.get(subject).record["description"] == "x"


def test_a_name_that_is_taken_is_named(lab, alice):
    made = lab.add("session")
    address = f"stem/session/{made['id']}"
    alice.patch(address, {"name": unique("Session")})
    alice.make("stem/session", name=made["name"], projects=[lab["project"]])
    answer = revert(alice, address, events(made["id"])[0])
    assert (answer.status, list(answer.body)) == (400, ["name"])


def test_a_rule_between_records_holds(lab, alice, subject):
    alice.patch(subject, {"birth_date": "2026-02-01"})
    alice.patch(subject, {"birth_date": "2026-01-01"})
    lab.add("procedure", date_time="2026-01-10T00:00:00Z")
    answer = revert(alice, subject, events(lab["subject"])[1])
    assert (answer.status, list(answer.body)) == (400, ["birth_date"])


# -- which event -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [{}, {"to": None}, {"to": "yesterday"}, {"to": 7}, {"to": ["a"]}])
def test_a_body_without_an_event_says_what_is_missing(alice, subject, body):
    answer = alice.post(f"{subject}/revert/", body)
    assert (answer.status, list(answer.body)) == (400, ["to"])


def test_an_event_in_which_the_record_did_not_change_is_refused_as_one_that_is_none(lab, alice, charlie, subject):
    other = events(lab["dam"])[0]
    theirs = event_of(charlie.post("stem/project", {"name": unique("Project")}))
    words = set()
    for event in (other, theirs, uuid.uuid4()):
        answer = revert(alice, subject, event)
        assert answer.status == 400
        words.add(answer.body["to"][0].replace(str(event), "EVENT"))
    assert len(words) == 1


def test_an_event_that_deleted_the_record_is_refused(lab, alice):
    session = lab.add("session")["id"]
    gone = event_of(alice.delete(f"stem/session/{session}"))
    alice.post(f"stem/session/deleted/{session}/restore/")
    answer = revert(alice, f"stem/session/{session}", gone)
    assert (answer.status, "deleted" in answer.body["to"][0]) == (400, True)
    assert revert(alice, f"stem/session/{session}", events(session)[-1]).status == 200


# -- who may -----------------------------------------------------------------------------------------------------------


def test_who_may_change_a_record_reverts_it(lab, alice, bob, charlie, dana, nobody, subject):
    alice.patch(subject, {"description": "x"})
    first = events(lab["subject"])[0]
    assert revert(bob, subject, first).status == 403
    assert revert(charlie, subject, first).status == 404
    assert revert(nobody, subject, first).status == 404
    assert revert(Person(alice.user, read_only=True), subject, first).status == 403
    assert alice.get(subject).record["description"] == "x"
    assert revert(dana, subject, first).status == 200


def test_who_may_not_change_a_record_learns_nothing_of_its_events(lab, alice, bob, subject):
    told = {revert(bob, subject, one).text for one in (events(lab["subject"])[0], uuid.uuid4())}
    assert len(told) == 1


def test_administrators_revert_in_super(lab, alice, admin, subject):
    alice.patch(subject, {"description": "x"})
    first = events(lab["subject"])[0]
    assert revert(admin, subject, first).status == 404
    assert revert(admin, subject, first, portal="super").status == 200


def test_reverting_the_entry_of_a_catalogue_is_proposed(lab, alice, admin):
    strain = f"taxonomies/strain/{lab['strain']}"
    assert admin.patch(strain, {"description": "x"}, portal="super").status == 200
    first = events(lab["strain"])[0]
    answer = revert(alice, strain, first)
    assert (answer.status, "strain_approval" in answer.body) == (200, True)
    assert alice.get(strain).record["description"] == "x"
    assert revert(admin, strain, first, portal="super").record["description"] == ""


def test_hidden_links_stay_and_an_event_of_hidden_links_is_none(lab, alice, charlie, subject):
    """Charlie shares the subject with his own project, of which Alice knows nothing."""
    alice.patch(f"stem/project/{lab['project']}", {"users": {charlie.email: {"can_change": True}}})
    hidden = charlie.make("stem/project", name=unique("Hidden"))["id"]
    alice.patch(subject, {"description": "two"})
    quiet = event_of(charlie.patch(subject, {"projects": [lab["project"], hidden]}))
    alice.patch(subject, {"description": "three"})
    assert revert(alice, subject, quiet).status == 400
    reverted(alice, subject, events(lab["subject"])[0])
    assert set(charlie.get(subject).record["projects"]) == {lab["project"], hidden}
    charlie.patch(subject, {"projects": [lab["project"]]})
    alice.patch(subject, {"description": "four"})
    # Once hidden, always hidden: it is not added again either.
    reverted(alice, subject, events(lab["subject"])[3])
    assert charlie.get(subject).record["projects"] == [lab["project"]]


def test_there_is_no_revert_of_what_cannot_be_changed(lab, alice, charlie):
    invitation = alice.post(f"stem/project/{lab['project']}/invite/", {"email": charlie.email})
    answer = revert(charlie, f"stem/projectmembershipinvitation/{invitation.id}", event_of(invitation))
    assert (answer.status, "no 'revert'" in answer.body["detail"]) == (404, True)


def test_other_methods_are_refused(alice, subject):
    assert alice.get(f"{subject}/revert/").status == 405
    assert alice.patch(f"{subject}/revert/", {}).status == 405


def test_a_repeated_revert_with_a_key_acts_once(lab, alice, subject):
    alice.patch(subject, {"description": "x"})
    first = events(lab["subject"])[0]
    one = revert(alice, subject, first, HTTP_IDEMPOTENCY_KEY="k")
    alice.patch(subject, {"description": "y"})
    two = revert(alice, subject, first, HTTP_IDEMPOTENCY_KEY="k")
    assert (one.body, two.headers["Idempotency-Replayed"]) == (two.body, "true")
    assert alice.get(subject).record["description"] == "y"
