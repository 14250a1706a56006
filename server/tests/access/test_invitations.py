"""Invitations and requests: who makes them, who sees them, who answers, what follows."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client
from django.utils import timezone

from brainstem.apps.users.models import Group, Membership
from brainstem.core.model.trees import Role
from brainstem.core.models import Change
from brainstem.core.sharing import inviting

from ..people import PASSWORD, Person, join_group, person, unique

GROUP_INVITATION = "users/groupmembershipinvitation"
REQUEST = "users/groupmembershiprequest"
INVITATION = "stem/projectmembershipinvitation"
GROUP_TO_PROJECT = "stem/projectgroupmembershipinvitation"
MODELS = {
    GROUP_INVITATION: "users.GroupMembershipInvitation",
    REQUEST: "users.GroupMembershipRequest",
    INVITATION: "stem.ProjectMembershipInvitation",
    GROUP_TO_PROJECT: "stem.ProjectGroupMembershipInvitation",
}


@pytest.fixture
def erin(db):
    """Manages the group, once ``group`` is asked for."""
    return person("erin")


@pytest.fixture
def group(alice, bob, erin):
    """Alice's group: Erin manages it, Bob is a member."""
    made = join_group(unique("Group"), alice.user, bob.user)
    Membership.objects.create(group=made, user=erin.user, level=Role.MANAGER)
    return made


@pytest.fixture
def offers(lab, group, alice, charlie, dana):
    """One open offer of each kind: Charlie is invited twice and Dana asks; Dana's group is invited to the project."""
    guests = join_group(unique("Guests"), dana.user, person("frank").user)
    host = alice.make("stem/project", name=unique("Host"))
    return {
        GROUP_INVITATION: alice.make(f"users/group/{group.pk}/invite", email=charlie.email),
        REQUEST: _requested(dana, group),
        INVITATION: alice.make(f"stem/project/{host['id']}/invite", email=charlie.email, can_change=True),
        GROUP_TO_PROJECT: alice.make(f"stem/project/{host['id']}/invite", group=guests.name),
    }


def _requested(who: Person, group) -> dict:
    answer = who.post(f"users/group/{group.pk}/join", {"message": "Please."})
    assert answer.status == 200, answer.body
    return answer.record


def members(group) -> dict[str, str]:
    rows = Membership.objects.filter(group=group).values_list("user__email", "level")
    return {email.partition("-")[0]: Role(level).name.lower() for email, level in rows}


def expire(path: str, record: dict) -> None:
    past = timezone.now() - dt.timedelta(seconds=1)
    assert apps.get_model(MODELS[path])._default_manager.filter(pk=record["id"]).update(expires_at=past) == 1


# -- by changing a group -----------------------------------------------------------------------------------------------


def test_naming_a_stranger_in_a_group_invites_and_does_not_admit(group, alice, charlie):
    answer = alice.patch(f"users/group/{group.pk}", {"users": {charlie.email.upper(): {"is_manager": True}}})
    assert answer.status == 200
    assert charlie.email not in answer.record["users"]
    found = charlie.get(GROUP_INVITATION).records
    assert [(one["authgroup"], one["new_manager"], one["new_owner"]) for one in found] == [(group.pk, True, False)]
    assert found[0]["user_account_invitation"] == charlie.user.pk


def test_flags_of_members_change_at_once_and_remove_removes(group, alice, bob, erin):
    users = {bob.email: {"is_manager": True}, erin.email: {"remove": True}}
    answer = alice.patch(f"users/group/{group.pk}", {"users": users})
    assert answer.record["users"][bob.email] == {"is_manager": True, "is_owner": False}
    assert members(group) == {"alice": "owner", "bob": "manager"}


def test_a_new_group_has_its_creator_and_invites_the_others(alice, charlie):
    made = alice.make("users/group", name=unique("G"), users={charlie.email: {}, alice.email: {}})
    assert list(made["users"]) == [alice.email]
    assert charlie.get(GROUP_INVITATION).records[0]["authgroup"] == made["id"]


