"""Forms of every model and type without JavaScript: they say what the API says, and nothing more."""

from __future__ import annotations

from typing import Any

import pytest

from brainstem.config.body_limits import largest_body
from brainstem.core.model.registry import routes
from brainstem.core.models import Change, Event
from brainstem.core.types.schemas import current, schemas

from ..lab import MODELS, Lab, path_of
from ..people import unique
from .paper import Desk, Paper, fill, upload

NAMES = list(MODELS)
SPECS = {name: routes()[tuple(path_of(name).split("/"))] for name in NAMES}
# Fields to change, of which each model has at least one.
CHANGED = ("notes", "description", "department", "order", "volume", "name")
# Where the records of a group of types are made, and what the examples are the value of.
OWNERS = {
    "Consumable": ("consumable", "details"),
    "ConsumableStock": ("consumablestock", "details"),
    "Coordinates": ("procedure", "coordinates_details"),
    "DataAcquisition": ("dataacquisition", "details"),
    "Equipment": ("equipment", "details"),
    "Manipulation": ("manipulation", "details"),
    "Procedure": ("procedure", "details"),
}
LOGS = {"ProcedureLog": "procedurelog", "SubjectLog": "subjectlog"}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001"
    "f61738550000000049454e44ae426082"
)


def desk_of(lab: Lab, name: str) -> Desk:
    """Who adds such records, at a desk in the portal where they do it."""
    admin = MODELS[name][2]
    return Desk(lab.admin, "super") if admin else Desk(lab.owner)


def shown(desk: Desk, name: str, record_id: str) -> dict[str, Any]:
    """The record as the API gives it, without what differs between any two."""
    record = desk.person.through(desk.portal).get(f"{path_of(name)}/{record_id}").record
    return {key: value for key, value in record.items() if key not in ("id", "created_at", "updated_at", "links")}


def write(desk: Desk, path: str, paper: Paper, name: str, payload: dict[str, Any]) -> Paper:
    """Fill in a payload; what is not offered beside the chosen type is asked for first."""
    for key, value in payload.items():
        ids = [str(one) for one in (value if isinstance(value, list) else [value])]
        if key in routes()[tuple(path_of(name).split("/"))].relations and set(ids) - set(paper.options(key)):
            paper.write(f"_all.{key}", "true")
            paper = desk.again(path, paper)
        if value not in ({}, []):
            fill(paper, key, value)
    return paper


def change_lines() -> int:
    return Change.objects.count()


# -- every model ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_form_that_is_filled_in_adds_what_the_api_adds(lab, name):
    desk, payload = desk_of(lab, name), lab.payload(name)
    path = f"{path_of(name)}/add"
    paper = desk.open(path, **{key: payload[key] for key in ("type", "coordinates_system") if key in payload})
    made = desk.save(path, write(desk, path, paper, name, payload))
    found = shown(desk, name, made)
    for key, value in payload.items():
        assert found[key] == value or key == "details"
    if "name" not in payload and name not in ("laboratory", "sessiondatastorage", "publication"):
        # Details without a value are left out, which leaves open which version of the type they follow.
        wanted = shown(desk, name, lab.add(name)["id"])
        assert {key for key in wanted if found[key] != wanted[key]} <= {"coordinates_schema_version"}


@pytest.mark.parametrize("name", NAMES)
def test_a_form_that_comes_back_untouched_changes_nothing(lab, name):
    desk, made = desk_of(lab, name), lab.add(name)
    path, before = f"{path_of(name)}/{made['id']}/change", change_lines()
    assert desk.save(path, desk.open(path)) == str(made["id"])
    assert change_lines() == before


@pytest.mark.parametrize("name", NAMES)
def test_one_field_that_is_changed_is_all_that_changes(lab, name):
    desk, made = desk_of(lab, name), lab.add(name)
    path, before = f"{path_of(name)}/{made['id']}/change", shown(desk, name, made["id"])
    paper = desk.open(path)
    field = next(key for key in CHANGED if key in paper.names)
    value = "7" if field == "order" else unique("Words")
    paper.write(field, value)
    desk.save(path, paper)
    after = shown(desk, name, made["id"])
    assert {key for key in after if after[key] != before[key]} == {field}
    assert str(after[field]) == value


