"""The page on which people and groups get roles, are invited and removed."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from brainstem.core.models import Change, GroupGrant, UserGrant

from ..lab import ATTRIBUTES, path_of
from ..people import join_group, person, unique
from .pages import BROWSER, Reader


def page_of(lab, model):
    return f"/private/{path_of(model)}/{lab[model]}/manage/"


def users_of(alice, lab, model="project"):
    return alice.get(f"{path_of(model)}/{lab[model]}").record["users"]


def level(who, value, *, was):
    return {f"level-user-{who.user.pk}": value, f"was-user-{who.user.pk}": was}


@pytest.fixture
def project(lab):
    return page_of(lab, "project")


@pytest.fixture
def group(lab, alice, dana):
    """The group through which Dana comes."""
    return GroupGrant.objects.get(object_id=lab["project"]).group


# -- the table ---------------------------------------------------------------------------------------------------------


def test_the_table_says_who_has_which_level_and_how(lab, project, alice, bob, dana, group):
    page = Reader(alice).get(project)
    assert page.status == 200
    assert alice.email in page.words
    assert bob.email in page.words
    assert f"Contributor through the group {group.name}" in page.words
    assert f'name="level-group-{group.pk}"' in page.text
    assert f'name="level-user-{dana.user.pk}"' not in page.text  # her role is the group's
    assert "Not known" not in re.sub(r"<tr>(?:(?!</tr>).)*Dana.*?</tr>", "", page.text, flags=re.DOTALL)


def test_the_page_says_what_everybody_sees(lab, project, alice):
    assert "There is nothing in this project yet" in Reader(alice).get(project).words
    assert lab["session"]
    assert lab["subject"]
    words = Reader(alice).get(project).words
    assert "everybody here sees 2 records: 1 " in words
    assert "1 session" in words
    assert "1 subject" in words


def test_each_row_says_how_much_the_person_sees(lab, project, alice, bob, group):
    assert lab["subject"]
    seen = re.findall(r'class="h-sees(?: faint)?"><span[^>]*>[^<]*</span>([^<]+)<', Reader(alice).get(project).text)
    assert seen == ["1 record"] * 4  # Alice, Bob, Dana, and the group through which she comes
    get_user_model().objects.filter(pk=bob.user.pk).update(is_active=False)
    row = re.search(
        rf'{bob.email}</small>.*?class="h-sees faint">.*?</span>([^<]+)<', Reader(alice).get(project).text, re.DOTALL
    )
    assert row[1] == "Nothing"


def test_managers_and_owners_find_the_page_from_the_record(lab, project, alice, bob):
    record = f"/private/stem/project/{lab['project']}/"
    assert project in Reader(alice).get(record).links
    assert project not in Reader(bob).get(record).links
    assert Reader(bob).get(project).status == 403


def test_who_does_not_see_the_record_finds_no_page(lab, project, charlie):
    assert Reader(charlie).get(project).status == 404
    assert Reader(charlie).post(project, _do="leave").status == 404
    assert Reader().get(project).status == 302
    assert Reader(charlie).get(page_of(lab, "subject")).status == 404


def test_records_that_hold_no_roles_have_no_such_page(lab, alice):
    assert Reader(alice).get(page_of(lab, "subject")).status == 404


# -- levels ------------------------------------------------------------------------------------------------------------


def test_a_new_level_holds_at_once_and_can_be_undone(lab, project, alice, bob):
    reader = Reader(alice)
    assert reader.post(project, **level(bob, "contributor", was="member")).status == 303
    assert users_of(alice, lab)[bob.email]["can_change"] is True
    page = reader.get(project)
    assert "Bob is a contributor now." in page.words
    undo = re.search(r'action="(/private/history/[^"]+/undo/)"', page.text)[1]
    assert reader.post(undo, confirmed="1", next=project).status == 303
    assert users_of(alice, lab)[bob.email]["can_change"] is False


def test_several_levels_are_one_change(lab, project, alice, bob, group):
    before = Change.objects.filter(record_id=lab["project"]).count()
    sent = level(bob, "manager", was="member") | {f"level-group-{group.pk}": "member"}
    sent |= {f"was-group-{group.pk}": "contributor"}
    assert Reader(alice).post(project, **sent).status == 303
    assert Change.objects.filter(record_id=lab["project"]).count() == before + 1
    record = alice.get(f"stem/project/{lab['project']}").record
    assert record["users"][bob.email]["is_manager"] is True
    assert record["groups"][group.name]["can_change"] is False


def test_nothing_changed_is_nothing_written(lab, project, alice, bob):
    before = Change.objects.count()
    assert Reader(alice).post(project, **level(bob, "member", was="member")).status == 303
    assert Change.objects.count() == before


def test_removing_somebody_ends_their_access(lab, project, alice, bob):
    reader = Reader(alice)
    sent = level(bob, "member", was="member") | {"remove": f"user-{bob.user.pk}"}
    assert reader.post(project, **sent).status == 303
    assert "Bob was removed." in reader.get(project).words
    assert bob.email not in users_of(alice, lab)
    assert Reader(bob).get(f"/private/stem/project/{lab['project']}/").status == 404


def test_managers_change_members_and_contributors_alone(lab, project, alice, bob, charlie):
    users = {bob.email: {"is_manager": True}, charlie.email: {}}
    alice.patch(f"stem/project/{lab['project']}", {"users": users})
    reader = Reader(bob)
    page = reader.get(project)
    row = re.search(rf'<select[^>]*name="level-user-{charlie.user.pk}".*?</select>', page.text, re.DOTALL)[0]
    assert "Contributor" in row
    assert "Manager" not in row
    assert reader.post(project, **level(charlie, "contributor", was="member")).status == 303
    refused = reader.post(project, **level(charlie, "owner", was="contributor"))
    assert refused.status == 403
    assert "Only owners change managers and owners." in refused.words
    assert users_of(alice, lab)[charlie.email]["is_owner"] is False


def test_the_last_owner_is_protected_before_one_tries_and_by_the_server(lab, project, alice):
    reader = Reader(alice)
    page = reader.get(project)
    assert "The last owner: make somebody else an owner first." in page.words
    assert re.search(rf'name="level-user-{alice.user.pk}"[^>]* disabled', page.text)
    refused = reader.post(project, **level(alice, "member", was="owner"))
    assert refused.status == 422
    assert "must have at least one owner" in refused.words
    assert users_of(alice, lab)[alice.email]["is_owner"] is True


def test_an_owner_may_go_once_there_is_another(lab, project, alice, bob):
    reader = Reader(alice)
    reader.post(project, **level(bob, "owner", was="member"))
    assert "The last owner" not in reader.get(project).words
    left = reader.post(project, _do="leave")
    assert (left.status, left.to) == (303, f"/private/stem/project/{lab['project']}/")  # through the group
    assert UserGrant.objects.filter(object_id=lab["project"]).count() == 1


def test_a_manager_may_leave(lab, project, alice, bob):
    alice.patch(f"stem/project/{lab['project']}", {"users": {bob.email: {"is_manager": True}}})
    reader = Reader(bob)
    assert "Leave" in reader.get(project).words
    left = reader.post(project, _do="leave")
    assert (left.status, left.to) == (303, "/private/stem/project/")
    assert bob.email not in users_of(alice, lab)


def test_what_somebody_else_changed_meanwhile_is_said(lab, project, alice, bob):
    alice.patch(f"stem/project/{lab['project']}", {"users": {bob.email: {"is_manager": True}}})
    refused = Reader(alice).post(project, **level(bob, "contributor", was="member"))
    assert refused.status == 409
    assert "Became a manager meanwhile." in refused.words
    assert users_of(alice, lab)[bob.email]["is_manager"] is True


@pytest.mark.parametrize(
    "sent",
    [
        {"level-user-{}": "king", "was-user-{}": "member"},
        {"level-user-999999": "member"},
        {"levels": "owner"},
        {"_do": "nothing_of_the_kind"},
    ],
    ids=["no level", "nobody", "no field", "no action"],
)
def test_what_the_form_does_not_have_is_refused(lab, project, alice, bob, sent):
    before = users_of(alice, lab)
    sent = {name.format(bob.user.pk): value for name, value in sent.items()}
    assert Reader(alice).post(project, **sent).status == 422
    assert users_of(alice, lab) == before


def test_a_form_from_elsewhere_changes_nothing(lab, project, alice, bob):
    client = Client(enforce_csrf_checks=True, headers={"accept": BROWSER})
    client.force_login(alice.user)
    assert client.post(project, level(bob, "owner", was="member")).status_code == 403
    assert users_of(alice, lab)[bob.email]["is_owner"] is False


@pytest.mark.parametrize("model", [*ATTRIBUTES, "group"])
def test_every_model_that_holds_roles_has_the_page(lab, alice, bob, model):
    page, reader = page_of(lab, model), Reader(alice)
    assert reader.get(page).status == 200
    assert reader.post(page, _do="invite", addresses=bob.email, level="member").status == 303
    if model == "group":
        assert bob.email not in users_of(alice, lab, model)  # asked first
        assert "Invited by Alice" in reader.get(page).words
    else:
        assert bob.email in users_of(alice, lab, model)
        assert reader.post(page, **level(bob, "manager", was="member")).status == 303
        assert users_of(alice, lab, model)[bob.email]["is_manager"] is True


# -- invitations -------------------------------------------------------------------------------------------------------


def test_several_people_are_invited_at_once(lab, project, alice, charlie):
    eve, reader = person("eve"), Reader(alice)
    text = f"{charlie.email.upper()}, {eve.email}\n{charlie.email}"
    sent = reader.post(project, _do="invite", addresses=text, level="contributor", message="Welcome.", days="7")
    assert sent.status == 303
    found = alice.get("stem/projectmembershipinvitation").records
    assert {(one["can_change"], one["manage_project"], one["message"]) for one in found} == {(True, False, "Welcome.")}
    page = reader.get(project)
    assert page.words.count("Invited by Alice · Contributor") == 2
    charlie.post(f"stem/projectmembershipinvitation/{found[0]['id']}/accept")
    eve.post(f"stem/projectmembershipinvitation/{found[0]['id']}/accept")
    assert len({charlie.email, eve.email} & set(users_of(alice, lab))) == 1


def test_wrong_addresses_stay_with_the_reason_and_the_others_are_done(lab, project, alice, bob, charlie):
    refused = Reader(alice).post(
        project, _do="invite", addresses=f"{bob.email} {charlie.email} nonsense", level="member", message="Hello"
    )
    assert refused.status == 422
    assert "is already a member of this project." in refused.words
    assert f"{charlie.email} has been invited." in refused.words
    kept = re.search(r'<textarea[^>]*name="addresses"[^>]*>([^<]*)</textarea>', refused.text)[1]
    assert kept.split() == [bob.email, "nonsense"]
    assert ">Hello</textarea>" in refused.text


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"addresses": " , "}, "Type at least one email address."),
        ({"addresses": " ".join(f"p{n}@lab.example" for n in range(51))}, "At most 50 at once."),
        ({"level": "king"}, "Choose one of the levels."),
        ({"days": "1000000"}, "Choose one of 7, 14, 30, 90 days."),
        ({"role": "owner"}, "This form has no such field."),
    ],
    ids=["none", "too many", "level", "days", "unknown"],
)
def test_a_wrong_form_invites_nobody_and_loses_nothing(lab, project, alice, charlie, sent, told):
    sent = {"_do": "invite", "addresses": charlie.email, "level": "member", "message": "Hello"} | sent
    refused = Reader(alice).post(project, **sent)
    assert refused.status == 422
    assert told in refused.words
    assert ">Hello</textarea>" in refused.text
    assert alice.get("stem/projectmembershipinvitation").records == []


def test_only_owners_invite_managers(lab, project, alice, bob, charlie):
    alice.patch(f"stem/project/{lab['project']}", {"users": {bob.email: {"is_manager": True}}})
    refused = Reader(bob).post(project, _do="invite", addresses=charlie.email, level="manager")
    assert refused.status == 422
    assert "Inviting a manager requires the role of owner." in refused.words
    assert Reader(bob).post(project, _do="invite", addresses=charlie.email, level="member").status == 303
    assert Reader(alice).post(project, _do="invite", addresses=person("eve").email, level="manager").status == 303


def test_a_group_is_invited_and_its_managers_answer(lab, project, alice, charlie):
    guests, reader = join_group(unique("Guests"), charlie.user), Reader(alice)
    assert reader.post(project, _do="invite_group", group=guests.pk, level="member").status == 303
    assert guests.name in reader.get(project).words
    offer = charlie.get("stem/projectgroupmembershipinvitation").ids[0]
    charlie.post(f"stem/projectgroupmembershipinvitation/{offer}/accept")
    assert guests.name in alice.get(f"stem/project/{lab['project']}").record["groups"]
    refused = reader.post(project, _do="invite_group", group="999999", level="member")
    assert (refused.status, "Choose a group." in refused.words) == (422, True)


def test_a_group_is_added_to_a_personal_attribute_at_once(lab, alice, charlie):
    guests, page = join_group(unique("Guests"), charlie.user), page_of(lab, "setup")
    assert Reader(alice).post(page, _do="invite_group", group=guests.pk, level="contributor").status == 303
    assert alice.get(f"{path_of('setup')}/{lab['setup']}").record["groups"][guests.name]["can_change"] is True
    again = Reader(alice).post(page, _do="invite_group", group=guests.pk, level="owner")
    assert again.status == 422
    assert "Is a contributor already." in again.words


def test_an_invitation_is_sent_again_and_withdrawn(lab, project, alice, charlie):
    reader = Reader(alice)
    reader.post(project, _do="invite", addresses=charlie.email, level="member", days="7", message="Come")
    first = alice.get("stem/projectmembershipinvitation").records[0]
    assert reader.post(project, _do="again", offer=f"projectmembershipinvitation:{first['id']}").status == 303
    [second] = alice.get("stem/projectmembershipinvitation").records
    assert (second["message"], second["expires_at"] > first["expires_at"]) == ("Come", True)
    assert reader.post(project, _do="withdraw", offer=f"projectmembershipinvitation:{second['id']}").status == 303
    assert charlie.get("stem/projectmembershipinvitation").records == []
    gone = reader.post(project, _do="withdraw", offer=f"projectmembershipinvitation:{second['id']}")
    assert gone.status == 422
    assert "answered or withdrawn meanwhile" in gone.words


def test_an_invitation_of_another_project_is_not_there(lab, project, alice, charlie):
    other = alice.make("stem/project", name=unique("Other"))
    offer = alice.post(f"stem/project/{other['id']}/invite", {"email": charlie.email}).id
    for action in ("again", "withdraw", "accept"):
        refused = Reader(alice).post(project, _do=action, offer=f"projectmembershipinvitation:{offer}")
        assert refused.status == 422
    assert charlie.get("stem/projectmembershipinvitation").ids == [offer]


def test_nobody_accepts_an_invitation_in_place_of_the_person(lab, project, alice, charlie):
    reader = Reader(alice)
    reader.post(project, _do="invite", addresses=charlie.email, level="member")
    offer = alice.get("stem/projectmembershipinvitation").ids[0]
    refused = reader.post(project, _do="accept", offer=f"projectmembershipinvitation:{offer}")
    assert refused.status == 403
    assert charlie.email not in users_of(alice, lab)


@pytest.mark.parametrize(("action", "is_in"), [("accept", True), ("reject", False)])
def test_requests_to_join_a_group_are_answered_in_place(lab, alice, charlie, action, is_in):
    page, reader = page_of(lab, "group"), Reader(alice)
    request = charlie.post(f"users/group/{lab['group']}/join").id
    assert "Asks to join" in reader.get(page).words
    assert reader.post(page, _do=action, offer=f"groupmembershiprequest:{request}").status == 303
    assert (charlie.email in users_of(alice, lab, "group")) is is_in


def test_the_number_of_queries_does_not_depend_on_the_number_of_people(lab, project, alice):
    reader, numbers = Reader(alice), []
    reader.get(project)
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(project).status == 200
        numbers.append(len(asked))
        alice.patch(f"stem/project/{lab['project']}", {"users": {person("x").email: {} for _ in range(12)}})
    assert numbers[1] <= numbers[0] < 30
