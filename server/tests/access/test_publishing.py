"""What publishing a project would show, told before: as the public portal then shows it, and nothing else."""

from __future__ import annotations

import io
import uuid
from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from brainstem.apps.users.token_models import Token
from brainstem.core.history import summaries
from brainstem.core.model.registry import specs
from brainstem.core.model.trees import Nobody

from ..lab import PROJECT_TREE
from ..people import Person, unique

PUBLIC = sorted(
    f"{spec.app}/{spec.segment}"
    for spec in specs().values()
    if "public" in spec.resource.portals and not isinstance(spec.tree, Nobody)
)
# What is published with a project.
IN_TREE = {
    "stem/project", "stem/subject", "stem/session", "stem/collection", "stem/cohort", "stem/breeding", "stem/epoch",
    "modules/behavior", "modules/dataacquisition", "modules/manipulation", "modules/procedure", "modules/procedurelog",
    "modules/subjectlog",
}  # fmt: skip
BY_PATH = {f"{spec.app}/{spec.segment}": spec for spec in specs().values()}


def preview(reader: Person, project: str, **extra) -> dict:
    answer = reader.get(f"stem/project/{project}/publish_preview", **extra)
    assert answer.status == 200, answer.body
    assert list(answer.body) == ["publish_preview"]
    return answer.body["publish_preview"]


def ids(section: dict) -> dict[str, set]:
    found = {one["model"]: {record["id"] for record in one["records"]} for one in section["models"]}
    assert {one["model"]: one["count"] for one in section["models"]} == {name: len(of) for name, of in found.items()}
    return found


def records(section: dict, model: str) -> dict:
    """Records of one model by id."""
    found = next((one["records"] for one in section["models"] if one["model"] == model), [])
    return {record["id"]: record for record in found}


def public_ids(nobody: Person) -> dict[str, set]:
    """Ids of everything in the public portal, by model."""
    found = {}
    for model in PUBLIC:
        answer = nobody.get(model, "limit=100")
        assert answer.body["next"] is None
        found[model] = set(answer.ids)
    return found


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(out, "PNG")
    return SimpleUploadedFile("field.png", out.getvalue())


def upload(person: Person, path: str, **files) -> None:
    boundary = "x"
    lines = []
    for name, file in files.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file.name}"\r\n\r\n'
        lines += [head.encode() + file.read() + b"\r\n"]
    body = b"".join([*lines, f"--{boundary}--\r\n".encode()])
    answer = person.request("patch", path, body, content_type=f"multipart/form-data; boundary={boundary}")
    assert answer.status == 200, answer.body


@pytest.fixture
def rich(lab, alice, bob):
    """A project whose rows refer to what is public, what is not, and what is in other projects."""
    for name in PROJECT_TREE:
        lab[name]
    project = lab["project"]
    other = alice.make("stem/project", name=unique("Other"))["id"]
    shown = alice.make("stem/project", name=unique("Shown"))["id"]
    assert alice.patch(f"stem/project/{shown}", {"is_public": True}).status == 200
    away = lab.add("subject", projects=[other])["id"]
    dam = lab.add("dam", projects=[other])["id"]
    breeding = lab.add("breeding", project=other, father=away, mother=dam)["id"]
    both = lab.add("subject", projects=[project, other], breeding=breeding, licenses=[lab["license"]])["id"]
    known = lab.add("subject", projects=[project, shown])["id"]
    session = lab.add("session", projects=[project, other], datastorage=[lab["datastorage"]])["id"]
    open_setup = lab.add("setup")["id"]
    assert alice.patch(f"personal_attributes/setup/{open_setup}", {"is_public": True}).status == 200
    lab.add("behavior", session=session, subjects=[both, away, known], setup=open_setup)
    camera = lab.add("equipment", setup=open_setup)["id"]
    used = {"procedures": [lab["procedure"]], "equipment": [lab["equipment"], camera]}
    lab.add("dataacquisition", session=session, **used)
    lab.add("procedure", subject=known, consumablestock=lab["consumablestock"], licenses=[lab["license"]])
    lab.add("procedure", subject=away)
    return {"project": project, "other": other, "shown": shown, "away": away, "breeding": breeding, "both": both,
            "known": known, "session": session, "open_setup": open_setup, "camera": camera}  # fmt: skip


def publish(owner: Person, project: str) -> None:
    assert owner.patch(f"stem/project/{project}", {"is_public": True}).status == 200


def absent_in_public(owner: Person, nobody: Person) -> dict[tuple, Counter]:
    """(model, id) that private records name and public ones do not: how many records of which model name it."""
    found: dict[tuple, Counter] = {}
    for model in sorted(IN_TREE):
        own = {record["id"]: record for record in owner.get(model, "limit=100").records}
        for record in nobody.get(model, "limit=100").records:
            for name, relation in BY_PATH[model].relations.items():
                if name in record and name != "created_by":
                    target = specs()[relation.target]
                    for one in named(own[record["id"]][name]) - named(record[name]):
                        key = (f"{target.app}/{target.segment}", one)
                        found.setdefault(key, Counter())[model] += 1
    return found