@pytest.mark.parametrize("name", NAMES)
def test_a_field_that_two_people_change_is_asked_about_and_another_one_is_merged(lab, name):
    desk, made = desk_of(lab, name), lab.add(name)
    path, before = f"{path_of(name)}/{made['id']}/change", shown(desk, name, made["id"])
    first, second = desk.open(path), desk.open(path)
    both, *others = [key for key in CHANGED if key in first.names]
    mine, theirs = ("7", "8") if both in ("order", "volume") else (unique("mine"), unique("theirs"))
    first.write(both, theirs)
    second.write(both, mine)
    if others:
        second.write(others[0], "9" if others[0] in ("order", "volume") else unique("other"))
    desk.save(path, first)
    refused = desk.refused(path, second)
    assert {theirs, mine, f"f-{both}-e"} <= {*refused.texts, *refused.errors}
    after = shown(desk, name, made["id"])
    assert {key for key in after if after[key] != before[key]} == {both}
    refused.write(f"_take.{both}", "theirs")
    desk.save(path, refused)
    after = shown(desk, name, made["id"])
    assert str(after[both]) == theirs
    assert {key for key in after if after[key] != before[key]} == {both, *others[:1]}


@pytest.mark.parametrize("name", NAMES)
def test_a_form_with_errors_comes_back_with_everything_typed(lab, name):
    desk, made = desk_of(lab, name), lab.add(name)
    path = f"{path_of(name)}/{made['id']}/change"
    paper, before = desk.open(path), change_lines()
    long = "x" * 3000
    limited = [one for one in paper.controls if one.kind == "text" or one.attributes.get("rows") == "2"]
    texts = [one for one in limited if "." not in one.name and not one.name.startswith("_")]
    assert texts or name == "sessiondatastorage"
    for control in texts:
        paper.write(control.name, long)
    back = desk.refused(path, paper)
    for control in texts:
        assert back.values(control.name) == [long]
    assert {f"f-{control.name}-e" for control in texts if control.name != "tags"} <= back.errors.keys()
    assert len(back.summary) >= len(texts)
    assert change_lines() == before


@pytest.mark.parametrize("name", NAMES)
def test_what_is_missing_is_said_beside_its_control(lab, name):
    desk = desk_of(lab, name)
    path = f"{path_of(name)}/add"
    payload, paper = lab.payload(name), desk.open(path)
    for chosen in {"project", "projects"} & paper.names:  # the only one is chosen from the start
        paper.write(chosen, *[""][: chosen == "project"])
    back = desk.refused(path, paper)
    # Everything that Alice's payloads hold is needed, save what these leave to the type.
    needed = payload.keys() - {"details", "coordinates_system", "coordinates_details", "status"}
    assert {f"f-{key}-e" for key in needed} <= back.errors.keys()


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name not in ("sessiondatastorage", "laboratory", "brainregion")]
)
def test_a_copy_is_a_record_of_its_own(lab, name):
    desk, made = desk_of(lab, name), lab.add(name)
    path = f"{path_of(name)}/{made['id']}/duplicate"
    copied = desk.save(path, desk.open(path))
    assert copied != str(made["id"])
    before, after = shown(desk, name, made["id"]), shown(desk, name, copied)
    assert {key for key in after if after[key] != before[key]} <= {
        "name",
        "title",
        "users",
        "groups",
        "coordinates_schema_version",
    }


def test_several_copies_are_made_at_once_with_names_that_are_free(lab, alice):
    first = unique("M") + "_07"
    made, desk = lab.add("subject", name=first, name_used_in_storage=first), Desk(alice)
    lab.add("subject", name=first.replace("_07", "_09"))
    path, events = f"stem/subject/{made['id']}/duplicate", Event.objects.count()
    paper = desk.open(path)
    assert f"Duplicate {first}" in paper.texts
    assert paper.values("name") == paper.values("name_used_in_storage") == [first.replace("_07", "_08")]
    for wrong in ("0", "51", "x", "1,5"):
        paper.write("_copies", wrong)
        assert "f-_copies-e" in desk.refused(path, paper).errors
    assert Event.objects.count() == events
    paper.write("_copies", "3")
    copied = desk.save(path, paper)
    assert Event.objects.count() == events + 1
    names = [shown(desk, "subject", copied)["name"]]
    for line in Change.objects.filter(event=Event.objects.order_by("id").last(), model="stem.Subject").order_by("id"):
        names.append(line.after["name"])
        assert line.after["name_used_in_storage"] == line.after["name"]
    assert names[1:] == [first.replace("_07", end) for end in ("_08", "_10", "_11")]
    assert names[0] == names[1]


