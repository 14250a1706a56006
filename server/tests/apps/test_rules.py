"""What holds between records, over HTTP: each rule accepts what is right and says at which field something is wrong."""

import datetime as dt

import pytest

from brainstem.core.access import roles
from brainstem.core.model.trees import Role

from ..people import join_group, unique

pytestmark = pytest.mark.django_db


def refused(answer, field, says=""):
    """Whether a write was refused because of one field."""
    assert answer.status == 400, answer.body
    assert list(answer.body) == [field], answer.body
    assert says in answer.body[field][0]
    return True


@pytest.fixture
def elsewhere(alice):
    """Another project of Alice."""
    return alice.make("stem/project", name=unique("Project"))["id"]


def subject(lab, **fields):
    return lab.add("subject", **fields)["id"]


# --- cohorts, collections, breedings -------------------------------------------------------------------------------


def test_a_cohort_keeps_its_order(lab, alice):
    ids = [subject(lab) for _ in range(3)]
    cohort = lab.add("cohort", subjects=ids[::-1])
    assert cohort["subjects"] == ids[::-1]
    assert alice.patch(f"stem/cohort/{cohort['id']}", {"subjects": [ids[1], ids[0]]}).record["subjects"] == [
        ids[1],
        ids[0],
    ]


def test_a_cohort_gathers_subjects_of_its_project(lab, alice, elsewhere):
    other = subject(lab, projects=[elsewhere])
    assert refused(alice.post("stem/cohort", lab.payload("cohort") | {"subjects": [other]}), "subjects", other)


def test_a_collection_gathers_sessions_of_its_project(lab, alice, elsewhere):
    other = lab.add("session", projects=[elsewhere])["id"]
    assert refused(alice.post("stem/collection", lab.payload("collection") | {"sessions": [other]}), "sessions", other)
    collection = lab.add("collection", sessions=[lab["session"]])
    assert refused(alice.patch(f"stem/collection/{collection['id']}", {"project": elsewhere}), "sessions")


def test_a_subject_does_not_leave_the_project_of_its_cohort(lab, alice, elsewhere):
    lab.add("cohort", subjects=[lab["subject"]])
    address = f"stem/subject/{lab['subject']}"
    assert alice.patch(address, {"projects": [lab["project"], elsewhere]}).status == 200
    assert refused(alice.patch(address, {"projects": [elsewhere]}), "projects", "Cohort")


def test_a_breeding_pairs_a_female_and_a_male(lab, alice):
    sire, dam = lab["subject"], lab["dam"]
    payload = lab.payload("breeding")
    assert refused(alice.post("stem/breeding", payload | {"mother": sire, "father": subject(lab)}), "mother", "female")
    assert refused(alice.post("stem/breeding", payload | {"father": lab.add("dam")["id"]}), "father", "male")
    both = alice.post("stem/breeding", payload | {"father": dam})
    assert both.status == 400
    assert "must be different subjects." in both.body["father"][0]


def test_parents_are_of_the_project_and_keep_their_sex(lab, alice, elsewhere):
    stranger = subject(lab, projects=[elsewhere])
    assert refused(alice.post("stem/breeding", lab.payload("breeding") | {"father": stranger}), "father", "project")
    lab.add("breeding")
    assert refused(alice.patch(f"stem/subject/{lab['dam']}", {"sex": "U"}), "sex", "mother")


def test_a_breeding_does_not_end_before_it_starts(lab, alice):
    dates = {"start_date": "2026-02-01", "end_date": "2026-01-31"}
    assert refused(alice.post("stem/breeding", lab.payload("breeding") | dates), "end_date", "2026-02-01")


def test_a_project_goes_with_its_breedings(lab, alice):
    lab.add("breeding")
    assert alice.delete(f"stem/project/{lab['project']}").status == 204


def test_a_subject_is_born_before_it_dies(lab, alice):
    dates = {"birth_date": "2026-02-01", "death_date": "2026-01-31"}
    assert refused(alice.post("stem/subject", lab.payload("subject") | dates), "death_date", "birth_date")


def test_roles_of_people_are_kept_by_id(lab, alice, bob):
    roles_of = [{"user": bob.email.upper(), "role": "Data curator"}]
    address = f"stem/project/{lab['project']}"
    kept = [{"user": bob.user.pk, "role": "Data curator"}]
    assert alice.patch(address, {"user_roles": roles_of}).record["user_roles"] == kept
    assert alice.patch(address, {"user_roles": kept}).record["user_roles"] == kept
    nobody = [{"user": "nobody@nowhere.example", "role": "Data curator"}]
    assert refused(alice.patch(address, {"user_roles": nobody}), "user_roles", "no user")


# --- epochs --------------------------------------------------------------------------------------------------------


def test_an_epoch_ends_after_it_starts(lab, alice):
    payload = lab.payload("epoch")
    assert refused(alice.post("stem/epoch", payload | {"start": "00:10:00", "end": "PT10M"}), "end", "later")
    assert alice.post("stem/epoch", payload | {"start": "00:10:00"}).status == 201


