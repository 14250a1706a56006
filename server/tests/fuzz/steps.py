"""How much work a function does, counted: the lines of Python that it runs, the same on every machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import pairwise
from types import FrameType
from typing import Any

ALLOWANCE = 500  # lines that do not depend on the text, or only sometimes


def lines_run(function: Callable[[], object]) -> int:
    """The number of lines that a call runs, its own and those of what it calls."""
    number = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal number
        number += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return number


def grows_linearly(read: Callable[[str], object], part: str, *, times: int = 150) -> tuple[int, ...]:
    """Lines run for a part repeated so many times, twice and four times as many; fails if they grow faster than that."""
    read(part * 3 * times)  # what is made once, such as patterns, is made now
    found = tuple(lines_run(lambda text=part * factor * times: read(text)) for factor in (1, 2, 4))
    # Twice the text is twice the work; four times the work is what reading the rest again and again would be.
    assert all(more <= 3 * less + ALLOWANCE for less, more in pairwise(found)), (part, found)
    return found