def test_removing_an_invited_person_withdraws_the_invitation(group, alice, charlie):
    path = f"users/group/{group.pk}"
    assert alice.patch(path, {"users": {charlie.email: {}}}).status == 200
    assert alice.patch(path, {"users": {charlie.email: {"remove": True}}}).status == 200
    assert charlie.get(GROUP_INVITATION).records == []


def test_naming_an_invited_person_again_changes_the_level_and_nothing_else(group, alice, charlie):
    path = f"users/group/{group.pk}"
    alice.patch(path, {"users": {charlie.email: {}}})
    first = charlie.get(GROUP_INVITATION).records
    alice.patch(path, {"users": {charlie.email: {}}})
    assert charlie.get(GROUP_INVITATION).records == first
    alice.patch(path, {"users": {charlie.email: {"is_owner": True}}})
    (now,) = charlie.get(GROUP_INVITATION).records
    assert (now["new_owner"], now["id"] != first[0]["id"]) == (True, True)


@pytest.mark.parametrize(
    ("flags", "status"), [({}, 200), ({"is_manager": True}, 403), ({"is_owner": True}, 403), ({"remove": True}, 200)]
)
def test_a_manager_of_a_group_hands_out_no_more_than_they_hold(group, erin, charlie, flags, status):
    assert erin.patch(f"users/group/{group.pk}", {"users": {charlie.email: flags}}).status == status
    if "remove" not in flags:
        body = {"email": charlie.email} | {key.replace("is_", "new_"): value for key, value in flags.items()}
        again = erin.post(f"users/group/{group.pk}/invite", body)
        assert again.status == (400 if status == 200 else 403)


def test_a_manager_does_not_replace_the_invitation_of_an_owner(group, alice, erin, charlie):
    alice.patch(f"users/group/{group.pk}", {"users": {charlie.email: {"is_owner": True}}})
    for flags in ({}, {"remove": True}):
        assert erin.patch(f"users/group/{group.pk}", {"users": {charlie.email: flags}}).status == 403
    assert charlie.get(GROUP_INVITATION).records[0]["new_owner"] is True


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_members_and_strangers_invite_nobody_to_a_group(group, request, dana, who):
    caller = request.getfixturevalue(who)
    assert caller.patch(f"users/group/{group.pk}", {"users": {dana.email: {}}}).status == 403
    assert caller.post(f"users/group/{group.pk}/invite", {"email": dana.email}).status == 403
    assert dana.get(GROUP_INVITATION).records == []


# -- by the action -----------------------------------------------------------------------------------------------------


def test_an_invitation_to_a_project_opens_it_when_it_is_accepted(lab, alice, charlie):
    path = f"stem/project/{lab['project']}"
    answer = alice.post(f"{path}/invite", {"email": charlie.email, "can_change": True, "message": "Come."})
    assert answer.status == 201
    assert answer.headers["Location"].endswith(f"/api/private/{INVITATION}/{answer.id}/")
    assert charlie.get(path).status == 404
    (seen,) = charlie.get(INVITATION).records
    named = (seen["project"], seen["project_name"], seen["message"], seen["invitee"])
    assert named == (lab["project"], lab.made["project"]["name"], "Come.", charlie.user.pk)
    assert charlie.get(f"{INVITATION}/{answer.id}/accept").record == seen
    assert charlie.get(path).record["users"][charlie.email] == {
        "can_change": True, "is_manager": False, "is_owner": False,
    }  # fmt: skip
    assert charlie.patch(f"stem/session/{lab['session']}", {"name": "Mine too"}).status == 200
    assert charlie.get(f"{INVITATION}/{answer.id}").status == 404