def test_epochs_of_a_session_have_their_own_names(lab, alice):
    epoch = lab.add("epoch")
    assert refused(alice.post("stem/epoch", lab.payload("epoch") | {"name": epoch["name"]}), "name", "already exists")


@pytest.mark.parametrize(
    ("key", "model"),
    [("dataacquisition", "dataacquisition"), ("behavior", "behavior"), ("manipulation", "manipulation")],
)
def test_an_epoch_links_what_is_in_its_session(lab, alice, key, model):
    other = lab.add(model, session=lab.add("session")["id"])["id"]
    assert refused(alice.post("stem/epoch", lab.payload("epoch") | {key: [other]}), key, other)
    assert lab.add("epoch", **{key: [lab[model]]})[key] == [lab[model]]


def test_a_data_acquisition_is_in_one_epoch(lab, alice):
    first = lab.add("epoch", dataacquisition=[lab["dataacquisition"]])
    again = {"dataacquisition": [lab["dataacquisition"]]}
    assert refused(alice.post("stem/epoch", lab.payload("epoch") | again), "dataacquisition", first["name"])
    assert alice.patch(f"stem/epoch/{first['id']}", again | {"name": "task"}).status == 200


@pytest.mark.parametrize("model", ["dataacquisition", "behavior", "manipulation"])
def test_what_an_epoch_uses_stays(lab, alice, model):
    epoch = lab.add("epoch", **{model: [lab[model]]})
    address = f"modules/{model}/{lab[model]}"
    assert refused(alice.delete(address), "non_field_errors", epoch["name"])
    assert refused(alice.patch(address, {"session": lab.add("session")["id"]}), "session", epoch["name"])
    assert alice.patch(f"stem/epoch/{epoch['id']}", {model: []}).status == 200
    assert alice.delete(address).status == 204


def test_a_session_goes_with_its_epochs(lab, alice):
    lab.add("epoch", dataacquisition=[lab["dataacquisition"]])
    assert alice.delete(f"stem/session/{lab['session']}").status == 204
    assert alice.get(f"modules/dataacquisition/{lab['dataacquisition']}").status == 404


# --- who takes part ------------------------------------------------------------------------------------------------


def test_subjects_of_a_behavior_are_in_a_project_of_the_session(lab, alice, elsewhere):
    other = subject(lab, projects=[elsewhere])
    assert refused(alice.post("modules/behavior", lab.payload("behavior") | {"subjects": [other]}), "subjects", other)


@pytest.mark.parametrize("model", ["dataacquisition", "manipulation"])
def test_procedures_were_on_subjects_of_the_projects(lab, alice, elsewhere, model):
    other = lab.add("procedure", subject=subject(lab, projects=[elsewhere]))["id"]
    assert refused(alice.post(f"modules/{model}", lab.payload(model) | {"procedures": [other]}), "procedures", other)
    assert lab.add(model, procedures=[lab["procedure"]])["procedures"] == [lab["procedure"]]


@pytest.mark.parametrize(
    ("model", "details"), [("dataacquisition", [{"a": 1}]), ("manipulation", {"a": 1}), ("manipulation", [1])]
)
def test_details_have_the_shape_of_their_model(lab, alice, model, details):
    assert refused(alice.post(f"modules/{model}", lab.payload(model) | {"details": details}), "details", "list")


def test_empty_details_of_either_kind_mean_nothing(lab):
    assert lab.add("dataacquisition", details=[])["details"] == {}
    assert lab.add("manipulation", details={})["details"] == []
    assert lab.add("manipulation", details=None)["details"] == []


# --- data storages -------------------------------------------------------------------------------------------------


def test_storages_of_a_session_keep_their_order(lab, alice):
    ids = [lab.add("datastorage")["id"] for _ in range(3)]
    session = lab.add("session", datastorage=ids[::-1])
    assert session["datastorage"] == ids[::-1]
    assert alice.patch(f"stem/session/{session['id']}", {"datastorage": ids}).record["datastorage"] == ids


def test_attaching_a_storage_takes_a_contributor_of_it(lab, dana):
    """Dana contributes to the project, but only reads the storage."""
    roles.grant(lab["datastorage"], users={dana.user.pk: Role.MEMBER})
    address = f"stem/session/{lab['session']}"
    assert refused(dana.patch(address, {"datastorage": [lab["datastorage"]]}), "datastorage", "contributor")


def test_a_storage_of_a_group_stays_in_projects_of_that_group(lab, alice, dana):
    group = join_group(unique("Group"), alice.user, dana.user)
    roles.grant(lab["datastorage"], groups={group.pk: Role.CONTRIBUTOR})
    address = f"stem/session/{lab['session']}"
    wanted = {"datastorage": [lab["datastorage"]]}
    assert refused(dana.patch(address, wanted), "datastorage", "shares no group")
    row = {"session": lab["session"], "datastorage": lab["datastorage"]}
    assert refused(dana.post("stem/sessiondatastorage", row), "datastorage", "shares no group")
    roles.grant(lab["project"], groups={group.pk: Role.MEMBER})
    assert dana.patch(address, wanted).record["datastorage"] == [lab["datastorage"]]


# --- licenses, laboratories, vocabularies --------------------------------------------------------------------------


