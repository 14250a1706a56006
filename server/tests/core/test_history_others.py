"""A write that changes other records, too, tells so of each; and history tells every state that there was."""

from __future__ import annotations

from uuid import UUID

import pytest

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.history.events import one_event
from brainstem.core.history.recording import IN_PART, WHOLE
from brainstem.core.model.registry import specs
from brainstem.core.models import Change, Event
from brainstem.core.undo.restoring import undelete
from brainstem.core.write.links import add_links, set_links

from ..people import join_group, unique
from .past import last_change, states, states_after

HEADER = "Brainstem-Event"


def lines(record_id, **values):
    return list(Change.objects.filter(record_id=record_id, **values).order_by("id"))


def told(line, key):
    """What a line says of one key: before, and after."""
    return line.before[key], line.after[key]


def restore(label, record_id):
    undelete(specs()[label], record_id, viewer=Viewer(Actor(via="command"), ""))


# -- links that are set from the other side -----------------------------------------------------------------------------


def test_a_link_that_is_set_from_the_other_side_is_told_of_the_record_that_declares_it(lab, alice):
    paper, subject = lab["license"], lab["subject"]
    path = f"personal_attributes/license/{paper}"
    added = alice.patch(path, {"subjects": [subject]})
    again = alice.patch(path, {"subjects": [subject]})
    removed = alice.patch(path, {"subjects": []})
    assert (added.status, removed.status, HEADER in again.headers) == (200, 200, False)
    first, last = lines(subject, action="change")
    assert told(first, "licenses") == ([], [paper])
    assert told(last, "licenses") == ([paper], [])
    assert [str(one.event_id) for one in (first, last)] == [added.headers[HEADER], removed.headers[HEADER]]
    assert first.after[IN_PART] == ["licenses"]


@pytest.mark.parametrize("bulk", [False, True], ids=["alone", "in bulk"])
def test_a_new_record_that_links_from_the_other_side_is_told_there(lab, alice, bulk):
    subjects = [lab.add("subject")["id"] for _ in range(2)]
    rows = [lab.payload("license") | {"subjects": subjects} for _ in range(2)]
    path = "personal_attributes/license"
    for some in [rows] if bulk else [[row] for row in rows]:
        answer = alice.post(f"{path}/bulk", {"create": some}) if bulk else alice.post(path, some[0])
        assert answer.status in (200, 201), answer.body
    for subject in subjects:
        found = lines(subject, action="change")
        assert len({line.event_id for line in found}) == (1 if bulk else 2)
        assert len({one for line in found for one in line.after["licenses"]}) == 2
        assert all(line.before["licenses"] == [] for line in found)


def test_a_change_in_bulk_from_the_other_side_is_told(lab, alice):
    paper, subject = lab["license"], lab["subject"]
    rows = [{"id": paper, "subjects": [subject]}]
    answer = alice.post("personal_attributes/license/bulk", {"update": rows})
    (line,) = lines(subject, action="change")
    assert str(line.event_id) == answer.headers[HEADER]
    assert told(line, "licenses") == ([], [paper])


# -- ordered links ------------------------------------------------------------------------------------------------------


def test_the_order_of_a_cohort_is_told(lab, alice):
    ids = [lab.add("subject")["id"] for _ in range(3)]
    cohort = lab.add("cohort", subjects=[ids[2], ids[0], ids[1]])["id"]
    assert lines(cohort)[0].after["subjects"] == [ids[2], ids[0], ids[1]]
    alice.patch(f"stem/cohort/{cohort}", {"subjects": ids})
    assert told(lines(cohort)[-1], "subjects") == ([ids[2], ids[0], ids[1]], ids)
    alice.delete(f"stem/cohort/{cohort}")
    assert lines(cohort)[-1].before["subjects"] == ids


def joined(alice, subject, cohorts):
    """Put a subject into cohorts from its side, which no form offers so far."""
    record = specs()["stem.Subject"].model.objects.get(pk=subject)
    with one_event():
        set_links(record, specs()["stem.Subject"].relations["cohorts"], cohorts, viewer=viewer_of(alice))


def viewer_of(person):
    return Viewer(Actor(user_id=person.user.pk, email=person.email, via="token"), "private")