@pytest.mark.parametrize("by", ["id", "name"])
def test_a_group_that_accepts_brings_all_its_members_along(lab, alice, charlie, erin, by):
    guests = join_group(unique("Guests"), charlie.user, erin.user)
    named = guests.pk if by == "id" else guests.name
    offer = alice.make(f"stem/project/{lab['project']}/invite", group=named)
    assert erin.get(f"stem/session/{lab['session']}").status == 404
    assert charlie.post(f"{GROUP_TO_PROJECT}/{offer['id']}/accept").status == 200
    assert erin.get(f"stem/session/{lab['session']}").status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "nobody@nowhere.example"}, "email"),
        ({"email": 7}, "email"),
        ({"user": 2**40}, "user"),
        ({"user": "1"}, "user"),
        ({"email": "a@b.example", "user": 1}, "email"),
        ({"group": "No such group"}, "group"),
        ({"group": "a\x00b"}, "group"),
        ({"user": True}, "user"),
    ],
)
def test_an_invitation_that_names_nobody_is_refused_at_the_field(lab, alice, body, field):
    answer = alice.post(f"stem/project/{lab['project']}/invite", body)
    assert (answer.status, list(answer.body)) == (400, [field])


def test_wrong_flags_and_messages_are_refused_at_the_field(lab, alice, charlie):
    path = f"stem/project/{lab['project']}/invite"
    for extra, field in (
        ({"own_project": "yes"}, "own_project"),
        ({"message": "x" * 2001}, "message"),
        ({"message": {"a": 1}}, "message"),
        ({"message": "a\x00b"}, "message"),
    ):
        answer = alice.post(path, {"email": charlie.email} | extra)
        assert (answer.status, list(answer.body)) == (400, [field])


def test_who_holds_as_much_already_or_is_invited_is_not_invited_again(lab, group, alice, bob, charlie, dana):
    path = f"stem/project/{lab['project']}/invite"
    assert alice.post(path, {"email": bob.email}).status == 400
    assert alice.post(path, {"email": bob.email, "can_change": True}).status == 201
    assert alice.post(path, {"email": bob.email, "can_change": True}).status == 400
    group_path = f"users/group/{group.pk}/invite"
    assert alice.post(group_path, {"email": bob.email, "new_owner": True}).status == 400
    _requested(dana, group)
    asked = alice.post(group_path, {"email": dana.email})
    assert (asked.status, "asked to join" in asked.text) == (400, True)
    assert alice.patch(f"users/group/{group.pk}", {"users": {dana.email: {}}}).status == 400


def test_a_closed_account_is_not_invited(lab, group, alice, charlie):
    charlie.user.is_active = False
    charlie.user.save()
    assert alice.post(f"stem/project/{lab['project']}/invite", {"email": charlie.email}).status == 400
    assert alice.post(f"users/group/{group.pk}/invite", {"user": charlie.user.pk}).status == 400
    assert alice.patch(f"users/group/{group.pk}", {"users": {charlie.email: {}}}).status == 400


@pytest.mark.parametrize(
    ("level", "flags", "status"),
    [
        ("member", {}, 403),
        ("can_change", {}, 403),
        ("is_manager", {}, 201),
        ("is_manager", {"can_change": True}, 201),
        ("is_manager", {"manage_project": True}, 403),
        ("is_manager", {"own_project": True}, 403),
        ("is_owner", {"manage_project": True}, 201),
        ("is_owner", {"own_project": True}, 201),
    ],
)
def test_who_invites_to_a_project_needs_the_role_for_it(lab, alice, bob, charlie, level, flags, status):
    alice.patch(f"stem/project/{lab['project']}", {"users": {bob.email: {level: True}}})
    answer = bob.post(f"stem/project/{lab['project']}/invite", {"email": charlie.email} | flags)
    assert answer.status == status


def test_strangers_do_not_learn_of_a_project_by_inviting_to_it(lab, charlie, dana):
    assert charlie.post(f"stem/project/{lab['project']}/invite", {"email": dana.email}).status == 404


# -- joining and leaving -----------------------------------------------------------------------------------------------


