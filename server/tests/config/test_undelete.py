"""``undelete`` brings back everything that a deletion took, or says why not."""

import io

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from PIL import Image

from brainstem.apps.users import app_codes, backup_codes, two_factor
from brainstem.core.access import audit

from ..people import Person, unique

LISTS = (
    "stem/project", "stem/subject", "stem/session", "stem/cohort", "stem/collection", "stem/breeding", "stem/epoch",
    "stem/sessiondatastorage", "modules/procedure", "modules/procedurelog", "modules/subjectlog", "modules/behavior",
    "modules/dataacquisition", "modules/manipulation", "modules/equipment", "modules/consumablestock",
    "personal_attributes/setup", "personal_attributes/license", "users/group", "users/laboratory",
)  # fmt: skip


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(out, "PNG")
    return out.getvalue()


def everything(person: Person) -> dict[str, list]:
    """All records that somebody sees, with every key, id lists and people included."""
    return {path: person.get(path, "limit=100").records for path in LISTS}


def undelete(model: str, record_id: object) -> str:
    out = io.StringIO()
    call_command("undelete", model, str(record_id), stdout=out)
    return out.getvalue()


def delete(person: Person, path: str) -> None:
    answer = person.delete(path)
    assert answer.status == 204, answer.body
    assert audit.findings() == []


@pytest.fixture
def full(lab, alice):
    """Ids of a subject in the middle of its lab: procedures, logs, cohort, behaviors, tags, a picture."""
    project, subject = lab["project"], lab.add("subject", tags=["fast", "left-handed"])["id"]
    others = [lab.add("subject")["id"] for _ in range(3)]
    cohort = alice.make("stem/cohort", name=unique("Cohort"), project=project, subjects=[others[2], subject, others[0]])
    procedure = lab.add("procedure", subject=subject)["id"]
    log = lab.add("subjectlog", subject=subject)["id"]
    entry = {"date_time": "2026-01-31T12:00:00Z", "details": {"weight": {"value": 25.5, "unit": "g"}}}
    assert alice.patch(f"modules/subjectlog/{log}/add_entry", entry).status == 200
    lab.add("procedurelog", procedure=procedure)
    session = lab["session"]
    behavior = lab.add("behavior", subjects=[subject, others[0]])["id"]
    manipulation = lab.add("manipulation", procedures=[procedure])["id"]
    acquisition = lab.add("dataacquisition", procedures=[procedure])["id"]
    linked = {"behavior": [behavior], "manipulation": [manipulation], "dataacquisition": [acquisition]}
    lab.add("epoch", start="00:00:01", end="01:00:00.5", **linked)
    lab["sessiondatastorage"]
    return {"project": project, "subject": subject, "cohort": cohort["id"], "session": session, "others": others}


def test_a_subject_comes_back_with_all_that_hung_on_it(full, alice, bob):
    epoch = alice.get("stem/epoch").ids[0]
    assert alice.patch(f"stem/epoch/{epoch}", {"manipulation": []}).status == 200
    before, seen = everything(alice), everything(bob)
    delete(alice, f"stem/subject/{full['subject']}")
    assert everything(alice) != before
    assert "rows" in undelete("subject", full["subject"])
    assert everything(alice) == before
    assert everything(bob) == seen
    assert audit.findings() == []


def test_a_session_comes_back_with_its_parts_in_order(full, alice, lab):
    storages = [lab.add("datastorage")["id"] for _ in range(3)]
    assert alice.patch(f"stem/session/{full['session']}", {"datastorage": storages[::-1]}).status == 200
    before = everything(alice)
    delete(alice, f"stem/session/{full['session']}")
    undelete("stem/session", full["session"])
    assert everything(alice) == before
    assert alice.get(f"stem/session/{full['session']}").record["datastorage"] == storages[::-1]
    assert audit.findings() == []


def test_a_breeding_comes_back_as_the_origin_of_its_offspring(lab, alice):
    breeding, pup = lab["breeding"], lab.add("subject")["id"]
    assert alice.patch(f"stem/subject/{pup}", {"breeding": breeding}).status == 200
    before = everything(alice)
    delete(alice, f"stem/breeding/{breeding}")
    assert alice.get(f"stem/subject/{pup}").record["breeding"] is None
    undelete("stem.Breeding", breeding)
    assert everything(alice) == before


def test_a_setup_comes_back_with_its_picture_equipment_and_people(lab, alice, bob):
    sent = alice.client.post(
        "/api/private/personal_attributes/setup/",
        {
            "name": unique("Setup"),
            "setup_type": str(lab["setuptype"]),
            "image": SimpleUploadedFile("rig.png", picture()),
        },
        headers={"Authorization": f"Bearer {alice.token}"},
    )
    assert sent.status_code == 201, sent.content
    setup = sent.json()["setup"]["id"]
    assert alice.patch(f"personal_attributes/setup/{setup}", {"users": {bob.email: {"can_change": True}}}).status == 200
    lab.add("equipment", setup=setup)
    before, seen = everything(alice), everything(bob)
    shown = alice.get(f"personal_attributes/setup/{setup}/image").text
    delete(alice, f"personal_attributes/setup/{setup}")
    assert alice.get(f"personal_attributes/setup/{setup}/image").status == 404
    undelete("setup", setup)
    assert everything(alice) == before
    assert everything(bob) == seen
    assert alice.get(f"personal_attributes/setup/{setup}/image").text == shown
    assert audit.findings() == []


