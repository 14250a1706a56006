"""A POST that is sent again under its Idempotency-Key is answered again, and not done again."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import override_settings
from django.test.client import encode_multipart
from django.test.utils import CaptureQueriesContext

from brainstem.core.models import Change, KeptAnswer
from brainstem.core.write import once

from ..lab import MODELS
from ..people import Person, person, unique

KEY = "HTTP_IDEMPOTENCY_KEY"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


def changes() -> int:
    return Change.objects.count()


def age(hours: float) -> None:
    KeptAnswer.objects.update(at=KeptAnswer.objects.earliest("at").at - dt.timedelta(hours=hours))


def test_a_repeat_gets_the_same_answer_and_does_nothing(lab, alice):
    row = lab.payload("subject")
    first = alice.post("stem/subject", row, **{KEY: "one"})
    written = changes()
    again = alice.post("stem/subject/", row, **{KEY: "one"})
    assert (first.status, again.status) == (201, 201)
    assert again.text == first.text
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Content-Type"] == "application/json"
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.headers["Idempotency-Replayed"] == "false"
    assert changes() == written


def test_without_a_key_a_repeat_is_done_again(lab, alice):
    path, row = "modules/dataacquisition", lab.payload("dataacquisition")
    assert alice.post(path, row).id != alice.post(path, row).id


def test_another_key_is_another_request(lab, alice):
    path, row = "modules/dataacquisition", lab.payload("dataacquisition")
    assert alice.post(path, row, **{KEY: "a"}).id != alice.post(path, row, **{KEY: "b"}).id


def test_the_same_key_with_another_request_is_refused(lab, alice):
    row = lab.payload("subject")
    assert alice.post("stem/subject", row, **{KEY: "one"}).status == 201
    for path, body in (("stem/subject", lab.payload("subject")), ("stem/subject?include[]=projects", row)):
        answer = alice.post(path, body, **{KEY: "one"})
        assert (answer.status, list(answer.body)) == (409, ["detail"])


def test_a_key_is_of_one_person_and_one_address(lab, alice, dana):
    row = lab.payload("dataacquisition")
    made = [who.post("modules/dataacquisition", row, **{KEY: "one"}).id for who in (alice, dana)]
    assert len(set(made)) == 2
    assert alice.post("modules/procedure", lab.payload("procedure"), **{KEY: "one"}).status == 201


def test_another_token_of_the_same_person_gets_the_kept_answer_but_none_of_other_limits(lab, alice):
    row = lab.payload("dataacquisition")
    first = alice.post("modules/dataacquisition", row, **{KEY: "one"})
    assert Person(alice.user).post("modules/dataacquisition", row, **{KEY: "one"}).text == first.text
    bound = Person(alice.user, project_id=lab["project"])
    assert bound.post("modules/dataacquisition", row, **{KEY: "one"}).id != first.id


def test_what_was_refused_is_looked_at_again(lab, alice):
    row = lab.payload("subject")
    taken = lab.add("subject", name=row["name"])
    assert alice.post("stem/subject", row, **{KEY: "one"}).status == 400
    assert KeptAnswer.objects.count() == 0
    assert alice.delete(f"stem/subject/{taken['id']}").status == 204
    assert alice.post("stem/subject", row, **{KEY: "one"}).status == 201


def test_many_rows_are_written_once(lab, alice):
    rows = {"create": [lab.payload("subject") for _ in range(3)], "delete": [lab["subject"]]}
    first = alice.post("stem/subject/bulk/", rows, **{KEY: "many"})
    written = changes()
    again = alice.post("stem/subject/bulk/", rows, **{KEY: "many"})
    assert (first.status, again.text, changes()) == (200, first.text, written)
    assert alice.post("stem/subject/bulk/", rows | {"delete": []}, **{KEY: "many"}).status == 409


def test_an_entry_is_added_to_a_log_once(lab, alice):
    path = f"modules/subjectlog/{lab['subjectlog']}/add_entry/"
    entry = {"date_time": "2026-01-31T12:00:00Z", "details": {"weight": {"value": 20, "unit": "g"}}}
    first = alice.post(path, entry, **{KEY: "entry"})
    assert first.status == 200, first.body
    again = alice.post(path, entry, **{KEY: "entry"})
    assert (again.text, again.headers["Idempotency-Replayed"]) == (first.text, "true")


def test_a_form_with_a_file_is_the_same_whatever_its_boundaries(lab, alice):
    def send(boundary: str, content: bytes) -> tuple[int, str]:
        fields = {"name": row["name"], "setup_type": row["setup_type"]}
        upload = SimpleUploadedFile("s.png", content, "image/png")
        body = encode_multipart(boundary, fields | {"cover_image": upload})
        kind = f"multipart/form-data; boundary={boundary}"
        answer = alice.request("post", MODELS["setup"][0], body, content_type=kind, **{KEY: "file"})
        return answer.status, answer.text

    row = lab.payload("setup")
    first = send("one", PNG)
    assert first[0] == 201, first
    assert send("two", PNG) == first
    assert send("two", PNG + b"\0")[0] == 409


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "ümlaut", "tab\t"], ids=range(5))
def test_a_key_that_is_none_is_refused(lab, alice, key):
    answer = alice.post("stem/subject", lab.payload("subject"), **{KEY: key})
    assert (answer.status, list(answer.body)) == (400, ["Idempotency-Key"])
    assert alice.post("stem/subject", lab.payload("subject"), **{KEY: "x" * 255}).status == 201


def test_reading_and_changing_do_not_heed_a_key(lab, alice):
    path = f"stem/subject/{lab['subject']}"
    for sex in ("F", "M"):
        assert alice.patch(path, {"sex": sex}, **{KEY: "one"}).record["sex"] == sex
    assert alice.get(path, **{KEY: "not\tone"}).status == 200
    assert KeptAnswer.objects.count() == 0


def test_options_tell_that_keys_are_heeded(alice, nobody):
    for path in ("stem/subject", "stem/subject/bulk"):
        assert alice.options(path).headers["Idempotency-Kept-Seconds"] == "86400"
    assert "Idempotency-Kept-Seconds" not in nobody.options("stem/subject").headers


# -- for how long -----------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_for_a_day(lab, alice):
    row = lab.payload("dataacquisition")
    first = alice.post("modules/dataacquisition", row, **{KEY: "one"})
    age(hours=23.9)
    assert alice.post("modules/dataacquisition", row, **{KEY: "one"}).id == first.id
    age(hours=0.2)
    assert alice.post("modules/dataacquisition", row, **{KEY: "one"}).id != first.id


def test_old_answers_are_forgotten_by_whoever_keeps_a_new_one(lab, alice, dana):
    for number in range(3):
        alice.post(
            "modules/dataacquisition", lab.payload("dataacquisition"), **{KEY: f"old {number}".replace(" ", "-")}
        )
    age(hours=25)
    dana.post("modules/dataacquisition", lab.payload("dataacquisition"), **{KEY: "new"})
    assert KeptAnswer.objects.count() == 1
    age(hours=25)
    assert once.purge() == 1


def test_a_key_takes_a_few_statements_more(lab, alice):
    def count(**extra: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert alice.post("modules/dataacquisition", lab.payload("dataacquisition"), **extra).status == 201
        return len(captured)

    count()
    # Old ones, the claim, who has it, the answer, a savepoint; PostgreSQL is told twice how long to wait.
    # And who sees what it shows, and which older answers of the person are kept.
    assert count(**{KEY: "one"}) - count() <= 10


# -- side by side -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_repeats_at_the_same_time_one_is_done(transactional_db):
    alice = person("alice")
    name, start = unique("Project"), threading.Barrier(4)

    def send(_: int) -> tuple[int, str]:
        start.wait()
        try:
            sender = Person()
            sender.token = alice.token
            answer = sender.post("stem/project", {"name": name}, **{KEY: "one"})
            return answer.status, answer.text
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 201
    assert alice.get("stem/project").body["count"] == 1


@pytest.mark.django_db(transaction=True)
@override_settings(DEBUG=False)
def test_who_waits_too_long_is_told_to_come_back(transactional_db, monkeypatch):
    if connection.vendor == "sqlite":
        return  # One writer: that it is busy is told as ever.
    alice = person("alice")
    monkeypatch.setattr(once, "WAIT_SECONDS", 1)
    claimed, done = threading.Event(), threading.Event()

    def hold() -> None:
        from django.db import transaction

        try:
            with transaction.atomic():
                alice_key = KeptAnswer.objects.get()
                KeptAnswer.objects.filter(pk=alice_key.pk).delete()
                KeptAnswer.objects.create(user_id=alice_key.user_id, digest=alice_key.digest, content="other")
                claimed.set()
                done.wait(20)
        finally:
            connections.close_all()

    assert alice.post("stem/project", {"name": unique("P")}, **{KEY: "one"}).status == 201
    thread = threading.Thread(target=hold)
    thread.start()
    claimed.wait(20)
    answer = alice.post("stem/project", {"name": unique("P")}, **{KEY: "one"})
    done.set()
    thread.join()
    assert (answer.status, answer.headers["Retry-After"]) == (409, "1")
