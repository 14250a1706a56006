"""Proposals to the catalogues: who makes, sees, amends and decides them, and what comes of it."""

from __future__ import annotations

import uuid

import pytest
from django.core import mail

from brainstem.apps.taxonomies.models.species import Species
from brainstem.core.models import Change

from ..lab import CATALOGUES, path_of
from ..people import Person, person, unique

PROPOSED = [name for name in CATALOGUES if name != "brainregion"]
STRAIN, APPROVAL = "taxonomies/strain", "taxonomies/strainapproval"
SUPPLIER = "resources/supplier"


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """Runs a request and gives its answer, with the messages that it sent."""

    def run(ask):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            answer = ask()
        return answer, list(mail.outbox)

    return run


@pytest.fixture
def strain(lab):
    """A strain of the catalogue, and its address."""
    record = lab.add("strain", description="Old.")
    return record, f"{STRAIN}/{record['id']}"


def proposed(author: Person, lab, **fields):
    """A pending strain, and its address."""
    answer = author.post(STRAIN, lab.payload("strain") | fields)
    assert answer.status == 201, answer.body
    return answer.record, f"{APPROVAL}/{answer.id}"


def named(reader: Person, name: str, path: str = STRAIN):
    return reader.get(path, f"filter{{name}}={name}").records


# -- proposing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROPOSED)
def test_what_is_proposed_waits_and_after_acceptance_is_in_the_catalogue(lab, alice, admin, nobody, name):
    path, payload = path_of(name), lab.payload(name)
    answer = alice.post(path, payload)
    assert answer.status == 201
    assert answer.headers["Location"].endswith(f"/api/private/{path}approval/{answer.id}/")
    waiting = answer.record
    assert {key: waiting[key] for key in payload} == payload
    assert (waiting["status"], waiting["action"], waiting["instance_id"]) == ("Pending", "Add", None)
    assert (waiting["reviewer"], waiting["created_by"]) == (None, alice.user.pk)
    for reader in (alice, admin, nobody):
        assert named(reader, payload["name"], path) == []
    accepted = admin.patch(f"{path}approval/{answer.id}/accept/")
    assert accepted.status == 200
    assert list(accepted.body) == list(answer.body)
    assert (accepted.record["status"], accepted.record["reviewer"]) == ("Accepted", admin.user.pk)
    assert accepted.record["instance_id"] is None
    [record] = named(nobody, payload["name"], path)
    assert {key: record[key] for key in payload} == payload
    assert named(alice, payload["name"], path)[0]["created_by"] == alice.user.pk


@pytest.mark.parametrize("name", PROPOSED)
def test_a_change_waits_and_after_acceptance_shows(lab, alice, admin, name):
    record = lab.add(name)
    address = f"{path_of(name)}/{record['id']}"
    answer = alice.patch(address, {"description": "New."})
    assert answer.status == 200
    assert (answer.record["action"], answer.record["instance_id"]) == ("Change", record["id"])
    assert (answer.record["description"], answer.record["name"]) == ("New.", record["name"])
    assert alice.get(address).record == record
    assert admin.post(f"{path_of(name)}approval/{answer.id}/accept/").status == 200
    after = alice.get(address).record
    assert after | {"description": record["description"], "updated_at": record["updated_at"]} == record
    assert after["description"] == "New."


def test_a_proposal_is_checked_like_a_direct_write(lab, alice, admin):
    taken = lab.add("strain")["name"]
    for payload in (
        {},
        {"name": "x" * 101, "species": str(uuid.uuid4()), "breeding": "Wild", "rrid": "none"},
        lab.payload("strain") | {"name": taken},
    ):
        refused = alice.post(STRAIN, payload)
        assert (refused.status, refused.body) == (400, admin.post(STRAIN, payload).body)
    top = lab.add("behavioralcategory")
    middle = lab.add("behavioralcategory", parent=top["id"])
    payload = {"name": unique("Deep"), "parent": middle["id"]}
    assert list(alice.post("taxonomies/behavioralcategory", payload).body) == ["parent"]
    assert alice.get(APPROVAL).body["count"] == 0