def test_a_cohort_that_is_joined_from_the_other_side_is_told_in_whole_and_in_order(lab, alice):
    ids = sorted((lab.add("subject")["id"] for _ in range(3)), reverse=True)
    cohort = lab.add("cohort", subjects=ids[:2])["id"]
    joined(alice, ids[2], [UUID(cohort)])
    now = alice.get(f"stem/cohort/{cohort}").record["subjects"]
    assert told(lines(cohort)[-1], "subjects") == (ids[:2], now)
    assert sorted(now) == sorted(ids)
    joined(alice, ids[0], [])
    assert told(lines(cohort)[-1], "subjects") == (now, [one for one in now if one != ids[0]])


def test_subjects_that_join_a_cohort_together_are_one_line_of_it(lab, alice):
    first, others = lab["subject"], [lab.add("subject")["id"] for _ in range(3)]
    cohort = lab.add("cohort", subjects=[first])["id"]
    spec = specs()["stem.Subject"]
    linked = [(record, [UUID(cohort)]) for record in spec.model.objects.filter(pk__in=others)]
    add_links(spec.relations["cohorts"], linked, viewer=viewer_of(alice))
    (line,) = lines(cohort, action="change")
    assert line.before["subjects"] == [first]
    assert sorted(line.after["subjects"]) == sorted([first, *others])
    assert line.after["subjects"] == alice.get(f"stem/cohort/{cohort}").record["subjects"]


def test_the_order_of_data_storages_is_told_of_the_session_and_of_each_link(lab, alice):
    storages = [lab.add("datastorage")["id"] for _ in range(2)]
    session = lab.add("session", datastorage=storages)["id"]
    made = Change.objects.filter(model="stem.SessionDataStorage")
    assert [(one.action, one.after["order"]) for one in made.order_by("id")] == [("create", 0), ("create", 1)]
    alice.patch(f"stem/session/{session}", {"datastorage": storages[::-1]})
    assert told(lines(session)[-1], "datastorage") == (storages, storages[::-1])
    moved = made.filter(action="change")
    assert sorted(told(one, "order") for one in moved) == [(0, 1), (1, 0)]
    alice.patch(f"stem/session/{session}", {"datastorage": [storages[1]]})
    (gone,) = made.filter(action="delete")
    assert gone.before["datastorage_id"] == storages[0]


@pytest.mark.parametrize("bulk", [False, True], ids=["alone", "in bulk"])
def test_a_link_that_is_written_as_a_record_is_told_of_the_session(lab, alice, bulk):
    storages = [lab.add("datastorage")["id"] for _ in range(2)]
    session, other = lab.add("session", datastorage=storages[:1])["id"], lab.add("session")["id"]
    path, row = "stem/sessiondatastorage", {"session": session, "datastorage": storages[1], "order": 1}
    made = alice.post(f"{path}/bulk", {"create": [row]}) if bulk else alice.post(path, row)
    link = made.body["created"][0] if bulk else made.id
    assert told(lines(session)[-1], "datastorage") == (storages[:1], storages)
    before = alice.get(f"stem/session/{session}").record["datastorage"]
    first = alice.get(path, f"filter{{datastorage}}={storages[0]}").ids[0]
    assert alice.patch(f"{path}/{first}", {"order": 5}).status == 200
    assert told(lines(session)[-1], "datastorage") == (before, storages[::-1])
    assert alice.patch(f"{path}/{link}", {"session": other}).status == 200
    assert told(lines(session)[-1], "datastorage") == (storages[::-1], storages[:1])
    assert told(lines(other)[-1], "datastorage") == ([], storages[1:])
    assert alice.delete(f"{path}/{link}").status == 204
    assert told(lines(other)[-1], "datastorage") == (storages[1:], [])


# -- deletions ----------------------------------------------------------------------------------------------------------


def test_what_a_deletion_takes_from_others_is_told_of_them_and_what_comes_back_too(lab, alice):
    pup, subject = lab.add("subject")["id"], lab.add("subject")["id"]
    breeding, paper = lab["breeding"], lab["license"]
    alice.patch(f"stem/subject/{pup}", {"breeding": breeding})
    alice.patch(f"stem/subject/{subject}", {"licenses": [paper]})
    gone = alice.delete(f"stem/breeding/{breeding}").headers[HEADER]
    assert told(lines(pup)[-1], "breeding_id") == (breeding, None)
    assert str(lines(pup)[-1].event_id) == gone
    alice.delete(f"personal_attributes/license/{paper}")
    assert told(lines(subject)[-1], "licenses") == ([paper], [])
    restore("stem.Breeding", breeding)
    assert told(lines(pup)[-1], "breeding_id") == (None, breeding)
    restore("personal_attributes.License", paper)
    assert told(lines(subject)[-1], "licenses") == ([], [paper])
    assert lines(paper)[-1].event == lines(subject)[-1].event
    assert lines(paper)[-1].event.via == "command"
    assert [line.life for line in lines(paper)] == [1, -1, 1]