def test_none_of_several_copies_is_made_if_one_is_refused(lab, alice):
    made, desk = lab.add("subject", name="x" * 98), Desk(alice)
    path, before = f"stem/subject/{made['id']}/duplicate", change_lines()
    paper = desk.open(path)
    paper.write("name", "y" * 100)
    paper.write("_copies", "2")
    assert "f-name-e" in desk.refused(path, paper).errors
    assert change_lines() == before
    paper.write("_copies", "1")
    desk.save(path, paper)


def test_a_copy_of_a_session_has_its_parts_if_that_is_wanted(lab, alice):
    session, desk = lab.add("session")["id"], Desk(alice)
    behavior = lab.add("behavior", session=session, notes="Ran well.")["id"]
    acquisition = lab.add("dataacquisition", session=session)["id"]
    lab.add("epoch", session=session, behavior=[behavior], dataacquisition=[acquisition], name="run")
    path, events = f"stem/session/{session}/duplicate", Event.objects.count()
    paper = desk.open(path)
    alone = desk.save(path, paper)
    assert alice.get("stem/epoch", f"filter{{session}}={alone}").ids == []
    paper = desk.open(path)
    paper.write("_parts", "true")
    paper.write("_copies", "2")
    copy = desk.save(path, paper)
    assert Event.objects.count() == events + 2
    (epoch,) = alice.get("stem/epoch", f"filter{{session}}={copy}").ids
    (ran,) = alice.get("modules/behavior", f"filter{{session}}={copy}").ids
    (recorded,) = alice.get("modules/dataacquisition", f"filter{{session}}={copy}").ids
    found = alice.get(f"stem/epoch/{epoch}").record
    assert (found["name"], found["behavior"], found["dataacquisition"]) == ("run", [ran], [recorded])
    assert alice.get(f"modules/behavior/{ran}").record["notes"] == "Ran well."
    assert {ran, recorded}.isdisjoint({behavior, acquisition})


def test_logs_and_dates_of_parts_stay_with_the_first_one(lab, alice):
    subject, desk = lab.add("subject")["id"], Desk(alice)
    lab.add("subjectlog", subject=subject)
    lab.add("procedure", subject=subject, date_time="2026-01-02T10:00:00Z")
    path = f"stem/subject/{subject}/duplicate"
    paper = desk.open(path)
    assert any("1 procedure" in text and "log" not in text for text in paper.texts)
    paper.write("_parts", "true")
    copy = desk.save(path, paper)
    (procedure,) = alice.get("modules/procedure", f"filter{{subject}}={copy}").ids
    assert alice.get(f"modules/procedure/{procedure}").record["date_time"] is None
    assert alice.get("modules/subjectlog", f"filter{{subject}}={copy}").ids == []


@pytest.mark.parametrize(
    "name", [name for name in NAMES if "delete" in SPECS[name].resource.verbs and name != "publication"]
)
def test_a_deleted_record_has_no_form_until_it_is_restored(lab, name):
    desk, made = desk_of(lab, name), lab.add(name)
    record, before = f"{path_of(name)}/{made['id']}", shown(desk, name, made["id"])
    assert desk.client.post(f"/{desk.portal}/{record}/delete/").status_code in (302, 303)
    assert desk.status(f"{record}/change") == 404
    gone = f"/{desk.portal}/{path_of(name)}/deleted/"
    assert f'action="{gone}{made["id"]}/restore/"' in desk.client.get(gone).content.decode()
    restored = desk.client.post(f"{gone}{made['id']}/restore/", {"confirmed": "1"})
    assert (restored.status_code, restored.headers["Location"]) == (303, f"/{desk.portal}/{record}/")
    lines = change_lines()
    assert desk.save(f"{record}/change", desk.open(f"{record}/change")) == str(made["id"])
    assert change_lines() == lines
    assert shown(desk, name, made["id"]) == before


# -- every type -------------------------------------------------------------------------------------------------------


def examples(group: str) -> list[tuple[str, Any]]:
    """The first example of each type of a group."""
    found = [(name, current(group, name)) for name in schemas()[group]]
    return [(name, schema.body["examples"][0]) for name, schema in found if schema is not None]


