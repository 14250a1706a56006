"""A write that is refused, whatever for, leaves every table as it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, models
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from brainstem.api import bulk, writing
from brainstem.core import once
from brainstem.core.errors import TookTooLong
from brainstem.core.query.budget import too_large
from brainstem.core.registry import specs

from ..lab import MODELS, path_of
from ..people import unique

NO_ID = "00000000-0000-7000-8000-000000000000"
WRITTEN = [name for name in MODELS if name != "dam"]
# Kept on purpose, whatever becomes of the request: when a token was last used.
BESIDE = {"users_token"}
WRONG_QUERIES = ("nonsense=1", "include[]=nope", "exclude[]=nope", "limit=none", "sort[]=", "page=1&offset=1")


def everything() -> dict[str, str]:
    """Table -> a digest of its rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - BESIDE):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = sorted(map(repr, cursor.fetchall()))
            found[table] = f"{len(rows)} rows, {hashlib.sha256(''.join(rows).encode()).hexdigest()[:12]}"
    return found


@pytest.fixture
def nothing_stays():
    """Sends requests, each of which has to be refused, and looks whether any of them left something."""

    def held(requests: Iterator[Callable[[], Any]]) -> None:
        before, told = everything(), []
        for send in requests:
            answer = send()
            assert answer.status >= 400, (send, answer.body)
            told.append((answer.status, answer.body))
        assert told
        assert everything() == before, told

    return held


def sender_of(lab: Any, name: str) -> Any:
    return lab.admin.through("super") if MODELS[name][2] else lab.owner


def renamed(payload: dict[str, Any]) -> dict[str, Any]:
    """The same payload for another new record, where names are used once."""
    return payload | {key: unique("Other") for key in ("name", "title") if key in payload}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_wrong_query_string_writes_nothing_of_any_model(lab, nothing_stays, name):
    record, sender, path = lab.add(name), sender_of(lab, name), path_of(name)
    payload, address = renamed(lab.payload(name)), f"{path_of(name)}/{record['id']}"
    changed = {"description": "changed"} | {key: payload[key] for key in ("name", "title") if key in payload}
    rows = {"create": [payload], "update": [changed | {"id": record["id"]}]}

    def requests() -> Iterator[Callable[[], Any]]:
        for query in WRONG_QUERIES:
            yield lambda query=query: sender.post(f"{path}/?{query}", payload)
            yield lambda query=query: sender.patch(f"{address}/?{query}", changed)
            yield lambda query=query: sender.put(f"{address}/?{query}", payload)
            yield lambda query=query: sender.delete(f"{address}/?{query}")
            yield lambda query=query: sender.post(f"{path}/bulk/?{query}", rows)
            yield lambda query=query: sender.post(f"{path}/bulk/?return=records&{query}", rows)

    nothing_stays(requests())
    assert sender.patch(f"{address}/?exclude[]=id", changed).status == 200  # the same with a right query is written


@pytest.mark.parametrize("name", WRITTEN)
def test_an_answer_that_fails_leaves_nothing_of_any_model(lab, nothing_stays, name, monkeypatch):
    record, sender, path = lab.add(name), sender_of(lab, name), path_of(name)
    payload, address = renamed(lab.payload(name)), f"{path_of(name)}/{record['id']}"
    changed = {"description": "changed"} | {key: payload[key] for key in ("name", "title") if key in payload}
    rows = {"create": [payload], "update": [changed | {"id": record["id"]}]}
    faults = (TookTooLong(60), OperationalError("database is locked"))

    def requests() -> Iterator[Callable[[], Any]]:
        for fault in faults:
            monkeypatch.setattr(writing, "fetch_record", failing(fault))
            monkeypatch.setattr(bulk, "fetch_records", failing(fault))
            for again in ({}, {"Idempotency-Key": unique("key").replace(" ", "-")}):
                yield lambda again=again: keyed(sender, "post", path, payload, again)
                yield lambda again=again: keyed(sender, "post", f"{path}/bulk/?return=records", rows, again)
            yield lambda: sender.patch(address, changed)
            yield lambda: sender.put(address, payload)

    nothing_stays(requests())


