"""Births, deaths and descent: nothing happens before a birth, no fact lies in the future, nobody is their own ancestor."""

from __future__ import annotations

import datetime as dt

import pytest

from ..people import unique

PLACE = {"coordinates_system": "Stereotaxic_BregmaAbsolute", "coordinates_details": {}}


def days_from_now(days: int) -> str:
    return (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days)).isoformat()


def refused(answer, field: str, part: str) -> bool:
    told = (answer.body or {}).get(field, [""])[0]
    return answer.status == 400 and part in told


@pytest.fixture
def family(lab, alice):
    """Mother, father, their breeding of 1 March 2025, and a pup of it."""
    mother = lab.add("dam", birth_date="2024-10-01")
    father = lab.add("subject", birth_date="2024-10-02")
    breeding = lab.add("breeding", mother=mother["id"], father=father["id"], birth_date="2025-03-01")
    pup = lab.add("dam", breeding=breeding["id"], birth_date="2025-03-01")
    return {"mother": mother, "father": father, "breeding": breeding, "pup": pup}


def test_no_birth_or_death_lies_in_the_future(lab, alice):
    path = f"stem/subject/{lab['subject']}"
    for field in ("birth_date", "death_date"):
        assert refused(alice.patch(path, {field: days_from_now(30)}), field, "future")
        assert alice.patch(path, {field: days_from_now(1)}).status == 200  # it is tomorrow already somewhere
        assert alice.patch(path, {field: None}).status == 200
    planned = lab.add("subject", status="planned", birth_date=days_from_now(30))
    assert refused(alice.patch(f"stem/subject/{planned['id']}", {"status": "active"}), "birth_date", "planned")
    litter = f"stem/breeding/{lab.add('breeding')['id']}"
    assert refused(alice.patch(litter, {"birth_date": days_from_now(30)}), "birth_date", "future")
    assert alice.patch(litter, {"birth_date": "2025-03-01", "end_date": days_from_now(30)}).status == 200
    assert refused(alice.patch(litter, {"weaning_date": "2025-02-01"}), "weaning_date", "birth_date")


def test_a_pup_is_born_with_its_litter(lab, alice, family):
    pup, litter = f"stem/subject/{family['pup']['id']}", f"stem/breeding/{family['breeding']['id']}"
    assert refused(alice.patch(pup, {"birth_date": "2025-04-01"}), "birth_date", "2025-03-01")
    assert alice.patch(pup, {"birth_date": "2025-03-02"}).status == 200  # born over midnight
    assert refused(alice.patch(litter, {"birth_date": "2025-04-01"}), "birth_date", family["pup"]["name"])
    assert alice.patch(litter, {"birth_date": "2025-03-02"}).status == 200
    payload = lab.payload("subject") | {"breeding": family["breeding"]["id"], "birth_date": "2025-05-01"}
    assert refused(alice.post("stem/subject", payload), "birth_date", "litter")
    answer = alice.post("stem/subject/bulk", {"create": [payload, payload | {"name": unique("S")}]})
    assert "litter" in answer.text
    assert alice.post("stem/subject", payload | {"birth_date": None}).status == 201
    assert alice.post("stem/subject", payload | {"name": unique("S"), "birth_date": "2025-03-02"}).status == 201


def test_parents_are_born_before_their_litters(lab, alice, family):
    mother, litter = f"stem/subject/{family['mother']['id']}", f"stem/breeding/{family['breeding']['id']}"
    assert refused(alice.patch(mother, {"birth_date": "2025-03-01"}), "birth_date", family["breeding"]["name"])
    assert alice.patch(mother, {"birth_date": "2024-11-01"}).status == 200
    assert refused(alice.patch(litter, {"birth_date": "2024-10-15"}), "birth_date", "mother")
    young = lab.payload("subject") | {"birth_date": "2024-09-01", "breeding": lab.add("breeding", **{
        name: family[name]["id"] for name in ("mother", "father")})["id"]}  # fmt: skip
    assert refused(alice.post("stem/subject", young), "birth_date", "was born on")
    assert alice.post("stem/subject", young | {"birth_date": "2025-01-01"}).status == 201


