"""``brainstem``: the client at the command line.

Exits with 0 on success, 1 if the server (or the client) refused, 2 if the command is not valid, 130 when it was
interrupted, 141 when its output was closed.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from .parser import build_parser, joined

__all__ = ["build_parser", "joined", "main"]
REFUSED, NO_SENSE, INTERRUPTED, UNREAD = 1, 2, 130, 141


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _prepare_streams()
    try:
        code = _ended(given)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except OSError as error:  # of the output itself: whatever else happens is a sentence already
        code = _unwritten(error)
    sys.exit(code)


def _ended(given: list[str]) -> int:
    try:
        code = _run(given)
    except SystemExit as end:  # of the parser: --help, or what makes no sense
        code = end.code if isinstance(end.code, int) else 0
    sys.stdout.flush()
    return code


def _prepare_streams() -> None:
    """Make outputs accept any text: escape what the encoding lacks, and discard output if a stream is closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # until the end
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _unwritten(error: OSError) -> int:
    is_closed = isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL)
    if not is_closed:
        with contextlib.suppress(OSError):
            print(f"brainstem: Cannot write the output: {error.strerror or error}", file=sys.stderr)
    # The interpreter would try once more at its end, and complain.
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
            continue
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return UNREAD if is_closed else REFUSED


def _run(given: list[str]) -> int:
    if given[:1] == ["__complete"]:
        from .completion import complete

        return complete(given[1:])
    parser = build_parser()
    if not given:
        parser.print_help()
        return NO_SENSE
    parsed = parser.parse_args(joined(given))
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _warned  # type: ignore[assignment]  # needs no more than the message
            warnings.simplefilter("always", UserWarning)  # a line for each, not one for each place in the code
            code: int = parsed.run(parsed)
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is None and error.errno in {errno.ENOSPC, errno.EINVAL, errno.EIO}:
            raise  # of the output, most likely
        return _refused(error, parsed)
    except Exception as error:  # noqa: BLE001  # whatever it was: people get a sentence
        return _refused(error, parsed)
    return code


def _warned(message: Warning | str, *_: object) -> None:
    """Print a warning of the server or the client to standard error."""
    print(f"brainstem: warning: {' '.join(str(message).split())}", file=sys.stderr)


def _refused(error: Exception, parsed: argparse.Namespace) -> int:
    from ..errors import BrainstemError

    if parsed.debug:
        raise error
    known = isinstance(error, (BrainstemError, OSError, ValueError))
    text = str(error) if known else f"{type(error).__name__}: {error} (use --debug to see where)"
    print(f"brainstem: {' '.join(text.split())}", file=sys.stderr)
    return REFUSED
