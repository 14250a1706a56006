"""Conditions, preferences and the events of writes are described wherever a request has them."""

from __future__ import annotations

from typing import Any

import pytest

from brainstem.api.openapi.document import document

from ..people import unique

pytestmark = pytest.mark.django_db
SUCCESS = ("200", "201", "204")
WRITES = ("post", "put", "patch", "delete")


def operations(*methods: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of what is done to records, drafts and imports."""
    found = [
        (path, method, operation)
        for path, item in document()["paths"].items()
        for method, operation in item.items()
        if method in methods and not path.startswith("/api/auth") and "/token" not in path and "/device" not in path
    ]
    assert len(found) > 50
    return found


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    kind, name = part["$ref"].split("/")[-2:]
    found: dict[str, Any] = document()["components"][kind][name]
    return found


def headers(operation: dict[str, Any]) -> set[str]:
    """Names of the headers with a success."""
    answers = [resolved(answer) for status, answer in operation["responses"].items() if status in SUCCESS]
    return {name for answer in answers for name in answer.get("headers", {})}


def sent(operation: dict[str, Any]) -> set[str]:
    """Names of the headers that a request may have."""
    parameters = [resolved(one) for one in operation.get("parameters", ())]
    return {one["name"] for one in parameters if one["in"] == "header"}


def is_of_records(path: str) -> bool:
    """Whether it is not about what is kept for one person, which has no history and no versions."""
    return not path.startswith(("/api/private/drafts/", "/api/private/imports/"))


def test_writes_of_records_name_their_event():
    for path, method, operation in operations(*WRITES):
        if is_of_records(path) or path.endswith("/commit/"):
            assert "Brainstem-Event" in headers(operation), (method, path)


def test_writes_take_preferences_and_those_of_a_record_conditions():
    for path, method, operation in operations("post", "put", "patch"):
        if is_of_records(path):
            assert "Prefer" in sent(operation), (method, path)
    for path, method, operation in operations(*WRITES):
        if "{id}" in path and "/deleted/" not in path and is_of_records(path):
            assert "If-Match" in sent(operation), (method, path)
            assert "412" in operation["responses"], (method, path)


def test_what_has_an_etag_takes_if_none_match_and_may_answer_304():
    for path, _, operation in operations("get"):
        told = {"ETag" in headers(operation), "If-None-Match" in sent(operation), "304" in operation["responses"]}
        assert len(told) == 1, path
        if "304" in operation["responses"]:
            assert "ETag" in resolved(operation["responses"]["304"])["headers"], path


def test_answers_have_the_headers_that_are_described(lab, alice):
    session = f"stem/session/{lab['session']}"
    detail = "/api/private/stem/session/{id}/"
    changed = alice.patch(session, {"description": unique("x")})
    answers = {
        (detail, "get"): alice.get(session),
        (detail, "patch"): changed,
        (detail, "delete"): alice.delete(f"stem/session/{lab.add('session')['id']}"),
        ("/api/private/stem/session/", "get"): alice.get("stem/session"),
        ("/api/private/stem/session/", "post"): alice.post("stem/session", lab.payload("session")),
        ("/api/private/stem/session/bulk/", "post"): alice.post(
            "stem/session/bulk/", {"create": [lab.payload("session")]}
        ),
        ("/api/private/history/{event}/undo/", "post"): alice.post(f"history/{changed.headers['Brainstem-Event']}/undo/"),
        ("/api/private/changes/", "get"): alice.get("changes"),
    }  # fmt: skip
    for (path, method), answer in answers.items():
        assert answer.status < 300, (path, method, answer.body)
        described = headers(document()["paths"][path][method])
        for name in ("ETag", "Brainstem-Event", "Brainstem-More"):
            assert name in described or name not in answer.headers, (path, method, name)
            if name == "Brainstem-Event" and method != "get":
                assert name in answer.headers, (path, method)