def test_a_change_is_checked_like_a_direct_write(lab, alice, strain):
    _, address = strain
    other = lab.add("strain")["name"]
    assert list(alice.patch(address, {"name": other}).body) == ["name"]
    assert list(alice.patch(address, {"breeding": "Wild", "species": None}).body) == ["species", "breeding"]
    assert alice.patch(f"{STRAIN}/{uuid.uuid4()}", {"name": "x"}).status == 404
    assert alice.get(APPROVAL).body["count"] == 0


def test_what_changes_nothing_is_not_proposed(alice, strain):
    record, address = strain
    for method in ("patch", "put"):
        answer = alice.request(method, address, record)
        assert (answer.status, list(answer.body)) == (400, ["non_field_errors"])


def test_a_replacement_is_proposed_too(alice, admin, strain):
    record, address = strain
    assert alice.put(address, {"name": record["name"]}).status == 400
    answer = alice.put(address, {"name": record["name"], "species": record["species"]})
    assert (answer.status, answer.record["description"]) == (200, "")
    assert alice.get(f"{APPROVAL}/{answer.id}/difference").body == {"description": {"from": "Old.", "to": ""}}
    assert admin.patch(f"{APPROVAL}/{answer.id}/accept").status == 200
    assert alice.get(address).record["description"] == ""


def test_links_are_proposed_too(lab, alice, admin):
    record = lab.add("behavioralparadigm", species=[lab["species"]])
    address, more = f"taxonomies/behavioralparadigm/{record['id']}", lab.add("species")["id"]
    both = sorted([lab["species"], more])
    answer = alice.patch(address, {"species": both})
    assert (sorted(answer.record["species"]), alice.get(address).record["species"]) == (both, record["species"])
    assert admin.patch(f"taxonomies/behavioralparadigmapproval/{answer.id}/accept").status == 200
    assert sorted(alice.get(address).record["species"]) == both


def test_a_token_that_only_reads_or_is_bound_to_a_project_proposes_and_decides_nothing(lab, alice, admin, strain):
    _, address = strain
    waiting, where = proposed(alice, lab)
    for limits in ({"read_only": True}, {"project_id": uuid.UUID(lab["project"])}):
        limited = Person(alice.user, **limits)
        assert limited.post(STRAIN, lab.payload("strain")).status == 403
        assert limited.patch(address, {"description": "x"}).status == 403
        assert limited.patch(where, {"description": "x"}).status == 403
        assert limited.get(where).record["id"] == waiting["id"]
    assert Person(admin.user, read_only=True).patch(f"{where}/accept").status == 403
    bound = Person(admin.user, project_id=uuid.UUID(lab["project"]))
    assert bound.patch(f"{where}/accept").status == 404
    assert alice.get(where).record["status"] == "Pending"


# -- seeing -----------------------------------------------------------------------------------------------------------


def test_nobody_but_author_and_administrators_sees_a_proposal(lab, alice, charlie, admin, nobody):
    waiting, where = proposed(alice, lab)
    assert alice.get(APPROVAL).ids == [waiting["id"]]
    assert waiting["id"] in admin.get(APPROVAL).ids
    assert admin.get(where).record == alice.get(where).record == waiting
    assert admin.get(where, portal="super").status == 200
    answer = charlie.get(APPROVAL)
    assert (answer.ids, answer.body["count"], answer.body["meta"]["total_results"]) == ([], 0, 0)
    for below in ("", "/difference", "/accept"):
        assert charlie.get(where + below).status == (405 if below == "/accept" else 404)
    assert charlie.patch(where, {"name": "x"}).status == 404
    assert charlie.get(where, portal="super").status == 403
    assert nobody.get(APPROVAL).status == nobody.get(where).status == 404
    assert nobody.get(where, portal="private").status == 401


