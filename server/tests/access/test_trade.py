"""Where servers that share things among people have broken before, and this one must not.

Each test names the kind of mistake; comments say which product met it. Here are invitations;
what outlives a membership is in :mod:`.test_trade_rights`, two requests at once are in :mod:`.test_trade_races`.
"""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from brainstem.apps.stem.models.invitation import ProjectMembershipInvitation
from brainstem.apps.users.models import GroupMembershipInvitation, Membership, User

from ..people import PASSWORD, Person, join_group, person, unique

TO_GROUP, REQUESTS = "users/groupmembershipinvitation", "users/groupmembershiprequest"
TO_PROJECT, GROUP_TO_PROJECT = "stem/projectmembershipinvitation", "stem/projectgroupmembershipinvitation"
ALL_KINDS = (TO_GROUP, REQUESTS, TO_PROJECT, GROUP_TO_PROJECT)


@pytest.fixture
def project(lab):
    """Address of Alice's project; Bob is a member, Dana a contributor through a group."""
    return f"stem/project/{lab['project']}"


@pytest.fixture
def circle(alice, bob):
    """Alice's group, of which Bob is a member, and its address."""
    group = join_group(unique("Circle"), alice.user, bob.user)
    return group, f"users/group/{group.pk}"


@pytest.fixture
def invited(alice, charlie, project):
    """Address of Charlie's invitation to the project, as a contributor."""
    return invite(alice, project, charlie, TO_PROJECT, can_change=True)


def invite(sender: Person, address: str, guest: Person, kind: str, **more) -> str:
    """Address of a new invitation of a person."""
    answer = sender.post(f"{address}/invite/", {"email": guest.email, **more})
    assert answer.status == 201, answer.body
    return f"{kind}/{answer.id}"


def asked(guest: Person, address: str) -> str:
    """Address of a new request to join a group."""
    answer = guest.post(f"{address}/join/")
    assert answer.status == 200, answer.body
    return f"{REQUESTS}/{answer.id}"


def give(owner: Person, address: str, whom: Person, **flags) -> None:
    """Change what somebody holds, at once."""
    assert owner.patch(address, {"users": {whom.email: flags}}).status == 200


# -- who invites -------------------------------------------------------------------------------------------------------


def test_members_and_contributors_invite_nobody(project, circle, alice, bob, dana, charlie):
    # Mattermost, CVE-2025-14573 and CVE-2026-6689: the right to invite was not asked for on every way in.
    for sender, address in ((bob, project), (dana, project), (bob, circle[1])):
        assert sender.post(f"{address}/invite/", {"email": charlie.email}).status == 403
        body = {"users": {charlie.email: {"message": "Come"}}}
        assert sender.patch(address, body).status == 403
    assert all(charlie.get(kind).ids == [] for kind in ALL_KINDS)
    invite(alice, project, charlie, TO_PROJECT)


def test_a_stranger_cannot_invite_to_a_project_nor_learn_that_it_is_there(project, charlie):
    answer = charlie.post(f"{project}/invite/", {"email": charlie.email})
    missing = charlie.post(f"stem/project/{uuid.uuid4()}/invite/", {"email": charlie.email})
    assert (answer.status, missing.status) == (404, 404)


@pytest.mark.parametrize("flag", ["manage_project", "own_project"])
def test_a_manager_hands_out_no_more_than_managers_may(project, alice, bob, charlie, flag):
    # Formbricks, issue 4890: managers invited owners. Foreman, CVE-2026-5136: roles were given through a group.
    give(alice, project, bob, is_manager=True)
    group = join_group(unique("G"), bob.user)
    for guest in ({"email": charlie.email}, {"user": charlie.user.pk}, {"group": group.pk}, {"group": group.name}):
        assert bob.post(f"{project}/invite/", guest | {flag: True}).status == 403
    assert alice.post(f"{project}/invite/", {"email": charlie.email, flag: True}).status == 201
    assert bob.post(f"{project}/invite/", {"group": group.pk, "can_change": True}).status == 201


@pytest.mark.parametrize("flag", ["new_manager", "new_owner"])
def test_a_manager_of_a_group_invites_plain_members_only(circle, alice, bob, charlie, flag):
    _, address = circle
    give(alice, address, bob, is_manager=True)
    assert bob.post(f"{address}/invite/", {"email": charlie.email, flag: True}).status == 403
    assert bob.patch(address, {"users": {charlie.email: {flag.replace("new_", "is_"): True}}}).status == 403
    assert bob.post(f"{address}/invite/", {"email": charlie.email}).status == 201


