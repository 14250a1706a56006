"""What was deleted is listed for those who could delete it, and comes back with everything that went with it."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.access import audit
from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.history.recording import snapshot
from brainstem.core.history.rewinding import rewound
from brainstem.core.model.registry import spec_of, specs
from brainstem.core.models import Change
from brainstem.core.sharing import grants
from brainstem.core.undo import restoring

from ..people import Person, join_group, unique
from .undoing import differing, event_of, everything

pytestmark = pytest.mark.django_db


def listed(person: Person, path: str, query: str = "", **more) -> list:
    answer = person.get(f"{path}/deleted/", query, **more)
    assert answer.status == 200, answer.body
    return answer.body["deleted"]


def restore(person: Person, path: str, record_id: object, **more):
    return person.post(f"{path}/deleted/{record_id}/restore/", **more)


# -- the list ----------------------------------------------------------------------------------------------------------


def test_a_deleted_record_is_listed_with_what_went_along(lab, alice):
    session = lab.add("session")
    for name in ("behavior", "epoch", "epoch"):
        lab.add(name, session=session["id"])
    event = event_of(alice.delete(f"stem/session/{session['id']}"))
    (entry,) = listed(alice, "stem/session")
    assert list(entry) == ["id", "name", "deleted_at", "deleted_by", "deleted_by_name", "event", "with"]
    assert (entry["id"], entry["name"], entry["event"]) == (session["id"], session["name"], event)
    assert (entry["deleted_by"], entry["deleted_by_name"]) == (alice.user.pk, "Alice")
    assert entry["with"] == {"modules/behavior": 1, "stem/epoch": 2}
    assert entry["deleted_at"].endswith("Z")
    assert listed(alice, "modules/behavior") == []


def test_the_newest_comes_first_and_pages_follow(lab, alice):
    made = [lab.add("subject") for _ in range(5)]
    for one in made:
        alice.delete(f"stem/subject/{one['id']}")
    names = [one["name"] for one in reversed(made)]
    assert [one["name"] for one in listed(alice, "stem/subject")] == names
    page = alice.get("stem/subject/deleted/", "limit=2&offset=2").body
    assert [one["name"] for one in page["deleted"]] == names[2:4]
    assert (page["count"], page["meta"]["page"]) == (5, 2)
    assert "offset=4" in page["next"]
    assert "offset=0" in page["previous"]
    assert [one["name"] for one in listed(alice, "stem/subject", "page=3&per_page=2")] == names[4:]


def test_names_are_searched_by_word(lab, alice):
    for name in ("Red mouse", "Grey mouse", "Red rat"):
        alice.delete(f"stem/subject/{lab.add('subject', name=name)['id']}")
    found = {one["name"] for one in listed(alice, "stem/subject", "search=mouse red")}
    assert found == {"Red mouse"}
    assert len(listed(alice, "stem/subject", "search=MOUSE")) == 2
    assert listed(alice, "stem/subject", "search=none") == []
    assert listed(alice, "modules/behavior", "search=x") == []


@pytest.mark.parametrize(
    "query", ["filter{name}=x", "sort[]=name", "include[]=projects", "writable=true", "cursor=", "x=1"]
)
def test_other_parameters_are_refused(alice, query):
    assert alice.get("stem/subject/deleted/", query).status == 400


def test_what_was_restored_is_listed_no_more(lab, alice):
    session = lab.add("session")["id"]
    for _ in range(2):
        alice.delete(f"stem/session/{session}")
        assert [one["id"] for one in listed(alice, "stem/session")] == [session]
        assert restore(alice, "stem/session", session).status == 200
        assert listed(alice, "stem/session") == []
    assert restore(alice, "stem/session", session).status == 404


def test_the_statements_of_a_page_do_not_depend_on_its_length(lab, alice):
    numbers = []
    for number in (2, 20):
        for _ in range(number):
            alice.delete(f"stem/subject/{lab.add('subject')['id']}")
        with CaptureQueriesContext(connection) as asked:
            listed(alice, "stem/subject", "limit=100")
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


# -- who ---------------------------------------------------------------------------------------------------------------


def test_what_is_in_a_project_is_for_those_who_may_write_there_now(lab, alice, bob, charlie, dana):
    session = lab.add("session")["id"]
    event_of(dana.delete(f"stem/session/{session}"))
    for person in (alice, dana):
        assert [one["id"] for one in listed(person, "stem/session")] == [session]
    for person in (bob, charlie):
        assert listed(person, "stem/session") == []
        assert restore(person, "stem/session", session).status == 404
    alice.patch(f"stem/project/{lab['project']}", {"users": {charlie.email: {"can_change": True}}})
    assert [one["id"] for one in listed(charlie, "stem/session")] == [session]
    assert restore(charlie, "stem/session", session).status == 200


def test_a_record_of_two_projects_is_for_those_who_may_write_in_both(lab, alice, dana):
    other = alice.make("stem/project", name=unique("Project"))["id"]
    session = lab.add("session", projects=[lab["project"], other])["id"]
    alice.delete(f"stem/session/{session}")
    assert listed(dana, "stem/session") == []
    assert restore(dana, "stem/session", session).status == 404
    assert restore(alice, "stem/session", session).status == 200


@pytest.mark.parametrize("name", ["project", "setup"])
def test_what_roles_are_held_on_is_for_its_owners_of_then(lab, alice, bob, dana, name):
    path = {"project": "stem/project", "setup": "personal_attributes/setup"}[name]
    made = lab.add(name)["id"]
    roles = {bob.email: {"is_owner": True}, dana.email: {"is_manager": True}}
    alice.patch(f"{path}/{made}", {"users": roles})
    alice.delete(f"{path}/{made}")
    assert [one["id"] for one in listed(bob, path)] == [made]
    assert listed(dana, path) == []
    assert restore(dana, path, made).status == 404
    assert restore(bob, path, made).status == 200
    assert bob.get(f"{path}/{made}").record["users"][dana.email]["is_manager"]
    assert audit.findings() == []


def test_children_of_an_attribute_are_for_its_contributors(lab, alice, bob, charlie):
    equipment = lab["equipment"]
    alice.patch(f"personal_attributes/setup/{lab['setup']}", {"users": {bob.email: {"can_change": True}}})
    alice.delete(f"modules/equipment/{equipment}")
    assert [one["id"] for one in listed(bob, "modules/equipment")] == [equipment]
    assert listed(charlie, "modules/equipment") == []
    assert restore(bob, "modules/equipment", equipment).status == 200


def test_a_group_is_for_its_owners_of_then(alice, bob):
    group = join_group(unique("Group"), alice.user, bob.user)
    alice.delete(f"users/group/{group.pk}")
    assert listed(bob, "users/group") == []
    (entry,) = listed(alice, "users/group")
    assert (entry["id"], entry["name"]) == (group.pk, group.name)
    assert restore(alice, "users/group", group.pk).status == 200


def test_catalogues_and_people_are_for_administrators(lab, alice, bob, admin):
    journal = lab.add("journal")["id"]
    boss = admin.through("super")
    boss.delete(f"dissemination/journal/{journal}")
    boss.delete(f"users/user/{bob.user.pk}")
    for path, pk in (("dissemination/journal", journal), ("users/user", bob.user.pk)):
        assert listed(alice, path) == []
        assert restore(alice, path, pk).status == 404
        assert [one["id"] for one in listed(boss, path)] == [pk]
        assert restore(boss, path, pk).status == 200


def test_administrators_see_all_in_super(lab, alice, admin):
    session = lab.add("session")["id"]
    alice.delete(f"stem/session/{session}")
    assert listed(admin, "stem/session") == []
    assert [one["id"] for one in listed(admin, "stem/session", portal="super")] == [session]


def test_tokens_keep_their_limits(lab, alice):
    session = lab.add("session")["id"]
    alice.delete(f"stem/session/{session}")
    reader = Person(alice.user, read_only=True)
    assert [one["id"] for one in listed(reader, "stem/session")] == [session]
    assert restore(reader, "stem/session", session).status == 403
    elsewhere = Person(alice.user, project_id=uuid.UUID(lab.add("project")["id"]))
    assert listed(elsewhere, "stem/session") == []
    assert restore(elsewhere, "stem/session", session).status == 404
    assert restore(Person(alice.user, project_id=uuid.UUID(lab["project"])), "stem/session", session).status == 200


def test_there_is_none_in_public_and_none_of_what_is_not_deleted(lab, alice, nobody):
    assert nobody.get("stem/session/deleted/").status == 404
    assert restore(nobody, "stem/session", lab["session"]).status == 404
    assert Person().get("stem/session/deleted/").status == 401
    assert alice.get("personal_attributes/protocol/deleted/").status == 404
    assert alice.post("stem/session/deleted/", {}).status == 405
    assert alice.get(f"stem/session/deleted/{lab['session']}/restore/").status == 405
    assert restore(alice, "stem/session", "nonsense").status == 404
    for path, allowed in (("deleted", "GET, HEAD, OPTIONS"), (f"deleted/{lab['session']}/restore", "POST, OPTIONS")):
        assert alice.options(f"stem/session/{path}/").headers["Allow"] == allowed


# -- restoring ---------------------------------------------------------------------------------------------------------


def test_the_answer_is_the_record(lab, alice):
    session = lab.add("session", tags=["a"])
    alice.delete(f"stem/session/{session['id']}")
    answer = restore(alice, "stem/session", session["id"])
    assert (answer.status, answer.record) == (200, session)
    line = Change.objects.filter(record_id=session["id"]).latest("id")
    assert (line.action, str(line.event_id), line.event.actor_id) == ("undelete", event_of(answer), alice.user.pk)


def test_a_name_taken_since_is_a_conflict(lab, alice):
    session = lab.add("session")
    alice.delete(f"stem/session/{session['id']}")
    alice.make("stem/session", name=session["name"], projects=[lab["project"]])
    answer = restore(alice, "stem/session", session["id"])
    assert (answer.status, f"'{session['name']}' has been taken since" in answer.body["detail"]) == (409, True)
    assert [one["id"] for one in listed(alice, "stem/session")] == [session["id"]]


def test_what_belonged_to_something_gone_is_a_conflict(lab, alice, admin):
    behavior, session = lab["behavior"], lab["session"]
    alice.delete(f"modules/behavior/{behavior}")
    alice.delete(f"stem/session/{session}")
    answer = restore(alice, "modules/behavior", behavior)
    assert (answer.status, "is gone" in answer.body["detail"]) == (409, True)
    assert restore(alice, "stem/session", session).status == 200
    assert restore(alice, "modules/behavior", behavior).status == 200


def test_what_moved_to_where_one_may_not_write_is_refused(lab, alice, dana):
    procedure, subject = lab["procedure"], lab["subject"]
    alice.delete(f"modules/procedure/{procedure}")
    other = alice.make("stem/project", name=unique("Project"))["id"]
    assert alice.patch(f"stem/subject/{subject}", {"projects": [other]}).status == 200
    assert restore(dana, "modules/procedure", procedure).status == 403
    assert dana.get(f"modules/procedure/{procedure}").status == 404
    assert restore(alice, "modules/procedure", procedure).status == 200
    assert audit.findings() == []


def test_a_restored_member_of_a_group_has_its_roles_again(lab, alice, dana, admin):
    before, seen = everything(alice), everything(dana)
    boss = admin.through("super")
    boss.delete(f"users/user/{dana.user.pk}")
    assert restore(boss, "users/user", dana.user.pk).status == 200
    assert audit.findings() == []
    assert differing(before, everything(alice)) == []
    again = Person(dana.user.__class__.objects.get(pk=dana.user.pk))
    assert differing(seen, everything(again)) == []


def states() -> dict:
    """The complete state of every record, as the history keeps it."""
    found = {}
    for spec in specs().values():
        for record in spec.model._default_manager.all():
            held = grants.state(spec, record) if spec.tree.holds_roles else {}
            found[spec.label, str(record.pk)] = _own(snapshot(record) | held)
    return found


def _own(state: dict) -> dict:
    """Without the audience, which follows from the projects, and is not looked up in the history."""
    return {key: value for key, value in state.items() if key != "audience_id"}


@pytest.mark.parametrize("name", ["project", "session", "breeding", "group", "person", "setup"])
def test_history_stays_exact_over_deletion_and_restoration(lab, alice, bob, dana, admin, name):
    for one in (
        "procedure",
        "behavior",
        "epoch",
        "cohort",
        "breeding",
        "sessiondatastorage",
        "equipment",
        "collection",
    ):
        lab[one]
    lab.add("subject", breeding=lab["breeding"])
    shared = lab.add("subject", projects=[lab["project"], alice.make("stem/project", name=unique("Project"))["id"]])
    alice.patch(f"stem/cohort/{lab['cohort']}", {"subjects": [shared["id"], lab["subject"]]})
    own = lab.add("setup")["id"]
    alice.patch(f"personal_attributes/setup/{own}", {"users": {bob.email: {}, dana.email: {}}})
    group = next(iter(alice.get("users/group").records))["id"]
    paths = {
        "project": ("stem/project", lab["project"]), "session": ("stem/session", lab["session"]),
        "breeding": ("stem/breeding", lab["breeding"]), "group": ("users/group", group),
        "person": ("users/user", dana.user.pk), "setup": ("personal_attributes/setup", own),
    }  # fmt: skip
    path, pk = paths[name]
    boss, moments = admin.through("super"), []
    for act in (lambda: boss.delete(f"{path}/{pk}"), lambda: restore(boss, path, pk)):
        moments.append((Change.objects.latest("id").pk, states()))
        assert act().status in (200, 204)
    now = states()
    for last, then in moments:
        assert _rewound(now, last) == then


def _rewound(now: dict, last: int) -> dict:
    later: dict = {}
    for change in Change.objects.filter(id__gt=last).order_by("id"):
        later.setdefault((change.model, change.record_id), []).append(change)
    found = {}
    for key in now.keys() | later.keys():
        state = rewound(key[0], now.get(key), later.get(key, []))
        if state is not None:
            found[key] = _own(state)
    return found


def test_the_statements_of_a_restoration_do_not_depend_on_what_went_along(lab, alice):
    numbers = []
    for number in (3, 60):
        project = alice.make("stem/project", name=unique("Project"))["id"]
        payloads = [{"name": unique("Session"), "projects": [project], "tags": [f"t{at % 4}"]} for at in range(number)]
        assert alice.post("stem/session/bulk/", {"create": payloads}).status == 200
        alice.delete(f"stem/project/{project}")
        with CaptureQueriesContext(connection) as asked:
            assert restore(alice, "stem/project", project).status == 200
        numbers.append(len(asked))
        assert len(alice.get("stem/session", f"filter{{projects}}={project}&limit=100").ids) == number
    assert numbers[0] == numbers[1]
    assert audit.findings() == []


def test_commands_restore_for_nobody_in_particular(lab, alice):
    session = lab.add("session")["id"]
    alice.delete(f"stem/session/{session}")
    spec = specs()["stem.Session"]
    assert restoring.undelete(spec, uuid.UUID(session), viewer=Viewer(Actor(via="command"), "")) >= 2
    line = Change.objects.filter(record_id=session).latest("id")
    assert (line.action, line.event.via, line.event.actor_id) == ("undelete", "command", None)
    assert line.after["projects"] == [lab["project"]]
    assert spec_of(spec.model.objects.get(pk=session)) is spec
