"""Which tests PostgreSQL sees: by what they did on SQLite, and by nothing else."""

import pytest

from ..both import not_needed
from ..loop import targets_of
from ..reporter import is_chosen
from ..selection import ADDS_LITTLE, BROWSER, CONTROL, LIKE_OTHERS, NO_DATABASE, Done, left_out
from ..shapes import NOTES, Watch, kinds, shape


def done(shapes, statements=1, **more):
    return Done(frozenset(shapes), statements, **more)


def test_what_asks_no_database_is_left_out():
    assert left_out({"pure": done(""), "asks": done("a")}) == {"pure": NO_DATABASE}


def test_pages_are_left_out_whatever_they_send():
    assert left_out({"page": done("abc", browser=True, always=True)}) == {"page": BROWSER}


def test_tests_of_other_tests_are_left_out_whatever_they_send():
    assert left_out({"mistake": done("abc", control=True, always=True)}) == {"mistake": CONTROL}


def test_a_statement_that_few_tests_send_keeps_them_all():
    assert left_out({name: done("a") for name in "pq"}) == {}


def test_two_tests_are_enough_for_a_statement():
    assert left_out({name: done("a") for name in "pqrs"}) == {"r": LIKE_OTHERS, "s": LIKE_OTHERS}


def test_hundreds_of_statements_for_one_that_others_do_not_send_are_too_many():
    assert left_out({"walk": done("a", statements=5000), "short": done("b")}) == {"walk": ADDS_LITTLE}
    assert left_out({"walk": done(map(str, range(100)), statements=5000), "short": done("b")}) == {}


def test_one_test_is_enough_for_a_kind_of_value():
    tests = {name: done(["a"]) for name in "pq"} | {name: done(["a", "a long"]) for name in "stu"}
    gone = left_out(tests)
    assert len([name for name in "stu" if name not in gone]) >= 1
    assert len(tests) - len(gone) == 2


def test_tests_that_must_run_count_for_their_statements():
    tests = {name: done("a", always=name in "stu") for name in "pqrstu"}
    assert set(left_out(tests)) == {"p", "q", "r"}


def test_tests_that_must_run_do_so_without_a_statement():
    assert left_out({"starts a process": done("", always=True)}) == {}


def test_the_cheaper_of_two_alike_is_chosen():
    tests = {"dear": done("a", statements=100)} | {name: done("a") for name in "pq"}
    assert left_out(tests) == {"dear": LIKE_OTHERS}


def test_every_statement_is_left_with_enough_tests():
    tests = {f"{first}{second}": done([first, second, "all"]) for first in "abcdef" for second in "ghijkl"}
    gone = left_out(tests)
    assert gone
    for letter in "abcdefghijkl":
        assert sum(letter in name for name in tests if name not in gone) >= 2


def test_the_order_in_which_tests_ran_changes_nothing():
    tests = {f"{first}{second}": done([first, second]) for first in "abcd" for second in "abcd"}
    assert left_out(tests) == left_out(dict(reversed(tests.items())))


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        pytest.param({}, "failed", id="failed"),
        pytest.param({}, "skipped", id="skipped"),
        pytest.param({"about": True}, "passed", id="about databases"),
        pytest.param({"threads": True}, "passed", id="several threads"),
        pytest.param({"processes": True}, "passed", id="a process"),
    ],
)
def test_some_tests_run_whatever_they_sent(changed, outcome):
    no = dict.fromkeys(("about", "browser", "control", "threads", "processes"), False)
    usual = {"shapes": ["a"], "statements": 1} | no
    seen = {f"alike {number}": usual for number in range(5)} | {"this": usual | changed}
    report = {"seen": seen, "outcomes": dict.fromkeys(seen, "passed") | {"this": outcome}}
    assert "this" not in not_needed(report)
    assert "this" in not_needed({"seen": seen | {"this": usual}, "outcomes": dict.fromkeys(seen, "passed")})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("SELECT a FROM b WHERE c = 1", "SELECT a FROM b WHERE c = 22", id="numbers"),
        pytest.param("SELECT a WHERE c = 'x''y'", "SELECT a WHERE c = ''", id="texts"),
        pytest.param("WHERE c IN (%s, %s)", "WHERE c IN (%s, %s, %s)", id="lists"),
        pytest.param("VALUES (%s, %s)", "VALUES (%s, %s), (%s, %s)", id="rows"),
        pytest.param('SAVEPOINT "s140_x1"', 'SAVEPOINT "s139_x27"', id="savepoints"),
        pytest.param("SELECT  a\n FROM b", "SELECT a FROM b", id="spaces"),
    ],
)
def test_statements_have_one_shape_if_only_values_differ(one, other):
    assert shape(one) == shape(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("SELECT a FROM b", "SELECT a FROM c"), ("ORDER BY a ASC", "ORDER BY a DESC"), ("a = %s", "a = %s OR b = %s")],
)
def test_other_statements_have_other_shapes(one, other):
    assert shape(one) != shape(other)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("", "empty"), ("Zoë", "not ascii"), ("a\0", "nul"), ("50%", "signs"), (" a", "spaces"), ("a" * 256, "long"),
        (2**31, "large"), (-(2**40), "large"), (1e-9, "extreme"), (float("inf"), "extreme"), (b"a", "bytes"),
    ],
)  # fmt: skip
def test_values_that_databases_may_take_differently_are_told_apart(value, kind):
    assert kind in kinds([1, "usual", value])
    assert kind in kinds({"name": value})


def test_usual_values_are_nothing_special():
    assert kinds([1, 0.5, "usual", None, True]) == set()


def test_what_a_test_sends_is_noted_apart_from_what_was_sent_before(monkeypatch):
    monkeypatch.delenv(NOTES, raising=False)  # to which a server of another test may still write
    watch = Watch()
    watch.statement("SELECT 1")
    watch.begin()
    watch.statement("SELECT a WHERE b = %s", ["Zoë"])
    seen = watch.end()
    wanted = shape("SELECT a WHERE b = %s")
    assert (seen.shapes, seen.statements) == ({wanted, f"{wanted} not ascii"}, 1)


def test_shares_of_the_tests_are_alike_and_always_the_same():
    names = [f"server/tests/core/test_{number}.py::test_it" for number in range(3000)]
    third = [name for name in names if is_chosen(name, 3)]
    assert 900 < len(third) < 1100
    assert third == [name for name in names if is_chosen(name, 3)]
    assert all(is_chosen(name, 1) for name in names)


@pytest.mark.parametrize(
    ("file", "tests"),
    [
        ("server/tests/core/test_names.py", []),  # not there (any more)
        ("server/tests/config/test_selection.py", ["server/tests/config/test_selection.py"]),
        ("server/brainstem/web/shell.py", ["server/tests/web"]),
        ("server/brainstem/core/access/scope.py", ["server/tests/access", "server/tests/core"]),
        ("server/tests/access/worlds.py", ["server/tests/access"]),
        ("server/tests/people.py", ["server/tests"]),
        ("client/brainstem_api_tools/cli/main.py", ["client/tests"]),
        ("docs/index.md", []),
    ],
)
def test_changed_files_lead_to_their_tests(file, tests):
    assert targets_of([file]) == tests