def test_nobody_is_their_own_ancestor(lab, alice, family):
    alice.patch(f"stem/breeding/{family['breeding']['id']}", {"birth_date": None})
    for one in ("mother", "pup"):
        alice.patch(f"stem/subject/{family[one]['id']}", {"birth_date": None})
    second = lab.add("breeding", mother=family["pup"]["id"], father=family["father"]["id"])
    grandchild = lab.add("dam", breeding=second["id"])
    mother = f"stem/subject/{family['mother']['id']}"
    for circle in (family["breeding"], second):
        assert refused(alice.patch(mother, {"breeding": circle["id"]}), "breeding", "own ancestor")
    first = f"stem/breeding/{family['breeding']['id']}"
    for descendant in (family["pup"], grandchild):
        assert refused(alice.patch(first, {"mother": descendant["id"]}), "mother", "own ancestor")
    other = lab.add("breeding")
    assert alice.patch(mother, {"breeding": other["id"]}).status == 200
    assert alice.patch(first, {"mother": lab.add("dam")["id"]}).status == 200


def test_births_are_compared_also_where_another_value_is_wrong(lab, alice, family):
    """What queries look for is then a record of which not all can be read."""
    session, dam = lab.add("session", date_time="2025-03-01T10:00:00Z"), family["mother"]["id"]
    answer = alice.patch(f"stem/session/{session['id']}", {"date_time": "2025-03-02T10:00:00Z", "name": ["no text"]})
    assert (answer.status, list(answer.body)) == (400, ["name"])
    answer = alice.patch(f"stem/subject/{dam}", {"birth_date": "2025-04-01", "name": ["no text"]})
    assert (answer.status, sorted(answer.body)) == (400, ["birth_date", "name"])


def test_nothing_is_done_with_a_subject_before_its_birth(lab, alice):
    subject = lab.add("subject", birth_date="2025-03-10")
    session = lab.add("session", date_time="2025-03-01T10:00:00Z")
    procedure = {"subject": subject["id"], "type": "Craniotomy", **PLACE}
    early, zone, late = "2025-03-01T10:00:00Z", "2025-03-09T22:00:00Z", "2025-03-12T10:00:00Z"
    assert refused(alice.post("modules/procedure", procedure | {"date_time": early}), "date_time", "2025-03-10")
    made = alice.make("modules/procedure", **procedure, date_time=zone)
    assert refused(
        alice.patch(f"modules/procedure/{made['id']}", {"date_time": early}), "date_time", "before the birth"
    )
    assert alice.patch(f"modules/procedure/{made['id']}", {"date_time": late}).status == 200
    behavior = lab.payload("behavior") | {"session": session["id"], "subjects": [subject["id"]]}
    assert refused(alice.post("modules/behavior", behavior), "subjects", "Born after the session")
    assert alice.patch(f"stem/session/{session['id']}", {"date_time": late}).status == 200
    alice.make("modules/behavior", **behavior)
    assert refused(alice.patch(f"stem/session/{session['id']}", {"date_time": early}), "date_time", subject["name"])
    log = lab.add("subjectlog", subject=subject["id"])
    entry = f"modules/subjectlog/{log['id']}/add_entry"
    assert refused(alice.patch(entry, {"date_time": early}), "date_time", "2025-03-10")
    assert alice.patch(entry, {"date_time": "2025-03-11T10:00:00Z"}).status == 200
    after = lab.add("procedurelog", procedure=made["id"])
    entry = f"modules/procedurelog/{after['id']}/add_entry"
    assert refused(alice.patch(entry, {"date_time": early}), "date_time", "2025-03-10")
    assert alice.patch(entry, {"date_time": late}).status == 200
    path = f"stem/subject/{subject['id']}"
    answer = alice.patch(path, {"birth_date": "2025-04-01"})
    told = " ".join(answer.body["birth_date"])
    assert [word for word in ("procedure", "session", "entry") if word not in told] == []
    assert alice.patch(path, {"birth_date": "2025-03-11"}).status == 200
    assert refused(alice.patch(path, {"death_date": "2025-03-01"}), "death_date", "birth_date")


