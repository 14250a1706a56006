"""Identifiers."""

import time

from brainstem.core.model.ids import uuid7


def test_an_identifier_is_a_uuid_of_version_7():
    made = uuid7()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_later_identifiers_sort_behind_earlier_ones():
    earlier = uuid7()
    time.sleep(0.002)
    assert uuid7() > earlier


def test_an_identifier_tells_its_milliseconds():
    before = time.time_ns() // 1_000_000
    assert before <= uuid7().int >> 80 <= time.time_ns() // 1_000_000


def test_ten_thousand_identifiers_differ():
    assert len({uuid7() for _ in range(10_000)}) == 10_000
