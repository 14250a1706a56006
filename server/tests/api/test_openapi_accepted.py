"""The server accepts what the description allows, and refuses what it does not."""

from __future__ import annotations

import jsonschema_rs
import pytest

from brainstem.api.openapi.document import document

from ..people import unique


def allows(method: str, path: str, body: object) -> bool:
    """Whether the description allows a JSON body."""
    shape = document()["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    shapes = {"allOf": [shape], "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(shapes, validate_formats=True).is_valid(body)


@pytest.mark.parametrize(
    ("fields", "is_right"),
    [
        ({"description": "Text."}, True),
        ({"description": None}, True),  # a text that is left empty
        ({"description": 3}, False),
        ({"name": None}, False),
        ({"tags": ["x"]}, True),
        ({"tags": None}, True),
        ({"tags": 3}, False),
        ({"users": None}, True),
    ],
)
def test_null_is_an_empty_text_or_list_where_it_may_be_empty(alice, fields, is_right):
    body = {"name": unique("Project")} | fields
    assert allows("post", "/api/private/stem/project/", body) is is_right
    assert (alice.post("stem/project/", body).status == 201) is is_right


@pytest.mark.parametrize(("category", "is_right"), [(None, True), ("", True), ("somewhere", False), ([], False)])
def test_an_empty_text_is_no_relation_where_there_may_be_none(admin, category, is_right):
    body = {"name": unique("Paradigm"), "category": category}
    path = "/api/super/taxonomies/behavioralparadigm/"
    assert allows("post", path, body) is is_right
    assert (admin.post(path, body).status == 201) is is_right


@pytest.mark.parametrize(("project", "is_right"), [(None, False), ("", False)])
def test_a_relation_that_must_be_there_is_never_null_or_empty(admin, lab, project, is_right):
    path = f"/api/super/stem/cohort/{lab['cohort']}/"
    assert allows("patch", "/api/super/stem/cohort/{id}/", {"project": project}) is is_right
    assert (admin.patch(path, {"project": project}).status == 200) is is_right
    assert admin.patch(path, {"project": str(lab["project"])}).status == 200


@pytest.mark.parametrize(
    ("fields", "is_right"),
    [({"users": None}, True), ({"users": {}}, True), ({"users": 3}, False), ({"groups": 3}, False)],
)
def test_roles_that_are_null_stay_as_they_are(alice, lab, fields, is_right):
    assert allows("patch", "/api/private/stem/project/{id}/", fields) is is_right
    assert (alice.patch(f"stem/project/{lab['project']}/", fields).status == 200) is is_right


@pytest.mark.parametrize("projects", [None, [], "x"])
def test_a_list_that_must_not_be_empty_is_never_null(alice, lab, projects):
    body = {"name": unique("Session"), "projects": projects}
    assert alice.post("stem/session/", body).status == 400
    assert projects == [] or not allows("post", "/api/private/stem/session/", body)
    assert alice.post("stem/session/", body | {"projects": [lab["project"]]}).status == 201


@pytest.mark.parametrize(("version", "is_right"), [(None, True), (3, False), ("x", False)])
def test_the_version_for_which_a_change_was_written_may_be_null(alice, lab, version, is_right):
    body = {"description": "New.", "_base_version": version}
    assert allows("patch", "/api/private/stem/project/{id}/", body) is is_right
    assert (alice.patch(f"stem/project/{lab['project']}/", body).status == 200) is is_right


@pytest.mark.parametrize(
    ("action", "comment", "is_right"),
    [
        ("accept", "Fine.", True),
        ("accept", None, True),
        ("accept", {}, False),
        ("request_revision", "Why?", True),
        ("request_revision", None, False),
    ],
)
def test_a_comment_may_be_null_where_none_is_needed(alice, admin, action, comment, is_right):
    proposal = alice.post("resources/supplier/", {"name": unique("Supplier")})
    path = "/api/private/resources/supplierapproval/{id}/" + f"{action}/"
    assert allows("post", path, {"comment": comment}) is is_right
    assert (admin.post(path.replace("{id}", proposal.id), {"comment": comment}).status == 200) is is_right


@pytest.mark.parametrize(("name", "is_right"), [("rig", True), (None, True), (3, False)])
def test_a_program_that_signs_in_need_not_have_a_name(nobody, name, is_right):
    body = {"client_name": name}
    assert allows("post", "/api/auth/device/", body) is is_right
    assert (nobody.post("/api/auth/device/", body).status == 200) is is_right


@pytest.mark.parametrize(("key", "status"), [("a-key", 200), ("", 400), ("a key", 400), ("x" * 256, 400)])
@pytest.mark.parametrize("query", ["", "?dry_run=true"])
def test_a_key_that_cannot_be_one_is_refused_by_dry_runs_too(alice, key, status, query):
    answer = alice.post(f"stem/project/bulk/{query}", {"create": []}, HTTP_IDEMPOTENCY_KEY=key)
    assert answer.status == status, answer.body
    if status == 400:
        assert list(answer.body) == ["Idempotency-Key"]
