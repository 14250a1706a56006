"""Alice owns, Bob is a member, Dana comes through a group, Charlie is a stranger: what each sees, changes and learns."""

from __future__ import annotations

import pytest

from ..people import join_group, unique


@pytest.fixture
def shared(lab, alice, charlie):
    """A subject and session both in Alice's project and in Charlie's secret one."""
    secret = charlie.make("stem/project", name=unique("Secret"), tags=["secret-tag"])
    charlie_project = charlie.patch(f"stem/project/{secret['id']}", {"users": {alice.email: {"can_change": True}}})
    assert charlie_project.status == 200
    subject = alice.make(
        "stem/subject", name=unique("Shared"), projects=[lab["project"], secret["id"]], strain=lab["strain"], sex="F"
    )
    session = alice.make("stem/session", name=unique("Shared"), projects=[lab["project"], secret["id"]])
    return {"secret": secret, "subject": subject, "session": session}


# -- what a filter may tell --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "filter{{projects.name.startswith}}=Sec",
        "filter{{projects.id}}={id}",
        "filter{{projects}}={id}",
        "filter{{projects.in}}={id}",
        "filter{{projects.tags}}=secret-tag",
        "filter{{projects.sessions.name.isnull}}=false&filter{{projects.name.startswith}}=Sec",
    ],
)
def test_a_member_cannot_learn_of_a_hidden_project_by_filtering(shared, alice, bob, query):
    asked = query.format(id=shared["secret"]["id"])
    assert shared["subject"]["id"] in alice.get("stem/subject", asked).ids
    answer = bob.get("stem/subject", asked)
    assert (answer.ids, answer.body["count"]) == ([], 0)


def test_a_hidden_project_is_left_out_of_id_lists_includes_and_links(shared, alice, bob, lab):
    address = f"stem/subject/{shared['subject']['id']}"
    assert len(alice.get(address).record["projects"]) == 2
    assert bob.get(address).record["projects"] == [lab["project"]]
    assert [p["id"] for p in bob.get(address, "include[]=projects.*").record["projects"]] == [lab["project"]]
    assert bob.get(f"{address}/projects/").ids == [lab["project"]]


def test_a_hidden_project_does_not_move_a_sort(shared, bob, lab):
    other = lab.add("subject")
    ids = bob.get("stem/subject", "sort[]=projects.name").ids
    assert ids == sorted([shared["subject"]["id"], other["id"]])


def test_a_setup_that_is_not_shared_is_null_and_cannot_be_asked_for(lab, alice, bob):
    behavior = lab.add("behavior")
    address = f"modules/behavior/{behavior['id']}"
    assert alice.get(address).record["setup"] == lab["setup"]
    assert bob.get(address).record["setup"] is None
    assert bob.get(address, "include[]=setup.*").record["setup"] is None
    assert bob.get("modules/behavior", f"filter{{setup.id}}={lab['setup']}").ids == []
    assert bob.get("modules/behavior", "filter{setup.name.icontains}=setup").ids == []
    assert bob.get("modules/behavior", "filter{setup.isnull}=true").ids == [behavior["id"]]


def test_a_public_setup_is_shown_where_it_is_used_but_not_listed(lab, alice, bob):
    behavior = lab.add("behavior")
    assert alice.patch(f"personal_attributes/setup/{lab['setup']}", {"is_public": True}).status == 200
    assert bob.get(f"modules/behavior/{behavior['id']}").record["setup"] == lab["setup"]
    assert lab["setup"] not in bob.get("personal_attributes/setup").ids


def test_the_private_portal_does_not_list_public_projects_of_others(lab, alice, charlie):
    alice.patch(f"stem/project/{lab['project']}", {"is_public": True})
    assert charlie.get(f"stem/project/{lab['project']}").status == 404
    assert charlie.get("stem/project").body["count"] == 0


# -- what a write replaces ---------------------------------------------------------------------------------------------


def test_projects_that_the_writer_cannot_see_stay(shared, alice, bob, dana, lab):
    address = f"stem/subject/{shared['subject']['id']}"
    assert dana.patch(address, {"projects": [lab["project"]], "genotype": "WT"}).status == 200
    assert set(alice.get(address).record["projects"]) == {lab["project"], shared["secret"]["id"]}