def named(value) -> set:
    return set(value) if isinstance(value, list) else {value} - {None}


def told_private(told: dict, sources: set[str]) -> dict[tuple, Counter]:
    """The same of the preview, as far as records of these models refer to it."""
    found = {}
    for one in told["stays_private"]["models"]:
        for record in one["records"]:
            by = Counter({use["model"]: use["count"] for use in record["used_by"] if use["model"] in sources})
            if by:
                found[one["model"], record["id"]] = by
    return found


# -- as it is told, so it is shown -------------------------------------------------------------------------------------


def test_what_becomes_visible_is_what_the_public_portal_then_lists(rich, alice, nobody):
    told, before = preview(alice, rich["project"]), public_ids(nobody)
    publish(alice, rich["project"])
    after = public_ids(nobody)
    new = {model: after[model] - before[model] for model in PUBLIC if after[model] - before[model]}
    assert ids(told["becomes_visible"]) == new
    assert set(new) == IN_TREE | {"users/user"}
    assert not told["becomes_visible"]["hidden"]
    assert all(found <= before[model] for model, found in ids(told["visible_already"]).items())
    assert rich["known"] in ids(told["visible_already"])["stem/subject"]


def test_what_stays_private_is_what_private_records_name_and_public_ones_do_not(rich, alice, nobody):
    told = preview(alice, rich["project"])
    # The project that is public already would have its own gaps.
    publish(alice, rich["project"])
    absent = absent_in_public(alice, nobody)
    assert told_private(told, IN_TREE) == absent
    assert {model for model, _ in absent} == {
        "stem/project", "stem/subject", "stem/breeding", "personal_attributes/setup", "modules/equipment",
        "personal_attributes/behavioralassay", "personal_attributes/datastorage", "personal_attributes/license",
        "modules/consumablestock",
    }  # fmt: skip


def test_what_belongs_to_a_private_attribute_leads_to_the_attribute(rich, lab, alice):
    told = preview(alice, rich["project"])["stays_private"]
    inventory = alice.get(f"personal_attributes/inventory/{lab['inventory']}").record
    assert records(told, "personal_attributes/inventory") == {
        lab["inventory"]: {
            "id": lab["inventory"],
            "name": inventory["name"],
            "used_by": [{"model": "modules/consumablestock", "count": 1}],
        }
    }
    setup = records(told, "personal_attributes/setup")
    assert list(setup) == [lab["setup"]]
    assert setup[lab["setup"]]["used_by"] == [
        {"model": "modules/behavior", "count": 1},
        {"model": "modules/equipment", "count": 1},
    ]
    assert list(records(told, "modules/equipment")) == [lab["equipment"]]


def test_publishing_what_stays_private_leaves_nothing_but_other_projects(rich, lab, alice):
    for model, found in ids(preview(alice, rich["project"])["stays_private"]).items():
        if model.startswith("personal_attributes/"):
            assert all(alice.patch(f"{model}/{one}", {"is_public": True}).status == 200 for one in found)
    assert set(ids(preview(alice, rich["project"])["stays_private"])) == {
        "stem/project",
        "stem/subject",
        "stem/breeding",
    }


def test_people_who_contribute_become_visible(lab, alice, bob, dana, nobody):
    people = records(preview(alice, lab["project"])["becomes_visible"], "users/user")
    # Bob is a member only.
    assert {one["name"] for one in people.values()} == {"Alice", "Dana"}
    publish(alice, lab["project"])
    assert set(nobody.get("users/user").ids) == set(people) == {alice.user.pk, dana.user.pk}


def test_a_public_project_is_told_to_be_public_already(rich, alice):
    told = preview(alice, rich["project"])
    publish(alice, rich["project"])
    again = preview(alice, rich["project"])
    assert (told["is_public"], again["is_public"]) == (False, True)
    assert again["becomes_visible"] == {"models": [], "hidden": False}
    both = {model: ids(told["becomes_visible"]).get(model, set()) | ids(told["visible_already"]).get(model, set())
            for model in IN_TREE | {"users/user"}}  # fmt: skip
    assert ids(again["visible_already"]) == both
    assert again["stays_private"] == told["stays_private"]


def test_uploads_that_everyone_could_fetch_are_told(rich, lab, alice, nobody):
    where = f"modules/dataacquisition/{lab['dataacquisition']}"
    setup = f"personal_attributes/setup/{rich['open_setup']}"
    assert preview(alice, rich["project"])["files"] == {"models": [], "hidden": False}
    upload(alice, where, image=picture())
    upload(alice, setup, image=picture())
    files = preview(alice, rich["project"])["files"]
    assert ids(files) == {"modules/dataacquisition": {lab["dataacquisition"]}}
    assert records(files, "modules/dataacquisition")[lab["dataacquisition"]]["fields"] == ["image"]
    assert nobody.get(f"{where}/image").status == 404
    publish(alice, rich["project"])
    assert [nobody.get(f"{one}/image").status for one in (where, setup)] == [200, 404]


