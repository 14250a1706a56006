"""How much is made up: little within the other tests, much with ``make fuzz``."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Bounds of a run.

    Parameters
    ----------
    seed : int
        Other seeds make up other requests.
    every_operation : bool
        Ask all operations of the API, not one of each kind.
    covering : int
        Requests for an operation that cover its schema value by value.
    random : int
        Random requests for an operation, half of them wrong on purpose.
    walks : int
        Walks from record to record along the links of answers.
    examples : int
        Inputs for each property of a reader.
    """

    seed: int
    every_operation: bool
    covering: int
    random: int
    walks: int
    examples: int


SHORT = Size(seed=1, every_operation=False, covering=10, random=2, walks=4, examples=60)
LONG = Size(
    seed=int(os.environ.get("FUZZ_SEED") or 1), every_operation=True, covering=400, random=24, walks=60, examples=20_000
)
IS_LONG = os.environ.get("BRAINSTEM_TEST_FUZZ") == "on"
SIZE = LONG if IS_LONG else SHORT