def test_a_request_that_is_accepted_makes_a_member(group, erin, charlie):
    asked = _requested(charlie, group)
    assert (asked["authgroup"], asked["user_account_request"], asked["message"]) == (
        group.pk,
        charlie.user.pk,
        "Please.",
    )
    assert "charlie" not in members(group)
    assert erin.get(f"{REQUEST}/{asked['id']}/accept/").status == 200
    assert members(group)["charlie"] == "member"


def test_one_asks_once_and_not_as_a_member_nor_when_invited(group, alice, bob, charlie, dana):
    join = f"users/group/{group.pk}/join"
    assert bob.get(join).status == 400
    assert charlie.get(join).status == 200
    assert charlie.get(join).status == 400
    alice.make(f"users/group/{group.pk}/invite", email=dana.email)
    assert dana.get(join).status == 400
    assert charlie.get("users/group/2147483000/join").status == 404


def test_leaving_ends_what_came_through_the_group(lab, alice, dana):
    (name,) = alice.get(f"stem/project/{lab['project']}").record["groups"]
    (group,) = alice.get("users/group", f"filter{{name}}={name}").records
    assert dana.get(f"stem/session/{lab['session']}").status == 200
    left = dana.get(f"users/group/{group['id']}/leave")
    assert (left.status, dana.email in left.record["users"]) == (200, False)
    assert dana.get(f"stem/session/{lab['session']}").status == 404
    assert dana.get(f"users/group/{group['id']}/leave").status == 400


def test_the_last_owner_of_a_group_stays_until_there_is_another(group, alice, bob):
    path = f"users/group/{group.pk}"
    assert alice.post(f"{path}/leave").status == 400
    assert alice.patch(path, {"users": {alice.email: {"remove": True}}}).status == 400
    assert alice.patch(path, {"users": {alice.email: {"is_manager": True}}}).status == 400
    assert alice.patch(path, {"users": {bob.email: {"is_owner": True}}}).status == 200
    assert alice.post(f"{path}/leave").status == 200
    assert members(group) == {"bob": "owner", "erin": "manager"}


# -- who sees, who answers ---------------------------------------------------------------------------------------------

# The people of an offer: (guest side, host side); Bob and Frank are plain members, who speak for nobody.
SIDES = {
    GROUP_INVITATION: ({"charlie"}, {"alice", "erin"}),
    REQUEST: ({"dana"}, {"alice", "erin"}),
    INVITATION: ({"charlie"}, {"alice"}),
    GROUP_TO_PROJECT: ({"dana"}, {"alice"}),
}


@pytest.mark.parametrize("path", SIDES)
@pytest.mark.parametrize("who", ["alice", "bob", "charlie", "dana", "erin", "admin"])
def test_an_offer_is_seen_by_its_two_sides_only(offers, request, path, who):
    caller, record = request.getfixturevalue(who), offers[path]
    concerned = who in set.union(*SIDES[path])
    assert (record["id"] in caller.get(path).ids) is concerned
    assert caller.get(f"{path}/{record['id']}").status == (200 if concerned else 404)
    assert caller.get(f"users/user?filter{{email}}={caller.email}").body["count"] == 1


@pytest.mark.parametrize("path", SIDES)
@pytest.mark.parametrize("action", ["accept", "reject", "cancel"])
@pytest.mark.parametrize("who", ["alice", "bob", "charlie", "dana", "erin"])
def test_an_offer_is_answered_by_the_side_that_did_not_make_it(offers, request, path, action, who):
    caller, record = request.getfixturevalue(who), offers[path]
    guests, hosts = SIDES[path]
    makers, answerers = (guests, hosts) if path == REQUEST else (hosts, guests)
    may = makers if action == "cancel" else answerers
    status = 200 if who in may else 403 if who in guests | hosts else 404
    answer = caller.get(f"{path}/{record['id']}/{action}")
    assert answer.status == status
    assert (caller.get(f"{path}/{record['id']}").status == 404) is (status != 403)
    if status == 200:
        assert answer.record["id"] == record["id"]
        assert caller.get(f"{path}/{record['id']}/{action}").status == 404


