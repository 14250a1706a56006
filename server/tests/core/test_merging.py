"""What two writers made of one value, put together: nothing that only one of them changed is lost, whoever it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainstem.core.write.merging import ABSENT, Clash, Merge, by_key, elements, ordered, rows, same, whole

# -- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "merged"),
    [
        pytest.param("a", "a", "b", "b", id="only mine"),
        pytest.param("a", "b", "a", "b", id="only theirs"),
        pytest.param("a", "b", "b", "b", id="both to the same"),
        pytest.param("a", "a", "a", "a", id="nobody"),
        pytest.param(None, None, 1, 1, id="first value"),
        pytest.param(1, 1.0, 2, 2, id="1 and 1.0 are one number"),
        pytest.param({"a": [1]}, {"a": [1]}, {"a": [2]}, {"a": [2]}, id="objects as a whole"),
        pytest.param(ABSENT, ABSENT, "b", "b", id="added"),
        pytest.param("a", ABSENT, "a", ABSENT, id="removed by them"),
    ],
)
def test_a_value_that_one_side_changed_is_that_side_s(base, theirs, mine, merged):
    assert whole(base, theirs, mine) == Merge(merged)


@pytest.mark.parametrize(
    ("base", "theirs", "mine"),
    [("a", "b", "c"), (None, 1, True), (0, False, 1), ("a", ABSENT, "b"), ({"a": 1}, {"a": 2}, {"a": 1, "b": 1})],
)
def test_a_value_that_both_changed_differently_clashes(base, theirs, mine):
    found = whole(base, theirs, mine)
    assert found.clashes == {"": Clash(base, theirs, mine)}
    assert same(found.value, theirs) or found.value is theirs


def test_one_is_not_true():
    assert not same(1, True)
    assert not same({"a": [0]}, {"a": [False]})
    assert same({"a": [1.0]}, {"a": [1]})


# -- lists ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "merged"),
    [
        ("ab", "abc", "abd", "abcd"),
        ("ab", "a", "b", ""),
        ("abc", "ac", "abcd", "acd"),
        ("a", "ab", "ab", "ab"),
        ("abc", "abc", "", ""),
        ("", "x", "y", "xy"),
    ],
)
def test_elements_that_either_added_are_there_and_those_that_either_removed_are_gone(base, theirs, mine, merged):
    assert elements(base, theirs, mine) == list(merged)


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "merged"),
    [
        pytest.param("abc", "cba", "abc", "cba", id="they moved"),
        pytest.param("abc", "abc", "bca", "bca", id="I moved"),
        pytest.param("abc", "cab", "abcd", "cdab", id="they moved, I added behind c"),
        pytest.param("abc", "abxc", "cba", "cbxa", id="I moved, they added behind b"),
        pytest.param("abc", "ab", "acb", "ab", id="they removed what I moved"),
        pytest.param("abc", "cba", "cba", "cba", id="both moved alike"),
        pytest.param("abc", "cba", "cbad", "cbad", id="both moved alike, I added"),
        pytest.param("abc", "abcx", "yabc", "yabcx", id="both added"),
        pytest.param("ab", "b", "a", "", id="each removed another one"),
    ],
)
def test_the_order_of_who_moved_elements_counts(base, theirs, mine, merged):
    assert ordered(base, theirs, mine) == Merge(list(merged))


def test_two_orders_clash():
    assert ordered("abc", "bac", "acb").clashes == {"": Clash(list("abc"), list("bac"), list("acb"))}


# -- objects ----------------------------------------------------------------------------------------------------------


def test_keys_are_merged_one_by_one():
    base, theirs, mine = {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 4}, {"a": 9, "b": 2, "c": 3, "e": 6}
    assert by_key(base, theirs, mine) == Merge({"a": 9, "b": 5, "d": 4, "e": 6})


def test_keys_clash_one_by_one():
    found = by_key({"a": 1, "b": 1, "c": 1}, {"a": 2, "c": 1}, {"a": 3, "b": 4})
    assert found.clashes == {"a": Clash(1, 2, 3), "b": Clash(1, ABSENT, 4)}
    assert found.value == {"a": 2}


def entries(**told):
    return [{"at": at, **row} for at, row in told.items()]


def at(row):
    return row["at"]


def test_entries_are_merged_one_by_one_and_by_their_keys():
    base = entries(x={"notes": "a", "by": 1}, y={"notes": "b"})
    theirs = entries(x={"notes": "a", "by": 2}, y={"notes": "b"}, z={"notes": "c"})
    mine = entries(x={"notes": "d", "by": 1})
    assert rows(base, theirs, mine, name=at) == Merge(entries(x={"notes": "d", "by": 2}, z={"notes": "c"}))


def test_an_entry_that_one_changed_and_the_other_one_removed_clashes():
    base, changed = entries(x={"notes": "a"}), entries(x={"notes": "b"})
    assert rows(base, changed, [], name=at).clashes == {"x": Clash(base[0], changed[0], ABSENT)}
    assert rows(base, [], changed, name=at).clashes == {"x": Clash(base[0], ABSENT, changed[0])}
    assert rows(base, [], [], name=at) == Merge([])


def test_two_entries_added_at_one_time_clash_where_they_differ():
    found = rows([], entries(x={"notes": "a"}), entries(x={"notes": "b"}), name=at)
    assert found.clashes == {"x.notes": Clash(ABSENT, "a", "b")}


# -- of all kinds -----------------------------------------------------------------------------------------------------

values = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a"])
words = st.lists(st.sampled_from("abcdef"), unique=True)
objects = st.dictionaries(st.sampled_from("abcd"), values)
listed = st.dictionaries(st.sampled_from("xyz"), objects).map(lambda told: entries(**told))


def by_elements(base, theirs, mine):
    return Merge(elements(base, theirs, mine))


def by_rows(base, theirs, mine):
    return rows(base, theirs, mine, name=at)


kinds = st.one_of(
    *(
        st.tuples(st.just(merge), made, made, made)
        for merge, made in (
            (whole, values),
            (by_elements, words),
            (ordered, words),
            (by_key, objects),
            (by_rows, listed),
        )
    )
)


def settled(value):
    """A merged value regardless of the order of what has none."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return sorted(value, key=at)
    return value