def typed_fields(group: str, name: str, example: Any) -> dict[str, Any]:
    """What a payload says about the type."""
    if group == "Coordinates":
        return {"coordinates_system": name, "coordinates_details": example}
    return {"type": name, "details": example}


def said_nothing(value: Any) -> Any:
    """Without empty lists: in a table a cell without numbers is an empty cell."""
    if isinstance(value, dict):
        return {key: said_nothing(one) for key, one in value.items() if one != []}
    return [said_nothing(one) for one in value] if isinstance(value, list) else value


@pytest.mark.slow
@pytest.mark.parametrize("group", OWNERS)
def test_the_form_of_each_type_adds_what_the_api_adds(lab, group):
    name, key = OWNERS[group]
    desk, path = desk_of(lab, name), f"{path_of(name)}/add"
    for type_name, example in examples(group):
        fields = typed_fields(group, type_name, example)
        wanted = shown(desk, name, lab.add(name, **fields)["id"])
        payload = lab.payload(name) | fields
        query = {one: payload[one] for one in ("type", "coordinates_system") if one in payload}
        paper = write(desk, path, desk.open(path, **query), name, payload)
        found = shown(desk, name, desk.save(path, paper))
        assert said_nothing(found[key]) == said_nothing(wanted[key]), type_name
        assert found.keys() == wanted.keys()


@pytest.mark.slow
@pytest.mark.parametrize("group", OWNERS)
def test_the_form_of_each_type_comes_back_untouched_and_with_one_change(lab, group):
    name, key = OWNERS[group]
    desk = desk_of(lab, name)
    for type_name, example in examples(group):
        made = lab.add(name, **typed_fields(group, type_name, example))
        path, before = f"{path_of(name)}/{made['id']}/change", change_lines()
        paper = desk.open(path)
        desk.save(path, paper)
        assert change_lines() == before, type_name
        late = desk.open(path)
        field = "notes" if "notes" in paper.names else "comments"
        paper.write(field, "changed")
        desk.save(path, paper)
        assert shown(desk, name, made["id"])[key] == made[key], type_name
        # Somebody else, who opened the form before that, changes something in its details.
        changes = change_one(late, key)
        desk.save(path, late)
        after = shown(desk, name, made["id"])
        assert after[field] == "changed", type_name
        assert (after[key] != made[key]) is changes, type_name


def change_one(paper: Paper, key: str) -> bool:
    """Change the first number or text in the details, if there is one."""
    for control in paper.controls:
        is_detail = control.name.startswith(f"{key}.") and not control.name.endswith(("._was", ".unit"))
        if is_detail and control.kind in ("text", "textarea") and control.value:
            is_number = control.value.lstrip("-").replace(".", "").isdecimal()
            control.value = ("8" if control.value == "7" else "7") if is_number else f"{control.value}x"
            return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("group", LOGS)
def test_the_entries_of_each_log_are_written_in_its_form(lab, group):
    name = LOGS[group]
    desk = desk_of(lab, name)
    for type_name, example in examples(group):
        path, payload = f"{path_of(name)}/add", lab.payload(name)
        paper = desk.open(path, type=type_name)
        time = "date_time" if "entries.0.date_time" in paper.names else "start_date_time"
        for key, value in payload.items():
            fill(paper, key, type_name if key == "type" else value)
        fill(paper, "entries.0", {time: "2026-01-31T12:00", "notes": "first", "details": example})
        made = desk.save(path, paper)
        entries = shown(desk, name, made)["entries"]
        assert [said_nothing(entry["details"]) for entry in entries] == [said_nothing(example)], type_name
        assert entries[0][time] == "2026-01-31T12:00:00Z"
        path, before = f"{path_of(name)}/{made}/change", change_lines()
        desk.save(path, desk.open(path))
        assert change_lines() == before, type_name


# -- values -----------------------------------------------------------------------------------------------------------


def test_what_only_other_clients_store_stays(lab, alice):
    details = {
        "fileName": "  a\r\nb  ",
        "sr": {"value": 1e-7, "unit": "Hz"},
        "unknown key": {"x": [1, None, "\r\n"]},
        "electrodeGroups": [{"channels": [3, 1, 2], "label": "p", "beyond": None}, {}],
    }
    made = lab.add("dataacquisition", details=details)
    path, before = f"modules/dataacquisition/{made['id']}/change", change_lines()
    desk = Desk(alice)
    paper = desk.open(path)
    desk.save(path, paper)
    assert change_lines() == before
    paper.write("details.electrodeGroups.1.label", "q")
    paper.write("details.nChannels", "32")
    desk.save(path, paper)
    after = shown(desk, "dataacquisition", made["id"])["details"]
    expected = made["details"] | {"nChannels": 32}
    expected["electrodeGroups"] = [made["details"]["electrodeGroups"][0], {"label": "q"}]
    assert after == expected