def test_a_manager_cannot_raise_or_lower_an_invitation_that_an_owner_sent(circle, alice, bob, charlie):
    # Capgo, pull request 3281: the level of a pending invitation was rewritten by somebody of a lower one.
    _, address = circle
    give(alice, address, bob, is_manager=True)
    sent = invite(alice, address, charlie, TO_GROUP)
    assert bob.patch(address, {"users": {charlie.email: {"is_owner": True}}}).status == 403
    assert charlie.get(sent).record["new_owner"] is False
    assert alice.patch(address, {"users": {charlie.email: {"is_manager": True}}}).status == 200
    assert bob.patch(address, {"users": {charlie.email: {}}}).status == 403
    [pending] = charlie.get(TO_GROUP).records
    assert (pending["new_manager"], pending["created_by"]) == (True, alice.user.pk)


def test_keys_that_are_not_the_senders_to_set_are_ignored(project, alice, bob, charlie):
    # ezauth, issue 131, and many before: what the body says was stored as it came.
    other = charlie.make("stem/project", name=unique("P"))
    forged = {
        "created_by": bob.user.pk, "expires_at": "2999-01-01T00:00:00Z", "project": other["id"], "project_name": "x",
        "invitee": bob.user.pk, "id": str(uuid.uuid4()), "level": 4, "is_owner": True, "is_superuser": True,
    }  # fmt: skip
    record = alice.post(f"{project}/invite/", {"email": charlie.email} | forged).record
    assert (record["created_by"], record["invitee"]) == (alice.user.pk, charlie.user.pk)
    assert (f"stem/project/{record['project']}", record["own_project"]) == (project, False)
    assert record["id"] != forged["id"]
    assert dt.datetime.fromisoformat(record["expires_at"]) < timezone.now() + dt.timedelta(days=31)


def test_accepting_takes_no_level_from_the_body(project, invited, alice, charlie):
    assert charlie.post(f"{invited}/accept/", {"own_project": True, "manage_project": True}).status == 200
    assert alice.get(project).record["users"][charlie.email] == {
        "can_change": True, "is_manager": False, "is_owner": False
    }  # fmt: skip


def test_invitations_are_answered_never_edited(invited, circle, alice, charlie, dana):
    _, group = circle
    group_invitation, request = invite(alice, group, charlie, TO_GROUP), asked(dana, group)
    for sender, address in ((alice, invited), (charlie, invited), (charlie, group_invitation), (dana, request)):
        before = sender.get(address).record
        for method in ("post", "patch", "put", "delete"):
            assert sender.request(method, address, {"own_project": True, "new_owner": True}).status == 405
        assert sender.get(address).record == before
    for kind in ALL_KINDS:
        assert alice.post(kind, {"project": invited, "invitee": charlie.user.pk}).status == 405


def test_those_named_when_a_group_is_founded_are_invited_not_members(alice, bob, charlie):
    # Mattermost, CVE-2026-6689: what is checked on a change was not checked on creation.
    users = {bob.email: {"is_owner": True}, charlie.email: {}, alice.email: {}}
    group = alice.make("users/group", name=unique("G"), users=users)
    assert list(group["users"]) == [alice.email]
    assert (bob.get(TO_GROUP).body["count"], charlie.get(TO_GROUP).body["count"]) == (1, 1)
    assert alice.get(f"users/group/{group['id']}").record["users"][alice.email]["is_owner"] is True


# -- who answers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_but_the_invited_account_accepts(project, invited, alice, bob, dana, charlie, admin, method):
    # Sentry, issue 19592, and Discourse, CVE-2022-31096: any account that came by the link could use it.
    eve = person("eve")
    for other in (bob, dana, eve, admin):
        assert other.request(method, f"{invited}/accept/").status == 404
    assert alice.request(method, f"{invited}/accept/").status == 403
    assert eve.get(project).status == 404
    assert charlie.request(method, f"{invited}/accept/").status == 200
    assert charlie.get(project).status == 200


def test_nobody_accepts_their_own_request(circle, bob, charlie, alice):
    _, group = circle
    request = asked(charlie, group)
    assert charlie.post(f"{request}/accept/").status == 403
    assert bob.post(f"{request}/accept/").status == 404
    assert alice.post(f"{request}/accept/").status == 200
    assert Membership.objects.filter(user=charlie.user, group=circle[0]).count() == 1


