"""Drafts: any JSON value under a key, for weeks; versions, limits, and the list of them."""

from __future__ import annotations

import datetime as dt
import json
import urllib.error
import urllib.request

import pytest
from django.utils import timezone

from brainstem.api.drafts import MOST_BYTES
from brainstem.apps.users import drafts
from brainstem.apps.users.draft_models import Draft
from brainstem.config import housekeeping
from brainstem.config.body_limits import largest_body

from ..people import Person
from .test_openapi import check

pytestmark = pytest.mark.django_db
JSON = "application/json"
ONE, ALL = "/api/private/drafts/{key}/", "/api/private/drafts/"
VALUES = {
    "an object": b'{"name": "Day 1", "b": 1, "a": 2}',
    "a list": b"[1, 2.50, 1e3]",
    "a text": '"Grüße"'.encode(),
    "a number": b"9007199254740993",
    "null": b"null",
    "false": b"false",
    "a NUL": b'{"a": "\\u0000"}',
    "spaces around it": b' {"a" : 1}\n',
    "a key twice": b'{"a": 1, "a": 2}',
}
NO_JSON = {
    "nothing": b"",
    "words": b"Day 1",
    "half of it": b'{"name": ',
    "half of a surrogate pair": b'"\\ud800"',
    "bytes that are no UTF-8": b'"\xff"',
    "NaN": b"NaN",
    "deep lists": b"[" * 200_000,
    "a number of many digits": b"9" * 30,
}
NO_KEYS = ["é", "a b", "a/b", "a%2Fb", "a%00", "x" * 201, "%2e", "%2e%2e", "a%0A", "a,b", "~"]


def write(who: Person, key: str, body: bytes, **headers: str):
    return who.request("put", f"drafts/{key}", body, content_type=headers.pop("kind", JSON), **headers)


def keys(answer) -> list[str]:
    return [one["key"] for one in answer.body["drafts"]]


def age(key: str, **span: float) -> None:
    Draft.objects.filter(key=key).update(updated_at=timezone.now() - dt.timedelta(**span))


# --- content --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", VALUES.values(), ids=VALUES)
def test_a_draft_is_read_exactly_as_it_was_written(alice, body):
    assert write(alice, "session-add", body).status == 201
    answer = alice.get("drafts/session-add")
    assert (answer.status, answer.text.encode()) == (200, body)
    check(answer, "get", ONE)


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON)
def test_a_draft_that_is_not_json_is_refused(alice, body):
    assert write(alice, "d", b"1").status == 201
    answer = write(alice, "d", body)
    assert (answer.status, list(answer.body)) == (400, ["non_field_errors"])
    check(answer, "put", ONE)
    assert alice.get("drafts/d").text == "1"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_draft_of_another_kind_is_refused(alice, kind):
    answer = write(alice, "d", b"{}", kind=kind)
    assert answer.status == 415
    check(answer, "put", ONE)
    assert write(alice, "d", b"{}", kind="application/vnd.api+json").status == 201


def test_writing_tells_what_is_known_of_the_draft(alice):
    before = timezone.now()
    first, second = write(alice, "session-add", b'{"a": 1}'), write(alice, "session-add", b'{"a": 12}')
    assert (first.status, second.status) == (201, 200)
    for answer in (first, second):
        check(answer, "put", ONE)
    facts = second.body["draft"]
    assert list(facts) == ["key", "size", "updated_at", "expires_at", "etag"]
    assert (facts["key"], facts["size"]) == ("session-add", 9)
    written, ends = (dt.datetime.fromisoformat(facts[name]) for name in ("updated_at", "expires_at"))
    assert before <= written <= timezone.now()
    assert ends - written == dt.timedelta(days=30)
    assert facts["etag"] == second.headers["ETag"] == alice.get("drafts/session-add").headers["ETag"]
    assert first.headers["ETag"] != second.headers["ETag"]