def failing(fault: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise fault

    return fail


def keyed(sender: Any, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
    return sender.request(method, path, body, **{f"HTTP_{key.upper().replace('-', '_')}": headers[key] for key in headers})


def test_a_fault_of_the_server_in_the_answer_leaves_nothing(lab, alice, monkeypatch):
    session = lab.add("session")
    monkeypatch.setattr(writing, "fetch_record", failing(RuntimeError("a fault")))
    before = everything()
    for send in (
        lambda: alice.patch(f"stem/session/{session['id']}", {"description": "changed"}),
        lambda: alice.post("stem/session", renamed(lab.payload("session"))),
    ):
        with pytest.raises(RuntimeError, match="a fault"):
            send()
    assert everything() == before


def test_an_answer_that_cannot_be_kept_for_a_repeat_leaves_nothing(lab, alice, monkeypatch):
    payload = lab.payload("session")
    monkeypatch.setattr(once.KeptAnswer, "save", failing(OperationalError("database is locked")))
    before = everything()
    assert keyed(alice, "post", "stem/session", payload, {"Idempotency-Key": "a-key"}).status == 503
    assert everything() == before
    monkeypatch.undo()
    assert keyed(alice, "post", "stem/session", payload, {"Idempotency-Key": "a-key"}).status == 201


def test_records_of_bulk_beyond_the_budget_of_an_answer_leave_nothing(lab, alice, nothing_stays, monkeypatch):
    rows = {"create": [lab.payload("session") for _ in range(3)]}
    monkeypatch.setattr(bulk, "fetch_records", failing(too_large()))
    nothing_stays(iter([lambda: alice.post("stem/session/bulk/?return=records", rows)]))
    assert alice.post("stem/session/bulk/?return=ids", rows).status == 200


# -- bodies -------------------------------------------------------------------------------------------------------------


def wrong_values(name: str) -> Iterator[dict[str, Any]]:
    """For every key of a model that may be written a value that is none for it."""
    path = path_of(name)
    spec = next(one for one in specs().values() if f"{one.app}/{one.segment}" == path)
    for key in spec.keys:
        if not spec.writable(key):
            continue
        relation, column = spec.relations.get(key), spec.columns.get(key)
        if relation is not None:
            yield {key: [NO_ID] if relation.many else NO_ID}
        elif column is not None and column.wire_type not in ("image", "file"):
            yield {key: "perhaps" if column.wire_type != "string" else {"no": "text"}}
        elif key in ("users", "groups"):
            yield {key: {"nobody@lab.example": {"can_change": True}}}


def is_fit(spec_key: dict[str, Any]) -> bool:
    return bool(spec_key)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_wrong_value_of_any_key_leaves_nothing_beside_right_ones(lab, nothing_stays, name):
    record, sender, path = lab.add(name), sender_of(lab, name), path_of(name)
    payload, address = renamed(lab.payload(name)), f"{path_of(name)}/{record['id']}"
    tagged = {"tags": [unique("tag")]}

    def requests() -> Iterator[Callable[[], Any]]:
        for wrong in wrong_values(name):
            for send in (
                lambda wrong=wrong: sender.post(path, payload | tagged | wrong),
                lambda wrong=wrong: sender.patch(address, {"description": "changed"} | tagged | wrong),
                lambda wrong=wrong: sender.post(
                    f"{path}/bulk", {"create": [payload | tagged], "update": [{"id": record["id"]} | tagged | wrong]}
                ),
            ):
                answer = send()
                # Some keys are texts, to which everything is right; the others are refused.
                if answer.status >= 400:
                    yield lambda answer=answer: answer

    refused = list(requests_once(requests, path))
    assert refused
    nothing_stays(iter(refused))


def requests_once(requests: Callable[[], Iterator[Callable[[], Any]]], _path: str) -> Iterator[Callable[[], Any]]:
    yield from requests()
