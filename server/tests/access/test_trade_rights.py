"""Where rights have outlived what they came from elsewhere: memberships, groups, publication, accounts and tokens.

Continues :mod:`.test_trade`, which is about invitations.
"""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from brainstem.apps.users import tokens
from brainstem.apps.users.models import Group, User
from brainstem.core.access import audit

from ..core.test_uploads import picture, upload
from ..people import Person, join_group, person, unique
from .test_trade import REQUESTS, TO_PROJECT, asked, browser_of, circle, give, invite, invited, project

__all__ = ["circle", "invited", "project"]  # fixtures


# -- what outlives a membership -------------------------------------------------------------------------------------------


def test_who_leaves_a_group_loses_what_came_through_it_at_once(lab, project, dana, alice):
    # Nextcloud, issue 45212: shares stayed open to who had left the group.
    lab.add("session"), lab.add("session"), lab.add("session")
    following = dana.get("stem/session", "limit=1&cursor=").body["next"]
    group = next(iter(alice.get(project).record["groups"]))
    assert dana.post(f"users/group/{Group.objects.get(name=group).pk}/leave/").status == 200
    page = dana.get(urlsplit(following).path, urlsplit(following).query)
    assert (page.ids, dana.get("stem/session").body["count"], dana.get(project).status) == ([], 0, 404)


def test_one_way_into_a_project_does_not_end_another(project, circle, alice, bob):
    assert alice.patch(project, {"groups": {circle[0].name: {"can_change": True}}}).status == 200
    give(alice, project, bob, remove=True)
    assert bob.get(project).status == 200
    give(alice, project, bob)
    assert bob.post(f"{circle[1]}/leave/").status == 200
    assert bob.get(project).status == 200
    give(alice, project, bob, remove=True)
    assert bob.get(project).status == 404


def test_a_new_group_of_an_old_name_inherits_nothing(project, alice, charlie):
    # Nextcloud, issues 26632 and 16861: the shares of a deleted group were those of the next one of its name.
    name = unique("Phoenix")
    first = join_group(name, alice.user)
    assert alice.patch(project, {"groups": {name: {"is_manager": True}}}).status == 200
    assert alice.delete(f"users/group/{first.pk}").status == 204
    second = charlie.make("users/group", name=name)
    assert second["id"] != first.pk
    assert (charlie.get(project).status, name in alice.get(project).record["groups"]) == (404, False)


def test_a_group_that_takes_the_former_name_of_another_inherits_nothing(project, alice, charlie):
    name, renamed = unique("Before"), unique("After")
    group = join_group(name, alice.user)
    assert alice.patch(project, {"groups": {name: {}}}).status == 200
    assert alice.patch(f"users/group/{group.pk}", {"name": renamed}).status == 200
    charlie.make("users/group", name=name)
    assert charlie.get(project).status == 404
    shown = alice.get(project).record["groups"]
    assert (renamed in shown, name in shown) == (True, False)


def test_a_token_of_one_project_ends_with_the_membership(lab, project, alice, bob):
    # GitLab, CVE-2023-5198: keys of who had been removed still wrote.
    give(alice, project, bob, can_change=True)
    session = lab.add("session")
    bound = Person(bob.user, project_id=uuid.UUID(lab["project"]))
    address = f"stem/session/{session['id']}"
    assert bound.patch(address, {"description": "x"}).status == 200
    give(alice, project, bob, remove=True)
    assert (bound.get(address).status, bound.patch(address, {"description": "y"}).status) == (404, 404)
    assert bound.get("stem/session").body["count"] == 0


def test_what_a_former_member_made_stays_with_the_project_not_with_them(lab, project, alice, bob):
    give(alice, project, bob, can_change=True)
    made = bob.make("stem/session", name=unique("S"), projects=[lab["project"]])
    give(alice, project, bob, remove=True)
    address = f"stem/session/{made['id']}"
    assert (bob.get(address).status, bob.delete(address).status, alice.get(address).status) == (404, 404, 200)


def test_a_row_that_moves_to_another_project_takes_all_below_it_along(lab, alice, bob, dana):
    subject, procedure = lab["subject"], lab["procedure"]
    lab.add("procedurelog")
    other = alice.make("stem/project", name=unique("Other"))
    places = (f"stem/subject/{subject}", f"modules/procedure/{procedure}")
    assert {dana.get(place).status for place in places} == {200}
    assert alice.patch(places[0], {"projects": [other["id"]]}).status == 200
    for who in (bob, dana):
        assert {who.get(place).status for place in places} == {404}
        for path in ("stem/subject", "modules/procedure", "modules/procedurelog"):
            assert who.get(path).body["count"] == 0
        shown = who.get("stem/project", "include[]=subjects.procedures.*").records
        assert [one["subjects"] for one in shown] == [[]]


