"""Which tests can skip PostgreSQL, judging from what they did on SQLite.

Left out are tests that ask no database, tests that drive a browser, tests of other tests, and tests all of whose statements
are sent by enough others: a shape by several, its name and a kind of value by one. So is a test that would send hundreds of
statements for each that others do not send. The choice depends on nothing but what is given, so the same tests are chosen
for the same tree.
"""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass

ENOUGH = 2  # tests that send a statement of each shape, if there are so many
ENOUGH_OF_KIND = 1  # those that send it with a value of a kind that databases take differently
LEAST_WORTH = 1 / 200  # statements that others do not send, by all that a test sends
BROWSER = "drives a browser"
NO_DATABASE = "asks no database"
CONTROL = "shows that another test can fail"
LIKE_OTHERS = f"sends only statements that at least {ENOUGH} others send"
ADDS_LITTLE = f"sends more than {round(1 / LEAST_WORTH)} statements for each that others do not send"


@dataclass(frozen=True)
class Done:
    """What a test did."""

    shapes: frozenset[str]
    statements: int
    browser: bool = False
    control: bool = False
    always: bool = False  # is about databases, sends from several threads, starts processes, or did not pass


def left_out(tests: dict[str, Done]) -> dict[str, str]:
    """Test id -> why it can skip PostgreSQL."""
    found = {}
    able: dict[str, Done] = {}
    for name, done in sorted(tests.items()):
        if done.browser:
            found[name] = BROWSER
        elif done.control:
            found[name] = CONTROL
        elif not done.shapes and not done.always:
            found[name] = NO_DATABASE
        else:
            able[name] = done
    chosen, little = cover(able)
    reasons = {name: ADDS_LITTLE if name in little else LIKE_OTHERS for name in able if name not in chosen}
    return found | reasons


def cover(tests: dict[str, Done]) -> tuple[set[str], set[str]]:
    """Tests of which ``ENOUGH`` send each shape: those that must be, then whichever adds most for its statements.

    Also returns the tests that would add something, but too little.
    """
    sent = Counter(shape for done in tests.values() for shape in done.shapes)
    missing = {shape: min(number, ENOUGH_OF_KIND if " " in shape else ENOUGH) for shape, number in sent.items()}
    chosen = {name for name, done in tests.items() if done.always}
    for name in chosen:
        _take(missing, tests[name])
    waiting = [(-_worth(missing, done), name) for name, done in tests.items() if name not in chosen]
    heapq.heapify(waiting)
    little = set()
    while waiting:
        _, name = heapq.heappop(waiting)
        worth = _worth(missing, tests[name])
        if worth < LEAST_WORTH:
            little |= {name} if worth else set()
            continue
        # What a test is worth only falls, so the one that is still worth the most is the best of all.
        if waiting and -waiting[0][0] > worth:
            heapq.heappush(waiting, (-worth, name))
            continue
        chosen.add(name)
        _take(missing, tests[name])
    return chosen, little


def _worth(missing: dict[str, int], done: Done) -> float:
    return sum(missing[shape] > 0 for shape in done.shapes) / (done.statements + 10)


def _take(missing: dict[str, int], done: Done) -> None:
    for shape in done.shapes:
        missing[shape] -= 1