def test_plain_members_and_the_inviting_project_do_not_answer_for_a_group(project, alice, charlie):
    eve = person("eve")
    group = join_group(unique("G"), charlie.user, eve.user)
    answer = alice.post(f"{project}/invite/", {"group": group.pk})
    address = f"{GROUP_TO_PROJECT}/{answer.id}"
    assert eve.post(f"{address}/accept/").status == 404
    assert alice.post(f"{address}/accept/").status == 403
    assert charlie.post(f"{address}/accept/").status == 200
    assert eve.get(project).status == 200


def test_who_speaks_for_a_group_no_more_answers_for_it_no_more(project, alice, charlie):
    eve = person("eve")
    group = join_group(unique("G"), charlie.user, eve.user)
    give(charlie, f"users/group/{group.pk}", eve, is_owner=True)
    address = f"{GROUP_TO_PROJECT}/{alice.post(f'{project}/invite/', {'group': group.name}).id}"
    assert eve.get(address).status == 200
    give(charlie, f"users/group/{group.pk}", eve)
    assert (eve.get(address).status, eve.post(f"{address}/accept/").status) == (404, 404)


def test_the_host_alone_withdraws_an_invitation(invited, bob, charlie, alice):
    assert (charlie.post(f"{invited}/cancel/").status, bob.post(f"{invited}/cancel/").status) == (403, 404)
    assert alice.post(f"{invited}/cancel/").status == 200
    assert charlie.post(f"{invited}/accept/").status == 404


def test_only_administrators_answer_everything_and_only_in_super(invited, alice, admin):
    assert admin.post(f"{invited}/accept/").status == 404
    assert alice.post(f"{invited}/accept/", portal="super").status == 403
    assert admin.post(f"{invited}/reject/", portal="super").status == 200


# -- what an invitation outlives -----------------------------------------------------------------------------------------


def test_an_invitation_is_worth_what_its_sender_holds_when_it_is_accepted(project, alice, bob, charlie):
    # Capgo, pull request 3281: who invited was not asked for again when the invitation was accepted.
    give(alice, project, bob, is_manager=True)
    sent = invite(bob, project, charlie, TO_PROJECT)
    for flags in ({"can_change": True}, {"remove": True}):
        give(alice, project, bob, **flags)
        answer = charlie.post(f"{sent}/accept/")
        assert (answer.status, charlie.get(project).status) == (400, 404)
    give(alice, project, bob, is_manager=True)
    assert charlie.post(f"{sent}/accept/").status == 200


def test_a_former_owner_makes_no_owners(project, alice, bob, charlie):
    give(alice, project, bob, is_owner=True)
    sent = invite(alice, project, charlie, TO_PROJECT, own_project=True)
    give(bob, project, alice, is_manager=True)
    assert charlie.post(f"{sent}/accept/").status == 400
    assert alice.patch(project, {"users": {alice.email: {"is_owner": True}}}).status == 403
    assert alice.patch(project, {"users": {bob.email: {"remove": True}}}).status == 403


def test_an_invitation_does_not_outlive_the_account_of_its_sender(project, invited, alice, charlie):
    User.objects.filter(pk=alice.user.pk).update(is_active=False)
    assert charlie.post(f"{invited}/accept/").status == 400
    User.objects.filter(pk=alice.user.pk).update(is_active=True)
    assert charlie.post(f"{invited}/accept/").status == 200


def test_an_invitation_goes_with_what_it_was_for(project, circle, invited, alice, charlie):
    to_group, request = invite(alice, circle[1], charlie, TO_GROUP), asked(person("eve"), circle[1])
    assert (alice.delete(project).status, alice.delete(circle[1]).status) == (204, 204)
    for address in (invited, to_group, request):
        assert (charlie.get(address).status, charlie.post(f"{address}/accept/").status) == (404, 404)
    assert charlie.get(TO_PROJECT).body["count"] == 0


def test_an_ended_invitation_is_as_if_it_had_never_been(project, invited, alice, charlie):
    ended = timezone.now() - dt.timedelta(seconds=1)
    ProjectMembershipInvitation.objects.update(expires_at=ended)
    for who in (alice, charlie):
        assert (who.get(invited).status, who.get(TO_PROJECT).body["count"]) == (404, 0)
        assert {who.post(f"{invited}/{action}/").status for action in ("accept", "reject", "cancel")} == {404}
    again = invite(alice, project, charlie, TO_PROJECT)
    assert charlie.post(f"{again}/accept/").status == 200


# -- once is once ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["accept", "reject"])
def test_an_answered_invitation_is_not_answered_again(project, invited, alice, charlie, first):
    # RapidPro, issue 615: the secret of an invitation worked again after its guest had been removed.
    assert charlie.post(f"{invited}/{first}/").status == 200
    if first == "accept":
        give(alice, project, charlie, remove=True)
    for second in ("accept", "reject", "cancel"):
        assert charlie.post(f"{invited}/{second}/").status == 404
    assert charlie.get(project).status == 404