def test_a_deleted_draft_is_gone(alice):
    write(alice, "d", b"1")
    assert alice.delete("drafts/d").status == 204
    for answer, method in ((alice.get("drafts/d"), "get"), (alice.delete("drafts/d"), "delete")):
        assert (answer.status, "'d'" in answer.body["detail"]) == (404, True)
        check(answer, method, ONE)


@pytest.mark.parametrize("method", ["get", "put", "delete"])
@pytest.mark.parametrize("key", NO_KEYS)
def test_a_key_that_is_none_is_refused_with_what_is_right(alice, method, key):
    answer = alice.request(method, f"/api/private/drafts/{key}/", *([{}] if method == "put" else []))
    assert (answer.status, list(answer.body)) == (400, ["key"])
    assert "such as session-add" in answer.body["key"][0]
    check(answer, method, ONE)


@pytest.mark.parametrize("key", ["a", "session-add", "Session.Add_2", "...", "-", "x" * 200, "me", "options", "bulk"])
def test_a_key_is_a_slug(alice, key):
    assert write(alice, key, b"1").status == 201
    assert alice.get(f"/api/private/drafts/{key}").text == "1"
    assert keys(alice.get("drafts")) == [key]


def test_keys_differ_by_case(alice):
    write(alice, "a", b"1"), write(alice, "A", b"2")
    assert [alice.get(f"drafts/{key}").text for key in "aA"] == ["1", "2"]


@pytest.mark.parametrize(
    ("path", "method"), [("drafts", "post"), ("drafts", "put"), ("drafts/d", "post"), ("drafts/d", "patch")]
)
def test_other_methods_are_refused(alice, path, method):
    answer = alice.request(method, path, {})
    assert answer.status == 405
    assert answer.headers["Allow"] == ("GET" if path == "drafts" else "GET, PUT, DELETE")


@pytest.mark.parametrize("path", ["drafts", "drafts/d"])
@pytest.mark.parametrize("query", ["filter{key}=d", "sort[]=key", "search=d", "include[]=user", "user=1"])
def test_parameters_that_have_no_meaning_are_refused(alice, path, query):
    write(alice, "d", b"1")
    answer = alice.get(path, query)
    assert (answer.status, list(answer.body)) == (400, [query.partition("=")[0]])


def test_a_draft_that_is_opened_in_a_browser_is_shown_as_text(alice):
    write(alice, "d", b'"<script>alert(1)</script>"')
    alice.client.force_login(alice.user)
    page = alice.client.get("/api/private/drafts/d/", headers={"Accept": "text/html"})
    assert (page.status_code, page["Content-Type"].partition(";")[0]) == (200, "text/html")
    assert b"&lt;script&gt;alert(1)" in page.content
    assert b"<script>alert(1)" not in page.content
    assert alice.client.get("/api/private/drafts/", headers={"Accept": "text/html"}).status_code == 200


def test_nothing_of_a_draft_is_cached_by_others(alice):
    write(alice, "d", b"1")
    answer = alice.get("drafts/d")
    assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


# --- versions -------------------------------------------------------------------------------------------------------


def test_a_draft_that_the_caller_has_is_not_sent_again(alice):
    tag = write(alice, "d", b"1").headers["ETag"]
    for given in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = alice.get("drafts/d", HTTP_IF_NONE_MATCH=given)
        assert (answer.status, answer.text, answer.headers["ETag"]) == (304, "", tag)
    write(alice, "d", b"2")
    assert alice.get("drafts/d", HTTP_IF_NONE_MATCH=tag).text == "2"


def test_who_read_an_older_version_does_not_overwrite_a_newer_one(alice):
    old = write(alice, "d", b"1").headers["ETag"]
    new = write(alice, "d", b"2", HTTP_IF_MATCH=old).headers["ETag"]
    for answer, method in (
        (write(alice, "d", b"3", HTTP_IF_MATCH=old), "put"),
        (alice.delete("drafts/d", HTTP_IF_MATCH=old), "delete"),
    ):
        assert (answer.status, new in answer.body["detail"]) == (412, True)
        assert answer.headers["Brainstem-Error-Code"] == "precondition_failed"
        check(answer, method, ONE)
    assert alice.get("drafts/d").text == "2"
    assert write(alice, "d", b"3", HTTP_IF_MATCH=f'"x", {new}').status == 200
    assert write(alice, "d", b"4", HTTP_IF_MATCH="*").status == 200
    assert alice.delete("drafts/d", HTTP_IF_MATCH=alice.get("drafts/d").headers["ETag"]).status == 204


