"""What goes wrong on the way in: a clear 4xx, nothing lost, never a 500."""

from __future__ import annotations

import pytest

from ..people import unique

pytestmark = pytest.mark.databases

BODIES = [
    ("", "application/json", 400, "name"),
    ("{", "application/json", 400, "non_field_errors"),
    ("[]", "application/json", 400, "non_field_errors"),
    ('"x"', "application/json", 400, "non_field_errors"),
    ("null", "application/json", 400, "non_field_errors"),
    ('{"name": NaN}', "application/json", 400, "non_field_errors"),
    ('{"name": "\\ud800"}', "application/json", 400, "non_field_errors"),
    ('{"name": "a\\u0000b"}', "application/json", 400, "name"),
    ("[" * 100_000, "application/json", 400, "non_field_errors"),
    ('{"a":' * 5000 + "1" + "}" * 5000, "application/json", 400, "non_field_errors"),
    (b"\xff\xfe", "application/json", 400, "non_field_errors"),
    ("<xml/>", "application/xml", 415, "detail"),
    ("name=x", "text/plain", 415, "detail"),
    ("broken", "multipart/form-data; boundary=x", 400, "name"),
    ("broken", "multipart/form-data", 400, "non_field_errors"),
]


@pytest.mark.parametrize(("body", "kind", "status", "key"), BODIES, ids=[f"{str(b)[:24]} {k}" for b, k, _, _ in BODIES])
def test_a_body_that_cannot_be_read_is_refused(alice, body, kind, status, key):
    answer = alice.post("stem/project", body, content_type=kind)
    assert (answer.status, key in answer.body) == (status, True), answer.body


def test_a_body_of_50_mb_is_refused(alice):
    answer = alice.post("stem/project", '{"name":"' + "x" * 50_000_000 + '"}', content_type="application/json")
    assert (answer.status, list(answer.body)) == (413, ["detail"])


def test_500_filters_are_refused(alice):
    query = "&".join(f"filter{{name}}={n}" for n in range(500))
    assert alice.get("stem/project", query).status == 400


def test_an_include_of_depth_40_is_refused(alice):
    assert alice.get("stem/project", "include[]=" + ".".join(["sessions.projects"] * 20)).status == 400


def test_a_deep_include_within_the_limit_is_answered(lab, alice):
    lab.add("behavior")
    path = "sessions.behaviors.subjects.procedures.equipment.setup.setup_type.*"
    assert alice.get("stem/project", f"include[]={path}").status == 200


@pytest.mark.parametrize(
    "path", ["sessions.projects", "subjects.procedures.subject.projects", "sessions.projects.sessions"]
)
def test_an_include_that_leads_back_through_a_list_is_refused(lab, alice, path):
    answer = alice.get("stem/project", f"include[]={path}.*")
    assert (answer.status, "leads back" in answer.body["include[]"][0]) == (400, True)


def test_an_include_may_lead_back_to_the_one_parent(lab, alice):
    lab.add("behavior")
    shown = alice.get("stem/session", "include[]=behaviors.session.*").records[0]
    assert shown["behaviors"][0]["session"]["id"] == shown["id"]


@pytest.mark.parametrize(
    "record_id", ["x", "0", "%00", "01234567-89ab-7def-8123-456789abcdef", "a" * 5000, "%F0%9F%90%80"]
)
def test_an_id_that_is_none_is_404(alice, record_id):
    answer = alice.get(f"stem/project/{record_id}")
    assert (answer.status, list(answer.body)) == (404, ["detail"])


def test_an_unknown_model_names_the_nearest(alice):
    answer = alice.get("stem/sesion")
    assert (answer.status, "stem/session" in answer.body["detail"]) == (404, True)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_list_takes_no_changes(alice, method):
    answer = alice.request(method, "stem/project", {})
    assert (answer.status, list(answer.body)) == (405, ["detail"])
    assert "POST" in answer.headers["Allow"]


def test_a_record_takes_no_post(lab, alice):
    assert alice.post(f"stem/project/{lab['project']}", {}).status == 405


def test_people_cannot_be_added(alice, admin):
    assert alice.post("users/user", {"email": "x@y.example"}).status == 405
    assert admin.post("users/user", {"email": "x@y.example"}, portal="super").status == 405


VALUES = [
    ("extra_fields", {"1x": 1}), ("extra_fields", {"a": [1]}), ("extra_fields", "x"), ("extra_fields", {"a": {"b": 1}}),
    ("download_links", [{"repository": "DANDI", "url": "dandiarchive.org"}]),
    ("download_links", [{"repository": "Nowhere", "url": "https://a.org"}]),
    ("projects", []), ("projects", "x"), ("projects", ["x"]), ("projects", [None]), ("projects", [{"id": 3}]),
    ("projects", None), ("name", ""), ("name", None), ("name", ["x"]), ("date_time", "2026-13-01"),
    ("tags", "a" * 101), ("tags", [1]), ("tags", [""]), ("tags", ["a\x00"]),
    ("date_time", "99999-01-01T00:00:00Z"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), VALUES, ids=[f"{n}={str(v)[:30]}" for n, v in VALUES])