@pytest.mark.parametrize("path", SIDES)
def test_offers_are_not_written_otherwise(offers, alice, path):
    record = offers[path]
    assert alice.post(path, record).status == 405
    for method in ("put", "patch", "delete"):
        assert getattr(alice, method)(f"{path}/{record['id']}").status == 405


@pytest.mark.parametrize("path", SIDES)
def test_nobody_and_the_public_portal_know_no_offers(offers, nobody, path):
    assert nobody.get(path).status == 404
    assert Person().get(path).status == 401


@pytest.mark.parametrize("path", SIDES)
def test_an_administrator_answers_in_the_super_portal(offers, admin, path):
    record = offers[path]
    assert admin.get(f"{path}/{record['id']}").status == 404
    assert admin.get(f"{path}/{record['id']}", portal="super").status == 200
    assert admin.post(f"{path}/{record['id']}/reject", portal="super").status == 200


def test_the_side_that_is_joined_learns_who_sees_an_offer(offers, alice, erin, charlie, bob):
    where = f"{GROUP_INVITATION}/{offers[GROUP_INVITATION]['id']}/access"
    seen = {(one["email"], one["role"]) for one in erin.get(where).body["access"]["people"]}
    assert seen == {(alice.email, "owner"), (erin.email, "manager"), (charlie.email, "member")}
    assert (charlie.get(where).status, bob.get(where).status) == (403, 404)


@pytest.mark.parametrize("path", SIDES)
def test_aliases_of_the_addresses_answer_too(offers, alice, path):
    names = {GROUP_INVITATION: "users/group_membership_invitation", REQUEST: "users/group_membership_request",
             INVITATION: "stem/project_membership_invitation",
             GROUP_TO_PROJECT: "stem/project_group_membership_invitation"}  # fmt: skip
    assert offers[path]["id"] in alice.get(names[path]).ids
    assert alice.get("auth/group").status == 200


def test_an_invitee_learns_the_project_by_id_and_name_and_no_more(offers, charlie):
    record = offers[INVITATION]
    (found,) = charlie.get(INVITATION, f"filter{{project}}={record['project']}").records
    assert found["project"] == record["project"]
    assert charlie.get(INVITATION, "include[]=project.*").records[0]["project"] is None
    assert charlie.get(INVITATION, f"filter{{project.name}}={record['project_name']}").records == []


# -- how they are answered ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SIDES)
def test_looking_never_answers(offers, alice, charlie, dana, path):
    answerer = {GROUP_INVITATION: charlie, REQUEST: alice, INVITATION: charlie, GROUP_TO_PROJECT: dana}[path]
    where = f"{path}/{offers[path]['id']}/accept/"
    for method in ("head", "options"):
        answerer.request(method, where)
    browser = Client()
    assert browser.login(email=answerer.email, password=PASSWORD)
    answer = browser.get(f"/api/private/{where}")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS")
    assert answerer.get(f"{path}/{offers[path]['id']}").status == 200
    assert browser.post(f"/api/private/{where}").status_code == 200


def test_a_browser_does_not_join_or_leave_by_looking(group, bob, charlie):
    for who, action in ((bob, "leave"), (charlie, "join")):
        browser = Client()
        assert browser.login(email=who.email, password=PASSWORD)
        assert browser.get(f"/api/private/users/group/{group.pk}/{action}/").status_code == 405
        assert browser.post(f"/api/private/users/group/{group.pk}/{action}/").status_code == 200


def test_a_page_of_another_site_answers_nothing(offers, charlie):
    browser = Client(enforce_csrf_checks=True)
    assert browser.login(email=charlie.email, password=PASSWORD)
    where = f"/api/private/{INVITATION}/{offers[INVITATION]['id']}/accept/"
    assert browser.post(where).status_code == 403
    assert charlie.get(f"{INVITATION}/{offers[INVITATION]['id']}").status == 200


