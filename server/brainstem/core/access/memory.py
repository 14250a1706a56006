"""Caches what each row of a batch would ask the database: asked once for all rows, then remembered.

Knows no model and no rule. The code that creates a memory must ensure that no answer changes while it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any


class Memory:
    """Answers by question and subject; a memory that keeps nothing passes every question on."""

    def __init__(self, *, keeps: bool = True) -> None:
        self._known: dict[Any, dict[Any, Any]] | None = {} if keeps else None

    def answers(
        self, question: Any, about: Iterable[Any], ask: Callable[[list[Any]], Mapping[Any, Any]]
    ) -> dict[Any, Any]:
        """The answers to a question about some things; ``ask`` is called only with those not yet known."""
        wanted = list(about)
        if self._known is None:
            return dict(ask(wanted))
        known = self._known.setdefault(question, {})
        unknown = [one for one in wanted if one not in known]
        if unknown:
            found = ask(unknown)
            known.update({one: found.get(one) for one in unknown})
        return {one: known[one] for one in wanted}

    def those(self, question: object, about: Iterable[object], ask: Callable[[list[object]], set[object]]) -> set[Any]:
        """The things for which the answer to a question is yes."""

        def ask_each(wanted: list[object]) -> dict[object, bool]:
            return dict.fromkeys(ask(wanted), True)

        return {one for one, yes in self.answers(question, about, ask_each).items() if yes}


FORGETFUL = Memory(keeps=False)