def test_who_expects_a_draft_does_not_write_a_new_one(alice):
    for given in ('"x"', "*"):
        assert write(alice, "d", b"1", HTTP_IF_MATCH=given).status == 412
    assert alice.delete("drafts/d", HTTP_IF_MATCH="*").status == 404
    assert keys(alice.get("drafts")) == []


def test_who_expects_no_draft_does_not_overwrite_one(alice):
    assert write(alice, "d", b"1", HTTP_IF_NONE_MATCH="*").status == 201
    assert write(alice, "d", b"2", HTTP_IF_NONE_MATCH="*").status == 412
    assert alice.get("drafts/d").text == "1"


@pytest.mark.parametrize("weakly", [False, True])
def test_a_weak_tag_is_good_for_reading_but_not_for_writing(alice, weakly):
    tag = ("W/" if weakly else "") + write(alice, "d", b"1").headers["ETag"]
    assert alice.get("drafts/d", HTTP_IF_NONE_MATCH=tag).status == 304
    assert write(alice, "d", b"2", HTTP_IF_NONE_MATCH=tag).status == 412
    assert write(alice, "d", b"2", HTTP_IF_MATCH=tag).status == (412 if weakly else 200)


@pytest.mark.parametrize("empty", ["", " ", ", ,"])
def test_an_empty_list_of_tags_matches_nothing(alice, empty):
    write(alice, "d", b"1")
    assert alice.get("drafts/d", HTTP_IF_NONE_MATCH=empty).text == "1"
    assert write(alice, "d", b"2", HTTP_IF_MATCH=empty).status == 412
    assert write(alice, "d", b"2", HTTP_IF_NONE_MATCH=empty).status == 200


def test_a_header_that_cannot_be_read_is_ignored_when_reading(alice):
    write(alice, "d", b"1")
    assert alice.get("drafts/d", HTTP_IF_NONE_MATCH="abc").text == "1"


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
def test_a_tag_without_quotes_is_refused_with_what_is_right(alice, header):
    write(alice, "d", b"1")
    answer = write(alice, "d", b"2", **{f"HTTP_{header.upper().replace('-', '_')}": "abc"})
    assert (answer.status, list(answer.body)) == (400, [header])
    assert "in quotes" in answer.body[header][0]
    assert alice.get("drafts/d").text == "1"


# --- the list -------------------------------------------------------------------------------------------------------


def test_the_list_has_the_last_written_first_and_no_content(alice):
    for key in ("a", "b", "c"):
        write(alice, key, b'"secret"')
    write(alice, "a", b'"secret"')
    answer = alice.get("drafts")
    check(answer, "get", ALL)
    assert keys(answer) == ["a", "c", "b"]
    assert "secret" not in answer.text
    assert (answer.body["count"], answer.body["next"], answer.body["previous"]) == (3, None, None)
    assert [one["etag"] for one in answer.body["drafts"]] == [
        alice.get(f"drafts/{key}").headers["ETag"] for key in ("a", "c", "b")
    ]


@pytest.mark.parametrize("query", ["limit=2", "limit=2&cursor=", "per_page=2&page=1", "limit=2&offset=0"])
def test_the_list_is_read_in_pages(alice, query):
    for number in range(5):
        write(alice, f"d{number}", b"1")
    found, answer = [], alice.get("drafts", query)
    while answer.body["next"]:
        check(answer, "get", ALL)
        found += keys(answer)
        answer = alice.get(answer.body["next"].partition("http://localhost:8000")[2])
    assert found + keys(answer) == ["d4", "d3", "d2", "d1", "d0"]
    assert answer.body["count"] == 5


