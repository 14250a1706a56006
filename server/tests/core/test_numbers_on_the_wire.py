"""Numbers, times and quantities over HTTP: what cannot be kept is 400 at its field, on every way in, at once."""

from __future__ import annotations

import io
from time import process_time

import pytest

ANYWHERE = {"coordinates_system": "External_XYZ_Absolute", "coordinates_details": {}}
BOMBS = [
    "1e999999999",
    "1e3000000 s",
    "9" * 200_000,
    "1e400",
    "1_000",
    "１０ nL",
    "nan nL",
    "inf",
    "1" + " " * 1600 + "a\nb",
]
NAMES = [text[:24].strip() for text in BOMBS]


def procedure(lab, **fields):
    return {"subject": lab["subject"], "type": "VirusInjection", **ANYWHERE} | fields


def volume(value):
    return {"details": {"injectionVolume": value}}


@pytest.mark.parametrize("bomb", BOMBS, ids=NAMES)
def test_a_quantity_that_cannot_be_kept_is_refused_wherever_it_is_written(lab, admin, alice, bomb):
    started = process_time()
    sent = [
        alice.post("modules/procedure", procedure(lab, **volume(bomb))),
        alice.post("modules/consumablestock", lab.payload("consumablestock") | {"details": {"volume": bomb}}),
    ]
    assert process_time() - started < 1
    for answer in sent:
        assert (answer.status, list(answer.body)) == (400, ["details"]), answer.body
        told = answer.body["details"][0]
        assert "Expected a number with a unit, such as" in told or "64 kB" in told
        assert len(answer.body["details"][0]) < 500


@pytest.mark.parametrize("bomb", BOMBS, ids=NAMES)
def test_an_entry_of_a_log_is_refused_too(lab, alice, bomb):
    log = f"modules/subjectlog/{lab['subjectlog']}"
    answer = alice.patch(f"{log}/add_entry", {"date_time": "2026-01-01T10:00:00Z", "details": {"weight": bomb}})
    assert (answer.status, list(answer.body)) == (400, ["details"])
    assert alice.get(log).record["entries"] == []
    assert (
        alice.patch(f"{log}/add_entry", {"date_time": "2026-01-01T10:00:00Z", "details": {"weight": "21 g"}}).status
        == 200
    )


@pytest.mark.parametrize("operator", ["", ".gte", ".ne"])
@pytest.mark.parametrize("bomb", BOMBS, ids=NAMES)
def test_a_filter_is_refused_too(lab, nobody, bomb, operator):
    from urllib.parse import quote

    query = f"filter{{type}}=ElectricalStimulation&filter{{details.amplitude{operator}}}="
    started = process_time()
    answer = nobody.get("modules/manipulation", query + quote(bomb))
    assert (answer.status, process_time() - started < 1) == (400, True)
    assert len(answer.text) < 500
    assert nobody.get("modules/manipulation", query + "5%20mV").status == 200


@pytest.mark.parametrize("value", [1e300, {"value": 1e308, "unit": "L"}, {"value": 5, "unit": "nL"}])
def test_a_large_number_that_can_be_kept_is_kept(lab, alice, value):
    made = alice.make("modules/procedure", **procedure(lab, **volume(value)))
    assert float(made["details"]["injectionVolume"]["value"]) in (1e300, 1e308, 5)  # PostgreSQL writes all its digits


@pytest.mark.parametrize("value", [{"value": 1e-320, "unit": "nL"}, 1e-320, "1e-320 nL"])
def test_a_number_that_its_base_unit_cannot_hold_is_refused(lab, alice, value):
    answer = alice.post("modules/procedure", procedure(lab, **volume(value)))
    assert (answer.status, "out of range" in answer.body["details"][0]) == (400, True), answer.body


def test_a_number_in_an_exponent_stays_a_double_and_every_stream_can_be_read(lab, alice):
    made = alice.make("modules/procedure", **procedure(lab, **volume("1e20 L")))
    assert made["details"]["injectionVolume"] == {"value": 1e20, "unit": "L"}
    pyarrow = pytest.importorskip("pyarrow")
    client, headers = alice.client, {"Authorization": f"Bearer {alice.token}"}
    content = b"".join(client.get("/api/private/modules/procedure/?format=arrow", headers=headers))
    assert pyarrow.ipc.open_stream(io.BytesIO(content)).read_all().num_rows == 1


@pytest.mark.parametrize("number", ["9223372036854775808", "-9223372036854775809", "1" + "0" * 40, "1e400", "9" * 5000])
def test_a_json_number_that_cannot_be_kept_is_refused(lab, alice, number):
    project = f"stem/project/{lab['project']}"
    answer = alice.patch(project, f'{{"extra_fields": {{"a": {number}}}}}', content_type="application/json")
    assert answer.status == 400
    body = f"extra_fields=%7B%22a%22%3A{number}%7D"
    assert alice.patch(project, body, content_type="application/x-www-form-urlencoded").status == 400
    right = '{"extra_fields": {"a": 9223372036854775807, "b": 1e300}}'
    assert alice.patch(project, right, content_type="application/json").status == 200


def test_whole_numbers_have_one_spelling(lab, alice):
    for text in ("1e20", "1_000", "１", "1.5", "nan", "9" * 100_000):
        answer = alice.get("stem/session", f"limit={text}")
        assert (answer.status, list(answer.body)) == (400, ["limit"])
        assert alice.get(f"users/user/{text}").status == 404
        assert alice.get("users/user", f"filter{{id}}={text}").status == 400
    assert alice.get("stem/session", "limit=5").status == 200


def test_durations_are_null_for_nothing_and_refused_without_a_number(lab, alice):
    epoch = lab.add("epoch", start="00:00:05", end="PT1M")
    address = f"stem/epoch/{epoch['id']}"
    for wrong in ("P", "PT", "-P", "x", True, 1e300, "9" * 100_000):
        answer = alice.patch(address, {"start": wrong})
        assert (answer.status, list(answer.body)) == (400, ["start"])
    assert alice.patch(address, {"start": "", "end": " "}).record["start"] is None
    assert alice.patch(address, {"start": 90}).record["start"] == "00:01:30"


@pytest.mark.parametrize(
    "day", ["2025-06-01 or so", "2025-06-01Tgarbage", "２０２５-06-01", "2025-06-01" + " " * 100_000 + "x"]
)
def test_only_a_whole_time_may_follow_a_date(lab, alice, day):
    subject = lab.add("subject")
    address = f"stem/subject/{subject['id']}"
    answer = alice.patch(address, {"birth_date": day})
    assert (answer.status, list(answer.body)) == (400, ["birth_date"])
    assert alice.patch(address, {"birth_date": "2025-06-01T10:00:00Z"}).record["birth_date"] == "2025-06-01"


def test_a_cursor_with_a_number_that_a_database_computed_leads_on(lab, alice):
    for number in (1, 2, 3):
        alice.make("modules/procedure", **procedure(lab, **volume({"value": number / 7, "unit": "nL"})))
    path, seen = "modules/procedure", []
    query = "filter{type}=VirusInjection&sort[]=details.injectionVolume&limit=1&cursor="
    for _ in range(3):
        answer = alice.get(path, query)
        assert answer.status == 200, answer.body
        seen += answer.ids
        query = (answer.body["next"] or "").partition("?")[2]
    assert (len(seen), len(set(seen))) == (3, 3)