@pytest.mark.parametrize(
    "text", ["", " ", "  x  ", "a\r\n\r\nb", "\n\nx\n", "x" * 9000, "<p>a</p>\n", "\ttab", "&amp;<"]
)
def test_long_and_odd_texts_come_back_as_they_are(lab, alice, text):
    made = lab.add("session", description=text, extra_fields={"a": text, "b": 1e-7, "c": "1"})
    path, before = f"stem/session/{made['id']}/change", change_lines()
    desk = Desk(alice)
    desk.save(path, desk.open(path))
    assert change_lines() == before


def test_markup_that_is_not_kept_is_told(lab, alice):
    made, desk = lab.add("session"), Desk(alice)
    path = f"stem/session/{made['id']}/change"
    for text, is_told in (("<p>fine</p>\n<p>too</p>", False), ("<p onclick='x()'>a</p><script>b</script>", True)):
        paper = desk.open(path)
        paper.write("description", text)
        desk.save(path, paper)
        page = desk.client.get(f"/private/{path}/").content.decode()
        assert ("Description: markup that is not allowed was left out." in page) is is_told
        assert "<script>b" not in shown(desk, "session", made["id"])["description"]


def test_very_many_wrong_names_are_refused_at_once(lab, alice):
    data = {f"wrong{number}": "x" * 50 for number in range(4000)}
    response = Desk(alice).client.post(f"/private/stem/session/{lab['session']}/change/", data)
    assert response.status_code == 422
    assert len(Paper(response.content.decode()).summary) == 21


def test_times_are_those_of_the_profile_and_keep_their_fractions(lab, alice):
    alice.user.time_zone = "America/New_York"
    alice.user.save(update_fields=["time_zone"])
    made = lab.add("session", date_time="2026-07-31T12:00:07.123456Z")
    path = f"stem/session/{made['id']}/change"
    desk = Desk(alice)
    paper = desk.open(path)
    assert paper.values("date_time") == ["2026-07-31T08:00:07.123"]
    assert "Times in America/New_York," in paper.texts
    before = change_lines()
    desk.save(path, paper)
    assert change_lines() == before
    paper.write("date_time", "2026-12-31T23:30")
    desk.save(path, paper)
    assert shown(desk, "session", made["id"])["date_time"] == "2027-01-01T04:30:00Z"


def test_a_form_is_read_in_the_zone_in_which_it_was_drawn(lab, alice):
    made = lab.add("session", date_time="2026-07-31T12:00:00Z")
    path, desk = f"stem/session/{made['id']}/change", Desk(alice)
    paper = desk.open(path)
    alice.user.time_zone = "Asia/Tokyo"
    alice.user.save(update_fields=["time_zone"])
    paper.write("date_time", "2026-07-31T13:00")
    desk.save(path, paper)
    assert shown(desk, "session", made["id"])["date_time"] == "2026-07-31T13:00:00Z"


def test_a_time_that_the_clocks_show_twice_can_be_said_exactly(lab, alice):
    alice.user.time_zone = "Europe/Copenhagen"
    alice.user.save(update_fields=["time_zone"])
    made, desk = lab.add("session"), Desk(alice)
    path = f"stem/session/{made['id']}/change"
    paper = desk.open(path)
    paper.write("date_time", "2026-10-25T02:30")
    back = desk.refused(path, paper)
    assert "twice" in back.errors["f-date_time-e"]
    back.write("date_time", "2026-10-25T02:30+01:00")
    desk.save(path, back)
    assert shown(desk, "session", made["id"])["date_time"] == "2026-10-25T01:30:00Z"


def test_a_number_with_its_unit_is_understood_and_a_comma_explained(lab, alice):
    desk, path = Desk(alice), "modules/procedure/add"
    paper = desk.open(path, type="VirusInjection", subject=lab["subject"])
    paper.write("coordinates_system", "Stereotaxic_BregmaAbsolute")
    paper.write("details.injectionVolume", "0,3 ul")
    back = desk.refused(path, paper)
    assert "Write 0.3." in back.errors["f-details-injectionVolume-e"]
    assert back.values("details.injectionVolume") == ["0,3 ul"]
    back.write("details.injectionVolume", "0.3 ul")
    details = shown(desk, "procedure", desk.save(path, back))["details"]
    assert details["injectionVolume"] == {"value": 0.3, "unit": "µL"}