def test_null_for_a_hidden_relation_means_unchanged(lab, alice, dana):
    procedure = lab.add("procedure", consumablestock=lab["consumablestock"])
    address = f"modules/procedure/{procedure['id']}"
    assert dana.get(address).record["consumablestock"] is None
    assert dana.put(address, dana.get(address).record).status == 200
    assert alice.get(address).record["consumablestock"] == lab["consumablestock"]


def test_deleting_a_shared_row_only_takes_it_out_of_ones_own_projects(shared, alice, dana, charlie):
    address = f"stem/session/{shared['session']['id']}"
    assert dana.delete(address).status == 204
    assert dana.get(address).status == 404
    assert alice.get(address).record["projects"] == [shared["secret"]["id"]]
    assert charlie.get(address).status == 200


def test_a_project_is_added_only_by_its_contributors(lab, alice, bob, charlie):
    other = charlie.make("stem/project", name=unique("Other"))
    charlie.patch(f"stem/project/{other['id']}", {"users": {alice.email: {}}})
    session = lab.add("session")
    answer = alice.patch(f"stem/session/{session['id']}", {"projects": [lab["project"], other["id"]]})
    assert answer.status == 403
    charlie.patch(f"stem/project/{other['id']}", {"users": {alice.email: {"can_change": True}}})
    answer = alice.patch(f"stem/session/{session['id']}", {"projects": [lab["project"], other["id"]]})
    assert (answer.status, len(answer.record["projects"])) == (200, 2)


def test_children_follow_when_a_session_changes_its_projects(lab, alice, bob):
    acquisition = lab.add("dataacquisition")
    other = alice.make("stem/project", name=unique("Other"))
    assert bob.get(f"modules/dataacquisition/{acquisition['id']}").status == 200
    alice.patch(f"stem/session/{lab['session']}", {"projects": [other["id"]]})
    assert bob.get(f"modules/dataacquisition/{acquisition['id']}").status == 404
    assert bob.get("modules/dataacquisition").body["count"] == 0
    assert alice.get("modules/dataacquisition").body["count"] == 1


# -- roles ---------------------------------------------------------------------------------------------------------------


def test_roles_are_cumulative_and_missing_flags_become_false(lab, alice, bob):
    address = f"stem/project/{lab['project']}"
    answer = alice.patch(address, {"users": {bob.email: {"is_manager": True}}})
    assert answer.record["users"][bob.email] == {"can_change": True, "is_manager": True, "is_owner": False}
    answer = alice.patch(address, {"users": {bob.email: {}}})
    assert answer.record["users"][bob.email] == {"can_change": False, "is_manager": False, "is_owner": False}


def test_a_role_counts_from_the_next_request_on(lab, alice, bob):
    address = f"stem/project/{lab['project']}"
    session = lab.add("session")
    assert bob.patch(f"stem/session/{session['id']}", {"description": "x"}).status == 403
    alice.patch(address, {"users": {bob.email: {"can_change": True}}})
    assert bob.patch(f"stem/session/{session['id']}", {"description": "x"}).status == 200
    alice.patch(address, {"users": {bob.email: {"remove": True}}})
    assert bob.get(f"stem/session/{session['id']}").status == 404


def test_managers_change_members_but_neither_managers_nor_details(lab, alice, bob, charlie):
    address = f"stem/project/{lab['project']}"
    alice.patch(address, {"users": {bob.email: {"is_manager": True}}})
    assert bob.patch(address, {"users": {charlie.email: {"can_change": True}}}).status == 200
    assert bob.patch(address, {"users": {charlie.email: {"is_manager": True}}}).status == 403
    assert bob.patch(address, {"users": {alice.email: {"remove": True}}}).status == 403
    assert bob.patch(address, {"description": "mine"}).status == 403
    assert bob.patch(address, {"is_public": True}).status == 403
    assert bob.patch(address, {"users": {charlie.email: {"remove": True}}}).status == 200


def test_contributors_do_not_manage(lab, dana, bob):
    address = f"stem/project/{lab['project']}"
    assert dana.patch(address, {"users": {bob.email: {"can_change": True}}}).status == 403
    assert dana.delete(address).status == 403


def test_a_member_may_leave(lab, bob):
    address = f"stem/project/{lab['project']}"
    assert bob.patch(address, {"users": {bob.email: {"remove": True}}}).status == 200
    assert bob.get(address).status == 404