def test_the_order_that_a_deleted_subject_leaves_and_finds_again_is_told(lab, alice):
    ids = [lab.add("subject")["id"] for _ in range(3)]
    cohort = lab.add("cohort", subjects=[ids[1], ids[2], ids[0]])["id"]
    alice.delete(f"stem/subject/{ids[2]}")
    assert told(lines(cohort)[-1], "subjects") == ([ids[1], ids[2], ids[0]], [ids[1], ids[0]])
    restore("stem.Subject", ids[2])
    assert told(lines(cohort)[-1], "subjects") == ([ids[1], ids[0]], [ids[1], ids[2], ids[0]])


def test_roles_that_go_with_a_person_are_told_and_come_back(lab, alice, bob, admin):
    project, group = lab["project"], join_group(unique("Group"), alice.user, bob.user)
    assert admin.delete(f"users/user/{bob.user.pk}", portal="super").status == 204
    of_project, of_group = lines(project)[-1], lines(group.pk, model="users.Group")[-1]
    for line in (of_project, of_group):
        assert bob.email in line.before["users"]
        assert bob.email not in line.after["users"]
        assert line.event == of_project.event
    restore("users.User", bob.user.pk)
    for record_id, label in ((project, "stem.Project"), (group.pk, "users.Group")):
        assert bob.email in lines(record_id, model=label)[-1].after["users"]


def test_roles_that_go_with_a_group_are_told_and_come_back(lab, alice):
    project = lab["project"]
    name = next(iter(alice.get(f"stem/project/{project}").record["groups"]))
    group = alice.get("users/group", f"filter{{name}}={name}").ids[0]
    assert alice.delete(f"users/group/{group}").status == 204
    assert told(lines(project)[-1], "groups") == ({name: "contributor"}, {})
    assert lines(group, model="users.Group")[-1].before["users"].keys() == {alice.email, *_members(lab, alice)}
    restore("users.Group", group)
    assert told(lines(project)[-1], "groups") == ({}, {name: "contributor"})
    assert lines(group, model="users.Group")[-1].after["users"].keys() == {alice.email, *_members(lab, alice)}


def _members(lab, alice):
    (line,) = Change.objects.filter(model="users.Group", action="delete")
    return set(line.before["users"]) - {alice.email}


def test_an_invitation_that_a_new_one_replaces_ends_with_a_line(lab, alice, charlie):
    from brainstem.apps.users.models import GroupMembershipInvitation

    group = lab["group"]
    first = alice.make(f"users/group/{group}/invite", email=charlie.email)["id"]
    GroupMembershipInvitation.objects.filter(pk=first).update(expires_at="2020-01-01T00:00Z")
    alice.make(f"users/group/{group}/invite", email=charlie.email)
    last = lines(first)[-1]
    assert (last.action, last.life, last.after, last.event.actor_email) == ("expire", -1, None, alice.email)


# -- long lists ---------------------------------------------------------------------------------------------------------


def test_short_lists_are_kept_whole_and_long_ones_in_part(lab, alice):
    ids = alice.post("stem/session/bulk", {"create": [lab.payload("session") for _ in range(WHOLE + 2)]}).body[
        "created"
    ]
    few = lab.add("collection", sessions=ids[:3])["id"]
    many = lab.add("collection", sessions=ids[: WHOLE + 1])["id"]
    alice.patch(f"stem/collection/{few}", {"sessions": ids[1:4]})
    alice.patch(f"stem/collection/{many}", {"sessions": ids[1:]})
    whole, part = lines(few)[-1], lines(many)[-1]
    assert [sorted(one) for one in told(whole, "sessions")] == [sorted(ids[:3]), sorted(ids[1:4])]
    assert told(part, "sessions") == ([ids[0]], [ids[-1]])
    assert (IN_PART in whole.after, part.after[IN_PART]) == (False, ["sessions"])