def test_asking_again_and_again_sends_one_message(circle, alice, charlie, django_capture_on_commit_callbacks):
    _, group = circle
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        statuses = [charlie.post(f"{group}/join/").status for _ in range(3)]
        statuses += [alice.post(f"{group}/invite/", {"email": charlie.email}).status for _ in range(2)]
    assert (statuses, len(mail.outbox)) == ([200, 400, 400, 400, 400], 1)
    assert mail.outbox[0].to == [alice.email]


@pytest.mark.parametrize("spelling", [str.upper, str.title, "  {}  ".format, str.swapcase])
def test_an_address_in_other_capitals_is_the_same_person(project, circle, alice, charlie, spelling):
    invite(alice, project, charlie, TO_PROJECT)
    other = spelling(charlie.email)
    assert alice.post(f"{project}/invite/", {"email": other}).status == 400
    assert alice.patch(circle[1], {"users": {other: {}}}).status == 200
    assert alice.post(f"{circle[1]}/invite/", {"email": charlie.email}).status == 400
    assert GroupMembershipInvitation.objects.get(user_account_invitation=charlie.user).authgroup == circle[0]


@pytest.mark.parametrize(
    "alike", ["mıke-k@lab.example", "mike-\u212a@lab.example", "mike-к@lab.example", "mіke-k@lab.example"]
)
def test_an_address_that_only_looks_alike_is_nobody(project, circle, alice, alike):
    # Django, CVE-2019-19844, and GitHub in 2016: letters of other scripts became ASCII when capitals were folded.
    mike = Person(User.objects.create_user(email="mike-k@lab.example"))
    for address in (project, circle[1]):
        answer = alice.post(f"{address}/invite/", {"email": alike})
        assert (answer.status, list(answer.body)) == (400, ["email"])
        answer = alice.patch(address, {"users": {alike: {}}})
        assert (answer.status, list(answer.body)) == (400, ["users"])
    assert alice.post(f"{project}/invite/", {"email": "Mike-K@Lab.Example"}).record["invitee"] == mike.user.pk


@pytest.mark.parametrize("alike", ["mıke@lab.example", "mi\u212ae@lab.example", "MİKE@lab.example"])
@pytest.mark.django_db
def test_an_address_that_only_looks_alike_signs_nobody_in(alike):
    User.objects.create_user(email="mike@lab.example", password=PASSWORD)

    def sign_in(email: str) -> int:
        return Person().post("/api/token/", {"username": email, "password": PASSWORD}).status

    assert (sign_in(alike), sign_in("MIKE@lab.example")) == (401, 200)
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(alike)


@pytest.mark.django_db
def test_an_account_is_not_kept_under_an_address_that_only_looks_alike():
    assert User.objects.create_user(email="mi\u212ae@Lab.Example").email == "mi\u212ae@lab.example"
    assert User.objects.create_user(email="\u00c9mile@lab.example").email == "\u00e9mile@lab.example"


def test_a_name_with_a_line_break_adds_no_receivers(alice, charlie, django_capture_on_commit_callbacks):
    made = alice.post("stem/project", {"name": "Rats\r\nBcc: all@lab.example"})
    if made.status == 201:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            body = {"email": charlie.email, "message": "Hello\r\nBcc: more@lab.example"}
            assert alice.post(f"stem/project/{made.id}/invite/", body).status == 201
        [message] = mail.outbox
        assert message.recipients() == [charlie.email]
        assert not {"\n", "\r"} & set(message.subject)


# -- what an invitation tells ------------------------------------------------------------------------------------------


def test_an_invitation_tells_nobody_but_its_two_sides(invited, circle, alice, bob, charlie, dana, nobody):
    # Mattermost, CVE-2026-2463: ids of invitations were told to everyone.
    to_group = invite(alice, circle[1], charlie, TO_GROUP)
    for other in (bob, dana, person("eve")):
        assert (other.get(invited).status, other.get(to_group).status) == (404, 404)
        for query in (
            f"filter{{invitee}}={charlie.user.pk}",
            f"filter{{invitee.email}}={charlie.email}",
            "search=x",
            "",
        ):
            answer = other.get(TO_PROJECT, query)
            assert charlie.email not in answer.text
            assert answer.status == 400 or (answer.ids, answer.body["count"]) == ([], 0)
    assert {nobody.get(kind).status for kind in ALL_KINDS} == {404}
    assert nobody.get(invited).status == 404
    assert Person().get(invited).status == 401


