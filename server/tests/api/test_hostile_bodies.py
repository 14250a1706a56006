"""Bodies that are made to stop a server: refused in little time and memory, with an answer that somebody can read."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib

import pytest

from brainstem.api.body import MOST_VALUES
from brainstem.api.responses import MOST_ERRORS, answered
from brainstem.core.errors import Invalid

JSON = "application/json"
WHERE = ["stem/subject", "stem/subject/bulk/", "stem/project/{project}/invite"]


def send(who, path, body: bytes, **extra):
    return who.request("post", path, body, content_type=JSON, **extra)


# -- compressed -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "GZIP", "gzip, identity", "x" * 1000])
@pytest.mark.parametrize("path", [*WHERE, "/api/token/", "/api/auth/device/"])
def test_a_compressed_body_is_refused_and_not_unpacked(lab, alice, path, encoding):
    where = path.format(project=lab["project"])
    packed = {"deflate": zlib.compress}.get(encoding, gzip.compress)(b" " * 10_000_000)
    answer = send(alice, where, packed, HTTP_CONTENT_ENCODING=encoding)
    assert (answer.status, list(answer.body)) == (415, ["detail"])
    assert len(answer.text) < 300


def test_a_body_that_says_that_it_is_not_compressed_is_read(lab, alice):
    body = json.dumps(lab.payload("subject")).encode()
    assert send(alice, "stem/subject", body, HTTP_CONTENT_ENCODING="identity").status == 201


# -- JSON -------------------------------------------------------------------------------------------------------------

SHAPES = {
    "deep lists": b"[" * 200_000,
    "deep objects": b'{"a":' * 200_000,
    "deep and closed": b"[" * 5_000 + b"]" * 5_000,
    "a list": b"[]",
    "a text": b'"x"',
    "a number": b"1",
    "a number of many digits": b"9" * 1_000_000,
    "a large exponent": b"1e999999999",
    "nothing that is JSON": b"{name: 1}",
    "half a surrogate pair": b'{"name": "\\ud800"}',
    "bytes that are no UTF-8": b'{"name": "\xff"}',
    "a NUL": b'{"name": "a\\u0000"}',
}


@pytest.mark.parametrize("body", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("path", WHERE)
def test_a_body_of_a_wrong_shape_is_told_in_a_few_words(lab, alice, path, body):
    answer = send(alice, path.format(project=lab["project"]), body)
    assert answer.status == 400
    assert len(answer.text) < 3000


@pytest.mark.parametrize("key", ["name", "description", "strain", "projects", "tags", "birth_date", "extra_fields"])
@pytest.mark.parametrize("value", ["[" * 900 + "]" * 900, "9" * 5000, "1e400", '{"a":' * 500 + "1" + "}" * 500])
def test_a_value_that_is_nested_or_long_is_told_at_its_key(lab, alice, key, value):
    body = json.dumps(lab.payload("subject") | {key: 0}).replace(f'"{key}": 0', f'"{key}": {value}').encode()
    answer = send(alice, "stem/subject", body)
    assert answer.status == 400
    assert len(answer.text) < 3000


def test_ten_thousand_unknown_keys_are_ignored(lab, alice):
    more = {f"unknown {number}": number for number in range(10_000)}
    assert alice.post("stem/subject", lab.payload("subject") | more).status == 201
    assert alice.patch(f"stem/subject/{lab['subject']}", more | {"sex": "F"}).record["sex"] == "F"
    wrong = alice.post("stem/subject/bulk/", more)
    assert (wrong.status, len(wrong.body)) == (400, 1)


def test_of_a_key_that_is_there_twice_the_last_value_counts(lab, alice):
    body = json.dumps(lab.payload("subject")).replace("{", '{"name": "first", ', 1).encode()
    made = send(alice, "stem/subject", body)
    assert made.status == 201
    assert made.record["name"] != "first"


@pytest.mark.parametrize("piece", [b"[],", b"{},", b"1,", b'"",'], ids=["lists", "objects", "numbers", "texts"])
def test_a_body_of_millions_of_values_is_refused_before_it_is_read(alice, piece):
    body = b'{"create":[' + piece * (MOST_VALUES + 1) + b"0]}"
    tracemalloc.start()
    answer = send(alice, "stem/subject/bulk/", body)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (answer.status, list(answer.body)) == (400, ["non_field_errors"])
    assert most < 5 * len(body) + 5_000_000


def test_what_was_sent_is_quoted_to_a_limit(lab, alice):
    long = "x" * 3_000_000
    for body in ({long: []}, {"update": [{"id": long}]}, {"delete": [long] * 2}):
        answer = alice.post("stem/subject/bulk/", body)
        assert answer.status in (400, 404)
        assert len(answer.text) < 10_000
    for changed in ({"strain": long}, {"projects": [long]}, {"sex": long}, {"birth_date": long}):
        answer = alice.post("stem/subject", lab.payload("subject") | changed)
        assert (answer.status, list(answer.body)) == (400, list(changed))
        assert len(answer.text) < 10_000


def test_of_very_many_errors_the_first_are_told(rf):
    def view(_):
        raise Invalid({f"field {number}": ["x" * 10_000] * 1000 for number in range(1000)})

    answer = json.loads(answered(view, rf.post("/")).content)
    assert len(answer) == MOST_ERRORS
    assert {len(texts) for texts in answer.values()} == {MOST_ERRORS}
    assert max(len(text) for text in answer["field 0"]) < 2100


# -- OPTIONS ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"[" * 100_000, b"\xff" * 1000, b"x" * 1_000_000])
def test_the_body_of_options_is_not_looked_at(lab, alice, body):
    for path in ("stem/subject", f"stem/subject/{lab['subject']}", "stem/subject/bulk/"):
        assert alice.request("options", path, body, content_type=JSON).status == 200


def test_a_long_name_gets_no_suggestion_and_a_short_one_does(alice):
    assert "Did you mean" in alice.post("stem/subject/bulk/", {"creat": []}).text
    assert "Did you mean" not in alice.post("stem/subject/bulk/", {"creat" * 100: []}).text