def days_from_now(days):
    return str(dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days))


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-31"}, "valid_until"),
        ({"status": "active", "valid_from": "2026-02-01"}, "valid_until"),
        ({"status": "active", "valid_until": "2026-02-01"}, "valid_from"),
        ({"status": "expired"}, "status"),
        ({"status": "expired", "valid_until": days_from_now(1)}, "status"),
        ({"country": "XX"}, "country"),
    ],
)
def test_a_license_that_contradicts_itself_is_refused(lab, alice, fields, at):
    assert refused(alice.post("personal_attributes/license", lab.payload("license") | fields), at)


def test_a_license_that_says_what_is_true_is_kept(lab):
    assert lab.add("license", status="expired", valid_until=days_from_now(-1))["status"] == "expired"
    assert lab.add("license", status="active", valid_from="2026-01-01", valid_until="2026-01-01")["status"] == "active"
    assert lab.add("license", country="dk")["country"] == "DK"


def test_a_license_lists_what_it_covers_from_both_sides(lab, alice):
    lab.add("subject", licenses=[lab["license"]])
    address = f"personal_attributes/license/{lab['license']}"
    assert len(alice.get(address).record["subjects"]) == 1
    assert alice.patch(address, {"subjects": [lab["subject"]]}).record["subjects"] == [lab["subject"]]
    assert alice.get(f"stem/subject/{lab['subject']}").record["licenses"] == [lab["license"]]


def test_a_laboratory_is_led_by_members_of_its_group(lab, alice, charlie):
    payload = lab.payload("laboratory")
    leaders = {"principal_investigators": [charlie.user.pk]}
    assert refused(alice.post("users/laboratory", payload | leaders), "principal_investigators", "members")
    assert alice.post("users/laboratory", payload).status == 201
    assert refused(alice.post("users/laboratory", payload), "group", "already")


def test_categories_are_two_levels_deep(lab, admin):
    top, other = lab.add("behavioralcategory")["id"], lab.add("behavioralcategory")["id"]
    below = lab.add("behavioralcategory", parent=top)["id"]
    path = "taxonomies/behavioralcategory"
    assert refused(admin.post(path, lab.payload("behavioralcategory") | {"parent": below}), "parent", "top-level")
    assert refused(admin.patch(f"{path}/{top}", {"parent": other}), "parent", "parent of others")
    assert refused(admin.patch(f"{path}/{top}", {"parent": top}), "parent", "its own")


@pytest.mark.parametrize("field", ["name", "acronym", "region_id"])
def test_a_brain_region_is_once_in_its_atlas(lab, admin, field):
    region = lab.add("brainregion", region_id=7)
    payload = lab.payload("brainregion") | {field: region[field]}
    assert refused(admin.post("taxonomies/brainregion", payload), field, "already exists")
    assert admin.post("taxonomies/brainregion", payload | {"atlas": "S2004"}).status == 201


@pytest.mark.parametrize(("rrid", "status"), [("RRID:IMSR_JAX:000664", 201), (None, 201), ("IMSR_JAX:000664", 400)])
def test_an_rrid_starts_with_its_name(lab, admin, rrid, status):
    answer = admin.post("taxonomies/strain", lab.payload("strain") | {"rrid": rrid})
    assert answer.status == status, answer.body


# --- logs ----------------------------------------------------------------------------------------------------------


def test_a_log_names_who_started_it_and_keeps_its_type(lab, dana, alice):
    log = dana.make("modules/subjectlog", **lab.payload("subjectlog"), user=alice.user.pk)
    assert log["user"] == dana.user.pk
    address = f"modules/subjectlog/{log['id']}"
    assert refused(dana.patch(address, {"type": "Housing"}), "type")
    assert dana.patch(address, {"type": log["type"], "entries": [{"a": 1}]}).record["entries"] == []


def test_entries_come_and_go_over_http(lab, alice, bob):
    address = f"modules/subjectlog/{lab['subjectlog']}"
    noon = {"date_time": "2026-01-31T12:00:00Z", "details": {"weight": 21}, "performed_by": bob.email}
    answer = alice.patch(f"{address}/add_entry/", noon)
    assert answer.status == 200, answer.body
    kept = [
        {
            "date_time": noon["date_time"],
            "notes": None,
            "details": {"weight": {"value": 21, "unit": "g"}},
            "performed_by": bob.user.pk,
        }
    ]
    assert answer.record["entries"] == kept
    assert refused(alice.patch(f"{address}/add_entry", noon), "date_time", "already")
    changed = alice.patch(f"{address}/change_entry", {"date_time": "2026-01-31T13:00+01:00", "notes": "after feeding"})
    assert changed.record["entries"] == [kept[0] | {"notes": "after feeding"}]
    twice = alice.patch(f"{address}/add_entry", noon | {"performed_by": "x@nowhere.example"})
    assert (twice.status, set(twice.body)) == (400, {"date_time", "performed_by"})
    assert bob.patch(f"{address}/remove_entry", noon).status == 403
    assert alice.patch(f"{address}/remove_entry", {"date_time": noon["date_time"]}).record["entries"] == []