def test_no_filter_leads_to_a_proposal_of_somebody_else(lab, alice, charlie, admin, nobody):
    waiting, _ = proposed(alice, lab)
    ways = [
        ("taxonomies/species", f"filter{{strainapprovals.name}}={waiting['name']}"),
        ("taxonomies/species", f"filter{{strainapprovals}}={waiting['id']}"),
        ("taxonomies/species", "filter{strainapprovals.isnull}=false"),
        ("users/user", "filter{reviewed_strainapprovals.status}=Pending"),
    ]
    for path, query in ways:
        assert charlie.get(path, query).ids == [], query
        assert nobody.get(path, query).ids == [], query
    for path, query in ways[:3]:
        assert alice.get(path, query).ids == admin.get(path, query).ids == [waiting["species"]], query
    assert charlie.get(f"taxonomies/species/{waiting['species']}/strainapprovals").status == 404


def test_what_can_be_amended_is_what_is_writable(lab, alice, admin):
    waiting, where = proposed(alice, lab)
    assert alice.get(APPROVAL, "writable=true").ids == [waiting["id"]]
    assert admin.get(APPROVAL, "writable=true").ids == []
    admin.patch(f"{where}/accept")
    assert alice.get(APPROVAL, "writable=true").ids == []


# -- amending ---------------------------------------------------------------------------------------------------------


def test_the_author_amends_and_nobody_else(lab, alice, bob, admin):
    waiting, where = proposed(alice, lab)
    answer = alice.patch(where, {"description": "Better."})
    assert (answer.status, answer.record["description"]) == (200, "Better.")
    assert answer.record | {"description": "", "updated_at": waiting["updated_at"]} == waiting
    assert bob.patch(where, {"description": "Bob's."}).status == 404
    assert admin.patch(where, {"description": "Admin's."}).status == 403
    assert alice.delete(where).status == alice.post(APPROVAL, {}).status == 405
    assert alice.get(where).record["description"] == "Better."


def test_an_amended_proposal_is_checked_again(lab, alice, strain):
    record, address = strain
    _, where = proposed(alice, lab)
    for wrong in ({"name": record["name"]}, {"name": ""}, {"name": None}):
        assert list(alice.patch(where, wrong).body) == ["name"]
    assert list(alice.patch(where, {"species": None}).body) == ["species"]
    assert set(alice.put(where, {"description": "x"}).body) == {"name", "species"}
    change = f"{APPROVAL}/{alice.patch(address, {'description': 'New.'}).id}"
    assert alice.patch(change, {"description": "Old."}).status == 400
    assert alice.get(change).record["description"] == "New."


def test_nobody_sets_the_state_of_a_proposal_by_writing_it(lab, alice):
    waiting, where = proposed(alice, lab)
    state = {"status": "Accepted", "reviewer": alice.user.pk, "action": "Change", "instance_id": str(uuid.uuid4())}
    for answer in (alice.patch(where, state), alice.put(where, waiting | state)):
        assert (answer.status, answer.record) == (200, waiting)
    other = alice.post(STRAIN, lab.payload("strain") | state).record
    assert (other["status"], other["reviewer"], other["instance_id"]) == ("Pending", None, None)


def test_an_amended_change_asks_for_the_old_fields_and_the_new(lab, alice, admin, strain):
    _, address = strain
    where = f"{APPROVAL}/{alice.patch(address, {'description': 'New.'}).id}"
    assert alice.patch(where, {"appearance": "Black."}).status == 200
    admin.patch(address, {"popular_name": "Blacky"})
    # A client may send back all that it got: what it did not change stays as it is in the catalogue by now.
    assert alice.patch(where, alice.get(where).record | {"appearance": "Brown."}).status == 200
    assert set(alice.get(f"{where}/difference").body) == {"description", "appearance"}
    admin.patch(f"{where}/accept")
    after = alice.get(address).record
    assert (after["description"], after["appearance"], after["popular_name"]) == ("New.", "Brown.", "Blacky")


