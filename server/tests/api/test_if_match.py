"""A write that names the version that was read is refused with 412 if the record has moved on."""

from __future__ import annotations

import uuid

import pytest

from brainstem.core.models import Change

from ..core.test_uploads import picture, send, upload
from ..lab import path_of
from ..people import Person, unique


@pytest.fixture
def session(lab):
    return f"stem/session/{lab['session']}"


def version(answer) -> str:
    return answer.headers["ETag"].strip('"').partition("-")[0]


def code(answer) -> str:
    return answer.headers["Brainstem-Error-Code"]


def moved(who: Person, path: str, **body) -> str:
    """The ETag before a change by somebody."""
    had = who.get(path).headers["ETag"]
    answer = who.patch(path, body)
    assert answer.status == 200, answer.body
    return had


# -- what is refused, and what is not ---------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["patch", "put"])
def test_a_write_of_the_version_that_was_read_is_done_and_gives_the_next_one(lab, alice, session, method):
    had = alice.get(session).headers["ETag"]
    for number in range(2):
        body = lab.payload("session") | {"description": f"{method} {number}"}
        answer = getattr(alice, method)(session, body, HTTP_IF_MATCH=had)
        assert answer.status == 200, answer.body
        had = answer.headers["ETag"]


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
def test_a_write_of_an_earlier_version_is_refused_and_writes_nothing(lab, alice, session, method):
    had = moved(alice, session, description="theirs")
    body = {} if method == "delete" else {"data": lab.payload("session") | {"description": "mine"}}
    answer = getattr(alice, method)(session, **body, HTTP_IF_MATCH=had)
    assert (answer.status, code(answer)) == (412, "precondition_failed")
    assert set(answer.body) == {"detail", "current", "changed"}
    assert answer.body["current"] == alice.get(session).record
    assert answer.body["current"]["description"] == "theirs"
    changed = answer.body["changed"]["description"]
    assert changed == {"base": "", "theirs": "theirs"} | ({} if method == "delete" else {"yours": "mine"})
    again = getattr(alice, method)(session, **body, HTTP_IF_MATCH=alice.get(session).headers["ETag"])
    assert again.status == (204 if method == "delete" else 200)


def test_only_the_version_counts_not_the_digest_of_the_response(lab, alice, session):
    had = alice.get(session).headers["ETag"]
    lab.add("epoch")
    assert alice.get(session).headers["ETag"] != had
    assert alice.patch(session, {"description": "mine"}, HTTP_IF_MATCH=had).status == 200


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ('"{now}"', 200),
        ('"{now}-anything"', 200),
        ('"{old}", "{now}"', 200),
        ("*", 200),
        (' "{now}" , ', 200),
        ('"{old}"', 412),
        ('W/"{now}"', 412),
        ('"999999999"', 412),
        ('"{other}"', 412),
        ('"abc"', 412),
        ('""', 412),
        ('"-1"', 412),
        ('"99999999999999999999999999"', 412),
        ("{now}", 400),
        ('"{now}', 400),
        ("", 412),
        (", ", 412),
    ],
)
def test_tags_are_read_as_http_has_them(lab, alice, session, form, status):
    old = moved(alice, session, description="theirs").strip('"').partition("-")[0]
    values = {
        "now": version(alice.get(session)),
        "old": old,
        "other": version(alice.get(f"stem/project/{lab['project']}")),
    }
    answer = alice.patch(session, {"description": "mine"}, HTTP_IF_MATCH=form.format(**values))
    assert answer.status == status, answer.body
    if status == 400:
        assert list(answer.body) == ["If-Match"]
    known = form == '"{old}"' or form.startswith("W/") or not form.strip(", ")
    if status == 412:
        assert code(answer) == ("precondition_failed" if known else "unknown_version")
        assert answer.body["current"]["description"] == "theirs"
        assert bool(answer.body["changed"]) == (form == '"{old}"')


