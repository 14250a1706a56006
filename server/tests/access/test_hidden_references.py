"""What a record refers to and its writer does not see: it stays, it is not told of, and no rule gives it away."""

from __future__ import annotations

import pytest

from brainstem.core.access import roles
from brainstem.core.model.trees import Role

from ..people import join_group, unique


@pytest.fixture
def secret(lab, alice, charlie):
    """Charlie's project, of which Alice knows nothing; he contributes to hers."""
    change = {"users": {charlie.email: {"can_change": True}}}
    assert alice.patch(f"stem/project/{lab['project']}", change).status == 200
    return charlie.make("stem/project", name=unique("Secret"))["id"]


def share(charlie, lab, secret, *names):
    """Put visible subjects or sessions into the hidden project too."""
    for name in names:
        kind = "subject" if name == "dam" else name
        answer = charlie.patch(f"stem/{kind}/{lab[name]}", {"projects": [lab["project"], secret]})
        assert answer.status == 200, answer.body


def test_who_guesses_a_hidden_id_is_not_told_that_it_is_right(lab, alice, charlie, secret):
    share(charlie, lab, secret, "subject")
    other = charlie.make("stem/project", name=unique("Secret"))["id"]
    address = f"stem/subject/{lab['subject']}"
    told = [alice.patch(address, {"projects": [lab["project"], one]}) for one in (secret, other)]
    assert [answer.status for answer in told] == [400, 400]
    assert told[0].text.replace(secret, "") == told[1].text.replace(other, "")
    assert alice.patch(address, {"projects": [lab["project"]]}).status == 200
    assert set(charlie.get(address).record["projects"]) == {lab["project"], secret}


def test_who_guesses_the_hidden_end_of_a_single_relation_is_not_told_either(lab, alice, charlie, secret):
    inventory = charlie.make("personal_attributes/inventory", name="Fridge")["id"]
    stocks = [
        charlie.make("modules/consumablestock", inventory=inventory, type="VirusSolution")["id"] for _ in range(2)
    ]
    address = f"modules/procedure/{lab['procedure']}"
    assert charlie.patch(address, {"consumablestock": stocks[0]}).status == 200
    assert [alice.patch(address, {"consumablestock": one}).status for one in stocks] == [400, 400]
    assert alice.patch(address, {"consumablestock": None}).status == 200
    assert charlie.get(address).record["consumablestock"] == stocks[0]


def test_hidden_projects_do_not_let_the_visible_list_be_emptied(lab, alice, charlie, secret):
    share(charlie, lab, secret, "session")
    for session in (lab["session"], lab.add("session")["id"]):
        answer = alice.patch(f"stem/session/{session}", {"projects": []})
        assert (answer.status, answer.body) == (400, {"projects": ["This list may not be empty."]})


def test_sending_back_an_order_with_hidden_places_changes_nothing(lab, alice, charlie, secret):
    mine, theirs = lab["datastorage"], charlie.make("personal_attributes/datastorage", name="NAS")["id"]
    address = f"stem/session/{lab['session']}"
    charlie.make("stem/sessiondatastorage", session=lab["session"], datastorage=theirs, order=0)
    alice.make("stem/sessiondatastorage", session=lab["session"], datastorage=mine, order=1)
    before = alice.get(address).record
    assert before["datastorage"] == [mine]
    assert alice.patch(address, {"datastorage": [mine]}).record == before
    assert alice.put(address, before).record == before
    assert alice.patch(address, {"datastorage": []}).record["datastorage"] == []
    assert charlie.get(address).record["datastorage"] == [theirs]


def test_a_hidden_breeding_does_not_keep_the_sex_of_its_parents(lab, alice, charlie, secret):
    share(charlie, lab, secret, "subject", "dam")
    payload = lab.payload("breeding") | {"project": secret}
    charlie.make("stem/breeding", **payload)
    address = f"stem/subject/{lab['dam']}"
    assert charlie.patch(address, {"sex": "U"}).status == 400
    assert alice.patch(address, {"sex": "U"}).status == 200


def test_a_visible_breeding_holds_a_subject_whatever_else_it_is_in(lab, alice, charlie, secret):
    lab.add("breeding")
    alone = alice.delete(f"stem/subject/{lab['dam']}")
    share(charlie, lab, secret, "dam")
    shared = alice.delete(f"stem/subject/{lab['dam']}")
    assert (shared.status, shared.text) == (alone.status, alone.text)
    assert shared.status == 409
    assert alice.delete(f"stem/subject/{lab.add('subject')['id']}").status == 204


def test_a_hidden_common_project_is_none(lab, alice, charlie, secret):
    """The subject and the session are both in the secret project, and in none that Alice sees."""
    quiet = alice.make("stem/project", name=unique("Quiet"))["id"]
    change = {"users": {charlie.email: {"can_change": True}}}
    assert alice.patch(f"stem/project/{quiet}", change).status == 200
    subject = lab.add("subject", projects=[quiet])["id"]
    payload = lab.payload("behavior") | {"subjects": [subject]}
    alone = alice.post("modules/behavior", payload)
    assert charlie.patch(f"stem/subject/{subject}", {"projects": [quiet, secret]}).status == 200
    share(charlie, lab, secret, "session")
    beside = alice.post("modules/behavior", payload)
    assert (beside.status, beside.text) == (alone.status, alone.text) == (400, alone.text)
    for name in ("setup", "behavioralassay"):
        roles.grant(lab[name], users={charlie.user.pk: Role.MEMBER})
    made = charlie.make("modules/behavior", **payload)  # He sees the common project,
    kept = alice.patch(f"modules/behavior/{made['id']}", {"subjects": [subject, lab["subject"]]})
    assert kept.status == 200  # and what he did stays.


def test_a_group_of_a_hidden_project_does_not_open_a_storage(lab, alice, charlie, dana, secret):
    group = join_group(unique("Group"), charlie.user, dana.user)
    roles.grant(secret, groups={group.pk: Role.MEMBER})
    roles.grant(lab["datastorage"], groups={group.pk: Role.CONTRIBUTOR})
    share(charlie, lab, secret, "session")
    address = f"stem/session/{lab['session']}"
    assert dana.patch(address, {"datastorage": [lab["datastorage"]]}).status == 200  # Dana is in the secret too.
    roles.grant(secret, groups={group.pk: None})
    assert alice.patch(address, {"datastorage": []}).status == 200
    assert dana.patch(address, {"datastorage": [lab["datastorage"]]}).status == 400


def test_a_hidden_cohort_that_a_subject_left_is_not_named(lab, alice, charlie, secret):
    share(charlie, lab, secret, "subject")
    cohort = charlie.make("stem/cohort", name="Secret cohort", project=secret, subjects=[lab["subject"]])
    assert charlie.patch(f"stem/project/{lab['project']}", {"users": {charlie.email: {"remove": True}}}).status == 200
    assert charlie.delete(f"stem/subject/{lab['subject']}").status == 204  # only out of his own project
    other = alice.make("stem/project", name=unique("Other"))["id"]
    answer = alice.patch(f"stem/subject/{lab['subject']}", {"projects": [lab["project"], other]})
    assert (answer.status, cohort["name"] in answer.text) == (200, False)