def test_of_a_log_the_entries_that_changed_are_kept(lab, alice):
    log = lab["subjectlog"]
    entries = [{"date_time": f"2026-01-{day:02}T10:00:00Z", "details": {"weight": day}} for day in (1, 2, 3)]
    for entry in entries:
        alice.patch(f"modules/subjectlog/{log}/add_entry", entry)
    alice.patch(f"modules/subjectlog/{log}/change_entry", entries[1] | {"notes": "n"})
    line = lines(log)[-1]
    assert [len(one) for one in told(line, "entries")] == [1, 1]
    assert line.after[IN_PART] == ["entries"]


# -- ids ----------------------------------------------------------------------------------------------------------------


def test_records_with_numbers_for_ids_are_found_by_them(lab, alice, bob):
    group = lab["group"]
    alice.patch(f"users/group/{group}", {"name": unique("Group")})
    found = lines(group, model="users.Group")
    assert [line.record_id for line in found] == [str(group)] * 2
    assert list(Change.objects.filter(model="users.Group", record_id__in=[group])) == found
    assert not lines(group + 1, model="users.Group")
    largest = Change(event=Event(), record_id=2**31 - 1, model="users.Group", at=found[0].at)
    largest.save()
    assert Change.objects.get(pk=largest.pk).record_id == str(2**31 - 1)


# -- all of it ----------------------------------------------------------------------------------------------------------


def test_history_tells_every_state_that_there_was(lab, alice, bob, admin):
    """Many kinds of writes, one after another; then all of the past is told from the present and its changes."""
    for name in ("cohort", "breeding", "license", "subjectlog", "behavior", "epoch", "sessiondatastorage", "setup"):
        lab[name]
    other = alice.make("stem/project", name=unique("Project"))["id"]
    project, subject, session, paper = lab["project"], lab["subject"], lab["session"], lab["license"]
    storages = [lab.add("datastorage")["id"] for _ in range(3)]
    subjects = [lab.add("subject")["id"] for _ in range(3)]
    name = next(iter(alice.get(f"stem/project/{project}").record["groups"]))
    group = alice.get("users/group", f"filter{{name}}={name}").ids[0]
    row = {"projects": [project, other], "tags": ["b", "c"], "licenses": [paper]}
    rows = {
        "create": [lab.payload("subject") | {"licenses": [paper]} for _ in range(2)],
        "update": [{"id": subjects[0]} | row, {"id": subjects[1], "sex": "U"}],
        "delete": [subjects[2]],
    }
    entry = {"date_time": "2026-01-01T10:00:00Z", "details": {"weight": 30}}
    log = f"modules/subjectlog/{lab['subjectlog']}"
    steps = [
        lambda: alice.patch(f"stem/subject/{subject}", row),
        lambda: alice.patch(f"stem/cohort/{lab['cohort']}", {"subjects": [subjects[1], subject, subjects[0]]}),
        lambda: alice.patch(f"stem/subject/{subjects[2]}", {"tags": ["a"], "sex": "U"}),
        lambda: alice.patch(f"stem/session/{session}", {"datastorage": storages[::-1], "projects": [project, other]}),
        lambda: alice.patch(f"stem/session/{session}", {"datastorage": [storages[2], storages[0]]}),
        lambda: alice.post("stem/subject/bulk", rows),
        lambda: alice.patch(f"personal_attributes/license/{paper}", {"subjects": [subject], "users": {bob.email: {}}}),
        lambda: alice.patch(f"{log}/add_entry", entry),
        lambda: alice.patch(f"{log}/change_entry", entry | {"notes": "n"}),
        lambda: alice.patch(f"{log}/remove_entry", entry),
        lambda: alice.patch(f"stem/project/{project}", {"users": {bob.email: {"is_manager": True}}}),
        lambda: alice.delete(f"personal_attributes/license/{paper}"),
        lambda: alice.delete(f"users/group/{group}"),
        lambda: alice.delete(f"stem/project/{other}"),
        lambda: restore("stem.Project", other),
        lambda: restore("users.Group", group),
        lambda: restore("personal_attributes.License", paper),
        lambda: admin.delete(f"users/user/{bob.user.pk}", portal="super"),
        lambda: restore("users.User", bob.user.pk),
        lambda: alice.delete(f"stem/project/{project}"),
        lambda: restore("stem.Project", project),
    ]
    seen = [(last_change(), states())]
    for number, step in enumerate(steps):
        answer = step()
        assert answer is None or answer.status < 300, (number, answer.body)
        assert last_change() > seen[-1][0], f"step {number} is not told"
        seen.append((last_change(), states()))
    for number, (change_id, expected) in enumerate(seen):
        assert states_after(change_id) == expected, f"after {number} steps"