def test_a_version_whose_history_was_removed_is_unknown(lab, alice, session):
    had = moved(alice, session, description="theirs")
    Change.objects.filter(pk=int(had.strip('"').partition("-")[0])).delete()
    answer = alice.patch(session, {"description": "mine"}, HTTP_IF_MATCH=had)
    assert (answer.status, code(answer)) == (412, "unknown_version")


def test_version_zero_is_known_only_of_records_that_are_older_than_their_history(lab, alice, session):
    answer = alice.patch(session, {"description": "mine"}, HTTP_IF_MATCH='"0"')
    assert (answer.status, code(answer)) == (412, "unknown_version")
    Change.objects.filter(record_id=lab["session"]).delete()
    assert alice.patch(session, {"description": "mine"}, HTTP_IF_MATCH='"0"').status == 200
    answer = alice.patch(session, {"description": "again"}, HTTP_IF_MATCH='"0"')
    assert answer.status == 412
    assert answer.body["changed"]["description"] == {"base": "", "theirs": "mine", "yours": "again"}


def test_what_was_changed_and_changed_back_has_moved_on(alice, session):
    had = moved(alice, session, description="theirs")
    assert alice.patch(session, {"description": ""}).status == 200
    answer = alice.patch(session, {"description": "mine"}, HTTP_IF_MATCH=had)
    assert (answer.status, answer.body["changed"]) == (412, {})


def test_a_write_that_changes_nothing_leaves_the_version(alice, session):
    had = alice.get(session).headers["ETag"]
    answer = alice.patch(session, {"description": ""}, HTTP_IF_MATCH=had)
    assert (answer.status, answer.headers["ETag"]) == (200, had)


@pytest.mark.parametrize(("form", "status"), [("*", 412), ('"{now}"', 412), ('"1"', 200)])
@pytest.mark.parametrize("method", ["put", "patch"])
def test_if_none_match_refuses_what_exists(lab, alice, session, form, status, method):
    tags = form.format(now=version(alice.get(session)))
    body = lab.payload("session")
    assert getattr(alice, method)(session, body, HTTP_IF_NONE_MATCH=tags).status == status
    gone = f"stem/session/{uuid.uuid4()}"
    assert getattr(alice, method)(gone, body, HTTP_IF_NONE_MATCH="*").status == 404


def test_if_match_of_what_does_not_exist_or_is_hidden_is_404(lab, charlie, alice, session):
    had = alice.get(session).headers["ETag"]
    assert charlie.patch(session, {"description": "x"}, HTTP_IF_MATCH=had).status == 404
    assert alice.patch(f"stem/session/{uuid.uuid4()}", {}, HTTP_IF_MATCH=had).status == 404


# -- what changed -----------------------------------------------------------------------------------------------------


def test_every_kind_of_field_is_told_in_the_form_of_the_api(lab, alice):
    path = f"stem/subject/{lab['subject']}"
    before = alice.get(path).record
    license_ = lab["license"]
    body = {"birth_date": "2026-01-02", "tags": ["b", "a"], "licenses": [license_], "extra_fields": {"w": 1}}
    had = moved(alice, path, **body)
    found = alice.patch(path, {"birth_date": "2026-01-03", "tags": ["c"]}, HTTP_IF_MATCH=had).body
    assert found["changed"] == {
        "birth_date": {"base": None, "theirs": "2026-01-02", "yours": "2026-01-03"},
        "tags": {"base": [], "theirs": ["a", "b"], "yours": ["c"]},
        "licenses": {"base": [], "theirs": [license_]},
        "extra_fields": {"base": {}, "theirs": {"w": 1}},
    }
    assert found["current"] == before | body | {"tags": ["a", "b"], "updated_at": found["current"]["updated_at"]}