def test_errors_of_the_rules_stand_beside_their_controls(lab, alice):
    desk, path = Desk(alice), "modules/procedure/add"
    paper = desk.open(
        path, type="VirusInjection", subject=lab["subject"], coordinates_system="Stereotaxic_BregmaAbsolute"
    )
    paper.write("details.injectionVolume", "-1")
    paper.write("details.injectionRate", "much")
    back = desk.refused(path, paper)
    assert "less than the minimum of 0" in back.errors["f-details-injectionVolume-e"]
    assert len([name for name in back.errors if name.startswith("f-details-")]) == 2


def test_tables_of_every_shape_are_written_by_their_columns(lab, alice):
    desk, path = Desk(alice), "personal_attributes/datastorage/add"
    paper = desk.open(path)
    paper.write("name", unique("Server"))
    fill(paper, "data_organization", [{"elements": "Projects"}, {"elements": "Subjects"}])
    fill(paper, "data_protocols", [{"protocol": "SMB", "path": "/data"}])
    paper.write("data_protocols.0.is_public", "true")
    found = shown(desk, "datastorage", desk.save(path, paper))
    assert found["data_organization"] == [{"elements": "Projects"}, {"elements": "Subjects"}]
    assert found["data_protocols"] == [{"protocol": "SMB", "path": "/data", "is_public": True}]
    path = "stem/session/add"
    paper = desk.open(path, projects=lab["project"])
    paper.write("name", unique("Session"))
    fill(paper, "extra_fields", [{"name": "weight", "value": 20.5}, {"name": "mood", "value": "calm"}])
    fill(paper, "download_links", [{"Repository": "DANDI", "URL": "https://dandiarchive.org/1"}])
    found = shown(desk, "session", desk.save(path, paper))
    assert found["extra_fields"] == {"weight": 20.5, "mood": "calm"}
    assert found["download_links"] == [{"Repository": "DANDI", "URL": "https://dandiarchive.org/1"}]
    assert found["projects"] == [lab["project"]]


def test_errors_of_rows_stand_in_their_rows_after_blank_ones_are_gone(lab, alice):
    made, desk = lab.add("session"), Desk(alice)
    path = f"stem/session/{made['id']}/change"
    paper = desk.open(path)
    fill(paper, "download_links", [{"Repository": "", "URL": ""}, {"Repository": "DANDI", "URL": "nowhere"}])
    back = desk.refused(path, paper)
    assert "is not a URL" in "".join(back.errors.values())
    assert back.values("download_links.0.URL") == ["nowhere"]
    assert back.values("download_links.1.URL") == [""]


def test_rows_are_added_removed_and_moved_without_a_script(lab, alice):
    made, desk = lab.add("datastorage", data_organization=["Projects", "Subjects", "Sessions"]), Desk(alice)
    path = f"personal_attributes/datastorage/{made['id']}/change"
    paper = desk.again(path, desk.open(path), do="up data_organization 2")
    paper = desk.again(path, paper, do="remove data_organization 0")
    paper = desk.again(path, paper, do="add data_organization")
    last = max(int(name.split(".")[1]) for name in paper.names if name.startswith("data_organization."))
    paper.write(f"data_organization.{last}.elements", "Years")
    desk.save(path, paper)
    rows = shown(desk, "datastorage", made["id"])["data_organization"]
    assert [row["elements"] for row in rows] == ["Sessions", "Subjects", "Years"]


def test_records_of_a_list_keep_their_order_and_are_moved(lab, alice):
    subjects = [lab.add("subject")["id"] for _ in range(3)]
    made, desk = lab.add("cohort", subjects=subjects), Desk(alice)
    path = f"stem/cohort/{made['id']}/change"
    paper = desk.open(path)
    assert paper.values("subjects")[1:] == subjects
    desk.save(path, desk.again(path, paper, do=f"up subjects {subjects[2]}"))
    assert shown(desk, "cohort", made["id"])["subjects"] == [subjects[0], subjects[2], subjects[1]]