def test_nobody_moves_equipment_out_of_or_into_setups_that_are_not_theirs(lab, alice, charlie):
    mine = charlie.make("personal_attributes/setup", name=unique("Setup"), setup_type=lab["setuptype"])
    camera = f"modules/equipment/{lab['equipment']}"
    setup = f"personal_attributes/setup/{lab['setup']}"
    give(alice, setup, charlie)
    assert charlie.patch(camera, {"setup": mine["id"]}).status == 403
    assert alice.patch(camera, {"setup": mine["id"]}).status in (400, 403)
    give(alice, setup, charlie, can_change=True)
    assert charlie.patch(camera, {"setup": mine["id"]}).status == 200
    assert alice.get(camera).status == 404


def test_includes_show_nothing_of_what_somebody_was_removed_from(lab, alice, bob):
    setup = f"personal_attributes/setup/{lab['setup']}"
    behavior = f"modules/behavior/{lab['behavior']}"
    give(alice, setup, bob)
    query = "include[]=setup.*&include[]=session.projects.*"
    assert bob.get(behavior, query).record["setup"]["id"] == lab["setup"]
    give(alice, setup, bob, remove=True)
    assert bob.get(behavior, query).record["setup"] is None
    name = alice.get(setup).record["name"]
    assert name not in bob.get("stem/session", "include[]=behaviors.setup.*").text


# -- unpublishing ----------------------------------------------------------------------------------------------------------


def test_what_is_public_no_more_is_gone_with_its_pages_counts_and_people(lab, project, alice, nobody):
    lab.add("session"), lab.add("session"), lab.add("session")
    assert alice.patch(project, {"is_public": True}).status == 200
    page = nobody.get("stem/session", "limit=1&cursor=").body
    assert (page["count"], nobody.get(f"{project}/sessions/").body["count"]) == (3, 3)
    assert alice.user.pk in nobody.get("users/user").ids
    assert alice.patch(project, {"is_public": False}).status == 200
    following = urlsplit(page["next"])
    after = nobody.get(following.path, following.query)
    assert (after.ids, after.body["count"]) == ([], 0)
    assert (nobody.get(project).status, nobody.get(f"{project}/sessions/").status) == (404, 404)
    assert nobody.get("stem/session").body["count"] == 0
    assert alice.user.pk not in nobody.get("users/user").ids


def test_the_address_of_a_file_dies_with_the_right_to_see_it(lab, project, alice, bob, nobody):
    address = f"modules/dataacquisition/{lab['dataacquisition']}"
    form = encode_multipart(BOUNDARY, {"image": upload("a.png", picture())})
    assert alice.request("patch", address, form, content_type=MULTIPART_CONTENT).status == 200
    assert alice.patch(project, {"is_public": True}).status == 200
    public, private = (urlsplit(who.get(address).record["image"]).path for who in (nobody, bob))
    assert (nobody.get(public).status, bob.get(private).status) == (200, 200)
    assert "no-store" in nobody.get(public).headers["Cache-Control"]
    assert alice.patch(project, {"is_public": False}).status == 200
    give(alice, project, bob, remove=True)
    assert (nobody.get(public).status, bob.get(private).status) == (404, 404)
    assert alice.get(private).status == 200


# -- accounts and tokens --------------------------------------------------------------------------------------------------


def test_the_last_owner_neither_leaves_nor_steps_down(circle, project, alice, bob):
    # Probo, issue 1071, and VyManager, pull request 522: removing was guarded, stepping down was not.
    for method in ("get", "post"):
        assert alice.request(method, f"{circle[1]}/leave/").status == 400
    for address in (circle[1], project):
        for flags in ({}, {"is_manager": True}, {"remove": True}):
            answer = alice.patch(address, {"users": {alice.email: flags}})
            assert (answer.status, list(answer.body)) == (400, ["users"])
    give(alice, circle[1], bob, is_owner=True)
    assert alice.post(f"{circle[1]}/leave/").status == 200