def test_times_durations_references_and_files_are_told_in_the_form_of_the_api(lab, alice):
    path = f"stem/session/{lab['session']}"
    had = moved(alice, path, date_time="2026-01-02T03:04:05.5Z", datastorage=[lab["datastorage"]])
    found = alice.delete(path, HTTP_IF_MATCH=had).body
    assert found["changed"]["date_time"] == {"base": None, "theirs": "2026-01-02T03:04:05.500000Z"}
    assert found["changed"]["datastorage"] == {"base": [], "theirs": [lab["datastorage"]]}
    epoch = f"stem/epoch/{lab['epoch']}"
    had = moved(alice, epoch, start="26:00:01.5", end="30:00:00")
    found = alice.patch(epoch, {"end": 3600}, HTTP_IF_MATCH=had).body
    assert found["changed"]["start"] == {"base": None, "theirs": found["current"]["start"]}
    assert found["changed"]["end"] == {"base": None, "theirs": found["current"]["end"], "yours": "01:00:00"}
    subject = f"stem/subject/{lab['subject']}"
    strain = lab.add("strain")["id"]
    had = moved(alice, subject, strain=strain)
    found = alice.patch(subject, {"strain": lab["strain"]}, HTTP_IF_MATCH=had).body
    assert found["changed"] == {"strain": {"base": lab["strain"], "theirs": strain, "yours": lab["strain"]}}
    setup = f"personal_attributes/setup/{lab['setup']}"
    had = alice.get(setup).headers["ETag"]
    assert send(alice, "patch", setup, image=upload("rig.png", picture())).status == 200
    found = alice.patch(setup, {"description": "x"}, HTTP_IF_MATCH=had).body
    assert found["changed"]["image"] == {"base": None, "theirs": found["current"]["image"]}


@pytest.mark.parametrize("kind", ["project", "setup"])
def test_roles_are_told_in_the_form_of_the_api(lab, alice, bob, charlie, kind):
    path = f"{path_of(kind)}/{lab[kind]}"
    had = moved(alice, path, users={charlie.email: {"can_change": True}})
    found = alice.patch(path, {"description": "x"}, HTTP_IF_MATCH=had).body
    users = found["changed"]["users"]
    assert users["theirs"] == found["current"]["users"]
    assert users["base"] == {name: one for name, one in users["theirs"].items() if name != charlie.email}


def test_members_of_a_group_are_told_in_the_form_of_the_api(lab, alice, charlie):
    group = f"users/group/{lab['group']}"
    had = alice.get(group).headers["ETag"]
    made = alice.post(f"{group}/invite/", {"email": charlie.email})
    assert charlie.post(f"users/groupmembershipinvitation/{made.id}/accept/").status == 200
    found = alice.patch(group, {"name": unique("G")}, HTTP_IF_MATCH=had).body
    assert found["changed"]["users"]["theirs"] == found["current"]["users"]


def test_who_may_not_change_a_record_learns_nothing_of_what_it_was(lab, alice, bob, session):
    had = moved(alice, session, description="later")
    secret = bob.patch(session, {"description": "mine"}, HTTP_IF_MATCH=had)
    assert (secret.status, secret.body["changed"]) == (412, {})
    assert secret.body["current"]["description"] == "later"
    now = bob.get(session).headers["ETag"]
    assert bob.patch(session, {"description": "mine"}, HTTP_IF_MATCH=now).status == 403


def test_what_is_hidden_neither_shows_nor_counts(lab, alice, bob, session):
    assert alice.patch(f"stem/project/{lab['project']}", {"users": {bob.email: {"can_change": True}}}).status == 200
    hidden = alice.make("stem/project", name=unique("Hidden"))["id"]
    had = bob.get(session).headers["ETag"]
    assert alice.patch(session, {"projects": [lab["project"], hidden]}).status == 200
    assert bob.get(session).headers["ETag"] != had
    assert bob.patch(session, {"name": unique("S")}, HTTP_IF_MATCH=had).status == 200
    assert set(alice.get(session).record["projects"]) == {lab["project"], hidden}
    had = bob.get(session).headers["ETag"]
    other = alice.make("stem/project", name=unique("Seen"), users={})
    assert alice.patch(f"stem/project/{other['id']}", {"users": {bob.email: {"can_change": True}}}).status == 200
    assert alice.patch(session, {"projects": [lab["project"], other["id"]]}).status == 200
    found = bob.patch(session, {"name": unique("S")}, HTTP_IF_MATCH=had)
    assert found.status == 412
    changed = found.body["changed"]["projects"]
    assert changed["base"] == [lab["project"]]
    assert set(changed["theirs"]) == {lab["project"], other["id"]}
    assert hidden not in found.text