# -- deciding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["accept", "reject", "request_revision"])
def test_only_administrators_decide(lab, alice, charlie, admin, nobody, action):
    waiting, where = proposed(alice, lab)
    body = {"comment": "See the guidelines."}
    for method in ("patch", "post"):
        assert alice.request(method, f"{where}/{action}", body).status == 403
        assert charlie.request(method, f"{where}/{action}", body).status == 404
        assert nobody.request(method, f"{where}/{action}", body, portal="private").status == 401
    assert alice.get(where).record == waiting
    assert admin.get(f"{where}/{action}").status == 405
    assert admin.put(f"{where}/{action}", body).status == 405
    answer = admin.patch(f"{where}/{action}", body)
    status = {"accept": "Accepted", "reject": "Rejected", "request_revision": "Revision requested"}[action]
    assert (answer.status, answer.record["status"], answer.record["reviewer"]) == (200, status, admin.user.pk)
    assert bool(named(alice, waiting["name"])) is (action == "accept")
    assert not named(alice, "See the guidelines.")


@pytest.mark.parametrize("portal", ["private", "super"])
@pytest.mark.parametrize("first", ["accept", "reject"])
def test_what_is_decided_is_decided(lab, alice, admin, first, portal):
    waiting, where = proposed(alice, lab)
    assert admin.post(f"{where}/{first}", portal=portal).status == 200
    for action in ("accept", "reject", "request_revision"):
        answer = admin.patch(f"{where}/{action}", {"comment": "x"}, portal=portal)
        assert (answer.status, list(answer.body)) == (409, ["detail"])
    assert alice.patch(where, {"description": "x"}).status == 409
    assert len(named(alice, waiting["name"])) == (first == "accept")


def test_one_that_was_handed_back_is_amended_and_waits_again(lab, alice, admin):
    _, where = proposed(alice, lab)
    assert list(admin.patch(f"{where}/request_revision").body) == ["comment"]
    assert admin.patch(f"{where}/request_revision", {"comment": 5}).status == 400
    assert admin.patch(f"{where}/request_revision", {"comments": "Say more."}).record["status"] == "Revision requested"
    answer = alice.patch(where, {"description": "More."})
    assert (answer.status, answer.record["status"]) == (200, "Pending")
    assert admin.patch(f"{where}/accept").status == 200


def test_an_administrator_who_lost_the_role_decides_nothing(lab, alice, admin):
    _, where = proposed(alice, lab)
    other = person("former", admin=True)
    assert other.get(where).status == 200
    other.user.is_superuser = False
    other.user.save()
    assert other.patch(f"{where}/accept").status == 404


def test_the_second_change_is_decided_against_the_record_as_it_then_is(lab, alice, bob, admin, strain):
    record, address = strain
    first = f"{APPROVAL}/{alice.patch(address, {'description': 'Alice.', 'popular_name': 'A'}).id}"
    second = f"{APPROVAL}/{bob.patch(address, {'description': 'Bob.', 'appearance': 'Grey.'}).id}"
    assert admin.get(f"{second}/difference").body["description"] == {"from": "Old.", "to": "Bob."}
    assert admin.patch(f"{first}/accept").status == 200
    assert admin.get(f"{second}/difference").body["description"] == {"from": "Alice.", "to": "Bob."}
    assert admin.get(f"{first}/difference").body["description"] == {"from": "Old.", "to": "Alice."}
    assert admin.patch(f"{second}/accept").status == 200
    after = alice.get(address).record
    # What Bob did not ask for stays as Alice wanted it.
    assert (after["description"], after["popular_name"], after["appearance"]) == ("Bob.", "A", "Grey.")
    assert after["created_by"] == record["created_by"]


def test_what_is_wrong_by_now_is_refused_and_keeps_waiting(lab, alice, bob, admin, strain):
    record, address = strain
    name = unique("Wanted")
    _, first = proposed(alice, lab, name=name)
    _, second = proposed(bob, lab, name=name)
    third = f"{APPROVAL}/{bob.patch(address, {'name': name, 'description': 'New.'}).id}"
    assert admin.patch(f"{first}/accept").status == 200
    for where in (second, third):
        answer = admin.patch(f"{where}/accept")
        assert (answer.status, list(answer.body)) == (400, ["name"])
        assert bob.get(where).record["status"] == "Pending"
    assert alice.get(address).record == record
    assert bob.patch(second, {"name": unique("Other")}).status == 200
    assert admin.patch(f"{second}/accept").status == 200


