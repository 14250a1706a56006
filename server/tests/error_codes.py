"""The documented error codes: every refused request in a test is checked against them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

HEADER = "Brainstem-Error-Code"
_PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
_ROW = re.compile(r"^\| `([a-z_]+)` \| ([0-9, ]+) \| (.+) \|$", re.MULTILINE)


@cache
def documented() -> dict[str, tuple[tuple[int, ...], str]]:
    """Code -> its statuses and its meaning."""
    table = _PAGE.read_text(encoding="utf-8").partition(f"| `{HEADER}` |")[2].partition("\n\n")[0]
    return {code: (tuple(map(int, statuses.split(","))), text) for code, statuses, text in _ROW.findall(table)}


def hold_to_documented_codes(status: int, headers: Mapping[str, str], *, asked: str) -> None:
    """Errors of the API have a code that is documented for their status; other responses have none."""
    code = headers.get(HEADER)
    if status < 400:
        assert code is None, (asked, status, code)
    else:
        assert code in documented(), (asked, status, code)
        assert status in documented()[code][0], (asked, status, code)