def test_a_group_that_alone_owns_something_is_not_deleted(circle, project, alice):
    # GitLab, issue 375676: what was owned through one member alone was left to nobody.
    assert alice.patch(project, {"groups": {circle[0].name: {"is_owner": True}}}).status == 200
    assert alice.patch(project, {"users": {alice.email: {"remove": True}}}).status == 200
    assert alice.delete(circle[1]).status == 400
    give(alice, project, alice, is_owner=True)
    assert alice.delete(circle[1]).status == 204
    assert audit.findings() == []


def test_the_number_of_a_deleted_account_is_never_given_again(project, alice, admin):
    # Wallos, pull request 1192, and tracim, issue 4016: SQLite gives the highest number again.
    eve = person("eve")
    give(alice, project, eve, can_change=True)
    assert eve.get(project).status == 200
    assert admin.delete(f"users/user/{eve.user.pk}", portal="super").status == 204
    assert eve.get(project).status == 401
    mallory = person("mallory")
    assert mallory.user.pk > eve.user.pk
    assert mallory.get(project).status == 404
    group = join_group(unique("G"), alice.user)
    number = group.pk
    assert alice.delete(f"users/group/{number}").status == 204
    assert alice.make("users/group", name=unique("G"))["id"] > number


def test_a_new_account_with_the_address_of_a_deleted_one_inherits_nothing(project, circle, alice, admin):
    eve = person("eve")
    sent = invite(alice, project, eve, TO_PROJECT)
    give(alice, project, eve)
    asked(eve, circle[1])
    assert admin.delete(f"users/user/{eve.user.pk}", portal="super").status == 204
    again = Person(User.objects.create_user(email=eve.email))
    assert (again.get(sent).status, again.get(project).status, again.get(REQUESTS).ids) == (404, 404, [])
    assert eve.email not in alice.get(circle[1]).record["users"]
    assert alice.get(TO_PROJECT).ids == []


def test_a_closed_account_opens_nothing_with_what_it_still_has(project, invited, charlie, bob):
    pair = tokens.create_pair(charlie.user)
    browser = browser_of(charlie)
    User.objects.filter(pk=charlie.user.pk).update(is_active=False)
    assert (charlie.get(invited).status, charlie.post(f"{invited}/accept/").status) == (401, 401)
    assert Person().post("/api/auth/token/refresh/", {"refresh": pair.refresh.raw}).status == 401
    assert browser.get(f"/api/private/{invited}/").status_code == 401


def test_a_person_lists_and_ends_their_own_tokens_only(alice, bob, admin):
    # Harbor, CVE-2022-31667: the id of another's robot account was enough to change it.
    theirs = tokens.create_personal(bob.user, name="Bob's")
    for other in (alice, admin):
        assert other.delete(f"/api/auth/tokens/{theirs.token.pk}/").status == 404
        assert theirs.token.pk not in other.get("/api/auth/tokens/").ids
    assert tokens.authenticate(theirs.raw)
    assert bob.delete(f"/api/auth/tokens/{theirs.token.pk}/").status == 204
    assert tokens.authenticate(theirs.raw) is None


def test_a_revoked_token_does_not_finish_what_it_began(lab, alice):
    lab.add("session"), lab.add("session")
    issued = tokens.create_personal(alice.user, name="walk")
    walker = Person()
    walker.token = issued.raw
    following = urlsplit(walker.get("stem/session", "limit=1&cursor=").body["next"])
    assert alice.delete(f"/api/auth/tokens/{issued.token.pk}/").status == 204
    assert walker.get(following.path, following.query).status == 401
    assert walker.get("stem/session").status == 401


def test_a_limited_token_makes_no_wider_one(lab, alice, bob):
    for limits in ({"read_only": True}, {"project_id": uuid.UUID(lab["project"])}):
        limited = Person(alice.user, **limits)
        assert limited.post("/api/auth/tokens/", {"name": "wider"}).status == 403
        own = tokens.create_personal(alice.user, name="x").token.pk
        assert limited.delete(f"/api/auth/tokens/{own}/").status == 403


def test_a_decision_on_a_proposal_is_not_taken_twice(lab, alice, admin):
    made = alice.post("taxonomies/strain", lab.payload("strain"))
    address = f"taxonomies/strainapproval/{made.id}"
    assert admin.post(f"{address}/reject/", {"comment": "No."}).status == 200
    for action in ("accept", "reject", "request_revision"):
        assert admin.post(f"{address}/{action}/", {"comment": "Yes."}).status == 409
    assert alice.get(address).record["status"] == "Rejected"
