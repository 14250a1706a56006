"""One answer to every text that is no number, day, time, duration or id, wherever it arrives."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from time import process_time

import pytest

from brainstem.core.model.ids import uuid_of
from brainstem.core.text import numbers, times
from brainstem.core.text.json_text import read_json
from brainstem.core.text.shown import shown
from brainstem.core.types.units import convert

NO_NUMBERS = [
    "", " ", "x", "1e999999999", "1e400", "-1e400", "1e-400", "9" * 200_000, "1" + "0" * 400, "1_000", "１２", "٣", "²",
    "nan", "NaN", "inf", "-Infinity", "1e", "e5", ".", "+", "--1", "1.2.3", "1e5.5", "0x10", "1 2", "1\n2", "1e1e1",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1.0), (" 1.5 ", 1.5), ("+2", 2.0), ("-.5", -0.5), ("5.", 5.0), ("1e3", 1000.0), ("1E-3", 0.001),
        ("0", 0.0), ("0e999", 0.0), ("1e308", 1e308), ("-1.7e308", -1.7e308), ("5e-324", 5e-324),
    ],
)  # fmt: skip
def test_a_number_is_read(text, value):
    assert (numbers.float_of(text), float(numbers.decimal_of(text))) == (value, value)


@pytest.mark.parametrize("text", NO_NUMBERS, ids=[repr(text[:20]) for text in NO_NUMBERS])
def test_what_is_no_number_that_can_be_kept_is_none(text):
    assert (numbers.float_of(text), numbers.decimal_of(text), numbers.whole_of(text)) == (None, None, None)
    found = numbers.measured(text)
    assert found is None or found[1] in ("e", "x10", "e1", "2")  # which is no unit


@pytest.mark.parametrize("value", [True, None, [], {}, float("nan"), float("inf"), 2**63, 10**400])
def test_a_json_value_that_cannot_be_kept_is_none(value):
    assert (numbers.float_of(value), numbers.whole_of(value)) == (None, None)


@pytest.mark.parametrize(
    ("value", "whole"),
    [("12", 12), (" -3 ", -3), ("+4", 4), (5.0, 5), (7, 7), (str(2**63 - 1), 2**63 - 1),
     ("1e20", None), ("1.0", None), (5.5, None), (1e300, None), (str(2**63), None), ("1" * 19, int("1" * 19))],
)  # fmt: skip
def test_a_whole_number_has_no_exponent_and_fits_into_64_bits(value, whole):
    assert numbers.whole_of(value) == whole


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("300 nL", (Decimal(300), "nL")), ("300nL", (Decimal(300), "nL")), (" 1e3  µL ", (Decimal("1e3"), "µL")),
        ("5", (Decimal(5), "")), ("-.5 g", (Decimal("-.5"), "g")), ("2 min", (Decimal(2), "min")),
        ("nL", None), ("1e3000000 s", None), ("1e400 s", None), ("1_000 s", None), ("1" + " " * 1600 + "a\nb", None),
        ("1.2.3 s", None), ("１ s", None),
    ],
)  # fmt: skip
def test_a_quantity_is_a_number_and_a_word(text, found):
    assert numbers.measured(text) == found


def test_a_quantity_that_its_base_unit_cannot_hold_has_none():
    assert convert(Decimal(2), "GHz") == ("frequency", Decimal(2_000_000_000))
    assert convert(Decimal("1e305"), "GHz") is None
    assert convert(Decimal("1e-320"), "nL") is None


@pytest.mark.parametrize(
    ("text", "kept"), [("5", 5), ("5.5", 5.5), ("5.0", 5.0), ("3e2", 300), ("1e20", 1e20), ("1e300", 1e300)]
)
def test_whole_numbers_stay_whole_as_far_as_every_reader_keeps_them(text, kept):
    found = numbers.plain(Decimal(text))
    assert (found, type(found)) == (kept, type(kept))


# -- times ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["2025-06-01 or so", "2025-06-01Tgarbage", "2025-06-01 ", "2025-06-01T10:00:00Z", "2025-06-01 10:00"]
)
def test_only_a_whole_time_may_follow_a_day(text):
    right = text not in ("2025-06-01 or so", "2025-06-01Tgarbage")
    assert times.day_of_time(text) == (dt.date(2025, 6, 1) if right else None)


@pytest.mark.parametrize("text", ["", "２０２５-06-01", "2025-13-01", "2025-06-01" + " " * 100_000, "1" * 100_000, "x"])
def test_what_is_no_day_is_none(text):
    assert (times.day_of(text), times.day_of_time(text), times.moment_of(text)) == (None, None, None)


def test_a_time_without_zone_is_utc_and_the_ends_of_time_are_none():
    assert times.moment_of("2025-06-01T10:00") == dt.datetime(2025, 6, 1, 10, tzinfo=dt.UTC)
    assert times.moment_of("2025-06-01T10:00+02:00") == dt.datetime(2025, 6, 1, 8, tzinfo=dt.UTC)
    assert times.moment_of("0001-01-01T00:00:00+10:00") is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("01:30:00", 5400), ("PT5M", 300), ("P1D", 86400), ("90", 90), (90, 90), (1.5, 1.5), ("0", 0), ("PT0S", 0),
     ("-PT5M", -300)],
)  # fmt: skip
def test_a_duration_is_read(value, seconds):
    assert times.span_of(value) == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value", ["", "P", "PT", "-P", "x", True, None, [], 1e300, float("nan"), "9" * 30, "P" + "9" * 50 + "D", "٣"]
)
def test_what_is_no_duration_is_none(value):
    assert times.span_of(value) is None


# -- ids, JSON, messages ----------------------------------------------------------------------------------------------

ID = "0198c5a2-7a9c-7d3e-9f6b-3f1f6c0a1b2d"


@pytest.mark.parametrize("text", [ID, ID.upper(), ID.replace("-", ""), f" {ID} ", f"urn:uuid:{ID}", f"{{{ID}}}"])
def test_an_id_is_read(text):
    assert uuid_of(text) == uuid.UUID(ID)


@pytest.mark.parametrize(
    "text",
    ["", "x", ID[:-1], ID + "0", ID.replace("0", "０"), "0_98c5a2-7a9c-7d3e-9f6b-3f1f6c0a1b2d", "1" * 100_000, 5, None],
)
def test_what_is_no_id_is_none(text):
    assert uuid_of(text) is None


def test_json_numbers_stay_as_they_were_written_or_are_refused():
    assert read_json(b'{"a": 9223372036854775807, "b": -9223372036854775808, "c": 1e308}')["a"] == 2**63 - 1
    assert read_json('{"name": "99999999999999999999999"}') == {"name": "99999999999999999999999"}
    for wrong in (
        "9223372036854775808",
        "-9223372036854775809",
        "1" + "0" * 30,
        "9" * 200_000,
        "1e400",
        "NaN",
        "[" * 90_000,
    ):
        with pytest.raises(ValueError, match=r".+"):
            read_json(f'{{"a": {wrong}}}')


def test_a_message_quotes_only_the_beginning_of_a_long_text():
    assert shown("1 nL") == "'1 nL'"
    assert len(shown("x" * 100_000)) < 70


HOSTILE = {
    "digits": "9" * 100_000, "blanks": "1" + " " * 100_000 + "a\nb", "exponent": "1e" + "9" * 100_000, "dots": "1." * 50_000,
    "e": "e" * 100_000, "colons": "1:" * 50_000, "P": "P" + "1D" * 50_000, "dashes": "1-" * 50_000, "marks": "1" + "\u0301\u0327" * 50_000,
}  # fmt: skip
READERS = [
    numbers.float_of, numbers.whole_of, numbers.decimal_of, numbers.measured, times.day_of, times.day_of_time,
    times.moment_of, times.span_of, uuid_of, shown,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_reader_takes_its_time_over_a_hostile_text(text):
    started = process_time()
    for read in READERS:
        read(text)
    assert process_time() - started < 0.1
