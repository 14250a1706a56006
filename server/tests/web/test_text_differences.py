"""Differences of texts: what stayed, went and came, word by word."""

from __future__ import annotations

import time

import pytest

from brainstem.web.portal.history.differences import MOST_COMPARED, pieces


def told(before, after):
    marks = {"gone": "-", "new": "+", "same": "="}
    return [f"{marks[one.kind]}{one.text}" for one in pieces(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("It was calm.", "It was nervous.", ["=It was ", "-calm.", "+nervous."]),
        ("two words", "two more words", ["=two ", "+more ", "=words"]),
        ("one two three", "one three", ["=one ", "-two ", "=three"]),
        ("", "new", ["+new"]),
        ("old", "", ["-old"]),
        ("same", "same", ["=same"]),
        ("a b c d", "a x c y", ["=a ", "-b ", "+x ", "=c ", "-d", "+y"]),
        ("line one\nline two", "line one\nline 2", ["=line one\nline ", "-two", "+2"]),
    ],
)
def test_words_are_compared(before, after, found):
    assert told(before, after) == found


def test_what_stayed_is_shortened_to_the_words_around():
    start, end = " ".join(f"a{n}" for n in range(100)), " ".join(f"z{n}" for n in range(100))
    first, gone, new, last = pieces(f"{start} old {end}", f"{start} new {end}")
    assert (gone.words, new.words) == ("old", "new")
    assert first.text.startswith("…")
    assert first.text.endswith("a98 a99 ")
    assert last.text.startswith("z0 z1 ")
    assert last.text.endswith("… ")


def test_nothing_is_lost_that_fits():
    before, after = "The mouse ran left, then right.", "The rat ran right, then left again."
    found = pieces(before, after)
    assert "".join(one.text for one in found if one.kind != "new") == before
    assert "".join(one.text for one in found if one.kind != "gone") == after


def test_very_different_long_texts_are_told_quickly():
    before = " ".join(f"a{n % 7}" for n in range(MOST_COMPARED * 20))
    after = " ".join(f"b{n % 11}" for n in range(MOST_COMPARED * 20))
    start = time.perf_counter()
    found = pieces(before, after)
    assert [one.kind for one in found] == ["gone", "new"]
    assert all(len(one.text) < 3100 for one in found)
    assert time.perf_counter() - start < 5