def test_the_invited_learn_the_name_of_a_project_and_nothing_else(project, invited, lab, alice, charlie):
    assert alice.patch(project, {"description": "secret-plan"}).status == 200
    lab.add("session")
    record = charlie.get(invited).record
    assert (record["project"], record["project_name"]) == (lab["project"], alice.get(project).record["name"])
    assert (charlie.get(project).status, charlie.get("stem/session").body["count"]) == (404, 0)
    assert charlie.get(invited, "include[]=project.*").record["project"] is None
    for query in ("filter{project.description.icontains}=secret", "filter{project.sessions.name.icontains}=Session"):
        assert charlie.get(TO_PROJECT, query).ids == []
        assert len(alice.get(TO_PROJECT, query).ids) == 1
    assert "secret-plan" not in charlie.get(TO_PROJECT, "include[]=project.*&include[]=project.sessions.*").text


def test_an_invitation_gives_nothing_before_it_is_accepted(project, invited, lab, charlie):
    session = lab.add("session")
    address = f"stem/session/{session['id']}"
    assert charlie.get(address).status == 404
    assert charlie.patch(address, {"description": "x"}).status == 404
    assert charlie.post("stem/session", {"name": "S", "projects": [lab["project"]]}).status == 400
    assert charlie.post(f"{project}/invite/", {"email": charlie.email}).status == 404
    assert charlie.post(f"{invited}/accept/").status == 200
    assert charlie.patch(address, {"description": "x"}).status == 200


def test_accepting_never_lowers_what_somebody_holds(project, invited, circle, alice, bob, charlie):
    give(alice, project, charlie, is_owner=True)
    assert charlie.post(f"{invited}/accept/").status == 200
    assert alice.get(project).record["users"][charlie.email]["is_owner"] is True


# -- looking is not acting ---------------------------------------------------------------------------------------------


def browser_of(who: Person) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(who.user)
    return client


def test_a_link_that_abrowser_of_follows_answers_nothing(project, invited, circle, charlie, bob):
    browser, member = browser_of(charlie), browser_of(bob)
    for action in ("accept", "reject", "cancel"):
        assert browser.get(f"/api/private/{invited}/{action}/").status_code == 405
    assert browser.get(f"/api/private/{circle[1]}/join/").status_code == 405
    assert member.get(f"/api/private/{circle[1]}/leave/").status_code == 405
    assert browser.post(f"/api/private/{invited}/accept/").status_code == 403
    assert member.post(f"/api/private/{circle[1]}/leave/").status_code == 403
    assert charlie.get(invited).status == 200
    assert Membership.objects.filter(user=bob.user, group=circle[0]).exists()
    browser.cookies["csrftoken"] = "a" * 32
    sent = browser.post(f"/api/private/{invited}/accept/", headers={"X-CSRFToken": "a" * 32})
    assert (sent.status_code, charlie.get(project).status) == (200, 200)


@pytest.mark.parametrize("method", ["head", "options"])
def test_asking_what_an_address_offers_does_not_act(project, invited, circle, alice, bob, charlie, method):
    charlie.request(method, f"{invited}/accept/"), alice.request(method, f"{invited}/cancel/")
    charlie.request(method, f"{circle[1]}/join/"), bob.request(method, f"{circle[1]}/leave/")
    assert (charlie.get(invited).status, charlie.get(project).status) == (200, 404)
    assert charlie.get(REQUESTS).body["count"] == 0
    assert Membership.objects.filter(user=bob.user, group=circle[0]).exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_token_that_only_reads_or_is_of_one_project_answers_nothing(
    project, invited, circle, lab, charlie, bob, method
):
    # Gitea, CVE-2025-68941 and CVE-2026-24791: limits of a token were asked for on some addresses only.
    bound = {"project_id": uuid.UUID(lab["project"])}
    for limits in ({"read_only": True}, bound):
        guest, member = Person(charlie.user, **limits), Person(bob.user, **limits)
        for action in ("accept", "reject"):
            assert guest.request(method, f"{invited}/{action}/").status in (403, 404)
        assert guest.request(method, f"{circle[1]}/join/").status == 403
        assert member.request(method, f"{circle[1]}/leave/").status == 403
    assert Person(charlie.user, read_only=True).get(invited).status == 200
    assert charlie.get(invited).status == 200
    assert Membership.objects.filter(user=bob.user, group=circle[0]).exists()
    assert charlie.request(method, f"{invited}/accept/").status == 200