def test_emptied_controls_empty_their_fields(lab, alice):
    made = lab.add("subject", birth_date="2026-01-01", genotype="wt", tags=["a"], licenses=[lab["license"]])
    path, desk = f"stem/subject/{made['id']}/change", Desk(alice)
    paper = desk.open(path)
    for name in ("birth_date", "genotype", "tags"):
        paper.write(name, "")
    paper.write("licenses")
    desk.save(path, paper)
    after = shown(desk, "subject", made["id"])
    assert (after["birth_date"], after["genotype"], after["tags"], after["licenses"]) == (None, "", [], [])


# -- types ------------------------------------------------------------------------------------------------------------


def test_another_type_keeps_what_both_know_and_tells_what_is_left(lab, alice):
    made = lab.add("dataacquisition", details={"fileName": "a.dat", "nChannels": 4})
    path, desk = f"modules/dataacquisition/{made['id']}/change", Desk(alice)
    paper = desk.open(path)
    paper.write("type", "VideoTracking")
    told = desk.refused(path, paper)  # Saved without having seen the fields of the new type.
    assert "N channels: 4" in told.texts or any("4" in text and "hannels" in text for text in told.texts)
    assert told.values("details.fileName") == ["a.dat"]
    assert told.values("_kept.details.nChannels") == ["4"]
    told.write("type", "ExtracellularEphys")
    back = desk.again(path, told)
    assert back.values("details.nChannels") == ["4"]
    back.write("type", "VideoTracking")
    desk.save(path, desk.again(path, back))
    after = shown(desk, "dataacquisition", made["id"])
    assert (after["type"], after["details"]) == ("VideoTracking", {"fileName": "a.dat"})


