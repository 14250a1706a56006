"""``brainstem``: the client at the command line.

Ends with 0 if it went well, 1 if the server (or the client) refused, 2 if the command makes no sense, 130 when it was
interrupted, 141 when nobody reads what it writes.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from typing import NoReturn

from .parser import build_parser, joined

__all__ = ["build_parser", "joined", "main"]
REFUSED, INTERRUPTED, UNREAD = 1, 130, 141


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and end with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(given)
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        # The interpreter would try once more at its end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = UNREAD
    sys.exit(code)


def _run(given: list[str]) -> int:
    if given[:1] == ["__complete"]:
        from .completion import complete

        return complete(given[1:])
    parsed = build_parser().parse_args(joined(given))
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _warned  # type: ignore[assignment]  # needs no more than the message
            warnings.simplefilter("always", UserWarning)  # a line for each, not one for each place in the code
            code: int = parsed.run(parsed)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever it was: people get a sentence
        return _refused(error, parsed)
    return code


def _warned(message: Warning | str, *_: object) -> None:
    """Say what a server or the client warns of, beside what the command writes."""
    print(f"brainstem: warning: {' '.join(str(message).split())}", file=sys.stderr)


def _refused(error: Exception, parsed: argparse.Namespace) -> int:
    from ..errors import BrainstemError

    if parsed.debug:
        raise error
    # OSError is also what requests raises without an answer.
    known = isinstance(error, (BrainstemError, OSError, ValueError))
    text = str(error) if known else f"{type(error).__name__}: {error} (--debug tells where)"
    print(f"brainstem: {' '.join(text.split())}", file=sys.stderr)
    return REFUSED