def test_the_last_owner_stays(lab, alice):
    for path in (
        f"stem/project/{lab['project']}",
        f"personal_attributes/setup/{lab['setup']}",
        f"users/group/{lab['group']}",
    ):
        for flags in ({"remove": True}, {"is_manager": True}):
            answer = alice.patch(path, {"users": {alice.email: flags}})
            assert (answer.status, list(answer.body)) == (400, ["users"]), path
        assert alice.get(path).record["users"][alice.email]["is_owner"] is True


def test_users_and_groups_in_a_new_project_are_ignored(alice, bob):
    project = alice.make("stem/project", name=unique("P"), users={bob.email: {"is_owner": True}}, groups={})
    assert list(project["users"]) == [alice.email]


def test_unknown_people_and_groups_are_named(lab, alice):
    address = f"stem/project/{lab['project']}"
    answer = alice.patch(address, {"users": {"nobody@nowhere.example": {}}})
    assert (answer.status, "nobody@nowhere.example" in answer.body["users"][0]) == (400, True)
    assert alice.patch(address, {"groups": {"No such group": {}}}).status == 400
    assert alice.patch(address, {"users": ["x"]}).status == 400


def test_authenticated_groups_of_an_attribute_contribute(alice, dana, lab):
    group = join_group(unique("G"), alice.user, dana.user)
    setup = lab.add("setup", authenticated_groups=[group.pk])
    assert setup["authenticated_groups"] == [group.pk]
    assert setup["groups"][group.name]["can_change"] is True
    address = f"personal_attributes/setup/{setup['id']}"
    assert dana.patch(address, {"location": "Room 2"}).status == 200
    assert dana.patch(address, {"is_public": True}).status == 403
    assert dana.delete(address).status == 403
    assert alice.patch(address, {"authenticated_groups": []}).status == 200
    assert dana.get(address).status == 404


def test_equipment_takes_a_contributor_of_its_setup(lab, alice, bob, charlie):
    alice.patch(
        f"personal_attributes/setup/{lab['setup']}", {"users": {bob.email: {}, charlie.email: {"can_change": True}}}
    )
    payload = lab.payload("equipment")
    assert bob.post("modules/equipment", payload).status == 403
    assert charlie.post("modules/equipment", payload).status == 201


# -- portals ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def public(lab, alice, shared):
    """Alice's project, public; Charlie's stays secret."""
    lab.add("behavior"), lab.add("procedurelog"), lab.add("epoch")
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    return shared


def test_everyone_reads_what_is_below_a_public_project(public, lab, nobody):
    for path in ("stem/project", "stem/subject", "stem/session", "modules/procedure", "modules/behavior", "stem/epoch"):
        answer = nobody.get(path)
        assert (answer.status, answer.body["count"] > 0) == (200, True), path
    assert nobody.get(f"stem/session/{lab['session']}").status == 200


def test_private_neighbours_do_not_appear_in_the_public_portal(public, lab, nobody):
    address = f"stem/subject/{public['subject']['id']}"
    assert nobody.get(address).record["projects"] == [lab["project"]]
    assert nobody.get("stem/subject", "filter{projects.name.startswith}=Sec").ids == []
    assert nobody.get(f"stem/project/{public['secret']['id']}").status == 404
    behavior = nobody.get("modules/behavior").records[0]
    assert (behavior["setup"], behavior["behavioralassay"]) == (None, None)
    assert nobody.get("personal_attributes/setup").body["count"] == 0


def test_unpublishing_is_immediate(public, lab, alice, nobody):
    alice.patch(f"stem/project/{lab['project']}", {"is_public": False})
    assert nobody.get("stem/session").body["count"] == 0
    assert nobody.get(f"stem/session/{lab['session']}").status == 404


def test_the_public_portal_names_no_addresses(public, lab, alice, nobody):
    roles = [{"user": alice.email, "role": role} for role in ("Investigator", "Data curator")]
    assert alice.patch(f"stem/project/{lab['project']}", {"user_roles": roles}).status == 200
    project = nobody.get(f"stem/project/{lab['project']}").record
    assert (project["users"], project["groups"], project["created_by"]) == ({}, {}, None)
    assert project["contributors"] == [
        {"name": "Alice", "orcid_id": "", "role": "owner", "roles": ["Investigator", "Data curator"]},
        {"name": "Dana", "orcid_id": "", "role": "contributor", "roles": []},
    ]
    people = nobody.get("users/user")
    assert all(one["email"] is None for one in people.records)
    assert nobody.get("users/user", f"filter{{email}}={alice.email}").status == 400
    assert nobody.get("stem/session", f"filter{{created_by.id}}={alice.user.pk}").status == 400
    assert alice.email not in nobody.get("stem/project", "include[]=*").text