def test_a_change_of_what_is_gone_cannot_be_accepted_but_rejected(alice, admin, strain):
    _, address = strain
    where = f"{APPROVAL}/{alice.patch(address, {'description': 'New.'}).id}"
    assert admin.delete(address).status == 204
    assert admin.patch(f"{where}/accept").status == 409
    assert alice.patch(where, {"description": "Newer."}).status == 409
    assert alice.get(where).record["status"] == "Pending"
    assert alice.get(f"{where}/difference").body == {"description": {"from": "Old.", "to": "New."}}
    assert admin.patch(f"{where}/reject").status == 200


def test_the_difference_of_a_new_entry_is_what_it_says(lab, alice):
    waiting, where = proposed(alice, lab, description="New.")
    assert alice.get(f"{where}/difference/").body == {
        "name": {"from": None, "to": waiting["name"]},
        "description": {"from": None, "to": "New."},
        "species": {"from": None, "to": waiting["species"]},
        "breeding": {"from": None, "to": "Unknown"},
    }
    assert alice.post(f"{where}/difference").status == 405


# -- administrators ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("portal", ["private", "super"])
def test_administrators_write_directly_and_leave_a_trail(lab, alice, admin, portal):
    answer = admin.post(STRAIN, lab.payload("strain"), portal=portal)
    assert (answer.status, list(answer.body)) == (201, ["strain"])
    address, name = f"{STRAIN}/{answer.id}", answer.record["name"]
    assert list(admin.patch(address, {"description": "New."}, portal=portal).body) == ["strain"]
    assert admin.patch(address, {"description": "New."}, portal=portal).status == 200
    trail = named(admin, name, APPROVAL)
    assert [(row["action"], row["status"]) for row in trail] == [("Add", "Accepted"), ("Change", "Accepted")]
    assert [row["instance_id"] for row in trail] == [None, answer.id]
    assert {(row["created_by"], row["reviewer"]) for row in trail} == {(admin.user.pk, admin.user.pk)}
    difference = admin.get(f"{APPROVAL}/{trail[1]['id']}/difference").body
    assert difference == {"description": {"from": "", "to": "New."}}
    assert alice.get(APPROVAL).ids == []


def test_other_models_leave_no_trail_of_this_kind(lab, alice, admin):
    assert list(alice.patch(f"stem/session/{lab['session']}", {"description": "x"}).body) == ["session"]
    assert admin.patch(f"taxonomies/brainregion/{lab['brainregion']}", {"description": "x"}).status == 200
    assert alice.post("taxonomies/brainregion", lab.payload("brainregion")).status == 403


def test_history_tells_of_every_step(lab, alice, admin):
    waiting, where = proposed(alice, lab)
    alice.patch(where, {"description": "More."})
    admin.patch(f"{where}/request_revision", {"comment": "Even more."})
    alice.patch(where, {"description": "Enough."})
    admin.patch(f"{where}/accept", {"comment": "Thanks."})
    steps = Change.objects.filter(record_id=waiting["id"]).order_by("id")
    assert [(one.action, one.event.actor_email) for one in steps] == [
        ("create", alice.email), ("change", alice.email), ("request_revision", admin.email), ("change", alice.email),
        ("accept", admin.email),
    ]  # fmt: skip
    assert steps.last().after["review_comment"] == "Thanks."
    record = named(alice, waiting["name"])[0]
    written = Change.objects.get(record_id=record["id"])
    assert (written.action, written.event.actor_email) == ("create", admin.email)


# -- messages ---------------------------------------------------------------------------------------------------------


