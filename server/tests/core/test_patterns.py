"""The lint of regular expressions finds what takes more than linear time, and nothing in what we wrote."""

from __future__ import annotations

import re
from time import process_time

import pytest

from ..lint_patterns import main, patterns_in, problem_of

SLOW = [
    (r"\s*(.*?)\s*", "fullmatch"), (r"\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*(.*?)\s*", "fullmatch"), (r"(a+)+", "fullmatch"), (r"(a*)*", "fullmatch"),
    (r"(?:a|ab|b)*", "fullmatch"), (r"(a?b?)*", "fullmatch"), (r"\d+\.?\d*", "fullmatch"), (r"<[^>]+>", "search"), (r"\s+$", "search"),
    (r"Version/.*Safari/", "search"), (r"a.*b.*c", "fullmatch"), (r"(\w+,?)+", "fullmatch"), (r"[^\s/?#]+\S*", "fullmatch"), (r"(?i)[a-z]+[A-Z]+", "fullmatch"),
    (r"10\.\d{4,9}(?:\.\d+)*/\S+", "search"), (r"\d{2,}\d*", "fullmatch"), (r"(?:x\s*|\s+)*", "fullmatch"),
]  # fmt: skip
LINEAR = [
    (r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", "fullmatch"), (r"(?:\.\d+)*", "fullmatch"),
    (r"\A10\.\d{4,9}(?:\.\d+)*/\S+", "fullmatch"), (r"[A-Za-z][A-Za-z0-9]*[_:-][A-Za-z]*", "fullmatch"), (r"\d+", "search"),
    (r"[\s\-_.]+", "search"), (r"^filter\{(-?)([^{}]*)\}$", "search"), (r"(?:(\w+)(?:/(\w+))?)?/?$", "match"), (r".*", "search"),
    (r"bst_([0-9A-Za-z]{12})_[0-9A-Za-z]{38}", "search"), (r"(a|b)*", "fullmatch"), (r"(ab)+", "fullmatch"),
]  # fmt: skip


def looked_at(pattern: str, method: str) -> str:
    return problem_of(pattern, searched=method == "search", ends=method == "fullmatch")


@pytest.mark.parametrize(("pattern", "method"), SLOW)
def test_a_pattern_that_can_take_its_time_is_refused(pattern, method):
    assert looked_at(pattern, method)


@pytest.mark.parametrize(("pattern", "method"), LINEAR)
def test_a_linear_pattern_is_taken(pattern, method):
    assert looked_at(pattern, method) == ""


@pytest.mark.parametrize(("pattern", "method"), LINEAR)
def test_what_is_taken_is_quick_indeed(pattern, method):
    for text in (
        "a" * 50_000 + "\n!",
        "1" * 50_000 + "x",
        "1." * 25_000 + "!",
        " " * 50_000 + "\n!",
        "10.1010." * 6000,
        "/" * 50_000,
    ):
        started = process_time()
        getattr(re, method)(pattern, text)
        assert process_time() - started < 0.5


def test_a_lookbehind_to_a_group_is_not_guessed_at():
    assert "not looked at" in problem_of(r"(a)\1")


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ('import re\n_X = re.compile(r"<[^>]+>")\n_X.sub("", t)', True),
        ('import re\n_X = re.compile(r"<[^>]+>")\n_X.match(t)', False),
        ('import re\nX = re.compile(r"<[^>]+>")\nX.match(t)', True),  # public: another module may search with it
        ('import re\nre.sub(r"<[^>]+>", "", t)', True),
        ('import re\nre.fullmatch(rf"{x}+{x}+", t)', True),
        ('import re\nre.fullmatch(r"a+" + r"a+", t)', True),
        ('import re\nre.fullmatch("A+a+", t)', False),
        ('import re\nre.fullmatch("A+a+", t, re.IGNORECASE)', True),
        ('import re\nre.fullmatch(rb"a+a+", t)', True),
        ('re_path(r"^(\\w+)(\\w+)$", view)', True),
        ('re_path(r"^(\\w+)/$", view)', False),
        ('RegexValidator(r"^a+a+$", "no")', True),
    ],
)  # fmt: skip
def test_patterns_are_found_in_a_source_with_the_way_in_which_they_are_used(source, refused):
    assert any(found.problem for found in patterns_in(source)) is refused


def test_no_pattern_of_ours_can_take_its_time():
    said: list[str] = []
    assert (main(said.append), said) == (0, [])