def test_a_log_tells_what_has_happened(lab, alice):
    entry = f"modules/subjectlog/{lab['subjectlog']}/add_entry"
    assert refused(alice.patch(entry, {"date_time": days_from_now(30)}), "date_time", "future")
    assert alice.patch(entry, {"date_time": days_from_now(0)}).status == 200


def test_what_still_lasts_has_no_end_until_it_is_closed(lab, alice):
    log = lab.add("subjectlog", type="WaterDeprivation")
    path = f"modules/subjectlog/{log['id']}"
    start = {"start_date_time": "2026-01-01T10:00:00Z"}
    assert refused(alice.patch(f"{path}/add_entry", start), "end_date_time", "null while the interval is ongoing")
    answer = alice.patch(f"{path}/add_entry", start | {"end_date_time": None})
    assert (answer.status, answer.record["entries"][0]["end_date_time"]) == (200, None)
    ongoing = "filter{entries.end_date_time.isnull}=true&filter{type}=WaterDeprivation"
    assert alice.get("modules/subjectlog", ongoing).ids == [log["id"]]
    assert alice.patch(f"{path}/change_entry", start | {"notes": "x"}).record["entries"][0]["end_date_time"] is None
    late = {"end_date_time": "2025-12-31T10:00:00Z"}
    assert refused(alice.patch(f"{path}/change_entry", start | late), "end_date_time", "later")
    closed = alice.patch(f"{path}/change_entry", start | {"end_date_time": "2026-01-03T10:00:00Z"})
    assert closed.record["entries"][0]["end_date_time"] == "2026-01-03T10:00:00Z"
    assert alice.get("modules/subjectlog", ongoing).ids == []


def test_a_coordinate_system_is_asked_for_where_the_type_has_some(lab, alice):
    subject = {"subject": lab["subject"]}
    for kind in ("Anesthesia", "Decapitation"):
        made = alice.make("modules/procedure", **subject, type=kind)
        assert (made["coordinates_system"], made["coordinates_details"]) == ("", {})
    answer = alice.post("modules/procedure", subject | {"type": "Craniotomy"})
    assert refused(answer, "coordinates_system", "Stereotaxic_BregmaAbsolute")
    answer = alice.patch(f"modules/procedure/{made['id']}", {"type": "Craniotomy", "details": {}})
    assert refused(answer, "coordinates_system", "required")
    assert alice.patch(f"modules/procedure/{made['id']}", {"type": "Craniotomy", "details": {}, **PLACE}).status == 200
    camera = {"name": unique("Camera"), "setup": lab["setup"], "type": "Camera"}
    assert refused(alice.post("modules/equipment", camera), "coordinates_system", "required")
    assert refused(alice.post("modules/procedure", subject | {"type": "Anesthesia", "coordinates_system": "Nowhere"}),
                   "coordinates_system", "Nowhere")  # fmt: skip


def test_a_brain_region_does_not_lie_in_itself(lab, admin):
    path, boss = "taxonomies/brainregion", admin.through("super")

    def region(acronym, parent):
        return {"name": unique(acronym), "acronym": acronym, "atlas": "AIA", "parent_acronym": parent}

    assert refused(boss.post(path, region("ZA", "ZA")), "parent_acronym", "its own parent")
    top = boss.make(path, **region("ZA", ""))
    boss.make(path, **region("ZB", "ZA"))
    boss.make(path, **region("ZC", "ZB"))
    assert refused(boss.patch(f"{path}/{top['id']}", {"parent_acronym": "ZC"}), "parent_acronym", "ZA in ZC in ZB")
    answer = boss.post(f"{path}/bulk", {"create": [region("ZD", "ZE"), region("ZE", "ZD")]})
    assert "would contain itself" in answer.text
    assert boss.patch(f"{path}/{top['id']}", {"parent_acronym": "ZX"}).status == 200
