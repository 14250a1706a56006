"""The flows of the tutorials, with every released client as it is, and with ours."""

from __future__ import annotations

import pytest

from .installed import MODERN
from .remote import ClientError

pytestmark = pytest.mark.slow

# --- signing in ---


def test_sign_in_gives_a_token_that_opens_the_private_portal(client, lab):
    assert client.token.startswith("bst_")
    assert client.load("project").status == 200


def test_wrong_password_is_a_login_error(served, sign_in):
    for version in ("0.1.0", "0.2.0"):
        with pytest.raises(ClientError) as caught:
            sign_in(version, username=served.email("alice"), password="wrong")
        assert caught.value.kind == "LoginError"


def test_bad_token_is_401(version, sign_in):
    stranger = sign_in(version, token="bst_none_none")

    assert stranger.load("project").status == 401


@pytest.mark.parametrize("version", MODERN)
def test_load_all_with_a_bad_token_says_that_it_is_the_token(sign_in, version):
    with pytest.raises(ClientError) as caught:
        sign_in(version, token="bst_none_none").load("project", load_all=True)

    assert caught.value.kind == "AuthenticationError"


def test_stranger_sees_nothing_of_the_lab(version, sign_in, lab):
    charlie = sign_in(version, "charlie")

    assert charlie.load("session").records == []
    assert charlie.load("session", id=lab["sessions"][0]).status == 404


# --- loading ---


def test_load_gives_records_first_then_counts(client, lab):
    body = client.load("session", filters={"projects.id": lab["project"], "name.icontains": "day"}).body

    assert list(body) == ["sessions", "count", "next", "previous", "meta"]
    assert body["count"] == len(body["sessions"]) == 3


def test_load_one_record_by_id(client, lab):
    answer = client.load("session", id=lab["sessions"][1])

    assert answer.status == 200
    assert answer.body["session"]["name"] == f"{client.version} day 2"
    assert answer.body["session"]["projects"] == [lab["project"]]


def test_load_what_a_link_of_a_record_leads_to(client, lab):
    answer = client.load("session", id=lab["sessions"][0], options="projects")

    assert [project["id"] for project in answer.records] == [lab["project"]]


