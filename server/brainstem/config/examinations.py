"""What the checks of ``brainstem-server doctor`` have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps

from django.db import Error

from .safety import Finding

Examination = Callable[[], Iterable[Finding]]


def of_rows(examine: Examination) -> Examination:
    """A check of what is in the database; ends if that is missing or not migrated, which another check reports."""

    @wraps(examine)
    def examined() -> Iterator[Finding]:
        try:
            yield from examine()
        except Error:
            return

    return examined


__all__ = ["Examination", "of_rows"]