def test_administrators_are_told_of_a_new_proposal_in_one_message(lab, alice, admin, sent):
    other, gone = person("other", admin=True), person("gone", admin=True)
    gone.user.is_active = False
    gone.user.save()
    payload = lab.payload("strain") | {"comments": "For <the> next cohort & more."}
    answer, messages = sent(lambda: alice.post(STRAIN, payload))
    [message] = messages
    assert message.to == [admin.email, other.email]
    assert message.subject == f"{alice.email} proposed a change: strain {payload['name']}"
    assert payload["comments"] in message.body
    assert f"/private/{APPROVAL}/{answer.id}/review/" in message.body
    assert sent(lambda: alice.patch(f"{APPROVAL}/{answer.id}", {"description": "x"}))[1] == []
    assert sent(lambda: alice.post(STRAIN, {}))[1] == []


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("accept", "accepted your proposal"),
        ("reject", "rejected your proposal"),
        ("request_revision", "has asked you to revise"),
    ],
)
def test_the_author_is_told_what_became_of_it(lab, alice, admin, sent, action, words):
    # Told at once: news that waits for this test's one transaction would be gathered with what follows.
    (waiting, where), _ = sent(lambda: proposed(alice, lab))
    answer, [message] = sent(lambda: admin.patch(f"{where}/{action}", {"comment": 'Read "this" & that.'}))
    assert answer.status == 200
    assert message.to == [alice.email]
    assert waiting["name"] in message.subject
    assert words in message.body
    assert 'Read "this" & that.' in message.body
    if action == "request_revision":
        _, [again] = sent(lambda: alice.patch(where, {"description": "Better."}))
        assert again.to == [admin.email]


def test_a_refused_decision_and_an_administrators_own_write_send_nothing(lab, alice, admin, sent):
    waiting, where = proposed(alice, lab)
    admin.make(STRAIN, name=waiting["name"], species=waiting["species"])
    for ask, status in (
        (lambda: admin.patch(f"{where}/accept"), 400),
        (lambda: alice.patch(f"{where}/accept"), 403),
        (lambda: admin.post(STRAIN, lab.payload("strain")), 201),
    ):
        answer, messages = sent(ask)
        assert (answer.status, messages) == (status, [])


def test_a_name_of_several_lines_is_refused_and_makes_no_mail(lab, alice, admin, sent):
    answer, messages = sent(lambda: alice.post(SUPPLIER, {"name": "Two\nBcc: all@lab.example"}))
    assert (answer.status, list(answer.body), messages) == (400, ["name"], [])
    assert "U+000A" in answer.body["name"][0]


# -- deleting ---------------------------------------------------------------------------------------------------------


def test_what_is_used_is_not_deleted_and_the_refusal_lists_by_what(lab, alice, admin):
    species, strain = lab["species"], lab["strain"]
    lab.add("strain")
    lab.add("subject"), lab.add("subject")
    unseen = "records that you cannot see"
    for address, words, of_all in (
        (f"taxonomies/species/{species}", "2 strain", "2 strain"),
        (f"{STRAIN}/{strain}", unseen, "2 subject"),
    ):
        for portal, told in (("private", words), ("super", of_all)):
            answer = admin.delete(address, portal=portal)
            assert (answer.status, list(answer.body)) == (409, ["detail"])
            assert told in answer.body["detail"]
        assert alice.delete(address).status == 403
        assert alice.get(address).status == 200


def test_a_proposal_keeps_nothing_from_being_deleted(lab, alice, admin):
    species = lab.add("species")["id"]
    waiting, where = proposed(alice, lab, species=species)
    assert admin.delete(f"taxonomies/species/{species}").status == 204
    assert not Species.objects.filter(pk=species).exists()
    assert alice.get(where).record["species"] is None
    answer = admin.patch(f"{where}/accept")
    assert (answer.status, list(answer.body)) == (400, ["species"])
    assert alice.patch(where, {"species": lab["species"]}).status == 200
    assert admin.patch(f"{where}/accept").status == 200
    assert named(alice, waiting["name"])[0]["species"] == lab["species"]


# -- descriptions -----------------------------------------------------------------------------------------------------


def test_options_say_what_can_be_proposed_and_done(lab, alice):
    described = alice.options(APPROVAL).body
    assert described["actions"] == ["accept", "reject", "request_revision", "difference"]
    assert described["fields"]["description"]["read_only"] is False
    assert all(described["fields"][key]["read_only"] for key in ("status", "reviewer", "action", "instance_id"))
    states = [one["value"] for one in described["fields"]["status"]["choices"]]
    assert states == ["Pending", "Accepted", "Rejected", "Revision requested"]
    _, where = proposed(alice, lab)
    assert set(alice.options(where).headers["Allow"].split(", ")) == {"GET", "HEAD", "PUT", "PATCH", "OPTIONS"}