def test_all_of_very_many_are_named_in_order_though_read_in_batches(lab, alice, monkeypatch):
    made = [lab.add("subject")["id"] for _ in range(5)]
    monkeypatch.setattr(summaries, "BATCH", 2)
    subjects = {one["model"]: one for one in preview(alice, lab["project"])["becomes_visible"]["models"]}[
        "stem/subject"
    ]
    assert (subjects["count"], [one["id"] for one in subjects["records"]]) == (5, made)


# -- what does not leak ------------------------------------------------------------------------------------------------


def test_what_the_owner_does_not_see_is_not_named(lab, alice, charlie):
    setup = charlie.make("personal_attributes/setup", name=unique("Secret"), setup_type=lab["setuptype"])
    where = f"personal_attributes/setup/{setup['id']}"
    assert charlie.patch(where, {"users": {alice.email: {}}}).status == 200
    lab.add("behavior", setup=setup["id"])
    told = preview(alice, lab["project"])["stays_private"]
    assert (list(records(told, "personal_attributes/setup")), told["hidden"]) == ([setup["id"]], False)
    assert charlie.patch(where, {"users": {alice.email: {"remove": True}}}).status == 200
    answer = alice.get(f"stem/project/{lab['project']}/publish_preview")
    assert answer.body["publish_preview"]["stays_private"]["hidden"] is True
    assert not any(hidden in answer.text for hidden in (setup["id"], setup["name"], charlie.email))
    assert charlie.patch(where, {"is_public": True}).status == 200
    assert preview(alice, lab["project"])["stays_private"]["hidden"] is False


def test_another_project_is_not_told_of_to_who_does_not_see_it(lab, alice, charlie):
    secret = charlie.make("stem/project", name=unique("Secret"))
    where = f"stem/project/{secret['id']}"
    lab["subject"]
    alone = preview(alice, lab["project"])["stays_private"]
    assert charlie.patch(where, {"users": {alice.email: {"can_change": True}}}).status == 200
    both = {"projects": [lab["project"], secret["id"]]}
    assert alice.patch(f"stem/subject/{lab['subject']}", both).status == 200
    seen = preview(alice, lab["project"])["stays_private"]
    assert ids(seen) == ids(alone) | {"stem/project": {secret["id"]}}
    assert charlie.patch(where, {"users": {alice.email: {"remove": True}}}).status == 200
    assert preview(alice, lab["project"])["stays_private"] == alone


# -- who may ask -------------------------------------------------------------------------------------------------------


def test_owners_ask_managers_may_not_and_strangers_find_nothing(lab, alice, bob, dana, charlie, admin, nobody):
    where, project = f"stem/project/{lab['project']}/publish_preview", f"stem/project/{lab['project']}"
    assert [one.get(where).status for one in (alice, bob, dana, charlie, admin)] == [200, 403, 403, 404, 404]
    for flags, status in (({"is_manager": True}, 403), ({"is_owner": True}, 200)):
        assert alice.patch(project, {"users": {bob.email: flags}}).status == 200
        assert bob.get(where).status == status
    assert preview(admin, lab["project"], portal="super") == preview(alice, lab["project"])
    publish(alice, lab["project"])
    assert (nobody.get(project).status, nobody.get(where).status) == (200, 404)


def test_only_projects_tell_it_and_only_to_get_and_head(lab, alice):
    assert alice.get(f"stem/session/{lab['session']}/publish_preview").status == 404
    assert alice.get(f"personal_attributes/setup/{lab['setup']}/publish_preview").status == 404
    where = f"stem/project/{lab['project']}/publish_preview/"
    assert alice.request("head", where).status == 200
    for method in ("post", "put", "patch", "delete"):
        assert alice.request(method, where, {}).status == 405
    assert alice.get(f"stem/project/{lab['project']}").record["is_public"] is False


def test_a_token_that_only_reads_may_ask_and_a_bound_one_of_its_project(rich, alice):
    assert preview(Person(alice.user, read_only=True), rich["project"]) == preview(alice, rich["project"])
    bound = Person(alice.user, project_id=uuid.UUID(rich["project"]))
    told = preview(bound, rich["project"])
    assert ids(told["becomes_visible"]) == ids(preview(alice, rich["project"])["becomes_visible"])
    assert not any(one in str(told) for one in (rich["other"], rich["away"], rich["breeding"]))
    assert bound.get(f"stem/project/{rich['other']}/publish_preview").status == 404


def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(rich, lab, alice):
    def statements() -> int:
        Token.objects.filter(user=alice.user).update(last_used_at=timezone.now())
        with CaptureQueriesContext(connection) as captured:
            preview(alice, rich["project"])
        return len(captured)

    few = statements()
    for _ in range(5):
        lab.add("procedure"), lab.add("behavior"), lab.add("subject")
    assert statements() == few
