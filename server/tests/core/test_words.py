"""Truth values are read by one reader, wherever they are written."""

from __future__ import annotations

import pytest

from brainstem.core.errors import QueryError
from brainstem.core.text.words import parse_boolean, truth_of

YES = (True, "true", "TRUE", " true ", "1", 1, "on", "yes", "t")
NO = (False, "false", "False", "0", 0, "off", "no", "f")
NEITHER = ("", " ", "2", 2, 1.0, None, "none", "truth", "y" * 100, [], {}, 10**400)


@pytest.mark.parametrize(("values", "truth"), [(YES, True), (NO, False), (NEITHER, None)], ids=["yes", "no", "neither"])
def test_a_word_is_yes_or_no_or_neither(values, truth):
    for value in values:
        assert truth_of(value) is truth, value


def test_a_query_string_says_what_was_expected():
    with pytest.raises(QueryError, match="Expected true or false, got 'maybe'"):
        parse_boolean("maybe", "writable")