@given(kinds)
def test_what_one_side_left_alone_is_the_other_side_s(kind):
    merge, base, theirs, mine = kind
    assert same(settled(merge(base, theirs, base).value), settled(theirs))
    assert same(settled(merge(base, base, mine).value), settled(mine))
    assert not merge(base, theirs, base).clashes
    assert not merge(base, base, mine).clashes
    assert not merge(base, mine, mine).clashes


@given(kinds)
def test_who_is_mine_and_who_is_theirs_makes_no_difference(kind):
    merge, base, theirs, mine = kind
    one, other = merge(base, theirs, mine), merge(base, mine, theirs)
    assert one.clashes.keys() == other.clashes.keys()
    if not one.clashes and merge in (by_key, by_rows, whole):
        assert same(settled(one.value), settled(other.value))
    elif not one.clashes:
        assert set(one.value) == set(other.value)


@given(words, words, words)
def test_a_list_holds_what_it_should(base, theirs, mine):
    kept = {one for one in base if one in theirs and one in mine}
    added = {one for one in (*theirs, *mine) if one not in base}
    assert set(elements(base, theirs, mine)) == kept | added
    found = ordered(base, theirs, mine)
    if not found.clashes:
        assert sorted(found.value) == sorted(kept | added)


@given(objects, objects, objects)
def test_every_key_is_that_of_a_side_which_changed_it(base, theirs, mine):
    found = by_key(base, theirs, mine)
    for key in {*base, *theirs, *mine} - found.clashes.keys():
        old, now, wanted = (one.get(key, ABSENT) for one in (base, theirs, mine))
        expected = now if same(wanted, old) or old is wanted else wanted
        assert same(found.value.get(key, ABSENT), expected) or found.value.get(key, ABSENT) is expected