@pytest.mark.parametrize(
    ("model", "filters", "expected"),
    [
        ("session", {"name.icontains": "DAY"}, ["day 1", "day 2", "day 3"]),
        ("session", {"name.endswith": "day 2"}, ["day 2"]),
        ("session", {"name.iexact": "{version} DAY 3"}, ["day 3"]),
        ("session", {"tags": "track"}, ["day 1", "day 2"]),
        ("session", {"tags": "sleep"}, ["day 1"]),
        ("session", {"date_time.gte": "2026-01-02"}, ["day 2", "day 3"]),
        ("session", {"date_time.lt": "2026-01-02T09:00:00Z"}, ["day 1"]),
        ("session", {"behaviors.subjects.name.icontains": "rat one"}, ["day 1"]),
        ("subject", {"sex": "F"}, ["rat one"]),
        ("subject", {"strain.species.name": "Mus musculus"}, ["rat one", "rat two"]),
        ("subject", {"name.startswith": "{version} rat t"}, ["rat two"]),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else None,
)
def test_filter(client, lab, model, filters, expected):
    filters = {key: value.format(version=client.version) for key, value in filters.items()}
    answer = client.load(model, filters=filters | {"projects.id": lab["project"]}, sort=["name"])

    shown = [name for name in answer.names if "test_" not in name]
    assert shown == [f"{client.version} {name}" for name in expected]


@pytest.mark.parametrize("path", ["session.id", "session"])
def test_filter_by_the_id_of_a_relation(client, lab, path):
    answer = client.load("dataacquisition", filters={path: lab["sessions"][0]})

    assert [record["id"] for record in answer.records] == [lab["dataacquisition"]]


def test_unknown_filter_is_400_and_names_the_right_one(client, lab):
    answer = client.load("session", filters={"nmae": "day"})

    assert answer.status == 400
    assert "name" in str(answer.body["filter{nmae}"])


@pytest.mark.parametrize(("sort", "days"), [("name", [1, 2, 3]), ("-name", [3, 2, 1]), ("-date_time", [3, 2, 1])])
def test_sort(client, lab, sort, days):
    answer = client.load("session", filters={"projects.id": lab["project"], "name.icontains": " day "}, sort=[sort])

    assert answer.names == [f"{client.version} day {day}" for day in days]


def test_include_puts_whole_records_in_the_place_of_ids(client, lab):
    include = ["behaviors", "dataacquisition", "manipulations", "epochs", "projects"]
    answer = client.load("session", filters={"name": f"{client.version} day 1"}, include=include)

    session = answer.records[0]
    assert session["behaviors"][0]["setup"] == lab["setup"]
    assert session["dataacquisition"][0]["details"] == {"fileName": "day1.dat"}
    assert session["projects"][0]["name"] == f"{client.version} Place cells"
    assert session["manipulations"][0]["procedures"] == [lab["procedure"]]
    assert session["epochs"] == []


def test_include_nests(client, lab):
    include = ["behaviors.setup", "behaviors.subjects"]
    answer = client.load("session", filters={"name": f"{client.version} day 1"}, include=include)

    behavior = answer.records[0]["behaviors"][0]
    assert behavior["setup"]["name"] == f"{client.version} Track"
    assert [subject["name"] for subject in behavior["subjects"]] == [f"{client.version} rat one"]


def test_without_include_there_are_ids(client, lab):
    session = client.load("session", filters={"name": f"{client.version} day 1"}).records[0]

    assert session["behaviors"] == [lab["behavior"]]
    assert session["dataacquisition"] == [lab["dataacquisition"]]


# --- pages: 2.0.0 and ours, for 0.x cannot ask for another page than the first ---


@pytest.fixture(scope="module")
def many(modern) -> str:
    """Id of a project with 250 sessions."""
    project = modern.make("project", name=f"{modern.version} Long study")["id"]
    for number in range(250):
        modern.make("session", name=f"{modern.version} Long study {number:03}", projects=[project])
    return project


def test_pages_by_limit_and_offset(modern, many):
    answer = modern.load("session", filters={"projects.id": many}, sort=["name"], limit=20, offset=40)

    assert answer.names == [f"{modern.version} Long study {number:03}" for number in range(40, 60)]
    assert answer.body["count"] == 250
    assert answer.body["meta"] == {"page": 3, "per_page": 20, "total_results": 250, "total_pages": 13}


def test_default_page_holds_20(modern, many):
    assert len(modern.load("session", filters={"projects.id": many}).records) == 20


@pytest.mark.parametrize("limit", [None, 60], ids=["pages of 100", "pages of 60"])
def test_load_all_gives_each_of_250_records_once(modern, many, limit):
    answer = modern.load("session", filters={"projects.id": many}, load_all=True, limit=limit)

    assert sorted(answer.names) == [f"{modern.version} Long study {number:03}" for number in range(250)]


def test_several_tags_must_all_be_there(modern, many):
    for number, tags in enumerate((["left"], ["left", "right"], ["right"])):
        modern.make("session", name=f"{modern.version} Tagged {number}", projects=[many], tags=tags)
    answer = modern.load("session", filters={"tags": ["left", "right"]})
    for record in modern.load("session", filters={"name.startswith": f"{modern.version} Tagged"}).records:
        modern.delete("session", record["id"])

    assert answer.names == [f"{modern.version} Tagged 1"]


def test_load_all_follows_the_order_asked_for(modern, many):
    answer = modern.load("session", filters={"projects.id": many}, sort=["-name"], load_all=True)

    assert answer.names == [f"{modern.version} Long study {number:03}" for number in reversed(range(250))]


# --- writing ---


def test_create_answers_with_the_record(client, lab):
    answer = client.save("cohort", {"name": "Both", "project": lab["project"], "subjects": lab["subjects"]})

    assert answer.status == 201
    assert sorted(answer.body["cohort"]["subjects"]) == sorted(lab["subjects"])


def test_create_without_a_required_field_is_400_and_names_it(client, lab):
    answer = client.save("session", {"name": f"{client.version} nowhere"})

    assert answer.status == 400
    assert list(answer.body) == ["projects"]


def test_update_of_one_field_leaves_the_others(client, session_record):
    answer = client.save("session", {"description": "second"}, id=session_record["id"])

    assert answer.status == 200
    assert answer.body["session"]["description"] == "second"
    assert answer.body["session"]["tags"] == ["own"]


def changed_keys(before, after):
    return {key for key in before if before[key] != after[key]}


def test_record_of_a_list_can_be_sent_back_with_one_key_changed(client, session_record):
    answer = client.save("session", session_record | {"description": "second"}, id=session_record["id"])

    assert answer.status == 200, answer.body
    assert changed_keys(session_record, answer.record) == {"description", "updated_at"}


def test_whole_list_answer_can_be_sent_back_with_one_key_changed(client, session_record):
    body = client.load("session", filters={"name": session_record["name"]}).body
    body["sessions"][0]["description"] = "second"
    answer = client.save("session", body, id=session_record["id"])

    assert answer.status == 200, answer.body
    assert changed_keys(session_record, answer.record) == {"description", "updated_at"}


def test_whole_list_answer_can_be_sent_back_with_a_key_set_beside_its_record(client, session_record):
    found = client.load("session", filters={"name.iexact": session_record["name"]}).body
    found["description"] = "Updated via API"
    answer = client.save("session", found, id=found["sessions"][0]["id"])

    assert answer.status == 200, answer.body
    assert answer.record["description"] == "Updated via API"
    assert changed_keys(session_record, answer.record) == {"description", "updated_at"}


def test_list_of_several_can_be_sent_back_to_the_address_of_one(client, lab, session_record):
    body = client.load("session", filters={"projects.id": lab["project"]}).body
    for record in body["sessions"]:
        record["description"] = f"of {record['name']}"
    answer = client.save("session", body, id=session_record["id"])

    assert answer.status == 200, answer.body
    assert answer.record["description"] == f"of {session_record['name']}"
    others = client.load("session", filters={"projects.id": lab["project"], "name.icontains": " day "}).records
    assert {record["description"] for record in others} == {""}


def test_record_with_included_records_can_be_sent_back(client, lab, session_record):
    include = ["projects", "behaviors", "dataacquisition"]
    record = client.load("session", filters={"name": session_record["name"]}, include=include).records[0]
    answer = client.save("session", record | {"description": "second"}, id=record["id"])

    assert answer.status == 200, answer.body
    assert answer.record["projects"] == [lab["project"]]


PARTS = (
    "project", "subject", "session", "collection", "cohort", "procedure", "behavior", "dataacquisition", "manipulation",
    "equipment", "consumablestock", "procedurelog", "subjectlog", "behavioralassay", "datastorage", "inventory",
    "setup",
)  # fmt: skip
CATALOGUES = (
    "species", "strain", "setuptype", "behavioralparadigm", "brainregion", "supplier", "hardwaredevice", "journal",
)  # fmt: skip


@pytest.mark.parametrize("kind", PARTS)
def test_every_kind_of_record_can_be_sent_back_as_it_came(client, lab, kind):
    model = "behavioralparadigm" if client.is_old and kind == "behavioralassay" else kind
    answer = client.load(model, id=lab[kind])
    written = client.save(model, answer.body, id=lab[kind])

    assert written.status == 200, written.body
    assert changed_keys(answer.record, written.record) <= {"updated_at"}


@pytest.fixture(scope="module")
def administrator(modern, sign_in):
    """The administrator, signed in with the same client."""
    return sign_in(modern.version, "admin")


@pytest.mark.parametrize("kind", CATALOGUES)
def test_administrator_can_send_back_every_record_of_the_catalogues(administrator, catalogue, kind):
    answer = administrator.load(kind, portal="super", id=catalogue[kind])
    written = administrator.save(kind, answer.body, portal="super", id=catalogue[kind])

    assert written.status == 200, written.body
    assert changed_keys(answer.record, written.record) <= {"updated_at"}


def test_project_with_all_that_a_loader_embeds_can_be_sent_back(modern, catalogue):
    project = modern.make("project", name=f"{modern.version} Sent back")["id"]
    session = modern.make("session", name=f"{modern.version} Sent back day", projects=[project])["id"]
    body = modern.call("load_project", filters={"id": project}).body
    body["projects"][0]["description"] = "<p>Changed.</p>"
    written = modern.save("project", body, id=project)

    assert written.status == 200, written.body
    assert written.record["description"] == "<p>Changed.</p>"
    assert written.record["sessions"] == [session]


def test_text_with_signs_of_all_kinds_comes_back_and_is_found(client, lab):
    name = f"{client.version} 5 µm Ångström 🐭 'quoted'"
    made = client.make("session", name=name, projects=[lab["project"]])
    found = client.load("session", filters={"name.icontains": "µm ångström 🐭 'quo", "name.startswith": client.version})
    client.delete("session", made["id"])

    assert found.names == [name]


def test_delete_then_the_record_is_gone(client, lab):
    made = client.make("session", name=f"{client.version} short-lived", projects=[lab["project"]])

    assert client.delete("session", made["id"]).status == 204
    assert client.load("session", id=made["id"]).status == 404
    assert client.delete("session", made["id"]).status == 404


# --- logs ---

WEIGHING = {"date_time": "2026-01-05T08:00:00Z", "details": {"weight": {"value": 21.5, "unit": "g"}}, "notes": "before"}
HOUSING = {
    "start_date_time": "2026-01-01T08:00:00Z", "end_date_time": "2026-01-08T08:00:00Z", "details": {"cageId": "A1"},
}  # fmt: skip
DISPLACEMENT = {"date_time": "2026-01-06T08:00:00Z", "details": {"displacement": {"value": 140, "unit": "µm"}}}


@pytest.fixture(params=["Weighing", "Housing", "LinearDisplacement"])
def log(request, client, lab):
    """(model, id, entry): an empty log of each kind, and an entry that fits it."""
    kind = request.param
    on_procedure = kind == "LinearDisplacement"
    owner = {"procedure": lab["procedure"]} if on_procedure else {"subject": lab["subjects"][0]}
    model = "procedurelog" if on_procedure else "subjectlog"
    made = client.make(model, type=kind, **owner)
    yield model, made["id"], {"Weighing": WEIGHING, "Housing": HOUSING, "LinearDisplacement": DISPLACEMENT}[kind]
    client.delete(model, made["id"])


def holds(entry, sent):
    return {key: entry[key] for key in sent} == sent


def test_add_entry(client, log):
    model, log_id, entry = log
    answer = client.save(model, entry, id=log_id, options="add_entry")

    assert answer.status == 200, answer.body
    assert len(answer.record["entries"]) == 1
    assert holds(answer.record["entries"][0], entry)


def test_change_entry_keeps_what_is_not_sent(client, log):
    model, log_id, entry = log
    client.save(model, entry, id=log_id, options="add_entry")
    times = {key: value for key, value in entry.items() if key.endswith("date_time")}
    answer = client.save(model, times | {"notes": "after"}, id=log_id, options="change_entry/")

    assert answer.status == 200, answer.body
    assert len(answer.record["entries"]) == 1
    assert holds(answer.record["entries"][0], entry | {"notes": "after"})


def test_remove_entry(client, log):
    model, log_id, entry = log
    client.save(model, entry, id=log_id, options="add_entry")
    times = {key: value for key, value in entry.items() if key.endswith("date_time")}
    answer = client.save(model, times, id=log_id, options="remove_entry")

    assert answer.status == 200, answer.body
    assert answer.record["entries"] == []


def test_removing_an_entry_that_is_not_there_is_400(client, log):
    model, log_id, entry = log

    assert client.save(model, entry, id=log_id, options="remove_entry").status == 400


# --- public portal ---


def test_public_portal_shows_public_projects_only(client, lab):
    name = f"{client.version} Open data"
    project = client.make("project", name=name, is_public=True)["id"]
    client.make("session", name=f"{name} day 1", projects=[project])
    prefix = {"name.startswith": client.version}

    assert client.load("project", portal="public", filters=prefix).names == [name]
    assert client.load("session", portal="public", filters=prefix).names == [f"{name} day 1"]
    assert client.load("project", portal="public", id=lab["project"]).status == 404


def test_public_portal_cannot_be_written(client, lab):
    assert client.save("project", {"name": "Nobody's"}, portal="public").status == 405


def test_super_portal_is_for_administrators(version, client, sign_in, lab):
    admin = sign_in(version, "admin")

    assert client.load("project", portal="super").status == 403
    assert admin.load("project", portal="super", id=lab["project"]).status == 200
    assert admin.load("project", portal="private", id=lab["project"]).status == 404


# --- catalogues: 2.0.0 and ours, for 0.x has no names for most proposals ---


def test_a_proposed_strain_is_found_as_strainapproval_and_after_acceptance_as_strain(modern, administrator, catalogue):
    name = {"name": f"PV-Cre of {modern.version}"}
    made = modern.save("strain", name | {"species": catalogue["species"]})

    assert (made.status, list(made.body)) == (201, ["strain_approval"])
    assert modern.load("strain", filters=name).records == []
    found = modern.load("strainapproval", filters=name).records
    assert [(one["id"], one["status"]) for one in found] == [(made.record["id"], "Pending")]
    assert modern.save("strainapproval", {}, id=made.record["id"], options="accept").status == 403

    accepted = administrator.save("strainapproval", {}, id=made.record["id"], options="accept")
    assert (accepted.status, accepted.record["status"]) == (200, "Accepted")
    assert [one["species"] for one in modern.load("strain", filters=name).records] == [catalogue["species"]]
    assert modern.load("strainapproval", filters=name).records[0]["status"] == "Accepted"


def test_a_proposed_change_shows_after_acceptance(modern, administrator, catalogue):
    waiting = modern.save("strain", {"popular_name": "Black 6"}, id=catalogue["strain"])

    assert (waiting.status, list(waiting.body)) == (200, ["strain_approval"])
    assert modern.load("strain", id=catalogue["strain"]).record["popular_name"] == ""
    assert modern.load("strainapproval", id=waiting.record["id"], options="difference").body == {
        "popular_name": {"from": "", "to": "Black 6"}
    }
    assert administrator.save("strainapproval", {}, id=waiting.record["id"], options="reject").status == 200
    assert modern.load("strain", id=catalogue["strain"]).record["popular_name"] == ""


def test_a_stranger_finds_no_proposal_of_others(modern, sign_in, catalogue):
    name = {"name": f"Proposed journal of {modern.version}"}
    made = modern.save("journal", name)
    stranger = sign_in(modern.version, "charlie")

    assert made.status == 201
    assert stranger.load("journalapproval", filters=name).records == []
    assert stranger.load("journalapproval", id=made.record["id"]).status == 404
