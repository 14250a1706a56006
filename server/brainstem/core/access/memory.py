"""What the rows of a batch would ask the database again and again: asked for all of them at once, then remembered.

Outside of :func:`remembering` every question goes to the database. Knows no model and no rule; whoever opens a memory
answers for it that no answer can change before it closes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_current: ContextVar[dict[Any, dict[Any, Any]] | None] = ContextVar("memory", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Remember answers until the block ends."""
    token = _current.set({})
    try:
        yield
    finally:
        _current.reset(token)


def answers(question: Any, about: Iterable[Any], ask: Callable[[list[Any]], Mapping[Any, Any]]) -> dict[Any, Any]:
    """What a question says about each of some things; ``ask`` is told only those that are not known yet."""
    wanted, memory = list(about), _current.get()
    if memory is None:
        return dict(ask(wanted))
    known = memory.setdefault(question, {})
    unknown = [one for one in wanted if one not in known]
    if unknown:
        found = ask(unknown)
        known.update({one: found.get(one) for one in unknown})
    return {one: known[one] for one in wanted}


def those(question: Any, about: Iterable[Any], ask: Callable[[list[Any]], set[Any]]) -> set[Any]:
    """The things that a question is answered yes for."""

    def ask_each(wanted: list[Any]) -> dict[Any, bool]:
        return dict.fromkeys(ask(wanted), True)

    return {one for one, yes in answers(question, about, ask_each).items() if yes}