def test_a_reference_to_a_hidden_record_is_null_in_what_changed(lab, alice, bob):
    assert alice.patch(f"stem/project/{lab['project']}", {"users": {bob.email: {"can_change": True}}}).status == 200
    behavior = f"modules/behavior/{lab['behavior']}"
    assay = lab.add("behavioralassay")["id"]
    shown = bob.get(behavior)
    assert shown.record["behavioralassay"] is None
    assert alice.patch(behavior, {"behavioralassay": assay}).status == 200
    had = shown.headers["ETag"]
    assert bob.patch(behavior, {"notes": "x"}, HTTP_IF_MATCH=had).status == 200
    shared = {"users": {bob.email: {}}}
    assert alice.patch(f"personal_attributes/behavioralassay/{assay}", shared).status == 200
    had = bob.get(behavior).headers["ETag"]
    assert alice.patch(behavior, {"behavioralassay": lab["behavioralassay"]}).status == 200
    found = bob.patch(behavior, {"notes": "y"}, HTTP_IF_MATCH=had)
    assert found.body["changed"] == {"behavioralassay": {"base": assay, "theirs": None}}


# -- actions ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["patch", "post"])
def test_an_action_names_the_version_too(lab, alice, method):
    log = f"modules/subjectlog/{lab['subjectlog']}"
    had = alice.get(log).headers["ETag"]

    def add(hour, tag):
        entry = {"date_time": f"2026-01-01T{hour}:00:00Z", "details": {"weight": {"value": 20, "unit": "g"}}}
        return getattr(alice, method)(f"{log}/add_entry", entry, HTTP_IF_MATCH=tag)

    first = add(10, had)
    assert first.status == 200, first.body
    refused = add(11, had)
    assert refused.status == 412
    assert refused.body["changed"]["entries"] == {"base": [], "theirs": first.record["entries"]}
    assert add(11, first.headers["ETag"]).status == 200


def test_a_decision_on_a_proposal_names_the_version_of_the_proposal(lab, alice, admin):
    made = alice.post("resources/supplier", {"name": unique("Supplier")})
    path = f"resources/supplierapproval/{made.id}"
    had = moved(alice, path, website="https://example.org")
    refused = admin.post(f"{path}/accept/", {}, HTTP_IF_MATCH=had)
    assert refused.status == 412
    assert admin.post(f"{path}/accept/", {}, HTTP_IF_MATCH=admin.get(path).headers["ETag"]).status == 200


def test_a_proposal_for_an_entry_that_moved_on_is_refused(lab, alice, admin):
    path = f"resources/supplier/{lab['supplier']}"
    had = moved(admin.through("super"), path, website="https://example.org/")
    refused = alice.patch(path, {"name": unique("Mine")}, HTTP_IF_MATCH=had)
    assert (refused.status, refused.body["changed"]) == (412, {})
    assert alice.patch(path, {"name": unique("Mine")}, HTTP_IF_MATCH=alice.get(path).headers["ETag"]).status == 200


def test_a_repeat_of_a_request_with_a_key_gets_its_response_although_the_record_moved_on(lab, alice):
    log = f"modules/subjectlog/{lab['subjectlog']}"
    entry = {"date_time": "2026-01-01T10:00:00Z", "details": {"weight": {"value": 20, "unit": "g"}}}
    extra = {"HTTP_IF_MATCH": alice.get(log).headers["ETag"], "HTTP_IDEMPOTENCY_KEY": "k"}
    first, second = (alice.post(f"{log}/add_entry", entry, **extra) for _ in range(2))
    assert (first.status, second.status, first.body) == (200, 200, second.body)
    assert second.headers["ETag"] == first.headers["ETag"]


