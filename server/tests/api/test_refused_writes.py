"""A write that is refused, whatever for, leaves every table as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from brainstem.api import bulk, writing
from brainstem.core.errors import TookTooLong
from brainstem.core.model.registry import specs
from brainstem.core.query.budget import too_large
from brainstem.core.write import once

from ..core.test_uploads import picture
from ..lab import MODELS, path_of
from ..people import unique

NO_ID = "00000000-0000-7000-8000-000000000000"
WRITTEN = [name for name in MODELS if name != "dam"]
# Kept on purpose, whatever becomes of the request: when a token was last used.
BESIDE = {"users_token"}
WRONG_QUERIES = ("nonsense=1", "include[]=nope", "limit=none")


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
    return sender.request(
        method, path, body, **{f"HTTP_{key.upper().replace('-', '_')}": headers[key] for key in headers}
    )


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


@pytest.mark.parametrize("name", WRITTEN)
def test_a_wrong_value_of_any_key_leaves_nothing_of_the_right_ones_beside_it(lab, name):
    record, sender, path = lab.add(name), sender_of(lab, name), path_of(name)
    payload, address = renamed(lab.payload(name)), f"{path_of(name)}/{record['id']}"
    right = {"tags": [unique("tag")], "description": "changed"}
    before, refused = everything(), 0
    for wrong in wrong_values(name):
        rows = {"create": [payload | right], "update": [{"id": record["id"]} | right | wrong]}
        for method, where, body in (
            ("post", path, payload | right | wrong),
            ("patch", address, right | wrong),
            ("post", f"{path}/bulk", rows),
        ):
            with transaction.atomic():
                if sender.request(method, where, body).status >= 400:
                    refused += 1
                else:  # A text takes any text: what was written is undone here, not by the server.
                    transaction.set_rollback(True)
    assert refused > 3
    assert everything() == before


def test_rows_deleted_beside_one_that_is_not_there_stay(lab, alice, nothing_stays):
    sessions = [lab.add("session")["id"] for _ in range(2)]
    nothing_stays(iter([lambda: alice.post("stem/session/bulk", {"delete": [*sessions, NO_ID]})]))
    assert alice.post("stem/session/bulk", {"delete": sessions}).status == 200


# -- actions and forms --------------------------------------------------------------------------------------------------


def test_a_wrong_query_string_of_an_action_does_nothing(lab, alice, bob, charlie, admin, nothing_stays):
    log, group = lab["subjectlog"], lab["group"]
    entry = {"date_time": "2026-01-05T08:00:00Z", "details": {"weight": 20}}
    proposal = alice.post("taxonomies/strain", lab.payload("strain")).id
    offer = alice.post(f"users/group/{group}/invite", {"email": charlie.email}).id
    actions = (
        (alice, f"modules/subjectlog/{log}/add_entry", entry),
        (alice, f"stem/project/{lab['project']}/invite", {"email": charlie.email}),
        (admin, f"taxonomies/strainapproval/{proposal}/accept", {}),
        (admin, f"taxonomies/strainapproval/{proposal}/reject", {}),
        (charlie, f"users/groupmembershipinvitation/{offer}/accept", {}),
        (charlie, f"users/groupmembershipinvitation/{offer}/reject", {}),
        (alice, f"users/groupmembershipinvitation/{offer}/cancel", {}),
        (bob, f"users/group/{group}/join", {}),
        (admin, f"users/user/{bob.user.pk}/deactivate", {}),
    )
    queries = ("nonsense=1", "include[]=nope", "exclude[]=nope")
    nothing_stays(
        (lambda who=who, path=path, body=body, query=query: who.post(f"{path}/?{query}", body))
        for who, path, body in actions
        for query in queries
    )
    for who, path, body in (actions[0], actions[1], actions[2], actions[4], actions[8]):
        assert who.post(path, body).status in (200, 201), path


def test_an_action_whose_answer_fails_does_nothing(lab, alice, bob, admin, charlie, nothing_stays, monkeypatch):
    log, offer = lab["subjectlog"], alice.post(f"users/group/{lab['group']}/invite", {"email": charlie.email}).id
    monkeypatch.setattr(writing, "fetch_record", failing(TookTooLong(60)))
    nothing_stays(
        iter(
            [
                lambda: alice.post(f"modules/subjectlog/{log}/add_entry", {"date_time": "2026-01-05", "details": {}}),
                lambda: alice.post(f"stem/project/{lab['project']}/invite", {"email": charlie.email}),
                lambda: charlie.post(f"users/groupmembershipinvitation/{offer}/accept"),
                lambda: bob.post(f"users/group/{lab['group']}/join"),
                lambda: admin.post(f"users/user/{bob.user.pk}/deactivate"),
            ]
        )
    )


def test_a_write_whose_includes_are_too_large_to_show_is_kept_and_says_so(lab, alice, monkeypatch):
    session, fetch = lab.add("session"), writing.fetch_record

    def within_budget(spec: Any, record_id: Any, query: Any, **more: Any) -> Any:
        if query.includes:
            raise too_large()
        return fetch(spec, record_id, query, **more)

    monkeypatch.setattr(writing, "fetch_record", within_budget)
    answer = alice.patch(f"stem/session/{session['id']}/?include[]=projects", {"description": "changed"})
    assert (answer.status, answer.headers["Answer-Left-Out"]) == (200, "include")
    assert alice.get(f"stem/session/{session['id']}").record["description"] == "changed"


def test_a_statement_that_the_database_refuses_as_too_complex_does_not_end_the_write(lab, alice, monkeypatch):
    session, fetch = lab.add("session"), writing.fetch_record

    def too_complex(spec: Any, record_id: Any, query: Any, **more: Any) -> Any:
        if query.includes:
            with connection.cursor() as cursor, suppress(DatabaseError):
                cursor.execute("SELECT nothing FROM nowhere")
            raise too_large()
        return fetch(spec, record_id, query, **more)

    monkeypatch.setattr(writing, "fetch_record", too_complex)
    answer = alice.patch(f"stem/session/{session['id']}/?include[]=projects", {"description": "changed"})
    assert (answer.status, answer.record["description"]) == (200, "changed")


def test_a_file_of_a_write_that_fails_is_not_kept(lab, alice, nothing_stays, monkeypatch):
    setup = f"personal_attributes/setup/{lab['setup']}"
    folder = Path(settings.MEDIA_ROOT)

    def send(query: str = "") -> Any:
        form = {"image": SimpleUploadedFile("rig.png", picture()), "description": "changed"}
        body = encode_multipart(BOUNDARY, form)
        return alice.patch(f"{setup}/?{query}", body, content_type=MULTIPART_CONTENT)

    before = set(folder.rglob("*.*"))
    with monkeypatch.context() as patched:
        patched.setattr(writing, "fetch_record", failing(TookTooLong(60)))
        nothing_stays(iter([send]))
    nothing_stays(iter([lambda: send("nonsense=1")]))
    assert set(folder.rglob("*.*")) == before
    assert send().status == 200
    assert len(set(folder.rglob("*.*")) - before) == 1