def test_a_project_comes_back_with_what_it_alone_held_and_what_it_shared(full, lab, alice, bob, dana):
    other = alice.make("stem/project", name=unique("Project"))["id"]
    shared = full["others"][0]
    assert alice.patch(f"stem/subject/{shared}", {"projects": [full["project"], other]}).status == 200
    before = [everything(one) for one in (alice, bob, dana)]
    delete(alice, f"stem/project/{full['project']}")
    assert alice.get(f"stem/subject/{shared}").record["projects"] == [other]
    assert alice.get(f"stem/subject/{full['subject']}").status == 404
    assert bob.get(f"stem/subject/{shared}").status == 404
    undelete("project", full["project"])
    assert audit.findings() == []
    assert [everything(one) for one in (alice, bob, dana)] == before
    # What is added later joins the same audience.
    lab.add("subject")
    assert bob.get("stem/subject", "limit=100").body["count"] == len(before[1]["stem/subject"]) + 1


def test_a_group_comes_back_with_its_members_and_what_they_may_do(lab, alice, dana):
    group = alice.get("stem/project").records[0]["groups"]
    name = next(iter(group))
    group_id = alice.get("users/group", f"filter{{name}}={name}").ids[0]
    before = everything(dana)
    assert before["stem/project"]
    delete(alice, f"users/group/{group_id}")
    assert everything(dana)["stem/project"] == []
    undelete("group", group_id)
    assert everything(dana) == before
    assert audit.findings() == []


def test_a_group_that_alone_owns_something_stays(lab, alice):
    group = alice.make("users/group", name=unique("Group"))
    setup = lab["setup"]
    grants = {"groups": {group["name"]: {"is_owner": True}}, "users": {alice.email: {"remove": True}}}
    assert alice.patch(f"personal_attributes/setup/{setup}", grants).status == 200
    assert alice.delete(f"users/group/{group['id']}").status == 400
    assert alice.get(f"users/group/{group['id']}").status == 200
    assert audit.findings() == []


def test_what_moved_meanwhile_is_followed(full, alice, lab):
    other = alice.make("stem/project", name=unique("Project"))["id"]
    procedure = lab.add("procedure", subject=full["others"][1])["id"]
    delete(alice, f"modules/procedure/{procedure}")
    assert alice.patch(f"stem/subject/{full['others'][1]}", {"projects": [other]}).status == 200
    undelete("procedure", procedure)
    assert alice.get(f"modules/procedure/{procedure}").status == 200
    assert audit.findings() == []


def test_it_can_be_deleted_and_brought_back_again(full, alice):
    before = everything(alice)
    for _ in range(2):
        delete(alice, f"stem/cohort/{full['cohort']}")
        undelete("cohort", full["cohort"])
    assert everything(alice) == before


def test_a_name_that_is_taken_since_is_refused_and_nothing_comes_back(full, lab, alice):
    name = alice.get(f"stem/subject/{full['others'][1]}").record["name"]
    delete(alice, f"stem/subject/{full['others'][1]}")
    alice.make("stem/subject", **(lab.payload("subject") | {"name": name}))
    before = everything(alice)
    with pytest.raises(CommandError, match=f"'{name}' has been taken since"):
        undelete("subject", full["others"][1])
    assert everything(alice) == before


def test_a_name_that_is_taken_within_the_project_is_refused(full, alice):
    cohort = alice.get(f"stem/cohort/{full['cohort']}").record
    delete(alice, f"stem/cohort/{full['cohort']}")
    alice.make("stem/cohort", name=cohort["name"], project=full["project"])
    before = everything(alice)
    with pytest.raises(CommandError, match="taken since"):
        undelete("cohort", full["cohort"])
    assert everything(alice) == before


def test_what_belonged_to_something_that_is_gone_is_refused(full, alice):
    delete(alice, f"stem/cohort/{full['cohort']}")
    delete(alice, f"stem/project/{full['project']}")
    with pytest.raises(CommandError, match="is gone"):
        undelete("cohort", full["cohort"])


@pytest.mark.parametrize(
    ("model", "record_id", "message"),
    [
        ("sesion", "00000000-0000-7000-8000-000000000000", "Did you mean 'session'"),
        ("session", "00000000-0000-7000-8000-000000000000", "There is no deleted session"),
        ("session", "seven", "'seven' is not an id of a session"),
        ("group", "first", "'first' is not an id of a group"),
    ],
)
def test_a_wrong_word_is_told(db, model, record_id, message):
    with pytest.raises(CommandError, match=message):
        undelete(model, record_id)


def test_what_was_not_deleted_is_told(full):
    with pytest.raises(CommandError, match="There is no deleted subject"):
        undelete("subject", full["subject"])


def test_a_person_comes_back_with_the_second_factor(admin, bob):
    app_codes.add(bob.user.pk, "JBSWY3DPEHPK3PXP", period=0)
    codes = backup_codes.make(bob.user.pk)
    bob.user.refresh_from_db()
    assert admin.delete(f"users/user/{bob.user.pk}", portal="super").status == 204
    assert not Authenticator.objects.exists()
    undelete("user", bob.user.pk)
    again = get_user_model().objects.get(pk=bob.user.pk)
    assert (again.two_factor_enabled, again.two_factor_default) == (True, "app")
    assert two_factor.methods_of(again.pk) == ["app"]
    assert backup_codes.take(again.pk, codes[0])
