"""What both ways of ``import`` say: what rows do, what is wrong with them, and what was written. Knows no server."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from .difference import CHANGED, CREATED, SAME, WRONG
from .terminal import clean, cut, paint

SHOWN = 60  # characters of a value
COLOURS = {CREATED: "green", CHANGED: "yellow", SAME: "dim", WRONG: "red"}
NOTHING = "Nothing was written."
PROPOSED = "Only administrators change this catalogue directly. What others send is a proposal for them to review."


def show_step(
    kind: str,
    where: str,
    label: str,
    values: Iterable[tuple[str, object]],
    changes: Iterable[tuple[str, object, object]],
) -> None:
    """Print what a row does: its values if it is new, and those before and after if it is changed."""
    print(f"{paint(f'{kind:8}', COLOURS[kind])} {where}: {clean(label)}".rstrip(": "))
    for name, old, new in changes:
        print(f"           {name}: {_short(old)} -> {_short(new)}")
    for name, value in values:
        print(f"           {name}: {_short(value)}")


def show_wrong(text: str) -> None:
    """Print what is wrong somewhere."""
    print(f"{paint(f'{WRONG:8}', 'red')} {clean(text)}")


def show_counts(counts: Mapping[str, int], what: str) -> None:
    """Print how many rows do what."""
    print(f"{', '.join(f'{counts.get(kind, 0)} {kind}' for kind in (CREATED, CHANGED, SAME, WRONG))} ({what})")


def written_line(done: Mapping[str, int], events: Sequence[str]) -> str:
    """What was written, and how it is undone."""
    if not sum(done.values()):
        return NOTHING
    undo = f"\nTo take it back: brainstem undo {' '.join(reversed(events))}" if events else ""
    return f"Written: {done[CREATED]} {CREATED}, {done[CHANGED]} {CHANGED}.{undo}"


def _short(value: object) -> str:
    return cut(clean(json.dumps(value, ensure_ascii=False)), SHOWN)