@pytest.mark.parametrize(
    "query", ["cursor=abc", "cursor=W10", "cursor=WzEsMl0", "limit=0", "limit=x", "page=1&cursor="]
)
def test_a_page_that_cannot_be_is_refused(alice, query):
    assert alice.get("drafts", query).status == 400


# --- limits ---------------------------------------------------------------------------------------------------------


def test_a_draft_has_at_most_a_megabyte(alice):
    largest = b'"' + b"x" * (MOST_BYTES - 2) + b'"'
    assert write(alice, "d", largest).status == 201
    answer = write(alice, "d", largest + b" ")
    assert (answer.status, list(answer.body)) == (413, ["detail"])
    check(answer, "put", ONE)
    assert alice.get("drafts/d").text.encode() == largest


def test_the_limit_holds_before_a_body_is_read():
    assert largest_body("/api/private/drafts/d/", JSON) == MOST_BYTES == 1024 * 1024
    assert largest_body("/api/private/drafts/d/", "multipart/form-data; boundary=x") == MOST_BYTES
    assert largest_body("/api/private/stem/session/", JSON) > MOST_BYTES


def test_a_person_keeps_so_many_drafts(alice, bob, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 3)
    for key in "abc":
        write(alice, key, b"1")
    answer = write(alice, "d", b"1")
    assert (answer.status, answer.body["detail"][:18]) == (409, "You have 3 drafts,")
    check(answer, "put", ONE)
    assert write(alice, "a", b"2").status == 200
    assert write(bob, "d", b"1").status == 201
    alice.delete("drafts/b")
    assert write(alice, "d", b"1").status == 201


def test_a_person_keeps_so_many_megabytes(alice, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_BYTES", 100)
    write(alice, "a", b'"' + b"x" * 58 + b'"')
    answer = write(alice, "b", b'"' + b"x" * 39 + b'"')
    assert (answer.status, "MB are kept" in answer.body["detail"]) == (409, True)
    assert write(alice, "b", b'"' + b"x" * 38 + b'"').status == 201
    assert write(alice, "a", b'"' + b"x" * 59 + b'"').status == 409
    assert write(alice, "a", b"1").status == 200


def test_a_draft_ends_thirty_days_after_the_last_write(alice, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 2)
    write(alice, "old", b"1"), write(alice, "new", b"1")
    tag = alice.get("drafts/old").headers["ETag"]
    age("old", days=30, seconds=1), age("new", days=29, hours=23)
    assert keys(alice.get("drafts")) == ["new"]
    assert alice.get("drafts/old").status == alice.delete("drafts/old").status == 404
    assert write(alice, "old", b"2", HTTP_IF_MATCH=tag).status == 412
    assert write(alice, "old", b"2").status == 201
    write(alice, "new", b"1")
    age("old", days=31)
    assert write(alice, "third", b"1").status == 201


def test_housekeeping_deletes_drafts_that_have_ended(alice, bob):
    write(alice, "old", b"1"), write(alice, "new", b"1"), write(bob, "old", b"1")
    age("old", days=31)
    assert housekeeping.tidy() == 2
    assert [one.key for one in Draft.objects.all()] == ["new"]


# --- a served process -----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("size", "status"), [(MOST_BYTES, 201), (MOST_BYTES + 1, 413)])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_served_process_takes_a_megabyte_and_no_more(served, size, status, chunked):
    key = f"large-{size}-{chunked}"
    body = b'"' + b"x" * (size - 2) + b'"'
    headers = {"Content-Type": JSON, "Authorization": f"Bearer {served.token('alice')}"}
    parts = (body[at : at + 65536] for at in range(0, size, 65536)) if chunked else body
    request = urllib.request.Request(f"{served.url}/api/private/drafts/{key}/", parts, headers, method="PUT")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            found, told = answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            found, told = error.code, json.loads(error.read())
    except (BrokenPipeError, ConnectionResetError):
        found, told = 413, {"detail": ""}  # refused and closed before all of it was sent
    assert (found, list(told)) == (status, ["draft" if status == 201 else "detail"])
    assert served.send("GET", f"private/drafts/{key}/", who="alice")[0] == (200 if status == 201 else 404)
