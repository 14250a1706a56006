"""What two people wrote in one text, put together paragraph by paragraph."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainstem.core.text.blocks import blocks_of
from brainstem.core.text.markup import sanitise
from brainstem.core.write.merging import Clash, Merge
from brainstem.core.write.merging_texts import MOST_PIECES, Stretch, TextClash, text

# -- pieces -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whole", "pieces"),
    [
        ("", ()),
        ("one line", ("one line",)),
        ("a\n\nb\n", ("a", "", "b", "")),
        ("p < 0.05 & n > 3\nb", ("p < 0.05 & n > 3", "b")),
        ("<p>a</p><p>b</p>", ("<p>a</p>", "<p>b</p>")),
        ("<p>a</p>\n<h2>b</h2>\n", ("<p>a</p>\n", "<h2>b</h2>\n")),
        ("<ul><li>a</li><li>b</li></ul><p>c</p>", ("<ul><li>a</li><li>b</li></ul>", "<p>c</p>")),
        ("<ul><li><p>a</p></li></ul><p>b<br>c</p>", ("<ul><li><p>a</p></li></ul>", "<p>b<br>c</p>")),
        ("a <b>b</b><p>c</p>d", ("a <b>b</b>", "<p>c</p>", "d")),
        ("<p>a</p><hr><p>b</p>", ("<p>a</p>", "<hr>", "<p>b</p>")),
        ('<p><a href="https://x.example/?a>b">c</a></p><p>d</p>', ('<p><a href="https://x.example/?a>b">c</a></p>', "<p>d</p>")),
        ("<b>a</b>", ("<b>a</b>",)),
    ],
)  # fmt: skip
def test_pieces_of_a_text(whole, pieces):
    found = blocks_of(whole)
    assert found.parts == pieces
    assert found.joined(found.parts) == whole


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<ul><li>", "</li></ul>", "<b>", "</b>", "<hr>", "a", "\n", "&lt;", " < "])
    )
)
def test_pieces_put_together_are_the_text_whatever_was_sent(parts):
    stored = sanitise("".join(parts))
    found = blocks_of(stored)
    assert found.joined(found.parts) == stored


# -- what is merged and what is asked ---------------------------------------------------------------------------------


def rich(words: str) -> str:
    """A paragraph for each letter."""
    return "".join(f"<p>{letter}</p>" for letter in words)


@pytest.mark.parametrize("write", [rich, "\n".join], ids=["rich", "plain"])
@pytest.mark.parametrize(
    ("base", "theirs", "mine", "merged"),
    [
        pytest.param("abc", "Xbc", "abY", "XbY", id="far apart"),
        pytest.param("abc", "Xbc", "aYc", "XYc", id="neighbours"),
        pytest.param("abc", "abcX", "Ybc", "YbcX", id="one adds"),
        pytest.param("abc", "abcX", "abcY", "abcXY", id="both add at the same place"),
        pytest.param("abc", "abcX", "abcX", "abcX", id="both add the same"),
        pytest.param("abc", "abcX", "abcXY", "abcXY", id="one adds what the other one has added, and more"),
        pytest.param("abc", "ac", "abY", "aY", id="one removes"),
        pytest.param("abc", "aXbc", "aYc", "aXYc", id="one adds before what the other one changes"),
        pytest.param("abc", "abXc", "aYc", "aYXc", id="one adds after it"),
        pytest.param("abc", "Xbc", "abc", "Xbc", id="only theirs"),
        pytest.param("abcd", "abXd", "ad", None, id="both: theirs in what I removed"),
        pytest.param("abc", "aXc", "aYc", None, id="both the same paragraph"),
        pytest.param("abc", "ac", "aYc", None, id="they removed what I changed"),
        pytest.param("", "X", "Y", None, id="both write the first one"),
        pytest.param("abc", "", "abY", None, id="they removed all"),
    ],
)
def test_paragraphs_that_one_side_changed_are_that_side_s(write, base, theirs, mine, merged):
    found = text(write(base), write(theirs), write(mine))
    if merged is None:
        clash = found.clashes[""]
        assert isinstance(clash, Clash)
        assert (clash.base, clash.theirs, clash.mine, found.value) == (
            write(base),
            write(theirs),
            write(mine),
            write(theirs),
        )
    else:
        assert found == Merge(write(merged))


def test_only_the_paragraphs_that_both_changed_are_asked_about():
    clash = text(rich("abcde"), rich("aXcdT"), rich("MaYcde")).clashes[""]
    assert isinstance(clash, TextClash)
    assert [(one.base, one.theirs, one.mine) for one in clash.asked] == [(("<p>b</p>",), ("<p>X</p>",), ("<p>Y</p>",))]
    assert clash.shown == rich("MaYcdT")
    assert clash.has_more


def test_what_i_removed_and_they_changed_is_shown_until_it_is_decided():
    clash = text(rich("abc"), rich("aXc"), rich("ac")).clashes[""]
    assert clash.shown == rich("aXc")
    assert not clash.has_more
    assert clash.asked[0].name != Stretch(("<p>b</p>",), ("<p>X</p>",), ("<p>Z</p>",)).name


@pytest.mark.parametrize(
    ("base", "theirs", "mine"),
    [
        pytest.param("plain", "<p>X</p>", "Y", id="plain and marked up"),
        pytest.param(None, "X", "Y", id="no text before"),
        pytest.param("0\n", "\n".join("x" * 2 for _ in range(MOST_PIECES + 2)), "Y\n1", id="too many to compare"),
    ],
)
def test_other_texts_clash_as_a_whole(base, theirs, mine):
    found = text(base, theirs, mine)
    assert found.clashes == {"": Clash(base, theirs, mine)}
    assert type(found.clashes[""]) is Clash


LINES = st.lists(st.sampled_from([f"w{number}x" for number in range(8)]), max_size=7, unique=True)
WORD = re.compile(r"[wtm]\d+x")


@given(
    LINES, st.lists(st.tuples(st.integers(0, 6), st.sampled_from("arc"), st.booleans(), st.integers(0, 99)), max_size=8)
)
def test_no_word_is_lost_whoever_wrote_it(base, edits):
    """What somebody wrote is in the result or in a question, and what stayed on both sides stays."""
    theirs, mine = list(base), list(base)
    for at, what, is_mine, number in edits:
        side, word = (mine, f"m{number}x") if is_mine else (theirs, f"t{number}x")
        if what == "a" or at >= len(side):
            side.insert(min(at, len(side)), word)
        elif what == "c":
            side[at] = word
        else:
            del side[at]
    merged = text("\n".join(base), "\n".join(theirs), "\n".join(mine))
    clash = merged.clashes.get("")
    told = merged.value if clash is None else f"{clash.theirs}\n{clash.mine}"
    written = {*theirs, *mine} - set(base)
    assert written <= set(WORD.findall(str(told)))
    assert {*theirs} & {*mine} <= set(WORD.findall(str(told)))
    if isinstance(clash, TextClash):
        asked = [one for stretch in clash.asked for one in (*stretch.theirs, *stretch.mine)]
        assert written <= {*WORD.findall(clash.shown), *asked}
    other = text("\n".join(base), "\n".join(mine), "\n".join(theirs))
    assert bool(other.clashes) == bool(merged.clashes)