@pytest.mark.parametrize("limits", [{"read_only": True}, {"project": True}])
def test_limited_tokens_make_and_answer_nothing(offers, lab, group, alice, charlie, limits):
    project = alice.make("stem/project", name=unique("P"))["id"]
    bound = {"project_id": project} if "project" in limits else limits
    invitee, owner = Person(charlie.user, **bound), Person(alice.user, **bound)
    for answer in (
        invitee.get(f"{INVITATION}/{offers[INVITATION]['id']}/accept"),
        invitee.get(f"users/group/{group.pk}/join"),
        owner.post(f"stem/project/{project}/invite", {"email": charlie.email}),
        owner.post(f"users/group/{group.pk}/invite", {"email": charlie.email}),
    ):
        assert answer.status in (403, 404)
    assert charlie.get(f"{INVITATION}/{offers[INVITATION]['id']}").status == 200


# -- what makes an offer void ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SIDES)
def test_an_expired_offer_is_gone_and_hinders_no_new_one(offers, alice, charlie, dana, admin, group, path):
    record = offers[path]
    expire(path, record)
    answerer = {GROUP_INVITATION: charlie, REQUEST: alice, INVITATION: charlie, GROUP_TO_PROJECT: dana}[path]
    assert answerer.get(f"{path}/{record['id']}").status == 404
    assert answerer.get(f"{path}/{record['id']}/accept").status == 404
    assert admin.get(path, portal="super").ids == []
    assert answerer.get(path).body["count"] == 0
    if path == REQUEST:
        assert _requested(dana, group)["id"] != record["id"]
    elif path == GROUP_INVITATION:
        assert alice.post(f"users/group/{group.pk}/invite", {"email": charlie.email}).status == 201
    else:
        guest = {"email": charlie.email} if path == INVITATION else {"group": record["invitee"]}
        assert alice.post(f"stem/project/{record['project']}/invite", guest).status == 201


def test_an_offer_lives_for_thirty_days(offers):
    for record in offers.values():
        life = dt.datetime.fromisoformat(record["expires_at"]) - dt.datetime.fromisoformat(record["created_at"])
        assert abs(life - dt.timedelta(days=30)) < dt.timedelta(seconds=5)


@pytest.mark.parametrize("loss", ["removed", "demoted", "closed"])
def test_an_invitation_ends_with_the_right_of_who_sent_it(group, alice, erin, charlie, loss):
    offer = erin.make(f"users/group/{group.pk}/invite", email=charlie.email)
    if loss == "closed":
        erin.user.is_active = False
        erin.user.save()
    else:
        flags = {"remove": True} if loss == "removed" else {}
        assert alice.patch(f"users/group/{group.pk}", {"users": {erin.email: flags}}).status == 200
    refused = charlie.get(f"{GROUP_INVITATION}/{offer['id']}/accept")
    assert (refused.status, "no longer allowed to invite" in refused.text) == (400, True)
    assert "charlie" not in members(group)
    assert charlie.get(f"{GROUP_INVITATION}/{offer['id']}/reject").status == 200


def test_an_owner_who_became_a_manager_has_invited_no_owner(lab, alice, bob, charlie):
    path = f"stem/project/{lab['project']}"
    alice.patch(path, {"users": {bob.email: {"is_owner": True}}})
    offer = bob.make(f"{path}/invite", email=charlie.email, own_project=True)
    alice.patch(path, {"users": {bob.email: {"is_manager": True}}})
    assert charlie.get(f"{INVITATION}/{offer['id']}/accept").status == 400
    alice.patch(path, {"users": {bob.email: {"is_owner": True}}})
    assert charlie.get(f"{INVITATION}/{offer['id']}/accept").status == 200