def test_the_public_portal_shows_only_people_who_contribute_to_something_public(
    public, alice, bob, dana, charlie, nobody
):
    assert set(nobody.get("users/user").ids) == {alice.user.pk, dana.user.pk}
    assert nobody.get(f"users/user/{charlie.user.pk}").status == 404
    assert bob.get(f"users/user/{charlie.user.pk}").record["email"] == charlie.email


def test_a_bad_token_does_not_close_the_public_portal(public, alice):
    alice.token = "bst_wrong"
    assert alice.get("stem/session").status == 401
    assert alice.get("stem/session", portal="public").status == 200


def test_administrators_see_by_role_in_private_and_everything_in_super(lab, admin):
    session = lab.add("session")
    assert admin.get(f"stem/session/{session['id']}").status == 404
    assert admin.get(f"stem/session/{session['id']}", portal="super").status == 200
    assert admin.patch(f"stem/session/{session['id']}", {"description": "x"}, portal="super").status == 200


# -- tokens with limits ----------------------------------------------------------------------------------------------------


def test_a_read_only_token_reads_and_never_writes(lab, alice):
    from ..people import Person

    reader = Person(alice.user, read_only=True)
    session = lab.add("session")
    address = f"stem/session/{session['id']}"
    assert reader.get(address).status == 200
    assert reader.patch(address, {"description": "x"}).status == 403
    assert reader.put(address, session).status == 403
    assert reader.delete(address).status == 403
    assert reader.post("stem/session", lab.payload("session")).status == 403
    assert reader.get("stem/session", "writable=true").ids == []


def test_a_bound_token_sees_and_writes_one_project_only(lab, alice):
    import uuid

    from ..people import Person

    other = alice.make("stem/project", name=unique("Other"))
    elsewhere = alice.make("stem/session", name=unique("Elsewhere"), projects=[other["id"]])
    both = alice.make("stem/session", name=unique("Both"), projects=[other["id"], lab["project"]])
    bound = Person(alice.user, project_id=uuid.UUID(lab["project"]))
    assert bound.get("stem/project").ids == [lab["project"]]
    assert bound.get(f"stem/session/{elsewhere['id']}").status == 404
    assert bound.get(f"stem/session/{both['id']}").record["projects"] == [lab["project"]]
    assert bound.get("stem/session").body["count"] == 1
    assert bound.post("stem/session", lab.payload("session")).status == 201
    assert bound.post("stem/session", {"name": unique("S"), "projects": [other["id"]]}).status == 400
    assert bound.post("stem/project", {"name": unique("P")}).status == 403
    assert bound.patch(f"personal_attributes/setup/{lab['setup']}", {"location": "x"}).status == 403
    assert bound.patch(f"users/user/{alice.user.pk}", {"first_name": "x"}).status == 403
    assert bound.get("stem/project", portal="super").status == 403


def test_the_public_portal_tells_no_ids_of_people(lab, alice, bob, nobody):
    project, log = f"stem/project/{lab['project']}", f"modules/subjectlog/{lab.add('subjectlog')['id']}"
    entry = {"date_time": "2026-01-01T10:00:00Z", "details": {"weight": 30}, "performed_by": bob.email}
    assert alice.patch(f"{log}/add_entry", entry).record["entries"][0]["performed_by"] == bob.user.pk
    roles = [{"user": bob.email, "role": "Investigator"}]
    assert alice.patch(project, {"user_roles": roles, "is_public": True}).status == 200
    assert nobody.get(project).record["user_roles"] is None
    assert nobody.get(log).record["entries"] == [
        {"date_time": "2026-01-01T10:00:00Z", "notes": None, "details": {"weight": {"value": 30, "unit": "g"}}}
    ]
    assert nobody.get("stem/project", "filter{user_roles.0.user}=1").status == 400
    assert nobody.get("modules/subjectlog", "filter{entries.0.performed_by}=1").status == 400
    assert nobody.get("modules/subjectlog", "filter{entries.0.notes.isnull}=true").status == 200
