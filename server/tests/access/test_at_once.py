"""A change of roles holds from the very next request on, whatever way in, page or file is already open."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from brainstem.apps.stem.models.project import Project
from brainstem.apps.users.models import Group
from brainstem.core.access import audit
from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import spec_of
from brainstem.core.undo import restoring

from ..core.test_uploads import PDF, picture, send, upload
from ..people import PASSWORD, Person, join_group, unique
from ..served import Served, free_port, running

pytestmark = pytest.mark.slow

SEEN = {"record": 200, "below": 200, "file": 200, "listed": True, "count": 3, "found": 1, "related": 1,
        "included": True, "options": True, "cursor": 1}  # fmt: skip
HIDDEN = {"record": 404, "below": 404, "file": 404, "listed": False, "count": 0, "found": 0, "related": 404,
          "included": False, "options": False, "cursor": 0}  # fmt: skip


@dataclass
class World:
    """Alice's project with three sessions, the first of which has a recording with a picture."""

    alice: Person
    bob: Person
    project: str
    elsewhere: str
    sessions: list[str]
    acquisition: str
    group: Any

    def look(self, who: Person, following: str) -> dict[str, Any]:
        """What somebody sees of the project now; ``following`` is a page that was announced before."""
        first = f"stem/session/{self.sessions[0]}"
        page, related = who.get("stem/session", "limit=100"), who.get(f"{first}/dataacquisition")
        seen = {
            "record": who.get(first).status,
            "below": who.get(f"modules/dataacquisition/{self.acquisition}").status,
            "file": who.get(f"modules/dataacquisition/{self.acquisition}/image/").status,
            "listed": self.sessions[0] in page.ids,
            "count": page.body["count"],
            "found": who.get("modules/dataacquisition", f"filter{{session.id}}={self.sessions[0]}").body["count"],
            "related": related.body["count"] if related.status == 200 else related.status,
            "included": self.sessions[0] in self.included(who),
            "options": who.portal != "public" and self.sessions[0] in self.offered(who),
            "cursor": len(who.get(following).ids),
        }
        return seen | ({"options": seen["listed"]} if who.portal == "public" else {})

    def unlike(self, expected: dict[str, Any], keys: dict[str, Person], pages: dict[str, str]) -> dict[str, Any]:
        """What is not seen as expected, by key."""
        found = {name: self.look(key, pages[name]) for name, key in keys.items()}
        return {f"{name} {what}": one for name, seen in found.items() for what, one in seen.items()
                if one != expected[what]}  # fmt: skip

    def included(self, who: Person) -> str:
        """Alice's page with the sessions of her project in it."""
        return who.get(f"users/user/{self.alice.user.pk}", "include[]=active_projects.sessions.*").text

    def offered(self, who: Person) -> list[str]:
        return who.get("modules/dataacquisition/options/", "field=session&limit=100").ids


@pytest.fixture
def world(lab, alice, bob):
    project = lab["project"]
    assert alice.patch(f"stem/project/{project}", {"users": {bob.email: {"remove": True}}}).status == 200
    sessions = [lab["session"], lab.add("session")["id"], lab.add("session")["id"]]
    acquisition = lab["dataacquisition"]
    pictured = send(alice, "patch", f"modules/dataacquisition/{acquisition}", image=upload("trace.png", picture()))
    assert pictured.status == 200
    assert alice.patch("users/user/me", {"active_projects": [project]}).status == 200
    elsewhere = alice.make("stem/project", name=unique("Elsewhere"))["id"]
    group = join_group(unique("Team"), alice.user, bob.user)
    return World(alice, bob, project, elsewhere, sessions, acquisition, group)


def keys_of(who: Person, project: str) -> dict[str, Person]:
    """Somebody with every kind of key that there is."""
    access = who.through("private")
    access.token = who.post("/api/auth/token/", {"email": who.email, "password": PASSWORD}).body["access"]
    browser = Person()
    browser.client.force_login(who.user)
    return {
        "personal": who,
        "read-only": Person(who.user, read_only=True),
        "bound": Person(who.user, project_id=uuid.UUID(project)),
        "access": access,
        "browser": browser,
    }


# -- the changes ------------------------------------------------------------------------------------------------------------


def share(world: World, **sent: Any) -> None:
    answer = world.alice.patch(f"stem/project/{world.project}", sent)
    assert answer.status == 200, answer.body


def granted(world: World) -> None:
    share(world, users={world.bob.email: {}})