def test_accepting_never_lowers_a_role(lab, alice, charlie):
    path = f"stem/project/{lab['project']}"
    offer = alice.make(f"{path}/invite", email=charlie.email)
    alice.patch(path, {"users": {charlie.email: {"is_manager": True}}})
    assert charlie.get(f"{INVITATION}/{offer['id']}/accept").status == 200
    assert charlie.get(path).record["users"][charlie.email]["is_manager"] is True


def test_open_offers_go_with_what_they_are_about(offers, alice, charlie, dana, admin, group):
    assert alice.delete(f"stem/project/{offers[INVITATION]['project']}").status == 204
    assert alice.delete(f"users/group/{group.pk}").status == 204
    for path in SIDES:
        assert admin.get(path, portal="super").ids == []


# -- telling -----------------------------------------------------------------------------------------------------------


def test_those_who_must_act_are_told_by_mail(
    group, lab, alice, erin, charlie, dana, django_capture_on_commit_callbacks
):
    def told(step) -> set[str]:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            assert step().status in (200, 201)
        return {address for message in mail.outbox for address in message.to}

    invite = f"users/group/{group.pk}/invite"
    assert told(lambda: erin.post(invite, {"email": charlie.email, "message": "Come to us."})) == {charlie.email}
    (letter,) = mail.outbox
    assert "Come to us." in letter.body
    assert "/private/inbox/" in letter.body
    offer = charlie.get(GROUP_INVITATION).ids[0]
    assert told(lambda: charlie.get(f"{GROUP_INVITATION}/{offer}/reject")) == {erin.email}
    assert told(lambda: charlie.post(f"users/group/{group.pk}/join")) == {alice.email, erin.email}
    asked = charlie.get(REQUEST).ids[0]
    assert told(lambda: alice.get(f"{REQUEST}/{asked}/accept")) == {charlie.email}
    guests = join_group(unique("Guests"), dana.user, person("frank").user)
    project = f"stem/project/{lab['project']}/invite"
    assert told(lambda: alice.post(project, {"group": guests.pk})) == {dana.email}
    offer = dana.get(GROUP_TO_PROJECT).ids[0]
    assert told(lambda: alice.get(f"{GROUP_TO_PROJECT}/{offer}/cancel")) == {dana.email}


def test_a_subject_is_one_line_whatever_a_group_is_called(alice, charlie, django_capture_on_commit_callbacks):
    made = alice.make("users/group", name=unique("A group"))
    # No request can give it such a name any more; one that was given before, or by a command, is no header all the same.
    Group.objects.filter(pk=made["id"]).update(name="A group\nBcc: all@lab.example " + unique("x"))
    with django_capture_on_commit_callbacks(execute=True):
        assert alice.post(f"users/group/{made['id']}/invite", {"email": charlie.email}).status == 201
    assert "\n" not in mail.outbox[-1].subject
    assert mail.outbox[-1].to == [charlie.email]


def test_nobody_floods_others_with_invitations(group, alice, charlie, monkeypatch):
    monkeypatch.setattr(inviting, "MOST_A_DAY", 2)
    for _ in range(2):
        offer = alice.make(f"users/group/{group.pk}/invite", email=charlie.email)
        assert alice.get(f"{GROUP_INVITATION}/{offer['id']}/cancel").status == 200
    refused = alice.post(f"users/group/{group.pk}/invite", {"email": charlie.email})
    assert (refused.status, "Retry-After" in refused.headers) == (429, True)


def test_history_tells_what_became_of_an_offer(group, alice, charlie):
    offer = alice.make(f"users/group/{group.pk}/invite", email=charlie.email)
    charlie.get(f"{GROUP_INVITATION}/{offer['id']}/accept")
    lines = Change.objects.filter(record_id=offer["id"]).order_by("id").values_list("action", "event__actor_email")
    assert list(lines) == [("create", alice.email), ("accept", charlie.email)]
    last = Change.objects.filter(model="users.Group", record_id=str(group.pk)).order_by("id").last()
    assert (last.event.actor_email, last.after["users"][charlie.email]) == (charlie.email, "member")
