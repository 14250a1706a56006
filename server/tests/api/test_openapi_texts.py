"""What is taken for a text: the server and its description say the same, for every text column of every model."""

from __future__ import annotations

import jsonschema_rs
import pytest

from brainstem.api.openapi.document import document
from brainstem.api.shapes import name_of
from brainstem.core.model.registry import specs
from brainstem.core.model.values import Bad, clean, is_text

COLUMNS = [
    (label, name)
    for label, spec in sorted(specs().items())
    for name, column in spec.columns.items()
    if name in spec.keys and spec.writable(name) and is_text(column)
]
MODELS = ("/api/private/", "/api/public/", "/api/super/")
SENT = [5, 0, 1.5, True, False, [], {}, ["x"], "", " ", "  \t\n ", "\u00a0", "\u2003", None]
AS_NAMES = ["Zoë 1", "a\u202eb", "a\u200bb", "a\x07b", "\u00adx", "a\ufeffb", "Wärme 温度 🐀"]


def schema(label: str, name: str) -> jsonschema_rs.Draft202012Validator:
    shape = document()["components"]["schemas"][f"{name_of(specs()[label])}Write"]["properties"][name]
    return jsonschema_rs.Draft202012Validator(shape | {"components": document()["components"]})


def taken(label: str, name: str, value) -> bool:
    try:
        clean(specs()[label].columns[name], value)
    except Bad:
        return False
    return True


@pytest.mark.parametrize(("label", "name"), COLUMNS, ids=lambda one: one)
def test_server_and_description_agree_on_what_is_a_text(label, name):
    told, column = schema(label, name), specs()[label].columns[name]
    wrong = [
        value
        for value in [*SENT, *(AS_NAMES if name in ("name", "title") else [])]
        # Null takes the place of an empty text; one that is blank counts as empty where something is to be chosen.
        if not (value is None or (isinstance(value, str) and (column.field.choices or column.field.blank)))
        and taken(label, name, value) != told.is_valid(value)
    ]
    assert wrong == []
    assert not [value for value in SENT[:8] if taken(label, name, value)]


@pytest.mark.parametrize("value", [5, 1.5, True, [], {}, "", "  ", "\t\n", "\u00a0"], ids=repr)
@pytest.mark.parametrize("model", ["project", "subject", "session", "setup", "strain"])
def test_a_name_is_a_text_that_is_not_blank(lab, alice, model, value):
    from ..lab import path_of

    row = lab.payload(model)
    assert list(alice.post(path_of(model), row | {"name": value}).body) == ["name"]
    bulk = alice.post(f"{path_of(model)}/bulk/", {"create": [row | {"name": value}]})
    assert list(bulk.body["errors"][0]["errors"]) == ["name"]
    assert alice.post(path_of(model), row).status == 201


def test_a_number_in_quotes_is_a_name_and_an_empty_description_is_none(lab, alice):
    made = alice.make("stem/subject", **(lab.payload("subject") | {"name": " 5 ", "description": ""}))
    assert (made["name"], made["description"]) == ("5", "")


def test_who_is_no_administrator_is_refused_as_described(lab, alice):
    for path in ("/api/super/users/user/me/", "/api/private/users/user/me/"):
        described = document()["paths"][path]["get"]["responses"]
        assert {"200", "401", "403", "503"} <= set(described)
    assert alice.get("/api/super/users/user/me/").status == 403


def test_every_operation_tells_of_refusals_that_any_request_can_meet():
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            if method == "parameters" or not path.startswith(MODELS):
                continue
            told = set(operation["responses"])
            assert "503" in told, (method, path)
            if "/public/" not in path:
                assert {"401", "403"} <= told, (method, path)
            if method == "post":
                assert {"400", "404", "405", "409", "413", "415", "429"} <= told, (method, path)