def taken(world: World) -> None:
    share(world, users={world.bob.email: {"remove": True}})


def left(world: World) -> None:
    leave = {"users": {world.bob.email: {"remove": True}}}
    assert world.bob.patch(f"stem/project/{world.project}", leave).status == 200


def group_granted(world: World) -> None:
    share(world, groups={world.group.name: {}})


def group_taken(world: World) -> None:
    share(world, groups={world.group.name: {"remove": True}})


def put_into_group(world: World) -> None:
    accept(world, f"users/group/{world.group.pk}", "users/groupmembershipinvitation")


def put_out_of_group(world: World) -> None:
    leave = {"users": {world.bob.email: {"remove": True}}}
    assert world.alice.patch(f"users/group/{world.group.pk}", leave).status == 200


def left_group(world: World) -> None:
    assert world.bob.post(f"users/group/{world.group.pk}/leave/").status == 200


def accept(world: World, host: str, invitations: str) -> None:
    invited = world.alice.post(f"{host}/invite/", {"user": world.bob.user.pk})
    assert invited.status == 201, invited.body
    assert world.bob.post(f"{invitations}/{invited.id}/accept/").status == 200


def accepted(world: World) -> None:
    accept(world, f"stem/project/{world.project}", "stem/projectmembershipinvitation")


def group_deleted(world: World) -> None:
    assert world.alice.delete(f"users/group/{world.group.pk}").status == 204


def group_back(world: World) -> None:
    restoring.undelete(spec_of(Group), world.group.pk, viewer=Viewer(Actor(via="command"), ""))


def moved(world: World, project: str) -> None:
    for one in world.sessions:
        assert world.alice.patch(f"stem/session/{one}", {"projects": [project]}).status == 200


def deleted(world: World) -> None:
    assert world.alice.delete(f"stem/project/{world.project}").status == 204


def undeleted(world: World) -> None:
    restoring.undelete(spec_of(Project), uuid.UUID(world.project), viewer=Viewer(Actor(via="command"), ""))


Step = Callable[[World], None]
# name -> (what opens it in the first place, what closes it, what opens it again)
CHANGES: dict[str, tuple[Step, Step, Step]] = {
    "the role is taken": (granted, taken, granted),
    "the person leaves": (accepted, left, accepted),
    "the group's role is taken": (group_granted, group_taken, group_granted),
    "the person is put out of the group": (group_granted, put_out_of_group, put_into_group),
    "the person leaves the group": (group_granted, left_group, put_into_group),
    "the group is deleted": (group_granted, group_deleted, group_back),
    "the sessions move away": (granted, lambda w: moved(w, w.elsewhere), lambda w: moved(w, w.project)),
    "the project is deleted": (granted, deleted, undeleted),
}


def first_page(who: Person) -> str:
    """Open a cursor; the address of the page after the first."""
    page = who.get("stem/session", "cursor=&limit=1")
    return page.body["next"].removeprefix("http://localhost:8000").removeprefix("http://testserver")


@pytest.mark.parametrize("change", CHANGES)
def test_every_way_in_sees_a_change_at_once(world, change):
    opens, closes, reopens = CHANGES[change]
    opens(world)
    keys = keys_of(world.bob, world.project)
    pages = {name: first_page(key) for name, key in keys.items()}
    assert world.unlike(SEEN, keys, pages) == {}
    closes(world)
    assert world.unlike(HIDDEN, keys, pages) == {}
    reopens(world)
    assert world.unlike(SEEN, keys, pages) == {}
    assert audit.findings() == []


def test_the_public_sees_publishing_and_its_end_at_once(world, nobody):
    project = f"stem/project/{world.project}"
    assert world.look(nobody, "/api/public/stem/session?limit=2&offset=1") == HIDDEN
    share(world, is_public=True)
    following = first_page(nobody)
    assert world.look(nobody, following) == SEEN
    share(world, is_public=False)
    assert world.look(nobody, following) == HIDDEN
    share(world, is_public=True)
    assert world.look(nobody, following) == SEEN
    moved(world, world.elsewhere)
    assert world.look(nobody, following) == HIDDEN
    moved(world, world.project)
    assert world.look(nobody, following) == SEEN
    deleted(world)
    assert (nobody.get(project).status, world.look(nobody, following)) == (404, HIDDEN)