def test_a_button_draws_the_form_of_a_type_with_everything_typed(lab, alice):
    desk, path = Desk(alice), "modules/procedure/add"
    paper = desk.open(path)
    assert not [name for name in paper.names if name.startswith("details")]
    paper.write("type", "Craniotomy")
    paper.write("notes", "kept")
    paper = desk.again(path, paper)
    assert "details.surgicalMethod" in paper.names
    assert paper.values("notes") == ["kept"]


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_file_is_added_shown_and_removed(lab, alice, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made, desk = lab.add("setup"), Desk(alice)
    path = f"personal_attributes/setup/{made['id']}/change"
    desk.save(path, desk.open(path), image=upload("rig.png", PNG))
    assert shown(desk, "setup", made["id"])["image"]
    paper, before = desk.open(path), change_lines()
    assert "image.remove" in paper.names
    desk.save(path, paper)
    assert change_lines() == before
    paper.write("image.remove", "true")
    desk.save(path, paper)
    assert not shown(desk, "setup", made["id"])["image"]


def test_a_stored_file_is_shown_and_one_that_is_lost_on_the_way_has_to_be_chosen_again(lab, alice, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made, desk = lab.add("setup"), Desk(alice)
    path = f"personal_attributes/setup/{made['id']}/change"
    desk.save(path, desk.open(path), image=upload("rig.png", PNG))
    text = desk.client.get(f"/private/{path}/").content.decode()
    assert f'<img class="file-picture" src="/api/private/personal_attributes/setup/{made["id"]}/image/"' in text
    assert "rig.png</a>" in text
    assert "69\xa0bytes" in text
    paper = desk.open(path)
    paper.write("name", "")
    response = desk.send(path, paper, image=upload("new.png", PNG))
    assert response.status_code == 422
    assert "Choose new.png again" in response.content.decode()


def test_a_script_that_sends_a_form_is_told_where_to_go(lab, alice):
    made, desk = lab.add("setup"), Desk(alice)
    url = f"/private/personal_attributes/setup/{made['id']}/change/"
    paper = desk.open(f"personal_attributes/setup/{made['id']}/change")
    response = desk.client.post(url, paper.data(), headers={"Brainstem-Form": "script"})
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Brainstem-Location"] == f"/private/personal_attributes/setup/{made['id']}/"


def test_a_file_is_checked_as_by_the_api(lab, alice):
    made, desk = lab.add("license"), Desk(alice)
    path = f"personal_attributes/license/{made['id']}/change"
    paper = desk.open(path)
    response = desk.send(path, paper, license_document=upload("a.pdf", b"not a PDF"))
    assert response.status_code == 422
    assert "not that of a .pdf" in Paper(response.content.decode()).errors["f-license_document-e"]


@pytest.mark.parametrize(
    ("path", "takes"),
    [
        ("/private/personal_attributes/setup/add/", True),
        ("/super/personal_attributes/setup/1/change/", True),
        ("/private/personal_attributes/setup/1/duplicate/", True),
        ("/public/personal_attributes/setup/add/", False),
        ("/private/personal_attributes/setup/1/", False),
    ],
)
def test_forms_take_files_and_other_pages_do_not(settings, path, takes):
    large = settings.BRAINSTEM_MAX_IMAGE_BYTES
    assert (largest_body(path, "multipart/form-data; boundary=x") > large) is takes
    assert largest_body(path, "application/x-www-form-urlencoded") < large


# -- strictness -------------------------------------------------------------------------------------------------------


def test_a_name_that_the_form_does_not_have_is_refused(lab, alice):
    made, desk = lab.add("session"), Desk(alice)
    path, before = f"stem/session/{made['id']}/change", change_lines()
    data = desk.open(path).data() | {"nmae": ["x"], "extra_fields.0.nmae": ["x"]}
    response = desk.client.post(f"/private/{path}/", data)
    assert response.status_code == 422
    summary = " ".join(Paper(response.content.decode()).summary)
    assert "The form has no field 'nmae'. Did you mean 'name'?" in summary
    assert change_lines() == before


def test_a_program_may_send_only_what_it_changes(lab, alice):
    made, desk = lab.add("session", tags=["a"], description="b"), Desk(alice)
    response = desk.client.post(f"/private/stem/session/{made['id']}/change/", {"name": unique("Other")})
    assert response.status_code == 303
    after = shown(desk, "session", made["id"])
    assert (after["tags"], after["description"], after["projects"]) == (["a"], "b", [lab["project"]])


def test_the_record_is_read_and_written_by_the_names_of_the_api(lab, alice):
    response = Desk(alice).client.post(
        "/private/stem/subject/add/",
        {"name": unique("Mouse"), "projects": [lab["project"]], "strain": lab["strain"], "sex": "F", "tags": "a, b"},
    )
    assert response.status_code == 303
    made = response.headers["Location"].rstrip("/").rpartition("/")[2]
    assert sorted(shown(Desk(alice), "subject", made)["tags"]) == ["a", "b"]


def test_another_one_can_be_added_in_the_same_place(lab, alice):
    desk, path = Desk(alice), "modules/procedure/add"
    paper = desk.open(path, type="Craniotomy", subject=lab["subject"], coordinates_system="External_XYZ_Absolute")
    response = desk.send(path, paper, do="another")
    assert response.status_code == 303
    assert response.headers["Location"] == f"/private/modules/procedure/add/?type=Craniotomy&subject={lab['subject']}"


# -- words -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["session", "procedure", "subjectlog", "datastorage", "project"])
def test_a_field_has_one_label_on_its_record_its_list_and_its_form(lab, alice, model):
    from brainstem.core.model.registry import routes

    path = MODELS[model][0]
    spec = routes()[tuple(path.split("/"))]
    lab[model]
    html = {
        "form": Desk(alice).client.get(f"/private/{path}/{lab[model]}/change/").content.decode(),
        "record": Desk(alice).client.get(f"/private/{path}/{lab[model]}/").content.decode(),
        "list": Desk(alice).client.get(f"/private/{path}/").content.decode(),
    }
    labels = {"projects": "Projects", "subject": "Subject", "date_time": "Date and time", "data_organization": "Folder levels",
              "data_protocols": "Ways to access the data", "user_roles": "Contributions",
              "brain_region": "Brain region", "consumablestock": "Consumable stock", "description": "Description"}  # fmt: skip
    found = [name for name in labels if name in spec.keys]
    for name in found:
        assert labels[name] in html["form"], name
        assert labels[name].lower() in html["record"].lower(), name
        if f"columns={name}" in html["list"]:
            assert labels[name] in html["list"], name
    assert found


def test_a_record_is_called_the_same_where_one_is_chosen(lab, alice):
    lab["procedure"], lab["manipulation"]
    name = f"Craniotomy, {lab.made['subject']['name']}"
    path = f"modules/manipulation/{lab['manipulation']}"
    assert name in Desk(alice).client.get(f"/private/{path}/change/").content.decode()
    assert name in Desk(alice).client.get(f"/private/{path}/").content.decode()