def test_a_value_that_does_not_fit_is_named_and_nothing_is_lost(lab, alice, name, value):
    session = lab.add("session", description="keep", tags=["kept"])
    address = f"stem/session/{session['id']}"
    answer = alice.patch(address, {name: value, "description": "lost?"})
    assert (answer.status, list(answer.body)) == (400, [name]), answer.body
    assert alice.get(address).record == session


def test_all_errors_are_told_at_once(lab, alice):
    answer = alice.post("stem/subject", {"name": "", "sex": "X", "birth_date": "never", "projects": ["x"]})
    assert set(answer.body) == {"name", "sex", "birth_date", "projects", "strain"}


def test_unknown_keys_are_ignored(lab, alice):
    payload = lab.payload("session") | {"no_such_key": 1, "id": "x", "created_at": "x", "links": 3}
    answer = alice.post("stem/session", payload)
    assert (answer.status, "no_such_key" in answer.record) == (201, False)


def test_rich_text_is_sanitised_on_the_way_in(lab, alice):
    html = '<p onclick="x()">Hello <b>world</b><script>alert(1)</script><a href="javascript:x">y</a></p>'
    shown = lab.add("session", description=html)["description"]
    assert "<b>world</b>" in shown
    for bad in ("script", "onclick", "javascript"):
        assert bad not in shown


def test_plain_text_with_signs_of_its_own_stays_as_it_is(lab, alice):
    for text in ("a < b", "5 µm & more", "R&D", "x > y", "naïve – “quoted”"):
        session = lab.add("session", description=text)
        again = alice.patch(f"stem/session/{session['id']}", {"description": session["description"]})
        assert again.record["description"] == session["description"]


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(
    "path", ["stem/session", "auth/group", "users/group", "attributes/journal", "attributes/laboratory",
             "personal_attributes/behavioralparadigm", "stem/project_membership_invitation",
             "users/group_membership_request", "taxonomies/strainapproval", "personal_attributes/protocol"],
)  # fmt: skip
def test_every_alias_answers_with_and_without_the_final_slash(alice, path, slash):
    answer = alice.get(path + slash)
    assert (answer.status, isinstance(answer.records, list)) == (200, True)


def test_every_method_works_with_the_final_slash(alice):
    made = alice.post("stem/project/", {"name": unique("P")})
    assert made.status == 201
    address = f"stem/project/{made.id}/"
    assert alice.patch(address, {"description": "x"}).status == 200
    assert alice.put(address, {"name": unique("P")}).record["description"] == ""
    assert alice.options(address).status == 200
    assert alice.request("head", address).text == ""
    assert alice.delete(address).status == 204


def test_a_whole_list_answer_can_be_sent_back(lab, alice):
    session = lab.add("session")
    body = alice.get("stem/session", f"filter{{id}}={session['id']}").body
    body["sessions"][0]["description"] = "changed"
    answer = alice.patch(f"stem/session/{session['id']}", body)
    assert (answer.status, answer.record["description"]) == (200, "changed")


def test_put_returns_what_is_left_out_to_its_default(lab, alice):
    subject = lab.add("subject", genotype="WT", birth_date="2026-01-01", tags=["a"], extra_fields={"a": 1})
    payload = {key: subject[key] for key in ("name", "projects", "strain", "sex")}
    answer = alice.put(f"stem/subject/{subject['id']}", payload)
    assert answer.status == 200
    record = answer.record
    assert (record["genotype"], record["birth_date"], record["tags"], record["extra_fields"]) == ("", None, [], {})
    refused = alice.put(f"stem/subject/{subject['id']}", {"name": "x"})
    assert (refused.status, set(refused.body)) == (400, {"projects", "strain", "sex"})


def test_put_leaves_people_untouched(lab, alice, bob):
    address = f"stem/project/{lab['project']}"
    answer = alice.put(address, {"name": unique("P")})
    assert (answer.status, bob.email in answer.record["users"]) == (200, True)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [({"a": 1}, {"a": 1}), ([], {}), ([{"name": "a", "value": 2}], {"a": 2}), (None, {})],
)
def test_every_form_of_extra_fields_is_taken_and_an_object_returned(lab, alice, sent, kept):
    assert lab.add("session", extra_fields=sent)["extra_fields"] == kept


def test_both_spellings_of_download_links_are_taken(lab):
    for keys in (("repository", "url"), ("Repository", "URL")):
        link = dict(zip(keys, ("DANDI", "https://dandiarchive.org/dandiset/000003"), strict=True))
        session = lab.add("session", download_links=[link])
        assert session["download_links"] == [{"Repository": "DANDI", "URL": "https://dandiarchive.org/dandiset/000003"}]


def test_a_web_address_without_a_scheme_gets_one(lab, alice):
    record = alice.patch(f"users/user/{alice.user.pk}", {"website": "lab.example/alice"}).record
    assert record["website"] == "http://lab.example/alice"


def test_a_date_alone_is_taken_for_a_time(lab):
    assert lab.add("session", date_time="2026-02-03")["date_time"] == "2026-02-03T00:00:00Z"
    shown = lab.add("session", date_time="2026-02-03T10:00:00.25+02:00")["date_time"]
    assert shown == "2026-02-03T08:00:00.250000Z"
