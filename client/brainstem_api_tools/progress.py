"""A bar for what takes long: with tqdm (extra ``progress``), at a terminal or in a notebook; otherwise nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable, Optional

Advance = Callable[[int, Optional[int]], None]  # records that came now, and how many there are in all
DELAY_S = 0.5  # what is over before that shows nothing


@contextmanager
def bar(label: str, *, wanted: bool | None = None) -> Iterator[Advance]:
    """Gives a function that takes how many records have come, and how many there are if that is known.

    Parameters
    ----------
    wanted : bool, optional
        True shows the bar wherever it goes, False never; otherwise it is shown to people only.
    """
    shown = _tqdm() if wanted or (wanted is None and _is_watched()) else None
    if shown is None:
        yield lambda _came, _total: None
        return
    with shown(desc=label, unit=" records", delay=0 if wanted else DELAY_S, leave=bool(wanted)) as one:

        def advance(came: int, total: int | None) -> None:
            one.total = total
            one.update(came)

        yield advance


def _is_watched() -> bool:
    return "ipykernel" in sys.modules or (sys.stderr is not None and sys.stderr.isatty())


def _tqdm() -> Any:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm
