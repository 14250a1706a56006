"""What is shown to people: notices, colours, and texts that fit. Knows no server."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import unicodedata
from typing import TextIO

COLOURS = {"red": "31", "green": "32", "yellow": "33", "dim": "2", "bold": "1"}
MORE = "…"


def notice(arguments: argparse.Namespace, text: str) -> None:
    """Print a notice to standard error, except with ``--quiet``."""
    if not arguments.quiet:
        print(text, file=sys.stderr)


def coloured(stream: TextIO) -> bool:
    """Whether to use colours: at a terminal, unless NO_COLOR is set."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and bool(stream.isatty())


def paint(text: str, colour: str, stream: TextIO | None = None) -> str:
    """The text in a colour, where colours are wanted."""
    return f"\033[{COLOURS[colour]}m{text}\033[0m" if coloured(stream or sys.stdout) else text


def width_of(stream: TextIO) -> int | None:
    """Columns of the terminal or from COLUMNS; None if lines may have any length."""
    if stream.isatty() or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size().columns
    return None


def clean(text: str) -> str:
    """The text on one line, without control characters."""
    return "".join(
        " " if one in "\n\r\t" else one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text
    )


def columns_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


def cut(text: str, width: int) -> str:
    """The text in at most so many columns, with an ellipsis where something is missing."""
    if columns_of(text) <= width:
        return text
    shown = ""
    for one in text:
        if columns_of(shown) + columns_of(one) > width - 1:
            break
        shown += one
    return shown + MORE


def padded(text: str, width: int) -> str:
    """The text in exactly so many columns."""
    shown = cut(text, width)
    return shown + " " * (width - columns_of(shown))