def test_a_role_that_is_lowered_or_raised_counts_for_the_next_write(world):
    share(world, users={world.bob.email: {"can_change": True}})
    keys = keys_of(world.bob, world.project)
    address = f"stem/session/{world.sessions[0]}"
    del keys["browser"]  # whose writes take a page of ours

    def written() -> dict[str, int]:
        return {name: key.patch(address, {"description": unique("Text")}).status for name, key in keys.items()}

    changes, refused = {**dict.fromkeys(keys, 200), "read-only": 403}, dict.fromkeys(keys, 403)
    assert written() == changes
    share(world, users={world.bob.email: {}})
    assert written() == refused
    share(world, groups={world.group.name: {"can_change": True}})
    assert written() == changes
    put_out_of_group(world)
    assert written() == refused
    assert world.bob.get("stem/session", "writable=true").body["count"] == 0
    share(world, users={world.bob.email: {"is_manager": True}})
    assert written() == changes
    assert world.bob.get("stem/session", "writable=true").body["count"] == 3


# -- files of personal attributes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["users", "groups"])
@pytest.mark.parametrize("kind", ["setup", "license"])
def test_a_file_opens_and_closes_with_its_record(lab, alice, charlie, nobody, kind, way):
    column, content = {"setup": ("image", ("rig.png", picture())), "license": ("license_document", ("a.pdf", PDF))}[
        kind
    ]
    path = f"personal_attributes/{kind}/{lab[kind]}"
    stored = send(alice, "patch", path, **{column: upload(*content)})
    url = stored.record[column].removeprefix("http://localhost:8000")
    holder = charlie.email if way == "users" else join_group(unique("G"), alice.user, charlie.user).name
    readers = [charlie, Person(charlie.user, read_only=True)]

    def statuses() -> tuple[list[int], int]:
        return [one.get(url).status for one in readers], nobody.get(url.replace("private", "public")).status

    assert statuses() == ([404, 404], 404)
    assert alice.patch(path, {way: {holder: {}}}).status == 200
    assert statuses() == ([200, 200], 404)
    assert alice.patch(path, {way: {holder: {"remove": True}}}).status == 200
    assert statuses() == ([404, 404], 404)
    assert alice.patch(path, {"is_public": True}).status == 200
    assert statuses() == ([404, 404], 404 if kind == "setup" else 200)
    assert alice.patch(path, {"is_public": False}).status == 200
    assert statuses() == ([404, 404], 404)


# -- two processes --------------------------------------------------------------------------------------------------------------


@contextmanager
def second_process(served: Served, folder: Path) -> Iterator[Served]:
    """Another process of the same server, with the same database, on a port of its own."""
    port = free_port()
    with running(served.environment, port=port, folder=folder):
        yield replace(served, url=f"http://127.0.0.1:{port}")


def test_what_one_process_changes_the_other_one_knows(served, tmp_path):
    with second_process(served, tmp_path) as other:
        one = served
        project = one.send("POST", "private/stem/project/", {"name": unique("P")}, who="alice")[1]["project"]["id"]
        address = f"private/stem/project/{project}/"
        session = {"name": unique("S"), "projects": [project]}
        assert one.send("POST", "private/stem/session/", session, who="alice")[0] == 201

        def seen(through: Served) -> tuple[int, int]:
            listed = through.send("GET", "private/stem/session/", who="bob")[1]["count"]
            return through.send("GET", address, who="bob")[0], listed

        for changed, looked in [(one, other), (other, one)] * 5:
            for flags, expected in (({}, (200, 1)), ({"remove": True}, (404, 0))):
                shared = {"users": {one.email("bob"): flags}}
                assert changed.send("PATCH", address, shared, who="alice")[0] == 200
                assert seen(looked) == expected
                assert seen(changed) == expected
            for public, status in ((True, 200), (False, 404)):
                assert changed.send("PATCH", address, {"is_public": public}, who="alice")[0] == 200
                assert looked.send("GET", f"public/stem/project/{project}/")[0] == status


def test_an_account_that_one_process_closes_is_closed_in_the_other(served, tmp_path):
    with second_process(served, tmp_path) as other:
        status, body = other.send("GET", "private/users/user/me/", who="charlie")
        assert status == 200
        account = f"super/users/user/{body['user']['id']}"
        assert served.send("POST", f"{account}/deactivate/", who="admin")[0] == 200
        assert other.send("GET", "private/users/user/me/", who="charlie")[0] == 401
        assert other.send("POST", f"{account}/activate/", who="admin")[0] == 200
        assert served.send("GET", "private/users/user/me/", who="charlie")[0] == 401
        del served.tokens["charlie"]
        assert served.send("GET", "private/users/user/me/", who="charlie")[0] == 200