# -- rows of bulk/ ----------------------------------------------------------------------------------------------------


def test_rows_name_the_version_that_was_read(lab, alice):
    one, two, three = (lab.add("session") for _ in range(3))
    listed = alice.get("stem/session", "include_version=true").records
    versions = {row["id"]: row["version"] for row in listed}
    rows = {
        "update": [{"id": one["id"], "description": "mine", "if_match": versions[one["id"]]},
                   {"id": two["id"], "description": "any", "if_match": "*"}],
        "delete": [{"id": three["id"], "if_match": versions[three["id"]]}],
    }  # fmt: skip
    answer = alice.post("stem/session/bulk/", rows)
    assert answer.status == 200, answer.body
    assert answer.body["deleted"] == [three["id"]]


def test_rows_of_earlier_versions_are_refused_with_what_changed_and_nothing_is_written(lab, alice):
    one, two = (lab.add("session") for _ in range(2))
    tags = {name["id"]: moved(alice, f"stem/session/{name['id']}", description="theirs") for name in (one, two)}
    rows = {
        "create": [lab.payload("session")],
        "update": [{"id": one["id"], "description": "mine", "if_match": tags[one["id"]]}],
        "delete": [{"id": two["id"], "if_match": tags[two["id"]]}],
    }
    for query in ("", "?dry_run=true"):
        answer = alice.post(f"stem/session/bulk/{query}", rows)
        assert answer.status == 400
        first, second = answer.body["errors"]
        assert (first["operation"], first["index"], first["status"]) == ("update", 0, 412)
        assert first["changed"] == {"description": {"base": "", "theirs": "theirs", "yours": "mine"}}
        assert first["current"]["id"] == one["id"]
        assert (second["operation"], second["status"]) == ("delete", 412)
        assert second["changed"] == {"description": {"base": "", "theirs": "theirs"}}
    assert alice.get("stem/session").body["count"] == 2


def test_the_second_of_two_rows_for_one_record_has_to_name_the_version_after_the_first(lab, alice, session):
    had = version(alice.get(session))
    rows = [{"id": lab["session"], "description": text, "if_match": had} for text in ("a", "b")]
    answer = alice.post("stem/session/bulk/", {"update": rows})
    assert [one["index"] for one in answer.body["errors"]] == [1]


@pytest.mark.parametrize("value", ["abc", -1, 1.5, True, [], "", "1" * 30])
def test_a_row_with_a_version_that_is_none_is_refused(lab, alice, value):
    for rows in (
        {"update": [{"id": lab["session"], "if_match": value}]},
        {"delete": [{"id": lab["session"], "if_match": value}]},
    ):
        found = alice.post("stem/session/bulk/", rows).body["errors"][0]
        assert (found["status"], list(found["errors"])) == (400, ["if_match"])


def test_a_row_to_delete_has_no_other_keys(lab, alice):
    answer = alice.post("stem/session/bulk/", {"delete": [{"id": lab["session"], "name": "x"}]})
    assert list(answer.body["errors"][0]["errors"]) == ["name"]
    assert alice.post("stem/session/bulk/", {"delete": [{"id": lab["session"]}]}).status == 200


def test_the_header_is_refused_where_rows_name_versions(lab, alice, session):
    rows = {"update": [{"id": lab["session"], "description": "x"}]}
    answer = alice.post("stem/session/bulk/", rows, HTTP_IF_MATCH='"1"')
    assert (answer.status, list(answer.body)) == (400, ["If-Match"])
    assert "if_match" in answer.body["If-Match"][0]


def test_a_payload_of_a_single_record_has_no_such_key(lab, alice, session):
    answer = alice.patch(session, {"if_match": "1"}, HTTP_PREFER="handling=strict")
    assert (answer.status, list(answer.body)) == (400, ["if_match"])
